/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/flow.h"

#include <errno.h>
#include <sys/mman.h>

static uint32_t places_for(uint32_t n_tunnels)
{
	uint32_t places = FLOW_PLACES_MIN;

	while (places < FLOW_PLACES_MAX && places / FLOW_PER_TUNNEL < n_tunnels)
		places *= 2;
	return places;
}

uint64_t flow_bytes(uint32_t n_tunnels)
{
	return places_for(n_tunnels) * sizeof(struct flow);
}

int flow_init(struct flow_cache *c, uint32_t n_tunnels)
{
	uint64_t bytes = flow_bytes(n_tunnels);
	void *flows = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	*c = (struct flow_cache){.set_mask = places_for(n_tunnels) / FLOW_WAYS - 1};
	if (flows == MAP_FAILED)
		return -ENOMEM;
	madvise(flows, bytes, MADV_HUGEPAGE);
	madvise(flows, bytes, MADV_DONTDUMP);
	c->flows = flows;
	return 0;
}

void flow_fini(struct flow_cache *c)
{
	if (c->flows)
		munmap(c->flows, (c->set_mask + 1ull) * FLOW_WAYS * sizeof(*c->flows));
	c->flows = NULL;
}

void flow_forget(struct flow_cache *c, const struct flow_basis *basis)
{
	c->basis = *basis;
	if (++c->epoch == 0) {
		memset(c->flows, 0, (c->set_mask + 1ull) * FLOW_WAYS * sizeof(*c->flows));
		c->epoch = 1;
	}
}

/* The place of the same key, else one that is out of date, else one by chance. */
static struct flow *choose(struct flow_cache *c, const uint64_t key[2])
{
	struct flow *set = flow_set(c, key);
	const struct flow_answer *known = flow_find(c, set, key);

	for (unsigned way = 0; way < FLOW_WAYS; way++)
		if (known == &set[way].answer || (!known && set[way].epoch != c->epoch))
			return &set[way];
	return &set[rte_hash_crc_8byte(key[0], (uint32_t)key[1]) % FLOW_WAYS];
}

void flow_put(struct flow_cache *c, const struct policy_key *key, struct flow_answer answer)
{
	uint64_t words[2];

	memcpy(words, key, sizeof(words));
	*choose(c, words) = (struct flow){{words[0], words[1]}, c->epoch, answer};
}

static struct flow_answer answer_of(const struct policy_verdict *v)
{
	return (struct flow_answer){
		.to = v->tunnel,
		.hit_line = v->hit_line < PLANE_ACL_LINES ? (uint16_t)v->hit_line : FLOW_NO_LINE,
		.worker = (uint8_t)v->worker,
		.spread = v->spread,
	};
}

void flow_policy(struct flow_cache *c, const struct policy *policy, const struct policy_key *keys,
		 struct flow_answer *answers, unsigned n)
{
	struct policy_key asked[POLICY_BURST] = {{0}};
	struct policy_verdict verdicts[POLICY_BURST];
	uint8_t unknown[POLICY_BURST] = {0};
	unsigned n_unknown = 0;

	for (unsigned i = 0; i < n; i++) {
		struct policy_key key = keys[i];
		const struct flow_answer *known;
		uint64_t words[2];

		key.zero = 1;
		memcpy(words, &key, sizeof(words));
		known = flow_find(c, flow_set(c, words), words);
		if (known)
			answers[i] = *known;
		else
			unknown[n_unknown++] = (uint8_t)i;
	}
	for (unsigned i = 0; i < n_unknown; i++)
		asked[i] = keys[unknown[i]];
	if (n_unknown)
		policy_lookup(policy, asked, verdicts, n_unknown);
	for (unsigned i = 0; i < n_unknown; i++) {
		answers[unknown[i]] = answer_of(&verdicts[i]);
		asked[i].zero = 1;
		flow_put(c, &asked[i], answers[unknown[i]]);
	}
}
