/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What peers have proved to be: identity and certificates, under the number that paths carry
 * (ike_path.who). Kept as long as an IKE SA or a pair of IPsec SAs stands on it, so that it can be
 * asked later whether it still holds.
 */
#pragma once

#include "controlplane/ike/ike.h"
#include "lib/base/compat.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

enum {
	PROOFS_BUCKETS = 1024,
	PROOFS_MAX = 65536,
};

struct proof {
	TAILQ_ENTRY(proof) link; /* all, by the time of the last look */
	LIST_ENTRY(proof) bucket_link;
	uint64_t who;
	struct ike_id id;
	struct addr remote; /* where it was */
	uint64_t made_ms;
	uint64_t checked_ms;
	bool stands; /* found in use in this round */
	size_t n_certs;
	struct prim_chunk certs[IKE_PROOF_CERTS]; /* into bytes */
	uint8_t bytes[];
};

TAILQ_HEAD(proof_list, proof);
LIST_HEAD(proof_bucket, proof);

struct proofs {
	struct proof_list all; /* owned */
	struct proof_bucket buckets[PROOFS_BUCKETS];
	size_t n;
	uint64_t last_who;
	uint64_t swept_ms;   /* the last round of those that nothing stands on */
	uint64_t doubted_ms; /* what is believed has changed: who was looked at before is due */
};

void proofs_init(struct proofs *p);
void proofs_fini(struct proofs *p);
/* Copies what was proved. NULL without memory, or when there are too many. */
struct proof *proofs_add(struct proofs *p, const struct ike_proof *proof, const struct addr *remote,
			 uint64_t now_ms);
/* NULL when there is none of that number. */
struct proof *proofs_find(const struct proofs *p, uint64_t who);
void proofs_remove(struct proofs *p, struct proof *proof);
