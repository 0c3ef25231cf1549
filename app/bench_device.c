/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_device.h"

#include <rte_ethdev.h>

#include <string.h>

enum {
	PORTS = 2
};

static uint16_t give(void *queue, struct rte_mbuf **m, uint16_t n)
{
	struct bench_queue *q = queue;

	n = (uint16_t)RTE_MIN(RTE_MIN(n, q->burst), BENCH_PACKETS - q->given);
	memcpy(m, q->feed + q->given, n * sizeof(*m));
	q->given += n;
	return n;
}

static uint16_t give_nothing(void *queue, struct rte_mbuf **m, uint16_t n)
{
	(void)queue;
	(void)m;
	(void)n;
	return 0;
}

static uint16_t take(void *queue, struct rte_mbuf **m, uint16_t n)
{
	struct bench_queue *q = queue;

	n = (uint16_t)RTE_MIN(n, BENCH_PACKETS - q->taken);
	memcpy(q->sunk + q->taken, m, n * sizeof(*m));
	q->taken += n;
	return n;
}

static uint16_t take_nothing(void *queue, struct rte_mbuf **m, uint16_t n)
{
	(void)queue;
	(void)m;
	(void)n;
	return 0;
}

void bench_device_attach(struct bench_queue *queues, unsigned n, uint16_t in, uint16_t out)
{
	static void *data[BENCH_WORKERS_MAX], *callbacks[BENCH_WORKERS_MAX];

	for (unsigned i = 0; i < n; i++) {
		data[i] = &queues[i];
		queues[i].given = queues[i].taken = BENCH_PACKETS;
	}
	for (uint16_t port = 0; port < PORTS; port++) {
		struct rte_eth_fp_ops *ops = &rte_eth_fp_ops[port];

		ops->rx_pkt_burst = port == in ? give : give_nothing;
		ops->tx_pkt_burst = port == out ? take : take_nothing;
		ops->rxq = ops->txq = (struct rte_ethdev_qdata){data, callbacks};
	}
}

void bench_device_rewind(struct bench_queue *q)
{
	q->given = q->taken = 0;
}
