/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which size of what one end sends is lost though smaller ones reach the other: what may be the
 * matter by the counters of an SA, and the questions that tell. Pure: the caller sends a datagram
 * of the size asked for and says whether an answer came.
 */
#pragma once

#include "controlplane/diagnose/evidence.h"
#include "controlplane/path_search.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	SIZE_SEARCH_FIRST = 300, /* whether such questions are answered at all */
	SIZE_SEARCH_STEP = 16,	 /* as exactly as IKE can be sized */
	SIZE_SEARCH_FULL = UINT16_MAX,
	SIZE_SEARCH_CHECKS = 6, /* of a verdict, both sizes in turn: a path may lose by chance */
};

/* What an SA has counted. */
struct size_counts {
	struct evidence_counters c;
	uint64_t top; /* highest sequence number authenticated */
};

/*
 * Inner packets of at least so many bytes are sent or wanted, and may be lost; 0 = nothing suggests
 * that any are. SIZE_SEARCH_FULL: as large as they can be.
 */
uint16_t size_search_suspect(const struct size_counts *before, const struct size_counts *now);

struct size_search {
	struct path_search path;
	uint16_t size; /* to be tried next, 0 = it is over */
	uint8_t checks;
	bool lossy; /* the same size was lost and was not */
};

void size_search_begin(struct size_search *s, uint16_t most);
/* What became of a datagram of s->size. */
void size_search_take(struct size_search *s, bool crossed);
/* Over: some size is lost, and the one in s->path.largest is not. */
bool size_search_lost(const struct size_search *s);
/* Over: the largest of interest crosses. */
bool size_search_good(const struct size_search *s);
