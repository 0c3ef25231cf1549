/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_memory.h"

#include "dataplane/sa_table.h"
#include "lib/esp/replay.h"

enum {
	BASE_MB = 256,	    /* tables every case takes */
	WORKER_MB = 64,	    /* a worker's own: flow cache, engines, lanes */
	POLICY_BYTES = 512, /* what the lookup structure takes for a line, roughly */
};

static uint64_t window_bytes(const struct bench_case *c)
{
	return c->window > SA_WINDOW_NEAR ? replay_words(c->window) * sizeof(uint64_t) : 0;
}

struct bench_memory bench_memory_of(const struct bench_case *c)
{
	struct bench_memory m = {
		.pair_bytes = sizeof(struct sa_in) + sizeof(struct sa_out) +
			      sizeof(struct sa_tunnel) + sizeof(struct plane_stats_in) +
			      sizeof(struct plane_stats_out) + sizeof(struct plane_stats_tunnel) +
			      window_bytes(c),
		.key_bytes = 2 * sizeof(struct esp_crypto_key),
	};

	m.all_bytes = c->sas * (m.pair_bytes + m.key_bytes);
	return m;
}

uint64_t bench_memory_needed_mb(const struct bench_case *c)
{
	/* beside those of the path: keys of the raw measurement and of the far end, its counters */
	uint64_t far_end = sizeof(struct esp_crypto_key) + 2 * sizeof(uint64_t);
	uint64_t beside = sizeof(struct esp_crypto_key) + (c->inbound ? far_end : 0);
	uint64_t lines = c->policy_change ? 2 * BENCH_POLICIES_MAX : c->policies;

	return BASE_MB + (uint64_t)WORKER_MB * c->workers +
	       ((bench_memory_of(c).all_bytes + c->sas * beside + lines * POLICY_BYTES) >> 20);
}
