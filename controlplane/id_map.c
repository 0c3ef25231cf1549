/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/id_map.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/*
 * Keys are spread evenly, so one further from home than this does not happen short of a full map.
 */
enum {
	PROBES = 4096
};

/* Of taken[]. */
enum {
	ASKED = 1,
	HELD = 2
};

int id_map_init(struct id_map *m, uint32_t size)
{
	*m = (struct id_map){.size = size};
	m->keys = calloc(size, sizeof(*m->keys));
	m->taken = calloc(size, sizeof(*m->taken));
	if (m->keys && m->taken)
		return 0;
	id_map_fini(m);
	return -ENOMEM;
}

int id_map_copy(struct id_map *copy, const struct id_map *m)
{
	int err = id_map_init(copy, m->size);

	if (err < 0)
		return err;
	memcpy(copy->keys, m->keys, m->size * sizeof(*m->keys));
	memcpy(copy->taken, m->taken, m->size * sizeof(*m->taken));
	return 0;
}

void id_map_fini(struct id_map *m)
{
	free(m->keys);
	free(m->taken);
	*m = (struct id_map){0};
}

void id_map_begin(struct id_map *m)
{
	for (uint32_t i = 0; i < m->size; i++)
		m->taken[i] &= HELD;
}

/* Where the key is, or else the first hole on its way; ID_MAP_NONE when there is neither. */
static uint32_t probe(const struct id_map *m, uint64_t key)
{
	uint32_t hole = ID_MAP_NONE;
	uint32_t steps = m->size < PROBES ? m->size : PROBES;

	for (uint32_t i = 0; i < steps; i++) {
		uint32_t at = (uint32_t)((key + i) % m->size);

		if (m->keys[at] == key)
			return at;
		/* a key forgotten earlier leaves a hole, and the one sought may lie behind it */
		if (!m->keys[at] && hole == ID_MAP_NONE)
			hole = at;
	}
	return hole;
}

uint32_t id_map_find(const struct id_map *m, uint64_t key)
{
	uint32_t at = probe(m, key);

	return at != ID_MAP_NONE && m->keys[at] == key ? at : ID_MAP_NONE;
}

uint32_t id_map_take(struct id_map *m, uint64_t key)
{
	uint32_t at = probe(m, key);

	if (at == ID_MAP_NONE)
		return at;
	m->keys[at] = key;
	m->taken[at] |= ASKED;
	return at;
}

uint32_t id_map_hold(struct id_map *m, uint64_t key)
{
	uint32_t at = probe(m, key);

	if (at == ID_MAP_NONE || m->keys[at])
		return ID_MAP_NONE;
	m->keys[at] = key;
	m->taken[at] = HELD;
	return at;
}

void id_map_release(struct id_map *m, uint32_t at)
{
	m->keys[at] = 0;
	m->taken[at] = 0;
}

static bool is_open(struct id_map *const *maps, size_t n, uint32_t at, uint64_t key)
{
	for (size_t i = 0; i < n; i++)
		if (maps[i]->keys[at] && maps[i]->keys[at] != key)
			return false;
	return true;
}

static bool has_key(struct id_map *const *maps, size_t n, uint32_t at, uint64_t key)
{
	for (size_t i = 0; i < n; i++)
		if (maps[i]->keys[at] != key)
			return false;
	return true;
}

static uint32_t probe_all(struct id_map *const *maps, size_t n, uint64_t key)
{
	uint32_t hole = ID_MAP_NONE, size = maps[0]->size;
	uint32_t steps = size < PROBES ? size : PROBES;

	for (uint32_t i = 0; i < steps; i++) {
		uint32_t at = (uint32_t)((key + i) % size);

		if (has_key(maps, n, at, key))
			return at;
		if (hole == ID_MAP_NONE && is_open(maps, n, at, key))
			hole = at;
	}
	return hole;
}

uint32_t id_map_take_all(struct id_map *const *maps, size_t n, uint64_t key)
{
	uint32_t at = probe_all(maps, n, key);

	for (size_t i = 0; i < n && at != ID_MAP_NONE; i++) {
		maps[i]->keys[at] = key;
		maps[i]->taken[at] |= ASKED;
	}
	return at;
}

void id_map_end(struct id_map *m)
{
	for (uint32_t i = 0; i < m->size; i++) {
		if (!m->taken[i])
			m->keys[i] = 0;
	}
}

uint64_t id_map_hash(uint64_t hash, const void *data, size_t len)
{
	const uint8_t *p = data;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ p[i]) * 0x100000001b3ull;
	return hash;
}
