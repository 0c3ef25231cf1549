/* SPDX-License-Identifier: BSD-3-Clause */
/* How much of something there was in the last EVIDENCE_WINDOW_S, in slots of ten seconds. */
#pragma once

#include <stdint.h>

enum {
	EVIDENCE_RATE_SLOTS = 6,
	EVIDENCE_RATE_MS = 10000, /* a slot; all of them are the window */
};

struct evidence_rate {
	uint64_t slot; /* the newest, in slots since the clock began */
	uint32_t n[EVIDENCE_RATE_SLOTS];
};

void evidence_rate_add(struct evidence_rate *r, uint64_t now_ms, uint32_t n);
uint64_t evidence_rate_sum(const struct evidence_rate *r, uint64_t now_ms);
