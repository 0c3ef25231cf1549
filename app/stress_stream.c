/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/stress_stream.h"

#include "app/stress_random.h"

#include <string.h>

enum {
	QUEUE = 1 << 18, /* a flush may let everything go at once */
	STARVED_PERCENT = 20,
	ZERO_EVERY = 100,
	FAR_JUMPS = 16,	 /* one jump of that many goes by 2^31 */
	LAST_JUMPS = 64, /* and one to the last number but one */
};

#define LAST_NUMBER 0xffffffffull

// clang-format off
static const struct stress_stream rows[] = {
	{.name = "in-order", .text = "nothing happens"},
	{.name = "loss", .text = "10 % get lost",
	 .what = {.loss = 10}},
	{.name = "loss-heavy", .text = "95 % get lost",
	 .what = {.loss = 95}},
	{.name = "duplicate", .text = "30 % arrive twice in a row",
	 .what = {.duplicate = 30}},
	{.name = "reorder-uniform", .text = "half fall behind, by up to 1.5 windows",
	 .what = {.reorder = 50}, .distance = 1.5},
	{.name = "reorder-geometric", .text = "30 % fall behind, by half a window in the mean",
	 .what = {.reorder = 30, .model = STRESS_GEOMETRIC}, .distance = .5},
	{.name = "reorder-burst", .text = "runs of 16 fall behind by a window",
	 .what = {.reorder = 30, .model = STRESS_RUNS}, .distance = 1},
	{.name = "two-path", .text = "half take a way that is 1.1 windows longer",
	 .what = {.reorder = 50, .model = STRESS_TWO_PATH}, .distance = 1.1},
	{.name = "qos-starved", .text = "a class of 20 % waits for 2 windows of others",
	 .what = {.model = STRESS_QOS}, .distance = 2},
	{.name = "edge-inside", .text = "5 % fall behind by the window less one",
	 .what = {.reorder = 5, .model = STRESS_TWO_PATH}, .distance = 1, .more_distance = -1},
	{.name = "edge-outside", .text = "5 % fall behind by the window",
	 .what = {.reorder = 5, .model = STRESS_TWO_PATH}, .distance = 1},
	{.name = "replay-now", .text = "half are replayed within 40 packets",
	 .what = {.replay = 50, .replay_spread = 40}},
	{.name = "replay-edge", .text = "half are replayed at the window's edge",
	 .what = {.replay = 50, .replay_spread = 4, .reorder = 1}, .distance = .5,
	 .age = 1, .more_age = -3},
	{.name = "replay-old", .text = "the first packets are replayed for ever",
	 .what = {.replay = 50, .replay_first = true}},
	{.name = "replay-all", .text = "the whole stream comes again, with what was lost before",
	 .what = {.loss = 10, .reorder = 10}, .distance = .5, .twice = true},
	{.name = "forge", .text = "half are preceded by a copy with a wrong ICV",
	 .what = {.forge = 50, .loss = 5, .reorder = 10}, .distance = 1.2},
	{.name = "forge-ahead", .text = "the same with numbers up to 2^31 ahead",
	 .what = {.forge = 50, .forge_ahead = true, .reorder = 10}, .distance = .9},
	{.name = "jump", .text = "jumps by a window, more or less one, by two, by 2^31, to 2^32-2",
	 .what = {.reorder = 20, .replay = 10, .replay_spread = 64}, .distance = .5, .jump = 1},
	{.name = "wrap", .text = "numbers go across 2^32",
	 .what = {.loss = 2, .reorder = 30, .replay = 10}, .distance = .9, .age = .5,
	 .near_wrap = true},
	{.name = "wrap-jump", .text = "jumps and old packets around 2^32",
	 .what = {.reorder = 20, .replay = 30, .replay_spread = 200}, .distance = 2,
	 .age = .9, .jump = 2, .near_wrap = true},
	{.name = "zero", .text = "number 0, first and again",
	 .what = {.reorder = 10}, .distance = .2, .zero = true},
	{.name = "rekey", .text = "the SA is replaced; packets of the old one are replayed",
	 .what = {.reorder = 20, .replay = 30, .replay_spread = 2000}, .distance = .5,
	 .rekey = true},
	{.name = "everything", .text = "all of it at once",
	 .what = {.loss = 5, .duplicate = 5, .reorder = 20, .model = STRESS_GEOMETRIC,
		  .replay = 10, .replay_spread = 300, .forge = 10, .forge_ahead = true},
	 .distance = .4, .age = .9, .jump = .1, .zero = true},
	{.name = "many-sas", .text = "all of it on 64 SAs with every window and transform",
	 .what = {.loss = 5, .duplicate = 5, .reorder = 20, .replay = 10, .replay_spread = 300,
		  .forge = 10},
	 .distance = 1.2, .age = .9, .jump = .1, .sas = STRESS_SAS},
};
// clang-format on

const struct stress_stream *stress_stream_at(unsigned i)
{
	return i < array_len(rows) ? &rows[i] : NULL;
}

const struct stress_stream *stress_stream_find(const char *name)
{
	for (unsigned i = 0; i < array_len(rows); i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

/* One sender and the network between it and us. */
struct source {
	uint32_t window;
	bool esn;
	uint64_t next; /* number */
	uint64_t first;
	uint64_t left; /* packets, the second half of `twice` included */
	uint64_t half; /* left when it begins again */
	uint8_t generation;
	struct stress_impair *impair;
};

struct stress_traffic {
	const struct stress_stream *stream;
	struct stress_random random;
	unsigned n_sas;
	struct source sources[STRESS_SAS];
	uint64_t left;	    /* packets of all sources */
	uint8_t generation; /* that has arrived */
	uint32_t head;
	uint32_t n;
	struct stress_packet *queue; /* ring of QUEUE: arrived */
};

static struct stress_impairment scaled(const struct stress_stream *s, uint32_t window)
{
	struct stress_impairment what = s->what;
	double size = window ? window : 1024; /* off: any will do */

	what.distance = (uint32_t)(s->distance * size + s->more_distance);
	what.replay_age = (uint32_t)(s->age * size + s->more_age);
	return what;
}

static bool open_source(struct stress_traffic *t, const struct stress_traffic_options *o,
			unsigned i)
{
	struct stress_impairment what = scaled(o->stream, o->windows[i]);
	struct source *s = &t->sources[i];

	*s = (struct source){
		.window = o->windows[i],
		.esn = o->esn[i],
		.first = o->stream->zero ? 0 : 1,
		.left = o->packets,
	};
	if (o->stream->near_wrap)
		s->first = LAST_NUMBER - s->left / 2;
	s->next = s->first;
	s->half = o->stream->twice || o->stream->rekey ? s->left / 2 : 0;
	s->impair = stress_impair_create(&what, stress_random_next(&t->random));
	t->left += s->left;
	return s->impair;
}

struct stress_traffic *stress_stream_open(const struct stress_traffic_options *o)
{
	struct stress_traffic *t = calloc(1, sizeof(*t));
	bool good;

	if (!t)
		return NULL;
	t->stream = o->stream;
	t->random.state = o->seed;
	t->n_sas = o->stream->sas ? o->stream->sas : 1;
	t->queue = malloc(QUEUE * sizeof(*t->queue));
	good = t->queue;
	for (unsigned i = 0; i < t->n_sas && good; i++)
		good = open_source(t, o, i);
	if (good)
		return t;
	stress_stream_close(t);
	return NULL;
}

void stress_stream_close(struct stress_traffic *t)
{
	for (unsigned i = 0; i < t->n_sas; i++)
		stress_impair_destroy(t->sources[i].impair);
	free(t->queue);
	free(t);
}

static uint64_t jump_of(struct stress_traffic *t, const struct source *s)
{
	uint64_t w = s->window ? s->window : 64;
	const uint64_t by[] = {w - 1, w, w + 1, 2 * w, 63, 64, 65, 1 + w / 2};

	if (stress_random_below(&t->random, LAST_JUMPS) == 0 && s->next < LAST_NUMBER - 1)
		return LAST_NUMBER - 1 - s->next;
	if (stress_random_below(&t->random, FAR_JUMPS) == 0)
		return 1ull << 31;
	return by[stress_random_below(&t->random, array_len(by))];
}

/* What the sender sends next. A sender without ESN that must stop at the last number goes on. */
static uint64_t next_number(struct stress_traffic *t, struct source *s)
{
	uint64_t jump;

	if (t->stream->zero && s->next && stress_random_below(&t->random, ZERO_EVERY) == 0)
		return 0;
	if (s->half && s->left == s->half) {
		s->next = s->first;
		s->generation += t->stream->rekey;
	}
	if (stress_random_percent(&t->random, t->stream->jump)) {
		jump = jump_of(t, s);
		if (s->esn || s->next + jump < LAST_NUMBER)
			s->next += jump;
	}
	return s->next++;
}

static void arrive(void *ctx, const struct stress_packet *p)
{
	struct stress_traffic *t = ctx;

	/* what finds no room never arrives */
	if (t->n < QUEUE)
		t->queue[(t->head + t->n++) % QUEUE] = *p;
}

static void send_one(struct stress_traffic *t)
{
	uint32_t i = stress_random_below(&t->random, t->n_sas);
	struct source *s = &t->sources[i];
	struct stress_packet p = {.flow = i};

	while (!s->left) {
		i = (i + 1) % t->n_sas;
		s = &t->sources[i];
	}
	p.flow = i;
	p.seq = next_number(t, s);
	p.generation = s->generation;
	p.starved = stress_random_percent(&t->random, STARVED_PERCENT);
	s->left--;
	t->left--;
	stress_impair_put(s->impair, &p, arrive, t);
	if (!s->left)
		stress_impair_flush(s->impair, arrive, t);
}

unsigned stress_stream_burst(struct stress_traffic *t, struct stress_packet *p)
{
	unsigned n = 1 + stress_random_below(&t->random, STRESS_BURST);

	while (t->n < n && t->left)
		send_one(t);
	n = t->n < n ? t->n : n;
	for (unsigned i = 0; i < n; i++) {
		p[i] = t->queue[(t->head + i) % QUEUE];
		if (p[i].generation <= t->generation)
			continue;
		if (i) {
			n = i;
			break;
		}
		t->generation = p[i].generation;
	}
	t->head = (t->head + n) % QUEUE;
	t->n -= n;
	return n;
}
