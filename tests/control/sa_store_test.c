/* SPDX-License-Identifier: BSD-3-Clause */
/* The life of SA pairs with a fake engine, worker and clock: what is sent, and in which order. */
#include "controlplane/sa_clear.h"
#include "controlplane/sa_expiry.h"
#include "controlplane/sa_install.h"
#include "controlplane/sa_query.h"
#include "controlplane/sa_remove.h"

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	HANDLE = 3,
	COMMANDS = 64,
	LIFETIME_S = 1000
};

struct command {
	struct plane_msg msg;
	plane_client_ack_fn fn;
	void *ctx;
	uint64_t arg;
};

static struct {
	struct plane plane;
	struct slots *slots;
	struct sa_store store;
	struct tunnel tunnel;
	uint64_t now_ms;
	struct command commands[COMMANDS]; /* not answered */
	size_t n_commands;
	int send_error;
	uint32_t installed_spi; /* last answer to the engine */
	int installed_error;
	unsigned n_deletes;
	unsigned n_wants;
	unsigned n_up;
	unsigned n_down;
} f;

static uint64_t now_ms(void *)
{
	return f.now_ms;
}

static const struct tunnel *find_tunnel(void *, uint32_t handle)
{
	return handle == HANDLE ? &f.tunnel : NULL;
}

static int send_command(void *ctx, unsigned worker, struct plane_msg *msg, plane_client_ack_fn fn,
			void *fn_ctx, uint64_t arg)
{
	(void)ctx;
	assert_int_equal(worker, f.tunnel.worker);
	if (f.send_error)
		return f.send_error;
	assert_true(f.n_commands < COMMANDS);
	f.commands[f.n_commands++] =
		(struct command){.msg = *msg, .fn = fn, .ctx = fn_ctx, .arg = arg};
	return 0;
}

static void installed(void *, uint32_t spi_in, int error)
{
	f.installed_spi = spi_in;
	f.installed_error = error;
}

static void delete_child(void *, const struct ike_path *, uint32_t)
{
	f.n_deletes++;
}

static void want(void *, uint32_t tunnel, unsigned lane, const struct ike_path *peer)
{
	(void)peer;
	assert_int_equal(tunnel + lane, HANDLE);
	f.n_wants++;
}

static void on_event(void *, enum sa_store_event event, const struct sa_pair *pair,
		     enum ike_reason reason)
{
	(void)pair;
	(void)reason;
	f.n_up += event == SA_STORE_TUNNEL_UP;
	f.n_down += event == SA_STORE_TUNNEL_DOWN;
}

static int setup(void **)
{
	const struct plane_params params = {.n_workers = 2, .n_slots = 512, .n_tunnels = 8};
	// clang-format off
	const struct sa_store_env env = {
		.now_ms = now_ms, .tunnel = find_tunnel, .send = send_command,
		.installed = installed, .delete_child = delete_child,
		.want = want, .event = on_event,
	};
	// clang-format on

	memset(&f, 0, sizeof(f));
	f.now_ms = 5000;
	f.tunnel = (struct tunnel){.handle = HANDLE, .index = HANDLE, .n_lanes = 1};
	f.tunnel.replay_window = 64;
	assert_int_equal(plane_layout_create(&f.plane, &params, "/dev/null", "/tmp"), 0);
	f.slots = slots_create(2, 512, 1);
	assert_non_null(f.slots);
	assert_int_equal(sa_store_init(&f.store, &f.plane, f.slots, &env), 0);
	return 0;
}

static int teardown(void **)
{
	sa_store_fini(&f.store);
	slots_destroy(f.slots);
	plane_layout_fini(&f.plane);
	return 0;
}

/* The worker obeys one command; its type is returned. */
static enum plane_type answer(int error)
{
	struct command c = f.commands[0];
	struct plane_ack ack = {.error = error};

	assert_true(f.n_commands > 0);
	memmove(f.commands, f.commands + 1, --f.n_commands * sizeof(f.commands[0]));
	if (error == 0 && c.msg.type == PLANE_SA_IN_INSTALL)
		plane_stats_in_of(&f.plane, 0)[c.msg.sa.pair].spi = c.msg.sa.spi;
	if (error == 0 && c.msg.type == PLANE_SA_OUT_INSTALL)
		plane_stats_out_of(&f.plane, 0)[c.msg.sa.pair].spi = c.msg.sa.spi;
	if (c.fn)
		c.fn(c.ctx, c.arg, &ack);
	return c.msg.type;
}

static void answer_all(void)
{
	while (f.n_commands)
		answer(0);
}

static struct ike_child child_of(uint32_t spi_in, uint32_t spi_out, bool initiator)
{
	struct ike_child child = {
		.tunnel = HANDLE,
		.spi_in = spi_in,
		.spi_out = spi_out,
		.suite = {.cipher = ALG_CIPHER_AES_128, .hash = ALG_HASH_SHA1},
		.initiator = initiator,
		.lifetime_s = LIFETIME_S,
		.lifetime_kb = 1000,
	};

	child.path.remote = addr_v4(0x0a000002);
	for (size_t i = 0; i < 36; i++)
		child.key_in.b[i] = (uint8_t)i;
	child.key_in.len = child.key_out.len = 36;
	return child;
}

/* A pair through the whole negotiation. */
static struct sa_pair *bring_up(uint32_t spi_out, bool initiator)
{
	uint32_t spi_in = sa_store_alloc(&f.store, HANDLE);
	struct ike_child child = child_of(spi_in, spi_out, initiator);

	sa_install_in(&f.store, &child);
	assert_int_equal(answer(0), PLANE_SA_IN_INSTALL);
	sa_install_out(&f.store, &child);
	f.now_ms += SA_INSTALL_HOLD_MS;
	sa_install_run(&f.store);
	assert_int_equal(answer(0), PLANE_SA_OUT_INSTALL);
	return sa_store_find(&f.store, spi_in);
}

static void pass(uint64_t ms)
{
	f.now_ms += ms;
	sa_expiry_run(&f.store);
}

static void carry(const struct sa_pair *pair)
{
	struct plane_stats_in *in = &plane_stats_in_of(&f.plane, 0)[plane_spi_slot(pair->spi_in)];

	in->packets++;
	in->bytes += 1000;
	in->last_ms = f.now_ms;
}

static void keys_are_split_as_the_transform_says(void **)
{
	uint32_t spi_in = sa_store_alloc(&f.store, HANDLE);
	struct ike_child child = child_of(spi_in, 77, true);
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
	assert_int_equal(sa->hard_ms, f.now_ms + LIFETIME_S * 1000);
}

static void refusal_frees_the_slot(void **)
{
	uint32_t spi_in = sa_store_alloc(&f.store, HANDLE);
	struct ike_child child = child_of(spi_in, 77, true);

	sa_install_in(&f.store, &child);
	answer(-ENOSPC);
	assert_int_equal(f.installed_error, -ENOSPC);
	assert_null(sa_store_find(&f.store, spi_in));
	assert_int_equal(slots_used(f.slots, 0), 0);
}

static void short_memory_is_told_to_the_engine_later(void **)
{
	uint32_t spi_in = sa_store_alloc(&f.store, HANDLE);
	struct ike_child child = child_of(spi_in, 77, true);

	f.send_error = -ENOMEM;
	sa_install_in(&f.store, &child);
	assert_int_equal(f.installed_spi, 0);
	pass(1000);
	assert_int_equal(f.installed_spi, spi_in);
	assert_int_equal(f.installed_error, -ENOMEM);
	assert_int_equal(f.store.n_pairs, 0);
}

static void outbound_may_be_asked_for_before_inbound_stands(void **)
{
	uint32_t spi_in = sa_store_alloc(&f.store, HANDLE);
	struct ike_child child = child_of(spi_in, 77, true);

	sa_install_in(&f.store, &child);
	sa_install_out(&f.store, &child);
	/* the engine is answered when the worker has obeyed, not before */
	assert_int_equal(f.installed_spi, 0);
	assert_int_equal(answer(0), PLANE_SA_IN_INSTALL);
	assert_int_equal(f.installed_spi, spi_in);
	assert_int_equal(f.installed_error, 0);
	assert_int_equal(answer(0), PLANE_SA_OUT_INSTALL);
	assert_int_equal(sa_store_find(&f.store, spi_in)->state, SA_STATE_UP);
	assert_int_equal(f.n_up, 1);
}

static void initiator_rekeys_at_85_and_responder_at_95_per_cent(void **)
{
	struct sa_pair *pair = bring_up(77, true);

	carry(pair);
	pass(849000);
	assert_int_equal(f.n_wants, 0);
	pass(1000);
	assert_int_equal(f.n_wants, 1);
	assert_int_equal(pair->state, SA_STATE_REKEYING);
	/* and again until a successor is there */
	pass(SA_STORE_RETRY_MS);
	assert_int_equal(f.n_wants, 2);
	sa_remove_pair(&f.store, pair, IKE_REASON_CLEARED, false);
	answer(0);
	answer(0);
	f.n_wants = 0;
	pair = bring_up(78, false);
	carry(pair);
	pass(949000);
	assert_int_equal(f.n_wants, 0);
	pass(1000);
	assert_int_equal(f.n_wants, 1);
}

static void unused_pair_is_not_rekeyed(void **)
{
	bring_up(77, true);
	pass(900000);
	assert_int_equal(f.n_wants, 0);
	pass(100000);
	assert_int_equal(f.n_deletes, 1);
	assert_int_equal(f.n_down, 1);
}

/* The peer never said that it is ready (R044). */
static void embryonic_pair_ends_after_240_seconds(void **)
{
	uint32_t spi_in = sa_store_alloc(&f.store, HANDLE);
	struct ike_child child = child_of(spi_in, 77, false);

	sa_install_in(&f.store, &child);
	answer(0);
	pass(239000);
	assert_int_equal(sa_store_find(&f.store, spi_in)->state, SA_STATE_INBOUND);
	pass(1000);
	assert_int_equal(sa_store_find(&f.store, spi_in)->state, SA_STATE_DYING);
	assert_int_equal(f.n_deletes, 1);
	answer_all();
	assert_null(sa_store_find(&f.store, spi_in));
}

static void predecessor_drains_then_is_deleted(void **)
{
	struct sa_pair *old = bring_up(77, true), *new;

	new = bring_up(78, true);
	assert_int_equal(old->state, SA_STATE_DRAINING);
	assert_false(old->out_installed);
	assert_int_equal(new->state, SA_STATE_UP);
	assert_int_equal(f.n_up, 1);
	pass(SA_STORE_GRACE_MS - 1000);
	assert_int_equal(f.n_deletes, 0);
	/* somebody still sends on it */
	carry(old);
	pass(2000);
	assert_int_equal(f.n_deletes, 0);
	pass(SA_STORE_QUIET_MS);
	assert_int_equal(f.n_deletes, 1);
	assert_int_equal(old->state, SA_STATE_DYING);
	assert_int_equal(answer(0), PLANE_SA_IN_REMOVE);
	assert_int_equal(f.store.n_pairs, 1);
	assert_int_equal(f.n_down, 0);
}

/*
 * Both negotiated beside the same predecessor. ours_out and theirs_out: the peer's SPIs, 0 = that
 * of the other pair turned round.
 */
static void assert_collision(uint32_t local, uint32_t ours_out, uint32_t theirs_out, int ours_wins)
{
	uint32_t ours = sa_store_alloc(&f.store, HANDLE);
	uint32_t theirs = sa_store_alloc(&f.store, HANDLE);
	struct ike_child a = child_of(ours, ours_out ? ours_out : theirs, true);
	struct ike_child b = child_of(theirs, theirs_out ? theirs_out : ours, false);

	if (ours_wins < 0)
		ours_wins = ours > theirs;
	a.path.local = b.path.local = addr_v4(local);
	sa_install_in(&f.store, &b);
	sa_install_in(&f.store, &a);
	answer(0);
	answer(0);
	sa_install_out(&f.store, &a);
	sa_install_out(&f.store, &b);
	f.now_ms += SA_INSTALL_HOLD_MS;
	sa_install_run(&f.store);
	answer_all();
	assert_int_equal(sa_store_current(&f.store, HANDLE, 0)->spi_in, ours_wins ? ours : theirs);
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
		bring_up(77, true);
		assert_collision(rows[i].local, rows[i].ours_out, rows[i].theirs_out,
				 rows[i].ours_wins);
		teardown(state);
		setup(state);
	}
}

/* A peer that reads our last message late would drop what comes on the new SA before. */
static void initiator_of_a_rekey_waits_for_the_peer(void **)
{
	struct sa_pair *old = bring_up(77, true), *new;
	uint32_t spi_in = sa_store_alloc(&f.store, HANDLE);
	struct ike_child child = child_of(spi_in, 78, true);

	sa_install_in(&f.store, &child);
	answer(0);
	sa_install_out(&f.store, &child);
	assert_int_equal(sa_install_run(&f.store), f.now_ms + SA_INSTALL_POLL_MS);
	assert_int_equal(f.n_commands, 0);
	assert_ptr_equal(sa_store_current(&f.store, HANDLE, 0), old);
	/* the first packet on it says that the peer is ready */
	new = sa_store_find(&f.store, spi_in);
	carry(new);
	assert_int_equal(sa_install_run(&f.store), UINT64_MAX);
	assert_int_equal(answer(0), PLANE_SA_OUT_INSTALL);
	assert_int_equal(new->state, SA_STATE_UP);
	assert_false(new->waits);
	assert_int_equal(old->state, SA_STATE_DRAINING);
}

static void responder_and_first_pair_do_not_wait(void **)
{
	uint32_t spi_in = sa_store_alloc(&f.store, HANDLE);
	struct ike_child child = child_of(spi_in, 77, true);

	sa_install_in(&f.store, &child);
	answer(0);
	sa_install_out(&f.store, &child);
	assert_int_equal(answer(0), PLANE_SA_OUT_INSTALL);
	spi_in = sa_store_alloc(&f.store, HANDLE);
	child = child_of(spi_in, 78, false);
	sa_install_in(&f.store, &child);
	answer(0);
	sa_install_out(&f.store, &child);
	assert_int_equal(answer(0), PLANE_SA_OUT_INSTALL);
}

static void slot_returns_only_after_the_acknowledgement(void **)
{
	struct sa_pair *pair = bring_up(77, true);
	uint32_t spi_in = pair->spi_in;

	sa_remove_pair(&f.store, pair, IKE_REASON_CLEARED, false);
	assert_int_equal(slots_used(f.slots, 0), 1);
	assert_int_equal(answer(0), PLANE_SA_OUT_REMOVE);
	assert_non_null(sa_store_find(&f.store, spi_in));
	assert_int_equal(slots_used(f.slots, 0), 1);
	assert_int_equal(answer(0), PLANE_SA_IN_REMOVE);
	assert_null(sa_store_find(&f.store, spi_in));
	assert_int_equal(slots_used(f.slots, 0), 0);
}

static void peer_delete_stops_sending_and_is_not_answered_with_a_delete(void **)
{
	struct sa_pair *pair = bring_up(77, true);
	struct ike_path stranger = pair->path;

	stranger.remote = addr_v4(1);
	sa_remove_by_peer(&f.store, &stranger, 77);
	assert_int_equal(pair->state, SA_STATE_UP);
	sa_remove_by_peer(&f.store, &pair->path, 77);
	assert_int_equal(answer(0), PLANE_SA_OUT_REMOVE);
	assert_int_equal(f.n_down, 1);
	pass(SA_STORE_DELETED_GRACE_MS - 500);
	sa_remove_by_peer(&f.store, &pair->path, 77);
	pass(SA_STORE_DELETED_GRACE_MS - 500);
	assert_int_equal(answer(0), PLANE_SA_IN_REMOVE);
	assert_int_equal(f.store.n_pairs, 0);
	assert_int_equal(f.n_deletes, 0);
}

static void idle_pair_is_deleted_after_the_idle_time(void **)
{
	struct sa_pair *pair = bring_up(77, true);

	f.tunnel.idle_s = 60;
	pass(50000);
	carry(pair);
	pass(59000);
	assert_int_equal(f.n_deletes, 0);
	pass(1000);
	assert_int_equal(f.n_deletes, 1);
}

static void hard_limit_of_bytes_removes_the_pair(void **)
{
	struct sa_pair *pair = bring_up(77, true);
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
	struct sa_pair *pair = bring_up(77, true);
	uint64_t left;

	carry(pair);
	carry(pair);
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

	while (n <= SA_STORE_PAIRS_MAX && sa_store_alloc(&f.store, HANDLE))
		n++;
	assert_int_equal(n, SA_STORE_PAIRS_MAX);
	assert_true(slots_used(f.slots, 0) < 512);
}

static void vanished_tunnel_takes_its_pairs_with_it(void **)
{
	struct sa_pair *pair = bring_up(77, true);

	carry(pair);
	sa_clear_tunnel(&f.store, &f.tunnel);
	assert_int_equal(f.n_deletes, 1);
	answer_all();
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
		CASE(initiator_rekeys_at_85_and_responder_at_95_per_cent),
		CASE(unused_pair_is_not_rekeyed),
		CASE(embryonic_pair_ends_after_240_seconds),
		CASE(predecessor_drains_then_is_deleted),
		CASE(both_ends_decide_a_collision_alike),
		CASE(initiator_of_a_rekey_waits_for_the_peer),
		CASE(responder_and_first_pair_do_not_wait),
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
