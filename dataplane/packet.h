/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the stages know of a packet besides its bytes: a record in the private area of every mbuf of
 * our pools. Between the stages data starts at the IP header (the Ethernet header was taken off by
 * classify and is put on by tx), packets are one segment, and whoever dequeued the mbuf owns it.
 */
#pragma once

#include <rte_mbuf.h>
#include <rte_prefetch.h>

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum packet_flags {
	PACKET_DECAPSULATED = 1 << 0, /* came out of a tunnel: no clear-text policy check */
	PACKET_OURS = 1 << 1,	      /* made by the appliance itself: TTL is not lowered */
	PACKET_NO_POLICY = 1 << 2,    /* IKE and finished ESP: never looked up in the crypto maps */
	PACKET_NO_SEQUENCE = 1 << 3,
	PACKET_LATE = 1 << 4,  /* below the window: verified for the reorder meter, then dropped */
	PACKET_COPY = 1 << 5,  /* with PACKET_LATE: made for the meter, never counted as a packet */
	PACKET_PROBE = 1 << 6, /* with PACKET_OURS: errors about it are for ourselves */
	PACKET_REASSEMBLED = 1 << 7, /* came in fragments, for ourselves */
	PACKET_AGAIN = 1 << 8, /* with PACKET_OURS: not made here, but its TTL is lowered already */
};

/* Why a worker hands a packet to the main thread. */
enum packet_punt {
	PACKET_PUNT_NONE,
	PACKET_PUNT_ARP,       /* data at the ARP header */
	PACKET_PUNT_LOCAL,     /* data at the IP header: ICMP for one of our addresses */
	PACKET_PUNT_NEIGHBOUR, /* data at the IP header: next_hop is not resolved */
	PACKET_PUNT_COUNT,
};

/* What a worker does with a packet the main thread hands it. */
enum packet_inject {
	PACKET_INJECT_NONE,
	PACKET_INJECT_TX,      /* whole frame, leaves by out_port */
	PACKET_INJECT_FORWARD, /* data at the IP header, goes through route and policy */
	/* between workers only */
	PACKET_INJECT_INBOUND,	/* data at the outer IP header of ESP for an SA of the receiver */
	PACKET_INJECT_PROTECT,	/* data at the IP header, for a tunnel of the receiver */
	PACKET_INJECT_FRAGMENT, /* data at the IP header of a fragment for ourselves */
};

struct packet_meta {
	uint32_t next_hop; /* index given by route_lookup() */
	uint32_t tunnel;
	uint32_t spi;
	uint16_t flags; /* enum packet_flags */
	uint8_t in_port;
	uint8_t out_port;
	uint8_t punt;	    /* enum packet_punt */
	uint8_t inject;	    /* enum packet_inject */
	uint16_t esp_at;    /* inbound: bytes from the outer IP header to the ESP header */
	uint16_t esp_bytes; /* inbound: from the ESP header to the end of the ICV */
	uint8_t qos_class;  /* class_id of the service policy that queued it */
	uint8_t lane;	    /* which of the tunnel's parallel SAs */
	uint64_t seq;	    /* of ESP in the engine; INJECT_PROTECT: serial of the policy */
	/* where its copies wait for a verdict (capture.h); read and written only while capturing */
	uint16_t captured[2];
	uint16_t zero[2]; /* never read or written */
	/* while the packet waits in a class queue (qos_queue.h); else never read or written */
	struct packet_wait {
		struct rte_mbuf *next;
		uint64_t policy;  /* policy_serial() of the policy that let it come here */
		uint16_t bytes;	  /* of the frame as it will leave */
		uint16_t flow;	  /* hash of addresses, protocol and ports */
		uint8_t dscp;	  /* as it arrived: what classes match */
		uint8_t is_clear; /* leaves as it is; else for meta's tunnel */
		uint16_t zero;
	} wait;
};

static_assert(sizeof(struct packet_meta) == 64);

static_assert(offsetof(struct packet_meta, captured) == 32);

static inline struct packet_meta *packet_meta(struct rte_mbuf *m)
{
	return rte_mbuf_to_priv(m);
}

/* A received packet about which nothing is known but its port. */
static inline void packet_begin(struct rte_mbuf *m, unsigned port)
{
	struct packet_meta *meta = packet_meta(m);

	memset(meta, 0, offsetof(struct packet_meta, captured));
	meta->in_port = (uint8_t)port;
}

/*
 * The lines every packet needs: of the mbuf, of its record, of its headers and of the room where
 * outer headers will stand. Places follow from the layout of our pools, so nothing is read.
 */
static inline void packet_prefetch(struct rte_mbuf *m)
{
	char *data = (char *)(packet_meta(m) + 1) + RTE_PKTMBUF_HEADROOM;

	rte_prefetch0(m);
	rte_prefetch0(packet_meta(m));
	rte_prefetch0(data);
	rte_prefetch0(data - RTE_CACHE_LINE_SIZE);
	rte_prefetch0(data + RTE_CACHE_LINE_SIZE);
	rte_prefetch0(data + 2 * RTE_CACHE_LINE_SIZE);
}
