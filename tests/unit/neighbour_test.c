/* SPDX-License-Identifier: BSD-3-Clause */
/* The neighbour table with a clock of its own and packets that are only numbers. */
#include "dataplane/neighbour.h"

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static const uint8_t mac_a[6] = {2, 0, 0, 0, 0, 0xa};
static const uint8_t mac_b[6] = {2, 0, 0, 0, 0, 0xb};

struct record {
	unsigned requests;
	unsigned unicast; /* of the requests */
	unsigned changes;
	unsigned sent;
	unsigned refused;
	uintptr_t last; /* packet released */
	uint8_t mac[6];
};

static struct record seen;

static void on_request(void *arg, const struct neighbour *n)
{
	struct record *r = arg;

	r->requests++;
	r->unicast += n->state == NEIGHBOUR_REACHABLE;
}

static void on_changed(void *arg, const struct neighbour *n)
{
	struct record *r = arg;

	r->changes++;
	memcpy(r->mac, n->mac, sizeof(r->mac));
}

static void on_release(void *arg, const struct neighbour *n, struct rte_mbuf *m)
{
	struct record *r = arg;

	if (n->state == NEIGHBOUR_REACHABLE)
		r->sent++;
	else
		r->refused++;
	r->last = (uintptr_t)m;
}

static struct neighbour_table *make(void)
{
	static const struct neighbour_hooks hooks = {
		.arg = &seen, .request = on_request, .changed = on_changed, .release = on_release};

	seen = (struct record){0};
	return neighbour_create(&hooks);
}

static struct rte_mbuf *packet(uintptr_t n)
{
	return (struct rte_mbuf *)n;
}

static struct addr host(uint32_t n)
{
	return addr_v4(0x0a000000 + n);
}

static bool want(struct neighbour_table *t, uint32_t n, uintptr_t p, uint64_t now)
{
	struct addr a = host(n);

	return neighbour_want(t, &a, 0, packet(p), now);
}

static void learn(struct neighbour_table *t, uint32_t n, const uint8_t *mac,
		  enum neighbour_source source, uint64_t now)
{
	struct addr a = host(n);

	neighbour_learn(t, &a, 0, mac, source, now);
}

static const struct neighbour *found(struct neighbour_table *t, uint32_t n)
{
	struct addr a = host(n);

	return neighbour_find(t, &a, 0);
}

static void packets_wait_for_the_answer_and_leave_in_order(void **)
{
	struct neighbour_table *t = make();

	assert_true(want(t, 1, 100, 1000));
	assert_true(want(t, 1, 101, 1001));
	assert_int_equal(seen.requests, 1);
	assert_null(found(t, 1));
	learn(t, 1, mac_a, NEIGHBOUR_ANSWERED, 1002);
	assert_int_equal(seen.sent, 2);
	assert_int_equal(seen.last, 101);
	assert_int_equal(seen.changes, 1);
	assert_memory_equal(found(t, 1)->mac, mac_a, 6);
	assert_true(want(t, 1, 102, 1003));
	assert_int_equal(seen.sent, 3);
	assert_int_equal(seen.requests, 1);
	neighbour_destroy(t);
}

static void asks_three_times_and_gives_up(void **)
{
	struct neighbour_table *t = make();

	assert_true(want(t, 1, 100, 0));
	for (uint64_t now = 0; now < 3000; now += 100)
		neighbour_run(t, now);
	assert_int_equal(seen.requests, 3);
	assert_int_equal(seen.unicast, 0);
	assert_int_equal(seen.refused, 0);
	neighbour_run(t, 3000);
	assert_int_equal(seen.refused, 1);
	assert_int_equal(seen.changes, 0);
	assert_int_equal(seen.requests, 3);
	/* and begins anew with the next packet */
	assert_true(want(t, 1, 101, 3001));
	assert_int_equal(seen.requests, 4);
	neighbour_flush(t, UINT8_MAX);
	neighbour_destroy(t);
}

static void refreshes_by_unicast_and_forgets_the_silent(void **)
{
	struct neighbour_table *t = make();
	uint64_t now = 0;

	learn(t, 1, mac_a, NEIGHBOUR_ASKED_US, now);
	for (; now < NEIGHBOUR_FRESH_MS; now += 1000)
		neighbour_run(t, now);
	assert_int_equal(seen.requests, 0);
	neighbour_run(t, now);
	assert_int_equal(seen.unicast, 1);
	learn(t, 1, mac_a, NEIGHBOUR_ANSWERED, now + 1);
	neighbour_run(t, now + 2000);
	assert_int_equal(seen.unicast, 1);
	assert_int_equal(seen.changes, 1);
	for (uint64_t end = now + NEIGHBOUR_FRESH_MS + 4000; now < end; now += 500)
		neighbour_run(t, now);
	assert_int_equal(seen.unicast, 4);
	assert_null(found(t, 1));
	assert_int_equal(seen.changes, 2);
	neighbour_destroy(t);
}

static void learns_only_what_it_asked_or_who_asks_us(void **)
{
	struct neighbour_table *t = make();

	learn(t, 1, mac_a, NEIGHBOUR_ANSWERED, 0);
	learn(t, 1, mac_a, NEIGHBOUR_OVERHEARD, 0);
	assert_null(found(t, 1));
	learn(t, 1, mac_a, NEIGHBOUR_ASKED_US, 0);
	assert_non_null(found(t, 1));
	neighbour_destroy(t);
}

static void gratuitous_claim_moves_an_entry_but_not_a_fresh_one(void **)
{
	struct neighbour_table *t = make();

	assert_true(want(t, 1, 100, 0));
	learn(t, 1, mac_a, NEIGHBOUR_ANSWERED, 10);
	learn(t, 1, mac_b, NEIGHBOUR_OVERHEARD, 10 + NEIGHBOUR_HOLD_MS - 1);
	learn(t, 1, mac_b, NEIGHBOUR_ANSWERED, 10 + NEIGHBOUR_HOLD_MS - 1);
	learn(t, 1, mac_b, NEIGHBOUR_ASKED_US, 10 + NEIGHBOUR_HOLD_MS - 1);
	assert_memory_equal(found(t, 1)->mac, mac_a, 6);
	assert_int_equal(seen.changes, 1);
	learn(t, 1, mac_b, NEIGHBOUR_OVERHEARD, 10 + NEIGHBOUR_HOLD_MS);
	assert_memory_equal(found(t, 1)->mac, mac_b, 6);
	assert_int_equal(seen.changes, 2);
	neighbour_destroy(t);
}

static void bounds_packets_and_unresolved_entries(void **)
{
	struct neighbour_table *t = make();
	unsigned accepted = 0;

	for (uintptr_t i = 0; i < NEIGHBOUR_PENDING; i++)
		assert_true(want(t, 1, 100 + i, 0));
	assert_false(want(t, 1, 200, 0));
	for (uint32_t i = 2; i < 2000; i++)
		accepted += want(t, i, 300, 0);
	assert_int_equal(accepted + NEIGHBOUR_PENDING, NEIGHBOUR_PENDING_TOTAL);
	neighbour_flush(t, UINT8_MAX);
	assert_int_equal(seen.refused, NEIGHBOUR_PENDING_TOTAL);
	assert_int_equal(seen.sent, 0);
	/* a full table of living neighbours, then one more */
	for (uint32_t i = 0; i < PLANE_NEIGHBOURS; i++) {
		assert_true(want(t, i, 500, 0));
		learn(t, i, mac_a, NEIGHBOUR_ANSWERED, 0);
	}
	learn(t, PLANE_NEIGHBOURS, mac_a, NEIGHBOUR_ASKED_US, 0);
	assert_non_null(found(t, PLANE_NEIGHBOURS - 1));
	assert_null(found(t, PLANE_NEIGHBOURS));
	assert_false(want(t, PLANE_NEIGHBOURS, 400, 0));
	neighbour_destroy(t);
}

static void flush_forgets_one_port_only(void **)
{
	struct neighbour_table *t = make();
	struct addr a = host(1);

	neighbour_learn(t, &a, 0, mac_a, NEIGHBOUR_ASKED_US, 0);
	neighbour_learn(t, &a, 1, mac_b, NEIGHBOUR_ASKED_US, 0);
	neighbour_flush(t, 0);
	assert_null(neighbour_find(t, &a, 0));
	assert_non_null(neighbour_find(t, &a, 1));
	neighbour_destroy(t);
}

static void made_up_askers_leave_room_for_the_gateway(void **)
{
	struct neighbour_table *t = make();
	struct addr gateway = host(5000);

	for (uint32_t i = 0; i < 2 * PLANE_NEIGHBOURS; i++) {
		struct addr a = host(i);

		neighbour_learn(t, &a, 0, mac_a, NEIGHBOUR_ASKED_US, 0);
	}
	assert_int_equal(seen.changes, NEIGHBOUR_UNASKED);
	assert_true(neighbour_want(t, &gateway, 1, NULL, 0));
	neighbour_learn(t, &gateway, 1, mac_b, NEIGHBOUR_ANSWERED, 1);
	assert_non_null(neighbour_find(t, &gateway, 1));
	/* the room comes back */
	neighbour_flush(t, 0);
	neighbour_learn(t, &gateway, 0, mac_a, NEIGHBOUR_ASKED_US, 2);
	assert_non_null(neighbour_find(t, &gateway, 0));
	neighbour_destroy(t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_wait_for_the_answer_and_leave_in_order),
		cmocka_unit_test(asks_three_times_and_gives_up),
		cmocka_unit_test(refreshes_by_unicast_and_forgets_the_silent),
		cmocka_unit_test(learns_only_what_it_asked_or_who_asks_us),
		cmocka_unit_test(gratuitous_claim_moves_an_entry_but_not_a_fresh_one),
		cmocka_unit_test(bounds_packets_and_unresolved_entries),
		cmocka_unit_test(flush_forgets_one_port_only),
		cmocka_unit_test(made_up_askers_leave_room_for_the_gateway),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
