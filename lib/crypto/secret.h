/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Key material. A secret is made and destroyed only here; it has no printing accessor, no log line
 * takes one, and every function that has one on its stack leaves through one exit that wipes it.
 */
#pragma once

#include "lib/base/compat.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SECRET_MAX = 160
}; /* largest: ESP AES-256 + HMAC-SHA-512 key material rounded up */

struct secret {
	uint16_t len;
	uint8_t b[SECRET_MAX];
};

/* Copies len bytes; longer than SECRET_MAX is cut to nothing (len 0). */
void secret_set(struct secret *s, const void *data, size_t len);
/* Overwrites bytes and length in a way the compiler keeps. */
void secret_wipe(struct secret *s);
void secret_wipe_bytes(void *data, size_t len);
/* Constant-time comparison of len bytes. */
bool must_check secret_eq(const void *a, const void *b, size_t len);
/* Cryptographic random bytes. 0, or -EIO: the caller must fail. */
int must_check secret_random(void *out, size_t len);
