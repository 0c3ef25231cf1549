/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets of ping and traceroute, made and awaited by culvertd's main thread: what it sends goes
 * through worker 0 as if it had been forwarded, so it is routed, protected and fragmented like any
 * packet, and what comes back about it is told the control plane. Who repeats and who loses
 * patience is the control plane's.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/plane/plane_msg.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct main_loop;

/* One that left and was not answered. */
struct probe_sent {
	bool waits;
	struct plane_probe probe; /* with its source */
	uint64_t cycles;	  /* when it left */
};

struct probe_table {
	struct probe_sent sent[PLANE_PROBES]; /* by the low bits of the number */
	uint16_t ip_id;
	uint8_t datagram[PLANE_PROBE_MAX];
};

/* 0, or -errno as at struct plane_probe, -EINVAL, -ENOBUFS. */
int must_check probe_send(struct main_loop *ml, const struct plane_probe *probe);
/*
 * Whether packet, IPv4 for one of our addresses, answers a probe that waits; then it is told on.
 */
bool probe_take(struct main_loop *ml, const uint8_t *packet, size_t len);
