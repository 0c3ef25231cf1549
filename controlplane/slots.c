/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/slots.h"

#include "lib/plane/plane_msg.h"

#include <stdbool.h>
#include <stdlib.h>

struct slot {
	uint8_t generation; /* of the last SPI given out; 1..255 */
	bool used;
	bool queued; /* stands in the free queue (an occupied slot still may) */
};

struct slots_worker {
	struct slot *slots;
	uint32_t *queue; /* ring of free slots, oldest first */
	uint32_t head;
	uint32_t n_queued;
	uint32_t n_used;
};

struct slots {
	unsigned n_workers;
	uint32_t n_slots;
	struct slots_worker workers[];
};

static void enqueue(struct slots *s, struct slots_worker *w, uint32_t slot)
{
	if (w->slots[slot].queued)
		return;
	w->queue[(w->head + w->n_queued++) % s->n_slots] = slot;
	w->slots[slot].queued = true;
}

static int worker_init(struct slots *s, struct slots_worker *w, uint32_t seed)
{
	w->slots = calloc(s->n_slots, sizeof(*w->slots));
	w->queue = calloc(s->n_slots, sizeof(*w->queue));
	if (!w->slots || !w->queue)
		return -1;
	for (uint32_t i = 0; i < s->n_slots; i++) {
		/* Knuth's multiplicative hash: neighbours begin in unlike generations */
		w->slots[i].generation = (uint8_t)(((i + seed) * 2654435761u >> 24) % 255 + 1);
		enqueue(s, w, i);
	}
	return 0;
}

struct slots *slots_create(unsigned n_workers, uint32_t n_slots, uint32_t seed)
{
	struct slots *s = calloc(1, sizeof(*s) + n_workers * sizeof(s->workers[0]));

	if (!s)
		return NULL;
	s->n_workers = n_workers;
	s->n_slots = n_slots;
	for (unsigned i = 0; i < n_workers; i++) {
		if (worker_init(s, &s->workers[i], seed + i) < 0) {
			slots_destroy(s);
			return NULL;
		}
	}
	return s;
}

void slots_destroy(struct slots *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < s->n_workers; i++) {
		free(s->workers[i].slots);
		free(s->workers[i].queue);
	}
	free(s);
}

uint32_t slots_alloc(struct slots *s, unsigned worker)
{
	struct slots_worker *w = &s->workers[worker];

	while (w->n_queued) {
		uint32_t i = w->queue[w->head];
		struct slot *slot = &w->slots[i];

		w->head = (w->head + 1) % s->n_slots;
		w->n_queued--;
		slot->queued = false;
		if (slot->used)
			continue;
		slot->used = true;
		slot->generation = slot->generation == 255 ? 1 : slot->generation + 1;
		w->n_used++;
		return plane_spi_make(slot->generation, worker, i);
	}
	return 0;
}

/* The slot of an SPI if its worker and slot exist. */
static struct slot *slot_of(struct slots *s, uint32_t spi, struct slots_worker **w)
{
	unsigned worker = plane_spi_worker(spi);

	if (worker >= s->n_workers || plane_spi_slot(spi) >= s->n_slots)
		return NULL;
	*w = &s->workers[worker];
	return &(*w)->slots[plane_spi_slot(spi)];
}

void slots_free(struct slots *s, uint32_t spi)
{
	struct slots_worker *w;
	struct slot *slot = slot_of(s, spi, &w);

	if (!slot || !slot->used || slot->generation != spi >> 24)
		return;
	slot->used = false;
	w->n_used--;
	enqueue(s, w, plane_spi_slot(spi));
}

void slots_occupy(struct slots *s, uint32_t spi)
{
	struct slots_worker *w;
	struct slot *slot = slot_of(s, spi, &w);

	if (!slot || slot->used)
		return;
	slot->used = true;
	slot->generation = (uint8_t)(spi >> 24);
	w->n_used++;
}

uint32_t slots_used(const struct slots *s, unsigned worker)
{
	return s->workers[worker].n_used;
}
