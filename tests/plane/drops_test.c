/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Each reason of drop_reasons.def that a worker can have is provoked, each packet counted exactly
 * once; and over a storm of packets of every kind, not one unaccounted for (B-ACC).
 */
#include "dataplane/reassemble.h"
#include "dataplane/worker.h"
#include "dataplane/worker_state.h"
#include "lib/net/ip.h"
#include "tests/plane/drops_provoke.h"

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static void every_reason_counts_its_packet_once(void **state)
{
	(void)state;
	for (unsigned reason = 0; reason < DROP_COUNT; reason++) {
		struct drops_scene s = drops_scene_create();
		unsigned expected = drops_provoke(&s, reason);

		assert_int_equal(expected == 0,
				 reason == DROP_NONE || reason == DROP_ARP_MALFORMED ||
					 reason == DROP_NEIGHBOUR || reason == DROP_CRYPTO);
		while (worker_once(s.bed->dp.workers[0]))
			;
		for (unsigned r = 0; r < DROP_COUNT; r++)
			if (bed_drop(s.bed, r) != (r == reason ? expected : 0))
				fail_msg("%s: %s counted %lu", drop_name(reason), drop_name(r),
					 bed_drop(s.bed, r));
		drops_scene_destroy(&s);
	}
}

/* Random frames: garbage, packets in clear, sealed packets, some with a byte changed. */
static void storm(struct drops_scene *s, unsigned n)
{
	static uint64_t seq;

	for (unsigned i = 0; i < n; i++) {
		unsigned port = (unsigned)rand() & 1, at = (unsigned)rand() % DROPS_FRAME;
		uint8_t b[DROPS_FRAME] = {0};
		struct bed_packet p;

		memcpy(b, s->bed->dp.ports[port].mac, 6);
		b[12] = 8;
		memcpy(b + 14, port ? s->inner : s->away, DROPS_INNER);
		switch (rand() % 4) {
		case 0:
			seal_packet(s->peer, ++seq, s->inner, DROPS_INNER, IP_PROTO_IPIP, &p);
			if (rand() % 2)
				p.b[(unsigned)rand() % p.len] ^= (uint8_t)(1 << rand() % 8);
			bed_put(s->bed, BED_OUTSIDE, p.b, p.len);
			break;
		case 1:
			for (unsigned k = 0; k < sizeof(b); k++)
				b[k] = (uint8_t)rand();
			bed_put_frame(s->bed, port, b, 1 + (unsigned)rand() % DROPS_FRAME);
			break;
		default:
			b[at] ^= (uint8_t)rand();
			if (at > 14 && at < 34 && rand() % 2)
				bed_fix_checksum(b + 14);
			bed_put_frame(s->bed, port, b, DROPS_FRAME);
			break;
		}
	}
}

static void not_one_packet_is_unaccounted_for(void **state)
{
	struct drops_scene s = drops_scene_create();
	const struct plane_stats_worker *w = s.bed->plane.stats_worker;
	uint64_t sent = 0, rx = 0, tx = 0, punted = 0;
	struct rte_mbuf *m;

	(void)state;
	srand(11);
	/* no address, no ICMP errors: everything that leaves has come in */
	for (unsigned port = 0; port < BED_PORTS; port++)
		s.bed->dp.ports[port].own = (struct addr){0};
	for (unsigned round = 0; round < 2000; round++) {
		storm(&s, 40);
		sent += 40;
		bed_run(s.bed);
		tx += bed_flush(s.bed);
		while (rte_ring_dequeue(s.bed->dp.punt[0], (void **)&m) == 0)
			rte_pktmbuf_free(m);
	}
	for (unsigned id = 0; id < 2; id++) {
		/* fragments that nothing completes */
		reassemble_run(s.bed->dp.workers[id]->reassembly, UINT64_MAX);
		for (unsigned port = 0; port < BED_PORTS; port++)
			rx += w[id].ports[port].rx_packets;
		punted += w[id].punted;
	}
	assert_int_equal(rx, sent);
	assert_int_equal(rx, tx + punted + bed_drops(s.bed));
	assert_true(tx > sent / 10 && bed_drop(s.bed, DROP_ESP_AUTH) > 1000);
	bed_check_pool(s.bed);
	drops_scene_destroy(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_reason_counts_its_packet_once),
		cmocka_unit_test(not_one_packet_is_unaccounted_for),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
