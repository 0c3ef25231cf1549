/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_gateway.h"

#include "dataplane/main_loop.h"
#include "dataplane/pool.h"
#include "dataplane/worker.h"
#include "lib/base/log.h"
#include "lib/net/ip.h"
#include "lib/plane/plane_ring.h"

#include <rte_log.h>
#include <rte_malloc.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	ETHERNET = 14,
	FAR_BITS = 26,
	MTU = 1600, /* 1420 bytes fit with every transform and NAT-T */
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

static void set_port(struct port *p, unsigned port, unsigned n_queues)
{
	*p = (struct port){
		.id = (uint16_t)port,
		.n_rx_queues = (uint16_t)n_queues,
		.n_tx_queues = (uint16_t)n_queues,
		.mtu = MTU,
		.up = true,
		.ike = true,
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
		struct route_next_hop nh = {.kind = rows[i].kind, .port = rows[i].port, .mtu = MTU};

		bench_gateway_ethernet(nh.ethernet, rows[i].port, false);
		err = route_set(t, &prefix, &nh);
	}
	return err;
}

struct plane_rule bench_gateway_rule(const struct bench_gateway *g, const struct bench_case *c,
				     uint32_t i)
{
	struct addr here = addr_v4(0xc0a80000), there = addr_v4(far_net(i));
	uint32_t tunnel = i - g->first_policy;
	struct plane_rule rule = {
		.action = PLANE_RULE_PROTECT,
		.entry = i + 1,
		.src = prefix_make(&here, 16),
		.dst = prefix_make(&there, FAR_BITS),
		.src_port = {0, UINT16_MAX},
		.dst_port = {0, UINT16_MAX},
		.worker = (uint8_t)(tunnel % c->workers),
		.tunnel = tunnel / c->workers,
		.hit_line = i,
	};

	snprintf(rule.interface, sizeof(rule.interface), "%s", g->dp.ports[BENCH_OUTSIDE].name);
	return rule;
}

static int add_policy(struct bench_gateway *g, const struct bench_case *c)
{
	struct plane_rule *rules = calloc(c->policies, sizeof(*rules));
	uint8_t *ports = malloc(c->policies);
	struct policy *p = NULL;

	for (uint32_t i = 0; rules && ports && i < c->policies; i++) {
		ports[i] = BENCH_OUTSIDE;
		rules[i] = bench_gateway_rule(g, c, i);
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

uint32_t bench_gateway_spi(const struct bench_case *c, uint32_t i)
{
	return plane_spi_make(1, i % c->workers, i / c->workers);
}

struct plane_sa bench_gateway_sa(const struct bench_gateway *g, const struct bench_case *c,
				 uint32_t i)
{
	struct addr here = addr_v4(0xc0a80000), there = addr_v4(far_net(g->first_policy + i));
	struct plane_sa sa = {
		.spi = bench_gateway_spi(c, i),
		.pair = i / c->workers,
		.tunnel = i / c->workers,
		.local = addr_v4(BENCH_LOCAL),
		.remote = addr_v4(BENCH_PEER),
		.selector = {.local = prefix_make(&here, 16),
			     .remote = prefix_make(&there, FAR_BITS)},
		.suite = c->suite,
		.replay_window = c->window,
		.flags = (c->esn ? PLANE_SA_ESN : 0) | (c->nat_t ? PLANE_SA_UDP : 0),
		.local_port = c->nat_t ? IP_PORT_NATT : 0,
		.remote_port = c->nat_t ? IP_PORT_NATT : 0,
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
		unsigned w = i % c->workers;
		struct plane_msg msg = {
			.type = c->inbound ? PLANE_SA_IN_INSTALL : PLANE_SA_OUT_INSTALL,
			.sa = bench_gateway_sa(g, c, i),
		};

		err = plane_ring_send(g->plane.to_worker[w], &msg);
		worker_once(g->dp.workers[w]);
		if (!err && plane_ring_recv(g->plane.from_worker[w], &msg) != 1)
			err = -EPROTO;
		err = err ? err : msg.ack.error;
	}
	return err;
}

int bench_gateway_command(struct bench_gateway *g, const struct plane_msg *msg)
{
	struct plane_msg answer;
	int err = plane_ring_send(g->plane.to_main, msg);

	main_loop_once(g->main_loop);
	while (!err && plane_ring_recv(g->plane.from_main, &answer) == 1)
		if (answer.type == PLANE_ACK)
			return answer.ack.error;
	return err ? err : -EPROTO;
}

/* What is marked EF goes first, the rest into class-default; no rate is limited. */
static int add_qos(struct bench_gateway *g)
{
	struct plane_msg begin = {.type = PLANE_QOS_BEGIN, .qos = {.count = 2}};
	struct plane_msg row = {
		.type = PLANE_QOS_CLASS,
		.qos = {.tunnel = UINT32_MAX,
			.flags = PLANE_QOS_PRIORITY,
			.exceed_dscp = UINT8_MAX,
			.dscp_mask = 1ull << BENCH_PRIORITY_DSCP},
	};
	struct plane_msg commit = {.type = PLANE_QOS_COMMIT};
	int err = bench_gateway_command(g, &begin);

	snprintf(row.qos.interface, sizeof(row.qos.interface), "%s",
		 g->dp.ports[BENCH_OUTSIDE].name);
	if (!err)
		err = bench_gateway_command(g, &row);
	row.qos.class_id = 1;
	row.qos.counter = 1;
	row.qos.flags = 0;
	row.qos.dscp_mask = UINT64_MAX;
	if (!err)
		err = bench_gateway_command(g, &row);
	if (!err)
		err = bench_gateway_command(g, &commit);
	if (err)
		log_error("the data plane refuses the service policy of --qos: %s", strerror(-err));
	return err;
}

static int fill(struct bench_gateway *g, const struct bench_case *c)
{
	int err = add_routes(g->dp.routes);

	if (!err)
		err = add_policy(g, c);
	if (!err && (c->qos || c->policy_change)) {
		/* it asks devices that are none for statistics and link; virtual ones are up */
		rte_log_set_level_regexp("lib.ethdev", RTE_LOG_CRIT);
		for (unsigned port = 0; port < BENCH_PORTS; port++)
			g->dp.ports[port].is_virtual = true;
		g->main_loop = main_loop_create(&g->dp);
		err = g->main_loop ? 0 : -ENOMEM;
	}
	if (!err && c->qos)
		err = add_qos(g);
	return err ? err : add_sas(g, c);
}

static void set_dataplane(struct bench_gateway *g, const struct bench_case *c)
{
	static unsigned n;
	char name[32];

	snprintf(name, sizeof(name), "bench%u", n++);
	g->first_policy = c->policies > c->sas ? c->policies - c->sas : 0;
	g->dp.plane = &g->plane;
	g->dp.pool = pool_create(name, BENCH_PACKETS * 2 * c->workers);
	g->dp.n_ports = BENCH_PORTS;
	g->dp.n_workers = c->workers;
	g->dp.nat_traversal = c->nat_t;
	for (unsigned port = 0; port < BENCH_PORTS; port++)
		set_port(&g->dp.ports[port], port, c->workers);
}

struct bench_gateway *bench_gateway_create(const struct bench_case *c)
{
	uint32_t slots =
		(c->sas + c->workers - 1) / c->workers + (c->churn ? BENCH_CHURN_SLOTS : 0);
	struct plane_params params = {
		.n_workers = c->workers, .n_slots = slots, .n_tunnels = slots};
	struct bench_gateway *g = rte_zmalloc(NULL, sizeof(*g), 64);
	int err;

	if (!g)
		goto err;
	if (plane_layout_create(&g->plane, &params, "bench", "/tmp"))
		goto err_free;
	set_dataplane(g, c);
	if (!g->dp.pool || dataplane_init(&g->dp))
		goto err_plane;
	err = fill(g, c);
	if (err) {
		log_error("no gateway with %u SAs and %u policies: %s", c->sas, c->policies,
			  strerror(-err));
		bench_gateway_destroy(g);
		return NULL;
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
	if (g->main_loop)
		main_loop_destroy(g->main_loop);
	dataplane_fini(&g->dp);
	rte_mempool_free(g->dp.pool);
	plane_layout_fini(&g->plane);
	rte_free(g);
}
