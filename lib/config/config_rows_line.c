/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `line ...` and the time after which nobody sits at a terminal any more. Of all that a router says
 * of its lines only this is ours: logging in is the work of the system.
 */
#include "lib/config/config_line.h"
#include "lib/config/config_print.h"

enum {
	MINUTE = 60,
	SSH_MOST = 60 * MINUTE, /* of `ssh timeout` and `console timeout` */
	NO_LINE = CONFIG_TERMINALS,
};

static const char *const names[CONFIG_TERMINALS] = {
	[CONFIG_TERMINAL_VTY] = "vty 0 4",
	[CONFIG_TERMINAL_CONSOLE] = "con 0",
};

static const char *const flat_names[CONFIG_TERMINALS] = {
	[CONFIG_TERMINAL_VTY] = "ssh",
	[CONFIG_TERMINAL_CONSOLE] = "console",
};

static uint32_t silence(const struct config_line *line, unsigned which)
{
	struct config defaults;
	uint32_t seconds;

	config_dialect_defaults(&defaults, line->cursor->dialect);
	seconds = defaults.exec_timeout[which];
	config_model_fini(&defaults);
	return seconds;
}

static int set(struct config_line *line, unsigned which, uint32_t seconds)
{
	line->changed = line->config->exec_timeout[which] != seconds;
	line->config->exec_timeout[which] = seconds;
	return 0;
}

static unsigned named(const struct config_line *line)
{
	if (config_line_arg(line, "aux"))
		return NO_LINE;
	return config_line_arg(line, "vty") ? CONFIG_TERMINAL_VTY : CONFIG_TERMINAL_CONSOLE;
}

static int apply_line(struct config_line *line)
{
	const struct config_arg *last = config_line_arg(line, "last");
	unsigned which = named(line);

	if (last && last->value.number < config_line_number(line, "first", 0))
		return config_line_refuse(line, last, "the last line comes before the first");
	if (!line->no)
		config_line_enter(line, "", which);
	else if (which != NO_LINE)
		set(line, which, silence(line, which));
	return 0;
}

static int apply_exec_timeout(struct config_line *line)
{
	unsigned which = line->cursor->number;
	uint32_t minutes = config_line_number(line, "minutes", 0);
	uint32_t seconds = config_line_number(line, "seconds", 0);

	if (which == NO_LINE) {
		config_line_note(line, "no such line is here, only con and vty");
		return 0;
	}
	return set(line, which, line->no ? 0 : minutes * MINUTE + seconds);
}

static int apply_flat(struct config_line *line)
{
	unsigned which =
		config_line_arg(line, "ssh") ? CONFIG_TERMINAL_VTY : CONFIG_TERMINAL_CONSOLE;

	return set(line, which,
		   line->no ? silence(line, which)
			    : config_line_number(line, "minutes", 0) * MINUTE);
}

/* `ssh timeout` knows no seconds and has no never. */
static bool has_flat(const struct config_print *p, unsigned which, uint32_t seconds)
{
	return p->dialect != DIALECT_IOS && seconds % MINUTE == 0 && seconds <= SSH_MOST &&
	       (seconds || which == CONFIG_TERMINAL_CONSOLE);
}

static void print_lines(struct config_print *p, const struct config_row *row,
			const struct config *c, const void *object)
{
	(void)object;
	for (unsigned i = CONFIG_TERMINALS; i-- > 0;) {
		uint32_t seconds = c->exec_timeout[i];

		if (seconds == p->defaults->exec_timeout[i])
			continue;
		if (has_flat(p, i, seconds)) {
			config_print_line(p, row->mode, "%s timeout %u", flat_names[i],
					  seconds / MINUTE);
			continue;
		}
		config_print_line(p, row->mode, "line %s", names[i]);
		config_print_line(p, row->enters, "exec-timeout %u %u", seconds / MINUTE,
				  seconds % MINUTE);
		config_print_separator(p);
	}
}

#define GLOBAL CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL
#define FLAT   .dialects = CONFIG_IN_ASA | CONFIG_IN_PIX

static const struct config_row rows[] = {
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_LINE,
	 "line {console|aux|vty} <first:0-1869> [<last:0-1869>]", apply_line, print_lines},
	{CONFIG_MODE_LINE, CONFIG_MODE_GLOBAL, "exec-timeout / <minutes:0-35791> [<seconds:0-59>]",
	 apply_exec_timeout},
	{GLOBAL, "ssh timeout / <minutes:1-60>", apply_flat, FLAT},
	{GLOBAL, "console timeout / <minutes:0-60>", apply_flat, FLAT},
};

const struct config_rows config_rows_line = {rows, array_len(rows)};
