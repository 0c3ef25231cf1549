/* SPDX-License-Identifier: BSD-3-Clause */
/* An SA pair and its successor: when one is wanted, which of two carries the traffic, and when. */
#include "controlplane/losses.h"
#include "controlplane/sa_install.h"
#include "controlplane/sa_remove.h"
#include "tests/control/sa_lab.h"

#include <cmocka.h>

static struct sa_lab f;

static int setup(void **)
{
	sa_lab_init(&f);
	return 0;
}

static int teardown(void **)
{
	sa_lab_fini(&f);
	return 0;
}

static void initiator_rekeys_at_85_and_responder_at_95_per_cent(void **)
{
	struct sa_pair *pair = sa_lab_bring_up(&f, 77, true);

	sa_lab_carry(&f, pair);
	sa_lab_pass(&f, 849000);
	assert_int_equal(f.n_wants, 0);
	sa_lab_pass(&f, 1000);
	assert_int_equal(f.n_wants, 1);
	assert_int_equal(pair->state, SA_STATE_REKEYING);
	/* and again until a successor is there */
	sa_lab_pass(&f, SA_STORE_RETRY_MS);
	assert_int_equal(f.n_wants, 2);
	sa_remove_pair(&f.store, pair, IKE_REASON_CLEARED, false);
	sa_lab_answer(&f, 0);
	sa_lab_answer(&f, 0);
	f.n_wants = 0;
	pair = sa_lab_bring_up(&f, 78, false);
	sa_lab_carry(&f, pair);
	sa_lab_pass(&f, 949000);
	assert_int_equal(f.n_wants, 0);
	sa_lab_pass(&f, 1000);
	assert_int_equal(f.n_wants, 1);
}

static void unused_pair_is_not_rekeyed(void **)
{
	sa_lab_bring_up(&f, 77, true);
	sa_lab_pass(&f, 900000);
	assert_int_equal(f.n_wants, 0);
	sa_lab_pass(&f, 100000);
	assert_int_equal(f.n_deletes, 1);
	assert_int_equal(f.n_down, 1);
}

static void predecessor_drains_then_is_deleted(void **)
{
	struct sa_pair *old = sa_lab_bring_up(&f, 77, true), *new;

	new = sa_lab_bring_up(&f, 78, true);
	assert_int_equal(old->state, SA_STATE_DRAINING);
	assert_false(old->out_installed);
	assert_int_equal(new->state, SA_STATE_UP);
	assert_int_equal(f.n_up, 1);
	sa_lab_pass(&f, SA_STORE_GRACE_MS - 1000);
	assert_int_equal(f.n_deletes, 0);
	/* somebody still sends on it */
	sa_lab_carry(&f, old);
	sa_lab_pass(&f, 2000);
	assert_int_equal(f.n_deletes, 0);
	sa_lab_pass(&f, SA_STORE_QUIET_MS);
	assert_int_equal(f.n_deletes, 1);
	assert_int_equal(old->state, SA_STATE_DYING);
	assert_int_equal(sa_lab_answer(&f, 0), PLANE_SA_IN_REMOVE);
	assert_int_equal(f.store.n_pairs, 1);
	assert_int_equal(f.n_down, 0);
}

/*
 * Both negotiated beside the same predecessor. ours_out and theirs_out: the peer's SPIs, 0 = that
 * of the other pair turned round.
 */
static void assert_collision(uint32_t local, uint32_t ours_out, uint32_t theirs_out, int ours_wins)
{
	uint32_t ours = sa_store_alloc(&f.store, SA_LAB_HANDLE);
	uint32_t theirs = sa_store_alloc(&f.store, SA_LAB_HANDLE);
	struct ike_child a = sa_lab_child(ours, ours_out ? ours_out : theirs, true);
	struct ike_child b = sa_lab_child(theirs, theirs_out ? theirs_out : ours, false);

	if (ours_wins < 0)
		ours_wins = ours > theirs;
	a.path.local = b.path.local = addr_v4(local);
	sa_install_in(&f.store, &b);
	sa_install_in(&f.store, &a);
	sa_lab_answer(&f, 0);
	sa_lab_answer(&f, 0);
	sa_install_out(&f.store, &a);
	sa_install_out(&f.store, &b);
	f.now_ms += SA_INSTALL_HOLD_MS;
	sa_install_run(&f.store);
	sa_lab_answer_all(&f);
	assert_int_equal(sa_store_current(&f.store, SA_LAB_HANDLE, 0)->spi_in,
			 ours_wins ? ours : theirs);
	assert_int_equal(sa_store_find(&f.store, ours_wins ? theirs : ours)->state,
			 SA_STATE_DRAINING);
}

/* Whatever finishes last: the higher SPI wins, then the lower one of each, then the address. */
static void both_ends_decide_a_collision_alike(void **state)
{
	enum {
		LOCAL = 0x0a000001, /* below that of the peer */
		HIGH = 0x0a000003,
		SPI = 0xffffff00,
		BY_LOWER = -1,
	};
	static const struct {
		uint32_t local, ours_out, theirs_out;
		int ours_wins;
	} rows[] = {
		{LOCAL, SPI, SPI - 1, true}, {LOCAL, SPI, SPI + 1, false},
		{HIGH, SPI, SPI - 1, true},  {HIGH, SPI, SPI + 1, false},
		{LOCAL, SPI, SPI, BY_LOWER}, {HIGH, SPI, SPI, BY_LOWER},
		{LOCAL, 0, 0, false},	     {HIGH, 0, 0, true},
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		sa_lab_bring_up(&f, 77, true);
		assert_collision(rows[i].local, rows[i].ours_out, rows[i].theirs_out,
				 rows[i].ours_wins);
		teardown(state);
		setup(state);
	}
}

/* A peer that reads our last message late would drop what comes on the new SA before. */
static void initiator_of_a_rekey_waits_for_the_peer(void **)
{
	struct sa_pair *old = sa_lab_bring_up(&f, 77, true), *new;
	uint32_t spi_in = sa_store_alloc(&f.store, SA_LAB_HANDLE);
	struct ike_child child = sa_lab_child(spi_in, 78, true);

	sa_install_in(&f.store, &child);
	sa_lab_answer(&f, 0);
	sa_install_out(&f.store, &child);
	assert_int_equal(sa_install_run(&f.store), f.now_ms + SA_INSTALL_POLL_MS);
	assert_int_equal(f.n_commands, 0);
	assert_ptr_equal(sa_store_current(&f.store, SA_LAB_HANDLE, 0), old);
	/* the first packet on it says that the peer is ready */
	new = sa_store_find(&f.store, spi_in);
	sa_lab_carry(&f, new);
	assert_int_equal(sa_install_run(&f.store), UINT64_MAX);
	assert_int_equal(sa_lab_answer(&f, 0), PLANE_SA_OUT_INSTALL);
	assert_int_equal(new->state, SA_STATE_UP);
	assert_false(new->waits);
	assert_int_equal(old->state, SA_STATE_DRAINING);
}

static void responder_and_first_pair_do_not_wait(void **)
{
	uint32_t spi_in = sa_store_alloc(&f.store, SA_LAB_HANDLE);
	struct ike_child child = sa_lab_child(spi_in, 77, true);

	sa_install_in(&f.store, &child);
	sa_lab_answer(&f, 0);
	sa_install_out(&f.store, &child);
	assert_int_equal(sa_lab_answer(&f, 0), PLANE_SA_OUT_INSTALL);
	spi_in = sa_store_alloc(&f.store, SA_LAB_HANDLE);
	child = sa_lab_child(spi_in, 78, false);
	sa_install_in(&f.store, &child);
	sa_lab_answer(&f, 0);
	sa_install_out(&f.store, &child);
	assert_int_equal(sa_lab_answer(&f, 0), PLANE_SA_OUT_INSTALL);
}

/* R009: what a command ends is counted in tunnels. */
static void both_pairs_of_a_tunnel_are_one_tunnel(void **)
{
	struct sa_pair *old = sa_lab_bring_up(&f, 77, true), *new = sa_lab_bring_up(&f, 78, true);
	struct losses some, all;

	old->state = new->state = SA_STATE_UP;
	losses_begin(&some, &f.store);
	losses_begin(&all, &f.store);
	old->state = SA_STATE_DRAINING;
	losses_end(&some, &f.store);
	assert_int_equal(some.n_up, 1);
	assert_int_equal(some.n_lost, 0);
	new->state = SA_STATE_DRAINING;
	losses_end(&all, &f.store);
	assert_int_equal(all.n_up, 1);
	assert_int_equal(all.n_lost, 1);
	assert_int_equal(all.n_peers, 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(initiator_rekeys_at_85_and_responder_at_95_per_cent),
		CASE(unused_pair_is_not_rekeyed),
		CASE(predecessor_drains_then_is_deleted),
		CASE(both_ends_decide_a_collision_alike),
		CASE(initiator_of_a_rekey_waits_for_the_peer),
		CASE(responder_and_first_pair_do_not_wait),
		CASE(both_pairs_of_a_tunnel_are_one_tunnel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
