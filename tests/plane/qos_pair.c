/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/plane/qos_pair.h"

#include "dataplane/qos.h"
#include "dataplane/worker.h"
#include "dataplane/worker_state.h"

#include <cmocka.h>
#include <rte_cycles.h>

#include <string.h>

enum {
	HOUR = 3600, /* more than any burst lasts */
};

const struct bed_sa qos_pair_sa = {
	.suite = {ALG_CIPHER_GCM_128, ALG_HASH_NONE}, .generation = 1, .window = 64};

struct qos_pair qos_pair_create(void)
{
	struct qos_pair p = {.from = bed_create(1, 1), .to = bed_create(2, 1)};

	bed_policy(p.from);
	bed_policy(p.to);
	bed_install(p.from, &qos_pair_sa);
	bed_install(p.to, &qos_pair_sa);
	p.now_tsc = rte_rdtsc();
	return p;
}

void qos_pair_destroy(struct qos_pair *p)
{
	struct bed *beds[] = {p->from, p->to};

	/* without policies nothing waits */
	qos_lab_publish(p->from, NULL, 0);
	for (unsigned i = 0; i < array_len(beds); i++) {
		bed_flush(beds[i]);
		bed_check_pool(beds[i]);
		bed_destroy(beds[i]);
	}
}

void qos_pair_put(struct qos_pair *p, uint8_t dscp, bool clear, uint16_t id)
{
	uint16_t id_be = __builtin_bswap16(id);
	uint8_t ip[QOS_PAIR_INNER];

	bed_udp(ip, 1, 2, sizeof(ip));
	ip[1] = (uint8_t)(dscp << 2);
	memcpy(ip + 4, &id_be, 2);
	if (clear)
		memcpy(ip + 16, (uint8_t[]){172, 16, 0, 1}, 4);
	bed_fix_checksum(ip);
	bed_put(p->from, BED_INSIDE, ip, sizeof(ip));
	worker_once(p->from->dp.workers[0]);
}

void qos_pair_pass_time(struct qos_pair *p)
{
	struct worker *w = p->from->dp.workers[0];

	while (w->qos && w->qos->n) {
		p->now_tsc += rte_get_tsc_hz() * HOUR;
		qos_run(w, p->now_tsc);
	}
	bed_run(p->from);
}

void qos_pair_close(struct qos_pair *p, uint16_t queue_packets)
{
	struct plane_qos c[2] = {qos_lab_class(0, 1ull << QOS_PAIR_EF), qos_lab_default(1)};

	c[0].flags = PLANE_QOS_PRIORITY;
	c[0].total_bps = c[1].total_bps = QOS_PAIR_CLOSED;
	c[0].queue_packets = c[1].queue_packets = queue_packets;
	qos_lab_publish(p->from, c, 2);
	/* the burst of the shape goes first */
	while (!p->from->dp.workers[0]->qos->n)
		qos_pair_put(p, 0, true, 0);
	bed_flush(p->from);
}
