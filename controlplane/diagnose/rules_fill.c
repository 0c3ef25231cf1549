/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/rules_fill.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void append(char *text, size_t size, const char *fmt, va_list args)
{
	size_t n = strlen(text);

	vsnprintf(text + n, size - n, fmt, args);
}

void rules_fill_peer(const struct evidence *e, struct diagnosis *d)
{
	char text[ADDR_TEXT];

	diagnose_set(d, "peer", "%s", addr_print(&e->peer, text, sizeof(text)));
}

void rules_fill_map(struct diagnosis *d, const char *map)
{
	snprintf(d->map, sizeof(d->map), "%s", map);
	diagnose_set(d, "map", "%s", map);
}

void rules_fill_saw(struct diagnosis *d, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	append(d->saw, sizeof(d->saw), fmt, args);
	va_end(args);
}

void rules_fill_command(struct diagnosis *d, const char *fmt, ...)
{
	va_list args;

	d->command[0] = '\0';
	va_start(args, fmt);
	append(d->command, sizeof(d->command), fmt, args);
	va_end(args);
}

void rules_fill_either(struct diagnosis *d, enum diagnose_code other, const char *fmt, ...)
{
	va_list args;

	d->sureness = DIAGNOSE_EITHER;
	d->other = other;
	d->decide[0] = '\0';
	va_start(args, fmt);
	append(d->decide, sizeof(d->decide), fmt, args);
	va_end(args);
}

const struct evidence_note *rules_fill_recent(const struct evidence *e,
					      enum evidence_note_kind kind)
{
	const struct evidence_note *note = evidence_note(e, kind);

	return note && note->at_ms + RULES_FILL_RECENT_MS >= e->now_ms ? note : NULL;
}
