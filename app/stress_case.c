/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/stress_case.h"

#include "app/stress_path.h"
#include "lib/base/log.h"

#include <errno.h>
#include <string.h>

static const struct {
	struct alg_suite suite;
	const char *name;
} suites[STRESS_SUITES] = {
	{{ALG_CIPHER_GCM_128, ALG_HASH_NONE}, "esp-gcm"},
	{{ALG_CIPHER_AES_128, ALG_HASH_SHA1}, "esp-aes esp-sha-hmac"},
	{{ALG_CIPHER_NULL, ALG_HASH_SHA256}, "esp-null esp-sha256-hmac"},
};

struct alg_suite stress_case_suite(unsigned i)
{
	return suites[i].suite;
}

const char *stress_case_suite_name(unsigned i)
{
	return suites[i].name;
}

uint32_t stress_case_window(const struct stress_case *c, unsigned sa)
{
	unsigned i = sa % (STRESS_WINDOWS + 1);

	if (!c->stream->sas)
		return c->window;
	return i < STRESS_WINDOWS ? stress_window_at(i) : 0;
}

bool stress_case_esn(const struct stress_case *c, unsigned sa)
{
	if (!c->stream->sas)
		return c->esn;
	/* RFC 4303 section 3.3.3: no extended numbers without a window */
	return sa / 2 % 2 && stress_case_window(c, sa);
}

struct alg_suite stress_case_suite_of(const struct stress_case *c, unsigned sa)
{
	return suites[c->stream->sas ? sa % STRESS_SUITES : c->suite].suite;
}

/* The window alone, used as the inbound path uses it. */
static void judge_alone(struct stress_window *windows, const struct stress_case *c,
			const struct stress_packet *p, unsigned n, enum stress_verdict *verdicts)
{
	uint64_t numbers[STRESS_BURST];

	for (unsigned i = 0; i < n; i++) {
		struct stress_window *w = &windows[p[i].flow];

		numbers[i] =
			stress_window_number(w, (uint32_t)p[i].seq, stress_case_esn(c, p[i].flow));
		verdicts[i] = numbers[i] ? stress_verdict_of(stress_window_check(w, numbers[i]))
					 : STRESS_ZERO;
		if (w->bug == STRESS_BUG_UNPROVEN && verdicts[i] == STRESS_ACCEPTED)
			stress_window_update(w, numbers[i]);
	}
	for (unsigned i = 0; i < n; i++) {
		struct stress_window *w = &windows[p[i].flow];

		if (verdicts[i] != STRESS_ACCEPTED)
			continue;
		if (p[i].kind == STRESS_FORGED ||
		    (stress_case_esn(c, p[i].flow) && numbers[i] != p[i].seq))
			verdicts[i] = STRESS_AUTH;
		else if (w->bug != STRESS_BUG_ONCE && w->bug != STRESS_BUG_UNPROVEN)
			verdicts[i] = stress_verdict_of(stress_window_check(w, numbers[i]));
		if (verdicts[i] == STRESS_ACCEPTED)
			stress_window_update(w, numbers[i]);
	}
}

static void compare(struct stress_outcome *o, const struct stress_packet *p, unsigned n,
		    const enum stress_verdict *is, const enum stress_verdict *must)
{
	for (unsigned i = 0; i < n; i++) {
		o->is[is[i]]++;
		o->must[must[i]]++;
		if (is[i] == must[i] || o->disagrees)
			continue;
		o->disagrees = true;
		o->index = o->received + i;
		o->packet = p[i];
		o->is_first = is[i];
		o->must_first = must[i];
	}
	o->received += n;
}

/* Everything a case needs while it runs. */
struct run {
	const struct stress_case *c;
	struct stress_path *path;
	unsigned n_sas;
	uint8_t generation;
	struct stress_traffic *traffic;
	struct stress_oracle oracles[STRESS_SAS];
	struct stress_window windows[STRESS_SAS];
};

static int open_run(struct run *r)
{
	struct stress_traffic_options t = {
		.stream = r->c->stream,
		.packets = r->c->packets,
		/* other packets for each window */
		.seed = r->c->seed + ((uint64_t)r->c->window << 33) + ((uint64_t)r->c->esn << 32),
	};
	int err = 0;

	for (unsigned i = 0; i < r->n_sas && !err; i++) {
		t.windows[i] = stress_case_window(r->c, i);
		t.esn[i] = stress_case_esn(r->c, i);
		err = stress_oracle_init(&r->oracles[i], t.windows[i], t.esn[i], r->c->oracle_bug);
		if (!err)
			err = stress_window_init(&r->windows[i], r->c->bug, t.windows[i]);
	}
	if (err)
		return err;
	r->traffic = stress_stream_open(&t);
	if (!r->traffic)
		return -ENOMEM;
	return r->c->path ? stress_path_begin(r->path, r->c, r->n_sas) : 0;
}

static void close_run(struct run *r)
{
	for (unsigned i = 0; i < r->n_sas; i++) {
		stress_oracle_fini(&r->oracles[i]);
		stress_window_fini(&r->windows[i]);
	}
	if (r->traffic)
		stress_stream_close(r->traffic);
}

/* The first packet of the next generation is here: one SA, and the path knows how. */
static int replace_sa(struct run *r, uint8_t generation)
{
	struct stress_oracle *o = &r->oracles[0];
	uint32_t window = o->window;
	bool esn = o->esn;
	int err;

	stress_oracle_fini(o);
	err = stress_oracle_init(o, window, esn, r->c->oracle_bug);
	o->generation = r->generation = generation;
	return err ? err : stress_path_rekey(r->path, r->c);
}

int stress_case_run(const struct stress_case *c, struct stress_path *path,
		    struct stress_outcome *outcome)
{
	struct run r = {.c = c, .path = path, .n_sas = c->stream->sas ? c->stream->sas : 1};
	enum stress_verdict is[STRESS_BURST], must[STRESS_BURST];
	struct stress_packet p[STRESS_BURST];
	int err = open_run(&r);
	unsigned n;

	*outcome = (struct stress_outcome){0};
	while (!err && !outcome->disagrees && (n = stress_stream_burst(r.traffic, p))) {
		if (p[0].generation > r.generation)
			err = replace_sa(&r, p[0].generation);
		if (!err)
			err = stress_oracle_judge(r.oracles, p, n, must);
		if (!err && c->path)
			err = stress_path_judge(path, p, n, must, is);
		else if (!err)
			judge_alone(r.windows, c, p, n, is);
		if (!err)
			compare(outcome, p, n, is, must);
	}
	if (err == -ENOMEM)
		log_error("out of memory");
	close_run(&r);
	return err;
}
