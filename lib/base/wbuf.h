/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bounded write cursor into a buffer the caller owns. A write that does not fit sets a sticky
 * error and writes nothing; the caller asks once at the end. Lengths that are known only later
 * are patched: `mark = wbuf_mark16(b); ... wbuf_patch16(b, mark, value);`
 */
#pragma once

#include "lib/base/compat.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct wbuf {
	uint8_t *start;
	size_t len;  /* bytes written */
	size_t size; /* bytes that fit */
	bool bad;    /* a write did not fit */
};

static inline struct wbuf wbuf_of(void *data, size_t size)
{
	return (struct wbuf){.start = data, .size = size};
}

/* Room for len bytes that the caller fills, or NULL and the sticky error. */
static inline uint8_t *wbuf_room(struct wbuf *b, size_t len)
{
	uint8_t *p = b->start + b->len;

	if (b->bad || len > b->size - b->len) {
		b->bad = true;
		return NULL;
	}
	b->len += len;
	return p;
}

static inline void wbuf_bytes(struct wbuf *b, const void *data, size_t len)
{
	uint8_t *p = wbuf_room(b, len);

	if (p && len)
		memcpy(p, data, len);
}

static inline void wbuf_u8(struct wbuf *b, uint8_t v)
{
	uint8_t *p = wbuf_room(b, 1);

	if (p)
		p[0] = v;
}

static inline void wbuf_u16(struct wbuf *b, uint16_t v)
{
	uint8_t *p = wbuf_room(b, 2);

	if (p) {
		p[0] = (uint8_t)(v >> 8);
		p[1] = (uint8_t)v;
	}
}

static inline void wbuf_u32(struct wbuf *b, uint32_t v)
{
	wbuf_u16(b, (uint16_t)(v >> 16));
	wbuf_u16(b, (uint16_t)v);
}

/* Reserves a 16-bit field and returns its offset for wbuf_patch16(). */
static inline size_t wbuf_mark16(struct wbuf *b)
{
	size_t at = b->len;

	wbuf_u16(b, 0);
	return at;
}

static inline void wbuf_patch16(struct wbuf *b, size_t at, uint16_t v)
{
	if (b->bad || at + 2 > b->len)
		return;
	b->start[at] = (uint8_t)(v >> 8);
	b->start[at + 1] = (uint8_t)v;
}
