/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the stages of one worker share: its tables, its lanes and the clock of this round. Private
 * to the packet path; the rest of culvertd sees worker.h. Everything here belongs to the worker's
 * thread alone, except what dataplane.h says of the pointers.
 */
#pragma once

#include "dataplane/dataplane.h"
#include "dataplane/esp_chain.h"
#include "dataplane/flow.h"
#include "dataplane/icmp.h"
#include "dataplane/packet.h"
#include "dataplane/sa_table.h"
#include "lib/plane/plane_msg.h"

#include <rte_mbuf.h>

#include <stdbool.h>
#include <stdint.h>

enum {
	/* more than a burst and all that a crypto engine can give with it, but for fragments */
	LANE_MAX = 512,
	WORKER_PUNTS_PER_S = 10000, /* packets for the main thread, of each kind */
	WORKER_PUNTS_BURST = 1000,
};

/* Packets between two stages. */
struct lane {
	unsigned n;
	struct rte_mbuf *m[LANE_MAX];
};

struct worker {
	/* read on every packet */
	struct dataplane *dp;
	const struct policy *policy; /* of this round */
	const struct filter *filter; /* of this round; NULL: nothing is filtered */
	const struct route_table *routes;
	const struct route_next_hop *next_hops; /* of routes, by index */
	struct plane_stats_worker *stats;
	uint64_t *hits;	 /* of ACL lines */
	uint64_t now_ms; /* of this round: clock_now_ms(), at most a quarter of a ms old */
	uint64_t now_tsc;
	uint64_t clock_tsc; /* when now_ms was read */
	uint64_t clock_every_tsc;
	uint64_t rang_tsc; /* when the control plane was last told of anything */
	uint64_t bell_delay_tsc;
	uint64_t stats_ms; /* when the next turn of sa_stats begins */
	bool was_busy;	   /* the round before found something to do */
	uint32_t round;	   /* counts rounds, never 0 */
	unsigned id;
	struct sa_table sas;
	struct esp_library *library; /* the worker's own, of both engines */
	struct esp_crypto *crypto;
	struct esp_chain *chain_in; /* packets of earlier rounds may be in flight there */
	struct esp_chain *chain_out;
	struct esp_crypto_op *ops; /* ESP_CRYPTO_BURST */

	struct qos_scheduler *qos;   /* NULL: no policies, and nothing waits */
	struct qos_plan *qos_plan;   /* of the data plane, as of this round */
	_Atomic uint64_t qos_serial; /* of the plan it holds; main: ro */

	const struct capture *capture; /* of this round; NULL: nothing is captured */
	struct capture_area *capture_area;

	struct flow_cache flows;

	struct lane inbound; /* ESP for SAs of this worker: classify -> inbound */
	struct lane forward; /* clear packets with a next hop: classify, inbound -> forward */
	struct lane protect; /* packets for tunnels of this worker: forward -> outbound */
	struct lane own;     /* ICMP errors made in this burst: any stage -> forward, next burst */
	struct lane tx[PLANE_PORTS_MAX];    /* whole frames: transmit -> device */
	uint64_t tx_bytes[PLANE_PORTS_MAX]; /* of those frames */

	/* slow paths */
	struct icmp_limit icmp;
	struct reassembly *reassembly;
	uint64_t punt_tokens[PACKET_PUNT_COUNT];
	uint64_t punt_ms;
	struct sa_gate gate_no_sa[2]; /* of SPIs that nobody was given, and that somebody was */
	struct sa_gate gate_clear;
	struct sa_gate gate_ike_off;
	struct sa_gate gate_no_route;
	struct sa_gate gate_acl;
	struct sa_gate gate_multicast;
	bool ring_control; /* bells to ring at the end of the round */
	bool ring_main;
	bool ring_any; /* some of ring_workers */
	bool ring_workers[PLANE_WORKERS_MAX];
	bool sleeps; /* every port is virtual */
	bool ack_waits;
	struct plane_msg ack;			/* for which the ring had no room */
	uint32_t ike_id;			/* IP identification of the next IKE datagram */
	uint8_t datagram[PLANE_PACKET_MAX + 8]; /* UDP header and payload */
};
