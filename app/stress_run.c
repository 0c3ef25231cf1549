/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/stress_run.h"

#include "app/bench_eal.h"
#include "app/stress_path.h"
#include "lib/base/clock.h"

#include <stdio.h>
#include <unistd.h>

enum {
	MEMORY_MB = 512,
	/* packets of a case: windows are filled that many times, and small ones for so long */
	ALONE_TURNS = 4,
	ALONE_LEAST = 60000,
	PATH_TURNS = 2,
	PATH_LEAST = 8000,
	MANY_PACKETS = 16000,
	PROGRESS_MS = 200,
	SWEEP_PACKETS = 300000,
};

struct run {
	const struct stress_options *o;
	struct stress_report *r;
	struct stress_path *path;
	uint64_t start_ms;
	uint64_t told_ms;
	unsigned n; /* cases there are */
};

static uint64_t packets_of(const struct stress_options *o, const struct stress_case *c)
{
	uint64_t turns = c->path ? PATH_TURNS : ALONE_TURNS;
	uint64_t least = c->path ? PATH_LEAST : ALONE_LEAST;

	if (o->packets)
		return o->packets;
	if (c->stream->sas)
		return MANY_PACKETS;
	return turns * c->window > least ? turns * c->window : least;
}

static void tell(struct run *run)
{
	uint64_t now = clock_now_ms();

	if (!isatty(STDERR_FILENO) || now - run->told_ms < PROGRESS_MS)
		return;
	run->told_ms = now;
	fprintf(stderr, "\rcase %u of %u, %.1f million packets, %.0f s ", run->r->cases, run->n,
		(double)run->r->received / 1e6, (double)(now - run->start_ms) / 1000);
}

static int run_case(struct run *run, struct stress_case *c, unsigned stream)
{
	struct stress_report *r = run->r;
	struct stress_sum *sum = &r->sums[stream][c->path];
	struct stress_outcome outcome;

	if (stress_case_run(c, run->path, &outcome))
		return -1;
	r->cases++;
	r->received += outcome.received;
	sum->cases++;
	sum->received += outcome.received;
	for (unsigned v = 0; v < STRESS_VERDICTS; v++) {
		sum->is[v] += outcome.is[v];
		sum->must[v] += outcome.must[v];
	}
	if (outcome.disagrees && !r->disagreements++) {
		r->first = *c;
		r->first_outcome = outcome;
	}
	tell(run);
	return 0;
}

/* Every choice there is in a case, or one that was made; counted down by step(). */
struct choice {
	unsigned stream;
	unsigned receiver;
	unsigned window; /* STRESS_WINDOWS is none */
	unsigned esn;
};

static bool wanted(const struct stress_options *o, const struct choice *at)
{
	const struct stress_stream *s = stress_stream_at(at->stream);
	uint32_t window = at->window < STRESS_WINDOWS ? stress_window_at(at->window) : 0;

	if ((o->stream && s != o->stream) || !(o->receivers >> at->receiver & 1))
		return false;
	if (s->rekey && at->receiver != 1)
		return false;
	if (s->sas) /* has every kind: one case */
		return at->window == 0 && at->esn == 0;
	if ((o->one_window && window != o->window) || (o->esn >= 0 && (int)at->esn != o->esn))
		return false;
	return window || !at->esn;
}

/* Takes turns so that every transform meets every window, with and without ESN. */
static unsigned suite_of(const struct stress_options *o, const struct choice *at)
{
	return o->suite >= 0 ? (unsigned)o->suite
			     : (at->stream + at->window + at->esn) % STRESS_SUITES;
}

static struct stress_case case_of(const struct stress_options *o, const struct choice *at)
{
	struct stress_case c = {
		.stream = stress_stream_at(at->stream),
		.path = at->receiver == 1,
		.window = at->window < STRESS_WINDOWS ? stress_window_at(at->window) : 0,
		.esn = at->esn,
		.suite = suite_of(o, at),
		.seed = o->seed,
		.bug = o->bug,
		.oracle_bug = o->oracle_bug,
	};

	c.packets = packets_of(o, &c);
	return c;
}

static bool step(struct choice *at)
{
	if (++at->esn < 2)
		return true;
	at->esn = 0;
	if (++at->window <= STRESS_WINDOWS)
		return true;
	at->window = 0;
	if (++at->receiver < STRESS_RECEIVERS)
		return true;
	at->receiver = 0;
	return stress_stream_at(++at->stream);
}

static int run_all(struct run *run)
{
	struct choice at = {0};

	do
		run->n += wanted(run->o, &at);
	while (step(&at));
	if (!run->n) {
		fprintf(stderr, "culvert-stress: no case has all of these options: stream rekey is "
				"for --receiver path, and mutants of the window for --receiver "
				"window\n");
		return -1;
	}
	at = (struct choice){0};
	do {
		struct stress_case c;

		if (!wanted(run->o, &at))
			continue;
		c = case_of(run->o, &at);
		if (run_case(run, &c, at.stream))
			return -1;
		/* a mutant was to be found, and was */
		if (run->r->disagreements && (c.bug || c.oracle_bug))
			break;
	} while (step(&at));
	return 0;
}

static int start_path(struct run *run)
{
	bool hugepages;

	if (!(run->o->receivers & STRESS_WHOLE_PATH))
		return 0;
	if (bench_eal_available_mb() < MEMORY_MB) {
		fprintf(stderr,
			"culvert-stress: %d MB are needed and %llu MB available: stop other "
			"programs, or ask for --receiver window\n",
			MEMORY_MB, (unsigned long long)bench_eal_available_mb());
		return -1;
	}
	if (bench_eal_start("culvert-stress", MEMORY_MB, &hugepages)) {
		fprintf(stderr, "culvert-stress: the DPDK environment does not start\n");
		return -1;
	}
	run->path = stress_path_create();
	return run->path ? 0 : -1;
}

int stress_run(const struct stress_options *o, struct stress_report *r)
{
	struct run run = {.o = o, .r = r, .start_ms = clock_now_ms()};
	int err = start_path(&run);

	*r = (struct stress_report){.o = o};
	if (!err)
		err = run_all(&run);
	r->seconds = (double)(clock_now_ms() - run.start_ms) / 1000;
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r%60s\r", "");
	stress_path_destroy(run.path);
	if (o->receivers & STRESS_WHOLE_PATH)
		bench_eal_stop();
	return err;
}

int stress_run_sweep(struct stress_report *r)
{
	for (unsigned w = 0; w < STRESS_WINDOWS; w++)
		for (unsigned d = 0; d < STRESS_SWEEP; d++) {
			struct stress_stream stream = {
				.name = "sweep",
				.what = {.reorder = 10},
				.distance = 1,
				.more_distance = (16 << d) - (int32_t)stress_window_at(w),
			};
			struct stress_case c = {
				.stream = &stream,
				.window = stress_window_at(w),
				.packets = SWEEP_PACKETS,
				.seed = r->o->seed,
			};
			struct stress_outcome outcome;

			if (stress_case_run(&c, NULL, &outcome))
				return -1;
			r->sweep[w][d] =
				100 * (double)outcome.is[STRESS_LATE] / (double)outcome.received;
		}
	return 0;
}
