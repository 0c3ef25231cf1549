/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Counters of one SA pair, read from the statistics segment with relaxed loads, and sums of them: a
 * tunnel shows what all its SAs ever carried until it is cleared (R073).
 */
#pragma once

#include "lib/plane/plane_layout.h"

#include <stdint.h>

struct sa_counters {
	uint64_t in_packets;
	uint64_t in_bytes;
	uint64_t out_packets;
	uint64_t out_bytes;
	uint64_t replay_late;
	uint64_t replay_seen;
	uint64_t auth_failed;
	uint64_t pad_failed;
	uint64_t policy_failed;
	uint64_t invalid_len;
	uint64_t invalid_prot;
	uint64_t other_failed;
	uint64_t inner_fragments;
	uint64_t send_errors;
	uint64_t fragments;
	uint64_t fragmented;
	uint64_t too_big_sent;
	uint64_t invalid_sa;
	uint64_t in_rollover;  /* of replay_late */
	uint64_t out_internal; /* of send_errors, as the next two */
	uint64_t out_rollover;
	uint64_t fragment_failed;
};

/* Inbound packets the replay window refused (plane_stats.h). */
struct sa_refused {
	uint32_t verified;
	uint32_t forged;
	uint32_t unchecked;
	uint32_t seen;
};

/* For reorder_watch.c: the period that runs, and the last one in which something was refused. */
struct sa_reorder {
	uint64_t since_ms;
	uint64_t logged_ms;
	struct sa_refused base; /* the counters when it began */
	struct sa_refused last;
	uint32_t last_seconds;
};

/* Adds the inbound half of a pair if the block still is that SPI's; likewise the outbound half. */
void sa_counters_add_in(struct sa_counters *c, const struct plane_stats_in *in, uint32_t spi);
void sa_counters_add_out(struct sa_counters *c, const struct plane_stats_out *out, uint32_t spi);
void sa_counters_add(struct sa_counters *sum, const struct sa_counters *c);
/* Inbound packets discarded for any reason. */
uint64_t sa_counters_recv_errors(const struct sa_counters *c);
