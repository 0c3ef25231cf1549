/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The limit: intel-ipsec-mb alone, on the same keys, sizes, SAs, buffers and burst as the path, in
 * every way its interface offers for them. Nothing but the cipher and the integrity check value: no
 * header is built and nothing compared.
 */
#pragma once

#include "app/bench_packets.h"

struct bench_raw;

/*
 * For SAs of the worker `owner`, with that library. NULL, logged. Owned by the caller; p and lib
 * outlive it.
 */
struct bench_raw *bench_raw_create(struct bench_packets *p, unsigned owner,
				   const struct esp_library *lib);
void bench_raw_destroy(struct bench_raw *r);
/* Ways to call the library for this suite, and the name of each. */
unsigned bench_raw_apis(struct alg_suite suite);
const char *bench_raw_name(struct alg_suite suite, unsigned api);
/* Gives every packet another SA; the next bench_raw_run() begins anew. */
void bench_raw_begin(struct bench_raw *r);
/* Runs packets from `at` to `end`: the text of each, at the place where the path works on it. */
void bench_raw_run(struct bench_raw *r, unsigned api, unsigned at, unsigned end);
