/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets that go from worker to worker: numbers of an SA in the order of the wire, full rings that
 * cost packets and nothing else, and verdicts that are asked again when the policy has changed.
 */
#include "dataplane/handoff.h"
#include "dataplane/outbound.h"
#include "dataplane/packet.h"
#include "dataplane/worker.h"
#include "lib/net/ip.h"
#include "tests/plane/box.h"

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

enum {
	LEN = 200
};

static const struct alg_suite gcm = {ALG_CIPHER_GCM_128, ALG_HASH_NONE};

static struct bed *two_workers(unsigned owner)
{
	struct bed *bed = bed_create(1, 2);
	struct bed_sa sa = {.suite = gcm, .generation = 1, .window = 64, .worker = (uint8_t)owner};

	bed_policy_worker(bed, (uint8_t)owner);
	bed_install(bed, &sa);
	return bed;
}

/* One packet of the tunnel's traffic on worker 1, which has no queue of the device. */
static void receive_1(struct bed *bed)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(bed->dp.pool);

	*packet_meta(m) = (struct packet_meta){.in_port = BED_INSIDE};
	bed_udp((uint8_t *)rte_pktmbuf_append(m, LEN), 1, 2, LEN);
	packet_meta(m)->inject = PACKET_INJECT_FORWARD;
	assert_int_equal(rte_ring_enqueue(bed->dp.inject[1], m), 0);
}

static uint32_t sequence_of(const struct bed_packet *p)
{
	assert_int_equal(p->b[9], IP_PROTO_ESP);
	return (uint32_t)p->b[24] << 24 | (uint32_t)p->b[25] << 16 | (uint32_t)p->b[26] << 8 |
	       p->b[27];
}

/* Whoever received a packet, and whenever which worker runs. */
static void one_sa_is_numbered_in_the_order_of_the_wire(void **state)
{
	(void)state;
	srand(5);
	for (unsigned owner = 0; owner < 2; owner++) {
		struct bed *bed = two_workers(owner);
		struct bed_packet p;
		uint32_t last = 0;

		for (unsigned n = 0; n < 3000; n++) {
			if (rand() % 2)
				bed_put(bed, BED_INSIDE, p.b, bed_udp(p.b, 1, 2, LEN));
			else
				receive_1(bed);
			while (rand() % 3)
				worker_once(bed->dp.workers[rand() % 2]);
			while (bed_take(bed, BED_OUTSIDE, &p)) {
				assert_true(sequence_of(&p) == last + 1);
				last++;
			}
		}
		bed_run(bed);
		for (; bed_take(bed, BED_OUTSIDE, &p); last++)
			assert_true(sequence_of(&p) == last + 1);
		assert_int_equal(last, 3000);
		assert_true(bed->plane.stats_worker[1 - owner].handoff_sent > 100);
		assert_int_equal(bed_drops(bed), 0);
		bed_check_pool(bed);
		bed_destroy(bed);
	}
}

/* Two workers that hand to each other with both rings full: what is too much is counted. */
static void full_rings_lock_nobody_up(void **state)
{
	struct bed *bed = two_workers(1);
	struct bed_packet p;
	unsigned sent = 0;

	(void)state;
	for (unsigned round = 0; round < 100; round++) {
		/* worker 1 does not run: its ring fills, then everything more is dropped */
		for (unsigned i = 0; i < 32; i++, sent++)
			bed_put(bed, BED_INSIDE, p.b, bed_udp(p.b, 1, 2, LEN));
		worker_once(bed->dp.workers[0]);
	}
	assert_int_equal(bed_drop(bed, DROP_HANDOFF_FULL), sent - (DATAPLANE_RING - 1));
	/* now worker 0 stands still and worker 1 hands its frames back */
	for (unsigned i = 0; i < 200; i++)
		worker_once(bed->dp.workers[1]);
	assert_int_equal(rte_ring_count(bed->dp.handoff[1]), 0);
	assert_int_equal(rte_ring_count(bed->dp.handoff[0]), DATAPLANE_RING - 1);
	bed_run(bed);
	assert_int_equal(bed_flush(bed), DATAPLANE_RING - 1);
	assert_int_equal(bed_drops(bed), sent - (DATAPLANE_RING - 1));
	bed_check_pool(bed);
	bed_destroy(bed);
}

/* On the ring to worker 1 when the policy changes. */
static void a_verdict_on_the_way_is_asked_again(void **state)
{
	struct bed *bed = two_workers(1);
	struct bed_sa sa = {.suite = gcm, .generation = 1, .window = 64};
	struct bed_packet p;

	(void)state;
	/* to no policy: in clear, with its TTL lowered once */
	bed_put(bed, BED_INSIDE, p.b, bed_udp(p.b, 1, 2, LEN));
	worker_once(bed->dp.workers[0]);
	bed_set_policy(bed, NULL, 0);
	bed_run(bed);
	assert_true(bed_take(bed, BED_OUTSIDE, &p));
	assert_int_equal(p.b[9], IP_PROTO_UDP);
	assert_int_equal(p.b[8], 63);
	/* to a tunnel of worker 0 */
	bed_install(bed, &sa);
	bed_policy_worker(bed, 1);
	bed_put(bed, BED_INSIDE, p.b, bed_udp(p.b, 1, 2, LEN));
	worker_once(bed->dp.workers[0]);
	bed_policy_worker(bed, 0);
	bed_run(bed);
	assert_true(bed_take(bed, BED_OUTSIDE, &p));
	assert_int_equal(sequence_of(&p), 1);
	assert_int_equal(bed->plane.stats_out[0].packets, 1);
	assert_int_equal(bed_drops(bed), 0);
	bed_check_pool(bed);
	bed_destroy(bed);
}

/* To no policy, and out by an interface whose list it has not met on its way to the tunnel. */
static void what_leaves_in_clear_after_all_meets_the_list(void **)
{
	const struct plane_rule tcp = {.action = PLANE_RULE_PROTECT,
				       .protocol = IP_PROTO_TCP,
				       .src_port = {0, UINT16_MAX},
				       .dst_port = {0, UINT16_MAX},
				       .out = true};
	struct bed *bed = two_workers(1);
	struct plane_msg msg;
	struct bed_packet p;

	bed_filter(bed, &tcp, (uint8_t[]){BED_OUTSIDE}, 1, 0);
	bed_put(bed, BED_INSIDE, p.b, bed_udp(p.b, 1, 2, LEN));
	worker_once(bed->dp.workers[0]);
	bed_set_policy(bed, NULL, 0);
	bed_run(bed);
	assert_false(bed_take(bed, BED_OUTSIDE, &p));
	assert_int_equal(bed_drop(bed, DROP_ACL_OUT), 1);
	while (bed_event(bed, &msg))
		;
	bed_check_pool(bed);
	bed_destroy(bed);
}

/* Worker 1 has begun its round, the policy changes, then worker 0 begins one. */
static void a_newer_verdict_is_not_judged_by_an_older_policy(void **state)
{
	struct bed *bed = two_workers(1);
	struct worker *owner = bed->dp.workers[1];
	struct policy *none = policy_create(NULL, NULL, 0), *wanted;
	struct bed_packet p;

	(void)state;
	assert_non_null(none);
	wanted = atomic_exchange(&bed->dp.policy, none);
	worker_once(owner);
	assert_ptr_equal(owner->policy, none);
	atomic_store(&bed->dp.policy, wanted);
	bed_put(bed, BED_INSIDE, p.b, bed_udp(p.b, 1, 2, LEN));
	worker_once(bed->dp.workers[0]);
	/* the rest of the round of worker 1 */
	assert_int_equal(handoff_take(owner, bed->dp.handoff[1]), 1);
	assert_int_equal(owner->protect.n, 1);
	assert_int_equal(owner->forward.n, 0);
	assert_ptr_equal(owner->policy, wanted);
	outbound_run(owner);
	bed_run(bed);
	assert_true(bed_take(bed, BED_OUTSIDE, &p));
	assert_int_equal(p.b[9], IP_PROTO_ESP);
	assert_false(bed_take(bed, BED_OUTSIDE, &p));
	policy_destroy(none);
	bed_check_pool(bed);
	bed_destroy(bed);
}

/* A packet that waits for ARP in clear does not leave in clear when it has to be encrypted now. */
static void what_waited_for_arp_is_asked_again(void **state)
{
	struct box *b = *state;
	struct plane_msg msg = {.type = PLANE_POLICY_BEGIN, .rule = {.count = 1}};
	struct addr any = addr_v4(0);
	struct rte_mbuf *m;

	box_put_ip(b, BED_INSIDE, BOX_IN_HOST, BOX_OUT_GATE);
	box_run(b);
	box_expect_arp(b, BED_OUTSIDE, box_broadcast);
	assert_int_equal(box_command(b, &msg), 0);
	msg = (struct plane_msg){.type = PLANE_POLICY_RULE,
				 .rule = {.action = PLANE_RULE_PROTECT,
					  .interface = "GigabitEthernet0/1",
					  .entry = 10,
					  .src = prefix_make(&any, 0),
					  .dst = prefix_make(&any, 0),
					  .src_port = {0, UINT16_MAX},
					  .dst_port = {0, UINT16_MAX},
					  .tunnel = BED_TUNNEL}};
	assert_int_equal(box_command(b, &msg), 0);
	msg = (struct plane_msg){.type = PLANE_POLICY_COMMIT};
	assert_int_equal(box_command(b, &msg), 0);
	box_answer(b, BED_OUTSIDE, BOX_OUT_GATE, box_gate_mac, BOX_OUT_OWN);
	assert_int_not_equal(rte_ring_dequeue(b->bed->tx[BED_OUTSIDE], (void **)&m), 0);
	assert_int_equal(bed_drop(b->bed, DROP_NO_SA), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_sa_is_numbered_in_the_order_of_the_wire),
		cmocka_unit_test(full_rings_lock_nobody_up),
		cmocka_unit_test(a_verdict_on_the_way_is_asked_again),
		cmocka_unit_test(what_leaves_in_clear_after_all_meets_the_list),
		cmocka_unit_test(a_newer_verdict_is_not_judged_by_an_older_policy),
		cmocka_unit_test_setup_teardown(what_waited_for_arp_is_asked_again, box_make,
						box_destroy),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
