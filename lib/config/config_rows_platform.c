/* SPDX-License-Identifier: BSD-3-Clause */
/* hostname and the platform block (ours, not Cisco's). */
#include "lib/config/config_line.h"
#include "lib/config/config_names.h"
#include "lib/config/config_print.h"

#include <string.h>

static const struct name on_off[] = {{1, "on"}, {0, "off"}};

static int apply_platform(struct config_line *line)
{
	struct config empty;

	if (!line->no) {
		config_line_enter(line, "", 0);
		return 0;
	}
	config_model_init(&empty);
	line->changed =
		memcmp(&line->config->platform, &empty.platform, sizeof(empty.platform)) != 0;
	line->config->platform = empty.platform;
	return 0;
}

static int apply_worker_cores(struct config_line *line)
{
	struct config_platform *platform = &line->config->platform;
	uint16_t cores[CONFIG_CORES_MAX] = {0};
	int n = line->no ? 0 : config_names_cores(config_line_text(line, "cores"), cores);

	if (n < 0)
		return config_line_refuse(line, config_line_arg(line, "cores"),
					  "not a list of cores");
	line->changed = n != platform->n_worker_cores ||
			memcmp(cores, platform->worker_cores, sizeof(cores)) != 0;
	memcpy(platform->worker_cores, cores, sizeof(cores));
	platform->n_worker_cores = (uint16_t)n;
	return 0;
}

static void print_worker_cores(struct config_print *p, const struct config_row *row,
			       const struct config *c, const void *object)
{
	const struct config_platform *platform = object;

	(void)c;
	if (!platform->n_worker_cores)
		return;
	config_print_begin(p, row->mode);
	config_print_text(p, "worker-cores ");
	for (unsigned i = 0; i < platform->n_worker_cores; i++) {
		unsigned first = i;

		while (i + 1 < platform->n_worker_cores &&
		       platform->worker_cores[i + 1] == platform->worker_cores[i] + 1)
			i++;
		config_print_text(p, "%s%u", first ? "," : "", platform->worker_cores[first]);
		if (i > first)
			config_print_text(p, "-%u", platform->worker_cores[i]);
	}
	config_print_end(p);
}

static void print_platform(struct config_print *p, const struct config_row *row,
			   const struct config *c, const void *object)
{
	struct config empty;

	(void)object;
	config_model_init(&empty);
	if (memcmp(&c->platform, &empty.platform, sizeof(empty.platform)) == 0)
		return;
	config_print_line(p, row->mode, "platform");
	config_print_rows(p, &config_rows_platform, row->enters, c, &c->platform);
	config_print_separator(p);
}

static const struct name dialects[] = {
	{DIALECT_IOS, "ios"},
	{DIALECT_ASA, "asa"},
	{DIALECT_PIX, "pix"},
};

static int apply_dialect(struct config_line *line)
{
	enum dialect dialect = DIALECT_IOS;
	bool ikev1 = !line->no && config_line_arg(line, "ikev1");

	for (size_t i = 0; !line->no && i < array_len(dialects); i++)
		if (config_line_arg(line, dialects[i].name))
			dialect = (enum dialect)dialects[i].value;
	line->changed = line->config->dialect != dialect || line->config->ikev1_words != ikev1;
	line->config->dialect = dialect;
	line->config->ikev1_words = ikev1;
	return 0;
}

static void print_dialect(struct config_print *p, const struct config_row *row,
			  const struct config *c, const void *object)
{
	(void)object;
	if (c->dialect != p->dialect || c->ikev1_words)
		config_print_line(p, row->mode, "terminal dialect %s%s", dialect_name(c->dialect),
				  c->ikev1_words ? " ikev1" : "");
}

static const struct config_row rows[] = {
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL, "terminal dialect / {ios|asa|pix} [ikev1]",
	 apply_dialect, print_dialect},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL, "hostname / <hostname>",
	 .field = {CONFIG_FIELD_TEXT, CONFIG_FIELD_AT(config, hostname),
		   .initial_text = "culvert"}},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_PLATFORM, "platform", apply_platform, print_platform},
	{CONFIG_MODE_PLATFORM, CONFIG_MODE_GLOBAL, "worker-cores / <cores>", apply_worker_cores,
	 print_worker_cores},
	{CONFIG_MODE_PLATFORM, CONFIG_MODE_GLOBAL, "control-core / <core:0-1023>",
	 .field = {CONFIG_FIELD_NUMBER, CONFIG_FIELD_AT(config_platform, control_core),
		   .initial = UINT32_MAX}},
	{CONFIG_MODE_PLATFORM, CONFIG_MODE_GLOBAL, "memory / <megabytes:64-1048576>",
	 .field = {CONFIG_FIELD_NUMBER, CONFIG_FIELD_AT(config_platform, memory_mb),
		   .initial = 256}},
	{CONFIG_MODE_PLATFORM, CONFIG_MODE_GLOBAL, "hugepages / {on|off}",
	 .field = {CONFIG_FIELD_CHOICE_AT(config_platform, hugepages, on_off)}},
	{CONFIG_MODE_PLATFORM, CONFIG_MODE_GLOBAL, "hasten-renewal / <times:2-1000>",
	 .field = {CONFIG_FIELD_NUMBER, CONFIG_FIELD_AT(config_platform, hasten)}},
};

const struct config_rows config_rows_platform = {rows, array_len(rows)};
