/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What passes a middle box, by SPI and direction: what was done to it, how far it fell behind, and
 * what a receiver with each size of window makes of it.
 */
#pragma once

#include "app/stress.h"
#include "app/stress_impair.h"
#include "app/stress_window.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	STRESS_FLOWS = 1024,
	STRESS_DISTANCES = 18, /* 1, 2-3, 4-7 ... 131072 and more */
};

struct stress_flow {
	uint32_t spi; /* 0: IKE */
	uint8_t direction;
	bool udp;
	uint32_t src_be;
	uint32_t dst_be;
	uint64_t received;
	uint64_t lost;
	uint64_t queue_full; /* lost in the queue of a bottleneck */
	uint64_t sent[STRESS_KINDS];
	uint64_t reordered; /* originals sent after one with a higher number */
	uint64_t behind_most;
	uint64_t behind[STRESS_DISTANCES]; /* of them, by how many numbers */
	struct stress_window windows[STRESS_WINDOWS];
	uint64_t predicted[STRESS_WINDOWS][STRESS_VERDICTS];
};

struct stress_flows {
	unsigned n;
	bool esn;
	struct stress_flow *rows[STRESS_FLOWS];
	uint16_t hash[4 * STRESS_FLOWS]; /* row + 1 */
};

void stress_flow_init(struct stress_flows *f, bool esn);
void stress_flow_fini(struct stress_flows *f);
/* Finds or adds. Its row, or STRESS_FLOWS when there is no room. */
uint32_t stress_flow_find(struct stress_flows *f, uint32_t spi, unsigned direction);
/* A packet leaves towards the receiver. */
void stress_flow_sent(struct stress_flows *f, uint32_t row, enum stress_kind kind,
		      uint32_t seq_low);
/* All that was sent. */
uint64_t stress_flow_total(const struct stress_flow *flow);
