/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/classify.h"

#include "dataplane/capture.h"
#include "dataplane/counters.h"
#include "dataplane/filter.h"
#include "dataplane/forward.h"
#include "dataplane/handoff.h"
#include "dataplane/notice.h"
#include "dataplane/pool.h"
#include "dataplane/punt.h"
#include "dataplane/reassemble.h"
#include "dataplane/vlan.h"
#include "lib/net/ip.h"

#include <rte_ether.h>

#include <string.h>

enum {
	PREFETCH = 8, /* packets ahead */
	ETHERTYPE_IPV4_BE = 0x0008,
	ETHERTYPE_IPV6_BE = 0xdd86,
	ETHERTYPE_ARP_BE = 0x0608,
	ETHERTYPE_VLAN_BE = 0x0081,
	ETHERTYPE_QINQ_BE = 0xa888,
	OPTION_END = 0,
	OPTION_NOP = 1,
	OPTION_RECORD_ROUTE = 7,
	OPTION_TIMESTAMP = 68,
	OPTION_LOOSE_ROUTE = 131,
	OPTION_STRICT_ROUTE = 137,
	UDP_HEADER = 8,
	MARKER = 4,
	KEEPALIVE = 0xff,
};

/*
 * Options that ask routers to do something are refused whole, as IOS does with `no ip
 * source-route`.
 */
static enum drop_reason check_options(const uint8_t *ip, unsigned header_bytes)
{
	for (unsigned at = sizeof(struct ip_v4); at < header_bytes;) {
		uint8_t kind = ip[at];

		if (kind == OPTION_END)
			break;
		if (kind == OPTION_NOP) {
			at++;
			continue;
		}
		if (kind == OPTION_RECORD_ROUTE || kind == OPTION_TIMESTAMP ||
		    kind == OPTION_LOOSE_ROUTE || kind == OPTION_STRICT_ROUTE)
			return DROP_IP_OPTION;
		if (at + 1 >= header_bytes || ip[at + 1] < 2 || ip[at + 1] > header_bytes - at)
			return DROP_IP_HEADER;
		at += ip[at + 1];
	}
	return DROP_NONE;
}

static enum drop_reason check_unusual(const uint8_t *ip, unsigned len)
{
	struct ip_flow flow;
	enum drop_reason reason = ip_parse_flow(&flow, ip, len);

	return reason ? reason : check_options(ip, flow.header_bytes);
}

static inline enum drop_reason check(struct rte_mbuf *m)
{
	const uint8_t *ip = rte_pktmbuf_mtod(m, const uint8_t *);
	unsigned len = rte_pktmbuf_data_len(m), total;
	struct header h;

	if (unlikely(len < sizeof(struct ip_v4)))
		return DROP_IP_HEADER;
	h = header_read(ip);
	total = header_total(&h);
	if (unlikely((uint8_t)h.front != 0x45)) {
		enum drop_reason reason = check_unusual(ip, len);

		if (reason)
			return reason;
	} else if (unlikely(total < sizeof(struct ip_v4) || total > len)) {
		return DROP_IP_HEADER;
	} else if (unlikely(!header_sum_ok(&h))) {
		return DROP_IP_CHECKSUM;
	}
	if (unlikely(!header_unicast((uint32_t)(h.back >> 32))))
		return DROP_IP_SOURCE;
	if (unlikely(!header_unicast(h.dst_be)))
		return (uint8_t)h.dst_be < 224 ? DROP_NO_ROUTE : DROP_IP_MULTICAST;
	m->data_len = (uint16_t)total;
	m->pkt_len = total;
	return DROP_NONE;
}

enum drop_reason classify_check(struct rte_mbuf *m)
{
	return check(m);
}

static bool is_tag(uint16_t ether_type)
{
	return ether_type == ETHERTYPE_VLAN_BE || ether_type == ETHERTYPE_QINQ_BE;
}

/*
 * Takes the Ethernet header off. DROP_NONE means an IPv4 packet; *arp an ARP message. ETH_VLAN
 * means a tagged frame, left as it is.
 */
static enum drop_reason check_link(const struct port *port, struct rte_mbuf *m, bool *arp)
{
	const struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, const struct rte_ether_hdr *);
	bool group;

	if (unlikely(rte_pktmbuf_data_len(m) < sizeof(*eth)))
		return DROP_ETH_RUNT;
	group = eth->dst_addr.addr_bytes[0] & 1;
	/* a packet socket shows the frames of the other stations too */
	if (!group && unlikely(memcmp(&eth->dst_addr, port->mac, 6) != 0))
		return DROP_ETH_DST;
	if (unlikely(!port->up))
		return is_tag(eth->ether_type) ? DROP_ETH_VLAN : DROP_IF_DOWN;
	if (likely(eth->ether_type == ETHERTYPE_IPV4_BE)) {
		rte_pktmbuf_adj(m, sizeof(*eth));
		return group ? DROP_IP_MULTICAST : DROP_NONE;
	}
	if (is_tag(eth->ether_type))
		return DROP_ETH_VLAN;
	rte_pktmbuf_adj(m, sizeof(*eth));
	if (eth->ether_type == ETHERTYPE_ARP_BE) {
		*arp = true;
		return DROP_NONE;
	}
	return eth->ether_type == ETHERTYPE_IPV6_BE ? DROP_IPV6 : DROP_ETH_TYPE;
}

static bool is_own(const struct port *port, const struct rte_mbuf *m)
{
	const struct ip_v4 *ip = rte_pktmbuf_mtod(m, const struct ip_v4 *);

	return memcmp(&ip->src_be, port->own.b, 4) == 0;
}

static inline enum drop_reason check_frame(const struct port *in, struct rte_mbuf *m, bool *arp)
{
	enum drop_reason reason = check_link(in, m, arp);

	if (likely(!reason && !*arp))
		reason = check(m);
	if (!reason && !*arp && unlikely(is_own(in, m)))
		reason = DROP_IP_SOURCE;
	return reason;
}

/* A tagged frame of a device, as one that its subinterface received. */
static enum drop_reason check_tagged(struct worker *w, unsigned device, struct rte_mbuf *m,
				     bool *arp)
{
	unsigned port = device;
	enum drop_reason reason = vlan_untag(w->dp, m, &port);

	if (reason)
		return reason;
	packet_meta(m)->in_port = (uint8_t)port;
	if (port != device) {
		w->stats->ports[port].rx_packets++;
		w->stats->ports[port].rx_bytes += m->pkt_len;
	}
	return check_frame(&w->dp->ports[port], m, arp);
}

/* ESP at esp_at bytes into the packet: to the SA, here or on the worker its SPI names. */
static void take_esp(struct worker *w, struct rte_mbuf *m, unsigned esp_at, unsigned esp_bytes)
{
	struct packet_meta *meta = packet_meta(m);
	uint32_t spi_be;
	unsigned owner;

	if (meta->flags & PACKET_DECAPSULATED) {
		counters_drop(w, m, DROP_ESP_RECURSION);
		return;
	}
	if (esp_bytes < ESP_HEADER) {
		counters_drop(w, m, DROP_ESP_RUNT);
		return;
	}
	memcpy(&spi_be, rte_pktmbuf_mtod_offset(m, uint8_t *, esp_at), 4);
	meta->spi = __builtin_bswap32(spi_be);
	meta->esp_at = (uint16_t)esp_at;
	meta->esp_bytes = (uint16_t)esp_bytes;
	owner = plane_spi_worker(meta->spi);
	if (likely(owner == w->id || owner >= w->dp->n_workers)) {
		counters_lane_push(w, &w->inbound, m);
		return;
	}
	handoff_send(w, m, owner, PACKET_INJECT_INBOUND);
}

/* UDP to port 4500 (RFC 3948 section 2): keepalive, IKE behind a marker, or ESP. */
static void take_natt(struct worker *w, struct rte_mbuf *m, unsigned at, unsigned bytes)
{
	const uint8_t *data = rte_pktmbuf_mtod_offset(m, const uint8_t *, at);
	static const uint8_t marker[MARKER];

	if (!atomic_load_explicit(&w->dp->nat_traversal, memory_order_relaxed) ||
	    !w->dp->ports[packet_meta(m)->in_port].ike)
		punt_ike_off(w, m);
	else if (bytes == 1 && data[0] == KEEPALIVE)
		counters_drop(w, m, DROP_NATT_KEEPALIVE);
	else if (bytes < MARKER)
		counters_drop(w, m, DROP_NATT_MARKER);
	else if (memcmp(data, marker, MARKER) == 0)
		punt_ike(w, m, at, bytes);
	else
		take_esp(w, m, at, bytes);
}

static void take_udp(struct worker *w, struct rte_mbuf *m, unsigned at)
{
	const struct ip_udp *udp = rte_pktmbuf_mtod_offset(m, const struct ip_udp *, at);
	unsigned left = rte_pktmbuf_data_len(m) - at, udp_len;

	if (left < UDP_HEADER || (udp_len = __builtin_bswap16(udp->len_be)) < UDP_HEADER ||
	    udp_len > left) {
		counters_drop(w, m, DROP_IP_HEADER);
		return;
	}
	switch (__builtin_bswap16(udp->dst_port_be)) {
	case IP_PORT_NATT: take_natt(w, m, at + UDP_HEADER, udp_len - UDP_HEADER); break;
	case IP_PORT_IKE: punt_ike(w, m, at + UDP_HEADER, udp_len - UDP_HEADER); break;
	default: counters_drop(w, m, DROP_NOT_OURS); break;
	}
}

static void take_local(struct worker *w, struct rte_mbuf *m);

/* What we never listen to need not be put together; out of a tunnel that is all but ICMP. */
static bool worth_it(const struct rte_mbuf *m, const struct packet_meta *meta)
{
	uint8_t protocol = rte_pktmbuf_mtod(m, const struct ip_v4 *)->protocol;

	if (protocol == IP_PROTO_ICMP)
		return true;
	return !(meta->flags & PACKET_DECAPSULATED) &&
	       (protocol == IP_PROTO_ESP || protocol == IP_PROTO_UDP);
}

/* To the worker that puts this datagram together; packets with priority keep half of the ring. */
static void send_fragment(struct worker *w, struct rte_mbuf *m, unsigned owner)
{
	if (rte_ring_free_count(w->dp->handoff[owner]) < DATAPLANE_RING / 2)
		counters_drop(w, m, DROP_FRAG_POOL);
	else
		handoff_send(w, m, owner, PACKET_INJECT_FRAGMENT);
}

void classify_fragment(struct worker *w, struct rte_mbuf *m)
{
	const struct port *in = &w->dp->ports[packet_meta(m)->in_port];
	uint64_t hash = reassemble_hash(w->dp->fragment_key, m);
	struct rte_mbuf *whole;
	enum drop_reason reason;

	reason = reassemble_add(w->reassembly, hash, m, &in->reassembly, w->now_ms, &whole);
	if (reason) {
		counters_drop(w, m, reason);
		return;
	}
	if (unlikely(w->capture))
		capture_ended(w, m, PLANE_VERDICT_OURS);
	rte_pktmbuf_free(m);
	if (!whole)
		return;
	packet_meta(whole)->flags |= PACKET_REASSEMBLED;
	take_local(w, whole);
}

static void take_fragment(struct worker *w, struct rte_mbuf *m)
{
	unsigned owner;

	if (!worth_it(m, packet_meta(m))) {
		counters_drop(w, m, DROP_IP_FRAGMENT);
		return;
	}
	owner = (unsigned)(reassemble_hash(w->dp->fragment_key, m) >> 32) % w->dp->n_workers;
	if (owner == w->id)
		classify_fragment(w, m);
	else
		send_fragment(w, m, owner);
}

/* A packet for one of our own addresses. */
static void take_local(struct worker *w, struct rte_mbuf *m)
{
	const struct ip_v4 *ip = rte_pktmbuf_mtod(m, const struct ip_v4 *);
	unsigned at = (ip->version_ihl & 15) * 4u;

	if (unlikely(ip->fragment_be & IP_FRAGMENT_BE)) {
		take_fragment(w, m);
		return;
	}
	switch (ip->protocol) {
	case IP_PROTO_ESP: take_esp(w, m, at, rte_pktmbuf_data_len(m) - at); break;
	case IP_PROTO_UDP: take_udp(w, m, at); break;
	case IP_PROTO_ICMP:
		if (forward_screen(w, &m, 1))
			punt_main(w, m, PACKET_PUNT_LOCAL);
		break;
	default: counters_drop(w, m, DROP_NOT_OURS); break;
	}
}

void classify_packets(struct worker *w, struct rte_mbuf **m, unsigned n)
{
	uint32_t dst[DATAPLANE_BURST] = {0}, next_hop[DATAPLANE_BURST];

	if (!n)
		return;
	for (unsigned i = 0; i < n; i++)
		dst[i] = __builtin_bswap32(rte_pktmbuf_mtod(m[i], const struct ip_v4 *)->dst_be);
	route_lookup(w->routes, dst, next_hop, n);
	for (unsigned i = 0; i < n; i++) {
		packet_meta(m[i])->next_hop = next_hop[i];
		if (w->next_hops[next_hop[i]].kind != ROUTE_LOCAL)
			counters_lane_push(w, &w->forward, m[i]);
		else if (likely(!w->filter) || filter_local(w, m[i]))
			take_local(w, m[i]);
	}
}

/* A frame that came in several buffers, in one. */
static struct rte_mbuf *gather(struct worker *w, struct rte_mbuf *m)
{
	struct rte_mbuf *whole = pool_gather(m, w->dp->pool, w->dp->large_pool);

	if (whole)
		rte_pktmbuf_free(m);
	else
		counters_drop(w, m, DROP_ETH_GIANT);
	return whole;
}

/*
 * Frames that are not plain or whose flow is not known: every check there is. Untagged ones are for
 * port, tagged ones for a subinterface of device.
 */
static void classify_strangers(struct worker *w, unsigned device, unsigned port,
			       struct rte_mbuf **m, unsigned n)
{
	const struct port *in = &w->dp->ports[port];
	unsigned n_ip = 0;

	for (unsigned i = 0; i < n; i++) {
		enum drop_reason reason;
		bool arp = false;

		packet_begin(m[i], port);
		if (unlikely(m[i]->nb_segs != 1))
			m[i] = gather(w, m[i]);
		if (unlikely(!m[i]))
			continue;
		reason = check_frame(in, m[i], &arp);
		if (unlikely(reason == DROP_ETH_VLAN))
			reason = check_tagged(w, device, m[i], &arp);
		if (unlikely(reason == DROP_IP_MULTICAST))
			notice_multicast(w, m[i]);
		if (unlikely(reason))
			counters_drop(w, m[i], reason);
		else if (unlikely(arp))
			punt_main(w, m[i], PACKET_PUNT_ARP);
		else
			m[n_ip++] = m[i];
	}
	classify_packets(w, m, n_ip);
}

/* What a plain frame to us begins with, and what is for ourselves. */
struct doorway {
	uint64_t mac; /* in the low 6 bytes */
	uint32_t own_be;
	uint32_t port;
};

static struct doorway doorway_of(const struct port *in, unsigned port)
{
	struct doorway d = {.port = port};

	memcpy(&d.mac, in->mac, 6);
	if (in->own.family == ADDR_V4)
		memcpy(&d.own_be, in->own.b, 4);
	return d;
}

/* To us, in one piece, IPv4 without options, of a sound length and checksum. */
static inline bool read_plain(const struct doorway *d, const struct rte_mbuf *m, struct header *h)
{
	const uint8_t *frame = rte_pktmbuf_mtod(m, const uint8_t *);
	unsigned len = m->data_len;
	uint64_t mac;
	uint16_t type;

	if (unlikely(len < sizeof(struct rte_ether_hdr) + sizeof(struct ip_v4) ||
		     len != m->pkt_len))
		return false;
	memcpy(&mac, frame, 8);
	memcpy(&type, frame + 12, 2);
	*h = header_read(frame + sizeof(struct rte_ether_hdr));
	return !((mac ^ d->mac) << 16) && type == ETHERTYPE_IPV4_BE &&
	       header_is_sound(h, len - (unsigned)sizeof(struct rte_ether_hdr));
}

/* ESP to the address of the port, from one that may be a peer's. */
static inline bool is_esp_to_us(const struct doorway *d, const struct header *h)
{
	uint32_t src_be = header_src_be(h);

	return (uint8_t)(h->back >> 8) == IP_PROTO_ESP && h->dst_be == d->own_be &&
	       !((h->front >> 48) & IP_FRAGMENT_BE) && header_unicast(src_be) &&
	       src_be != d->own_be && d->own_be;
}

/* take_esp() for a frame of which all that is already known. */
static inline void take_plain_esp(struct worker *w, struct rte_mbuf *m, const struct header *h,
				  unsigned port)
{
	const unsigned at = sizeof(struct rte_ether_hdr) + sizeof(struct ip_v4);
	struct packet_meta *meta = packet_meta(m);
	uint16_t total = header_total(h);
	uint32_t spi_be;
	unsigned owner;

	packet_begin(m, port);
	memcpy(&spi_be, rte_pktmbuf_mtod_offset(m, const uint8_t *, at), 4);
	m->data_off = (uint16_t)(m->data_off + sizeof(struct rte_ether_hdr));
	m->data_len = total;
	m->pkt_len = total;
	meta->spi = __builtin_bswap32(spi_be);
	meta->esp_at = sizeof(struct ip_v4);
	meta->esp_bytes = (uint16_t)(total - sizeof(struct ip_v4));
	owner = plane_spi_worker(meta->spi);
	if (likely((owner == w->id || owner >= w->dp->n_workers) && meta->esp_bytes >= ESP_HEADER))
		counters_lane_push(w, &w->inbound, m);
	else
		take_esp(w, m, sizeof(struct ip_v4), meta->esp_bytes);
}

void classify_frames(struct worker *w, unsigned device, struct rte_mbuf **m, unsigned n)
{
	unsigned native = w->dp->ports[device].untagged, port = native ? native : device;
	struct doorway door = doorway_of(&w->dp->ports[port], port);
	struct plane_stats_port *stats = &w->stats->ports[device];
	bool up = w->dp->ports[port].up && !unlikely(filter_guards(w->filter, port));
	struct forward_burst b;
	unsigned n_strange = 0;
	uint64_t bytes = 0;

	b.n = 0;
	b.port = port;
	for (unsigned i = 0; i < n && i < PREFETCH; i++)
		packet_prefetch(m[i]);
	for (unsigned i = 0; i < n; i++) {
		struct header h;

		if (i + PREFETCH < n)
			packet_prefetch(m[i + PREFETCH]);
		bytes += m[i]->pkt_len;
		if (unlikely(!up || !read_plain(&door, m[i], &h))) {
			m[n_strange++] = m[i];
		} else if (is_esp_to_us(&door, &h)) {
			take_plain_esp(w, m[i], &h, port);
		} else {
			forward_ask(w, &b, m[i], &h);
		}
	}
	stats->rx_packets += n;
	stats->rx_bytes += bytes;
	w->stats->packets += n;
	w->stats->bursts++;
	if (unlikely(n_strange))
		classify_strangers(w, device, port, m, n_strange);
	n = forward_known(w, &b);
	if (unlikely(n))
		classify_strangers(w, device, port, b.m, n);
}
