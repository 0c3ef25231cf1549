/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inbound SPIs. A slot of a worker's SA table and the generation it is used in make an SPI
 * (lib/plane/plane_msg.h). Slots are reused in the order they became free, with the next
 * generation, so a late packet of an old SA meets a different SPI. A slot may only be freed after
 * the worker acknowledged that its SA is gone; nothing here talks to a worker.
 */
#pragma once

#include "lib/base/compat.h"

#include <stdint.h>

struct slots;

/* seed makes the first generations differ from run to run. NULL without memory. */
struct slots *slots_create(unsigned n_workers, uint32_t n_slots, uint32_t seed);
void slots_destroy(struct slots *s);
/* A free slot of that worker as an SPI; 0 when there is none. */
uint32_t slots_alloc(struct slots *s, unsigned worker);
/* Gives back an SPI of slots_alloc() or slots_occupy(); any other is ignored. */
void slots_free(struct slots *s, uint32_t spi);
/* Takes the slot of an SA that a predecessor left behind: not given out until freed. */
void slots_occupy(struct slots *s, uint32_t spi);
/* Slots of a worker that are given out or occupied. */
uint32_t slots_used(const struct slots *s, unsigned worker);
