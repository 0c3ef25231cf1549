/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/diagnose.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct code_row {
	const char *name;
	enum diagnose_severity severity;
	const char *sentence;
	const char *command;
	const char *entries;
};

static const struct code_row codes[DIAGNOSE_CODE_COUNT] = {
#define CODE(id, name, severity, sentence, command, entries) \
	[DIAGNOSE_##id] = {name, DIAGNOSE_##severity, sentence, command, entries},
#include "controlplane/diagnose/diagnose_codes.def"
#undef CODE
};

const char *diagnose_name(enum diagnose_code code)
{
	return codes[code].name;
}

enum diagnose_severity diagnose_severity(enum diagnose_code code)
{
	return codes[code].severity;
}

const char *diagnose_severity_name(enum diagnose_severity severity)
{
	static const char *const names[] = {
		[DIAGNOSE_ERROR] = "error",
		[DIAGNOSE_WARNING] = "warning",
		[DIAGNOSE_NOTICE] = "notice",
	};

	return names[severity];
}

const char *diagnose_sureness_name(enum diagnose_sureness sureness)
{
	static const char *const names[] = {
		[DIAGNOSE_SURE] = "sure",
		[DIAGNOSE_LIKELY] = "likely",
		[DIAGNOSE_EITHER] = "either",
	};

	return names[sureness];
}

const char *diagnose_template(enum diagnose_code code)
{
	return codes[code].sentence;
}

const char *diagnose_entries(enum diagnose_code code)
{
	return codes[code].entries;
}

enum diagnose_code diagnose_find(const char *name)
{
	for (enum diagnose_code i = 0; i < DIAGNOSE_CODE_COUNT; i++)
		if (strcmp(codes[i].name, name) == 0)
			return i;
	return DIAGNOSE_NONE;
}

struct diagnosis *diagnose_add(struct diagnose_list *list, enum diagnose_code code)
{
	struct diagnosis *d = &list->items[array_len(list->items) - 1];

	if (list->n < array_len(list->items))
		d = &list->items[list->n++];
	*d = (struct diagnosis){.code = code};
	return d;
}

void diagnose_set(struct diagnosis *d, const char *name, const char *fmt, ...)
{
	struct diagnose_field *f = NULL;
	va_list args;

	for (size_t i = 0; i < d->n_fields && !f; i++)
		if (strcmp(d->fields[i].name, name) == 0)
			f = &d->fields[i];
	if (!f && d->n_fields < DIAGNOSE_FIELDS)
		f = &d->fields[d->n_fields++];
	if (!f)
		return;
	f->name = name;
	va_start(args, fmt);
	vsnprintf(f->value, sizeof(f->value), fmt, args);
	va_end(args);
}

static const char *value_of(const struct diagnosis *d, const char *name, size_t len)
{
	for (size_t i = 0; i < d->n_fields; i++)
		if (strlen(d->fields[i].name) == len && !memcmp(d->fields[i].name, name, len))
			return d->fields[i].value;
	return NULL;
}

/* A field that was not filled in stays as it is in the row, where a test finds it. */
static char *fill(const struct diagnosis *d, const char *text, char *buf, size_t size)
{
	size_t n = 0;

	while (*text && n + 1 < size) {
		const char *end = *text == '{' ? strchr(text, '}') : NULL;
		const char *value = end ? value_of(d, text + 1, (size_t)(end - text - 1)) : NULL;

		if (value) {
			n += (size_t)snprintf(buf + n, size - n, "%s", value);
			if (n >= size)
				n = size - 1;
			text = end + 1;
		} else {
			buf[n++] = *text++;
		}
	}
	buf[n] = '\0';
	return buf;
}

char *diagnose_sentence(const struct diagnosis *d, char *buf, size_t size)
{
	return fill(d, codes[d->code].sentence, buf, size);
}

char *diagnose_command(const struct diagnosis *d, char *buf, size_t size)
{
	return fill(d, d->command[0] ? d->command : codes[d->code].command, buf, size);
}

bool diagnose_same(const struct diagnosis *a, const struct diagnosis *b)
{
	return a->code == b->code && addr_eq(&a->peer, &b->peer) && !strcmp(a->map, b->map) &&
	       a->sequence == b->sequence && a->acl_sequence == b->acl_sequence;
}
