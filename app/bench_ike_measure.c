/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_ike.h"

#include <errno.h>
#include <stdlib.h>

enum {
	STORM_LIMIT_MS = 120000,
	NS_PER_US = 1000
};

/* Of one repetition: ns in all. */
struct round {
	double both;
	double responder;
	double keygen;
	double derive;
};

/* In turn, so that whatever else runs on the machine is in all of them. */
static int one_round(const struct bench_ike_case *c, struct bench_ike_dh *dh, struct round *round)
{
	const struct bench_ike_setup setup = {c->group, c->hash, c->count};
	struct bench_ike_net *net = bench_ike_net_create(&setup);
	uint64_t keygen = 0, derive = 0;
	struct bench_ike_tally t;
	int err = net ? 0 : -ENOMEM;

	*round = (struct round){0};
	for (unsigned i = 0; err == 0 && i < c->count; i++) {
		err = bench_ike_net_call(net, i);
		if (err == 0) {
			bench_ike_net_settle(net);
			err = bench_ike_dh_once(dh, &keygen, &derive);
		}
		round->keygen += (double)keygen;
		round->derive += (double)derive;
	}
	if (!net)
		return err;
	t = bench_ike_net_tally(net);
	bench_ike_net_destroy(net);
	if (err == 0 && t.n_up != c->count)
		err = -EPROTO;
	round->responder = (double)t.responder_ns;
	round->both = (double)(t.responder_ns + t.caller_ns);
	return err;
}

static struct bench_span each(const struct bench_ike_case *c, const struct round *rounds,
			      double (*figure)(const struct round *round))
{
	double values[BENCH_IKE_REPETITIONS];

	for (unsigned i = 0; i < c->repetitions; i++)
		values[i] = figure(&rounds[i]) / c->count / NS_PER_US;
	return bench_span_of(values, c->repetitions);
}

static double both(const struct round *round)
{
	return round->both;
}

static double responder(const struct round *round)
{
	return round->responder;
}

static double keygen(const struct round *round)
{
	return round->keygen;
}

static double derive(const struct round *round)
{
	return round->derive;
}

static double bare(const struct round *round)
{
	return round->keygen + round->derive;
}

static double ratio(const struct bench_ike_case *c, const struct round *rounds)
{
	double values[BENCH_IKE_REPETITIONS];

	for (unsigned i = 0; i < c->repetitions; i++)
		values[i] = responder(&rounds[i]) / bare(&rounds[i]);
	return bench_span_of(values, c->repetitions).mid;
}

/* All peers of a hub come back in one moment. */
static int storm(const struct bench_ike_case *c, struct bench_ike_tally *tally)
{
	const struct bench_ike_setup setup = {c->group, c->hash, c->peers};
	struct bench_ike_net *net = bench_ike_net_create(&setup);
	int err = net ? 0 : -ENOMEM;

	for (unsigned i = 0; err == 0 && i < c->peers; i++)
		err = bench_ike_net_call(net, i);
	if (!net)
		return err;
	if (err == 0)
		bench_ike_net_run(net, STORM_LIMIT_MS);
	*tally = bench_ike_net_tally(net);
	bench_ike_net_destroy(net);
	return err == 0 && tally->n_up != c->peers ? -EPROTO : err;
}

int bench_ike_measure(const struct bench_ike_case *c, struct bench_ike_result *r)
{
	struct bench_ike_dh *dh = bench_ike_dh_create(c->group);
	struct round rounds[BENCH_IKE_REPETITIONS];
	struct round warm;
	int err = dh ? one_round(c, dh, &warm) : -EIO;

	*r = (struct bench_ike_result){0};
	for (unsigned i = 0; err == 0 && i < c->repetitions; i++)
		err = one_round(c, dh, &rounds[i]);
	bench_ike_dh_destroy(dh);
	if (err)
		return err;
	r->both = each(c, rounds, both);
	r->responder = each(c, rounds, responder);
	r->keygen = each(c, rounds, keygen);
	r->derive = each(c, rounds, derive);
	r->bare = each(c, rounds, bare);
	r->ratio = ratio(c, rounds);
	return c->peers ? storm(c, &r->storm) : 0;
}
