/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Both ends begin the same negotiation at the same moment. Every order in which the messages of
 * the two can arrive is tried: whatever it was, both ends live under the same IKE SA afterwards,
 * and nothing is negotiated that nobody asked for.
 */
#include "controlplane/ike/ike_life.h"
#include "controlplane/ike/ike_sa.h"
#include "tests/exchange/lab.h"

#include <cmocka.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	CHOICES_MAX = 64,
	COOKIES = 16, /* both, at the beginning of every message */
	EXCHANGE_AT = 18,
	MAIN = 2,
	QUICK = 32,
	MAIN_ORDERS = 924, /* of two times six messages, each six in order */
	QUICK_ORDERS = 20, /* of two times three */
};

/* One run is a list of choices: which of the packets on their way arrives next. */
struct path {
	unsigned taken[CHOICES_MAX];
	unsigned of[CHOICES_MAX];
	size_t n;     /* choices that are given */
	size_t depth; /* choices met in this run */
};

static unsigned choose(struct path *p, unsigned of)
{
	assert_true(p->depth < CHOICES_MAX);
	if (p->depth == p->n) {
		p->taken[p->n] = 0;
		p->of[p->n++] = of;
	}
	return p->taken[p->depth++];
}

/* The next run; false when there is none. */
static bool advance(struct path *p)
{
	p->depth = 0;
	while (p->n && p->taken[p->n - 1] + 1 >= p->of[p->n - 1])
		p->n--;
	if (!p->n)
		return false;
	p->taken[p->n - 1]++;
	return true;
}

/* All but the packets; those stay on their way. */
static void work(struct lab *lab)
{
	struct lab_packet *packets[LAB_QUEUE];
	size_t n = lab->n_queue;

	memcpy(packets, lab->queue, sizeof(packets));
	lab->n_queue = 0;
	while (lab->n_jobs || lab->n_installs) {
		size_t sent = lab->n_queue;

		/* what they send joins the others */
		memcpy(&packets[n], lab->queue, sent * sizeof(packets[0]));
		n += sent;
		lab->n_queue = 0;
		lab_step(lab);
	}
	memcpy(&packets[n], lab->queue, lab->n_queue * sizeof(packets[0]));
	lab->n_queue += n;
	memcpy(lab->queue, packets, lab->n_queue * sizeof(packets[0]));
}

/* How many on their way are of the exchange, and which those are. */
static unsigned list(const struct lab *lab, uint8_t exchange, size_t index[LAB_QUEUE])
{
	unsigned n = 0;

	for (size_t i = 0; i < lab->n_queue; i++)
		if (lab->queue[i]->data[EXCHANGE_AT] == exchange)
			index[n++] = i;
	return n;
}

/* Delivers all messages of an exchange in the order of the path, then what else there is. */
static void collide(struct lab *lab, uint8_t exchange, struct path *p)
{
	size_t index[LAB_QUEUE];
	unsigned n;

	for (work(lab); (n = list(lab, exchange, index)); work(lab)) {
		size_t i = index[n > 1 ? choose(p, n) : 0];
		struct lab_packet *packet = lab->queue[i];

		lab->n_queue--;
		memmove(&lab->queue[i], &lab->queue[i + 1], (lab->n_queue - i) * sizeof(packet));
		ike_engine_receive(lab->ends[packet->to].engine, &packet->path, packet->data,
				   packet->len);
		free(packet);
	}
	lab_settle(lab);
}

static void fast_group(struct lab *lab)
{
	for (int i = 0; i < 2; i++) {
		lab->ends[i].peer.policies[0].group = 19;
		lab->ends[i].peer.policies[0].lifetime_s = 1000;
		lab->ends[i].peer.dpd_s = 0;
		lab->ends[i].child.lifetime_s = 0;
	}
}

/* The IKE SA under which an end negotiates its next child. */
static void next_under(struct lab *lab, int end, uint8_t cookies[COOKIES])
{
	size_t first = lab->n_record;

	assert_true(first < LAB_RECORD);
	assert_int_equal(lab_initiate(lab, end), 0);
	lab_settle(lab);
	assert_int_equal(lab->record[first]->data[EXCHANGE_AT], QUICK);
	memcpy(cookies, lab->record[first]->data, COOKIES);
	assert_true(lab_pair_fits(lab));
}

static void assert_agreement(struct lab *lab)
{
	uint8_t a[COOKIES], b[COOKIES];

	assert_int_equal(lab_up(lab, 0), lab_up(lab, 1));
	assert_int_equal(lab_sas(lab, 0), lab_up(lab, 0));
	assert_in_range(lab_up(lab, 0), 1, 3);
	next_under(lab, 0, a);
	next_under(lab, 1, b);
	assert_memory_equal(a, b, COOKIES);
	assert_int_equal(lab_rejected(lab, 0) + lab_rejected(lab, 1), 0);
}

/* From then on one renewal each 750 s, by one end or by both, and one SA that lives. */
static void assert_calm(struct lab *lab)
{
	lab_forget(lab);
	lab_run(lab, 7400000);
	assert_int_equal(lab_up(lab, 0), 1);
	assert_int_equal(lab_up(lab, 1), 1);
	for (int i = 0; i < 2; i++) {
		assert_in_range(lab_count_events(&lab->ends[i], IKE_EVENT_UP), 9, 10);
		assert_int_equal(lab_count_events(&lab->ends[i], IKE_EVENT_FAILED), 0);
		assert_int_equal(lab_count_events(&lab->ends[i], IKE_EVENT_INITIAL_CONTACT), 0);
	}
}

static void first_contact_of_both_at_once(void **)
{
	struct path p = {0};
	size_t runs = 0;

	do {
		struct lab lab;

		lab_init(&lab);
		fast_group(&lab);
		lab_start(&lab);
		assert_int_equal(lab_initiate(&lab, 0), 0);
		assert_int_equal(lab_initiate(&lab, 1), 0);
		collide(&lab, MAIN, &p);
		assert_agreement(&lab);
		if (runs % 97 == 0)
			assert_calm(&lab);
		lab_fini(&lab);
		runs++;
	} while (advance(&p));
	print_message("%zu orders\n", runs);
	assert_int_equal(runs, MAIN_ORDERS);
}

static struct ike_sa *only_sa(struct lab *lab, int end)
{
	struct ike_path path = lab_path(lab, end);
	struct ike_sa *sa = ike_sa_best(lab->ends[end].engine, &path);

	assert_non_null(sa);
	return sa;
}

static void renewal_of_phase_1_by_both_at_once(void **)
{
	struct path p = {0};
	size_t runs = 0;

	do {
		uint8_t before[COOKIES], after[COOKIES];
		struct lab lab;

		lab_init(&lab);
		fast_group(&lab);
		lab_start(&lab);
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_settle(&lab);
		assert_true(lab_pair_fits(&lab));
		memcpy(before, lab.record[lab.n_record - 1]->data, COOKIES);
		lab_forget(&lab);
		lab.now_ms += 700000;
		ike_life_hasten(only_sa(&lab, 0));
		ike_life_hasten(only_sa(&lab, 1));
		ike_engine_tick(lab.ends[0].engine);
		ike_engine_tick(lab.ends[1].engine);
		collide(&lab, MAIN, &p);
		assert_agreement(&lab);
		memcpy(after, lab.record[lab.n_record - 1]->data, COOKIES);
		assert_memory_not_equal(before, after, COOKIES);
		/* no child was touched: that is the new SA's business now */
		assert_int_equal(lab.ends[0].n_deleted + lab.ends[1].n_deleted, 0);
		assert_int_equal(lab_count_events(&lab.ends[0], IKE_EVENT_DOWN), 0);
		if (runs % 97 == 0)
			assert_calm(&lab);
		lab_fini(&lab);
		runs++;
	} while (advance(&p));
	print_message("%zu orders\n", runs);
	assert_int_equal(runs, MAIN_ORDERS);
}

/* Children are many: neither end's is refused, both have both. Which is used the store decides. */
static void renewal_of_a_child_by_both_at_once(void **)
{
	struct path p = {0};
	size_t runs = 0;

	do {
		struct lab lab;

		lab_tunnel(&lab);
		assert_int_equal(lab_initiate(&lab, 0), 0);
		assert_int_equal(lab_initiate(&lab, 1), 0);
		collide(&lab, QUICK, &p);
		for (int i = 0; i < 2; i++) {
			assert_int_equal(lab.ends[i].n_in, 2);
			assert_int_equal(lab.ends[i].n_out, 2);
			assert_int_equal(lab.ends[i].spis, 0);
		}
		assert_true(lab_pair_fits(&lab));
		assert_int_equal(lab_rejected(&lab, 0) + lab_rejected(&lab, 1), 0);
		lab_fini(&lab);
		runs++;
	} while (advance(&p));
	print_message("%zu orders\n", runs);
	assert_int_equal(runs, QUICK_ORDERS);
}

/* Whatever is wanted of a peer while phase 1 with it goes on waits for it (R029, R047). */
static void wishes_wait_for_one_phase_1(void **)
{
	enum {
		WISHES = 5
	};
	struct ike_path path;
	struct lab lab;

	lab_init(&lab);
	lab_start(&lab);
	path = lab_path(&lab, 0);
	for (uint32_t i = 0; i < WISHES; i++) {
		struct ike_child_config config = lab.ends[0].child;

		config.tunnel += i;
		assert_int_equal(ike_engine_initiate(lab.ends[0].engine, &path, &config), 0);
		assert_int_equal(ike_engine_initiate(lab.ends[0].engine, &path, &config),
				 -EALREADY);
	}
	assert_int_equal(lab.ends[0].n_sent, 1);
	assert_int_equal(lab_sas(&lab, 0), 1);
	lab_settle(&lab);
	assert_int_equal(lab.ends[0].n_out, WISHES);
	assert_int_equal(lab.ends[1].n_out, WISHES);
	assert_int_equal(lab_sas(&lab, 0), 1);
	assert_int_equal(lab_sas(&lab, 1), 1);
	lab_fini(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_contact_of_both_at_once),
		cmocka_unit_test(renewal_of_phase_1_by_both_at_once),
		cmocka_unit_test(renewal_of_a_child_by_both_at_once),
		cmocka_unit_test(wishes_wait_for_one_phase_1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
