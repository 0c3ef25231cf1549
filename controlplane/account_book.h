/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The accounting records still owed, in a file that outlives us: what was started and not stopped
 * is stopped by whoever comes after a crash, with what was last noted. A mapping of fixed size, so
 * that noting is a copy; made before the sandbox. Without the file nothing is noted.
 */
#pragma once

#include "controlplane/radius.h"
#include "lib/base/compat.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	ACCOUNT_BOOK_ROWS = 4096,
	ACCOUNT_BOOK_NEAR = 16, /* a session has so many places to be in; then it is not noted */
};

enum account_book_state {
	ACCOUNT_BOOK_FREE,
	ACCOUNT_BOOK_USED,
	ACCOUNT_BOOK_OLD, /* of an earlier run */
};

/* What is in the file; another size or mark is another version's. */
struct account_book_page {
	uint64_t mark;
	uint64_t size;
	uint8_t states[ACCOUNT_BOOK_ROWS]; /* apart: rows never used take no memory */
	struct radius_request rows[ACCOUNT_BOOK_ROWS];
};

struct account_book {
	struct account_book_page *page; /* mapped; NULL = nothing is noted */
	char path[320];
};

/* Every row that is there is an old one then. 0 or -errno. */
int must_check account_book_open(struct account_book *book, const char *path);
/* The file goes when nothing is owed. */
void account_book_close(struct account_book *book);
/* Instead of what was noted of this session. A request without password. */
void account_book_note(struct account_book *book, const struct radius_request *record);
void account_book_forget(struct account_book *book, uint64_t session);
/* The next old row from *at on, which becomes a new one; NULL when there is none. */
const struct radius_request *account_book_next_old(struct account_book *book, size_t *at);
