/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A bottleneck: packets leave no faster than a rate. Of its two classes it serves the starved one
 * only while the other is empty, as a scheduler behind an encryptor does.
 */
#pragma once

#include "app/stress_impair.h"
#include "lib/base/compat.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	STRESS_LINK_CLASSES = 2,
	STRESS_LINK_OVERHEAD = 24, /* preamble, check sequence and gap of Ethernet */
};

struct stress_link_queue {
	struct stress_packet *packets; /* ring of `limit` */
	uint32_t head;
	uint32_t n;
};

struct stress_link {
	uint64_t bps;	  /* 0: no bottleneck, everything leaves at once */
	uint32_t limit;	  /* packets a queue holds */
	uint64_t free_ns; /* when the link is free again */
	struct stress_link_queue queues[STRESS_LINK_CLASSES];
};

/* 0 or -ENOMEM. */
int must_check stress_link_init(struct stress_link *l, uint64_t bps, uint32_t limit);
void stress_link_fini(struct stress_link *l);
/* Holds the frame. False when the queue of its class is full. */
bool stress_link_put(struct stress_link *l, const struct stress_packet *p);
/* The next packet that may leave by now; its frame is the caller's. */
bool stress_link_get(struct stress_link *l, uint64_t now_ns, struct stress_packet *p);
/* When the next one may leave; UINT64_MAX when nothing waits. */
uint64_t stress_link_due_ns(const struct stress_link *l);
