/* SPDX-License-Identifier: BSD-3-Clause */
/* Every message of an exchange lost, doubled, late or damaged, once and at random. */
#include "controlplane/ike/ike_life.h"
#include "controlplane/ike/ike_sa.h"
#include "tests/exchange/lab.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

enum {
	MESSAGES = 9, /* of main mode and a quick mode */
};

/*
 * A row is an exchange: what is there before, how it begins, how many messages it has, and what
 * both ends must have come to. Everything is tried with every message of it. A new exchange is a
 * new row.
 */
struct exchange {
	const char *name;
	int end; /* who begins */
	bool nat;
	uint16_t pfs;
	uint32_t lifetime_s; /* of phase 1 of B, where it is another */
	void (*prepare)(struct lab *lab);
	void (*begin)(struct lab *lab, int end);
	size_t messages;
	void (*check)(struct lab *lab, const struct exchange *x, enum lab_fate what);
};

static const char *const fates[] = {
	[LAB_DELIVER] = "delivered", [LAB_DROP] = "lost",     [LAB_DUPLICATE] = "doubled",
	[LAB_CORRUPT] = "damaged",   [LAB_DELAY] = "delayed", [LAB_LATE] = "late",
};

static void nothing(struct lab *)
{
}

/* A tunnel that is up, A its initiator. */
static void tunnel(struct lab *lab)
{
	assert_int_equal(lab_initiate(lab, 0), 0);
	lab_settle(lab);
	assert_true(lab_pair_fits(lab));
	lab_forget(lab);
}

static void wish(struct lab *lab, int end)
{
	assert_int_equal(lab_initiate(lab, end), 0);
}

static struct ike_sa *sa_of(struct lab *lab, int end)
{
	struct ike_path path = lab_path(lab, end);

	return ike_sa_best(lab->ends[end].engine, &path);
}

static void renew(struct lab *lab, int end)
{
	lab->now_ms += 1000;
	ike_life_hasten(sa_of(lab, end));
}

static void probe(struct lab *lab, int end)
{
	lab->ends[end].has_sent = true;
	lab->now_ms += lab->ends[end].peer.dpd_s * 1000ull;
}

static void delete_child(struct lab *lab, int end)
{
	struct ike_path path = lab_path(lab, end);

	ike_engine_delete_child(lab->ends[end].engine, &path, 0x12345678);
}

static void delete_all(struct lab *lab, int end)
{
	assert_int_equal(ike_engine_clear(lab->ends[end].engine, 0, NULL), 1);
}

/* One pair at both ends that fit each other, and nothing forgotten. */
static void one_pair(struct lab *lab, const struct exchange *, enum lab_fate)
{
	assert_true(lab_pair_fits(lab));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(lab->ends[i].n_in, 1);
		assert_int_equal(lab->ends[i].n_out, 1);
		assert_int_equal(lab_up(lab, i), 1);
	}
}

/* A new pair can be made, whatever happened, and both ends have the same IKE SA for it. */
static void next_pair_fits(struct lab *lab)
{
	lab->fate = NULL;
	lab_forget(lab);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(lab_initiate(lab, i), 0);
		lab_run(lab, 1000);
		assert_true(lab_pair_fits(lab));
	}
}

static void one_ike_sa(struct lab *lab, const struct exchange *, enum lab_fate)
{
	assert_int_equal(lab_up(lab, 0), 1);
	assert_int_equal(lab_up(lab, 1), 1);
	next_pair_fits(lab);
}

static void deleted_once(struct lab *lab, const struct exchange *x, enum lab_fate what)
{
	bool arrives = what != LAB_DROP && what != LAB_CORRUPT;

	assert_int_equal(lab->ends[!x->end].n_deleted, arrives);
	next_pair_fits(lab);
}

/* A DELETE is said once: without it the other end has one SA too many until its lifetime ends. */
static void gone_or_left_over(struct lab *lab, const struct exchange *x, enum lab_fate what)
{
	bool arrives = what != LAB_DROP && what != LAB_CORRUPT;

	assert_int_equal(lab_sas(lab, x->end), 0);
	assert_int_equal(lab_sas(lab, !x->end), !arrives);
	lab->fate = NULL;
	assert_int_equal(lab_initiate(lab, x->end), 0);
	lab_run(lab, 1000);
	next_pair_fits(lab);
}

static void lives_on(struct lab *lab, const struct exchange *, enum lab_fate)
{
	for (int i = 0; i < 2; i++) {
		assert_int_equal(lab_count_events(&lab->ends[i], IKE_EVENT_DOWN), 0);
		assert_int_equal(lab_up(lab, i), 1);
	}
	next_pair_fits(lab);
}

// clang-format off
static const struct exchange exchanges[] = {
	{ "main and quick mode", 0, .prepare = nothing, .begin = wish, .messages = 9,
	  .check = one_pair },
	{ "main and quick mode, from B", 1, .prepare = nothing, .begin = wish, .messages = 9,
	  .check = one_pair },
	{ "main and quick mode behind NAT", 0, true, .prepare = nothing,
	  .begin = wish, .messages = 9,
	  .check = one_pair },
	{ "main and quick mode with PFS", 0, .pfs = 19, .prepare = nothing, .begin = wish,
	  .messages = 9, .check = one_pair },
	{ "main mode with RESPONDER-LIFETIME", 0, .lifetime_s = 1000, .prepare = nothing,
	  .begin = wish, .messages = 10, .check = one_pair },
	{ "quick mode", 0, .prepare = tunnel, .begin = wish, .messages = 3, .check = one_pair },
	{ "quick mode, from B", 1, .prepare = tunnel, .begin = wish, .messages = 3,
	  .check = one_pair },
	{ "quick mode behind NAT, from B", 1, true, .prepare = tunnel, .begin = wish, .messages = 3,
	  .check = one_pair },
	{ "quick mode with PFS", 0, .pfs = 19, .prepare = tunnel, .begin = wish, .messages = 3,
	  .check = one_pair },
	{ "quick mode with PFS, from B", 1, .pfs = 19, .prepare = tunnel,
	  .begin = wish, .messages = 3,
	  .check = one_pair },
	{ "renewal of phase 1", 0, .prepare = tunnel, .begin = renew, .messages = 6,
	  .check = one_ike_sa },
	{ "renewal of phase 1, from B", 1, .prepare = tunnel, .begin = renew, .messages = 6,
	  .check = one_ike_sa },
	{ "renewal of phase 1 behind NAT", 0, true, .prepare = tunnel,
	  .begin = renew, .messages = 6,
	  .check = one_ike_sa },
	{ "R-U-THERE", 0, .prepare = tunnel, .begin = probe, .messages = 2, .check = lives_on },
	{ "R-U-THERE, from B", 1, .prepare = tunnel, .begin = probe, .messages = 2,
	  .check = lives_on },
	{ "DELETE of a child", 0, .prepare = tunnel, .begin = delete_child, .messages = 1,
	  .check = deleted_once },
	{ "DELETE of a child, from B", 1, .prepare = tunnel, .begin = delete_child, .messages = 1,
	  .check = deleted_once },
	{ "DELETE of the IKE SA", 0, .prepare = tunnel, .begin = delete_all, .messages = 1,
	  .check = gone_or_left_over },
	{ "DELETE of the IKE SA, from B", 1, .prepare = tunnel, .begin = delete_all, .messages = 1,
	  .check = gone_or_left_over },
};
// clang-format on

static void set_up(struct lab *lab, const struct exchange *x)
{
	lab_init(lab);
	lab->nat = x->nat;
	for (int i = 0; i < 2; i++) {
		lab->ends[i].child.pfs_group = x->pfs;
		lab->ends[i].peer.policies[0].group = 19;
	}
	if (x->lifetime_s)
		lab->ends[1].peer.policies[0].lifetime_s = x->lifetime_s;
	lab_start(lab);
	x->prepare(lab);
	lab->fate = lab_fate_nth;
}

static const struct exchange *running;
static const char *running_fate;
static size_t running_message;

/* Which of them it was, when an assertion below fails. */
static void announce(const struct exchange *x, size_t n, enum lab_fate what)
{
	running = x;
	running_fate = fates[what];
	running_message = n + 1;
}

static void try_message(const struct exchange *x, size_t n, enum lab_fate what)
{
	struct lab lab;

	set_up(&lab, x);
	lab.fate_n = lab.n_packets + n;
	lab.fate_what = what;
	announce(x, n, what);
	x->begin(&lab, x->end);
	lab_run(&lab, 20000);
	if (lab.n_packets <= lab.fate_n)
		fail_msg("%s has no message %zu", x->name, n + 1);
	x->check(&lab, x, what);
	/* half-open remains are gone after their time, and nothing is left of SPIs */
	lab_run(&lab, 60000);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(lab.ends[i].spis, 0);
		assert_int_equal(lab_sas(&lab, i), lab_up(&lab, i));
	}
	lab_fini(&lab);
}

static void try_each(enum lab_fate what)
{
	for (size_t i = 0; i < array_len(exchanges); i++)
		for (size_t n = 0; n < exchanges[i].messages; n++)
			try_message(&exchanges[i], n, what);
}

static int say_which(void **)
{
	if (running)
		print_message("last: %s, message %zu %s\n", running->name, running_message,
			      running_fate);
	running = NULL;
	return 0;
}

static void any_message_may_be_lost(void **)
{
	try_each(LAB_DROP);
}

static void any_message_may_come_twice(void **)
{
	try_each(LAB_DUPLICATE);
}

static void any_message_may_be_delayed(void **)
{
	try_each(LAB_DELAY);
}

/* It has come again and was answered when it arrives: the order is another one. */
static void any_message_may_be_late(void **)
{
	try_each(LAB_LATE);
}

static bool in_clear(const struct exchange *x)
{
	return x->check == one_pair || x->check == one_ike_sa;
}

/*
 * What is damaged in clear may only fail at the hash, or leave a wrong idea of a NAT behind: then
 * the operator clears, and the next negotiation succeeds. So it does in any case.
 */
static void try_damage(const struct exchange *x, size_t n, size_t at)
{
	struct lab lab;

	set_up(&lab, x);
	lab.fate_n = lab.n_packets + n;
	lab.fate_what = LAB_CORRUPT;
	lab.corrupt_at = at;
	announce(x, n, LAB_CORRUPT);
	x->begin(&lab, x->end);
	lab_run(&lab, 120000);
	if (!in_clear(x)) {
		x->check(&lab, x, LAB_CORRUPT);
	} else {
		if (x->check == one_pair && !lab.ends[x->end].n_out)
			assert_non_null(lab_event(&lab.ends[x->end], IKE_EVENT_CHILD_FAILED));
		lab.fate = NULL;
		ike_engine_clear(lab.ends[x->end].engine, 0, NULL);
		lab_settle(&lab);
		lab_forget(&lab);
		/* nobody calls through a NAT from outside */
		assert_int_equal(lab_initiate(&lab, x->nat ? 0 : x->end), 0);
		lab_run(&lab, 1000);
		assert_true(lab_pair_fits(&lab));
	}
	for (int i = 0; i < 2; i++)
		assert_int_equal(lab.ends[i].spis, 0);
	lab_fini(&lab);
}

/* In its last block, in the middle, and right behind the header. */
static void any_message_may_be_damaged(void **)
{
	static const size_t places[] = {5, 24, 44};

	for (size_t i = 0; i < array_len(exchanges); i++)
		for (size_t n = 0; n < exchanges[i].messages; n++)
			for (size_t k = 0; k < array_len(places); k++)
				try_damage(&exchanges[i], n, places[k]);
}

static enum lab_fate at_random(struct lab *lab, size_t n, struct lab_packet *packet)
{
	unsigned *seed = lab->fate_ctx;
	int r = rand_r(seed) % 100;

	(void)n;
	(void)packet;
	if (r < 20)
		return LAB_DROP;
	if (r < 30)
		return LAB_DUPLICATE;
	return r < 40 ? LAB_DELAY : LAB_DELIVER;
}

/* Loss of 20 %, doubling, delays, both ends start: a tunnel or a reason, and nothing left over. */
static void random_channel_ends_in_a_tunnel_or_a_reason(void **)
{
	size_t tunnels = 0;

	for (unsigned seed = 1; seed <= 200; seed++) {
		unsigned state = seed;
		struct lab lab;

		lab_init(&lab);
		lab.ends[0].random_state = seed;
		lab.ends[1].random_state = seed + 1000;
		lab.ends[0].peer.dpd_s = 0;
		lab.ends[1].peer.dpd_s = 0;
		lab_start(&lab);
		lab.fate = at_random;
		lab.fate_ctx = &state;
		assert_int_equal(lab_initiate(&lab, 0), 0);
		if (seed % 2)
			assert_int_equal(lab_initiate(&lab, 1), 0);
		lab_run(&lab, 200000);
		tunnels += lab.ends[0].n_out > 0 && lab.ends[1].n_out > 0;
		if (!lab.ends[0].n_out)
			assert_non_null(lab_event(&lab.ends[0], IKE_EVENT_CHILD_FAILED));
		assert_int_equal(lab_sas(&lab, 0), lab_up(&lab, 0));
		assert_int_equal(lab_sas(&lab, 1), lab_up(&lab, 1));
		assert_int_equal(lab.ends[0].spis, 0);
		assert_int_equal(lab.ends[1].spis, 0);
		lab_fini(&lab);
	}
	assert_true(tunnels > 190);
}

/* The peer vanishes after message n: five tries, then a reason and no state (H106). */
static enum lab_fate vanish(struct lab *lab, size_t n, struct lab_packet *packet)
{
	(void)packet;
	return n >= lab->fate_n ? LAB_DROP : LAB_DELIVER;
}

static void vanished_peer_leaves_nothing_behind(void **)
{
	for (size_t n = 0; n < MESSAGES; n++) {
		struct lab lab;

		lab_init(&lab);
		lab_start(&lab);
		lab.fate = vanish;
		lab.fate_n = n;
		lab.ends[0].has_sent = true;
		lab.ends[1].has_sent = true;
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_run(&lab, 300000);
		assert_int_equal(lab_sas(&lab, 0), 0);
		assert_int_equal(lab_sas(&lab, 1), 0);
		assert_true(lab.ends[0].n_sent <= 40);
		assert_true(lab.ends[1].n_sent <= 40);
		assert_int_equal(lab.ends[0].spis, 0);
		assert_int_equal(lab.ends[1].spis, 0);
		/* Never outbound without message 3 (H103). */
		if (n <= 8)
			assert_int_equal(lab.ends[1].n_out, 0);
		lab_fini(&lab);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(any_message_may_be_lost, say_which),
		cmocka_unit_test_teardown(any_message_may_come_twice, say_which),
		cmocka_unit_test_teardown(any_message_may_be_delayed, say_which),
		cmocka_unit_test_teardown(any_message_may_be_late, say_which),
		cmocka_unit_test_teardown(any_message_may_be_damaged, say_which),
		cmocka_unit_test(random_channel_ends_in_a_tunnel_or_a_reason),
		cmocka_unit_test(vanished_peer_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
