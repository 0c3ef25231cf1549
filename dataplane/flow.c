/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/flow.h"

#include <rte_hash_crc.h>

#include <assert.h>
#include <string.h>

static_assert(sizeof(struct flow) == 32);

void flow_begin(struct flow_cache *c, const struct policy *policy)
{
	if (likely(c->serial == policy_serial(policy)))
		return;
	c->serial = policy_serial(policy);
	if (++c->epoch == 0) {
		memset(c->flows, 0, sizeof(c->flows));
		c->epoch = 1;
	}
}

static struct flow *place_of(struct flow_cache *c, const struct policy_key *key)
{
	uint64_t words[2];
	uint32_t hash;

	memcpy(words, key, sizeof(words));
	hash = rte_hash_crc_8byte(words[1], rte_hash_crc_8byte(words[0], 0));
	return &c->flows[hash % FLOW_PLACES];
}

static bool same(const struct policy_key *a, const struct policy_key *b)
{
	uint64_t x[2], y[2];

	memcpy(x, a, sizeof(x));
	memcpy(y, b, sizeof(y));
	return ((x[0] ^ y[0]) | (x[1] ^ y[1])) == 0;
}

static void ask(struct flow_cache *c, const struct policy *policy, const struct policy_key *keys,
		struct policy_verdict *verdicts, const uint8_t *unknown, unsigned n)
{
	struct policy_key asked[POLICY_BURST] = {{0}};
	struct policy_verdict answers[POLICY_BURST];

	for (unsigned i = 0; i < n; i++)
		asked[i] = keys[unknown[i]];
	policy_lookup(policy, asked, answers, n);
	for (unsigned i = 0; i < n; i++) {
		verdicts[unknown[i]] = answers[i];
		*place_of(c, &asked[i]) = (struct flow){asked[i], answers[i], c->epoch};
	}
}

void flow_lookup(struct flow_cache *c, const struct policy *policy, const struct policy_key *keys,
		 struct policy_verdict *verdicts, unsigned n)
{
	uint8_t unknown[POLICY_BURST];
	unsigned n_unknown = 0;

	for (unsigned i = 0; i < n; i++) {
		const struct flow *flow = place_of(c, &keys[i]);

		verdicts[i] = flow->verdict;
		unknown[n_unknown] = (uint8_t)i;
		n_unknown += flow->epoch != c->epoch || !same(&flow->key, &keys[i]);
	}
	if (unlikely(n_unknown))
		ask(c, policy, keys, verdicts, unknown, n_unknown);
}
