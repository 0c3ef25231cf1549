/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/stress_path.h"

#include "app/bench_gateway.h"
#include "app/stress_seal.h"
#include "dataplane/worker.h"
#include "lib/base/log.h"
#include "lib/esp/esp.h"
#include "lib/net/ip.h"
#include "lib/plane/plane_ring.h"

#include <rte_ethdev.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	ETHERNET = 14,
	ROUNDS = 10000, /* in which every packet must have come to its end */
	GENERATIONS = 255,
};

/* What a packet protects: enough to know it again. */
struct inner {
	struct ip_v4 ip;
	struct ip_udp udp;
	uint64_t place; /* in its burst */
	uint64_t seq;
} wire_packed;

struct stress_path {
	struct bench_case c;
	struct bench_gateway *gateway;
	unsigned n_sas;
	uint8_t generation;
	struct plane_sa sas[STRESS_SAS];
	struct stress_seal seals[STRESS_SAS];
	bool rekeyed;
	struct stress_seal old; /* of SA 0 before it was replaced */
	struct inner inners[STRESS_SAS];
	uint32_t forged; /* packets, so that each has another bit wrong */
	/* the devices */
	unsigned given;
	unsigned n_feed;
	unsigned taken;
	struct rte_mbuf *feed[STRESS_BURST];
	struct rte_mbuf *sunk[STRESS_BURST];
};

static uint16_t give(void *queue, struct rte_mbuf **m, uint16_t n)
{
	struct stress_path *path = queue;

	n = (uint16_t)RTE_MIN(n, path->n_feed - path->given);
	memcpy(m, path->feed + path->given, n * sizeof(*m));
	path->given += n;
	return n;
}

static uint16_t give_nothing(void *, struct rte_mbuf **, uint16_t)
{
	return 0;
}

static uint16_t take(void *queue, struct rte_mbuf **m, uint16_t n)
{
	struct stress_path *path = queue;

	n = (uint16_t)RTE_MIN(n, STRESS_BURST - path->taken);
	memcpy(path->sunk + path->taken, m, n * sizeof(*m));
	path->taken += n;
	return n;
}

static void attach(struct stress_path *path)
{
	static void *queues[1], *callbacks[1];

	queues[0] = path;
	for (unsigned port = 0; port < BENCH_PORTS; port++) {
		struct rte_eth_fp_ops *ops = &rte_eth_fp_ops[port];

		ops->rx_pkt_burst = port == BENCH_OUTSIDE ? give : give_nothing;
		ops->tx_pkt_burst = take;
		ops->rxq = ops->txq = (struct rte_ethdev_qdata){queues, callbacks};
	}
}

struct stress_path *stress_path_create(void)
{
	struct stress_path *path = calloc(1, sizeof(*path));

	if (!path)
		return NULL;
	path->c = (struct bench_case){
		.suite = {ALG_CIPHER_GCM_128, ALG_HASH_NONE},
		.inbound = true,
		.sas = STRESS_SAS,
		.policies = STRESS_SAS,
		.workers = 1,
		.burst = STRESS_BURST,
		.window = REPLAY_MIN,
	};
	/* the gateway polls from its first command on */
	attach(path);
	path->generation = 1; /* as it installs them */
	path->gateway = bench_gateway_create(&path->c);
	for (unsigned i = 0; path->gateway && i < STRESS_SAS; i++)
		path->sas[i] = bench_gateway_sa(path->gateway, &path->c, i);
	if (path->gateway)
		return path;
	free(path);
	return NULL;
}

static void forget_old(struct stress_path *path)
{
	if (path->rekeyed)
		stress_seal_fini(&path->old);
	path->rekeyed = false;
}

void stress_path_destroy(struct stress_path *path)
{
	if (!path)
		return;
	for (unsigned i = 0; i < path->n_sas; i++)
		stress_seal_fini(&path->seals[i]);
	forget_old(path);
	bench_gateway_destroy(path->gateway);
	free(path);
}

static int command(struct stress_path *path, struct plane_msg *msg)
{
	struct plane *plane = &path->gateway->plane;
	int err;

	/* events nobody waits for */
	for (struct plane_msg event; plane_ring_recv(plane->from_worker[0], &event) == 1;)
		;
	err = plane_ring_send(plane->to_worker[0], msg);
	worker_once(path->gateway->dp.workers[0]);
	if (!err && plane_ring_recv(plane->from_worker[0], msg) != 1)
		err = -EPROTO;
	return err ? err : msg->ack.error;
}

static int replace_sa(struct stress_path *path, const struct stress_case *c, unsigned i)
{
	struct plane_sa *sa = &path->sas[i];
	struct plane_msg gone = {
		.type = PLANE_SA_IN_REMOVE,
		.remove = {.spi = sa->spi, .pair = sa->pair, .tunnel = sa->tunnel},
	};
	struct plane_msg next = {.type = PLANE_SA_IN_INSTALL};
	struct bench_case kind = path->c;
	int err = command(path, &gone);

	if (err)
		return err;
	kind.suite = stress_case_suite_of(c, i);
	kind.window = stress_case_window(c, i);
	*sa = bench_gateway_sa(path->gateway, &kind, i);
	sa->spi = plane_spi_make(path->generation, 0, i);
	sa->flags = stress_case_esn(c, i) ? PLANE_SA_ESN : 0;
	sa->key[0] ^= path->generation;
	sa->auth[0] ^= path->generation;
	next.sa = *sa;
	return command(path, &next);
}

static void fill_inner(struct stress_path *path, unsigned i)
{
	struct inner *inner = &path->inners[i];

	*inner = (struct inner){
		.udp =
			{
				.src_port_be = __builtin_bswap16(5000),
				.dst_port_be = __builtin_bswap16(6000),
				.len_be = __builtin_bswap16(sizeof(*inner) - sizeof(inner->ip)),
			},
	};
	ip_build_v4(&inner->ip, __builtin_bswap32(bench_gateway_far(path->gateway, i)),
		    __builtin_bswap32(BENCH_HOST), IP_PROTO_UDP, 0, 64, sizeof(*inner), 1, false);
}

static void next_generation(struct stress_path *path)
{
	path->generation = (uint8_t)(path->generation % GENERATIONS + 1);
}

int stress_path_rekey(struct stress_path *path, const struct stress_case *c)
{
	int err;

	forget_old(path);
	next_generation(path);
	path->old = path->seals[0];
	path->rekeyed = true;
	err = replace_sa(path, c, 0);
	return err ? err : stress_seal_init(&path->seals[0], &path->sas[0]);
}

int stress_path_begin(struct stress_path *path, const struct stress_case *c, unsigned n_sas)
{
	int err = 0;

	for (unsigned i = 0; i < path->n_sas; i++)
		stress_seal_fini(&path->seals[i]);
	forget_old(path);
	path->n_sas = 0;
	next_generation(path);
	for (unsigned i = 0; i < n_sas && !err; i++) {
		err = replace_sa(path, c, i);
		if (!err)
			err = stress_seal_init(&path->seals[i], &path->sas[i]);
		fill_inner(path, i);
		path->n_sas = i + 1;
	}
	if (err)
		log_error("the data plane refuses an SA of stream %s: %s", c->stream->name,
			  strerror(-err));
	return err;
}

/* The packet as it comes from the far end. False when OpenSSL fails. */
static bool make(struct stress_path *path, const struct stress_packet *p, unsigned place,
		 struct rte_mbuf *m)
{
	uint8_t *frame = rte_pktmbuf_mtod(m, uint8_t *), *esp = frame + ETHERNET + ESP_OUTER_V4;
	struct inner *inner = &path->inners[p->flow];
	struct stress_seal *seal =
		path->rekeyed && !p->generation ? &path->old : &path->seals[p->flow];
	struct ip_v4 outer;
	unsigned len;

	inner->place = place;
	inner->seq = p->seq;
	len = stress_seal_packet(seal, p->seq, (const uint8_t *)inner, sizeof(*inner), esp);
	if (p->kind == STRESS_FORGED) {
		unsigned bit = path->forged++ % ((len - ESP_HEADER) * 8);

		esp[ESP_HEADER + bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	bench_gateway_ethernet(frame, BENCH_OUTSIDE, true);
	ip_build_v4(&outer, __builtin_bswap32(BENCH_PEER), __builtin_bswap32(BENCH_LOCAL),
		    IP_PROTO_ESP, 0, 64, (uint16_t)(sizeof(outer) + len), 1, false);
	memcpy(frame + ETHERNET, &outer, sizeof(outer));
	m->data_len = (uint16_t)(ETHERNET + sizeof(outer) + len);
	m->pkt_len = m->data_len;
	return len;
}

static void read_drops(const struct stress_path *path, uint64_t *drops)
{
	static const struct {
		enum drop_reason reason;
		enum stress_verdict verdict;
	} map[] = {
		{DROP_ESP_REPLAY_LATE, STRESS_LATE}, {DROP_ESP_REPLAY_SEEN, STRESS_SEEN},
		{DROP_ESP_AUTH, STRESS_AUTH},	     {DROP_ESP_SEQ0, STRESS_ZERO},
		{DROP_ESP_NO_SA, STRESS_NO_SA},
	};
	const uint64_t *counts = path->gateway->plane.stats_worker->drops;

	memset(drops, 0, STRESS_VERDICTS * sizeof(*drops));
	for (unsigned reason = 0; reason < DROP_COUNT; reason++)
		drops[STRESS_OTHER] += counts[reason];
	for (unsigned i = 0; i < array_len(map); i++) {
		drops[map[i].verdict] = counts[map[i].reason];
		drops[STRESS_OTHER] -= counts[map[i].reason];
	}
}

/* Until every packet was sent on or dropped; drops by verdict since before. */
static void carry(struct stress_path *path, unsigned n, const uint64_t *before, uint64_t *drops)
{
	uint64_t ended = 0;

	for (unsigned round = 0; round < ROUNDS && ended < n; round++) {
		worker_once(path->gateway->dp.workers[0]);
		read_drops(path, drops);
		ended = path->taken;
		for (unsigned v = 0; v < STRESS_VERDICTS; v++)
			ended += drops[v] -= before[v];
	}
	drops[STRESS_OTHER] += n - ended; /* vanished */
}

/* What came out, by place; one that is not as it went in counts as something else. */
static void collect(const struct stress_path *path, const struct stress_packet *p, unsigned n,
		    enum stress_verdict *is)
{
	for (unsigned i = 0; i < path->taken; i++) {
		const struct inner *got =
			rte_pktmbuf_mtod_offset(path->sunk[i], const struct inner *, ETHERNET);
		uint64_t place = got->place;
		bool good = path->sunk[i]->data_len == ETHERNET + sizeof(*got) && place < n;

		if (!good)
			continue;
		good = is[place] == STRESS_VERDICTS && got->seq == p[place].seq &&
		       got->ip.src_be == path->inners[p[place].flow].ip.src_be;
		is[place] = good ? STRESS_ACCEPTED : STRESS_OTHER;
	}
}

/* Names the refused: as must says while the counts allow it, then what is left. */
static void name_refused(const enum stress_verdict *must, unsigned n, uint64_t *drops,
			 enum stress_verdict *is)
{
	for (unsigned i = 0; i < n; i++)
		if (is[i] == STRESS_VERDICTS && must[i] != STRESS_ACCEPTED && drops[must[i]]) {
			is[i] = must[i];
			drops[must[i]]--;
		}
	for (unsigned i = 0; i < n; i++)
		for (unsigned v = STRESS_LATE; is[i] == STRESS_VERDICTS; v++) {
			if (v == STRESS_VERDICTS - 1 || drops[v]) {
				is[i] = v;
				drops[v] -= drops[v] > 0;
			}
		}
}

int stress_path_judge(struct stress_path *path, const struct stress_packet *p, unsigned n,
		      const enum stress_verdict *must, enum stress_verdict *is)
{
	uint64_t before[STRESS_VERDICTS], drops[STRESS_VERDICTS];
	int err = rte_pktmbuf_alloc_bulk(path->gateway->dp.pool, path->feed, n) ? -ENOMEM : 0;

	for (unsigned i = 0; i < n && !err; i++) {
		is[i] = STRESS_VERDICTS;
		err = make(path, &p[i], i, path->feed[i]) ? 0 : -EIO;
	}
	if (err) {
		log_error("a packet cannot be made: %s", strerror(-err));
		return err;
	}
	read_drops(path, before);
	path->given = path->taken = 0;
	path->n_feed = n;
	carry(path, n, before, drops);
	collect(path, p, n, is);
	rte_pktmbuf_free_bulk(path->sunk, path->taken);
	name_refused(must, n, drops, is);
	return 0;
}
