/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/qos_meter.h"

#include <errno.h>
#include <stdlib.h>

enum {
	MS_PER_S = 1000,
	BITS = 8
};

#define relaxed(field) __atomic_load_n(&(field), __ATOMIC_RELAXED)

int qos_meter_init(struct qos_meter *m, const struct plane *plane)
{
	*m = (struct qos_meter){.plane = plane};
	m->rows = calloc(PLANE_CLASSES, sizeof(*m->rows));
	return m->rows ? 0 : -ENOMEM;
}

void qos_meter_fini(struct qos_meter *m)
{
	free(m->rows);
	*m = (struct qos_meter){0};
}

static struct plane_stats_class sum_of(const struct plane *plane, uint32_t counter)
{
	struct plane_stats_class sum = {0};

	for (unsigned w = 0; w < plane->header->params.n_workers; w++) {
		const struct plane_stats_class *s = &plane_stats_class_of(plane, w)[counter];

		sum.packets += relaxed(s->packets);
		sum.bytes += relaxed(s->bytes);
		sum.sent_packets += relaxed(s->sent_packets);
		sum.sent_bytes += relaxed(s->sent_bytes);
		sum.tail_drops += relaxed(s->tail_drops);
		sum.conform_packets += relaxed(s->conform_packets);
		sum.conform_bytes += relaxed(s->conform_bytes);
		sum.exceed_packets += relaxed(s->exceed_packets);
		sum.exceed_bytes += relaxed(s->exceed_bytes);
		sum.queued += relaxed(s->queued);
		sum.queued_most += relaxed(s->queued_most);
	}
	return sum;
}

/* Since the base; a counter below it was zeroed since. */
static uint64_t since(uint64_t now, uint64_t base)
{
	return now < base ? now : now - base;
}

static void begin(struct qos_meter_row *row, const struct plane_stats_class *base)
{
	*row = (struct qos_meter_row){.used = true,
				      .base = *base,
				      .bytes = base->bytes,
				      .packets = base->packets,
				      .drops = base->tail_drops};
}

void qos_meter_follow(struct qos_meter *m, const struct qos *q)
{
	const struct plane_stats_class zero = {0};
	bool *used = calloc(PLANE_CLASSES, sizeof(*used));

	for (size_t i = 0; i < q->n_classes; i++) {
		uint32_t counter = q->classes[i].plane.counter;
		const struct plane_stats_class now = sum_of(m->plane, counter);

		if (!m->rows[counter].used)
			begin(&m->rows[counter], m->started ? &now : &zero);
		if (used)
			used[counter] = true;
	}
	/* without memory those that are gone are noticed next time */
	for (size_t i = 0; used && i < PLANE_CLASSES; i++)
		m->rows[i].used = used[i];
	m->started = true;
	free(used);
}

/* Bits a second between two rounds, folded into the average. */
static void fold(double *average, double bits, uint64_t elapsed_ms)
{
	double seconds = (double)elapsed_ms / MS_PER_S;
	double share = seconds / QOS_METER_SECONDS;

	*average += (share < 1 ? share : 1) * (bits / seconds - *average);
}

static void round_of(const struct plane *plane, uint32_t counter, struct qos_meter_row *row,
		     uint64_t elapsed_ms)
{
	const struct plane_stats_class now = sum_of(plane, counter);
	uint64_t bytes = since(now.bytes, row->bytes);
	uint64_t packets = since(now.packets, row->packets);
	uint64_t drops = since(now.tail_drops, row->drops);

	fold(&row->offered_bps, (double)bytes * BITS, elapsed_ms);
	/* drops are counted in packets: of the size that packets had on average */
	fold(&row->drop_bps, packets ? (double)drops * (double)bytes / (double)packets * BITS : 0,
	     elapsed_ms);
	row->bytes = now.bytes;
	row->packets = now.packets;
	row->drops = now.tail_drops;
}

void qos_meter_round(struct qos_meter *m, uint64_t now_ms)
{
	uint64_t elapsed = now_ms - m->round_ms;
	bool first = m->round_ms == 0;

	if (elapsed == 0)
		return;
	m->round_ms = now_ms;
	for (uint32_t i = 0; i < PLANE_CLASSES && !first; i++)
		if (m->rows[i].used)
			round_of(m->plane, i, &m->rows[i], elapsed);
}

void qos_meter_clear(struct qos_meter *m)
{
	for (uint32_t i = 0; i < PLANE_CLASSES; i++)
		m->rows[i].base = (struct plane_stats_class){0};
}

struct qos_meter_reading qos_meter_read(const struct qos_meter *m, uint32_t counter)
{
	const struct qos_meter_row *row = &m->rows[counter];
	struct qos_meter_reading r = {.n = sum_of(m->plane, counter),
				      .offered_bps = (uint64_t)row->offered_bps,
				      .drop_bps = (uint64_t)row->drop_bps};

	r.n.packets = since(r.n.packets, row->base.packets);
	r.n.bytes = since(r.n.bytes, row->base.bytes);
	r.n.sent_packets = since(r.n.sent_packets, row->base.sent_packets);
	r.n.sent_bytes = since(r.n.sent_bytes, row->base.sent_bytes);
	r.n.tail_drops = since(r.n.tail_drops, row->base.tail_drops);
	r.n.conform_packets = since(r.n.conform_packets, row->base.conform_packets);
	r.n.conform_bytes = since(r.n.conform_bytes, row->base.conform_bytes);
	r.n.exceed_packets = since(r.n.exceed_packets, row->base.exceed_packets);
	r.n.exceed_bytes = since(r.n.exceed_bytes, row->base.exceed_bytes);
	return r;
}
