/* SPDX-License-Identifier: BSD-3-Clause */
/* What most rules fill in: who it is about, and what they saw. */
#pragma once

#include "controlplane/diagnose/evidence.h"

enum {
	RULES_FILL_TEXT = 160,
	RULES_FILL_RECENT_MS = 600000, /* an older note says nothing about now */
};

/* {peer} */
void rules_fill_peer(const struct evidence *e, struct diagnosis *d);
/* {map}, and the diagnosis is of it. */
void rules_fill_map(struct diagnosis *d, const char *map);
/* More of what was seen; one call behind the other makes one sentence. */
void rules_fill_saw(struct diagnosis *d, const char *fmt, ...) printf_like(2, 3);
/* Instead of the row's command. */
void rules_fill_command(struct diagnosis *d, const char *fmt, ...) printf_like(2, 3);
/* Two causes look alike from here; command and words decide. */
void rules_fill_either(struct diagnosis *d, enum diagnose_code other, const char *fmt, ...)
	printf_like(3, 4);
/* The note when it is of the last minutes, else NULL. */
const struct evidence_note *rules_fill_recent(const struct evidence *e,
					      enum evidence_note_kind kind);
