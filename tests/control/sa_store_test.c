/* SPDX-License-Identifier: BSD-3-Clause */
/* The life of one SA pair: what is sent to the worker and to the engine, and in which order. */
#include "controlplane/sa_clear.h"
#include "controlplane/sa_expiry.h"
#include "controlplane/sa_install.h"
#include "controlplane/sa_query.h"
#include "controlplane/sa_remove.h"
#include "tests/control/sa_lab.h"

#include <cmocka.h>

#include <errno.h>

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

static void keys_are_split_as_the_transform_says(void **)
{
	uint32_t spi_in = sa_store_alloc(&f.store, SA_LAB_HANDLE);
	struct ike_child child = sa_lab_child(spi_in, 77, true);
	const struct plane_sa *sa = &f.commands[0].msg.sa;

	sa_install_in(&f.store, &child);
	assert_int_equal(sa->spi, spi_in);
	assert_int_equal(sa->pair, plane_spi_slot(spi_in));
	assert_int_equal(sa->key_bytes, 16);
	assert_int_equal(sa->auth_bytes, 20);
	assert_int_equal(sa->salt_bytes, 0);
	assert_int_equal(sa->key[15], 15);
	assert_int_equal(sa->auth[0], 16);
	assert_int_equal(sa->auth[19], 35);
	assert_int_equal(sa->hard_bytes, 1024000);
	assert_int_equal(sa->soft_bytes, 870400);
	assert_int_equal(sa->hard_ms, f.now_ms + SA_LAB_LIFETIME_S * 1000);
}

static void refusal_frees_the_slot(void **)
{
	uint32_t spi_in = sa_store_alloc(&f.store, SA_LAB_HANDLE);
	struct ike_child child = sa_lab_child(spi_in, 77, true);

	sa_install_in(&f.store, &child);
	sa_lab_answer(&f, -ENOSPC);
	assert_int_equal(f.installed_error, -ENOSPC);
	assert_null(sa_store_find(&f.store, spi_in));
	assert_int_equal(slots_used(f.slots, 0), 0);
}

static void short_memory_is_told_to_the_engine_later(void **)
{
	uint32_t spi_in = sa_store_alloc(&f.store, SA_LAB_HANDLE);
	struct ike_child child = sa_lab_child(spi_in, 77, true);

	f.send_error = -ENOMEM;
	sa_install_in(&f.store, &child);
	assert_int_equal(f.installed_spi, 0);
	sa_lab_pass(&f, 1000);
	assert_int_equal(f.installed_spi, spi_in);
	assert_int_equal(f.installed_error, -ENOMEM);
	assert_int_equal(f.store.n_pairs, 0);
}

static void outbound_may_be_asked_for_before_inbound_stands(void **)
{
	uint32_t spi_in = sa_store_alloc(&f.store, SA_LAB_HANDLE);
	struct ike_child child = sa_lab_child(spi_in, 77, true);

	sa_install_in(&f.store, &child);
	sa_install_out(&f.store, &child);
	/* the engine is answered when the worker has obeyed, not before */
	assert_int_equal(f.installed_spi, 0);
	assert_int_equal(sa_lab_answer(&f, 0), PLANE_SA_IN_INSTALL);
	assert_int_equal(f.installed_spi, spi_in);
	assert_int_equal(f.installed_error, 0);
	assert_int_equal(sa_lab_answer(&f, 0), PLANE_SA_OUT_INSTALL);
	assert_int_equal(sa_store_find(&f.store, spi_in)->state, SA_STATE_UP);
	assert_int_equal(f.n_up, 1);
}

/* The peer never said that it is ready (R044). */
static void embryonic_pair_ends_after_240_seconds(void **)
{
	uint32_t spi_in = sa_store_alloc(&f.store, SA_LAB_HANDLE);
	struct ike_child child = sa_lab_child(spi_in, 77, false);

	sa_install_in(&f.store, &child);
	sa_lab_answer(&f, 0);
	sa_lab_pass(&f, 239000);
	assert_int_equal(sa_store_find(&f.store, spi_in)->state, SA_STATE_INBOUND);
	sa_lab_pass(&f, 1000);
	assert_int_equal(sa_store_find(&f.store, spi_in)->state, SA_STATE_DYING);
	assert_int_equal(f.n_deletes, 1);
	sa_lab_answer_all(&f);
	assert_null(sa_store_find(&f.store, spi_in));
}

static void slot_returns_only_after_the_acknowledgement(void **)
{
	struct sa_pair *pair = sa_lab_bring_up(&f, 77, true);
	uint32_t spi_in = pair->spi_in;

	sa_remove_pair(&f.store, pair, IKE_REASON_CLEARED, false);
	assert_int_equal(slots_used(f.slots, 0), 1);
	assert_int_equal(sa_lab_answer(&f, 0), PLANE_SA_OUT_REMOVE);
	assert_non_null(sa_store_find(&f.store, spi_in));
	assert_int_equal(slots_used(f.slots, 0), 1);
	assert_int_equal(sa_lab_answer(&f, 0), PLANE_SA_IN_REMOVE);
	assert_null(sa_store_find(&f.store, spi_in));
	assert_int_equal(slots_used(f.slots, 0), 0);
}

static void peer_delete_stops_sending_and_is_not_answered_with_a_delete(void **)
{
	struct sa_pair *pair = sa_lab_bring_up(&f, 77, true);
	struct ike_path stranger = pair->path;

	stranger.remote = addr_v4(1);
	sa_remove_by_peer(&f.store, &stranger, 77);
	assert_int_equal(pair->state, SA_STATE_UP);
	sa_remove_by_peer(&f.store, &pair->path, 77);
	assert_int_equal(sa_lab_answer(&f, 0), PLANE_SA_OUT_REMOVE);
	assert_int_equal(f.n_down, 1);
	sa_lab_pass(&f, SA_STORE_DELETED_GRACE_MS - 500);
	sa_remove_by_peer(&f.store, &pair->path, 77);
	sa_lab_pass(&f, SA_STORE_DELETED_GRACE_MS - 500);
	assert_int_equal(sa_lab_answer(&f, 0), PLANE_SA_IN_REMOVE);
	assert_int_equal(f.store.n_pairs, 0);
	assert_int_equal(f.n_deletes, 0);
}

static void idle_pair_is_deleted_after_the_idle_time(void **)
{
	struct sa_pair *pair = sa_lab_bring_up(&f, 77, true);

	f.tunnel.idle_s = 60;
	sa_lab_pass(&f, 50000);
	sa_lab_carry(&f, pair);
	sa_lab_pass(&f, 59000);
	assert_int_equal(f.n_deletes, 0);
	sa_lab_pass(&f, 1000);
	assert_int_equal(f.n_deletes, 1);
}

static void hard_limit_of_bytes_removes_the_pair(void **)
{
	struct sa_pair *pair = sa_lab_bring_up(&f, 77, true);
	struct plane_expire expire = {
		.spi = 77, .pair = plane_spi_slot(pair->spi_in), .outbound = 1, .hard = 1};

	sa_expiry_limit(&f.store, 1, &expire);
	assert_int_equal(pair->state, SA_STATE_UP);
	sa_expiry_limit(&f.store, 0, &expire);
	assert_int_equal(pair->state, SA_STATE_DYING);
	assert_int_equal(f.n_deletes, 1);
}

static void cleared_counters_do_not_lengthen_the_lifetime(void **)
{
	struct sa_pair *pair = sa_lab_bring_up(&f, 77, true);
	uint64_t left;

	sa_lab_carry(&f, pair);
	sa_lab_carry(&f, pair);
	left = sa_query_remaining_kb(&f.store, pair, false);
	assert_int_equal(left, 998);
	sa_clear_counters(&f.store);
	plane_stats_in_of(&f.plane, 0)[plane_spi_slot(pair->spi_in)].packets = 0;
	plane_stats_in_of(&f.plane, 0)[plane_spi_slot(pair->spi_in)].bytes = 0;
	assert_int_equal(sa_query_counters(&f.store, pair).in_packets, 0);
	assert_int_equal(sa_query_remaining_kb(&f.store, pair, false), left);
}

/* However fast a peer negotiates: the slots are those of other tunnels too. */
static void one_tunnel_cannot_have_all_slots(void **)
{
	unsigned n = 0;

	while (n <= SA_STORE_PAIRS_MAX && sa_store_alloc(&f.store, SA_LAB_HANDLE))
		n++;
	assert_int_equal(n, SA_STORE_PAIRS_MAX);
	assert_true(slots_used(f.slots, 0) < 512);
}

static void vanished_tunnel_takes_its_pairs_with_it(void **)
{
	struct sa_pair *pair = sa_lab_bring_up(&f, 77, true);

	sa_lab_carry(&f, pair);
	sa_clear_tunnel(&f.store, &f.tunnel);
	assert_int_equal(f.n_deletes, 1);
	sa_lab_answer_all(&f);
	assert_int_equal(f.store.n_pairs, 0);
	/* the handle may mean another tunnel now: it begins with nothing */
	assert_int_equal(sa_query_tunnel(&f.store, &f.tunnel).in_packets, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(keys_are_split_as_the_transform_says),
		CASE(refusal_frees_the_slot),
		CASE(short_memory_is_told_to_the_engine_later),
		CASE(outbound_may_be_asked_for_before_inbound_stands),
		CASE(embryonic_pair_ends_after_240_seconds),
		CASE(slot_returns_only_after_the_acknowledgement),
		CASE(peer_delete_stops_sending_and_is_not_answered_with_a_delete),
		CASE(idle_pair_is_deleted_after_the_idle_time),
		CASE(hard_limit_of_bytes_removes_the_pair),
		CASE(cleared_counters_do_not_lengthen_the_lifetime),
		CASE(one_tunnel_cannot_have_all_slots),
		CASE(vanished_tunnel_takes_its_pairs_with_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
