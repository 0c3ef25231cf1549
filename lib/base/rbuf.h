/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bounded read cursor over bytes somebody else owns. Every read past the end sets a sticky error,
 * returns zero (or NULL) and moves nothing, so a parser reads a whole structure and asks once.
 * All network input (IKE, the ESP trailer, configuration frames) goes through it.
 */
#pragma once

#include "lib/base/compat.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rbuf {
	const uint8_t *p; /* next unread byte */
	size_t left;	  /* bytes unread */
	bool bad;	  /* a read ran past the end */
};

static inline struct rbuf rbuf_of(const void *data, size_t len)
{
	return (struct rbuf){.p = data, .left = len};
}

/* The next len bytes as a pointer into the buffer, or NULL and the sticky error. */
static inline const uint8_t *rbuf_take(struct rbuf *b, size_t len)
{
	const uint8_t *p = b->p;

	if (b->bad || len > b->left) {
		b->bad = true;
		return NULL;
	}
	b->p += len;
	b->left -= len;
	return p;
}

static inline uint8_t rbuf_u8(struct rbuf *b)
{
	const uint8_t *p = rbuf_take(b, 1);

	return p ? p[0] : 0;
}

static inline uint16_t rbuf_u16(struct rbuf *b)
{
	const uint8_t *p = rbuf_take(b, 2);

	return p ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

static inline uint32_t rbuf_u32(struct rbuf *b)
{
	const uint8_t *p = rbuf_take(b, 4);

	return p ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3] : 0;
}

/* A cursor over the next len bytes only; bad if there are fewer. */
static inline struct rbuf rbuf_sub(struct rbuf *b, size_t len)
{
	const uint8_t *p = rbuf_take(b, len);

	return (struct rbuf){.p = p, .left = p ? len : 0, .bad = p == NULL};
}

/* True when everything was read and nothing ran past the end. */
static inline bool must_check rbuf_done(const struct rbuf *b)
{
	return !b->bad && b->left == 0;
}
