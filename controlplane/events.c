/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/events.h"

#include "controlplane/discards.h"
#include "controlplane/evidence_events.h"
#include "controlplane/key_log.h"
#include "controlplane/lanes.h"
#include "controlplane/notices.h"
#include "controlplane/remote_access.h"
#include "controlplane/sa_clear.h"
#include "controlplane/sa_expiry.h"
#include "controlplane/sa_move.h"
#include "controlplane/trial.h"
#include "controlplane/vault.h"

#include <stdio.h>
#include <string.h>

enum {
	PATH_MTU_MIN = 576
};

static const struct tunnel *tunnel_at(const struct control *c, int worker, uint32_t index)
{
	uint32_t n = c->plane->header->params.n_tunnels;

	return index < n ? tunnels_find(&c->tunnels, (uint32_t)worker * n + index) : NULL;
}

static void on_acquire(struct control *c, int from, const struct plane_msg *msg)
{
	const struct tunnel *t = tunnel_at(c, from, msg->acquire.tunnel);

	if (!t)
		return;
	/* the peer of a dynamic tunnel is not called */
	if (t->dynamic) {
		notices_no_policy(c, t);
		return;
	}
	evidence_events_wanted(c, t);
	acquire_packet(&c->acquire, t);
}

static void on_expire(struct control *c, int from, const struct plane_msg *msg)
{
	sa_expiry_limit(&c->store, (unsigned)from, &msg->expire);
	orphans_limit(&c->orphans, (unsigned)from, msg->expire.spi);
}

/*
 * `crypto isakmp invalid-spi-recovery`: who sends under an SPI that is gone here has not noticed. A
 * new SA is what it would ask for itself; who forges such packets gets no more than one negotiation
 * with a peer that is configured.
 */
static void recover_spi(struct control *c, const struct plane_notice *n)
{
	if (n->reason != DROP_ESP_NO_SA || !c->config.isakmp.invalid_spi_recovery)
		return;
	for (size_t i = 0; i < c->tunnels.n; i++) {
		const struct tunnel *t = &c->tunnels.rows[i];

		if (t->dynamic || !tunnels_has_peer(t, &n->flow.remote.addr) ||
		    sa_store_current(&c->store, t->handle, 0))
			continue;
		acquire_packet(&c->acquire, t);
		return;
	}
}

static void on_notice(struct control *c, int from, const struct plane_msg *msg)
{
	discards_log(c, from, &msg->notice);
	evidence_drops_notice(c, from, &msg->notice);
	recover_spi(c, &msg->notice);
}

static void set_mtu(struct control *c, struct sa_pair *pair, uint32_t mtu)
{
	struct plane_msg msg = {.type = PLANE_SA_SET_MTU};

	msg.mtu = (struct plane_mtu){.tunnel = pair->index, .spi = pair->spi_out, .mtu = mtu};
	if (plane_client_send(c->client, (int)pair->worker, &msg, NULL, NULL, 0) == 0)
		pair->mtu = mtu;
}

/*
 * Anybody can send ICMP: believed only for an outbound SA of ours to that peer, and only
 * downwards.
 */
static void on_path_mtu(struct control *c, int from, const struct plane_msg *msg)
{
	const struct plane_path_mtu *m = &msg->path_mtu;
	struct sa_pair *pair;

	(void)from;
	LIST_FOREACH(pair, sa_store_peer(&c->store, &m->remote), peer_link) {
		const struct tunnel *t = tunnels_find(&c->tunnels, pair->tunnel);
		uint32_t current = pair->mtu ? pair->mtu : (t ? t->mtu : 0);

		if (!t || pair->spi_out != m->spi || !pair->out_installed ||
		    !addr_eq(&pair->path.remote, &m->remote) ||
		    !addr_eq(&pair->path.local, &m->local))
			continue;
		c->store.tunnels[pair->tunnel].mtus_received++;
		if (m->mtu < PATH_MTU_MIN || m->mtu >= current)
			return;
		c->store.tunnels[pair->tunnel].mtu = m->mtu;
		evidence_events_path_mtu(c, &pair->path, m->mtu);
		set_mtu(c, pair, m->mtu);
		return;
	}
}

/* The pairs of the peer follow, its routes too, and the log says so. */
static void follow_peer(struct control *c, const struct ike_path *path)
{
	if (!sa_move_peer(&c->store, path))
		return;
	notices_moved(c, path);
	c->routes_dirty = true;
}

/*
 * The worker saw an authentic packet that nobody can have recorded before, from elsewhere. What the
 * peer says by IKE comes from there too.
 */
static void on_sa_moved(struct control *c, int from, const struct plane_msg *msg)
{
	const struct plane_move *m = &msg->move;
	const struct sa_pair *pair = sa_store_find(&c->store, m->spi_in);
	struct ike_path path;

	if (!pair || pair->worker != (unsigned)from || !pair->udp || !pair->nat_remote ||
	    m->remote.family != ADDR_V4 || !m->remote_port)
		return;
	path = pair->path;
	path.remote = m->remote;
	path.remote_port = m->remote_port;
	if (ike_engine_move(c->engine, &pair->path.remote, &path) == 0)
		follow_peer(c, &path);
}

static void on_interface(struct control *c, int from, const struct plane_msg *msg)
{
	(void)from;
	notices_link(c, msg->interface.name);
	c->routes_dirty = true;
	/* percentages of service policies are of the speed of the link */
	c->program_dirty = true;
}

static void on_answer(struct control *c, int from, const struct plane_msg *msg)
{
	(void)from;
	probes_answered(c, &msg->answer);
}

static void (*const handlers[PLANE_TYPE_COUNT])(struct control *c, int from,
						const struct plane_msg *msg) = {
	[PLANE_ACQUIRE] = on_acquire,	 [PLANE_SA_EXPIRE] = on_expire,
	[PLANE_NOTICE] = on_notice,	 [PLANE_PATH_MTU] = on_path_mtu,
	[PLANE_IF_STATE] = on_interface, [PLANE_SA_MOVED] = on_sa_moved,
	[PLANE_ANSWER] = on_answer,
};

void events_plane(void *control, int from, const struct plane_msg *msg)
{
	struct control *c = control;
	bool worker_only = msg->type == PLANE_ACQUIRE || msg->type == PLANE_SA_EXPIRE ||
			   msg->type == PLANE_SA_MOVED;

	if (msg->type >= PLANE_TYPE_COUNT || !handlers[msg->type] || c->stop_ms)
		return;
	if (worker_only && from == PLANE_CLIENT_MAIN)
		return;
	handlers[msg->type](c, from, msg);
}

void events_datagram(void *control, const struct plane_datagram *head, const uint8_t *data)
{
	struct control *c = control;
	struct ike_path path = {
		.local = head->local,
		.remote = head->remote,
		.local_port = head->local_port,
		.remote_port = head->remote_port,
	};

	memcpy(path.interface, head->interface, sizeof(path.interface));
	path.interface[sizeof(path.interface) - 1] = '\0';
	if (!config_model_isakmp(&c->config, path.interface) || c->stop_ms)
		return;
	if (!trial_receive(c, &path, data, head->len))
		evidence_events_datagram(c, &path, data, head->len);
}

/* Another peer may do what this one did not; what is our own doing it could not either. */
static bool may_ask_next(enum ike_reason reason)
{
	static const bool ours[IKE_REASON_COUNT] = {
		[IKE_REASON_NONE] = true,	    [IKE_REASON_CLEARED] = true,
		[IKE_REASON_SHUTDOWN] = true,	    [IKE_REASON_REPLACED] = true,
		[IKE_REASON_CONFIG_CHANGED] = true, [IKE_REASON_INTERNAL] = true,
		[IKE_REASON_LIMIT] = true,
	};

	return !ours[reason];
}

static void on_failed(struct control *c, const struct ike_event *e)
{
	notices_ike(c, e);
	if (!may_ask_next(e->reason))
		return;
	acquire_peer_failed(&c->acquire, &c->tunnels, &e->path);
	evidence_events_failover(c, &e->path);
}

/* Without its IKE SA an IPsec SA lives on, except when the peer itself is gone. */
static void on_down(struct control *c, const struct ike_event *e)
{
	struct sa_clear_filter filter = {.path = &e->path};

	notices_ike(c, e);
	if (e->reason != IKE_REASON_DPD_DEAD)
		return;
	sa_clear_pairs(&c->store, &filter, IKE_REASON_DPD_DEAD, true);
	orphans_remove_matching(&c->orphans, &c->tunnels, &e->path.remote, NULL);
	acquire_peer_dead(&c->acquire, &c->tunnels, &e->path);
	evidence_events_failover(c, &e->path);
}

static void on_child_failed(struct control *c, const struct ike_event *e)
{
	const struct tunnel *t = tunnels_find(&c->tunnels, tunnels_child_handle(e->tunnel));
	struct sa_clear_filter filter = {.path = &e->path, .spi = e->spi, .to = &e->path.local};
	unsigned lane = tunnels_child_lane(e->tunnel);

	if (!t || !lane || !lanes_failed(&c->store, t->handle, lane, &e->path, e->reason))
		notices_ike(c, e);
	/* the inbound half may be installed already; the peer never learned of it */
	if (e->spi)
		sa_clear_pairs(&c->store, &filter, e->reason, true);
	if (t && !lane)
		acquire_child_failed(&c->acquire, t, &e->path.remote,
				     may_ask_next(e->reason) &&
					     !sa_store_current(&c->store, t->handle, 0));
}

static void on_initial_contact(struct control *c, const struct ike_event *e)
{
	struct sa_clear_filter filter = {.path = &e->path, .except_ike_sa = e->ike_sa};

	sa_clear_pairs(&c->store, &filter, IKE_REASON_INITIAL_CONTACT, true);
	orphans_remove_matching(&c->orphans, &c->tunnels, &e->path.remote, NULL);
}

static void on_invalid_spi(struct control *c, const struct ike_event *e)
{
	struct sa_clear_filter filter = {.path = &e->path, .spi = e->spi, .to = &e->path.remote};

	if (e->spi)
		sa_clear_pairs(&c->store, &filter, IKE_REASON_PEER_DELETED, true);
}

static void on_moved(struct control *c, const struct ike_event *e)
{
	follow_peer(c, &e->path);
	dynamic_moved(c, &e->path);
}

void events_ike(struct control *c, const struct ike_event *e)
{
	static void (*const on_event[])(struct control *, const struct ike_event *) = {
		[IKE_EVENT_UP] = notices_ike,
		[IKE_EVENT_HINT] = notices_ike,
		[IKE_EVENT_DOWN] = on_down,
		[IKE_EVENT_FAILED] = on_failed,
		[IKE_EVENT_CHILD_FAILED] = on_child_failed,
		[IKE_EVENT_INITIAL_CONTACT] = on_initial_contact,
		[IKE_EVENT_MOVED] = on_moved,
		[IKE_EVENT_INVALID_SPI] = on_invalid_spi,
		[IKE_EVENT_AGGRESSIVE] = notices_ike,
	};

	if (e->type == IKE_EVENT_UP)
		key_log_ike(c, e->ike_sa);
	vault_touch(c);
	if (e->type < array_len(on_event))
		on_event[e->type](c, e);
	evidence_events_ike(c, e);
	remote_access_event(c, e);
}
