/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_gateway.h"

#include "dataplane/pool.h"
#include "dataplane/sa_table.h"
#include "dataplane/worker.h"
#include "lib/base/log.h"
#include "lib/plane/plane_ring.h"

#include <rte_malloc.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	ETHERNET = 14,
	FAR_BITS = 26,
	POLICY_BYTES = 4096, /* what the lookup structure takes for a line, roughly */
};

#define FAR_NET 0x0b000000u

static uint32_t far_net(uint32_t policy)
{
	return FAR_NET + (policy << (32 - FAR_BITS));
}

uint32_t bench_gateway_far(const struct bench_gateway *g, uint32_t i)
{
	return far_net(g->first_policy + i) + 10;
}

void bench_gateway_ethernet(uint8_t *header, unsigned port, bool to_us)
{
	const uint8_t us[6] = {2, 0, 0, 0, 0, (uint8_t)port}, them[6] = {2, 9, 0, 0, 0, 9};

	memcpy(header, to_us ? us : them, 6);
	memcpy(header + 6, to_us ? them : us, 6);
	memcpy(header + 12, (uint8_t[]){8, 0}, 2);
}

static void set_port(struct port *p, unsigned port)
{
	*p = (struct port){
		.id = (uint16_t)port,
		.n_rx_queues = 1,
		.n_tx_queues = 1,
		.mtu = 1500,
		.up = true,
		.crypto_map = port == BENCH_OUTSIDE,
		.own = addr_v4(port == BENCH_OUTSIDE ? BENCH_LOCAL : 0xc0a80001),
	};
	memcpy(p->mac, (uint8_t[]){2, 0, 0, 0, 0, (uint8_t)port}, 6);
	p->network = prefix_make(&p->own, port == BENCH_OUTSIDE ? 24 : 16);
	snprintf(p->name, sizeof(p->name), "GigabitEthernet0/%u", port);
}

static int add_routes(struct route_table *t)
{
	static const struct {
		uint32_t dst;
		uint8_t len;
		uint8_t kind;
		uint8_t port;
	} rows[] = {
		{BENCH_LOCAL, 32, ROUTE_LOCAL, BENCH_OUTSIDE},
		{BENCH_PEER, 32, ROUTE_FORWARD, BENCH_OUTSIDE},
		{FAR_NET, 8, ROUTE_FORWARD, BENCH_OUTSIDE},
		{0xc0a80000, 16, ROUTE_GLEAN, BENCH_INSIDE},
		{0xc0a80001, 32, ROUTE_LOCAL, BENCH_INSIDE},
		{BENCH_HOST, 32, ROUTE_FORWARD, BENCH_INSIDE},
	};
	int err = 0;

	for (size_t i = 0; i < array_len(rows) && !err; i++) {
		struct addr a = addr_v4(rows[i].dst);
		struct prefix prefix = prefix_make(&a, rows[i].len);
		struct route_next_hop nh = {
			.kind = rows[i].kind, .port = rows[i].port, .mtu = 1500};

		bench_gateway_ethernet(nh.ethernet, rows[i].port, false);
		err = route_set(t, &prefix, &nh);
	}
	return err;
}

static int add_policy(struct bench_gateway *g, const struct bench_case *c)
{
	struct plane_rule *rules = calloc(c->policies, sizeof(*rules));
	uint8_t *ports = malloc(c->policies);
	struct addr here = addr_v4(0xc0a80000);
	struct policy *p = NULL;

	for (uint32_t i = 0; rules && ports && i < c->policies; i++) {
		struct addr there = addr_v4(far_net(i));

		ports[i] = BENCH_OUTSIDE;
		rules[i] = (struct plane_rule){
			.action = PLANE_RULE_PROTECT,
			.entry = i + 1,
			.src = prefix_make(&here, 16),
			.dst = prefix_make(&there, FAR_BITS),
			.src_port = {0, UINT16_MAX},
			.dst_port = {0, UINT16_MAX},
			.tunnel = i - g->first_policy,
			.hit_line = i,
		};
	}
	if (rules && ports)
		p = policy_create(rules, ports, c->policies);
	free(rules);
	free(ports);
	if (!p)
		return -ENOMEM;
	policy_destroy(atomic_exchange(&g->dp.policy, p));
	return 0;
}

struct plane_sa bench_gateway_sa(const struct bench_gateway *g, const struct bench_case *c,
				 uint32_t i)
{
	struct addr here = addr_v4(0xc0a80000), there = addr_v4(far_net(g->first_policy + i));
	struct plane_sa sa = {
		.spi = plane_spi_make(1, 0, i),
		.pair = i,
		.tunnel = i,
		.local = addr_v4(BENCH_LOCAL),
		.remote = addr_v4(BENCH_PEER),
		.selector = {.local = prefix_make(&here, 16),
			     .remote = prefix_make(&there, FAR_BITS)},
		.suite = c->suite,
		.replay_window = c->window,
		.key_bytes = alg_cipher_row(c->suite.cipher)->key_bytes,
		.salt_bytes = alg_cipher_row(c->suite.cipher)->salt_bytes,
		.auth_bytes = alg_hash_row(c->suite.hash)->key_bytes,
	};

	for (unsigned k = 0; k < sizeof(sa.key); k++)
		sa.key[k] = (uint8_t)(k * 7 + (i >> (k % 3 * 8)));
	for (unsigned k = 0; k < sizeof(sa.auth); k++)
		sa.auth[k] = (uint8_t)(k * 13 + (i >> (k % 3 * 8)));
	memcpy(sa.salt, &i, sizeof(sa.salt));
	return sa;
}

static int add_sas(struct bench_gateway *g, const struct bench_case *c)
{
	int err = 0;

	for (uint32_t i = 0; i < c->sas && !err; i++) {
		struct plane_msg msg = {
			.type = c->inbound ? PLANE_SA_IN_INSTALL : PLANE_SA_OUT_INSTALL,
			.sa = bench_gateway_sa(g, c, i),
		};

		err = plane_ring_send(g->plane.to_worker[0], &msg);
		worker_once(g->dp.workers[0]);
		if (!err && plane_ring_recv(g->plane.from_worker[0], &msg) != 1)
			err = -EPROTO;
		err = err ? err : msg.ack.error;
	}
	return err;
}

struct bench_gateway *bench_gateway_create(const struct bench_case *c)
{
	struct plane_params params = {.n_workers = 1, .n_slots = c->sas, .n_tunnels = c->policies};
	struct bench_gateway *g = rte_zmalloc(NULL, sizeof(*g), 64);
	static unsigned n;
	char name[32];

	if (!g)
		goto err;
	if (plane_layout_create(&g->plane, &params, "bench", "/tmp"))
		goto err_free;
	g->first_policy = c->policies - c->sas;
	g->dp.plane = &g->plane;
	snprintf(name, sizeof(name), "bench%u", n++);
	g->dp.pool = pool_create(name, BENCH_PACKETS * 2);
	g->dp.n_ports = BENCH_PORTS;
	g->dp.n_workers = 1;
	for (unsigned port = 0; port < BENCH_PORTS; port++)
		set_port(&g->dp.ports[port], port);
	if (!g->dp.pool || dataplane_init(&g->dp))
		goto err_plane;
	if (add_routes(g->dp.routes) || add_policy(g, c) || add_sas(g, c)) {
		bench_gateway_destroy(g);
		goto err;
	}
	return g;
err_plane:
	rte_mempool_free(g->dp.pool);
	plane_layout_fini(&g->plane);
err_free:
	rte_free(g);
err:
	log_error("no gateway with %u SAs and %u policies: out of memory", c->sas, c->policies);
	return NULL;
}

void bench_gateway_destroy(struct bench_gateway *g)
{
	dataplane_fini(&g->dp);
	rte_mempool_free(g->dp.pool);
	plane_layout_fini(&g->plane);
	rte_free(g);
}

uint64_t bench_gateway_bytes(const struct bench_case *c)
{
	uint64_t sa = sizeof(struct sa_in) + sizeof(struct sa_out) + sizeof(struct plane_stats_in) +
		      sizeof(struct plane_stats_out);

	/* keys: those of the path, those of the raw measurement, those of the far end */
	return c->sas * (sa + 3 * sizeof(struct esp_crypto_key)) +
	       (uint64_t)c->policies * POLICY_BYTES;
}
