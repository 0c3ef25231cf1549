/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random pairs of configurations that differ in nothing, in one thing or in two, between two whole
 * control planes: what each end says of the other is compared with what was done to them. Nothing
 * is ever said of a pair that fits, and no key stands in anything that is said.
 */
#include "controlplane/diagnose/diagnose.h"
#include "controlplane/evidence_gather.h"
#include "lib/base/compat.h"
#include "tests/control/bench.h"
#include "tests/control/random_pair.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PAIRS = 1000 / RANDOM_PART,
	SECONDS = 75, /* longer than a negotiation that nobody answers */
	AGAIN_S = 5,  /* traffic asks for the tunnel so often */
};

/* Traffic wants the tunnel until it is there, and then flows through it. */
static void live(struct bench *bench, bool both)
{
	for (unsigned s = 0; s < SECONDS; s++) {
		struct sa_pair *a = bench_current(&bench->a, 0);
		struct sa_pair *b = bench_current(&bench->b, 0);

		/* both at once: what each sends waits until the other has begun */
		bench->hold = both && s == 0;
		if (both && s == 0)
			bench_acquire(bench, &bench->b, 0);
		if (!a && s % AGAIN_S == 0)
			bench_acquire(bench, &bench->a, 0);
		bench->hold = false;
		while (bench->n_held)
			bench_release(bench, 0);
		if (a && b) {
			bench_traffic(&bench->a, a);
			bench_traffic(&bench->b, b);
		}
		bench_forget(&bench->a);
		bench_forget(&bench->b);
		bench_pass(bench, 1);
	}
}

static void must_hide_keys(const struct diagnosis *d)
{
	char sentence[DIAGNOSE_TEXT];
	char command[DIAGNOSE_TEXT];

	diagnose_sentence(d, sentence, sizeof(sentence));
	diagnose_command(d, command, sizeof(command));
	assert_null(strstr(sentence, RANDOM_PAIR_KEY));
	assert_null(strstr(command, RANDOM_PAIR_KEY));
	assert_null(strstr(d->saw, RANDOM_PAIR_KEY));
	assert_null(strstr(d->decide, RANDOM_PAIR_KEY));
}

/* What an end says of whoever is at the address. */
static void ask(const struct bench_end *end, const struct addr *peer, struct diagnose_list *out)
{
	const struct ike_path path = {.local = end->address, .remote = *peer};
	struct evidence_place *place = evidence_book_find(&end->control->evidence, &path);
	static struct evidence_room room;
	struct evidence evidence;

	out->n = 0;
	if (!place)
		return;
	evidence_gather(end->control, place, &room, &evidence);
	diagnose_peer(&evidence, out);
	for (size_t i = 0; i < out->n; i++)
		must_hide_keys(&out->items[i]);
}

struct tally {
	size_t asked;
	size_t right;
	size_t false_alarms;
};

static size_t count_roots(const struct diagnose_list *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		n += l->items[i].under == 0;
	return n;
}

static bool is_right(const struct diagnose_list *l, const enum diagnose_code *codes)
{
	const struct diagnosis *d = &l->items[0];

	if (codes[0] == DIAGNOSE_NONE)
		return count_roots(l) == 0;
	if (count_roots(l) != 1)
		return false;
	for (size_t i = 0; i < RANDOM_PAIR_CODES && codes[i]; i++)
		if (d->code == codes[i] || (d->sureness == DIAGNOSE_EITHER && d->other == codes[i]))
			return true;
	return false;
}

static void judge(struct tally *t, const struct bench_end *end, const struct addr *peer, bool is_a,
		  const struct random_fault *fault, const char *what)
{
	static const enum diagnose_code none[RANDOM_PAIR_CODES];
	const enum diagnose_code *codes = !fault ? none : is_a ? fault->a : fault->b;
	struct diagnose_list list;
	char text[DIAGNOSE_TEXT];

	ask(end, peer, &list);
	t->asked++;
	if (is_right(&list, codes)) {
		t->right++;
		return;
	}
	t->false_alarms += !fault;
	print_message("%s, asked for %s:\n", what, diagnose_name(codes[0]));
	for (size_t i = 0; i < list.n; i++)
		print_message("  %s%s %s: %s [%s]\n", list.items[i].under ? "  " : "",
			      diagnose_name(list.items[i].code),
			      diagnose_sureness_name(list.items[i].sureness),
			      diagnose_sentence(&list.items[i], text, sizeof(text)),
			      list.items[i].saw);
}

static void try_pair(struct tally *t, struct random_pair *p, bool both,
		     const struct random_fault *root, const char *what)
{
	const struct addr nobody = addr_v4(0x0a000009);
	static char text_a[RANDOM_PAIR_TEXT], text_b[RANDOM_PAIR_TEXT];
	static struct bench bench;
	struct addr nat = addr_v4(0x0a000007);

	random_pair_print(&p->a, 1, text_a);
	random_pair_print(&p->b, 2, text_b);
	bench_init(&bench, text_a, text_b);
	if (p->nat)
		bench.nat = nat;
	live(&bench, both);
	judge(t, &bench.a, !strcmp(p->a.peer, "10.0.0.2") ? &bench.b.address : &nobody, true, root,
	      what);
	judge(t, &bench.b, p->nat ? &nat : &bench.a.address, false, root, what);
	bench_fini(&bench);
}

static void what_is_said_is_what_was_done(void **)
{
	struct tally tally = {0};

	for (size_t i = 0; i < PAIRS; i++) {
		const struct random_fault *made[RANDOM_PAIR_FAULTS];
		struct random_pair pair;
		size_t n = random_pair_draw(&pair, made);
		char what[128];

		snprintf(what, sizeof(what), "%zu: %s%s%s%s", i, n ? made[0]->name : "equal",
			 n > 1 ? ", " : "", n > 1 ? made[1]->name : "",
			 pair.a.aggressive ? " (aggressive)" : "");
		try_pair(&tally, &pair, n == 0 && i % 2, random_pair_root(made, n), what);
	}
	print_message("%zu of %zu right, %zu false alarms\n", tally.right, tally.asked,
		      tally.false_alarms);
	assert_int_equal(tally.false_alarms, 0);
	assert_true(tally.right * 100 >= tally.asked * 99);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_is_what_was_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
