/* SPDX-License-Identifier: BSD-3-Clause */
/* The flow cache against the policy it stands before: it may never say anything else. */
#include "dataplane/flow.h"
#include "lib/net/ip.h"
#include "tests/plane/bed.h"

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

enum {
	RULES = 20,
	ROUNDS = 2000,
	FLOWS = 3 * FLOW_PLACES_MIN, /* more than there is room for */
};

static struct policy *some_policy(unsigned seed)
{
	struct plane_rule rules[RULES];
	uint8_t ports[RULES];
	struct policy *p;

	for (unsigned i = 0; i < RULES; i++) {
		struct addr dst = addr_v4(0x0a000000 | ((i * 7 + seed) % 32) << 8);
		struct addr any = addr_v4(0);

		ports[i] = (uint8_t)(i % 2);
		rules[i] = (struct plane_rule){
			.action = i % 5 == 4 ? PLANE_RULE_SKIP : PLANE_RULE_PROTECT,
			.entry = i / 4,
			.protocol = i % 3 ? 0 : IP_PROTO_UDP,
			.src = prefix_make(&any, 0),
			.dst = prefix_make(&dst, i % 4 ? 24 : 20),
			.src_port = {0, UINT16_MAX},
			.dst_port = {0, i % 6 ? UINT16_MAX : 2000},
			.tunnel = i + seed,
			.hit_line = i,
		};
	}
	p = policy_create(rules, ports, RULES);
	assert_non_null(p);
	return p;
}

static struct policy_key some_key(unsigned flow)
{
	return (struct policy_key){
		.protocol = flow % 2 ? IP_PROTO_UDP : IP_PROTO_TCP,
		.port = (uint8_t)(flow / 2 % 2),
		.fragment = flow % 64 == 5,
		.src_be = flow,
		.dst_be = __builtin_bswap32(0x0a000001 | flow % 32 << 8),
		.dst_port_be = __builtin_bswap16((uint16_t)(flow * 37)),
	};
}

static struct flow_basis basis_of(const struct policy *p)
{
	return (struct flow_basis){.policy = policy_serial(p)};
}

static void compare(struct flow_cache *c, const struct policy *p)
{
	struct policy_key keys[POLICY_BURST];
	struct policy_verdict want[POLICY_BURST];
	struct flow_answer got[POLICY_BURST];
	unsigned n = 1 + (unsigned)random() % POLICY_BURST;

	/* half of the flows come again and again */
	for (unsigned i = 0; i < n; i++)
		keys[i] = some_key((unsigned)random() % (random() % 2 ? FLOWS : 100));
	flow_begin(c, basis_of(p));
	flow_policy(c, p, keys, got, n);
	policy_lookup(p, keys, want, n);
	for (unsigned i = 0; i < n; i++) {
		assert_int_equal(got[i].to, want[i].tunnel);
		assert_int_equal(got[i].hit_line,
				 want[i].hit_line == UINT32_MAX ? FLOW_NO_LINE : want[i].hit_line);
		assert_int_equal(got[i].worker, want[i].worker);
		assert_int_equal(got[i].spread, want[i].spread);
	}
}

static void verdicts_are_those_of_the_policy_of_the_round(void **state)
{
	struct flow_cache c;

	(void)state;
	assert_int_equal(flow_init(&c, 1), 0);
	srandom(1);
	for (unsigned seed = 0; seed < 20; seed++) {
		/* the next policy often stands where the last one stood */
		struct policy *p = some_policy(seed);

		for (unsigned i = 0; i < ROUNDS; i++)
			compare(&c, p);
		policy_destroy(p);
	}
	flow_fini(&c);
}

static void an_epoch_that_wraps_forgets_every_flow(void **state)
{
	struct policy *first = some_policy(0), *second = some_policy(1);
	struct policy_key key = some_key(1);
	struct policy_verdict want;
	struct flow_answer got;
	struct flow_cache c;

	(void)state;
	assert_int_equal(flow_init(&c, 1), 0);
	flow_begin(&c, basis_of(first));
	flow_policy(&c, first, &key, &got, 1);
	assert_int_equal(c.epoch, 1);
	c.epoch = UINT32_MAX;
	flow_begin(&c, basis_of(second));
	assert_int_equal(c.epoch, 1);
	flow_policy(&c, second, &key, &got, 1);
	policy_lookup(second, &key, &want, 1);
	assert_int_equal(got.to, want.tunnel);
	policy_destroy(first);
	policy_destroy(second);
	flow_fini(&c);
}

static void any_part_of_the_basis_that_changes_forgets_every_flow(void **state)
{
	const struct flow_basis bases[] = {{1, 1, 1}, {2, 1, 1}, {2, 2, 1}, {2, 2, 2}};
	struct policy_key key = some_key(1);
	struct flow_cache c;
	uint64_t words[2];

	(void)state;
	assert_int_equal(flow_init(&c, 1), 0);
	memcpy(words, &key, sizeof(words));
	for (unsigned i = 0; i < array_len(bases); i++) {
		flow_begin(&c, bases[i]);
		assert_null(flow_find(&c, flow_set(&c, words), words));
		flow_put(&c, &key, (struct flow_answer){.to = i});
		flow_begin(&c, bases[i]);
		assert_int_equal(flow_find(&c, flow_set(&c, words), words)->to, i);
	}
	flow_fini(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts_are_those_of_the_policy_of_the_round),
		cmocka_unit_test(an_epoch_that_wraps_forgets_every_flow),
		cmocka_unit_test(any_part_of_the_basis_that_changes_forgets_every_flow),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
