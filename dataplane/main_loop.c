/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/main_loop.h"

#include "dataplane/forward.h"
#include "dataplane/inject.h"
#include "dataplane/local.h"
#include "dataplane/main_command.h"
#include "dataplane/main_state.h"
#include "dataplane/probe.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/net/ip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	STATS_MS = 500,
	RETRY_MS = 10, /* a message to the control plane found its ring full */
	CONFLICT_LOG_MS = 10000,
	ECHO_PER_S = 1000,
	ECHO_BURST = 200,
	TOKEN = 1000,
	PUNTS_A_ROUND = 256, /* of one worker */
	COMMANDS_A_ROUND = 1024,
	ICMP_UNREACHABLE = 3,
	ICMP_HOST = 1,
};

static void on_request(void *arg, const struct neighbour *n)
{
	static const uint8_t everybody[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	static const uint8_t nobody[6];
	bool known = n->state == NEIGHBOUR_REACHABLE;

	inject_arp(arg, n->port, ARP_REQUEST, &n->addr, known ? n->mac : nobody,
		   known ? n->mac : everybody);
}

static void on_changed(void *arg, const struct neighbour *n)
{
	struct main_loop *ml = arg;

	rib_neighbour_changed(ml->rib, n);
	ml->stats_ms = 0;
}

/* A transit packet whose next hop does not answer: its sender is told (RFC 1812 section 5.3.11). */
static void report_unreachable(struct main_loop *ml, struct rte_mbuf *m)
{
	const struct policy *policy =
		atomic_load_explicit(&ml->dp->policy, memory_order_relaxed); /* our own */
	uint32_t source_be = forward_error_source(ml->dp, policy, m);
	struct rte_mbuf *error;

	error = icmp_error(&ml->icmp, ml->now_ms, m, ml->dp->pool, source_be, ICMP_UNREACHABLE,
			   ICMP_HOST, 0);
	if (error)
		inject_forward(ml, error);
}

/* A packet whose next hop is known now; while it waited the policy may have changed. */
static void send_resolved(struct main_loop *ml, struct rte_mbuf *m, uint8_t port,
			  const uint8_t mac[6])
{
	const struct policy *policy =
		atomic_load_explicit(&ml->dp->policy, memory_order_relaxed); /* our own */

	if (!(packet_meta(m)->flags & PACKET_NO_POLICY) && forward_is_protected(policy, m, port))
		inject_forward(ml, m);
	else
		inject_to_station(ml, m, port, mac);
}

static void on_release(void *arg, const struct neighbour *n, struct rte_mbuf *m)
{
	if (n->state == NEIGHBOUR_REACHABLE) {
		send_resolved(arg, m, n->port, n->mac);
		return;
	}
	report_unreachable(arg, m);
	inject_drop(arg, m, DROP_NEIGHBOUR);
}

struct main_loop *main_loop_create(struct dataplane *dp)
{
	struct main_loop *ml = calloc(1, sizeof(*ml));
	struct neighbour_hooks hooks = {
		.arg = ml, .request = on_request, .changed = on_changed, .release = on_release};

	if (!ml)
		goto err;
	ml->dp = dp;
	ml->stats = dp->plane->stats_main;
	ml->neighbours = neighbour_create(&hooks);
	if (!ml->neighbours)
		goto err;
	ml->rib = rib_create(dp->routes, dp->ports, dp->n_ports, ml->neighbours);
	if (!ml->rib)
		goto err;
	return ml;
err:
	log_error("not enough memory for the main loop");
	main_loop_destroy(ml);
	return NULL;
}

void main_loop_destroy(struct main_loop *ml)
{
	if (!ml)
		return;
	main_command_abandon_policy(ml);
	main_command_reclaim(ml, true);
	qos_main_reclaim(&ml->qos, ml->dp, true);
	capture_main_fini(&ml->capture, ml->dp);
	filter_main_fini(&ml->filter, ml->dp);
	log_file_close(&ml->log_file);
	free(ml->retired);
	rib_destroy(ml->rib);
	neighbour_destroy(ml->neighbours);
	free(ml);
}

/* Somebody else claims our address. */
static void report_conflict(struct main_loop *ml, const struct port *port, const struct arp *arp)
{
	const uint8_t *mac = arp->sender_mac;
	char text[ADDR_TEXT];

	if (ml->conflict_ms && ml->now_ms - ml->conflict_ms < CONFLICT_LOG_MS)
		return;
	ml->conflict_ms = ml->now_ms;
	log_warning("interface %s: duplicate address %s: %02x%02x.%02x%02x.%02x%02x uses it too",
		    port->name, addr_print(&arp->sender, text, sizeof(text)), mac[0], mac[1],
		    mac[2], mac[3], mac[4], mac[5]);
}

static enum drop_reason learn(struct main_loop *ml, uint8_t in_port, const struct arp *arp)
{
	const struct port *port = &ml->dp->ports[in_port];
	bool for_us = addr_eq(&arp->target, &port->own);
	bool on_link =
		prefix_contains(&port->network, &arp->sender) && ip_source_valid(&arp->sender);
	enum neighbour_source source = NEIGHBOUR_OVERHEARD;

	if (memcmp(arp->sender_mac, port->mac, sizeof(port->mac)) == 0)
		return DROP_ARP_MALFORMED; /* our own, come back */
	if (addr_eq(&arp->sender, &port->own)) {
		report_conflict(ml, port, arp);
		return DROP_ARP_MALFORMED;
	}
	if (for_us && arp->operation == ARP_REPLY)
		source = NEIGHBOUR_ANSWERED;
	else if (for_us && on_link)
		source = NEIGHBOUR_ASKED_US;
	neighbour_learn(ml->neighbours, &arp->sender, in_port, arp->sender_mac, source, ml->now_ms);
	if (for_us && arp->operation == ARP_REQUEST)
		inject_arp(ml, in_port, ARP_REPLY, &arp->sender, arp->sender_mac, arp->sender_mac);
	return DROP_NONE;
}

static void take_arp(struct main_loop *ml, struct rte_mbuf *m)
{
	uint8_t in_port = packet_meta(m)->in_port;
	enum drop_reason reason = DROP_ARP_MALFORMED;
	struct arp arp;

	ml->stats->arp_received++;
	if (!ml->dp->ports[in_port].up)
		reason = DROP_IF_DOWN;
	else if (arp_parse(&arp, rte_pktmbuf_mtod(m, void *), m->data_len) == 0)
		reason = learn(ml, in_port, &arp);
	if (reason)
		inject_drop(ml, m, reason);
	else
		rte_pktmbuf_free(m);
}

static void take_unresolved(struct main_loop *ml, struct rte_mbuf *m)
{
	const struct route_next_hop *nh;
	uint32_t dst, index;
	struct addr target;
	struct ip_v4 ip;

	memcpy(&ip, rte_pktmbuf_mtod(m, void *), sizeof(ip));
	target = addr_of_bytes(&ip.dst_be, 4);
	dst = addr_to_v4(&target);
	/* looked up again: the answer may have come while the packet was on the ring */
	route_lookup(ml->dp->routes, &dst, &index, 1);
	nh = route_next_hop(ml->dp->routes, index);
	if (nh->kind >= ROUTE_FORWARD) {
		send_resolved(ml, m, nh->port, nh->ethernet);
		return;
	}
	if (nh->kind != ROUTE_GLEAN) {
		inject_drop(ml, m, DROP_NO_ROUTE);
		return;
	}
	if (!addr_is_none(&nh->gateway))
		target = nh->gateway;
	if (!neighbour_want(ml->neighbours, &target, nh->port, m, ml->now_ms))
		inject_drop(ml, m, DROP_NEIGHBOUR);
}

static bool take_echo_token(struct main_loop *ml)
{
	uint64_t fresh = (ml->now_ms - ml->echo_ms) * (ECHO_PER_S * TOKEN / 1000);

	ml->echo_ms = ml->now_ms;
	ml->echo_tokens = RTE_MIN(ml->echo_tokens + fresh, (uint64_t)ECHO_BURST * TOKEN);
	if (ml->echo_tokens < TOKEN)
		return false;
	ml->echo_tokens -= TOKEN;
	return true;
}

static void report_path_mtu(struct main_loop *ml, const struct plane_path_mtu *path_mtu)
{
	struct plane_msg msg = {.type = PLANE_PATH_MTU, .path_mtu = *path_mtu};

	/* a full ring loses it: the next packet that is too big brings it again */
	if (plane_ring_send(ml->dp->plane->from_main, &msg) == 0)
		ml->ring_control = true;
}

static void take_local(struct main_loop *ml, struct rte_mbuf *m)
{
	size_t len = m->data_len;
	struct plane_path_mtu path_mtu;
	enum drop_reason reason;

	if (probe_take(ml, rte_pktmbuf_mtod(m, const uint8_t *), len)) {
		rte_pktmbuf_free(m);
		return;
	}
	switch (local_icmp(rte_pktmbuf_mtod(m, uint8_t *), &len, &path_mtu, &reason)) {
	case LOCAL_DROP: inject_drop(ml, m, reason); return;
	case LOCAL_PATH_MTU:
		report_path_mtu(ml, &path_mtu);
		rte_pktmbuf_free(m);
		return;
	case LOCAL_REPLY: break;
	}
	if (!take_echo_token(ml)) {
		inject_drop(ml, m, DROP_PUNT_RATE);
		return;
	}
	rte_pktmbuf_trim(m, (uint16_t)(m->data_len - len));
	ml->stats->icmp_echo_replied++;
	packet_meta(m)->flags = PACKET_OURS;
	inject_forward(ml, m);
}

/* What every worker put on its ring. Returns whether one had more than its share. */
static bool take_punts(struct main_loop *ml)
{
	struct rte_mbuf *burst[PUNTS_A_ROUND];
	bool more = false;

	for (unsigned w = 0; w < ml->dp->n_workers; w++) {
		unsigned n = rte_ring_dequeue_burst(ml->dp->punt[w], (void **)burst, PUNTS_A_ROUND,
						    NULL);

		more |= n == PUNTS_A_ROUND;
		for (unsigned i = 0; i < n; i++) {
			switch (packet_meta(burst[i])->punt) {
			case PACKET_PUNT_ARP: take_arp(ml, burst[i]); break;
			case PACKET_PUNT_LOCAL: take_local(ml, burst[i]); break;
			case PACKET_PUNT_NEIGHBOUR: take_unresolved(ml, burst[i]); break;
			default: inject_drop(ml, burst[i], DROP_NOT_OURS); break;
			}
		}
	}
	return more;
}

/* False when the ring has no room for the answer: no command is taken before it is sent. */
static bool send_ack(struct main_loop *ml)
{
	if (ml->ack_waits && plane_ring_send(ml->dp->plane->from_main, &ml->ack))
		return false;
	ml->ring_control |= ml->ack_waits;
	ml->ack_waits = false;
	return true;
}

static bool take_commands(struct main_loop *ml)
{
	struct plane_msg msg;

	for (unsigned i = 0; i < COMMANDS_A_ROUND; i++) {
		if (!send_ack(ml) || !plane_ring_recv(ml->dp->plane->to_main, &msg))
			return false;
		ml->ack = (struct plane_msg){.type = PLANE_ACK, .cookie = msg.cookie};
		ml->ack.ack.error = main_command_run(ml, &msg);
		ml->ack_waits = true;
		explicit_bzero(&msg, sizeof(msg));
	}
	return true;
}

static void send_link_state(struct main_loop *ml)
{
	struct plane_msg msg = {.type = PLANE_IF_STATE};

	if (!ml->link_changed || plane_ring_send(ml->dp->plane->from_main, &msg))
		return;
	ml->link_changed = false;
	ml->ring_control = true;
}

static void publish_neighbours(struct main_loop *ml)
{
	for (unsigned i = 0; i < PLANE_NEIGHBOURS; i++) {
		const struct neighbour *n = neighbour_at(ml->neighbours, i);
		struct plane_stats_neighbour *row = &ml->stats->neighbours[i];

		row->state = NEIGHBOUR_UNUSED;
		if (n->state == NEIGHBOUR_UNUSED)
			continue;
		row->addr = n->addr;
		memcpy(row->mac, n->mac, sizeof(row->mac));
		row->port = n->port;
		row->since_ms = n->since_ms;
		row->confirmed_ms = n->confirmed_ms;
		row->pending = n->n_pending;
		row->state = n->state;
	}
}

static void publish_stats(struct main_loop *ml)
{
	if (ml->now_ms < ml->stats_ms)
		return;
	ml->stats_ms = ml->now_ms + STATS_MS;
	for (unsigned i = 0; i < ml->dp->n_ports; i++) {
		struct plane_stats_device *device = &ml->stats->devices[i];
		bool before = device->link_up;

		port_stats(&ml->dp->ports[i], device);
		ml->link_changed |= before != (device->link_up != 0);
	}
	publish_neighbours(ml);
	watch_run(&ml->watch, ml->dp->plane->stats_worker, ml->dp->n_workers, ml->stats,
		  ml->now_ms);
	ml->stats->heartbeat_ms = ml->now_ms;
}

uint32_t main_loop_once(struct main_loop *ml)
{
	uint32_t wait_ms;
	bool more;

	plane_bell_clear(ml->dp->bell_main);
	ml->now_ms = clock_now_ms();
	more = take_commands(ml);
	more |= take_punts(ml);
	neighbour_run(ml->neighbours, ml->now_ms);
	route_reclaim(ml->dp->routes);
	main_command_reclaim(ml, false);
	capture_main_reclaim(&ml->capture, ml->dp);
	filter_main_reclaim(&ml->filter, ml->dp);
	publish_stats(ml);
	send_link_state(ml);
	wait_ms = qos_main_run(&ml->qos, ml->dp, ml->now_ms, (uint32_t)(ml->stats_ms - ml->now_ms));
	if (ml->ring_worker)
		plane_bell_ring(ml->dp->bell_workers[0]);
	if (ml->ring_control)
		plane_bell_ring(ml->dp->bell_control);
	ml->ring_worker = ml->ring_control = false;
	if (more)
		return 0;
	return ml->ack_waits || ml->link_changed ? RETRY_MS : wait_ms;
}
