/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/notice.h"

#include "lib/net/ip.h"

#include <string.h>

enum {
	NOTICE_EVERY_MS = 5000,
	LOOK_EVERY_MS = 100, /* at multicast that no tunnel takes */
	ACQUIRE_EVERY_MS = 1000,
	MOVED_EVERY_MS = 1000
};

static bool post(struct worker *w, const struct plane_msg *msg)
{
	if (plane_ring_send(w->dp->plane->from_worker[w->id], msg))
		return false;
	w->ring_control = true;
	return true;
}

/* The packet as a selector from our side; inbound packets have their source on the remote side. */
static struct selector flow_of(const struct rte_mbuf *m, bool inbound)
{
	struct selector s = {0};
	struct ip_flow flow;
	struct prefix src, dst;

	if (ip_parse_flow(&flow, rte_pktmbuf_mtod(m, const uint8_t *), rte_pktmbuf_data_len(m)))
		return s;
	src = prefix_make(&flow.src, 32);
	dst = prefix_make(&flow.dst, 32);
	s.protocol = flow.protocol;
	s.local = inbound ? dst : src;
	s.remote = inbound ? src : dst;
	s.local_port = inbound ? flow.dst_port : flow.src_port;
	s.remote_port = inbound ? flow.src_port : flow.dst_port;
	return s;
}

/* Whether it may be told now; else it is counted. */
static bool is_open(const struct worker *w, struct sa_gate *gate)
{
	if (w->now_ms >= gate->next_ms)
		return true;
	gate->suppressed++;
	return false;
}

static void post_notice(struct worker *w, struct sa_gate *gate, const struct plane_notice *notice)
{
	struct plane_msg msg = {.type = PLANE_NOTICE, .notice = *notice};

	msg.notice.suppressed = gate->suppressed;
	if (!post(w, &msg))
		return;
	gate->next_ms = w->now_ms + NOTICE_EVERY_MS;
	gate->suppressed = 0;
}

void notice_drop(struct worker *w, struct sa_gate *gate, enum drop_reason reason,
		 const struct rte_mbuf *m, const struct sa_in *sa, uint32_t spi, uint64_t seq)
{
	struct plane_notice notice;

	if (!is_open(w, gate))
		return;
	notice = (struct plane_notice){
		.reason = reason,
		.spi = spi,
		.pair = sa ? sa->pair : UINT32_MAX,
		.seq = seq,
		.flow = flow_of(m, true),
	};
	post_notice(w, gate, &notice);
}

/* There is, or was, an SA in its slot: few of the numbers one can make up. */
static bool was_given(const struct worker *w, uint32_t spi)
{
	uint32_t slot = plane_spi_slot(spi);
	const struct plane_stats_in *stats;

	if (plane_spi_worker(spi) != w->id || slot >= w->sas.n_slots)
		return false;
	stats = &w->sas.stats_in[slot];
	return stats->spi || stats->packets || stats->hard_ms;
}

void notice_no_sa(struct worker *w, const struct rte_mbuf *m, uint32_t spi)
{
	notice_drop(w, &w->gate_no_sa[was_given(w, spi)], DROP_ESP_NO_SA, m, NULL, spi, 0);
}

void notice_no_route(struct worker *w, const struct rte_mbuf *m)
{
	struct plane_notice notice;

	if (!is_open(w, &w->gate_no_route))
		return;
	notice = (struct plane_notice){
		.reason = DROP_NO_ROUTE, .pair = UINT32_MAX, .flow = flow_of(m, false)};
	post_notice(w, &w->gate_no_route, &notice);
}

/* What a tunnel brought is told with its SA, and seen from our side. */
void notice_filter(struct worker *w, enum drop_reason reason, const struct rte_mbuf *m,
		   uint64_t place)
{
	const struct packet_meta *meta = packet_meta((struct rte_mbuf *)m);
	bool secret = meta->flags & PACKET_DECAPSULATED;
	struct sa_in *sa = secret ? sa_table_in(&w->sas, meta->spi) : NULL;

	notice_drop(w, sa ? &sa->gates[SA_GATE_POLICY] : &w->gate_acl, reason, m, sa,
		    sa ? sa->spi : 0, place);
}

/* Whether the policy of some port takes the packet of these addresses. */
static bool is_wanted(const struct worker *w, const struct selector *flow)
{
	struct policy_key key = {.protocol = flow->protocol};
	struct policy_verdict verdict = {.tunnel = UINT32_MAX};

	memcpy(&key.src_be, flow->local.addr.b, 4);
	memcpy(&key.dst_be, flow->remote.addr.b, 4);
	key.src_port_be = __builtin_bswap16(flow->local_port);
	key.dst_port_be = __builtin_bswap16(flow->remote_port);
	for (unsigned port = 0; port < w->dp->n_ports && verdict.tunnel == UINT32_MAX; port++) {
		if (policy_empty(w->policy, (uint8_t)port))
			continue;
		key.port = (uint8_t)port;
		policy_lookup(w->policy, &key, &verdict, 1);
	}
	return verdict.tunnel != UINT32_MAX;
}

void notice_multicast(struct worker *w, const struct rte_mbuf *m)
{
	struct plane_notice notice = {.reason = DROP_IP_MULTICAST, .pair = UINT32_MAX};

	if (!is_open(w, &w->gate_multicast))
		return;
	notice.flow = flow_of(m, false);
	if (notice.flow.remote.addr.family == ADDR_V4 && is_wanted(w, &notice.flow)) {
		post_notice(w, &w->gate_multicast, &notice);
		return;
	}
	w->gate_multicast.next_ms = w->now_ms + LOOK_EVERY_MS;
	w->gate_multicast.suppressed = 0;
}

void notice_acquire(struct worker *w, uint32_t tunnel, const struct rte_mbuf *m)
{
	struct sa_tunnel *t = &w->sas.tunnels[tunnel];
	struct plane_msg msg;

	if (w->now_ms < t->acquire_ms)
		return;
	msg = (struct plane_msg){
		.type = PLANE_ACQUIRE,
		.acquire = {.tunnel = tunnel, .flow = flow_of(m, false)},
	};
	if (post(w, &msg))
		t->acquire_ms = w->now_ms + ACQUIRE_EVERY_MS;
}

void notice_moved(struct worker *w, struct sa_in *sa, uint32_t src_be, uint16_t port_be)
{
	struct plane_msg msg;

	if (w->now_ms < sa->moved_ms)
		return;
	msg = (struct plane_msg){
		.type = PLANE_SA_MOVED,
		.move =
			{
				.pair = sa->pair,
				.tunnel = sa->tunnel,
				.spi_in = sa->spi,
				.remote = addr_v4(__builtin_bswap32(src_be)),
				.remote_port = __builtin_bswap16(port_be),
			},
	};
	if (post(w, &msg))
		sa->moved_ms = w->now_ms + MOVED_EVERY_MS;
}

bool notice_expire(struct worker *w, const struct plane_expire *expire)
{
	struct plane_msg msg = {.type = PLANE_SA_EXPIRE, .expire = *expire};

	return post(w, &msg);
}
