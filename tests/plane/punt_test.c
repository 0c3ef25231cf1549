/* SPDX-License-Identifier: BSD-3-Clause */
/* What a worker does not forward: IKE, ARP, ICMP, unresolved neighbours, errors of its own. */
#include "dataplane/packet.h"
#include "dataplane/worker_state.h"
#include "lib/net/ip.h"
#include "lib/plane/plane_ring.h"
#include "tests/plane/bed.h"
#include "tests/plane/seal.h"

#include <cmocka.h>

#include <string.h>

static const struct alg_suite gcm = {ALG_CIPHER_GCM_128, ALG_HASH_NONE};

/* A UDP datagram from the far outside to ours. Returns the length. */
static unsigned outside_udp(uint8_t *out, uint16_t port, const void *data, unsigned len)
{
	struct ip_udp udp = {
		.src_port_be = __builtin_bswap16(port),
		.dst_port_be = __builtin_bswap16(port),
		.len_be = __builtin_bswap16((uint16_t)(8 + len)),
	};
	struct ip_v4 ip;

	ip_build_v4(&ip, __builtin_bswap32(0x0a090002), __builtin_bswap32(0x0a090001), IP_PROTO_UDP,
		    0, 64, (uint16_t)(28 + len), 1, false);
	memcpy(out, &ip, 20);
	memcpy(out + 20, &udp, 8);
	memcpy(out + 28, data, len);
	return 28 + len;
}

/* The sum over pseudo header and datagram, zero when it is right. */
static uint16_t udp_sum(const uint8_t *ip, const uint8_t *udp, unsigned len)
{
	uint8_t pseudo[12] = {0};

	memcpy(pseudo, ip + 12, 8);
	pseudo[9] = IP_PROTO_UDP;
	pseudo[10] = (uint8_t)(len >> 8);
	pseudo[11] = (uint8_t)len;
	return ip_checksum_fold(ip_checksum_partial(udp, len, ip_checksum_partial(pseudo, 12, 0)));
}

static void ike_datagrams_reach_the_control_plane(void **state)
{
	static const uint16_t ports[] = {IP_PORT_IKE, IP_PORT_NATT};
	struct bed *bed = bed_create(1, 1);
	uint8_t packet[BED_PACKET], got[PLANE_PACKET_MAX], data[1400] = {0};
	struct plane_datagram head;

	(void)state;
	bed_policy(bed);
	for (unsigned i = 4; i < sizeof(data); i++)
		data[i] = (uint8_t)i;
	for (unsigned len = 4; len < sizeof(data); len += 199)
		for (unsigned p = 0; p < 2; p++) {
			unsigned n = outside_udp(packet, ports[p], data, len);

			bed_put(bed, BED_OUTSIDE, packet, n);
			bed_run(bed);
			assert_int_equal(
				plane_ring_recv_datagram(bed->plane.datagrams_up[0], &head, got),
				len);
			assert_memory_equal(got, data, len);
			assert_int_equal(head.local_port, ports[p]);
			assert_int_equal(head.remote_port, ports[p]);
			assert_int_equal(addr_to_v4(&head.local), 0x0a090001);
			assert_int_equal(addr_to_v4(&head.remote), 0x0a090002);
			assert_string_equal(head.interface, "GigabitEthernet0/1");
		}
	assert_int_equal(bed_drops(bed), 0);
	bed_check_pool(bed);
	bed_destroy(bed);
}

static void wrong_ike_datagrams_are_counted(void **state)
{
	static const struct {
		uint16_t port;
		unsigned len;
		uint8_t data[5];
		enum drop_reason reason;
	} rows[] = {
		{IP_PORT_NATT, 1, {0xff}, DROP_NATT_KEEPALIVE},
		{IP_PORT_NATT, 1, {0xfe}, DROP_NATT_MARKER},
		{IP_PORT_NATT, 0, {0}, DROP_NATT_MARKER},
		{IP_PORT_NATT, 2, {0xff, 0xff}, DROP_NATT_MARKER},
		{IP_PORT_NATT, 3, {0}, DROP_NATT_MARKER},
		{IP_PORT_NATT, 5, {0, 0, 0, 1, 0}, DROP_ESP_RUNT},
		{501, 4, {0}, DROP_NOT_OURS},
	};
	struct bed *bed = bed_create(1, 1);
	uint8_t packet[BED_PACKET];
	unsigned n;

	(void)state;
	for (unsigned i = 0; i < array_len(rows); i++) {
		uint64_t before = bed_drop(bed, rows[i].reason);

		n = outside_udp(packet, rows[i].port, rows[i].data, rows[i].len);
		bed_put(bed, BED_OUTSIDE, packet, n);
		bed_run(bed);
		assert_int_equal(bed_drop(bed, rows[i].reason), before + 1);
		assert_int_equal(bed_drops(bed), i + 1);
	}
	/* H125: UDP length beyond the packet, below its header; wrong checksum; right checksum */
	n = outside_udp(packet, IP_PORT_IKE, "12345678", 8);
	packet[25] = 17;
	bed_put(bed, BED_OUTSIDE, packet, n);
	packet[25] = 7;
	bed_put(bed, BED_OUTSIDE, packet, n);
	bed_run(bed);
	assert_int_equal(bed_drop(bed, DROP_IP_HEADER), 2);
	packet[25] = 16;
	packet[26] = 0x12;
	bed_put(bed, BED_OUTSIDE, packet, n);
	bed_run(bed);
	assert_int_equal(bed_drop(bed, DROP_IP_CHECKSUM), 1);
	packet[26] = 0;
	n = udp_sum(packet, packet + 20, 16);
	memcpy(packet + 26, &n, 2);
	bed_put(bed, BED_OUTSIDE, packet, 36);
	bed_run(bed);
	assert_int_equal(bed_drops(bed), array_len(rows) + 3);
	atomic_store(&bed->dp.nat_traversal, false);
	n = outside_udp(packet, IP_PORT_NATT, "\0\0\0\0abcd", 8);
	bed_put(bed, BED_OUTSIDE, packet, n);
	bed_run(bed);
	assert_int_equal(bed_drop(bed, DROP_IKE_OFF), 1);
	bed_check_pool(bed);
	bed_destroy(bed);
}

/* R023: neither port, ESP neither. */
static void interface_without_ike_drops_both_ports(void **state)
{
	struct bed *bed = bed_create(1, 1);
	uint8_t packet[BED_PACKET];
	unsigned n;

	(void)state;
	bed->dp.ports[BED_OUTSIDE].ike = false;
	n = outside_udp(packet, IP_PORT_IKE, "12345678", 8);
	bed_put(bed, BED_OUTSIDE, packet, n);
	n = outside_udp(packet, IP_PORT_NATT, "\x12\x34\x56\x78seqnESP!", 12);
	bed_put(bed, BED_OUTSIDE, packet, n);
	bed_run(bed);
	assert_int_equal(bed_drop(bed, DROP_IKE_OFF), 2);
	assert_int_equal(bed_drops(bed), 2);
	bed_check_pool(bed);
	bed_destroy(bed);
}

static void send_ike(struct bed *bed, const uint8_t *data, unsigned len)
{
	struct plane_datagram head = {
		.len = len,
		.local_port = 500,
		.remote_port = 500,
		.local = addr_v4(0x0a090001),
		.remote = addr_v4(0x0a090002),
	};

	assert_int_equal(plane_ring_send_datagram(bed->plane.datagrams_down[0], &head, data), 0);
	bed_run(bed);
}

/* Whole or in fragments, never through a crypto map, with a right checksum. */
static void ike_datagrams_leave_whatever_their_size(void **state)
{
	static const unsigned sizes[] = {1, 28, 1471, 1472, 1473, 3000, 9999, 10000};
	static uint8_t data[PLANE_PACKET_MAX], whole[PLANE_PACKET_MAX + 8];
	struct plane_rule all = {
		.action = PLANE_RULE_PROTECT,
		.src = {.addr = {.family = ADDR_V4}},
		.dst = {.addr = {.family = ADDR_V4}},
		.src_port = {0, UINT16_MAX},
		.dst_port = {0, UINT16_MAX},
	};
	struct bed *bed = bed_create(1, 1);

	(void)state;
	bed_set_policy(bed, &all, 1);
	for (unsigned i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 13 >> 3);
	for (unsigned i = 0; i < array_len(sizes); i++) {
		unsigned got = 0;
		struct bed_packet p;
		bool more = true;

		send_ike(bed, data, sizes[i]);
		while (more) {
			unsigned offset;

			assert_true(bed_take(bed, BED_OUTSIDE, &p));
			assert_true(p.len <= 1500);
			assert_int_equal(ip_checksum(p.b, 20), 0);
			offset = ((p.b[6] & 0x1fu) << 8 | p.b[7]) * 8;
			more = p.b[6] & 0x20;
			assert_int_equal(offset, got);
			memcpy(whole + offset, p.b + 20, p.len - 20);
			got += p.len - 20;
		}
		assert_int_equal(got, 8 + sizes[i]);
		assert_memory_equal(whole + 8, data, sizes[i]);
		assert_int_equal(whole[4] << 8 | whole[5], got);
		assert_int_equal(udp_sum(p.b, whole, got), 0);
	}
	assert_int_equal(bed_drops(bed), 0);
	bed_check_pool(bed);
	bed_destroy(bed);
}

static struct rte_mbuf *take_punt(struct bed *bed)
{
	struct rte_mbuf *m;

	return rte_ring_dequeue(bed->dp.punt[0], (void **)&m) ? NULL : m;
}

static void a_flood_of_pings_keeps_no_arp_answer_out(void **state)
{
	struct bed *bed = bed_create(1, 1);
	uint8_t frame[60] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 9, 9, 9, 9, 9, 8, 6};
	uint8_t packet[BED_PACKET];
	unsigned n = bed_icmp(packet, 0xc0a8010a, 0xc0a80101, 84);
	struct rte_mbuf *m;

	(void)state;
	bed->dp.workers[0]->punt_ms = UINT64_MAX; /* no fresh tokens */
	for (unsigned i = 0; i <= WORKER_PUNTS_BURST; i++) {
		bed_put(bed, BED_INSIDE, packet, n);
		bed_run(bed);
		m = take_punt(bed);
		assert_int_equal(m != NULL, i < WORKER_PUNTS_BURST);
		rte_pktmbuf_free(m);
	}
	assert_int_equal(bed_drop(bed, DROP_PUNT_RATE), 1);
	bed_put_frame(bed, BED_OUTSIDE, frame, sizeof(frame));
	bed_run(bed);
	m = take_punt(bed);
	assert_non_null(m);
	assert_int_equal(packet_meta(m)->punt, PACKET_PUNT_ARP);
	rte_pktmbuf_free(m);
	bed_check_pool(bed);
	bed_destroy(bed);
}

static void main_thread_gets_what_is_its_own(void **state)
{
	struct bed *bed = bed_create(1, 1);
	uint8_t frame[60] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 9, 9, 9, 9, 9, 8, 6};
	uint8_t packet[BED_PACKET];
	struct rte_mbuf *m;
	unsigned n;

	(void)state;
	bed_policy(bed);
	frame[15] = 1;
	bed_put_frame(bed, BED_OUTSIDE, frame, sizeof(frame));
	bed_run(bed);
	m = take_punt(bed);
	assert_non_null(m);
	assert_int_equal(packet_meta(m)->punt, PACKET_PUNT_ARP);
	assert_int_equal(packet_meta(m)->in_port, BED_OUTSIDE);
	assert_int_equal(m->data_len, sizeof(frame) - 14);
	assert_int_equal(rte_pktmbuf_mtod(m, uint8_t *)[1], 1);
	rte_pktmbuf_free(m);

	n = bed_icmp(packet, 0xc0a8010a, 0xc0a80101, 84);
	bed_put(bed, BED_INSIDE, packet, n);
	bed_run(bed);
	m = take_punt(bed);
	assert_non_null(m);
	assert_int_equal(packet_meta(m)->punt, PACKET_PUNT_LOCAL);
	assert_memory_equal(rte_pktmbuf_mtod(m, void *), packet, n);
	rte_pktmbuf_free(m);

	/* to a neighbour of the outside nobody has heard of */
	n = bed_icmp(packet, 0xc0a8010a, 0x0a090063, 84);
	bed_put(bed, BED_INSIDE, packet, n);
	bed_run(bed);
	m = take_punt(bed);
	assert_non_null(m);
	assert_int_equal(packet_meta(m)->punt, PACKET_PUNT_NEIGHBOUR);
	assert_int_equal(route_next_hop(bed->dp.routes, packet_meta(m)->next_hop)->kind,
			 ROUTE_GLEAN);
	rte_pktmbuf_free(m);
	assert_int_equal(bed_drops(bed), 0);
	assert_int_equal(bed->plane.stats_worker[0].punted, 3);
	bed_check_pool(bed);
	bed_destroy(bed);
}

/* The main thread's own packets: a frame as it is, a packet through route and policy. */
static void main_thread_sends_through_the_worker(void **state)
{
	struct bed *bed = bed_create(1, 1);
	struct bed_sa sa = {.suite = gcm, .generation = 1, .window = 64};
	struct rte_mbuf *m = rte_pktmbuf_alloc(bed->dp.pool);
	uint8_t packet[BED_PACKET];
	struct bed_packet p;

	(void)state;
	bed_policy(bed);
	bed_install(bed, &sa);
	memset(rte_pktmbuf_append(m, 64), 0x42, 64);
	*packet_meta(m) = (struct packet_meta){
		.inject = PACKET_INJECT_TX, .out_port = BED_INSIDE, .flags = PACKET_OURS};
	assert_int_equal(rte_ring_enqueue(bed->dp.inject[0], m), 0);
	bed_run(bed);
	assert_true(bed_take(bed, BED_INSIDE, &p));
	assert_int_equal(p.len, 50);

	/*
	 * an echo reply of our inside address to a host behind the tunnel is encrypted, TTL as it
	 * is
	 */
	m = rte_pktmbuf_alloc(bed->dp.pool);
	bed_icmp(packet, 0xc0a80101, 0xc0a8020a, 84);
	memcpy(rte_pktmbuf_append(m, 84), packet, 84);
	*packet_meta(m) =
		(struct packet_meta){.inject = PACKET_INJECT_FORWARD, .flags = PACKET_OURS};
	assert_int_equal(rte_ring_enqueue(bed->dp.inject[0], m), 0);
	bed_run(bed);
	assert_true(bed_take(bed, BED_OUTSIDE, &p));
	assert_int_equal(p.b[9], IP_PROTO_ESP);
	assert_int_equal(bed->plane.stats_out[0].packets, 1);
	bed_check_pool(bed);
	bed_destroy(bed);
}

/* A ping from behind the peer to our inside address: from the tunnel yes, in clear no. */
static void own_address_is_reached_only_as_the_policy_says(void **state)
{
	struct bed *bed = bed_create(2, 1);
	struct bed_sa sa = {.suite = gcm, .generation = 1, .window = 64};
	struct sealer *peer = seal_create(&sa, 1);
	uint8_t packet[BED_PACKET];
	struct bed_packet p;
	struct rte_mbuf *m;
	unsigned n = bed_icmp(packet, 0xc0a8010a, 0xc0a80201, 84);

	(void)state;
	bed_policy(bed);
	bed_install(bed, &sa);
	bed_put(bed, BED_OUTSIDE, packet, n);
	bed_run(bed);
	assert_null(take_punt(bed));
	assert_int_equal(bed_drop(bed, DROP_POLICY_CLEAR), 1);
	seal_packet(peer, 1, packet, n, IP_PROTO_IPIP, &p);
	bed_put(bed, BED_OUTSIDE, p.b, p.len);
	bed_run(bed);
	m = take_punt(bed);
	assert_non_null(m);
	assert_true(packet_meta(m)->flags & PACKET_DECAPSULATED);
	assert_memory_equal(rte_pktmbuf_mtod(m, void *), packet, n);
	rte_pktmbuf_free(m);
	bed_check_pool(bed);
	seal_destroy(peer);
	bed_destroy(bed);
}

static void clear_packets_of_a_protected_flow_are_refused(void **state)
{
	struct bed *bed = bed_create(2, 1);
	uint8_t packet[BED_PACKET];
	struct bed_packet p;
	struct plane_msg msg;

	(void)state;
	bed_policy(bed);
	bed_udp(packet, 1, 2, 100);
	assert_false(bed_pass(bed, BED_OUTSIDE, packet, 100, &p));
	assert_int_equal(bed_drop(bed, DROP_POLICY_CLEAR), 1);
	assert_true(bed_event(bed, &msg));
	assert_int_equal(msg.type, PLANE_NOTICE);
	assert_int_equal(msg.notice.reason, DROP_POLICY_CLEAR);
	assert_int_equal(msg.notice.pair, UINT32_MAX);
	packet[13] = 16; /* from elsewhere: nobody's tunnel */
	packet[12] = 172;
	bed_fix_checksum(packet);
	assert_true(bed_pass(bed, BED_OUTSIDE, packet, 100, &p));
	bed_destroy(bed);
}

static void assert_icmp(const struct bed_packet *p, uint8_t type, uint8_t code,
			const uint8_t *about)
{
	assert_int_equal(p->b[9], IP_PROTO_ICMP);
	assert_int_equal(p->b[20], type);
	assert_int_equal(p->b[21], code);
	assert_int_equal(ip_checksum(p->b + 20, p->len - 20), 0);
	assert_memory_equal(p->b + 28 + 12, about + 12, 16); /* addresses and ports */
	assert_memory_equal(p->b + 16, about + 12, 4);
}

static void errors_go_back_to_the_sender(void **state)
{
	struct bed *bed = bed_create(1, 1);
	uint8_t packet[BED_PACKET];
	struct bed_packet p;

	(void)state;
	bed_policy(bed);
	bed_udp(packet, 1, 2, 100);
	packet[8] = 1;
	bed_fix_checksum(packet);
	assert_false(bed_pass(bed, BED_INSIDE, packet, 100, &p));
	assert_true(bed_take(bed, BED_INSIDE, &p));
	assert_icmp(&p, 11, 0, packet);
	bed_udp(packet, 1, 2, 100);
	packet[16] = 99;
	bed_fix_checksum(packet);
	assert_false(bed_pass(bed, BED_INSIDE, packet, 100, &p));
	assert_true(bed_take(bed, BED_INSIDE, &p));
	assert_icmp(&p, 3, 0, packet);
	assert_int_equal(bed_drop(bed, DROP_TTL), 1);
	assert_int_equal(bed_drop(bed, DROP_NO_ROUTE), 1);
	bed_check_pool(bed);
	bed_destroy(bed);
}

/* An error quotes the packet: about one from a tunnel it goes back through it or is not made. */
static void errors_never_show_what_was_encrypted(void **state)
{
	struct bed *bed = bed_create(2, 1);
	struct bed_sa sa = {.suite = gcm, .generation = 1, .window = 64};
	struct sealer *peer = seal_create(&sa, 1);
	uint8_t packet[BED_PACKET];
	struct bed_packet p;
	unsigned n = bed_udp(packet, 1, 2, 100);

	(void)state;
	bed_policy(bed);
	bed_install(bed, &sa);
	packet[8] = 1; /* time to live */
	bed_fix_checksum(packet);
	seal_packet(peer, 1, packet, n, IP_PROTO_IPIP, &p);
	bed_put(bed, BED_OUTSIDE, p.b, p.len);
	bed_run(bed);
	assert_true(bed_take(bed, BED_OUTSIDE, &p));
	assert_int_equal(p.b[9], IP_PROTO_ESP);
	assert_int_equal(bed_flush(bed), 0);
	bed_set_policy(bed, NULL, 0);
	seal_packet(peer, 2, packet, n, IP_PROTO_IPIP, &p);
	bed_put(bed, BED_OUTSIDE, p.b, p.len);
	bed_run(bed);
	assert_int_equal(bed_flush(bed), 0);
	assert_int_equal(bed_drop(bed, DROP_TTL), 2);
	bed_check_pool(bed);
	seal_destroy(peer);
	bed_destroy(bed);
}

static void mss_is_lowered_on_both_ports(void **state)
{
	struct bed *bed = bed_create(1, 1);
	uint8_t packet[44] = {0};
	struct bed_packet p;
	struct ip_v4 ip;

	(void)state;
	bed->dp.ports[BED_OUTSIDE].adjust_mss = 1360;
	for (unsigned in = 0; in < 2; in++) {
		ip_build_v4(&ip, __builtin_bswap32(in ? 0xac100001 : 0xc0a8010a),
			    __builtin_bswap32(in ? 0xc0a8010a : 0xac100001), IP_PROTO_TCP, 0, 64,
			    44, 1, false);
		memcpy(packet, &ip, 20);
		packet[32] = 0x60;
		packet[33] = 2;
		memcpy(packet + 40, (uint8_t[]){2, 4, 5, 0xb4}, 4);
		assert_true(bed_pass(bed, in, packet, sizeof(packet), &p));
		assert_int_equal(p.b[42] << 8 | p.b[43], 1360);
	}
	bed_destroy(bed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ike_datagrams_reach_the_control_plane),
		cmocka_unit_test(wrong_ike_datagrams_are_counted),
		cmocka_unit_test(interface_without_ike_drops_both_ports),
		cmocka_unit_test(ike_datagrams_leave_whatever_their_size),
		cmocka_unit_test(a_flood_of_pings_keeps_no_arp_answer_out),
		cmocka_unit_test(main_thread_gets_what_is_its_own),
		cmocka_unit_test(main_thread_sends_through_the_worker),
		cmocka_unit_test(own_address_is_reached_only_as_the_policy_says),
		cmocka_unit_test(clear_packets_of_a_protected_flow_are_refused),
		cmocka_unit_test(errors_go_back_to_the_sender),
		cmocka_unit_test(errors_never_show_what_was_encrypted),
		cmocka_unit_test(mss_is_lowered_on_both_ports),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
