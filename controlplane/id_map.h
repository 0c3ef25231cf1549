/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Small numbers for things that are known by a 64-bit key: tunnels of a worker, lines of hit
 * counters. A key keeps its number for as long as it is in use, and a fresh map gives the same
 * keys the same numbers (but for collisions), so that a restarted control plane numbers as its
 * predecessor did.
 */
#pragma once

#include "lib/base/compat.h"

#include <stddef.h>
#include <stdint.h>

enum {
	ID_MAP_NONE = UINT32_MAX
};

struct id_map {
	uint64_t *keys; /* owned; 0 = free */
	uint8_t *taken; /* owned; asked for since id_map_begin(), or held */
	uint32_t size;
};

/* Numbers 0..size-1. 0 or -ENOMEM. */
int must_check id_map_init(struct id_map *m, uint32_t size);
/* The same numbers for the same keys. 0 or -ENOMEM. */
int must_check id_map_copy(struct id_map *copy, const struct id_map *m);
void id_map_fini(struct id_map *m);
/*
 * From here to id_map_end() every key that stays in use is taken again; the others are forgotten.
 */
void id_map_begin(struct id_map *m);
/* The number of a key (never 0), given out now if it has none; ID_MAP_NONE when all are in use. */
uint32_t id_map_take(struct id_map *m, uint64_t key);
/*
 * One number that is free, or the key's, in each of n maps of equal size; ID_MAP_NONE when there is
 * none.
 */
uint32_t id_map_take_all(struct id_map *const *maps, size_t n, uint64_t key);
void id_map_end(struct id_map *m);
/*
 * A number for a new key (never 0) that stays taken, whatever is asked for meanwhile, until
 * id_map_release(); ID_MAP_NONE when all are in use or the key has one already.
 */
uint32_t id_map_hold(struct id_map *m, uint64_t key);
void id_map_release(struct id_map *m, uint32_t at);
/* The number of a key, or ID_MAP_NONE. */
uint32_t id_map_find(const struct id_map *m, uint64_t key);

/* FNV-1a over more bytes, for building keys; start with ID_MAP_SEED. */
#define ID_MAP_SEED 0xcbf29ce484222325ull
uint64_t id_map_hash(uint64_t hash, const void *data, size_t len);
