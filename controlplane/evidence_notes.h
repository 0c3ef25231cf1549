/* SPDX-License-Identifier: BSD-3-Clause */
/* What happened to a peer once, one note a kind: the last time, and how often lately. */
#pragma once

#include "controlplane/evidence_book.h"

/*
 * The note of a kind, as of now; the caller fills in what is particular, and counts: n and count
 * begin at 0 when the last time is longer ago than the note is kept. A spare one that is lost when
 * there is no memory. Never NULL. The place is due.
 */
struct evidence_note *evidence_notes_put(struct evidence_book *b, struct evidence_place *p,
					 enum evidence_note_kind kind, uint64_t now_ms);
/* One more of what is counted. */
void evidence_notes_count(struct evidence_book *b, struct evidence_place *p,
			  enum evidence_note_kind kind, uint64_t now_ms, uint64_t n);
/* It is not so any more. */
void evidence_notes_clear(struct evidence_place *p, enum evidence_note_kind kind);
/* Those that are too old to say anything go. */
void evidence_notes_prune(struct evidence_place *p, uint64_t now_ms);
