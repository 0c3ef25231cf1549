/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_measure.h"

#include "app/bench_device.h"
#include "app/bench_gateway.h"
#include "app/bench_packets.h"
#include "app/bench_raw.h"
#include "app/bench_verify.h"
#include "dataplane/worker.h"
#include "lib/base/log.h"

#include <rte_cycles.h>
#include <rte_ethdev.h>

#include <errno.h>
#include <stdlib.h>

enum {
	PASSES = 40, /* of one repetition */
	TTL_BEFORE = 64,
	TTL_AFTER = 63,
	SERIES_EMPTY = BENCH_RAW_APIS,
	SERIES_PATH,
	SERIES,
};

struct bench {
	const struct bench_case *c;
	struct bench_gateway *gateway;
	struct bench_packets *packets;
	struct bench_raw *raw;
	struct bench_device device;
	uint16_t in;
	uint16_t out;
	double series[SERIES][BENCH_REPETITIONS]; /* cycles a packet */
};

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static struct bench_span span_of(const double *values, unsigned n)
{
	double sorted[PASSES] = {0};

	for (unsigned i = 0; i < n; i++)
		sorted[i] = values[i];
	qsort(sorted, n, sizeof(*sorted), compare);
	return (struct bench_span){sorted[n / 2], sorted[0], sorted[n - 1]};
}

static void run_path(struct bench *b)
{
	while (worker_once(b->gateway->dp.workers[0]))
		;
}

static void run_empty(struct bench *b)
{
	struct rte_mbuf *m[BENCH_BURST];
	uint16_t n;

	while ((n = rte_eth_rx_burst(b->in, 0, m, BENCH_BURST)))
		rte_eth_tx_burst(b->out, 0, m, n);
}

static double time_pass(struct bench *b, unsigned series)
{
	uint64_t start;

	if (series == SERIES_PATH)
		bench_packets_prepare(b->packets);
	else
		bench_packets_turn(b->packets);
	bench_device_rewind(&b->device);
	start = rte_rdtsc_precise();
	if (series == SERIES_PATH)
		run_path(b);
	else if (series == SERIES_EMPTY)
		run_empty(b);
	else
		bench_raw_pass(b->raw, series);
	return (double)(rte_rdtsc_precise() - start) / BENCH_PACKETS;
}

static int complain(const struct bench *b)
{
	const struct plane_stats_worker *stats = b->gateway->plane.stats_worker;

	for (unsigned reason = 0; reason < DROP_COUNT; reason++)
		if (stats->drops[reason])
			log_error("the path dropped %llu packets: %s",
				  (unsigned long long)stats->drops[reason], drop_name(reason));
	log_error("%u of %u packets came through", b->device.taken, BENCH_PACKETS);
	return -EIO;
}

static int time_series(struct bench *b, unsigned series, unsigned repetition)
{
	double passes[PASSES];

	for (unsigned i = 0; i < PASSES; i++) {
		passes[i] = time_pass(b, series);
		if (series == SERIES_PATH && b->device.taken != BENCH_PACKETS)
			return complain(b);
	}
	b->series[series][repetition] = span_of(passes, PASSES).mid;
	return 0;
}

/* One pass whose packets are all opened with OpenSSL: what goes in, and what comes out. */
static int verify(struct bench *b, struct bench_result *result)
{
	unsigned good = 0;

	bench_packets_prepare(b->packets);
	bench_device_rewind(&b->device);
	for (unsigned i = 0; b->c->inbound && i < BENCH_PACKETS; i++)
		if (!bench_verify_esp(b->packets, b->packets->m[i], TTL_BEFORE))
			goto wrong;
	run_path(b);
	if (b->device.taken != BENCH_PACKETS)
		return complain(b);
	for (unsigned i = 0; i < BENCH_PACKETS; i++, good++) {
		const struct rte_mbuf *m = b->device.sunk[i];

		if (!(b->c->inbound ? bench_verify_clear(b->packets, m, TTL_AFTER)
				    : bench_verify_esp(b->packets, m, TTL_AFTER)))
			goto wrong;
	}
	result->verified_packets += good;
	return 0;
wrong:
	log_error("a packet of the path is wrong: %u were right before it", good);
	return -EBADMSG;
}

static struct bench_span less(struct bench_span a, double by)
{
	return (struct bench_span){a.mid - by, a.min - by, a.max - by};
}

static void evaluate(const struct bench *b, struct bench_result *r)
{
	double bytes = 0;

	r->empty = span_of(b->series[SERIES_EMPTY], BENCH_REPETITIONS);
	r->path = less(span_of(b->series[SERIES_PATH], BENCH_REPETITIONS), r->empty.mid);
	for (unsigned api = 0; api < BENCH_RAW_APIS; api++) {
		struct bench_span raw = span_of(b->series[api], BENCH_REPETITIONS);

		if (api && raw.mid >= r->raw.mid)
			continue;
		r->raw = raw;
		r->raw_api = bench_raw_name(b->raw, api);
	}
	for (unsigned i = 0; i < BENCH_PACKETS; i++)
		bytes += b->packets->rows[i].inner;
	r->inner_bytes = bytes / BENCH_PACKETS;
}

static int run(struct bench *b, struct bench_result *result)
{
	int err = verify(b, result);

	for (unsigned i = 0; i < BENCH_REPETITIONS && !err; i++)
		for (unsigned series = 0; series < SERIES && !err; series++)
			err = time_series(b, series, i);
	if (!err)
		err = verify(b, result);
	if (!err)
		evaluate(b, result);
	return err;
}

int bench_measure(const struct bench_case *c, struct bench_result *result)
{
	struct bench b = {.c = c, .in = c->inbound, .out = !c->inbound};
	int err = -ENOMEM;

	*result = (struct bench_result){0};
	/* the gateway polls from its first command on */
	bench_device_attach(&b.device, b.in, b.out);
	b.gateway = bench_gateway_create(c);
	if (b.gateway)
		b.packets = bench_packets_create(c, b.gateway);
	if (b.packets)
		b.raw = bench_raw_create(b.packets);
	if (b.raw) {
		b.device.feed = b.packets->m;
		err = run(&b, result);
		bench_raw_destroy(b.raw);
	}
	if (b.packets)
		bench_packets_destroy(b.packets);
	if (b.gateway)
		bench_gateway_destroy(b.gateway);
	return err;
}
