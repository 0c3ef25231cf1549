/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/stress_impair.h"

#include "app/stress_random.h"

#include <math.h>

enum {
	RUN = 16,     /* neighbours of one burst */
	FIRST = 1024, /* packets kept for replay_first */
	TAIL = 8,     /* a geometric distance is cut at that many times its mean */
	NONE = UINT32_MAX,
	AHEAD_LEAST = 1, /* of forged numbers */
};

/* A packet that waits for its turn, in a list with the others of that turn. */
struct waiting {
	struct stress_packet p;
	uint32_t next;
};

struct turn {
	uint32_t head;
	uint32_t tail;
};

struct stress_impair {
	struct stress_impairment what;
	struct stress_random random;
	uint64_t now; /* packets that came */
	/* turns of the near future: turn t at t & mask */
	uint32_t mask;
	uint32_t held;
	struct turn *turns;
	struct waiting *waiting;
	uint32_t spare; /* list of unused rows of waiting */
	uint32_t run_left;
	uint64_t starved_until; /* when the starved class is served next */
	/* packets that left, for replays */
	struct stress_packet *past;
	uint32_t past_mask;
	uint64_t past_n;
	uint32_t first_n;
	struct stress_packet first[FIRST];
};

static uint32_t power_of_two(uint32_t least)
{
	uint32_t n = 1;

	while (n < least)
		n <<= 1;
	return n;
}

static bool make_turns(struct stress_impair *im)
{
	uint32_t far = im->what.distance * (im->what.model == STRESS_GEOMETRIC ? TAIL : 1);
	uint32_t n = power_of_two(far + 2);

	im->turns = calloc(n, sizeof(*im->turns));
	im->waiting = calloc(n, sizeof(*im->waiting));
	if (!im->turns || !im->waiting)
		return false;
	im->mask = n - 1;
	for (uint32_t i = 0; i < n; i++) {
		im->turns[i].head = NONE;
		im->waiting[i].next = i + 1 < n ? i + 1 : NONE;
	}
	return true;
}

struct stress_impair *stress_impair_create(const struct stress_impairment *what, uint64_t seed)
{
	struct stress_impair *im = calloc(1, sizeof(*im));
	uint32_t ages = power_of_two(what->replay_age + what->replay_spread + 1);

	if (!im)
		return NULL;
	im->what = *what;
	im->random.state = seed;
	im->past_mask = ages - 1;
	im->past = calloc(ages, sizeof(*im->past));
	if (im->past && make_turns(im))
		return im;
	stress_impair_destroy(im);
	return NULL;
}

void stress_impair_destroy(struct stress_impair *im)
{
	if (!im)
		return;
	for (uint32_t t = 0; im->turns && im->waiting && t <= im->mask; t++)
		for (uint32_t i = im->turns[t].head; i != NONE; i = im->waiting[i].next)
			stress_frame_drop(im->waiting[i].p.frame);
	for (uint32_t i = 0; im->past && i <= im->past_mask; i++)
		stress_frame_drop(im->past[i].frame);
	for (uint32_t i = 0; i < im->first_n; i++)
		stress_frame_drop(im->first[i].frame);
	free(im->turns);
	free(im->waiting);
	free(im->past);
	free(im);
}

/* How many packets overtake this one. */
static uint32_t distance_of(struct stress_impair *im, const struct stress_packet *p)
{
	const struct stress_impairment *what = &im->what;
	double far;

	if (!what->distance)
		return 0;
	switch (what->model) {
	case STRESS_QOS:
		if (!p->starved)
			return 0;
		if (im->now >= im->starved_until)
			im->starved_until = im->now + what->distance;
		return (uint32_t)(im->starved_until - im->now);
	case STRESS_RUNS:
		if (!im->run_left && stress_random_percent(&im->random, what->reorder / RUN))
			im->run_left = RUN;
		if (!im->run_left)
			return 0;
		im->run_left--;
		return what->distance;
	default: break;
	}
	if (!stress_random_percent(&im->random, what->reorder))
		return 0;
	if (what->model == STRESS_TWO_PATH)
		return what->distance;
	if (what->model == STRESS_UNIFORM)
		return 1 + stress_random_below(&im->random, what->distance);
	far = -log(stress_random_unit(&im->random)) * what->distance;
	return far < im->mask ? 1 + (uint32_t)far : im->mask;
}

static void hold_back(struct stress_impair *im, const struct stress_packet *p, uint32_t distance)
{
	struct turn *turn = &im->turns[(im->now + distance) & im->mask];
	uint32_t row = im->spare;

	im->spare = im->waiting[row].next;
	im->waiting[row] = (struct waiting){.p = *p, .next = NONE};
	stress_frame_hold(p->frame);
	if (turn->head == NONE)
		turn->head = row;
	else
		im->waiting[turn->tail].next = row;
	turn->tail = row;
	im->held++;
}

static void remember(struct stress_impair *im, const struct stress_packet *p)
{
	struct stress_packet *past;

	if (im->what.replay <= 0)
		return;
	past = &im->past[im->past_n++ & im->past_mask];
	stress_frame_hold(p->frame);
	stress_frame_drop(past->frame);
	*past = *p;
	if (im->what.replay_first && im->first_n < FIRST) {
		stress_frame_hold(p->frame);
		im->first[im->first_n++] = *p;
	}
}

static void replay(struct stress_impair *im, stress_out_fn *out, void *ctx)
{
	uint64_t age = im->what.replay_age;
	struct stress_packet p;

	if (im->what.replay_first) {
		p = im->first[stress_random_below(&im->random, im->first_n)];
	} else {
		age += stress_random_below(&im->random, im->what.replay_spread + 1);
		if (age >= im->past_n)
			return;
		p = im->past[(im->past_n - 1 - age) & im->past_mask];
	}
	p.kind = STRESS_REPLAY;
	out(ctx, &p);
}

static void forge(struct stress_impair *im, const struct stress_packet *p, stress_out_fn *out,
		  void *ctx)
{
	struct stress_packet f = *p;

	f.kind = STRESS_FORGED;
	if (im->what.forge_ahead)
		f.seq += AHEAD_LEAST + (stress_random_next(&im->random) & INT32_MAX) /
					       (1u << stress_random_below(&im->random, 31));
	out(ctx, &f);
}

static void leave(struct stress_impair *im, const struct stress_packet *p, stress_out_fn *out,
		  void *ctx)
{
	const struct stress_impairment *what = &im->what;
	struct stress_packet copy = *p;

	if (stress_random_percent(&im->random, what->forge))
		forge(im, p, out, ctx);
	out(ctx, p);
	remember(im, p);
	copy.kind = STRESS_COPY;
	if (stress_random_percent(&im->random, what->duplicate))
		out(ctx, &copy);
	if (stress_random_percent(&im->random, what->replay))
		replay(im, out, ctx);
}

static void leave_turn(struct stress_impair *im, stress_out_fn *out, void *ctx)
{
	struct turn *turn = &im->turns[im->now & im->mask];
	uint32_t row = turn->head;

	turn->head = NONE;
	while (row != NONE) {
		struct waiting *w = &im->waiting[row];
		uint32_t next = w->next;

		leave(im, &w->p, out, ctx);
		stress_frame_drop(w->p.frame);
		w->next = im->spare;
		im->spare = row;
		im->held--;
		row = next;
	}
}

bool stress_impair_put(struct stress_impair *im, const struct stress_packet *p, stress_out_fn *out,
		       void *ctx)
{
	bool lost = stress_random_percent(&im->random, im->what.loss);
	uint32_t distance = lost ? 0 : distance_of(im, p);

	im->now++;
	if (distance)
		hold_back(im, p, distance);
	else if (!lost)
		leave(im, p, out, ctx);
	leave_turn(im, out, ctx);
	return !lost;
}

void stress_impair_flush(struct stress_impair *im, stress_out_fn *out, void *ctx)
{
	while (im->held) {
		im->now++;
		leave_turn(im, out, ctx);
	}
}
