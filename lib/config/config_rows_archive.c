/* SPDX-License-Identifier: BSD-3-Clause */
/* `archive`: where `archive config` puts copies of the running configuration, and how many. */
#include "lib/config/config_line.h"
#include "lib/config/config_print.h"

#include <string.h>

static int apply_archive(struct config_line *line)
{
	struct config_archive none = {.maximum = CONFIG_ARCHIVE_COPIES};
	struct config_archive *archive = &line->config->archive;

	if (!line->no) {
		config_line_enter(line, "", 0);
		return 0;
	}
	line->changed = memcmp(archive, &none, sizeof(none)) != 0;
	*archive = none;
	return 0;
}

static void print_archive(struct config_print *p, const struct config_row *row,
			  const struct config *c, const void *object)
{
	const struct config_archive *archive = &c->archive;

	(void)object;
	if (!archive->path[0] && archive->maximum == CONFIG_ARCHIVE_COPIES)
		return;
	config_print_line(p, row->mode, "archive");
	config_print_rows(p, &config_rows_archive, row->enters, c, archive);
	config_print_separator(p);
}

static const struct config_row rows[] = {
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_ARCHIVE, "archive", apply_archive, print_archive},
	{CONFIG_MODE_ARCHIVE, CONFIG_MODE_GLOBAL, "path / <file:word>",
	 .field = {CONFIG_FIELD_TEXT, CONFIG_FIELD_AT(config_archive, path)}},
	{CONFIG_MODE_ARCHIVE, CONFIG_MODE_GLOBAL, "maximum / <copies:1-14>",
	 .field = {CONFIG_FIELD_NUMBER, CONFIG_FIELD_AT(config_archive, maximum),
		   .initial = CONFIG_ARCHIVE_COPIES}},
};

const struct config_rows config_rows_archive = {rows, array_len(rows)};
