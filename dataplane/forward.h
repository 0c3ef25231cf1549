/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Clear packets on their way through: what must not come in clear, TTL, egress policy, MTU. What
 * the crypto map wants goes to the protect lane, the rest to transmission.
 */
#pragma once

#include "dataplane/header.h"
#include "dataplane/worker_state.h"
#include "lib/net/ip.h"

#include <rte_ether.h>

#include <string.h>

/* Frames of one burst between the question what their flows are and the answer. */
struct forward_burst {
	unsigned n;
	unsigned port; /* they came in by */
	struct rte_mbuf *m[DATAPLANE_BURST];
	uint64_t key[DATAPLANE_BURST][2];
	struct flow *set[DATAPLANE_BURST];
};

/*
 * A frame with a sound header h without options joins the burst. The key is that of the flow cache:
 * a struct policy_key, with ports only of TCP and UDP and only where they are.
 */
static inline void forward_ask(struct worker *w, struct forward_burst *b, struct rte_mbuf *m,
			       const struct header *h)
{
	const uint64_t with_ports = 1ull << IP_PROTO_TCP | 1ull << IP_PROTO_UDP;
	bool fragment = (h->front >> 48 & IP_OFFSET_BE) != 0;
	uint8_t protocol = (uint8_t)(h->back >> 8);
	uint64_t *key = b->key[b->n];
	uint32_t ports = 0;

	if (likely(protocol < 64 && with_ports >> protocol & 1 && !fragment &&
		   header_total(h) >= sizeof(struct ip_v4) + 4))
		memcpy(&ports,
		       rte_pktmbuf_mtod_offset(m, const uint8_t *,
					       sizeof(struct rte_ether_hdr) + sizeof(struct ip_v4)),
		       sizeof(ports));
	key[0] = protocol | b->port << 8 | (uint64_t)fragment << 16 | h->back >> 32 << 32;
	key[1] = h->dst_be | (uint64_t)ports << 32;
	b->set[b->n] = flow_set(&w->flows, key);
	rte_prefetch0(b->set[b->n]);
	b->m[b->n++] = m;
}

/*
 * Does with every frame of the burst what was done with its flow before. Leaves the others in b->m,
 * untouched, and returns how many.
 */
unsigned forward_known(struct worker *w, struct forward_burst *b);

/* The forward lane, to its end. */
void forward_run(struct worker *w);

/*
 * Drops what arrived in clear on a port with a crypto map though the map says it comes encrypted
 * (RFC 4301 section 5.2): compacts m and returns how many are left. n is at most DATAPLANE_BURST.
 */
unsigned forward_screen(struct worker *w, struct rte_mbuf **m, unsigned n);

/* Whether the policy wants m, data at the IP header, in a tunnel when it leaves by a port. */
bool forward_is_protected(const struct policy *policy, const struct rte_mbuf *m, unsigned port);

/*
 * The address an ICMP error about m comes from, 0 when there must be none: that of the port it came
 * by; about what a tunnel brought, one that lets the policy protect the error; about a probe of
 * ours, its own: the error comes to ourselves.
 */
uint32_t forward_error_source(const struct dataplane *dp, const struct policy *policy,
			      struct rte_mbuf *m);

/* n packets, at most DATAPLANE_BURST, leave in clear, in fragments where they must. */
void forward_send(struct worker *w, struct rte_mbuf **m, unsigned n);
/* n packets that have waited since an older policy: each goes where this one wants it. */
void forward_again(struct worker *w, struct rte_mbuf **m, unsigned n);

/* An ICMP error about m goes out with the next burst. */
void forward_icmp_error(struct worker *w, struct rte_mbuf *m, uint8_t type, uint8_t code,
			uint16_t mtu);
