/* SPDX-License-Identifier: BSD-3-Clause */
/* The policy against a model that reads the rules one after the other, as the manual says. */
#include "dataplane/policy.h"
#include "lib/net/ip.h"
#include "tests/plane/bed.h"

#include <cmocka.h>

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

enum {
	PORTS = 3,
	RULES_MAX = 60,
	KEYS = 500
};

struct model {
	struct plane_rule rules[RULES_MAX];
	uint8_t ports[RULES_MAX];
	size_t n;
};

static struct prefix net(uint32_t base, uint8_t len)
{
	struct addr a = addr_v4(base);

	return prefix_make(&a, len);
}

static bool model_matches(const struct plane_rule *r, const struct policy_key *k)
{
	struct addr src = addr_of_bytes(&k->src_be, 4), dst = addr_of_bytes(&k->dst_be, 4);
	uint16_t sport = ntohs(k->src_port_be), dport = ntohs(k->dst_port_be);
	bool any_ports = r->src_port[0] == 0 && r->src_port[1] == 65535 && r->dst_port[0] == 0 &&
			 r->dst_port[1] == 65535;

	if (r->protocol && r->protocol != k->protocol)
		return false;
	if (!prefix_contains(&r->src, &src) || !prefix_contains(&r->dst, &dst))
		return false;
	if (any_ports)
		return true;
	if (k->fragment)
		return r->action == PLANE_RULE_PROTECT;
	return sport >= r->src_port[0] && sport <= r->src_port[1] && dport >= r->dst_port[0] &&
	       dport <= r->dst_port[1];
}

/* Entry by entry: the first line that matches protects, or sends on to the next entry. */
static uint32_t model_tunnel(const struct model *m, const struct policy_key *k)
{
	uint32_t skipped = UINT32_MAX;

	for (size_t i = 0; i < m->n; i++) {
		const struct plane_rule *r = &m->rules[i];

		if (m->ports[i] != k->port || r->entry == skipped || !model_matches(r, k))
			continue;
		if (r->action == PLANE_RULE_PROTECT)
			return r->tunnel;
		skipped = r->entry;
	}
	return UINT32_MAX;
}

static uint32_t small_address(void)
{
	return 0x0a000000 | (uint32_t)(random() % 4) << 16 | (uint32_t)(random() % 4) << 8 |
	       (uint32_t)(random() % 8);
}

static void random_ports(uint16_t range[2])
{
	range[0] = 0;
	range[1] = 65535;
	if (random() % 3)
		return;
	range[0] = (uint16_t)(random() % 20);
	range[1] = (uint16_t)(range[0] + random() % 5);
}

static void random_rules(struct model *m)
{
	static const uint8_t lens[] = {0, 8, 16, 24, 29, 32};
	uint32_t entry = 10;
	uint8_t port = 0;

	m->n = 1 + (size_t)random() % RULES_MAX;
	for (size_t i = 0; i < m->n; i++) {
		struct plane_rule *r = &m->rules[i];

		if (random() % 4 == 0)
			entry += 10;
		if (random() % 12 == 0) {
			port = (uint8_t)(random() % PORTS);
			entry = 10 + (uint32_t)i * 10;
		}
		*r = (struct plane_rule){
			.entry = entry,
			.action = random() % 3 ? PLANE_RULE_PROTECT : PLANE_RULE_SKIP,
			.protocol = (uint8_t[]){0, IP_PROTO_TCP, IP_PROTO_UDP, 1}[random() % 4],
			.src = net(small_address(), lens[random() % array_len(lens)]),
			.dst = net(small_address(), lens[random() % array_len(lens)]),
			.tunnel = (uint32_t)i + 1000,
			.hit_line = (uint32_t)i,
			.worker = (uint8_t)(i % 5),
		};
		r->src_port[1] = r->dst_port[1] = UINT16_MAX;
		if (r->protocol == IP_PROTO_TCP || r->protocol == IP_PROTO_UDP) {
			random_ports(r->src_port);
			random_ports(r->dst_port);
		}
		m->ports[i] = port;
	}
}

static struct policy_key random_key(void)
{
	struct policy_key k = {
		.protocol = (uint8_t[]){IP_PROTO_TCP, IP_PROTO_UDP, 1, 47}[random() % 4],
		.port = (uint8_t)(random() % PORTS),
		.fragment = random() % 8 == 0,
		.src_be = htonl(small_address()),
		.dst_be = htonl(small_address()),
	};

	if (!k.fragment && (k.protocol == IP_PROTO_TCP || k.protocol == IP_PROTO_UDP)) {
		k.src_port_be = htons((uint16_t)(random() % 25));
		k.dst_port_be = htons((uint16_t)(random() % 25));
	}
	return k;
}

static void agrees_with_the_model_on_random_rules(void **)
{
	static struct policy_key keys[KEYS];
	static struct policy_verdict verdicts[KEYS];
	static struct model m;
	unsigned protected = 0;

	srandom(7);
	for (int round = 0; round < 150; round++) {
		struct policy *p;

		random_rules(&m);
		p = policy_create(m.rules, m.ports, m.n);
		assert_non_null(p);
		for (size_t i = 0; i < KEYS; i++)
			keys[i] = random_key();
		policy_lookup(p, keys, verdicts, KEYS);
		for (size_t i = 0; i < KEYS; i++) {
			uint32_t want = model_tunnel(&m, &keys[i]);

			assert_int_equal(verdicts[i].tunnel, want);
			if (want == UINT32_MAX)
				continue;
			protected++;
			assert_int_equal(verdicts[i].hit_line, want - 1000);
			assert_int_equal(verdicts[i].worker, (want - 1000) % 5);
		}
		policy_destroy(p);
	}
	assert_true(protected > 10000); /* or the test says nothing */
}

static void knows_ports_without_rules(void **)
{
	struct plane_rule r = {.src = net(0, 0), .dst = net(0, 0)};
	uint8_t port = 1;
	struct policy *p;

	r.src_port[1] = r.dst_port[1] = UINT16_MAX;
	p = policy_create(&r, &port, 1);
	assert_false(policy_empty(p, 1));
	assert_true(policy_empty(p, 0) && policy_empty(p, 2));
	policy_destroy(p);
	p = policy_create(NULL, NULL, 0);
	assert_non_null(p);
	assert_true(policy_empty(p, 1));
	policy_destroy(p);
}

static void refuses_rules_it_cannot_keep(void **)
{
	struct plane_rule r = {.src = net(0, 0), .dst = net(0, 0)};
	uint8_t port = 0;

	r.src_port[1] = r.dst_port[1] = UINT16_MAX;
	r.src.addr.family = ADDR_V6;
	assert_null(policy_create(&r, &port, 1));
	r.src = net(0, 0);
	r.dst_port[0] = 5;
	r.dst_port[1] = 4;
	assert_null(policy_create(&r, &port, 1));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_the_model_on_random_rules),
		cmocka_unit_test(knows_ports_without_rules),
		cmocka_unit_test(refuses_rules_it_cannot_keep),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
