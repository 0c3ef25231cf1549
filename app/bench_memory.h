/* SPDX-License-Identifier: BSD-3-Clause */
/* What SAs cost in memory, by the sizes of what the data plane keeps for each. */
#pragma once

#include "app/bench.h"

struct bench_memory {
	uint64_t pair_bytes; /* both directions of an SA and its tunnel, statistics included */
	uint64_t key_bytes;  /* their expanded keys */
	uint64_t all_bytes;  /* of all SAs of the case, keys included */
};

struct bench_memory bench_memory_of(const struct bench_case *c);
/* What a case takes in all: tables, packets, policy, far end and raw measurement. */
uint64_t bench_memory_needed_mb(const struct bench_case *c);
