/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/evidence_rate.h"

#include "controlplane/diagnose/evidence.h"

#include <assert.h>

static_assert(EVIDENCE_RATE_SLOTS * EVIDENCE_RATE_MS == EVIDENCE_WINDOW_S * 1000);

void evidence_rate_add(struct evidence_rate *r, uint64_t now_ms, uint32_t n)
{
	uint64_t slot = now_ms / EVIDENCE_RATE_MS;
	uint32_t *at;

	if (slot - r->slot >= EVIDENCE_RATE_SLOTS)
		*r = (struct evidence_rate){.slot = slot};
	for (; r->slot < slot; r->slot++)
		r->n[(r->slot + 1) % EVIDENCE_RATE_SLOTS] = 0;
	at = &r->n[slot % EVIDENCE_RATE_SLOTS];
	*at = n > UINT32_MAX - *at ? UINT32_MAX : *at + n;
}

uint64_t evidence_rate_sum(const struct evidence_rate *r, uint64_t now_ms)
{
	uint64_t slot = now_ms / EVIDENCE_RATE_MS, sum = 0;

	for (uint64_t i = 0; i < EVIDENCE_RATE_SLOTS && i <= r->slot; i++)
		if (slot - (r->slot - i) < EVIDENCE_RATE_SLOTS)
			sum += r->n[(r->slot - i) % EVIDENCE_RATE_SLOTS];
	return sum;
}
