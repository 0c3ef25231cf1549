/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Service policies in the whole path: what they are for is that a packet which overtakes others
 * does so before it gets its sequence number.
 */
#include "lib/net/ip.h"
#include "tests/plane/qos_pair.h"

#include <cmocka.h>

#include <string.h>

enum {
	INNER = QOS_PAIR_INNER,
	EF = QOS_PAIR_EF,
	BULK = 60, /* packets that fill a queue */
};

static uint32_t sequence_of(const struct bed_packet *p)
{
	uint32_t be;

	memcpy(&be, p->b + 24, sizeof(be));
	return __builtin_bswap32(be);
}

/*
 * A full queue of bulk, then priority packets: they leave first with the lower numbers, the
 * receiver sees every number once and in order, its window of 64 drops none.
 */
static void numbers_rise_though_priority_overtakes(void **state)
{
	struct qos_pair p = qos_pair_create();
	unsigned n = 0, n_priority = 0, n_tail = 0;
	struct bed_packet esp, inner;
	uint32_t last;

	(void)state;
	qos_pair_close(&p, 200);
	last = (uint32_t)p.from->plane.stats_out[0].seq;
	for (unsigned i = 0; i < 150; i++)
		qos_pair_put(&p, 0, false, 1);
	for (unsigned i = 0; i < 100; i++)
		qos_pair_put(&p, EF, false, 2);
	assert_int_equal(bed_flush(p.from), 0);
	assert_int_equal(p.from->plane.stats_out[0].seq, last);
	qos_pair_pass_time(&p);
	while (bed_take(p.from, BED_OUTSIDE, &esp)) {
		bool is_priority = esp.b[1] == EF << 2;

		if (esp.b[9] != IP_PROTO_ESP)
			continue;
		assert_int_equal(sequence_of(&esp), last + 1);
		last++;
		n_priority += is_priority;
		n_tail += !is_priority;
		assert_true(!is_priority || n_tail == 0);
		bed_put(p.to, BED_OUTSIDE, esp.b, esp.len);
		bed_run(p.to);
		n += bed_take(p.to, BED_INSIDE, &inner);
	}
	assert_int_equal(n_priority, 100);
	assert_int_equal(n, 250);
	assert_int_equal(bed_drops(p.to), 0);
	assert_int_equal(bed_drop(p.from, DROP_QOS_QUEUE), 0);
	qos_pair_destroy(&p);
}

/* In clear and encrypted through the same queues, DSCP of the inner packet copied to the outer. */
static void clear_and_protected_packets_share_the_queues(void **state)
{
	struct qos_pair p = qos_pair_create();
	unsigned at = 0, clear = 0;
	struct bed_packet out;

	(void)state;
	qos_pair_close(&p, 0);
	for (unsigned i = 0; i < 20; i++) {
		qos_pair_put(&p, 0, i & 1, 1);
		qos_pair_put(&p, EF, i & 1, 2);
	}
	qos_pair_pass_time(&p);
	while (bed_take(p.from, BED_OUTSIDE, &out)) {
		/* one clear packet overdrew the burst of the shape */
		if (out.b[9] == IP_PROTO_UDP && out.b[4] == 0 && out.b[5] == 0)
			continue;
		clear += out.b[9] == IP_PROTO_UDP;
		assert_int_equal(out.b[1], at < 20 ? EF << 2 : 0);
		at++;
	}
	assert_int_equal(at, 40);
	assert_int_equal(clear, 20);
	qos_pair_destroy(&p);
}

/* What it costs on the wire is what is charged: Ethernet and ESP included. */
static void the_frame_as_it_leaves_is_charged(void **state)
{
	struct plane_qos c = qos_lab_default(0);
	struct qos_pair p = qos_pair_create();
	struct bed_packet esp;
	uint8_t ip[INNER];

	(void)state;
	qos_lab_publish(p.from, &c, 1);
	qos_pair_put(&p, 0, false, 1);
	assert_true(bed_take(p.from, BED_OUTSIDE, &esp));
	assert_int_equal(qos_lab_stats(p.from, 0)->bytes, esp.len + 14);
	bed_udp(ip, 1, 2, sizeof(ip));
	qos_pair_put(&p, 0, true, 1);
	assert_int_equal(qos_lab_stats(p.from, 0)->bytes, esp.len + 14 + INNER + 14);
	assert_int_equal(qos_lab_stats(p.from, 0)->sent_packets, 2);
	qos_pair_destroy(&p);
}

static void set_dscp_marks_inside_and_outside(void **state)
{
	struct plane_qos c = qos_lab_default(0);
	struct bed_packet esp, inner;
	struct qos_pair p = qos_pair_create();

	(void)state;
	c.flags = PLANE_QOS_SET_DSCP;
	c.set_dscp = EF;
	qos_lab_publish(p.from, &c, 1);
	qos_pair_put(&p, 10, false, 1);
	assert_true(bed_take(p.from, BED_OUTSIDE, &esp));
	assert_int_equal(esp.b[1], EF << 2);
	assert_true(bed_pass(p.to, BED_OUTSIDE, esp.b, esp.len, &inner));
	assert_int_equal(inner.b[1], EF << 2);
	assert_int_equal(ip_checksum(inner.b, 20), 0);
	qos_pair_destroy(&p);
}

static void what_exceeds_is_remarked_or_dropped(void **state)
{
	struct plane_qos c = qos_lab_default(0);
	struct qos_pair p = qos_pair_create();
	struct bed_packet out;
	unsigned marked = 0, n = 0;

	(void)state;
	c.flags = PLANE_QOS_POLICE;
	c.police_bps = QOS_PAIR_CLOSED;
	c.exceed_dscp = 8;
	qos_lab_publish(p.from, &c, 1);
	for (unsigned i = 0; i < BULK; i++)
		qos_pair_put(&p, EF, true, 1);
	while (bed_take(p.from, BED_OUTSIDE, &out)) {
		n++;
		marked += out.b[1] == 8 << 2;
		assert_int_equal(ip_checksum(out.b, 20), 0);
	}
	assert_int_equal(n, BULK);
	assert_int_equal(qos_lab_stats(p.from, 0)->exceed_packets, marked);
	assert_int_equal(qos_lab_stats(p.from, 0)->conform_packets, n - marked);
	assert_int_equal(qos_lab_stats(p.from, 0)->exceed_bytes * n,
			 qos_lab_stats(p.from, 0)->bytes * marked);
	assert_int_equal(qos_lab_stats(p.from, 0)->conform_bytes * n,
			 qos_lab_stats(p.from, 0)->bytes * (n - marked));
	assert_true(qos_lab_stats(p.from, 0)->bytes > 0);
	/* the bursts, and what a busy machine lets the clock add */
	assert_in_range(n - marked, 2 * 1514 / (INNER + 14), 2 * 1514 / (INNER + 14) + 2);
	c.flags |= PLANE_QOS_EXCEED_DROP;
	qos_lab_publish(p.from, &c, 1);
	for (unsigned i = 0; i < 10; i++)
		qos_pair_put(&p, EF, true, 1);
	n = bed_flush(p.from);
	assert_in_range(n, 0, 2);
	assert_int_equal(bed_drop(p.from, DROP_QOS_POLICE), 10 - n);
	qos_pair_destroy(&p);
}

/* Lanes are set by class though nothing queues; a lane without SA falls back. */
static void a_class_chooses_the_lane(void **state)
{
	struct plane_qos c[2] = {qos_lab_class(0, 1ull << EF), qos_lab_default(1)};
	struct qos_pair p = qos_pair_create();
	struct bed_sa second = qos_pair_sa;
	struct plane_msg msg;
	struct bed_packet esp;

	(void)state;
	c[0].lane = 1;
	qos_lab_publish(p.from, c, 2);
	qos_pair_put(&p, EF, false, 1);
	assert_true(bed_take(p.from, BED_OUTSIDE, &esp));
	assert_memory_equal(esp.b + 20, (uint32_t[]){__builtin_bswap32(bed_spi(&qos_pair_sa, 1))},
			    4);
	second.slot = 9;
	msg = bed_sa_msg(&second, 1, true);
	msg.sa.lane = 1;
	assert_int_equal(bed_command(p.from, &msg, NULL), 0);
	qos_pair_put(&p, EF, false, 1);
	assert_true(bed_take(p.from, BED_OUTSIDE, &esp));
	assert_memory_equal(esp.b + 20, (uint32_t[]){__builtin_bswap32(bed_spi(&second, 1))}, 4);
	qos_pair_put(&p, 0, false, 1);
	assert_true(bed_take(p.from, BED_OUTSIDE, &esp));
	assert_memory_equal(esp.b + 20, (uint32_t[]){__builtin_bswap32(bed_spi(&qos_pair_sa, 1))},
			    4);
	qos_pair_destroy(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_rise_though_priority_overtakes),
		cmocka_unit_test(clear_and_protected_packets_share_the_queues),
		cmocka_unit_test(the_frame_as_it_leaves_is_charged),
		cmocka_unit_test(set_dscp_marks_inside_and_outside),
		cmocka_unit_test(what_exceeds_is_remarked_or_dropped),
		cmocka_unit_test(a_class_chooses_the_lane),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
