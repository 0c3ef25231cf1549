/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Both ends negotiate an SA pair for the same tunnel at the same moment. Every order in which the
 * six messages of the two quick modes can arrive is tried: both ends send on the same pair
 * afterwards, the other one goes, and nothing is negotiated again before its time.
 */
#include "controlplane/sa_expiry.h"
#include "tests/control/bench.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
	ICMP = 1, /* the second line of the ACL */
	MESSAGES = 6,
	ORDERS = 20, /* of two times three messages */
};

static struct bench bench;
static unsigned n_lost; /* packets on an SA that the other end has not */

/* A packet of one end, which the other receives on the SA it was sent on. */
static void send_from(struct bench_end *from, struct bench_end *to)
{
	const struct sa_pair *pair = bench_current(from, ICMP), *at;
	struct plane_stats_out *out;

	if (!pair)
		return;
	out = plane_stats_out_of(&from->plane, pair->worker) + plane_spi_slot(pair->spi_in);
	out->packets++;
	out->last_ms = bench_now();
	at = sa_store_find(&to->control->store, pair->spi_out);
	if (at) {
		struct plane_stats_in *in =
			plane_stats_in_of(&to->plane, at->worker) + plane_spi_slot(at->spi_in);

		assert_int_equal(in->spi, pair->spi_out);
		in->packets++;
		in->last_ms = bench_now();
	} else {
		n_lost++;
	}
}

static void traffic(unsigned seconds)
{
	for (unsigned i = 0; i < seconds; i++) {
		send_from(&bench.a, &bench.b);
		send_from(&bench.b, &bench.a);
		bench_pass(&bench, 1);
	}
}

/*
 * The messages of one order: the k-th bit says whose quick mode goes on with the k-th message. All
 * orders at once, then with a second between two messages.
 */
static bool next_order(unsigned *order, unsigned *gap_s)
{
	do
		++*order;
	while (*order < 1u << MESSAGES && __builtin_popcount(*order) != MESSAGES / 2);
	if (*order < 1u << MESSAGES)
		return true;
	*order = 7;
	return !(*gap_s)++;
}

static uint32_t msgid_of(const struct bench_datagram *d)
{
	uint32_t msgid;

	memcpy(&msgid, &d->data[20], sizeof(msgid));
	return msgid;
}

static void release(uint32_t msgid)
{
	for (size_t i = 0; i < bench.n_held; i++) {
		if (msgid_of(bench.held[i]) != msgid)
			continue;
		bench_release(&bench, i);
		return;
	}
	fail_msg("a message is missing");
}

/* Both have sent their first message; the rest follows in that order. */
static void collide(unsigned order, unsigned gap_s)
{
	uint32_t msgids[2];

	assert_int_equal(bench.n_held, 2);
	msgids[0] = msgid_of(bench.held[0]);
	msgids[1] = msgid_of(bench.held[1]);
	for (unsigned k = 0; k < MESSAGES; k++)
		release(msgids[order >> k & 1]), traffic(gap_s);
	/* what was sent again meanwhile */
	bench.hold = false;
	while (bench.n_held)
		bench_release(&bench, 0);
}

static size_t installs(void)
{
	return bench_seen(&bench.a, PLANE_SA_IN_INSTALL) +
	       bench_seen(&bench.b, PLANE_SA_IN_INSTALL);
}

static void forget(void)
{
	bench_forget(&bench.a);
	bench_forget(&bench.b);
}

/* Traffic goes on and on; a pair lives for an hour. */
static void assert_calm(unsigned order)
{
	size_t rounds = 0;

	/* an end may wait a little for the other; who saw messages overtake each other, too */
	traffic(30);
	bench_assert_joined(&bench, ICMP);
	traffic(90);
	bench_assert_joined(&bench, ICMP);
	if (bench_count_pairs(&bench.a, ICMP) != bench_count_pairs(&bench.b, ICMP))
		fail_msg("order %x: pairs of one end only", order);
	assert_in_range(bench_count_pairs(&bench.a, ICMP), 1, 2);
	assert_int_equal(installs(), 4);
	/* not one renewal until it is due, then one */
	forget();
	traffic(2900);
	assert_int_equal(installs(), 0);
	traffic(600);
	rounds = installs();
	if (rounds != 2)
		fail_msg("order %x: %zu halves installed when one pair was due", order, rounds);
	bench_assert_joined(&bench, ICMP);
	assert_int_equal(n_lost, 0);
}

static void begin(void)
{
	bench_init(&bench, bench_config_a, bench_config_b);
}

static void renewal_by_both_at_once(void **)
{
	unsigned order = 0, gap_s = 0, n = 0;

	for (; next_order(&order, &gap_s); n++) {
		begin();
		bench_bring_up(&bench, ICMP);
		traffic(60);
		forget();
		bench.hold = true;
		sa_expiry_renew(&bench.a.control->store,
				bench.a.control->tunnels.rows[ICMP].handle);
		sa_expiry_renew(&bench.b.control->store,
				bench.b.control->tunnels.rows[ICMP].handle);
		bench_pass(&bench, 2);
		collide(order, gap_s);
		assert_calm(order);
		bench_fini(&bench);
	}
	assert_int_equal(n, ORDERS * 2);
}

static void start_by_both_at_once(void **)
{
	unsigned order = 0, gap_s = 0, n = 0;

	for (; next_order(&order, &gap_s); n++) {
		begin();
		/* phase 1 is up already */
		bench_bring_up(&bench, 0);
		forget();
		bench.hold = true;
		bench_acquire(&bench, &bench.a, ICMP);
		bench_acquire(&bench, &bench.b, ICMP);
		collide(order, gap_s);
		assert_calm(order);
		bench_fini(&bench);
	}
	assert_int_equal(n, ORDERS * 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(renewal_by_both_at_once),
		cmocka_unit_test(start_by_both_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
