/* SPDX-License-Identifier: BSD-3-Clause */
/* What the receiver of a tunnel says it did with its packets, by SPI. */
#pragma once

#include "app/stress.h"
#include "lib/base/compat.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	STRESS_RECEIVER_ROWS = 1024
};

struct stress_receiver_row {
	uint32_t spi;
	uint32_t window;
	uint64_t counts[STRESS_VERDICTS];
};

struct stress_receiver {
	unsigned n;
	struct stress_receiver_row rows[STRESS_RECEIVER_ROWS];
};

/*
 * how is "culvert:RUN_DIR", the management API of a culvert, or "xfrm:COMMAND", a command that
 * prints what `ip -s xfrm state` does. False when it is neither.
 */
bool stress_receiver_valid(const char *how);
/* 0, or -1 with the sentence printed. */
int must_check stress_receiver_read(struct stress_receiver *r, const char *how);
/* Takes the counts of before off. */
void stress_receiver_subtract(struct stress_receiver *r, const struct stress_receiver *before);
/* NULL when it does not know the SPI. */
const struct stress_receiver_row *stress_receiver_find(const struct stress_receiver *r,
						       uint32_t spi);
