/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_index.h"

#include <stdlib.h>

enum {
	FIRST_SIZE = 64
};

uint64_t config_index_hash(uint64_t h, const void *data, size_t len)
{
	const uint8_t *p = data;

	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * 0x100000001b3ull;
	return h;
}

void config_index_reset(struct config_index *index)
{
	free(index->slots);
	*index = (struct config_index){0};
}

static const void *row_at(const struct config_index_rows *rows, size_t i)
{
	return (const char *)rows->rows + i * rows->row_bytes;
}

/* The slot of an equal row, or the free one where it belongs. */
static uint32_t *slot_of(const struct config_index *index, const struct config_index_rows *rows,
			 const void *like)
{
	uint64_t h = rows->hash(like);
	size_t i = (size_t)(h ^ h >> 32) & (index->size - 1);

	while (index->slots[i] && !rows->eq(row_at(rows, index->slots[i] - 1), like))
		i = (i + 1) & (index->size - 1);
	return &index->slots[i];
}

static bool grow(struct config_index *index)
{
	size_t size = index->size ? index->size * 2 : FIRST_SIZE;
	uint32_t *slots = calloc(size, sizeof(*slots));

	config_index_reset(index);
	index->slots = slots;
	index->size = slots ? size : 0;
	return slots;
}

/* Of rows that are equal the first one stays. False without memory. */
static bool catch_up(struct config_index *index, const struct config_index_rows *rows)
{
	while (index->n < rows->n) {
		uint32_t *slot;

		if (index->n >= index->size / 2) {
			if (!grow(index))
				return false;
			continue;
		}
		slot = slot_of(index, rows, row_at(rows, index->n));
		index->n++;
		if (!*slot)
			*slot = (uint32_t)index->n;
	}
	return true;
}

size_t config_index_find(struct config_index *index, const struct config_index_rows *rows,
			 const void *like)
{
	size_t i = 0;

	if (catch_up(index, rows)) {
		uint32_t slot = index->size ? *slot_of(index, rows, like) : 0;

		return slot ? slot - 1 : rows->n;
	}
	while (i < rows->n && !rows->eq(row_at(rows, i), like))
		i++;
	return i;
}
