/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Finds a row of a long list by what it says: a hash of the rows that were appended, made and
 * brought up to date by the search itself. Without memory for it the search is linear.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed = empty. */
struct config_index {
	uint32_t *slots; /* owned; number of a row + 1, 0 = free */
	size_t size;	 /* a power of two */
	size_t n;	 /* rows known */
};

/* How to look at the rows of one list. */
struct config_index_rows {
	const void *rows;
	size_t n;
	size_t row_bytes;
	uint64_t (*hash)(const void *row);
	bool (*eq)(const void *a, const void *b);
};

/* The number of the first row that equals `like`, or rows->n. */
size_t config_index_find(struct config_index *index, const struct config_index_rows *rows,
			 const void *like);
/* To be called when rows were inserted before others, removed, or given up. */
void config_index_reset(struct config_index *index);
/* FNV-1a, to be continued from CONFIG_INDEX_SEED. */
uint64_t config_index_hash(uint64_t h, const void *data, size_t len);

#define CONFIG_INDEX_SEED 0xcbf29ce484222325ull
