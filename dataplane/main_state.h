/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of culvertd's main thread share; the rest of the data plane sees main_loop.h. */
#pragma once

#include "dataplane/capture_main.h"
#include "dataplane/dataplane.h"
#include "dataplane/filter_main.h"
#include "dataplane/icmp.h"
#include "dataplane/log_file.h"
#include "dataplane/neighbour.h"
#include "dataplane/packet.h"
#include "dataplane/probe.h"
#include "dataplane/qos_main.h"
#include "dataplane/rib.h"
#include "dataplane/watch.h"
#include "lib/plane/plane_msg.h"

#include <stdbool.h>
#include <stdint.h>

/* A policy being built by PLANE_POLICY_BEGIN .. COMMIT. */
struct main_builder {
	bool open;
	uint32_t announced;
	uint32_t n;
	struct plane_rule *rules;
	uint8_t *ports;
};

/* A policy that some worker may still look into. */
struct main_retired {
	struct policy *policy;
	uint64_t token;
};

struct main_loop {
	struct dataplane *dp;
	struct plane_stats_main *stats;
	struct neighbour_table *neighbours;
	struct rib *rib;
	struct main_builder builder;
	bool has_policy; /* one was committed, be it empty */
	struct main_retired *retired;
	unsigned n_retired;
	struct qos_main qos;
	struct capture_main capture;
	struct filter_main filter;
	struct log_file log_file;
	struct icmp_limit icmp;
	struct watch watch;
	struct probe_table probes;
	uint64_t echo_tokens;
	uint64_t echo_ms;
	uint64_t conflict_ms; /* when an address conflict was last logged */
	uint64_t now_ms;      /* of this round */
	uint64_t stats_ms;    /* when the statistics are due */
	bool link_changed;    /* PLANE_IF_STATE has to be sent */
	bool ring_control;    /* bells to ring at the end of the round */
	bool ring_worker;
	bool ack_waits;
	struct plane_msg ack; /* for which the ring had no room */
};
