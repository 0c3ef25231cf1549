/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/proofs.h"

#include <stdlib.h>
#include <string.h>

void proofs_init(struct proofs *p)
{
	*p = (struct proofs){0};
	TAILQ_INIT(&p->all);
	for (size_t i = 0; i < PROOFS_BUCKETS; i++)
		LIST_INIT(&p->buckets[i]);
}

void proofs_remove(struct proofs *p, struct proof *proof)
{
	TAILQ_REMOVE(&p->all, proof, link);
	LIST_REMOVE(proof, bucket_link);
	p->n--;
	free(proof);
}

void proofs_fini(struct proofs *p)
{
	while (!TAILQ_EMPTY(&p->all))
		proofs_remove(p, TAILQ_FIRST(&p->all));
}

struct proof *proofs_find(const struct proofs *p, uint64_t who)
{
	struct proof *proof;

	LIST_FOREACH(proof, &p->buckets[who % PROOFS_BUCKETS], bucket_link)
		if (proof->who == who)
			return proof;
	return NULL;
}

struct proof *proofs_add(struct proofs *p, const struct ike_proof *in, const struct addr *remote,
			 uint64_t now_ms)
{
	struct proof *proof;
	uint8_t *at;
	size_t len = 0;

	for (size_t i = 0; i < in->n_certs; i++)
		len += in->certs[i].len;
	proof = p->n < PROOFS_MAX ? calloc(1, sizeof(*proof) + len) : NULL;
	if (!proof)
		return NULL;
	at = proof->bytes;
	for (size_t i = 0; i < in->n_certs; i++) {
		memcpy(at, in->certs[i].data, in->certs[i].len);
		proof->certs[i] = (struct prim_chunk){at, in->certs[i].len};
		at += in->certs[i].len;
	}
	proof->n_certs = in->n_certs;
	proof->who = ++p->last_who;
	proof->id = *in->id;
	proof->remote = *remote;
	proof->made_ms = now_ms;
	proof->checked_ms = now_ms;
	TAILQ_INSERT_TAIL(&p->all, proof, link);
	LIST_INSERT_HEAD(&p->buckets[proof->who % PROOFS_BUCKETS], proof, bucket_link);
	p->n++;
	return proof;
}
