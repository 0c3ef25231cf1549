/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Service policies where the way out is a subinterface: queues of its own, or those of the main
 * interface; what waits leaves by class, in its VLAN, and is charged with its tag.
 */
#include "dataplane/packet.h"
#include "dataplane/qos.h"
#include "dataplane/transmit.h"
#include "dataplane/worker.h"
#include "dataplane/worker_state.h"
#include "tests/plane/box_vlan.h"
#include "tests/plane/qos_lab.h"

#include <cmocka.h>
#include <rte_cycles.h>

#include <stdio.h>
#include <string.h>

enum {
	SUB = BED_PORTS,
	LEN = 128,
	TAGGED = LEN + 18,
	EF = 46,
	HOUR = 3600,
};

/* Two VLANs, 100 and 200; in each a host that is known. */
static uint32_t own_of(uint16_t vlan)
{
	return 0x0a000001u | (uint32_t)vlan << 16;
}

static uint32_t host_of(uint16_t vlan)
{
	return own_of(vlan) + 8;
}

static int make(void **state)
{
	struct box *b;

	if (box_make(state))
		return -1;
	b = *state;
	assert_int_equal(box_vlan_set_main(b), 0);
	for (uint16_t vlan = 100; vlan <= 200; vlan += 100) {
		assert_int_equal(box_vlan_set(b, vlan, vlan, false, own_of(vlan)), 0);
		box_vlan_put_arp(b, vlan, ARP_REQUEST, host_of(vlan), own_of(vlan));
	}
	bed_flush(b->bed);
	return 0;
}

/*
 * Classes 0 (EF, priority) and 1 (the rest) of an interface, too slow for any test; counters from
 * `counter`.
 */
static void add_policy(struct box *b, const char *interface, unsigned counter)
{
	for (uint8_t i = 0; i < 2; i++) {
		struct plane_msg msg = {.type = PLANE_QOS_CLASS};

		msg.qos = i ? qos_lab_default(1) : qos_lab_class(0, 1ull << EF);
		msg.qos.flags = i ? 0 : PLANE_QOS_PRIORITY;
		msg.qos.total_bps = QOS_RATE_MIN;
		msg.qos.counter = counter + i;
		snprintf(msg.qos.interface, sizeof(msg.qos.interface), "%s", interface);
		assert_int_equal(box_command(b, &msg), 0);
	}
}

static void begin(struct box *b, unsigned n)
{
	struct plane_msg msg = {.type = PLANE_QOS_BEGIN, .qos.count = n};

	assert_int_equal(box_command(b, &msg), 0);
}

static void commit(struct box *b)
{
	struct plane_msg msg = {.type = PLANE_QOS_COMMIT};

	assert_int_equal(box_command(b, &msg), 0);
}

static void send(struct box *b, uint16_t vlan, uint8_t dscp)
{
	uint8_t ip[LEN];

	bed_icmp(ip, BOX_IN_HOST, host_of(vlan), sizeof(ip));
	ip[1] = (uint8_t)(dscp << 2);
	bed_fix_checksum(ip);
	bed_put(b->bed, BED_INSIDE, ip, sizeof(ip));
	worker_once(b->bed->dp.workers[0]);
}

/* What the burst lets through goes first; then everything waits. Returns how many went. */
static unsigned use_up_burst(struct box *b, uint16_t vlan)
{
	const struct qos_scheduler *s = b->bed->dp.workers[0]->qos;
	unsigned n = 0, waits = s->n;

	while (s->n == waits) {
		send(b, vlan, 0);
		n++;
	}
	assert_int_equal(bed_flush(b->bed), n - 1);
	return n - 1;
}

static void pass_time(struct box *b)
{
	static uint64_t now_tsc;
	struct worker *w = b->bed->dp.workers[0];

	now_tsc = RTE_MAX(now_tsc, rte_rdtsc());
	while (w->qos->n) {
		now_tsc += rte_get_tsc_hz() * HOUR;
		qos_run(w, now_tsc);
	}
	transmit_flush(w);
}

static void expect(struct box *b, uint16_t vlan, uint8_t dscp)
{
	uint8_t ip[BED_PACKET];

	assert_int_equal(box_vlan_expect(b, vlan, 0x0800, ip), LEN);
	assert_int_equal(ip[1] >> 2, dscp);
}

static void assert_empty(struct box *b)
{
	assert_int_equal(bed_flush(b->bed), 0);
	assert_int_equal(bed_drops(b->bed), 0);
}

static void a_subinterface_has_queues_of_its_own(void **state)
{
	struct box *b = *state;
	unsigned before;

	begin(b, 2);
	add_policy(b, "GigabitEthernet0/1.100", 0);
	commit(b);
	before = use_up_burst(b, 100);
	send(b, 100, 0);
	send(b, 100, EF);
	assert_int_equal(b->bed->dp.workers[0]->qos->ports[SUB].n, 3);
	/* the other VLAN on the same wire does not wait for it */
	send(b, 200, 0);
	expect(b, 200, 0);
	assert_empty(b);
	pass_time(b);
	expect(b, 100, EF);
	expect(b, 100, 0);
	expect(b, 100, 0);
	assert_empty(b);
	/* as long as it is on the wire */
	assert_int_equal(qos_lab_stats(b->bed, 0)->sent_bytes, TAGGED);
	assert_int_equal(qos_lab_stats(b->bed, 1)->sent_packets, before + 2);
	assert_int_equal(qos_lab_stats(b->bed, 1)->sent_bytes, (before + 2) * TAGGED);
	assert_int_equal(b->bed->plane.stats_worker[0].ports[SUB].tx_packets, before + 3);
}

static void without_a_policy_it_waits_with_its_main_interface(void **state)
{
	struct box *b = *state;

	begin(b, 2);
	add_policy(b, "GigabitEthernet0/1", 0);
	commit(b);
	use_up_burst(b, 100);
	send(b, 200, 0);
	send(b, 200, EF);
	assert_int_equal(b->bed->dp.workers[0]->qos->ports[BED_OUTSIDE].n, 3);
	assert_empty(b);
	pass_time(b);
	expect(b, 200, EF);
	expect(b, 100, 0);
	expect(b, 200, 0);
	assert_empty(b);
}

static void its_own_policy_counts_before_that_of_the_main_interface(void **state)
{
	struct box *b = *state;

	begin(b, 4);
	add_policy(b, "GigabitEthernet0/1", 0);
	add_policy(b, "GigabitEthernet0/1.100", 2);
	commit(b);
	use_up_burst(b, 100);
	use_up_burst(b, 200);
	assert_int_equal(b->bed->dp.workers[0]->qos->ports[SUB].n, 1);
	assert_int_equal(b->bed->dp.workers[0]->qos->ports[BED_OUTSIDE].n, 1);
	send(b, 100, EF);
	assert_int_equal(qos_lab_stats(b->bed, 0)->packets, 0);
	assert_int_equal(qos_lab_stats(b->bed, 2)->packets, 1);
	pass_time(b);
	assert_int_equal(bed_flush(b->bed), 3);
}

/* What waits for a subinterface that goes down is dropped with its reason, and not kept. */
static void what_waits_for_a_vlan_that_goes_is_dropped(void **state)
{
	struct box *b = *state;

	begin(b, 2);
	add_policy(b, "GigabitEthernet0/1.100", 0);
	commit(b);
	use_up_burst(b, 100);
	send(b, 100, EF);
	assert_int_equal(box_vlan_set(b, 100, 0, false, own_of(100)), 0);
	box_run(b);
	assert_int_equal(b->bed->dp.workers[0]->qos->n, 0);
	assert_int_equal(bed_drop(b->bed, DROP_IF_DOWN) + bed_drop(b->bed, DROP_NO_ROUTE), 2);
	assert_int_equal(bed_drops(b->bed), 2);
	assert_int_equal(bed_flush(b->bed), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, box_destroy)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_subinterface_has_queues_of_its_own),
		TEST(without_a_policy_it_waits_with_its_main_interface),
		TEST(its_own_policy_counts_before_that_of_the_main_interface),
		TEST(what_waits_for_a_vlan_that_goes_is_dropped),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
