/* SPDX-License-Identifier: BSD-3-Clause */
/* The forwarding table against a list of prefixes, and what a slow reader may still see. */
#include "dataplane/route.h"
#include "tests/plane/bed.h"

#include <cmocka.h>
#include <rte_malloc.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	ROUTES = 256,
	HOPS = 64
};

static struct rte_rcu_qsbr *rcu;

static int make_rcu(void **)
{
	rcu = rte_zmalloc(NULL, rte_rcu_qsbr_get_memsize(1), 64);
	return rcu ? rte_rcu_qsbr_init(rcu, 1) : -1;
}

static int free_rcu(void **)
{
	rte_free(rcu);
	return 0;
}

static struct prefix net(uint32_t base, uint8_t len)
{
	struct addr a = addr_v4(base);

	return prefix_make(&a, len);
}

/* A next hop that can be told from others by its MTU. */
static int set(struct route_table *t, struct prefix p, uint16_t mark)
{
	struct route_next_hop h = {.kind = ROUTE_FORWARD, .mtu = mark};

	return route_set(t, &p, &h);
}

static uint16_t lookup(const struct route_table *t, uint32_t dst)
{
	uint32_t index;

	route_lookup(t, &dst, &index, 1);
	return index ? route_next_hop(t, index)->mtu : 0;
}

static void finds_the_longest_prefix_as_a_list_does(void **)
{
	static const uint8_t lens[] = {0, 1, 8, 15, 16, 20, 24, 25, 28, 31, 32};
	struct route_table *t = route_create(ROUTES, 4096, rcu);
	struct {
		struct prefix prefix;
		uint16_t mark;
	} list[40];
	size_t n = 0;

	srandom(3);
	for (int step = 0; step < 3000; step++) {
		uint32_t a = 0x0a000000 | (uint32_t)random() % 0x500;
		struct prefix p = net(a, lens[random() % array_len(lens)]);
		size_t at = 0;

		while (at < n && !prefix_eq(&list[at].prefix, &p))
			at++;
		if (random() % 2 && at < n) {
			assert_int_equal(route_remove(t, &p), 0);
			list[at] = list[--n];
		} else if (at < n || n < array_len(list)) {
			list[at].prefix = p;
			list[at].mark = (uint16_t)(step + 1);
			n += at == n;
			assert_int_equal(set(t, p, (uint16_t)(step + 1)), 0);
		} else {
			assert_int_equal(route_remove(t, &p), -ENOENT);
		}
		for (int i = 0; i < 20; i++) {
			uint32_t dst = 0x0a000000 | (uint32_t)random() % 0x600;
			struct addr d = addr_v4(dst);
			uint16_t want = 0;
			int best = -1;

			for (size_t k = 0; k < n; k++) {
				if (list[k].prefix.len <= best ||
				    !prefix_contains(&list[k].prefix, &d))
					continue;
				best = list[k].prefix.len;
				want = list[k].mark;
			}
			assert_int_equal(lookup(t, dst), want);
		}
		route_reclaim(t);
	}
	route_destroy(t);
}

static void an_index_is_not_reused_while_a_reader_may_hold_it(void **)
{
	struct route_table *t = route_create(ROUTES, HOPS, rcu);
	struct prefix p = net(0x0a000000, 24);
	uint32_t dst = 0x0a000001, held;
	int changes = 0;

	assert_int_equal(rte_rcu_qsbr_thread_register(rcu, 0), 0);
	rte_rcu_qsbr_thread_online(rcu, 0);
	assert_int_equal(set(t, p, 7), 0);
	route_lookup(t, &dst, &held, 1);
	/* the reader does not move: the writer runs out of indices rather than reuse one */
	while (set(t, p, (uint16_t)(1000 + changes)) == 0)
		changes++;
	assert_int_equal(changes, HOPS - 2);
	assert_int_equal(route_next_hop(t, held)->mtu, 7);
	rte_rcu_qsbr_quiescent(rcu, 0);
	assert_int_equal(set(t, p, 8), 0);
	assert_int_equal(lookup(t, dst), 8);
	rte_rcu_qsbr_thread_offline(rcu, 0);
	rte_rcu_qsbr_thread_unregister(rcu, 0);
	route_destroy(t);
}

static void tells_the_exact_entry_and_refuses_ipv6(void **)
{
	struct route_table *t = route_create(ROUTES, HOPS, rcu);
	struct prefix wide = net(0x0a000000, 8), narrow = net(0x0a000000, 24), v6 = {0};
	struct addr a;

	assert_int_equal(set(t, wide, 5), 0);
	assert_int_equal(route_get(t, &wide)->mtu, 5);
	assert_null(route_get(t, &narrow));
	assert_int_equal(addr_parse(&a, "2001:db8::"), 0);
	v6 = prefix_make(&a, 32);
	assert_int_equal(set(t, v6, 1), -EAFNOSUPPORT);
	assert_int_equal(route_remove(t, &v6), -EAFNOSUPPORT);
	assert_null(route_get(t, &v6));
	route_destroy(t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(finds_the_longest_prefix_as_a_list_does, make_rcu,
						free_rcu),
		cmocka_unit_test_setup_teardown(an_index_is_not_reused_while_a_reader_may_hold_it,
						make_rcu, free_rcu),
		cmocka_unit_test_setup_teardown(tells_the_exact_entry_and_refuses_ipv6, make_rcu,
						free_rcu),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
