/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/debug_log.h"

#include "controlplane/log_server.h"
#include "controlplane/log_stamp.h"
#include "lib/base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	WINDOWS = 256,
	SPREAD = 31,
	TEXT = DEBUG_LOG_LINE - 64,
	ASA_TEXT = DEBUG_LOG_PRINTED - 80,
	NOTICE = 5,
	MS = 1000,
	NS_OF_MS = 1000000,
};

static const struct {
	const char *name;
	unsigned burst;
	unsigned severity; /* of ASA and PIX */
	unsigned asa;
	unsigned pix;
} classes[] = {
#define LOG_CLASS(id, class_name, class_burst, class_severity, class_asa, class_pix) \
	{.name = class_name,                                                         \
	 .burst = class_burst,                                                       \
	 .severity = class_severity,                                                 \
	 .asa = class_asa,                                                           \
	 .pix = class_pix},
#include "controlplane/log_classes.def"
#undef LOG_CLASS
};

/* Shared by what meets in it: then less is said, never more. */
struct window {
	uint64_t start_ms;
	unsigned n;
	unsigned suppressed;
};

struct debug_log_record {
	enum debug_log_class class;
	uint32_t number;
	uint64_t up_ms;
	int64_t wall_ms;
	char ios[DEBUG_LOG_LINE]; /* with its head */
	char asa[ASA_TEXT];	  /* without; "" = as IOS says it */
};

struct debug_log {
	uint64_t (*now_ms)(void);
	const struct config *config;
	struct debug_log_listener listener;
	void (*write_file)(void *ctx, const char *line);
	void *file_ctx;
	unsigned topics;
	uint64_t start_ms;
	uint64_t suppressed;
	uint32_t number;
	struct window windows[WINDOWS];
	size_t first;
	size_t n;
	size_t bytes;
	struct debug_log_record records[DEBUG_LOG_LINES];
};

struct debug_log *debug_log_create(uint64_t (*now_ms)(void))
{
	struct debug_log *log = calloc(1, sizeof(*log));

	if (!log)
		return NULL;
	log->now_ms = now_ms;
	log->start_ms = now_ms();
	tzset(); /* while files may still be opened */
	return log;
}

void debug_log_destroy(struct debug_log *log)
{
	free(log);
}

void debug_log_listen(struct debug_log *log, const struct debug_log_listener *listener)
{
	log->listener = *listener;
}

void debug_log_set_file(struct debug_log *log, void (*write)(void *ctx, const char *line),
			void *ctx)
{
	log->write_file = write;
	log->file_ctx = ctx;
}

void debug_log_follow(struct debug_log *log, const struct config *config)
{
	log->config = config;
}

void debug_log_set_topics(struct debug_log *log, unsigned topics)
{
	log->topics = topics;
}

bool debug_log_wants(const struct debug_log *log, enum ike_topic topic)
{
	return log->topics & 1u << topic;
}

static struct config_logging settings(const struct debug_log *log)
{
	return log->config ? log->config->logging : config_logging_defaults();
}

static int64_t wall_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * MS + t.tv_nsec / NS_OF_MS;
}

static struct window *window_of(struct debug_log *log, enum debug_log_class class, uint32_t key)
{
	return &log->windows[((uint32_t) class * SPREAD + key) % WINDOWS];
}

/* False when the line must only be counted; *suppressed: lines swallowed since the last one. */
static bool admit(struct debug_log *log, enum debug_log_class class, uint32_t key,
		  unsigned *suppressed)
{
	struct window *w = window_of(log, class, key);
	uint64_t now = log->now_ms();

	if (now - w->start_ms >= DEBUG_LOG_WINDOW_MS) {
		w->start_ms = now;
		w->n = 0;
	}
	if (w->n++ >= classes[class].burst) {
		w->suppressed++;
		log->suppressed++;
		return false;
	}
	*suppressed = w->suppressed;
	w->suppressed = 0;
	return true;
}

static struct debug_log_record *at(struct debug_log *log, size_t i)
{
	return &log->records[(log->first + i) % DEBUG_LOG_LINES];
}

static void forget_oldest(struct debug_log *log)
{
	log->bytes -= strlen(at(log, 0)->ios);
	log->first = (log->first + 1) % DEBUG_LOG_LINES;
	log->n--;
}

static struct debug_log_record *next_record(struct debug_log *log)
{
	if (log->n == DEBUG_LOG_LINES)
		forget_oldest(log);
	return at(log, log->n);
}

/* The newest stays in the ring when the buffer wants it, and as much before it as there is room. */
static void keep(struct debug_log *log, const struct debug_log_record *r)
{
	const struct config_logging l = settings(log);

	if (l.buffered == CONFIG_LOG_OFF || debug_log_severity(r, DIALECT_IOS) > l.buffered)
		return;
	log->n++;
	log->bytes += strlen(r->ios);
	while (l.buffer_bytes && log->bytes > l.buffer_bytes && log->n > 1)
		forget_oldest(log);
}

/* What is good to know but no event is for those who want to see all. */
static void to_console(const struct config_logging *l, const struct debug_log_record *r)
{
	unsigned severity = debug_log_severity(r, DIALECT_IOS);
	bool audit = r->class == DEBUG_LOG_SA_CREATED || r->class == DEBUG_LOG_SA_DELETED ||
		     r->class == DEBUG_LOG_IKE_UP || r->class == DEBUG_LOG_LOOKED ||
		     r->class == DEBUG_LOG_NEGOTIATE;

	if (l->console == CONFIG_LOG_OFF || severity > l->console)
		return;
	if (audit)
		log_info("%s", r->ios);
	else
		log_notice("%s", r->ios);
}

static void to_servers(const struct debug_log *log, const struct debug_log_record *r)
{
	const struct config_logging *l = &log->config->logging;
	char line[DEBUG_LOG_PRINTED];
	enum dialect dialect = log->config->dialect;
	unsigned severity = debug_log_severity(r, dialect);

	if (!l->n_hosts || l->trap == CONFIG_LOG_OFF || severity > l->trap)
		return;
	debug_log_print(log, r, dialect, line, sizeof(line));
	log_server_send(log->config, severity, r->wall_ms, line);
}

static void to_file(const struct debug_log *log, const struct debug_log_record *r)
{
	const struct config_logging *l = &log->config->logging;
	enum dialect dialect = log->config->dialect;
	char line[DEBUG_LOG_PRINTED];

	if (!l->file[0] || !log->write_file || debug_log_severity(r, dialect) > l->file_level)
		return;
	log->write_file(log->file_ctx, debug_log_print(log, r, dialect, line, sizeof(line)));
}

static void pass_on(struct debug_log *log, const struct debug_log_record *r)
{
	const struct config_logging l = settings(log);

	to_console(&l, r);
	keep(log, r);
	if (l.off)
		return;
	if (log->config) {
		to_servers(log, r);
		to_file(log, r);
	}
	if (log->listener.event && l.monitor != CONFIG_LOG_OFF &&
	    debug_log_severity(r, DIALECT_IOS) <= l.monitor)
		log->listener.event(log->listener.ctx, r);
}

void debug_log_event_of(struct debug_log *log, enum debug_log_class class, uint32_t key,
			const char *ios, const char *asa)
{
	struct debug_log_record *r;
	char more[48] = "";
	unsigned suppressed;

	if (!admit(log, class, key, &suppressed))
		return;
	if (suppressed)
		snprintf(more, sizeof(more), " (%u more suppressed)", suppressed);
	r = next_record(log);
	r->class = class;
	r->number = ++log->number;
	r->up_ms = log->now_ms() - log->start_ms;
	r->wall_ms = wall_ms();
	snprintf(r->ios, sizeof(r->ios), "%%%s: %s%s", classes[class].name, ios, more);
	snprintf(r->asa, sizeof(r->asa), "%s%s", asa ? asa : "", asa ? more : "");
	pass_on(log, r);
}

void debug_log_event(struct debug_log *log, enum debug_log_class class, const char *fmt, ...)
{
	char text[TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	debug_log_event_of(log, class, 0, text, NULL);
}

void debug_log_more(struct debug_log *log, enum debug_log_class class, uint32_t key, unsigned n)
{
	window_of(log, class, key)->suppressed += n;
	log->suppressed += n;
}

void debug_log_say(struct debug_log *log, const struct ike_said *said)
{
	if (log->topics & 1u << ike_say_topic(said->id) && log->listener.debug)
		log->listener.debug(log->listener.ctx, said);
}

const struct debug_log_record *debug_log_record(const struct debug_log *log, size_t i)
{
	return i < log->n ? &log->records[(log->first + i) % DEBUG_LOG_LINES] : NULL;
}

const char *debug_log_line(const struct debug_log *log, size_t i)
{
	const struct debug_log_record *r = debug_log_record(log, i);

	return r ? r->ios : NULL;
}

void debug_log_clear(struct debug_log *log)
{
	log->n = 0;
	log->bytes = 0;
}

uint64_t debug_log_suppressed(const struct debug_log *log)
{
	return log->suppressed;
}

unsigned debug_log_severity(const struct debug_log_record *r, enum dialect dialect)
{
	const char *dash = strchr(classes[r->class].name, '-');

	return dialect == DIALECT_IOS ? (unsigned)(dash[1] - '0') : classes[r->class].severity;
}

char *debug_log_print(const struct debug_log *log, const struct debug_log_record *r,
		      enum dialect dialect, char *buf, size_t size)
{
	const struct config_logging l = settings(log);
	unsigned severity = classes[r->class].severity;
	const char *plain = strstr(r->ios, ": ") + 2;
	char stamp[LOG_STAMP_TEXT];
	char number[16] = "";

	log_stamp_print(&l.log, r->up_ms, r->wall_ms, stamp);
	if (l.sequence)
		snprintf(number, sizeof(number), "%06u: ", r->number);
	if (dialect == DIALECT_IOS)
		snprintf(buf, size, "%s%s%s", number, stamp, r->ios);
	else if (dialect == DIALECT_PIX)
		snprintf(buf, size, "%s%s%%PIX-%u-%06u: %s", number, stamp, severity,
			 classes[r->class].pix,
			 r->asa[0] && classes[r->class].pix == classes[r->class].asa ? r->asa
										     : plain);
	else
		snprintf(buf, size, "%s%s%%ASA-%u-%06u: %s", number, stamp, severity,
			 classes[r->class].asa, r->asa[0] ? r->asa : plain);
	return buf;
}

char *debug_log_stamp(const struct debug_log *log, char *buf, size_t size)
{
	const struct config_logging l = settings(log);
	char stamp[LOG_STAMP_TEXT];

	snprintf(buf, size, "%s",
		 log_stamp_print(&l.debug, log->now_ms() - log->start_ms, wall_ms(), stamp));
	return buf;
}
