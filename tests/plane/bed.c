/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/plane/bed.h"

#include "dataplane/packet.h"
#include "dataplane/pool.h"
#include "dataplane/worker.h"
#include "lib/net/ip.h"
#include "lib/plane/plane_ring.h"

#include <cmocka.h>
#include <rte_eal.h>
#include <rte_eth_ring.h>
#include <rte_ethdev.h>
#include <rte_malloc.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	POOL = 2047,
	LARGE_POOL = 127,
	WIRE = 1024,
	ETHERNET = 14
};

void bed_eal_init(void)
{
	static char prefix[64];
	char *argv[] = {"test",	       "--no-huge",	 "-m",	 "512",		"--no-pci",
			"--no-shconf", "--no-telemetry", prefix, "--log-level", "*:4",
			NULL};

	snprintf(prefix, sizeof(prefix), "--file-prefix=plane%d", (int)getpid());
	if (rte_eal_init((int)array_len(argv) - 1, argv) < 0) {
		fprintf(stderr, "EAL does not start\n");
		exit(1);
	}
}

static struct rte_ring *make_wire(void)
{
	static unsigned n;
	char name[32];

	snprintf(name, sizeof(name), "wire%u", n++);
	return rte_ring_create(name, WIRE, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
}

static void start_port(struct bed *bed, unsigned port)
{
	static unsigned n;
	struct rte_eth_conf conf = {0};
	struct port *p = &bed->dp.ports[port];
	char name[32];
	int id;

	bed->rx[port] = make_wire();
	bed->tx[port] = make_wire();
	snprintf(name, sizeof(name), "bed%u", n++);
	id = rte_eth_from_rings(name, &bed->rx[port], 1, &bed->tx[port], 1, 0);
	assert_true(id >= 0);
	p->id = (uint16_t)id;
	assert_int_equal(rte_eth_dev_configure(p->id, 1, 1, &conf), 0);
	assert_int_equal(rte_eth_rx_queue_setup(p->id, 0, 64, 0, NULL, bed->dp.pool), 0);
	assert_int_equal(rte_eth_tx_queue_setup(p->id, 0, 64, 0, NULL), 0);
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	p->n_rx_queues = p->n_tx_queues = 1;
	p->is_virtual = true;
	memcpy(p->mac, (uint8_t[]){2, 0, 0, 0, (uint8_t)bed->site, (uint8_t)port}, 6);
	p->mtu = 1500;
	p->mtu_max = 9216;
	p->reassembly = REASSEMBLE_LIMITS;
	p->up = true;
	p->ike = p->crypto_map = port == BED_OUTSIDE;
	p->own = port == BED_INSIDE ? addr_v4(0xc0a80001 | bed->site << 8)
				    : addr_v4(0x0a090000 | bed->site);
	p->network = prefix_make(&p->own, 24);
	snprintf(p->name, sizeof(p->name), "GigabitEthernet0/%u", port);
}

static void add_route(struct bed *bed, uint32_t dst, uint8_t len, enum route_kind kind,
		      unsigned port)
{
	struct addr a = addr_v4(dst);
	struct prefix prefix = prefix_make(&a, len);
	struct route_next_hop nh = {.kind = (uint8_t)kind, .port = (uint8_t)port};

	nh.mtu = bed->dp.ports[port].mtu;
	memcpy(nh.ethernet, (uint8_t[]){2, 9, 9, 9, 9, (uint8_t)port}, 6);
	memcpy(nh.ethernet + 6, bed->dp.ports[port].mac, 6);
	nh.ethernet[12] = 8;
	assert_int_equal(route_set(bed->dp.routes, &prefix, &nh), 0);
}

static void add_routes(struct bed *bed)
{
	unsigned other = 3 - bed->site;

	add_route(bed, 0x0a090000, 24, ROUTE_GLEAN, BED_OUTSIDE);
	add_route(bed, 0x0a090000 | bed->site, 32, ROUTE_LOCAL, BED_OUTSIDE);
	add_route(bed, 0x0a090000 | other, 32, ROUTE_FORWARD, BED_OUTSIDE);
	add_route(bed, 0x0a0900ff, 32, ROUTE_DISCARD, BED_OUTSIDE);
	add_route(bed, 0xc0a80000 | bed->site << 8, 24, ROUTE_FORWARD, BED_INSIDE);
	add_route(bed, 0xc0a80001 | bed->site << 8, 32, ROUTE_LOCAL, BED_INSIDE);
	add_route(bed, 0xc0a80000 | other << 8, 24, ROUTE_FORWARD, BED_OUTSIDE);
	add_route(bed, 0xac100000, 16, ROUTE_FORWARD, BED_OUTSIDE);
}

void bed_set_mtu(struct bed *bed, uint16_t mtu)
{
	for (unsigned port = 0; port < BED_PORTS; port++)
		bed->dp.ports[port].mtu = mtu;
	add_routes(bed);
}

struct bed *bed_create(unsigned site, unsigned n_workers)
{
	struct plane_params params = {
		.n_workers = n_workers, .n_slots = BED_SLOTS, .n_tunnels = BED_TUNNELS};
	struct bed *bed = rte_zmalloc(NULL, sizeof(*bed), 64);
	char name[32];

	assert_non_null(bed);
	bed->site = site;
	assert_int_equal(plane_layout_create(&bed->plane, &params, "test.conf", "/tmp"), 0);
	snprintf(name, sizeof(name), "pool%u-%p", site, (void *)bed);
	bed->dp.plane = &bed->plane;
	bed->dp.pool = pool_create(name, POOL);
	snprintf(name, sizeof(name), "large%u-%p", site, (void *)bed);
	bed->dp.large_pool = pool_create_large(name, LARGE_POOL);
	assert_non_null(bed->dp.pool);
	assert_non_null(bed->dp.large_pool);
	bed->dp.n_ports = BED_PORTS;
	bed->dp.n_workers = n_workers;
	for (unsigned port = 0; port < BED_PORTS; port++)
		start_port(bed, port);
	atomic_store(&bed->dp.nat_traversal, true);
	assert_int_equal(dataplane_init(&bed->dp), 0);
	add_routes(bed);
	bed->pool_free = rte_mempool_avail_count(bed->dp.pool);
	return bed;
}

void bed_destroy(struct bed *bed)
{
	bed_flush(bed);
	filter_main_fini(&bed->filter, &bed->dp);
	dataplane_fini(&bed->dp);
	for (unsigned port = 0; port < BED_PORTS; port++) {
		rte_eth_dev_stop(bed->dp.ports[port].id);
		rte_eth_dev_close(bed->dp.ports[port].id);
	}
	rte_mempool_free(bed->dp.pool);
	rte_mempool_free(bed->dp.large_pool);
	plane_layout_fini(&bed->plane);
	rte_free(bed);
}

void bed_set_policy(struct bed *bed, const struct plane_rule *rules, size_t n)
{
	uint8_t ports[16];
	struct policy *p;

	assert_true(n <= sizeof(ports));
	memset(ports, BED_OUTSIDE, sizeof(ports));
	p = policy_create(rules, ports, n);
	assert_non_null(p);
	policy_destroy(atomic_exchange(&bed->dp.policy, p));
}

void bed_policy(struct bed *bed)
{
	bed_policy_worker(bed, 0);
}

static void set_policy(struct bed *bed, uint8_t worker, enum plane_spread spread)
{
	struct addr here = addr_v4(0xc0a80000 | bed->site << 8);
	struct addr there = addr_v4(0xc0a80000 | (3 - bed->site) << 8);
	struct plane_rule rule = {
		.action = PLANE_RULE_PROTECT,
		.entry = 10,
		.src = prefix_make(&here, 24),
		.dst = prefix_make(&there, 24),
		.src_port = {0, UINT16_MAX},
		.dst_port = {0, UINT16_MAX},
		.tunnel = BED_TUNNEL,
		.worker = worker,
		.spread = spread,
		.hit_line = 5,
	};

	bed_set_policy(bed, &rule, 1);
}

void bed_policy_worker(struct bed *bed, uint8_t worker)
{
	set_policy(bed, worker, PLANE_SPREAD_NONE);
}

void bed_policy_per_worker(struct bed *bed, uint8_t worker)
{
	set_policy(bed, worker, PLANE_SPREAD_PER_WORKER);
}

void bed_put_frame(struct bed *bed, unsigned port, const void *frame, unsigned len)
{
	struct rte_mbuf *m =
		rte_pktmbuf_alloc(len <= POOL_MTU + ETHERNET ? bed->dp.pool : bed->dp.large_pool);
	void *data;

	assert_non_null(m);
	/* a new packet says nothing about itself */
	memset(packet_meta(m), 0xee, sizeof(struct packet_meta));
	data = rte_pktmbuf_append(m, (uint16_t)len);
	assert_non_null(data);
	memcpy(data, frame, len);
	assert_int_equal(rte_ring_enqueue(bed->rx[port], m), 0);
}

void bed_put(struct bed *bed, unsigned port, const void *ip, unsigned len)
{
	uint8_t frame[ETHERNET + BED_PACKET] = {0};

	assert_true(len <= BED_PACKET);
	memcpy(frame, bed->dp.ports[port].mac, 6);
	memcpy(frame + 6, (uint8_t[]){2, 9, 9, 9, 9, 9}, 6);
	frame[12] = 8;
	memcpy(frame + ETHERNET, ip, len);
	bed_put_frame(bed, port, frame, ETHERNET + len);
}

void bed_run(struct bed *bed)
{
	bool busy = true;

	for (unsigned i = 0; busy && i < 1000; i++) {
		busy = false;
		for (unsigned id = 0; id < bed->dp.n_workers; id++)
			busy |= worker_once(bed->dp.workers[id]);
	}
	assert_false(busy);
}

bool bed_take(struct bed *bed, unsigned port, struct bed_packet *p)
{
	struct rte_mbuf *m;

	if (rte_ring_dequeue(bed->tx[port], (void **)&m))
		return false;
	assert_true(m->pkt_len == m->data_len && m->nb_segs == 1 && m->data_len >= ETHERNET);
	p->len = m->data_len - ETHERNET;
	assert_true(p->len <= BED_PACKET);
	memcpy(p->b, rte_pktmbuf_mtod_offset(m, uint8_t *, ETHERNET), p->len);
	rte_pktmbuf_free(m);
	return true;
}

unsigned bed_flush(struct bed *bed)
{
	struct bed_packet p;
	unsigned n = 0;

	for (unsigned port = 0; port < BED_PORTS; port++)
		while (bed_take(bed, port, &p))
			n++;
	return n;
}

bool bed_pass(struct bed *bed, unsigned in, const void *ip, unsigned len, struct bed_packet *out)
{
	struct bed_packet more;
	bool one;

	bed_put(bed, in, ip, len);
	bed_run(bed);
	one = bed_take(bed, 1 - in, out);
	return !bed_take(bed, 1 - in, &more) && one;
}

int bed_command(struct bed *bed, struct plane_msg *msg, struct plane_ack *ack)
{
	return bed_command_worker(bed, 0, msg, ack);
}

int bed_command_worker(struct bed *bed, unsigned worker, struct plane_msg *msg,
		       struct plane_ack *ack)
{
	struct plane_msg reply;

	msg->cookie = 0x1234567890ull + msg->type;
	assert_int_equal(plane_ring_send(bed->plane.to_worker[worker], msg), 0);
	bed_run(bed);
	for (;;) {
		assert_int_equal(plane_ring_recv(bed->plane.from_worker[worker], &reply), 1);
		if (reply.type == PLANE_ACK)
			break;
	}
	assert_true(reply.cookie == msg->cookie);
	if (ack)
		*ack = reply.ack;
	return reply.ack.error;
}

bool bed_event(struct bed *bed, struct plane_msg *msg)
{
	while (plane_ring_recv(bed->plane.from_worker[0], msg))
		if (msg->type != PLANE_ACK)
			return true;
	return false;
}

uint64_t bed_drop(const struct bed *bed, enum drop_reason reason)
{
	uint64_t n = 0;

	for (unsigned id = 0; id < bed->dp.n_workers; id++)
		n += bed->plane.stats_worker[id].drops[reason];
	return n;
}

uint64_t bed_drops(const struct bed *bed)
{
	uint64_t n = 0;

	for (unsigned r = 0; r < DROP_COUNT; r++)
		n += bed_drop(bed, r);
	return n;
}

void bed_check_pool(struct bed *bed)
{
	assert_int_equal(rte_mempool_avail_count(bed->dp.pool) + bed->held, bed->pool_free);
	assert_int_equal(rte_mempool_avail_count(bed->dp.large_pool), LARGE_POOL);
}

uint32_t bed_spi(const struct bed_sa *sa, unsigned from)
{
	/* both sites number their slots alike, so the two SPIs must differ in something else */
	return plane_spi_make((uint8_t)(sa->generation + from * 16), sa->worker, sa->slot);
}

struct plane_msg bed_sa_msg(const struct bed_sa *sa, unsigned from, bool outbound)
{
	const struct alg_cipher_row *cipher = alg_cipher_row(sa->suite.cipher);
	const struct alg_hash_row *hash = alg_hash_row(sa->suite.hash);
	unsigned to = 3 - from, local = outbound ? from : to, remote = 3 - local;
	struct addr here = addr_v4(0xc0a80000 | local << 8),
		    there = addr_v4(0xc0a80000 | remote << 8);
	uint16_t ports[3] = {0, sa->port_1, sa->port_2};
	uint16_t udp[3] = {0, sa->udp_1 ? sa->udp_1 : 4500, sa->udp_2 ? sa->udp_2 : 4500};
	struct plane_msg msg = {
		.type = outbound ? PLANE_SA_OUT_INSTALL : PLANE_SA_IN_INSTALL,
		.sa =
			{
				.spi = bed_spi(sa, from),
				.pair = sa->slot,
				.tunnel = BED_TUNNEL,
				.mtu = outbound ? sa->mtu : 0,
				.local = addr_v4(0x0a090000 | local),
				.remote = addr_v4(0x0a090000 | remote),
				.local_port = udp[local],
				.remote_port = udp[remote],
				.selector =
					{
						.local = prefix_make(&here, 24),
						.remote = prefix_make(&there, 24),
						.protocol = sa->protocol,
						.local_port = ports[local],
						.remote_port = ports[remote],
					},
				.suite = sa->suite,
				.replay_window = sa->window,
				.flags = sa->flags,
				.soft_bytes = sa->soft_bytes,
				.hard_bytes = sa->hard_bytes,
				.hard_ms = sa->hard_ms,
				.key_bytes = cipher->key_bytes,
				.salt_bytes = cipher->salt_bytes,
				.auth_bytes = hash->key_bytes,
			},
	};

	if (sa->flags & PLANE_SA_TRANSPORT) {
		msg.sa.selector.local = prefix_make(&msg.sa.local, UINT8_MAX);
		msg.sa.selector.remote = prefix_make(&msg.sa.remote, UINT8_MAX);
	}
	for (unsigned i = 0; i < cipher->key_bytes; i++)
		msg.sa.key[i] = (uint8_t)(sa->seed + from * 64 + i * 7);
	for (unsigned i = 0; i < cipher->salt_bytes; i++)
		msg.sa.salt[i] = (uint8_t)(sa->seed + from * 64 + 0xa0 + i);
	for (unsigned i = 0; i < hash->key_bytes; i++)
		msg.sa.auth[i] = (uint8_t)(sa->seed + from * 64 + 0x55 + i * 3);
	return msg;
}

void bed_install(struct bed *bed, const struct bed_sa *sa)
{
	struct plane_msg in = bed_sa_msg(sa, 3 - bed->site, false);
	struct plane_msg out = bed_sa_msg(sa, bed->site, true);

	assert_int_equal(bed_command_worker(bed, sa->worker, &in, NULL), 0);
	assert_int_equal(bed_command_worker(bed, sa->worker, &out, NULL), 0);
}

void bed_remove(struct bed *bed, const struct bed_sa *sa)
{
	struct plane_msg in = {
		.type = PLANE_SA_IN_REMOVE,
		.remove = {.spi = bed_spi(sa, 3 - bed->site),
			   .pair = sa->slot,
			   .tunnel = BED_TUNNEL},
	};
	struct plane_msg out = {
		.type = PLANE_SA_OUT_REMOVE,
		.remove = {.spi = bed_spi(sa, bed->site), .pair = sa->slot, .tunnel = BED_TUNNEL},
	};

	assert_int_equal(bed_command_worker(bed, sa->worker, &in, NULL), 0);
	assert_int_equal(bed_command_worker(bed, sa->worker, &out, NULL), 0);
}

void bed_fix_checksum(uint8_t *ip)
{
	uint16_t sum;

	memset(ip + 10, 0, 2);
	sum = ip_checksum(ip, (ip[0] & 15) * 4u);
	memcpy(ip + 10, &sum, 2);
}

static unsigned build(uint8_t *out, uint32_t src, uint32_t dst, uint8_t protocol,
		      unsigned total_len)
{
	struct ip_v4 h;

	memset(out, 0, total_len);
	for (unsigned i = sizeof(h); i < total_len; i++)
		out[i] = (uint8_t)(i * 31 + total_len);
	ip_build_v4(&h, __builtin_bswap32(src), __builtin_bswap32(dst), protocol, 0, 64,
		    (uint16_t)total_len, 0x1234, false);
	memcpy(out, &h, sizeof(h));
	return total_len;
}

unsigned bed_udp(uint8_t *out, unsigned src_site, unsigned dst_site, unsigned total_len)
{
	build(out, 0xc0a8000a | src_site << 8, 0xc0a8000a | dst_site << 8, IP_PROTO_UDP, total_len);
	if (total_len >= 28) {
		uint16_t len = __builtin_bswap16((uint16_t)(total_len - 20));

		memcpy(out + 20, (uint8_t[]){0x13, 0x88, 0x17, 0x70}, 4); /* 5000 -> 6000 */
		memcpy(out + 24, &len, 2);
		memset(out + 26, 0, 2);
	}
	return total_len;
}

unsigned bed_icmp(uint8_t *out, uint32_t src, uint32_t dst, unsigned total_len)
{
	uint16_t sum;

	build(out, src, dst, IP_PROTO_ICMP, total_len);
	out[20] = 8;
	out[21] = out[22] = out[23] = 0;
	sum = ip_checksum(out + 20, total_len - 20);
	memcpy(out + 22, &sum, 2);
	return total_len;
}

unsigned bed_bare_suites(struct alg_suite *out, unsigned max)
{
	unsigned n = 0;

	for (unsigned cipher = 0; cipher < ALG_CIPHER_COUNT; cipher++) {
		struct alg_suite s = {(uint8_t)cipher, ALG_HASH_NONE};

		if (alg_suite_bare(s) && n < max)
			out[n++] = s;
	}
	return n;
}

unsigned bed_suites(struct alg_suite *out, unsigned max)
{
	unsigned n = 0;

	for (unsigned cipher = 0; cipher < ALG_CIPHER_COUNT; cipher++)
		for (unsigned hash = 0; hash < ALG_HASH_COUNT; hash++) {
			struct alg_suite s = {(uint8_t)cipher, (uint8_t)hash};

			if (alg_suite_valid(s) && n < max)
				out[n++] = s;
		}
	return n;
}
