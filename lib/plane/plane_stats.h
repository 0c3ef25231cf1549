/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The statistics segment: counters the data plane writes and anybody with the memory file reads.
 * Every block has one writer (said beside it); readers use relaxed loads and may see a packet
 * counted in one field and not yet in the next. Nothing here is ever reset by a reader.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/base/drop.h"
#include "lib/plane/plane_msg.h"

#include <assert.h>
#include <stdint.h>

enum {
	PLANE_NEIGHBOURS = 1024,
	PLANE_PORTS_MAX = 64,
	PLANE_REORDER_BUCKETS = 16,
	PLANE_REORDER_LATE_FIRST = 6, /* no window is below 2^6 */
	PLANE_REORDER_AGES = 8,
};

/* Inbound half of an SA pair. Writer: the owner worker. spi 0 = slot free. */
struct plane_stats_in {
	uint32_t spi;
	uint32_t tunnel;
	uint64_t packets; /* decapsulated, decrypted, verified */
	uint64_t bytes;	  /* inner packet bytes: what the kilobyte lifetime counts */
	uint64_t top;	  /* highest sequence number authenticated */
	uint64_t bitmap;  /* replay_bitmap(): the top bit is the highest received */
	uint64_t last_ms; /* clock_now_ms() of the last good packet */
	uint64_t hard_ms; /* of plane_sa: lets a restarted control plane know when the slot frees */
	uint32_t replay_late;
	uint32_t replay_seen;
	uint32_t auth_failed;
	uint32_t pad_failed;
	uint32_t policy_failed;
	uint32_t invalid_len;	  /* too short, or no multiple of the block */
	uint32_t invalid_prot;	  /* next header, inner header */
	uint32_t other_failed;	  /* endpoint, sequence number 0 */
	uint32_t inner_fragments; /* decapsulated fragments that need reassembly */
	/* replay_late is the sum of the three; with ESN see late_verified */
	uint32_t late_verified; /* authentic: reordered, or replayed */
	uint32_t late_forged;
	uint32_t late_unchecked; /* not in the sample whose ICV is verified */
	uint32_t late_most;	 /* farthest below the highest number, of those verified */
	uint32_t reorder_most;	 /* farthest below the highest number, of those accepted */
	uint32_t rollover;   /* of replay_late, 2^31 or more below: numbers wrapped without ESN */
	uint32_t flags;	     /* of plane_sa */
	uint32_t invalid_sa; /* expired, or being removed */
	uint32_t late_reassembled; /* of replay_late: came in fragments */
} cache_aligned;

/*
 * The reorder meter of an inbound SA. Distances count from the highest number received: bucket i of
 * `accepted` and `seen` holds 2^i to 2^(i+1) - 1 (a copy of the highest is in the first), bucket i
 * of `late` starts at 2^(i + PLANE_REORDER_LATE_FIRST); the last bucket is open. Ages: bucket 0 is
 * below 1 ms, bucket i below 4^i ms, the last is open. Writer: the owner worker.
 *
 * With ESN a packet below the window fails its ICV check (RFC 4303 appendix A2.1) and is counted
 * so; a sample of those is verified again under the number it had 2^32 before, and counts here and
 * in late_verified when it was right.
 */
struct plane_stats_reorder {
	uint32_t accepted[PLANE_REORDER_BUCKETS];
	uint32_t late[PLANE_REORDER_BUCKETS]; /* of late_verified */
	uint32_t seen[PLANE_REORDER_BUCKETS];
	uint32_t late_after[PLANE_REORDER_AGES]; /* since the window has passed the number */
	uint32_t seen_after[PLANE_REORDER_AGES]; /* since the highest number was this one */
} cache_aligned;

/* Outbound half. Writer: the owner worker. */
struct plane_stats_out {
	uint32_t spi;
	uint32_t tunnel;
	uint64_t packets; /* encapsulated, encrypted, digested */
	uint64_t bytes;	  /* inner packet bytes */
	uint64_t seq;	  /* last sequence number sent */
	uint64_t last_ms;
	uint64_t hard_ms;
	uint32_t send_errors;  /* too big with DF, engine, lifetime, sequence */
	uint32_t fragments;    /* fragments created before or after encryption */
	uint32_t fragmented;   /* packets fragmented before encryption */
	uint32_t too_big_sent; /* ICMP 3/4 sent to inner hosts */
	/* of send_errors */
	uint32_t fragment_failed;
	uint32_t rollover; /* sequence numbers used up */
	uint32_t internal; /* crypto engine, buffers */
} cache_aligned;

/* One tunnel of one worker: what cannot be counted on an SA. Writer: the owner worker. */
struct plane_stats_tunnel {
	uint32_t spi_out; /* current outbound SPI, 0 = none */
	uint32_t no_sa;	  /* packets dropped for want of an SA: `#send errors` */
};

/* One class of an attached service policy as one worker sees it. Writer: that worker. */
struct plane_stats_class {
	uint64_t packets; /* matched */
	uint64_t bytes;
	uint64_t sent_packets;
	uint64_t sent_bytes;
	uint64_t tail_drops;	  /* queue-limit */
	uint64_t conform_packets; /* police */
	uint64_t conform_bytes;
	uint64_t exceed_packets;
	uint64_t exceed_bytes;
	uint32_t queued; /* now */
	uint32_t queued_most;
} cache_aligned;

/* One port as one worker sees it. Writer: that worker. */
struct plane_stats_port {
	uint64_t rx_packets;
	uint64_t rx_bytes;
	uint64_t tx_packets;
	uint64_t tx_bytes;
	uint64_t rx_drops;
	uint64_t tx_drops;
};

/* One worker. Writer: that worker. */
struct plane_stats_worker {
	uint64_t drops[DROP_COUNT];
	struct plane_stats_port ports[PLANE_PORTS_MAX];
	uint64_t loops;
	uint64_t busy_loops; /* loops that found packets */
	uint64_t bursts;
	uint64_t packets;     /* received in those bursts */
	uint64_t busy_cycles; /* TSC cycles spent in busy loops */
	uint64_t sleeps;      /* idle back-offs (virtual devices only) */
	uint64_t handoff_sent;
	uint64_t heartbeat_ms; /* clock_now_ms(), refreshed at least twice a second */
	uint64_t forwarded_clear;
	uint64_t punted;
	uint64_t capture_lost; /* captured packets for which the ring had no room */
} cache_aligned;

/* One port as a device. Writer: culvertd's main thread. */
struct plane_stats_device {
	char interface[PLANE_NAME]; /* configuration name; "" ends the list */
	char device[64];	    /* "af_packet veth0" */
	uint8_t mac[6];
	uint8_t link_up;
	uint8_t admin_up;
	uint16_t mtu; /* IP MTU in force */
	uint16_t queues;
	uint32_t speed_mbps; /* 0 = unknown */
	uint64_t missed;     /* dropped by the device before a worker saw them */
};

/* One ARP entry. Writer: culvertd's main thread; state 0 = unused. */
struct plane_stats_neighbour {
	struct addr addr;
	uint8_t mac[6];
	uint8_t state; /* 0 unused, 1 incomplete, 2 reachable */
	uint8_t port;  /* index into the devices */
	uint64_t since_ms;
	uint64_t confirmed_ms;
	uint32_t pending; /* packets waiting */
	uint32_t zero;
};

/* culvertd's main thread. */
struct plane_stats_main {
	uint64_t drops[DROP_COUNT]; /* of punted packets */
	uint64_t arp_requests_sent;
	uint64_t arp_replies_sent;
	uint64_t arp_received;
	uint64_t icmp_echo_replied;
	uint64_t policy_generation; /* counts published policies */
	uint64_t heartbeat_ms;
	uint64_t iked_starts; /* times culvert-iked was started: 1 + restarts */
	uint32_t worker_stalls[PLANE_WORKERS_MAX]; /* times it did not run for a second */
	struct plane_stats_device devices[PLANE_PORTS_MAX];
	struct plane_stats_neighbour neighbours[PLANE_NEIGHBOURS];
} cache_aligned;

static_assert(sizeof(struct plane_stats_in) == 128);
static_assert(sizeof(struct plane_stats_reorder) == 256);
static_assert(sizeof(struct plane_stats_out) == 128);
