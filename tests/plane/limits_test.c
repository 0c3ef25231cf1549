/* SPDX-License-Identifier: BSD-3-Clause */
/* Lifetimes, sequence numbers, rekey and the events they cause. */
#include "dataplane/worker_state.h"
#include "lib/base/clock.h"
#include "lib/net/ip.h"
#include "lib/plane/plane_ring.h"
#include "tests/plane/bed.h"
#include "tests/plane/seal.h"

#include <cmocka.h>

#include <errno.h>
#include <string.h>

static const struct alg_suite gcm = {ALG_CIPHER_GCM_256, ALG_HASH_NONE};
static const struct alg_suite aes_sha1 = {ALG_CIPHER_AES_128, ALG_HASH_SHA1};

enum {
	INNER = 100
};

static struct bed *bed_with_policy(unsigned site)
{
	struct bed *bed = bed_create(site, 1);

	bed_policy(bed);
	return bed;
}

static bool sends(struct bed *bed, struct bed_packet *out)
{
	uint8_t packet[INNER];

	bed_udp(packet, bed->site, 3 - bed->site, INNER);
	return bed_pass(bed, BED_INSIDE, packet, INNER, out);
}

static uint64_t seq_of(const struct bed_packet *p)
{
	return (uint64_t)p->b[24] << 24 | p->b[25] << 16 | p->b[26] << 8 | p->b[27];
}

static void assert_expire(struct bed *bed, uint32_t spi, bool hard, bool outbound, uint8_t why)
{
	struct plane_msg msg;

	assert_true(bed_event(bed, &msg));
	assert_int_equal(msg.type, PLANE_SA_EXPIRE);
	assert_int_equal(msg.expire.spi, spi);
	assert_int_equal(msg.expire.hard, hard);
	assert_int_equal(msg.expire.outbound, outbound);
	assert_int_equal(msg.expire.why, why);
	assert_int_equal(msg.expire.tunnel, BED_TUNNEL);
	assert_false(bed_event(bed, &msg));
}

static void byte_limits_ask_for_a_rekey_then_stop_the_sender(void **state)
{
	struct bed *bed = bed_with_policy(1);
	struct bed_sa sa = {.suite = gcm,
			    .generation = 1,
			    .window = 64,
			    .soft_bytes = 5 * INNER,
			    .hard_bytes = 8 * INNER};
	struct bed_packet out;
	struct plane_msg msg;

	(void)state;
	bed_install(bed, &sa);
	for (unsigned i = 0; i < 5; i++)
		assert_true(sends(bed, &out));
	assert_false(bed_event(bed, &msg));
	for (unsigned i = 5; i < 8; i++)
		assert_true(sends(bed, &out));
	assert_expire(bed, bed_spi(&sa, 1), false, true, PLANE_EXPIRE_BYTES);
	for (unsigned i = 0; i < 3; i++)
		assert_false(sends(bed, &out));
	assert_expire(bed, bed_spi(&sa, 1), true, true, PLANE_EXPIRE_BYTES);
	assert_int_equal(bed_drop(bed, DROP_SA_EXPIRED), 3);
	assert_int_equal(bed->plane.stats_out[0].send_errors, 3);
	bed_check_pool(bed);
	bed_destroy(bed);
}

static void byte_limits_stop_the_receiver(void **state)
{
	struct bed *bed = bed_with_policy(2);
	struct bed_sa sa = {.suite = gcm,
			    .generation = 1,
			    .window = 64,
			    .soft_bytes = 2 * INNER,
			    .hard_bytes = 3 * INNER};
	struct sealer *peer = seal_create(&sa, 1);
	struct bed_packet p, out;
	uint8_t packet[INNER];

	(void)state;
	bed_install(bed, &sa);
	bed_udp(packet, 1, 2, INNER);
	for (uint64_t seq = 1; seq <= 5; seq++) {
		seal_packet(peer, seq, packet, INNER, IP_PROTO_IPIP, &p);
		assert_int_equal(bed_pass(bed, BED_OUTSIDE, p.b, p.len, &out), seq <= 3);
		if (seq == 2)
			assert_expire(bed, bed_spi(&sa, 1), false, false, PLANE_EXPIRE_BYTES);
		if (seq == 3)
			assert_expire(bed, bed_spi(&sa, 1), true, false, PLANE_EXPIRE_BYTES);
	}
	assert_int_equal(bed_drop(bed, DROP_ESP_SA_STATE), 2);
	seal_destroy(peer);
	bed_destroy(bed);
}

/* A message that finds the ring full is not lost and not doubled. */
static void event_waits_for_room_in_the_ring(void **state)
{
	struct bed *bed = bed_with_policy(1);
	struct bed_sa sa = {.suite = gcm, .generation = 1, .window = 64, .soft_bytes = INNER};
	struct plane_msg filler = {.type = PLANE_IF_STATE}, msg;
	struct bed_packet out;
	unsigned fillers = 0;

	(void)state;
	bed_install(bed, &sa);
	while (plane_ring_send(bed->plane.from_worker[0], &filler) == 0)
		fillers++;
	for (unsigned i = 0; i < 4; i++)
		assert_true(sends(bed, &out));
	for (unsigned i = 0; i < fillers; i++) {
		assert_true(bed_event(bed, &msg));
		assert_int_equal(msg.type, PLANE_IF_STATE);
	}
	assert_false(bed_event(bed, &msg));
	assert_true(sends(bed, &out));
	assert_expire(bed, bed_spi(&sa, 1), false, true, PLANE_EXPIRE_BYTES);
	bed_destroy(bed);
}

/* H147: 90 % asks for a rekey, the last number is sent, none after it. */
static void sequence_number_never_wraps(void **state)
{
	struct bed *bed = bed_with_policy(1);
	struct bed_sa sa = {.suite = gcm, .generation = 1, .window = 64};
	struct sa_out *out = &bed->dp.workers[0]->sas.out[0];
	struct bed_packet p;

	(void)state;
	bed_install(bed, &sa);
	assert_true(sends(bed, &p));
	assert_int_equal(seq_of(&p), 1);
	out->seq = out->seq_limit - 1;
	assert_true(out->seq >= UINT32_MAX / 10 * 9 - 1 && out->seq < 0xf0000000);
	assert_true(sends(bed, &p));
	assert_true(sends(bed, &p));
	assert_expire(bed, bed_spi(&sa, 1), false, true, PLANE_EXPIRE_SEQUENCE);
	out->seq = UINT32_MAX - 1;
	assert_true(sends(bed, &p));
	assert_int_equal(seq_of(&p), UINT32_MAX);
	assert_false(sends(bed, &p));
	assert_false(sends(bed, &p));
	assert_int_equal(bed_drop(bed, DROP_SEQ_EXHAUSTED), 2);
	assert_expire(bed, bed_spi(&sa, 1), true, true, PLANE_EXPIRE_SEQUENCE);
	assert_int_equal(out->seq, UINT32_MAX);
	bed_check_pool(bed);
	bed_destroy(bed);
}

static void extended_sequence_numbers_go_on(void **state)
{
	struct bed *a = bed_with_policy(1), *b = bed_with_policy(2);
	struct alg_suite suites[] = {gcm, aes_sha1};

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct bed_sa sa = {.suite = suites[i],
				    .generation = 1,
				    .slot = i,
				    .window = 64,
				    .flags = PLANE_SA_ESN};
		struct bed_packet p, out;

		bed_install(a, &sa);
		bed_install(b, &sa);
		b->dp.workers[0]->sas.in[i].replay.top = UINT32_MAX - 2;
		a->dp.workers[0]->sas.out[i].seq = UINT32_MAX - 2;
		for (unsigned n = 0; n < 6; n++) {
			assert_true(sends(a, &p));
			assert_true(bed_pass(b, BED_OUTSIDE, p.b, p.len, &out));
		}
		assert_int_equal(b->plane.stats_in[i].top, UINT32_MAX + 4ull);
	}
	bed_destroy(a);
	bed_destroy(b);
}

static void hard_time_ends_both_directions(void **state)
{
	struct bed *bed = bed_with_policy(2);
	struct bed_sa sa = {
		.suite = gcm, .generation = 1, .window = 64, .hard_ms = clock_now_ms() - 1};
	struct sealer *peer = seal_create(&sa, 1);
	struct bed_packet p;
	uint8_t packet[INNER];

	(void)state;
	bed_install(bed, &sa);
	assert_false(sends(bed, &p));
	bed_udp(packet, 1, 2, INNER);
	seal_packet(peer, 1, packet, INNER, IP_PROTO_IPIP, &p);
	assert_false(bed_pass(bed, BED_OUTSIDE, p.b, p.len, &p));
	assert_int_equal(bed_drop(bed, DROP_SA_EXPIRED), 1);
	assert_int_equal(bed_drop(bed, DROP_ESP_SA_STATE), 1);
	seal_destroy(peer);
	bed_destroy(bed);
}

/* The old inbound SA stays, the outbound one is replaced between two packets: nothing is lost. */
static void rekey_is_one_message_and_loses_nothing(void **state)
{
	struct bed *a = bed_with_policy(1), *b = bed_with_policy(2);
	struct bed_sa old = {.suite = aes_sha1, .generation = 1, .slot = 1, .window = 64};
	struct bed_sa new = {.suite = gcm, .generation = 2, .slot = 2, .window = 64, .seed = 9};
	struct plane_msg in = bed_sa_msg(&new, 1, false), out = bed_sa_msg(&new, 1, true);
	struct bed_packet p, late, q;
	struct plane_ack ack;

	(void)state;
	bed_install(a, &old);
	bed_install(b, &old);
	assert_true(sends(a, &p));
	assert_true(bed_pass(b, BED_OUTSIDE, p.b, p.len, &q));
	assert_true(sends(a, &late));
	assert_int_equal(bed_command(b, &in, NULL), 0);
	assert_int_equal(bed_command(a, &out, &ack), 0);
	assert_int_equal(ack.spi, bed_spi(&old, 1));
	assert_int_equal(ack.packets, 2);
	assert_int_equal(ack.bytes, 2 * INNER);
	assert_int_equal(a->plane.stats_tunnel[BED_TUNNEL].spi_out, bed_spi(&new, 1));
	assert_int_equal(a->plane.stats_out[1].spi, 0);
	assert_true(sends(a, &p));
	assert_int_equal(seq_of(&p), 1);
	assert_true(bed_pass(b, BED_OUTSIDE, p.b, p.len, &q));
	assert_true(bed_pass(b, BED_OUTSIDE, late.b, late.len, &q));
	assert_int_equal(bed_drops(a) + bed_drops(b), 0);
	bed_destroy(a);
	bed_destroy(b);
}

/*
 * H153: after the removal the old SPI is unknown, and its slot's next tenant does not answer to
 * it.
 */
static void old_spi_misses_a_reused_slot(void **state)
{
	struct bed *bed = bed_with_policy(2);
	struct bed_sa old = {.suite = gcm, .generation = 1, .slot = 3, .window = 64};
	struct bed_sa new = {.suite = gcm, .generation = 2, .slot = 3, .window = 64};
	struct sealer *peer = seal_create(&old, 1);
	struct bed_packet p, out;
	uint8_t packet[INNER];

	(void)state;
	bed_udp(packet, 1, 2, INNER);
	seal_packet(peer, 1, packet, INNER, IP_PROTO_IPIP, &p);
	bed_install(bed, &old);
	assert_true(bed_pass(bed, BED_OUTSIDE, p.b, p.len, &out));
	bed_remove(bed, &old);
	assert_false(bed_pass(bed, BED_OUTSIDE, p.b, p.len, &out));
	bed_install(bed, &new);
	assert_false(bed_pass(bed, BED_OUTSIDE, p.b, p.len, &out));
	assert_int_equal(bed_drop(bed, DROP_ESP_NO_SA), 2);
	seal_destroy(peer);
	bed_destroy(bed);
}

/* Of SPIs that somebody makes up one is told of; that one was an SA's here is told as well. */
static void made_up_spis_hide_none_that_was_given(void **state)
{
	struct bed *bed = bed_with_policy(2);
	struct bed_sa old = {.suite = gcm, .generation = 1, .slot = 3, .window = 64};
	struct sealer *peer = seal_create(&old, 1);
	struct bed_packet p, out;
	uint8_t packet[INNER];
	struct plane_msg msg;

	(void)state;
	bed_udp(packet, 1, 2, INNER);
	seal_packet(peer, 1, packet, INNER, IP_PROTO_IPIP, &p);
	bed_install(bed, &old);
	assert_true(bed_pass(bed, BED_OUTSIDE, p.b, p.len, &out));
	bed_remove(bed, &old);
	p.b[20] = 0x77;
	for (unsigned i = 0; i < 20; i++) {
		p.b[23] = (uint8_t)(100 + i);
		assert_false(bed_pass(bed, BED_OUTSIDE, p.b, p.len, &out));
	}
	assert_true(bed_event(bed, &msg));
	assert_int_equal(msg.notice.reason, DROP_ESP_NO_SA);
	assert_int_equal(msg.notice.spi & 0xff, 100);
	assert_false(bed_event(bed, &msg));
	seal_packet(peer, 2, packet, INNER, IP_PROTO_IPIP, &p);
	for (unsigned i = 0; i < 2; i++)
		assert_false(bed_pass(bed, BED_OUTSIDE, p.b, p.len, &out));
	assert_true(bed_event(bed, &msg));
	assert_int_equal(msg.notice.spi, bed_spi(&old, 1));
	assert_false(bed_event(bed, &msg));
	assert_int_equal(bed_drop(bed, DROP_ESP_NO_SA), 22);
	seal_destroy(peer);
	bed_destroy(bed);
}

static void packet_without_sa_asks_for_one_once_a_second(void **state)
{
	struct bed *bed = bed_with_policy(1);
	struct bed_packet out;
	struct plane_msg msg;

	(void)state;
	for (unsigned i = 0; i < 40; i++)
		assert_false(sends(bed, &out));
	assert_true(bed_event(bed, &msg));
	assert_int_equal(msg.type, PLANE_ACQUIRE);
	assert_int_equal(msg.acquire.tunnel, BED_TUNNEL);
	assert_int_equal(msg.acquire.flow.protocol, IP_PROTO_UDP);
	assert_int_equal(addr_to_v4(&msg.acquire.flow.local.addr), 0xc0a8010a);
	assert_int_equal(addr_to_v4(&msg.acquire.flow.remote.addr), 0xc0a8020a);
	assert_int_equal(msg.acquire.flow.local_port, 5000);
	assert_int_equal(msg.acquire.flow.remote_port, 6000);
	assert_false(bed_event(bed, &msg));
	assert_int_equal(bed_drop(bed, DROP_NO_SA), 40);
	assert_int_equal(bed->plane.stats_tunnel[BED_TUNNEL].no_sa, 40);
	assert_int_equal(plane_stats_hits_of(&bed->plane, 0)[5], 40);
	bed_destroy(bed);
}

/* One line of log an SA, a reason and five seconds, with the number of those left out. */
static void discarded_packets_are_noticed_once(void **state)
{
	struct bed *bed = bed_with_policy(2);
	struct bed_sa sa = {.suite = gcm, .generation = 1, .slot = 4, .window = 64};
	struct sealer *peer = seal_create(&sa, 1);
	uint8_t packet[INNER];
	struct bed_packet p;
	struct plane_msg msg;

	(void)state;
	bed_install(bed, &sa);
	bed_udp(packet, 1, 2, INNER);
	seal_packet(peer, 77, packet, INNER, IP_PROTO_IPIP, &p);
	p.b[60] ^= 1;
	for (unsigned i = 0; i < 10; i++)
		bed_put(bed, BED_OUTSIDE, p.b, p.len);
	bed_run(bed);
	assert_true(bed_event(bed, &msg));
	assert_int_equal(msg.type, PLANE_NOTICE);
	assert_int_equal(msg.notice.reason, DROP_ESP_AUTH);
	assert_int_equal(msg.notice.spi, bed_spi(&sa, 1));
	assert_int_equal(msg.notice.pair, 4);
	assert_int_equal(msg.notice.seq, 77);
	assert_int_equal(addr_to_v4(&msg.notice.flow.remote.addr), 0x0a090001);
	assert_int_equal(addr_to_v4(&msg.notice.flow.local.addr), 0x0a090002);
	assert_false(bed_event(bed, &msg));
	bed->dp.workers[0]->sas.in[4].gates[SA_GATE_AUTH].next_ms = 0;
	bed_put(bed, BED_OUTSIDE, p.b, p.len);
	bed_run(bed);
	assert_true(bed_event(bed, &msg));
	assert_int_equal(msg.notice.suppressed, 9);
	bed->dp.workers[0]->sas.in[4].gates[SA_GATE_AUTH].next_ms = 0;
	bed_put(bed, BED_OUTSIDE, p.b, p.len);
	bed_run(bed);
	assert_true(bed_event(bed, &msg));
	assert_int_equal(msg.notice.suppressed, 0);
	/* the inner packet for a policy failure */
	packet[12] = 11;
	bed_fix_checksum(packet);
	seal_packet(peer, 78, packet, INNER, IP_PROTO_IPIP, &p);
	bed_put(bed, BED_OUTSIDE, p.b, p.len);
	bed_run(bed);
	assert_true(bed_event(bed, &msg));
	assert_int_equal(msg.notice.reason, DROP_ESP_POLICY);
	assert_int_equal(addr_to_v4(&msg.notice.flow.remote.addr), 0x0ba8010a);
	seal_destroy(peer);
	bed_destroy(bed);
}

/* IVs: a counter for GCM; for CBC nothing that repeats or that one could foretell. */
static void initialisation_vectors_never_repeat(void **state)
{
	struct bed *bed = bed_with_policy(1);
	struct bed_sa sa = {.suite = aes_sha1, .generation = 1, .slot = 1, .window = 64};
	static uint8_t ivs[1200][16];
	struct bed_packet p;

	(void)state;
	bed_install(bed, &sa);
	for (unsigned i = 0; i < array_len(ivs); i++) {
		assert_true(sends(bed, &p));
		memcpy(ivs[i], p.b + 28, 16);
		for (unsigned k = 0; k < i; k++)
			assert_memory_not_equal(ivs[i], ivs[k], 8);
	}
	sa = (struct bed_sa){.suite = gcm, .generation = 1, .slot = 2, .window = 64};
	bed_install(bed, &sa);
	for (uint64_t i = 1; i < 100; i++) {
		uint64_t iv = __builtin_bswap64(i);

		assert_true(sends(bed, &p));
		assert_memory_equal(p.b + 28, &iv, 8);
	}
	bed_destroy(bed);
}

/* Once in five seconds, however many there are. */
static void ike_where_it_is_off_is_told_with_its_sender(void **state)
{
	const struct ip_udp udp = {.dst_port_be = __builtin_bswap16(IP_PORT_IKE),
				   .len_be = __builtin_bswap16(16)};
	struct bed *bed = bed_create(1, 1);
	uint8_t packet[36] = {0};
	struct plane_msg msg;
	struct ip_v4 ip;

	(void)state;
	ip_build_v4(&ip, __builtin_bswap32(0x0a090002), __builtin_bswap32(0x0a090001), IP_PROTO_UDP,
		    0, 64, sizeof(packet), 1, false);
	memcpy(packet, &ip, sizeof(ip));
	memcpy(packet + sizeof(ip), &udp, sizeof(udp));
	bed->dp.ports[BED_OUTSIDE].ike = false;
	for (unsigned i = 0; i < 3; i++)
		bed_put(bed, BED_OUTSIDE, packet, sizeof(packet));
	bed_run(bed);
	assert_true(bed_event(bed, &msg));
	assert_int_equal(msg.type, PLANE_NOTICE);
	assert_int_equal(msg.notice.reason, DROP_IKE_OFF);
	assert_int_equal(addr_to_v4(&msg.notice.flow.remote.addr), 0x0a090002);
	assert_false(bed_event(bed, &msg));
	assert_int_equal(bed_drop(bed, DROP_IKE_OFF), 3);
	bed_check_pool(bed);
	bed_destroy(bed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ike_where_it_is_off_is_told_with_its_sender),
		cmocka_unit_test(byte_limits_ask_for_a_rekey_then_stop_the_sender),
		cmocka_unit_test(byte_limits_stop_the_receiver),
		cmocka_unit_test(event_waits_for_room_in_the_ring),
		cmocka_unit_test(sequence_number_never_wraps),
		cmocka_unit_test(extended_sequence_numbers_go_on),
		cmocka_unit_test(hard_time_ends_both_directions),
		cmocka_unit_test(rekey_is_one_message_and_loses_nothing),
		cmocka_unit_test(old_spi_misses_a_reused_slot),
		cmocka_unit_test(packet_without_sa_asks_for_one_once_a_second),
		cmocka_unit_test(made_up_spis_hide_none_that_was_given),
		cmocka_unit_test(discarded_packets_are_noticed_once),
		cmocka_unit_test(initialisation_vectors_never_repeat),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
