/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/qos.h"

#include "dataplane/counters.h"
#include "dataplane/forward.h"
#include "dataplane/outbound.h"
#include "dataplane/qos_sched.h"
#include "dataplane/transmit.h"
#include "dataplane/vlan.h"
#include "lib/net/ip.h"

#include <string.h>

enum {
	ETHERNET = 14,
	TURNS = 8, /* bursts by one port in one round */
	ECN = 3,   /* bits of the TOS */
	NO_POLICY = 0,
};

static struct ip_v4 *ip_of(const struct rte_mbuf *m)
{
	return rte_pktmbuf_mtod(m, struct ip_v4 *);
}

static void set_dscp(struct ip_v4 *ip, uint8_t dscp)
{
	uint16_t before, after;

	memcpy(&before, ip, sizeof(before));
	ip->tos = (uint8_t)(dscp << 2 | (ip->tos & ECN));
	memcpy(&after, ip, sizeof(after));
	ip->checksum = ip_checksum_adjust(ip->checksum, before, after);
}

/* Whether the class lets the packet go on; marks it as the class says. */
static bool admit(struct worker *w, struct qos_class_state *c, struct rte_mbuf *m, uint32_t bytes)
{
	const struct plane_qos *want = &c->class->want;
	uint64_t offered = atomic_load_explicit(&c->offered, memory_order_relaxed);
	uint8_t mark = want->flags & PLANE_QOS_SET_DSCP ? want->set_dscp : UINT8_MAX;

	c->stats->packets++;
	c->stats->bytes += bytes;
	atomic_store_explicit(&c->offered, offered + bytes, memory_order_relaxed);
	if (want->flags & PLANE_QOS_POLICE) {
		if (qos_sched_police(w->qos, c, bytes, w->now_tsc)) {
			c->stats->conform_packets++;
			c->stats->conform_bytes += bytes;
		} else {
			c->stats->exceed_packets++;
			c->stats->exceed_bytes += bytes;
			if (want->flags & PLANE_QOS_EXCEED_DROP)
				return false;
			mark = want->exceed_dscp < QOS_DSCPS ? want->exceed_dscp : mark;
		}
	}
	if (mark < QOS_DSCPS && ip_of(m)->tos >> 2 != mark)
		set_dscp(ip_of(m), mark);
	return true;
}

static void push(struct worker *w, struct qos_attachment_state *a, struct qos_class_state *c,
		 struct rte_mbuf *m)
{
	struct rte_mbuf *victim = qos_sched_push(w->qos, a, c, m);

	if (likely(!victim))
		return;
	c->stats->tail_drops++;
	counters_drop(w, victim, DROP_QOS_QUEUE);
}

/* The policy of a main interface is that of its subinterfaces too, when they have none. */
static struct qos_attachment_state *find(const struct worker *w, uint32_t tunnel, unsigned out_port)
{
	const struct port *port = &w->dp->ports[out_port];
	struct qos_attachment_state *a = qos_sched_find(w->qos, tunnel, out_port);

	return a || likely(!port->is_sub) ? a : qos_sched_find(w->qos, tunnel, port->device_index);
}

static uint32_t link_bytes(const struct worker *w, unsigned out_port)
{
	const struct port *port = &w->dp->ports[out_port];

	return port->is_sub && !port->is_native ? ETHERNET + VLAN_TAG : ETHERNET;
}

/* Classifies m, which is then on its way (false), or taken: queued or dropped. */
static bool takes(struct worker *w, struct qos_attachment_state *a, struct rte_mbuf *m,
		  bool is_clear)
{
	struct packet_meta *meta = packet_meta(m);
	struct qos_key key = qos_match_key(m);
	struct qos_class_state *c = &a->classes[qos_match_class(&a->attachment->rules, &key)];
	uint32_t bytes = rte_pktmbuf_pkt_len(m);

	meta->qos_class = c->class->want.class_id;
	if (!is_clear) {
		const struct sa_out *sa;

		/* a tunnel without parallel SAs has nothing but lane 0, which serves for all */
		meta->lane = c->class->want.lane;
		sa = sa_table_out(&w->sas, meta->tunnel, meta->lane);
		if (unlikely(!sa))
			return false;
		bytes = esp_packet_bytes(sa->shape, bytes);
	}
	bytes += link_bytes(w, meta->out_port);
	if (!admit(w, c, m, bytes)) {
		counters_drop(w, m, DROP_QOS_POLICE);
		return true;
	}
	if (!a->attachment->queues && !a->n) {
		c->stats->sent_packets++;
		c->stats->sent_bytes += bytes;
		return false;
	}
	meta->wait = (struct packet_wait){
		.policy = policy_serial(w->policy),
		.bytes = (uint16_t)RTE_MIN(bytes, (uint32_t)UINT16_MAX),
		.flow = key.flow,
		.dscp = key.dscp,
		.is_clear = is_clear,
	};
	push(w, a, c, m);
	return true;
}

void qos_protect(struct worker *w)
{
	struct lane *lane = &w->protect;
	unsigned left = 0;

	for (unsigned i = 0; i < lane->n; i++) {
		const struct packet_meta *meta = packet_meta(lane->m[i]);
		struct qos_attachment_state *a = find(w, meta->tunnel, meta->out_port);

		if (!a || !takes(w, a, lane->m[i], false))
			lane->m[left++] = lane->m[i];
	}
	lane->n = left;
}

unsigned qos_clear(struct worker *w, struct rte_mbuf **m, unsigned n)
{
	unsigned left = 0;

	for (unsigned i = 0; i < n; i++) {
		const struct packet_meta *meta = packet_meta(m[i]);
		struct qos_attachment_state *a = find(w, UINT32_MAX, meta->out_port);
		/* our own IKE never waits; what has no neighbour yet waits for that */
		bool passes = meta->flags & PACKET_NO_POLICY ||
			      w->next_hops[meta->next_hop].kind < ROUTE_FORWARD;

		if (!a || passes || !takes(w, a, m[i], true))
			m[left++] = m[i];
	}
	return left;
}

/*
 * Next hops are only good for the round they were found in, and a policy's verdict only for the
 * port that it was asked for.
 */
static void route(struct worker *w, struct rte_mbuf **m, unsigned n)
{
	uint32_t dst[DATAPLANE_BURST], next_hop[DATAPLANE_BURST];

	if (!n)
		return;
	for (unsigned i = 0; i < n; i++)
		dst[i] = __builtin_bswap32(ip_of(m[i])->dst_be);
	route_lookup(w->routes, dst, next_hop, n);
	for (unsigned i = 0; i < n; i++) {
		struct packet_meta *meta = packet_meta(m[i]);
		const struct route_next_hop *nh = &w->next_hops[next_hop[i]];

		if (unlikely(nh->port != meta->out_port))
			meta->wait.policy = NO_POLICY;
		meta->next_hop = next_hop[i];
		meta->out_port = nh->port;
	}
}

/* How a packet goes on that has waited. */
enum way {
	WAY_PROTECT,
	WAY_CLEAR,
	WAY_NOWHERE, /* there is no route any more */
	WAY_AGAIN,   /* the security policy is another one now, or the port */
};

static enum way way_of(const struct worker *w, struct rte_mbuf *m)
{
	const struct packet_meta *meta = packet_meta(m);
	bool same = meta->wait.policy == policy_serial(w->policy);

	if (likely(same && !meta->wait.is_clear))
		return WAY_PROTECT;
	if (unlikely(w->next_hops[meta->next_hop].kind < ROUTE_GLEAN))
		return WAY_NOWHERE;
	return likely(same) ? WAY_CLEAR : WAY_AGAIN;
}

/* n packets that go one way. */
static void depart_by(struct worker *w, enum way way, struct rte_mbuf **m, unsigned n)
{
	switch (way) {
	case WAY_PROTECT:
		for (unsigned i = 0; i < n; i++)
			counters_lane_push(w, &w->protect, m[i]);
		break;
	case WAY_CLEAR: forward_send(w, m, n); break;
	case WAY_AGAIN: forward_again(w, m, n); break;
	case WAY_NOWHERE:
		for (unsigned i = 0; i < n; i++)
			counters_drop(w, m[i], DROP_NO_ROUTE);
		break;
	}
	outbound_run(w);
}

/* n packets in the order in which they leave: their numbers are given here. */
static void depart(struct worker *w, struct rte_mbuf **m, unsigned n)
{
	unsigned from = 0;

	route(w, m, n);
	for (unsigned i = 0; i < n; i++) {
		enum way way = way_of(w, m[i]);

		if (i + 1 < n && way_of(w, m[i + 1]) == way)
			continue;
		depart_by(w, way, m + from, i + 1 - from);
		from = i + 1;
	}
}

static unsigned device_of(const struct worker *w, unsigned port)
{
	return w->dp->ports[port].is_sub ? w->dp->ports[port].device_index : port;
}

/* A main interface may be without address and its subinterfaces not. */
static bool link_down(const struct worker *w, unsigned port)
{
	return (!w->dp->ports[port].up && !w->dp->ports[port].vlans) ||
	       atomic_load_explicit(&w->qos->plan->link_down[port], memory_order_relaxed);
}

bool qos_holds(const struct worker *w, unsigned device)
{
	bool waits = false;

	for (unsigned port = 0; port < w->dp->n_ports; port++)
		waits |= w->qos->plan->queues[port] && device_of(w, port) == device &&
			 !link_down(w, port);
	return waits;
}

static unsigned run_port(struct worker *w, unsigned port, uint64_t now_tsc)
{
	struct rte_mbuf *m[DATAPLANE_BURST];
	unsigned n = 0;

	if (unlikely(link_down(w, port))) {
		n = qos_sched_drain(w->qos, port, m, DATAPLANE_BURST);
		for (unsigned i = 0; i < n; i++)
			counters_drop(w, m[i], DROP_IF_DOWN);
		return n;
	}
	for (unsigned turn = 0; turn < TURNS && !w->tx[device_of(w, port)].n; turn++) {
		unsigned share = qos_sched_pop(w->qos, port, now_tsc, m, DATAPLANE_BURST);

		if (!share)
			break;
		depart(w, m, share);
		transmit_flush(w);
		n += share;
		if (share < DATAPLANE_BURST)
			break;
	}
	return n;
}

/* Without policies the queues are only what the last ones had left. */
static void retire(struct worker *w)
{
	unsigned left = w->qos->n;

	for (unsigned port = 0; port < w->dp->n_ports; port++)
		left += w->tx[port].n;
	if (!left)
		w->qos = NULL;
}

unsigned qos_run(struct worker *w, uint64_t now_tsc)
{
	unsigned n = 0;

	/* what is left in a lane then did not fit its device */
	transmit_flush(w);
	for (unsigned port = 0; w->qos->n && port < w->dp->n_ports; port++)
		if (w->qos->ports[port].n)
			n += run_port(w, port, now_tsc);
	if (unlikely(qos_plan_is_empty(w->qos->plan)))
		retire(w);
	return n;
}

uint64_t qos_ready(const struct worker *w)
{
	uint64_t ready_tsc = UINT64_MAX;

	for (unsigned port = 0; w->qos->n && port < w->dp->n_ports; port++)
		ready_tsc = RTE_MIN(ready_tsc, qos_sched_ready(w->qos, port));
	return ready_tsc;
}

/* A packet that waited in another plan; it has been policed and marked, and matches as it came. */
static void move(struct worker *w, struct rte_mbuf *m)
{
	struct packet_meta *meta = packet_meta(m);
	uint32_t tunnel = meta->wait.is_clear ? UINT32_MAX : meta->tunnel;
	struct qos_attachment_state *a = find(w, tunnel, meta->out_port);
	struct qos_key key = qos_match_key(m);
	struct qos_class_state *c;

	/* the rest of its port, though nothing waits there; a port may be newer than the plan */
	if (!a)
		a = &w->qos->attachments[meta->out_port < w->qos->plan->n_ports
						 ? meta->out_port
						 : device_of(w, meta->out_port)];
	key.dscp = meta->wait.dscp;
	c = &a->classes[qos_match_class(&a->attachment->rules, &key)];
	meta->qos_class = c->class->want.class_id;
	meta->lane = c->class->want.lane;
	push(w, a, c, m);
}

void qos_switch(struct worker *w, struct qos_plan *plan)
{
	struct qos_scheduler *before = w->qos;
	struct rte_mbuf *m[DATAPLANE_BURST];
	unsigned n;

	w->qos = plan->schedulers[w->id];
	if (before) {
		qos_sched_inherit(w->qos, before);
		for (unsigned port = 0; port < w->dp->n_ports; port++)
			while ((n = qos_sched_drain(before, port, m, DATAPLANE_BURST)))
				for (unsigned i = 0; i < n; i++)
					move(w, m[i]);
	}
	w->qos_plan = plan;
	/* from here on the plan before is the main thread's again */
	atomic_store_explicit(&w->qos_serial, plan->serial, memory_order_release);
}
