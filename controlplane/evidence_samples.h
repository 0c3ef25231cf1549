/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the counters of each SA pair were, every ten seconds: what "before" means in struct
 * evidence_sa. And the packets that waited for a tunnel without SA since the round before.
 */
#pragma once

#include "controlplane/diagnose/evidence.h"
#include "controlplane/evidence_rate.h"
#include "lib/base/compat.h"

#include <stdint.h>
#include <sys/queue.h>

struct control;
struct sa_pair;
struct sa_store;

enum {
	EVIDENCE_SAMPLE_BUCKETS = 4096
};

struct evidence_sample {
	LIST_ENTRY(evidence_sample) link;
	uint32_t spi_in;
	uint32_t round; /* in which the pair was there last */
	uint32_t n;	/* samples taken */
	uint64_t top;	/* highest sequence number authenticated, in the last one */
	struct evidence_counters ring[EVIDENCE_RATE_SLOTS];
};

LIST_HEAD(evidence_sample_list, evidence_sample);

struct evidence_samples {
	struct evidence_sample_list buckets[EVIDENCE_SAMPLE_BUCKETS]; /* owned */
	uint32_t *no_sa; /* owned; by handle: the workers' counters in the round before */
	uint32_t n_handles;
	uint32_t round;
	uint64_t next_ms;
};

int must_check evidence_samples_init(struct evidence_samples *s, uint32_t n_handles);
void evidence_samples_fini(struct evidence_samples *s);
/* Whenever it may be due. */
void evidence_samples_run(struct control *c, uint64_t now_ms);
/* As the pair has counted so far. */
struct evidence_counters evidence_samples_now(const struct sa_store *store,
					      const struct sa_pair *pair);
/* As it was EVIDENCE_WINDOW_S ago; zero for a pair that is younger. Never more than now. */
struct evidence_counters evidence_samples_before(const struct evidence_samples *s,
						 const struct sa_pair *pair,
						 const struct evidence_counters *now);
