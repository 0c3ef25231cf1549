/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets copied out for the control plane while somebody captures: a copy is made where a packet
 * comes in or is about to leave, waits beside the packet until the verdict is known, and goes onto
 * a bounded ring. Never delays or changes a packet; what does not fit is counted. While nobody
 * captures w->capture is NULL, which is all that the packet path asks.
 */
#pragma once

#include "dataplane/qos_match.h"
#include "dataplane/worker_state.h"
#include "lib/plane/plane_ring.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	CAPTURE_ALL_PORTS = PLANE_PORTS_MAX,
	CAPTURE_PENDING = 1024, /* copies that wait for a verdict; more than a worker has in hand */
};

/* Which packets one capture wants. */
struct capture_point {
	bool on;
	bool in;
	bool out;
	bool has_access;
	uint8_t port;	     /* CAPTURE_ALL_PORTS = all */
	uint8_t views;	     /* of enum plane_view */
	uint32_t first_line; /* of its lines */
	struct qos_rule rules[2];
	struct qos_rules access;
};

/* Made by the main thread, immutable once published. */
struct capture {
	struct capture *next; /* main: those published before, until no worker looks at them */
	uint64_t token;
	struct capture_point points[PLANE_CAPTURES];
	uint32_t n_lines;
	struct qos_line lines[PLANE_CAPTURE_LINES];
};

/* A copy and the packet whose verdict it waits for. */
struct capture_copy {
	struct rte_mbuf *m; /* NULL = free; compared, never followed */
	uint64_t since_ms;
	struct plane_captured head;
	uint8_t bytes[PLANE_CAPTURED_MAX];
};

/* Of one worker; allocated by the main thread before it captures for the first time. */
struct capture_area {
	unsigned next;
	uint64_t swept_ms;
	uint16_t left[2][LANE_MAX]; /* copies of the frames that a device is given */
	struct capture_copy copies[CAPTURE_PENDING];
};

/* At the beginning of a round: what is captured from now on, NULL = nothing. */
void capture_round(struct worker *w, const struct capture *capture);

/* The others only with w->capture. n frames as a device gave them. */
void capture_received(struct worker *w, unsigned device, struct rte_mbuf **m, unsigned n);
/* m goes to another worker, which begins anew; m came from one. */
void capture_hand_over(struct worker *w, struct rte_mbuf *m);
void capture_handed(struct worker *w, struct rte_mbuf *m);
/* n packets that tunnels want, before the ESP; then with the SA, its seq being that of the last. */
void capture_protect(struct worker *w, struct rte_mbuf **m, unsigned n);
void capture_encrypted(struct worker *w, const struct sa_out *sa, struct rte_mbuf **m, unsigned n);
/* What was ESP is an inner packet now. */
void capture_decrypted(struct worker *w, struct rte_mbuf *m, const struct sa_in *sa);
void capture_dropped(struct worker *w, const struct rte_mbuf *m, enum drop_reason reason);
void capture_ended(struct worker *w, const struct rte_mbuf *m, enum plane_verdict verdict);
/* Before a lane of frames is given to a device, and what it took. */
void capture_leaving(struct worker *w, unsigned device, const struct lane *lane);
void capture_left(struct worker *w, const struct lane *lane, unsigned sent);
