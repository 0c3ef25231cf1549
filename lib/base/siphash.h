/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed hash for tables whose keys come from the
 * wire. Who does not know the key cannot fill one place of the table.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
	SIPHASH_KEY = 16
};

uint64_t siphash(const uint8_t key[SIPHASH_KEY], const void *data, size_t len);
