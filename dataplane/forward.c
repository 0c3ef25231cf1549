/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/forward.h"

#include "dataplane/capture.h"
#include "dataplane/counters.h"
#include "dataplane/filter.h"
#include "dataplane/fragment.h"
#include "dataplane/handoff.h"
#include "dataplane/notice.h"
#include "dataplane/qos.h"
#include "dataplane/transmit.h"
#include "lib/net/ip.h"

#include <rte_tcp.h>

#include <assert.h>
#include <stddef.h>
#include <string.h>

enum {
	ICMP_UNREACHABLE = 3,
	ICMP_TIME_EXCEEDED = 11,
	ICMP_NET = 0,
	ICMP_HOST = 1,
	ICMP_FRAGMENTATION_NEEDED = 4,
	ICMP_IN_TRANSIT = 0,
	TCP_FLAGS_AT = 13,
	TCP_SYN = 2,
};

static struct ip_v4 *ip_of(const struct rte_mbuf *m)
{
	return rte_pktmbuf_mtod(m, struct ip_v4 *);
}

/*
 * Ports only of TCP and UDP and only where they are: a later fragment shows none. Two words make
 * the key, as two words are what the flow cache compares.
 */
static inline struct policy_key key_of(const struct rte_mbuf *m, unsigned port, bool reversed)
{
	const struct ip_v4 *ip = ip_of(m);
	bool fragment = (ip->fragment_be & IP_OFFSET_BE) != 0;
	unsigned at = (ip->version_ihl & 15) * 4u;
	uint64_t addresses, words[2];
	struct policy_key key;
	uint32_t ports = 0;

	memcpy(&addresses, &ip->src_be, sizeof(addresses));
	if ((ip->protocol == IP_PROTO_TCP || ip->protocol == IP_PROTO_UDP) && !fragment &&
	    rte_pktmbuf_data_len(m) >= at + sizeof(ports))
		memcpy(&ports, (const uint8_t *)ip + at, sizeof(ports));
	if (reversed) {
		addresses = addresses << 32 | addresses >> 32;
		ports = ports << 16 | ports >> 16;
	}
	words[0] = ip->protocol | port << 8 | (uint64_t)fragment << 16 | addresses << 32;
	words[1] = addresses >> 32 | (uint64_t)ports << 32;
	memcpy(&key, words, sizeof(key));
	return key;
}

static_assert(sizeof(struct policy_key) == 16);
static_assert(offsetof(struct policy_key, src_be) == 4);
static_assert(offsetof(struct policy_key, src_port_be) == 12);

bool forward_is_protected(const struct policy *policy, const struct rte_mbuf *m, unsigned port)
{
	struct policy_key key = key_of(m, port, false);
	struct policy_verdict verdict;

	policy_lookup(policy, &key, &verdict, 1);
	return verdict.tunnel != UINT32_MAX;
}

/* Whether the policy sends an ICMP packet from source to the sender of m into a tunnel. */
static bool error_is_protected(const struct dataplane *dp, const struct policy *policy,
			       const struct rte_mbuf *m, uint32_t source_be)
{
	struct policy_key key = {.protocol = IP_PROTO_ICMP, .src_be = source_be};
	struct policy_verdict verdict;
	uint32_t dst, next_hop;

	key.dst_be = ip_of(m)->src_be;
	dst = __builtin_bswap32(key.dst_be);
	route_lookup(dp->routes, &dst, &next_hop, 1);
	key.port = route_next_hop(dp->routes, next_hop)->port;
	policy_lookup(policy, &key, &verdict, 1);
	return verdict.tunnel != UINT32_MAX;
}

/*
 * What came out of a tunnel must not leave in clear as a quote (RFC 4301 section 6.2): the error
 * speaks from the network the packet was for, and only when that makes it traffic of a tunnel.
 */
uint32_t forward_error_source(const struct dataplane *dp, const struct policy *policy,
			      struct rte_mbuf *m)
{
	const struct packet_meta *meta = packet_meta(m);
	const struct route_next_hop *nh = route_next_hop(dp->routes, meta->next_hop);
	bool secret = meta->flags & PACKET_DECAPSULATED;
	const struct port *port = &dp->ports[meta->in_port];
	uint32_t source_be;

	if (meta->flags & PACKET_PROBE)
		return ip_of(m)->src_be;
	if (secret && nh->kind >= ROUTE_GLEAN)
		port = &dp->ports[nh->port];
	if (meta->flags & (PACKET_OURS | PACKET_NO_POLICY) || port->own.family != ADDR_V4)
		return 0;
	source_be = __builtin_bswap32(addr_to_v4(&port->own));
	return secret && !error_is_protected(dp, policy, m, source_be) ? 0 : source_be;
}

void forward_icmp_error(struct worker *w, struct rte_mbuf *m, uint8_t type, uint8_t code,
			uint16_t mtu)
{
	uint32_t source_be = forward_error_source(w->dp, w->policy, m);
	struct rte_mbuf *error;

	error = icmp_error(&w->icmp, w->now_ms, m, w->dp->pool, source_be, type, code, mtu);
	if (error)
		counters_lane_push(w, &w->own, error);
}

static void refuse_clear(struct worker *w, struct rte_mbuf *m)
{
	notice_drop(w, &w->gate_clear, DROP_POLICY_CLEAR, m, NULL, 0, 0);
	counters_drop(w, m, DROP_POLICY_CLEAR);
}

unsigned forward_screen(struct worker *w, struct rte_mbuf **m, unsigned n)
{
	struct policy_key keys[DATAPLANE_BURST];
	struct policy_verdict verdicts[DATAPLANE_BURST];
	uint8_t at[DATAPLANE_BURST];
	unsigned n_keys = 0, left = 0, k = 0;

	for (unsigned i = 0; i < n; i++) {
		const struct packet_meta *meta = packet_meta(m[i]);

		if (meta->flags & (PACKET_DECAPSULATED | PACKET_OURS | PACKET_NO_POLICY) ||
		    !w->dp->ports[meta->in_port].crypto_map)
			continue;
		at[n_keys] = (uint8_t)i;
		keys[n_keys++] = key_of(m[i], meta->in_port, true);
	}
	if (likely(!n_keys))
		return n;
	policy_lookup(w->policy, keys, verdicts, n_keys);
	for (unsigned i = 0; i < n; i++) {
		bool asked = k < n_keys && at[k] == i;

		if (asked && verdicts[k++].tunnel != UINT32_MAX)
			refuse_clear(w, m[i]);
		else
			m[left++] = m[i];
	}
	return left;
}

static void clamp_mss(const struct port *in, const struct port *out, struct rte_mbuf *m)
{
	uint16_t mss = in->adjust_mss;

	if (likely(!(mss | out->adjust_mss)))
		return;
	if (out->adjust_mss && (!mss || out->adjust_mss < mss))
		mss = out->adjust_mss;
	if (mss && ip_of(m)->protocol == IP_PROTO_TCP)
		ip_clamp_mss(rte_pktmbuf_mtod(m, uint8_t *), rte_pktmbuf_data_len(m), mss);
}

/* A packet whose next hop leads nowhere. */
static void refuse_route(struct worker *w, struct rte_mbuf *m, uint8_t kind)
{
	switch (kind) {
	case ROUTE_NONE:
		notice_no_route(w, m);
		forward_icmp_error(w, m, ICMP_UNREACHABLE, ICMP_NET, 0);
		counters_drop(w, m, DROP_NO_ROUTE);
		break;
	case ROUTE_DISCARD: counters_drop(w, m, DROP_IP_MULTICAST); break;
	case ROUTE_NULL:
		forward_icmp_error(w, m, ICMP_UNREACHABLE, ICMP_HOST, 0);
		counters_drop(w, m, DROP_NULL_ROUTE);
		break;
	default: counters_drop(w, m, DROP_NOT_OURS); break;
	}
}

/* Next hop and TTL; compacts m to what may go on. */
static unsigned route_burst(struct worker *w, struct rte_mbuf **m, unsigned n)
{
	unsigned left = 0;

	for (unsigned i = 0; i < n; i++) {
		struct packet_meta *meta = packet_meta(m[i]);
		const struct route_next_hop *nh = &w->next_hops[meta->next_hop];
		struct ip_v4 *ip = ip_of(m[i]);

		if (unlikely(nh->kind < ROUTE_GLEAN)) {
			refuse_route(w, m[i], nh->kind);
			continue;
		}
		if (likely(!(meta->flags & PACKET_OURS))) {
			if (unlikely(ip->ttl <= 1)) {
				forward_icmp_error(w, m[i], ICMP_TIME_EXCEEDED, ICMP_IN_TRANSIT, 0);
				counters_drop(w, m[i], DROP_TTL);
				continue;
			}
			ip_lower_ttl(ip);
		}
		meta->out_port = nh->port;
		clamp_mss(&w->dp->ports[meta->in_port], &w->dp->ports[nh->port], m[i]);
		m[left++] = m[i];
	}
	return left;
}

/* The frames of this flow that come next are dealt with by forward_known(). */
static void remember(struct worker *w, const struct rte_mbuf *m, struct flow_answer answer)
{
	const struct packet_meta *meta = packet_meta((struct rte_mbuf *)m);
	const struct port *in = &w->dp->ports[meta->in_port];
	struct policy_key key;

	if (meta->flags & (PACKET_DECAPSULATED | PACKET_OURS | PACKET_NO_POLICY) ||
	    unlikely(w->filter && filter_looks(w->filter, meta->in_port, meta->out_port)))
		return;
	key = key_of(m, meta->in_port, false);
	answer.out_port = meta->out_port;
	if (key.protocol == IP_PROTO_TCP && !key.fragment &&
	    (in->adjust_mss | w->dp->ports[meta->out_port].adjust_mss))
		answer.flags |= FLOW_CLAMP;
	flow_put(&w->flows, &key, answer);
}

/* One SA a worker: ours when we have one, which keeps the packet here; else that of the owner. */
static bool spread_here(const struct worker *w, uint8_t spread, uint32_t tunnel)
{
	return spread == PLANE_SPREAD_PER_WORKER && sa_table_out(&w->sas, tunnel, 0);
}

/* The verdict travels with the policy it is of: on arrival another may be in force. */
static void hand_over(struct worker *w, struct rte_mbuf *m, unsigned owner)
{
	packet_meta(m)->seq = policy_serial(w->policy);
	handoff_send(w, m, owner, PACKET_INJECT_PROTECT);
}

/* To the worker that has the SA; the packet's meta is filled but for the tunnel. */
static inline void to_tunnel(struct worker *w, struct rte_mbuf *m, const struct flow_answer *a)
{
	packet_meta(m)->tunnel = a->to;
	if (likely(a->hit_line != FLOW_NO_LINE))
		w->hits[a->hit_line]++;
	if (likely(a->worker == w->id) || spread_here(w, a->spread, a->to))
		counters_lane_push(w, &w->protect, m);
	else if (a->worker < w->dp->n_workers)
		hand_over(w, m, a->worker);
	else
		counters_drop(w, m, DROP_NO_SA);
}

/* Egress policy: what the crypto map wants leaves for its tunnel; returns what goes in clear. */
static unsigned protect_burst(struct worker *w, struct rte_mbuf **m, unsigned n)
{
	struct policy_key keys[DATAPLANE_BURST];
	struct flow_answer answers[DATAPLANE_BURST];
	uint8_t at[DATAPLANE_BURST];
	unsigned n_keys = 0, left = 0, k = 0, port = UINT8_MAX + 1;
	bool empty = true;

	for (unsigned i = 0; i < n; i++) {
		const struct packet_meta *meta = packet_meta(m[i]);

		if (meta->out_port != port) {
			port = meta->out_port;
			empty = policy_empty(w->policy, meta->out_port);
		}
		if (empty || meta->flags & PACKET_NO_POLICY)
			continue;
		at[n_keys] = (uint8_t)i;
		keys[n_keys++] = key_of(m[i], meta->out_port, false);
	}
	if (!n_keys)
		return n;
	flow_policy(&w->flows, w->policy, keys, answers, n_keys);
	for (unsigned i = 0; i < n; i++) {
		const struct flow_answer *a = k < n_keys && at[k] == i ? &answers[k++] : NULL;

		if (a && a->to != FLOW_NO_TUNNEL) {
			remember(w, m[i], *a);
			to_tunnel(w, m[i], a);
		} else {
			m[left++] = m[i];
		}
	}
	return left;
}

static void send_fragments(struct worker *w, struct rte_mbuf *m, uint16_t mtu)
{
	struct rte_mbuf *parts[FRAGMENT_MAX];
	int n;

	if (ip_of(m)->fragment_be & IP_DF_BE) {
		forward_icmp_error(w, m, ICMP_UNREACHABLE, ICMP_FRAGMENTATION_NEEDED, mtu);
		counters_drop(w, m, DROP_TOO_BIG);
		return;
	}
	if (unlikely(w->capture))
		capture_ended(w, m, PLANE_VERDICT_FRAGMENTED);
	n = fragment_v4(m, mtu, w->dp->pool, parts, FRAGMENT_MAX);
	if (n < 0)
		counters_drop(w, m, DROP_FRAGMENT_FAILED);
	for (int i = 0; i < n; i++)
		transmit_packet(w, parts[i]);
}

/* In order: what is sent as it is goes in runs between what must be fragmented. */
void forward_send(struct worker *w, struct rte_mbuf **m, unsigned n)
{
	unsigned sent = 0;

	for (unsigned i = 0; i < n; i++) {
		const struct packet_meta *meta = packet_meta(m[i]);
		uint16_t mtu = w->next_hops[meta->next_hop].mtu;

		w->stats->forwarded_clear += !(meta->flags & PACKET_OURS);
		if (likely(rte_pktmbuf_data_len(m[i]) <= mtu))
			continue;
		transmit_packets(w, m + sent, i - sent);
		send_fragments(w, m[i], mtu);
		sent = i + 1;
	}
	transmit_packets(w, m + sent, n - sent);
}

void forward_again(struct worker *w, struct rte_mbuf **m, unsigned n)
{
	n = forward_screen(w, m, n);
	n = protect_burst(w, m, n);
	if (unlikely(w->filter))
		n = filter_out(w, m, n);
	forward_send(w, m, n);
}

/* Here and not where they leave: what was found out in this round may not hold in a later one. */
static void remember_clear(struct worker *w, struct rte_mbuf **m, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		uint32_t next_hop = packet_meta(m[i])->next_hop;

		if (w->next_hops[next_hop].kind >= ROUTE_FORWARD)
			remember(w, m[i],
				 (struct flow_answer){.to = next_hop,
						      .hit_line = FLOW_NO_LINE,
						      .flags = FLOW_CLEAR});
	}
}

void forward_run(struct worker *w)
{
	for (unsigned at = 0; at < w->forward.n; at += DATAPLANE_BURST) {
		struct rte_mbuf **m = w->forward.m + at;
		unsigned n = RTE_MIN(w->forward.n - at, (unsigned)DATAPLANE_BURST);

		n = forward_screen(w, m, n);
		if (unlikely(w->filter))
			n = filter_in(w, m, n);
		n = route_burst(w, m, n);
		n = protect_burst(w, m, n);
		if (unlikely(w->filter))
			n = filter_out(w, m, n);
		remember_clear(w, m, n);
		if (unlikely(w->qos))
			n = qos_clear(w, m, n);
		forward_send(w, m, n);
	}
	w->forward.n = 0;
}

/* What an answer does not say: a packet that is at its end or whose bytes must be changed. */
static inline bool needs_care(const struct worker *w, const struct flow_answer *a,
			      const struct ip_v4 *ip)
{
	if (unlikely(ip->ttl <= 1))
		return true;
	if (a->flags & FLOW_CLEAR &&
	    unlikely(__builtin_bswap16(ip->total_len_be) > w->next_hops[a->to].mtu))
		return true;
	/* without options: the flags of TCP stand at a fixed place, or are not there */
	return unlikely(a->flags & FLOW_CLAMP) &&
	       (__builtin_bswap16(ip->total_len_be) < sizeof(*ip) + sizeof(struct rte_tcp_hdr) ||
		((const uint8_t *)(ip + 1))[TCP_FLAGS_AT] & TCP_SYN);
}

/* From a frame to a packet that starts at its IP header, without link padding, TTL lowered. */
static inline void take_over(struct rte_mbuf *m, struct ip_v4 *ip, unsigned port,
			     const struct flow_answer *a)
{
	uint16_t total = __builtin_bswap16(ip->total_len_be);

	packet_begin(m, port);
	packet_meta(m)->out_port = a->out_port;
	m->data_off = (uint16_t)(m->data_off + sizeof(struct rte_ether_hdr));
	m->data_len = total;
	m->pkt_len = total;
	ip_lower_ttl(ip);
}

unsigned forward_known(struct worker *w, struct forward_burst *b)
{
	struct rte_mbuf *clear[DATAPLANE_BURST];
	unsigned left = 0, n_clear = 0;

	for (unsigned i = 0; i < b->n; i++) {
		const struct flow_answer *a = flow_find(&w->flows, b->set[i], b->key[i]);
		struct rte_mbuf *m = b->m[i];
		struct ip_v4 *ip =
			rte_pktmbuf_mtod_offset(m, struct ip_v4 *, sizeof(struct rte_ether_hdr));

		if (unlikely(!a || needs_care(w, a, ip))) {
			b->m[left++] = m;
			continue;
		}
		take_over(m, ip, b->port, a);
		if (a->flags & FLOW_CLEAR) {
			packet_meta(m)->next_hop = a->to;
			clear[n_clear++] = m;
		} else {
			to_tunnel(w, m, a);
		}
	}
	if (unlikely(w->qos))
		n_clear = qos_clear(w, clear, n_clear);
	w->stats->forwarded_clear += n_clear;
	transmit_packets(w, clear, n_clear);
	return left;
}
