/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What stands in an esp_crypto_key. Only the two engines, esp_crypto and esp_chain, look inside.
 */
#pragma once

#include "dataplane/esp_crypto.h"

#include <intel-ipsec-mb.h>

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

/* Keys of a suite with a separate HMAC. */
struct esp_key_chain {
	uint8_t enc[16 * 15] __attribute__((aligned(16)));
	uint8_t dec[16 * 15] __attribute__((aligned(16)));
	uint8_t ipad[64] __attribute__((aligned(16)));
	uint8_t opad[64] __attribute__((aligned(16)));
};

struct esp_key_des {
	uint64_t schedule[3][IMB_DES_KEY_SCHED_SIZE / 8];
	const void *schedules[3];
};

/* DES schedules take the place of enc and dec in a chain key. */
union esp_key {
	struct gcm_key_data gcm;
	struct esp_key_chain chain;
	struct esp_key_des des;
};

static_assert(sizeof(union esp_key) <= ESP_CRYPTO_KEY_BYTES);
static_assert(sizeof(struct esp_key_des) <= offsetof(struct esp_key_chain, ipad));
