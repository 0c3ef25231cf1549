/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/orphans.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	ROUND_MS = 1000
};

#define relaxed(field) __atomic_load_n(&(field), __ATOMIC_RELAXED)

/*
 * The SPI of an inbound half is the handle that we gave it. The statistics are memory that others
 * write: one that leads elsewhere is as good as none.
 */
static uint32_t handle_of(uint32_t spi, unsigned worker, uint32_t slot)
{
	bool ours = spi >> 24 && plane_spi_worker(spi) == worker && plane_spi_slot(spi) == slot;

	return ours ? spi : 0;
}

static int adopt(struct orphans *o, unsigned worker, uint32_t slot)
{
	const struct plane_stats_in *in = &plane_stats_in_of(o->plane, worker)[slot];
	const struct plane_stats_out *out = &plane_stats_out_of(o->plane, worker)[slot];
	struct orphan *rows = realloc(o->rows, (o->n + 1) * sizeof(*rows));
	struct orphan *row;

	if (!rows)
		return -ENOMEM;
	o->rows = rows;
	row = &rows[o->n++];
	*row = (struct orphan){
		.worker = worker,
		.spi_in = handle_of(relaxed(in->spi), worker, slot),
		.spi_out = relaxed(out->spi),
	};
	row->index = row->spi_in ? relaxed(in->tunnel) : relaxed(out->tunnel);
	row->hard_ms = row->spi_in ? relaxed(in->hard_ms) : relaxed(out->hard_ms);
	if (row->index >= o->plane->header->params.n_tunnels)
		row->index = ORPHANS_STRAY;
	if (!row->hard_ms)
		row->hard_ms = UINT64_MAX;
	/* also when the inbound half is gone: nobody else had the slot since */
	row->dynamic = relaxed(in->flags) & PLANE_SA_DYNAMIC;
	/* without an inbound half any generation keeps the slot out of use */
	if (!row->spi_in)
		row->spi_in = plane_spi_make(1, worker, slot);
	slots_occupy(o->slots, row->spi_in);
	return 0;
}

int orphans_adopt(struct orphans *o)
{
	const struct plane_params *params = &o->plane->header->params;

	for (unsigned w = 0; w < params->n_workers; w++) {
		for (uint32_t i = 0; i < params->n_slots; i++) {
			if (!relaxed(plane_stats_in_of(o->plane, w)[i].spi) &&
			    !relaxed(plane_stats_out_of(o->plane, w)[i].spi))
				continue;
			if (adopt(o, w, i) < 0)
				return -ENOMEM;
		}
	}
	return 0;
}

void orphans_fini(struct orphans *o)
{
	free(o->rows);
	*o = (struct orphans){0};
}

void orphans_release(struct orphans *o, uint32_t spi_in)
{
	for (size_t i = 0; i < o->n; i++) {
		if (o->rows[i].spi_in != spi_in)
			continue;
		o->rows[i] = o->rows[--o->n];
		return;
	}
}

static void on_removed(void *ctx, uint64_t arg, const struct plane_ack *ack)
{
	struct orphans *o = ctx;

	(void)ack;
	for (size_t i = 0; i < o->n; i++) {
		if (o->rows[i].spi_in != (uint32_t)arg)
			continue;
		slots_free(o->slots, o->rows[i].spi_in);
		o->rows[i] = o->rows[--o->n];
		return;
	}
}

static void remove_halves(struct orphans *o, struct orphan *row)
{
	struct plane_msg out = {.type = PLANE_SA_OUT_REMOVE};
	struct plane_msg in = {.type = PLANE_SA_IN_REMOVE};
	uint32_t slot = plane_spi_slot(row->spi_in);

	out.remove.spi = row->spi_out;
	in.remove.spi = row->spi_in;
	out.remove.pair = in.remove.pair = slot;
	out.remove.tunnel = in.remove.tunnel = row->index;
	if (row->spi_out && plane_client_send(o->client, (int)row->worker, &out, NULL, NULL, 0) < 0)
		return;
	row->spi_out = 0;
	row->removing = plane_client_send(o->client, (int)row->worker, &in, on_removed, o,
					  row->spi_in) == 0;
}

size_t orphans_remove(struct orphans *o, unsigned worker, uint32_t index)
{
	size_t n = 0;

	for (size_t i = 0; i < o->n; i++) {
		struct orphan *row = &o->rows[i];

		if (row->worker != worker || row->index != index || row->removing)
			continue;
		/* if it cannot be sent now, the next round does it */
		row->hard_ms = 0;
		remove_halves(o, row);
		n++;
	}
	return n;
}

void orphans_remove_dynamic(struct orphans *o)
{
	for (size_t i = 0; i < o->n; i++) {
		struct orphan *row = &o->rows[i];

		if (!row->dynamic || row->removing)
			continue;
		row->hard_ms = 0;
		remove_halves(o, row);
	}
}

size_t orphans_remove_tunnel(struct orphans *o, const struct tunnel *t)
{
	size_t n = 0;

	for (unsigned i = 0; i < tunnels_n_workers(t); i++)
		n += orphans_remove(o, tunnels_worker(t, i), t->index);
	return n;
}

size_t orphans_remove_matching(struct orphans *o, const struct tunnels *set,
			       const struct addr *peer, const char *map)
{
	size_t n = 0;

	for (size_t i = 0; i < set->n && o->n; i++) {
		const struct tunnel *t = &set->rows[i];

		if ((map && strcmp(map, t->map) != 0) || (peer && !tunnels_has_peer(t, peer)))
			continue;
		n += orphans_remove_tunnel(o, t);
	}
	return n;
}

static bool is_of(const struct orphan *row, const struct tunnel *t)
{
	for (unsigned i = 0; i < tunnels_n_workers(t); i++)
		if (row->worker == tunnels_worker(t, i) && row->index == t->index)
			return true;
	return false;
}

bool orphans_has(const struct orphans *o, const struct tunnel *t)
{
	for (size_t i = 0; i < o->n; i++)
		if (is_of(&o->rows[i], t) && !o->rows[i].removing)
			return true;
	return false;
}

void orphans_count(const struct orphans *o, const struct tunnel *t, struct sa_counters *sum)
{
	for (size_t i = 0; i < o->n; i++) {
		const struct orphan *row = &o->rows[i];
		uint32_t slot = plane_spi_slot(row->spi_in);

		if (!is_of(row, t))
			continue;
		sa_counters_add_in(sum, &plane_stats_in_of(o->plane, row->worker)[slot],
				   row->spi_in);
		if (row->spi_out)
			sa_counters_add_out(sum, &plane_stats_out_of(o->plane, row->worker)[slot],
					    row->spi_out);
	}
}

/* Only an orphan that still is its tunnel's way out is worth a successor. */
static void ask(struct orphans *o, struct orphan *row)
{
	const struct plane_stats_tunnel *of = plane_stats_tunnel_of(o->plane, row->worker);

	row->asked = true;
	if (row->index == ORPHANS_STRAY)
		return;
	if (row->spi_out && relaxed(of[row->index].spi_out) == row->spi_out)
		o->want(o->ctx, row->worker, row->index);
}

uint64_t orphans_run(struct orphans *o, uint64_t now_ms)
{
	for (size_t i = 0; i < o->n; i++) {
		struct orphan *row = &o->rows[i];

		if (now_ms >= row->hard_ms && !row->removing)
			remove_halves(o, row);
		else if (now_ms + ORPHANS_EARLY_MS >= row->hard_ms && !row->asked)
			ask(o, row);
	}
	return o->n ? now_ms + ROUND_MS : UINT64_MAX;
}

void orphans_limit(struct orphans *o, unsigned worker, uint32_t spi)
{
	for (size_t i = 0; i < o->n; i++) {
		if (o->rows[i].worker == worker &&
		    (o->rows[i].spi_in == spi || o->rows[i].spi_out == spi))
			ask(o, &o->rows[i]);
	}
}
