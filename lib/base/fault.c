/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/base/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static struct fault *place_of(struct fault_list *list, enum fault_kind kind)
{
	bool full = (list->n & (list->n - 1)) == 0; /* there is room for a power of two */
	struct fault *rows = list->rows;

	/* that there is an error must not be lost among notes */
	if (list->n == FAULT_MAX) {
		rows += list->n - 1;
		return kind == FAULT_ERROR && rows->kind != FAULT_ERROR ? rows : NULL;
	}
	if (full)
		rows = realloc(rows, (list->n ? list->n * 2 : 1) * sizeof(*rows));
	if (!rows)
		return NULL;
	list->rows = rows;
	return &rows[list->n++];
}

void fault_add(struct fault_list *list, enum fault_kind kind, int column, const char *fmt, ...)
{
	struct fault *f = place_of(list, kind);
	va_list ap;

	if (!f)
		return;
	*f = (struct fault){.kind = kind, .line = list->line, .column = column};
	va_start(ap, fmt);
	vsnprintf(f->text, sizeof(f->text), fmt, ap);
	va_end(ap);
}

size_t fault_count(const struct fault_list *list, enum fault_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		n += list->rows[i].kind == kind;
	return n;
}

void fault_list_fini(struct fault_list *list)
{
	free(list->rows);
	*list = (struct fault_list){0};
}
