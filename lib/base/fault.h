/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Faults of user input, collected instead of printed: a line that is wrong names the line, the
 * column and what would be right. Used by the configuration, the command line and the API.
 */
#pragma once

#include "lib/base/compat.h"

#include <stdbool.h>
#include <stddef.h>

enum fault_kind {
	FAULT_ERROR,   /* refused; nothing changed */
	FAULT_WARNING, /* accepted; the user should know (e.g. "crypto map entry incomplete") */
	FAULT_NOTE,    /* accepted and without effect here */
};

enum {
	FAULT_MAX = 4096 /* of a list: what comes behind them is left out */
};

struct fault {
	enum fault_kind kind;
	int line;   /* 1-based line of the file, 0 when typed at a prompt */
	int column; /* 0-based column of the marker, -1 when the whole line is meant */
	char text[512];
};

struct fault_list {
	struct fault *rows; /* owned; fault_list_fini() frees */
	size_t n;
	int line; /* line given to the next fault added */
};

/*
 * Appends a fault at the list's current line. Out of memory drops it, and a full list; an error is
 * in a full list all the same.
 */
void fault_add(struct fault_list *list, enum fault_kind kind, int column, const char *fmt, ...)
	printf_like(4, 5);

size_t fault_count(const struct fault_list *list, enum fault_kind kind);
void fault_list_fini(struct fault_list *list);
