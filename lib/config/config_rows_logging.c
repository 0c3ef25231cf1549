/* SPDX-License-Identifier: BSD-3-Clause */
/* `logging` and `service timestamps`. */
#include "lib/config/config_line.h"
#include "lib/config/config_logging.h"
#include "lib/config/config_print.h"

#include <string.h>

#define LEVELS                                                                               \
	"{emergencies|alerts|critical|errors|warnings|notifications|informational|debugging" \
	"|<level:0-7>}"
#define STAMPS "{uptime|datetime [msec] [localtime] [show-timezone] [year]}"
#define GLOBAL CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL

/* The level of the line; otherwise what stands there now. */
static uint8_t level_of(const struct config_line *line, uint8_t otherwise)
{
	for (uint8_t i = 0; i < CONFIG_LOG_OFF; i++)
		if (config_line_arg(line, config_logging_level(i)))
			return i;
	return (uint8_t)config_line_number(line, "level", otherwise);
}

static void put(struct config_line *line, const struct config_logging *next)
{
	struct config_logging *now = &line->config->logging;

	line->changed = memcmp(now, next, sizeof(*now)) != 0;
	*now = *next;
}

static int apply_on(struct config_line *line)
{
	struct config_logging next = line->config->logging;

	next.off = line->no;
	put(line, &next);
	return 0;
}

static int apply_buffered(struct config_line *line)
{
	struct config_logging next = line->config->logging;

	next.buffered = line->no ? CONFIG_LOG_OFF : level_of(line, 7);
	next.buffer_bytes = line->no ? 0 : config_line_number(line, "bytes", 0);
	put(line, &next);
	return 0;
}

static int apply_buffer_size(struct config_line *line)
{
	struct config_logging next = line->config->logging;

	next.buffer_bytes = line->no || next.buffered == CONFIG_LOG_OFF
				    ? 0
				    : config_line_number(line, "bytes", 0);
	put(line, &next);
	return 0;
}

static int apply_console(struct config_line *line)
{
	struct config_logging next = line->config->logging;

	next.console = line->no ? CONFIG_LOG_OFF : level_of(line, 7);
	put(line, &next);
	return 0;
}

static int apply_monitor(struct config_line *line)
{
	struct config_logging next = line->config->logging;

	next.monitor = line->no ? CONFIG_LOG_OFF : level_of(line, 7);
	put(line, &next);
	return 0;
}

static int apply_trap(struct config_line *line)
{
	struct config_logging next = line->config->logging;

	next.trap = line->no ? CONFIG_LOG_OFF : level_of(line, 6);
	put(line, &next);
	return 0;
}

/* A file of the log's own folder: what stands in front of a colon is a disk of a router. */
static int apply_file(struct config_line *line)
{
	struct config_logging next = line->config->logging;
	const char *name = line->no ? "" : config_line_text(line, "name");
	const char *colon = strrchr(name, ':'), *file = colon ? colon + 1 : name;

	if (!line->no &&
	    (!*file || *file == '.' || strchr(file, '/') || strlen(name) >= sizeof(next.file)))
		return config_line_refuse(line, config_line_arg(line, "name"),
					  "a log file has a short name without folders: it stands "
					  "in the folder CONFIG.log beside the configuration");
	memset(next.file, 0, sizeof(next.file));
	config_line_copy(next.file, sizeof(next.file), name);
	next.file_bytes = line->no ? 0 : config_line_number(line, "bytes", 0);
	next.file_level = line->no ? 7 : level_of(line, 7);
	put(line, &next);
	return 0;
}

static int apply_queue(struct config_line *line)
{
	struct config_logging next = line->config->logging;

	next.queue = line->no ? 0 : config_line_number(line, "lines", 0);
	put(line, &next);
	return 0;
}

static int apply_facility(struct config_line *line)
{
	struct config_logging next = line->config->logging;

	next.facility = (uint8_t)config_line_number(line, "number", CONFIG_LOG_LOCAL7);
	if (line->no)
		next.facility = CONFIG_LOG_LOCAL7;
	for (uint8_t i = 0; !line->no && i <= CONFIG_LOG_LOCAL7; i++)
		if (config_logging_facility(i) && config_line_arg(line, config_logging_facility(i)))
			next.facility = i;
	put(line, &next);
	return 0;
}

static int apply_source(struct config_line *line)
{
	struct config_logging next = line->config->logging;

	config_line_copy(next.source, sizeof(next.source),
			 line->no ? "" : config_line_text(line, "interface"));
	put(line, &next);
	return 0;
}

static int apply_sequence(struct config_line *line)
{
	struct config_logging next = line->config->logging;

	next.sequence = !line->no;
	put(line, &next);
	return 0;
}

static size_t find_host(const struct config_logging *l, const struct addr *address)
{
	size_t i = 0;

	while (i < l->n_hosts && !addr_eq(&l->hosts[i].address, address))
		i++;
	return i;
}

static int apply_host(struct config_line *line)
{
	const struct config_arg *at = config_line_arg(line, "address");
	struct config_logging next = line->config->logging;
	size_t i = find_host(&next, &at->value.addr);

	if (line->no) {
		if (i == next.n_hosts)
			return 0;
		next.n_hosts--;
		memmove(&next.hosts[i], &next.hosts[i + 1],
			(next.n_hosts - i) * sizeof(next.hosts[0]));
		memset(&next.hosts[next.n_hosts], 0, sizeof(next.hosts[0]));
	} else {
		if (i == CONFIG_LOG_HOSTS)
			return config_line_refuse(line, at, "there are %u log servers already",
						  (unsigned)CONFIG_LOG_HOSTS);
		next.n_hosts += i == next.n_hosts;
		memset(&next.hosts[i], 0, sizeof(next.hosts[i]));
		next.hosts[i].address = at->value.addr;
		next.hosts[i].port =
			(uint16_t)config_line_number(line, "udp-port", CONFIG_LOG_PORT);
		config_line_copy(next.hosts[i].interface, sizeof(next.hosts[i].interface),
				 config_line_text(line, "ifname"));
	}
	put(line, &next);
	return 0;
}

/* Both kinds, when the line names neither. */
static int apply_stamps(struct config_line *line)
{
	struct config_logging next = line->config->logging;
	struct config_timestamps t = {
		.kind = line->no			  ? CONFIG_STAMP_NONE
			: config_line_arg(line, "uptime") ? CONFIG_STAMP_UPTIME
							  : CONFIG_STAMP_DATETIME,
		.msec = !line->no && config_line_arg(line, "msec"),
		.localtime = !line->no && config_line_arg(line, "localtime"),
	};

	if (config_line_arg(line, "debug"))
		next.debug = t;
	else
		next.log = t;
	put(line, &next);
	return 0;
}

/* `logging timestamp` of the ASA. */
static int apply_asa_stamp(struct config_line *line)
{
	struct config_logging next = line->config->logging;

	next.log = (struct config_timestamps){.kind = line->no ? CONFIG_STAMP_NONE
							       : CONFIG_STAMP_DATETIME};
	put(line, &next);
	return 0;
}

static void print_level(struct config_print *p, const char *what, uint8_t level, uint8_t initial)
{
	if (level == initial)
		return;
	if (level == CONFIG_LOG_OFF)
		config_print_line(p, CONFIG_MODE_GLOBAL, "no logging %s", what);
	else
		config_print_line(p, CONFIG_MODE_GLOBAL, "logging %s %s", what,
				  config_logging_level(level));
}

static void print_buffered(struct config_print *p, const struct config_logging *l)
{
	if (l->buffered != CONFIG_LOG_OFF && l->buffer_bytes)
		config_print_line(p, CONFIG_MODE_GLOBAL, "logging buffered %u %s", l->buffer_bytes,
				  config_logging_level(l->buffered));
	else
		print_level(p, "buffered", l->buffered, config_logging_defaults().buffered);
}

static void print_hosts(struct config_print *p, const struct config_logging *l)
{
	char text[ADDR_TEXT];

	for (size_t i = 0; i < l->n_hosts; i++) {
		const struct config_log_host *h = &l->hosts[i];

		config_print_begin(p, CONFIG_MODE_GLOBAL);
		config_print_text(p, "logging host %s%s%s", h->interface,
				  h->interface[0] ? " " : "",
				  addr_print(&h->address, text, sizeof(text)));
		if (h->port != CONFIG_LOG_PORT)
			config_print_text(p, " transport udp port %u", h->port);
		config_print_end(p);
	}
}

static void print_stamps(struct config_print *p, const char *of, const struct config_timestamps *t)
{
	if (t->kind == CONFIG_STAMP_UPTIME)
		config_print_line(p, CONFIG_MODE_GLOBAL, "service timestamps %s uptime", of);
	else if (t->kind == CONFIG_STAMP_DATETIME)
		config_print_line(p, CONFIG_MODE_GLOBAL, "service timestamps %s datetime%s%s", of,
				  t->msec ? " msec" : "", t->localtime ? " localtime" : "");
}

static void print_file(struct config_print *p, const struct config_logging *l)
{
	if (!l->file[0])
		return;
	config_print_begin(p, CONFIG_MODE_GLOBAL);
	config_print_text(p, "logging file %s", l->file);
	if (l->file_bytes)
		config_print_text(p, " %u", l->file_bytes);
	if (l->file_level != config_logging_defaults().file_level)
		config_print_text(p, " %s", config_logging_level(l->file_level));
	config_print_end(p);
}

/* All of them, with the first row. */
static void print_all(struct config_print *p, const struct config_row *, const struct config *c,
		      const void *)
{
	const struct config_logging initial = config_logging_defaults();
	const struct config_logging *l = &c->logging;

	print_stamps(p, "debug", &l->debug);
	print_stamps(p, "log", &l->log);
	if (l->sequence)
		config_print_line(p, CONFIG_MODE_GLOBAL, "service sequence-numbers");
	if (l->off)
		config_print_line(p, CONFIG_MODE_GLOBAL, "no logging on");
	print_buffered(p, l);
	print_level(p, "console", l->console, initial.console);
	print_level(p, "monitor", l->monitor, initial.monitor);
	print_level(p, "trap", l->trap, initial.trap);
	if (l->facility != initial.facility)
		config_print_line(p, CONFIG_MODE_GLOBAL, "logging facility %s",
				  config_logging_facility(l->facility));
	if (l->source[0])
		config_print_line(p, CONFIG_MODE_GLOBAL, "logging source-interface %s", l->source);
	print_file(p, l);
	if (l->queue)
		config_print_line(p, CONFIG_MODE_GLOBAL, "logging queue %u", l->queue);
	print_hosts(p, l);
}

/* The first row prints for all. */
static void print_nothing(struct config_print *, const struct config_row *, const struct config *,
			  const void *)
{
}

static const struct config_row rows[] = {
	{GLOBAL, "logging on", apply_on, print_all},
	{GLOBAL, "logging enable", apply_on, print_nothing},
	{GLOBAL, "logging buffered / [<bytes:4096-1048576>] [" LEVELS "]", apply_buffered,
	 print_nothing},
	{GLOBAL, "logging buffer-size / <bytes:4096-1048576>", apply_buffer_size, print_nothing},
	{GLOBAL, "logging console / [" LEVELS "]", apply_console, print_nothing},
	{GLOBAL, "logging monitor / [" LEVELS "]", apply_monitor, print_nothing},
	{GLOBAL, "logging trap / [" LEVELS "]", apply_trap, print_nothing},
	{GLOBAL,
	 "logging facility / {kern|daemon|auth|syslog|local0|local1|local2|local3|local4|local5"
	 "|local6|local7|<number:16-23>}",
	 apply_facility, print_nothing},
	{GLOBAL, "logging source-interface / <interface>", apply_source, print_nothing},
	{GLOBAL, "logging file / <name:word> [<bytes:4096-2147483647>] [" LEVELS "]", apply_file,
	 print_nothing},
	{GLOBAL, "logging queue / <lines:0-8192>", apply_queue, print_nothing},
	{GLOBAL, "logging <address>", apply_host, print_nothing},
	{GLOBAL, "logging host <address> / [transport udp port <udp-port:1-65535>]", apply_host,
	 print_nothing},
	{GLOBAL, "logging host <ifname:word> <address> / [transport udp port <udp-port:1-65535>]",
	 apply_host, print_nothing},
	{GLOBAL, "logging timestamp", apply_asa_stamp, print_nothing},
	{GLOBAL, "service timestamps {debug|log} / " STAMPS, apply_stamps, print_nothing},
	{GLOBAL, "service sequence-numbers", apply_sequence, print_nothing},
};

const struct config_rows config_rows_logging = {rows, array_len(rows)};
