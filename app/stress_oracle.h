/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an exact receiver does with a packet, told the slow and obvious way: it keeps the set of all
 * numbers it ever accepted. Shares nothing with lib/esp/replay.h.
 */
#pragma once

#include "app/stress.h"
#include "app/stress_impair.h"
#include "lib/base/compat.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An oracle that is wrong, for finding out whether that would be seen. */
enum stress_oracle_bug {
	STRESS_ORACLE_RIGHT,
	STRESS_ORACLE_WIDE, /* one number too many at the bottom */
	STRESS_ORACLE_DEAF, /* forgets what lies deeper than half the window */
	STRESS_ORACLE_BUGS,
};

/* One SA. */
struct stress_oracle {
	uint32_t window; /* 0 = no replay check */
	bool esn;
	enum stress_oracle_bug bug;
	uint8_t generation; /* packets of an older one have no SA */
	uint64_t top;	    /* the highest number accepted */
	uint64_t *slots;    /* the set: a hash, 0 = free */
	size_t n;
	size_t size;
};

/* 0 or -ENOMEM. */
int must_check stress_oracle_init(struct stress_oracle *o, uint32_t window, bool esn,
				  enum stress_oracle_bug bug);
void stress_oracle_fini(struct stress_oracle *o);

/*
 * What becomes of n packets that are received together: each is looked at before any of them is
 * decrypted, and again in its turn. oracles[p->flow] is that of a packet's SA. 0 or -ENOMEM.
 */
int must_check stress_oracle_judge(struct stress_oracle *oracles, const struct stress_packet *p,
				   unsigned n, enum stress_verdict *verdicts);
