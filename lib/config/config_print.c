/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_print.h"

#include "lib/config/config_field.h"
#include "lib/config/config_tables.h"
#include "lib/crypto/secret.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for len more bytes and a NUL. The text may hold keys: an outgrown buffer is wiped. */
static bool reserve(struct config_print *p, size_t len)
{
	size_t size = p->size ? p->size : 1024;
	char *grown;

	if (p->no_memory)
		return false;
	if (p->size && len < p->size - p->len)
		return true;
	while (size - p->len <= len)
		size *= 2;
	grown = malloc(size);
	if (!grown) {
		p->no_memory = true;
		return false;
	}
	if (p->text) {
		memcpy(grown, p->text, p->len);
		secret_wipe_bytes(p->text, p->size);
	}
	free(p->text);
	p->text = grown;
	p->size = size;
	return true;
}

static void append(struct config_print *p, const char *text, size_t len)
{
	if (!reserve(p, len))
		return;
	memcpy(p->text + p->len, text, len);
	p->len += len;
	p->text[p->len] = '\0';
}

void config_print_begin(struct config_print *p, enum config_mode mode)
{
	p->line_started = false;
	if (p->flat)
		append(p, p->flat, strlen(p->flat));
	else if (mode != CONFIG_MODE_GLOBAL)
		append(p, "  ",
		       mode == CONFIG_MODE_POLICY_CLASS || mode == CONFIG_MODE_CERT_DATA ? 2 : 1);
}

void config_print_word(struct config_print *p, const char *text, size_t len)
{
	if (p->line_started)
		append(p, " ", 1);
	p->line_started = true;
	append(p, text, len);
}

static void append_format(struct config_print *p, const char *fmt, va_list ap)
{
	char text[512];
	int len = vsnprintf(text, sizeof(text), fmt, ap);

	if (len > 0)
		append(p, text, (size_t)len < sizeof(text) ? (size_t)len : sizeof(text) - 1);
	secret_wipe_bytes(text, sizeof(text));
}

void config_print_text(struct config_print *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	append_format(p, fmt, ap);
	va_end(ap);
}

void config_print_secret(struct config_print *p, const char *key)
{
	bool clear = p->flags & CONFIG_PRINT_SECRETS;

	if (clear && key[0] >= '0' && key[0] <= '9' && !key[1])
		config_print_text(p, "0 ");
	config_print_text(p, "%s", clear ? key : "********");
}

void config_print_end(struct config_print *p)
{
	append(p, "\n", 1);
}

void config_print_line(struct config_print *p, enum config_mode mode, const char *fmt, ...)
{
	va_list ap;

	config_print_begin(p, mode);
	va_start(ap, fmt);
	append_format(p, fmt, ap);
	va_end(ap);
	config_print_end(p);
}

bool config_print_wants(const struct config_print *p, const struct config_row *row)
{
	return !row->dialects || (row->dialects & 1u << p->dialect);
}

void config_print_rows(struct config_print *p, const struct config_rows *table,
		       enum config_mode mode, const struct config *c, const void *object)
{
	for (size_t i = 0; i < table->n; i++) {
		const struct config_row *row = &table->rows[i];

		if (row->mode != mode || !config_print_wants(p, row))
			continue;
		if (row->print)
			row->print(p, row, c, object);
		else if (row->field.kind != CONFIG_FIELD_NONE)
			config_field_print(p, row, object);
	}
}

const char *config_print_ikev1(const struct config_print *p, const struct config *c)
{
	return p->dialect == DIALECT_ASA && c->ikev1_words ? "ikev1 " : "";
}

void config_print_separator(struct config_print *p)
{
	append(p, "!\n", 2);
}

static void print_tables(struct config_print *p, const struct config *config)
{
	const struct config_rows *tables[CONFIG_TABLES_MAX];
	size_t n = config_tables_printed(p->dialect, tables);

	for (size_t t = 0; t < n; t++)
		config_print_rows(p, tables[t], CONFIG_MODE_GLOBAL, config, config);
	config_print_line(p, CONFIG_MODE_GLOBAL, "end");
}

char *config_print_all(const struct config *config, enum dialect dialect, unsigned flags)
{
	struct config defaults;
	struct config_print print = {.flags = flags, .dialect = dialect, .defaults = &defaults};
	struct config_print marked = {0};

	config_dialect_defaults(&defaults, dialect);
	print_tables(&print, config);
	/* lines that mislead about their dialect have it said first */
	if (!print.no_memory &&
	    config_dialect_of_text(print.text, print.len, DIALECT_IOS) != dialect) {
		config_print_line(&marked, CONFIG_MODE_GLOBAL, "! dialect %s",
				  dialect_name(dialect));
		append(&marked, print.text, print.len);
		secret_wipe_bytes(print.text, print.size);
		free(print.text);
		print = marked;
	}
	config_model_fini(&defaults);
	if (!print.no_memory)
		return print.text;
	if (print.text)
		secret_wipe_bytes(print.text, print.size);
	free(print.text);
	return NULL;
}
