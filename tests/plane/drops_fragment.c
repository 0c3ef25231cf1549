/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/plane/drops_fragment.h"

#include "dataplane/reassemble.h"
#include "dataplane/worker.h"
#include "dataplane/worker_state.h"

#include <string.h>

/* A fragment for ourselves at `place`, in units of eight bytes, with n bytes of data. */
static void put_fragment(struct drops_scene *s, uint16_t place, unsigned n)
{
	uint8_t b[DROPS_INNER + 20];

	memcpy(b, s->away, 20);
	memset(b + 20, 7, DROPS_INNER);
	memcpy(b + 16, (uint8_t[]){192, 168, 2, 1}, 4);
	memcpy(b + 2, (uint8_t[]){0, (uint8_t)(20 + n), 0, s->away[8]}, 4);
	memcpy(b + 6, (uint8_t[]){(uint8_t)(place >> 8), (uint8_t)place}, 2);
	bed_fix_checksum(b);
	bed_put(s->bed, BED_INSIDE, b, 20 + n);
}

void drops_fragment_dup(struct drops_scene *s)
{
	put_fragment(s, 0x2000, 64);
	put_fragment(s, 0x2000, 64);
	bed_run(s->bed);
}

/* The other one is condemned with it. */
void drops_fragment_overlap(struct drops_scene *s)
{
	put_fragment(s, 0x2000, 64);
	put_fragment(s, 0x2001, 64);
	bed_run(s->bed);
}

/* All that came before are condemned too. */
void drops_fragment_too_many(struct drops_scene *s)
{
	for (unsigned i = 0; i <= REASSEMBLE_PARTS; i++)
		put_fragment(s, (uint16_t)(0x2000 | (4 * i + 4)), 8);
	bed_run(s->bed);
}

void drops_fragment_timeout(struct drops_scene *s)
{
	put_fragment(s, 0x2000, 64);
	bed_run(s->bed);
	for (unsigned i = 0; i < 2; i++)
		reassemble_run(s->bed->dp.workers[i]->reassembly, UINT64_MAX - i);
}

/* No ring to the worker that would have to put it together. */
void drops_fragment_pool(struct drops_scene *s)
{
	drops_scene_hold(s, DATAPLANE_RING / 2 + 1);
	while (s->n_held && rte_ring_enqueue(s->bed->dp.handoff[1], s->held[s->n_held - 1]) == 0)
		s->n_held--;
	while (!bed_drops(s->bed)) {
		s->away[8]++;
		put_fragment(s, 0x2000, 64);
		worker_once(s->bed->dp.workers[0]);
	}
}

void drops_fragment_length(struct drops_scene *s)
{
	put_fragment(s, 0x2008, 12);
	bed_run(s->bed);
}

void drops_fragment_tiny(struct drops_scene *s)
{
	put_fragment(s, 0x2000, 8);
	bed_run(s->bed);
}

void drops_fragment_oversize(struct drops_scene *s)
{
	put_fragment(s, 0x1fff, 64);
	bed_run(s->bed);
}
