/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_device.h"

#include <rte_ethdev.h>

#include <string.h>

enum {
	PORTS = 2
};

static uint16_t give(void *queue, struct rte_mbuf **m, uint16_t n)
{
	struct bench_device *d = queue;

	n = (uint16_t)RTE_MIN(RTE_MIN(n, BENCH_BURST), BENCH_PACKETS - d->given);
	memcpy(m, d->feed + d->given, n * sizeof(*m));
	d->given += n;
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
	struct bench_device *d = queue;

	n = (uint16_t)RTE_MIN(n, BENCH_PACKETS - d->taken);
	memcpy(d->sunk + d->taken, m, n * sizeof(*m));
	d->taken += n;
	return n;
}

static uint16_t take_nothing(void *queue, struct rte_mbuf **m, uint16_t n)
{
	(void)queue;
	(void)m;
	(void)n;
	return 0;
}

void bench_device_attach(struct bench_device *d, uint16_t in, uint16_t out)
{
	static void *queues[1], *callbacks[1];

	queues[0] = d;
	for (uint16_t port = 0; port < PORTS; port++) {
		struct rte_eth_fp_ops *ops = &rte_eth_fp_ops[port];

		ops->rx_pkt_burst = port == in ? give : give_nothing;
		ops->tx_pkt_burst = port == out ? take : take_nothing;
		ops->rxq = ops->txq = (struct rte_ethdev_qdata){queues, callbacks};
	}
	d->given = d->taken = BENCH_PACKETS;
}

void bench_device_rewind(struct bench_device *d)
{
	d->given = d->taken = 0;
}
