/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The limit: intel-ipsec-mb alone, on the same keys, sizes, SAs and buffers as the path, in every
 * way its interface offers for them. Nothing but the cipher and the integrity check value: no
 * header is built and nothing compared.
 */
#pragma once

#include "app/bench_packets.h"

enum {
	BENCH_RAW_APIS = 2
};

struct bench_raw;

/* NULL, logged. Owned by the caller; p is used until bench_raw_destroy(). */
struct bench_raw *bench_raw_create(const struct bench_packets *p);
void bench_raw_destroy(struct bench_raw *r);
/* Name of a way to call the library for this case. */
const char *bench_raw_name(const struct bench_raw *r, unsigned api);
/* Runs all packets of p once: the text of each, at the place where the path works on it. */
void bench_raw_pass(struct bench_raw *r, unsigned api);
