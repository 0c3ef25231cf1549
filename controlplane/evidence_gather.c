/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/evidence_gather.h"

#include "controlplane/evidence_notes.h"
#include "controlplane/notices.h"
#include "controlplane/remote_access.h"
#include "controlplane/reorder_advice.h"
#include "controlplane/sa_query.h"
#include "lib/net/ip.h"

#include <string.h>

#define relaxed(field) __atomic_load_n(&(field), __ATOMIC_RELAXED)

enum {
	MS = 1000,
	FLAPPING_S = 600, /* phase 1s that came up within */
	SWITCH_MS = 5000, /* the worker has learned of another SA by then */
};

static bool is_of(const struct evidence_place *p, const struct sa_pair *pair)
{
	if (pair->state == SA_STATE_LARVAL || pair->state >= SA_STATE_DYING)
		return false;
	if (p->class == EVIDENCE_PROVEN)
		return pair->path.peer == p->peer;
	return !pair->path.client && addr_eq(ike_path_home(&pair->path), &p->addr);
}

static size_t add_pairs(const struct control *c, const struct evidence_place *p,
			const struct addr *remote, bool current, const struct sa_pair **pairs,
			size_t n, size_t size)
{
	const struct sa_pair *pair;

	LIST_FOREACH(pair, sa_store_peer(&c->store, remote), peer_link)
		if (n < size && pair->current == current && is_of(p, pair) &&
		    addr_eq(&pair->path.remote, remote))
			pairs[n++] = pair;
	return n;
}

size_t evidence_gather_pairs(const struct control *c, const struct evidence_place *p,
			     const struct sa_pair **pairs, size_t n)
{
	bool moved = !addr_is_none(&p->path.remote) && !addr_eq(&p->path.remote, &p->addr);
	size_t k = 0;

	for (int current = 1; current >= 0; current--) {
		k = add_pairs(c, p, &p->addr, current, pairs, k, n);
		if (moved)
			k = add_pairs(c, p, &p->path.remote, current, pairs, k, n);
	}
	return k;
}

/* What the worker does; it learns of another SA a moment after us. */
static bool is_used(const struct control *c, const struct sa_pair *pair)
{
	const struct plane_stats_tunnel *t =
		&plane_stats_tunnel_of(c->plane, pair->worker)[pair->index];

	return pair->lane ? pair->current : relaxed(t->spi_out) == pair->spi_out;
}

/* The SA the tunnel's traffic belongs on, or one that was until a moment ago. */
static bool is_newest(const struct control *c, const struct sa_pair *pair)
{
	const struct sa_pair *now;

	if (pair->current || pair->tunnel >= c->store.n_tunnels)
		return true;
	now = sa_store_current(&c->store, pair->tunnel, pair->lane);
	return !now || c->now_ms() - now->created_ms < SWITCH_MS;
}

static void take_reorder(struct evidence_sa *sa, const struct plane_stats_in *in)
{
	uint32_t window;

	sa->in_last_ms = relaxed(in->last_ms);
	sa->top = relaxed(in->top);
	sa->late_verified = relaxed(in->late_verified);
	sa->late_forged = relaxed(in->late_forged);
	sa->late_most = relaxed(in->late_most);
	sa->reorder_most = relaxed(in->reorder_most);
	sa->in_reassembled = relaxed(in->late_reassembled);
	window = sa->late_verified ? reorder_advice_window(sa->late_most) : 0;
	sa->wanted_window = window > sa->window ? window : 0;
}

static void take_sa(const struct control *c, const struct sa_pair *pair, struct evidence_sa *sa)
{
	const struct tunnel *t = tunnels_find(&c->tunnels, pair->tunnel);
	const struct plane_stats_in *in = sa_query_in(&c->store, pair);
	const struct plane_stats_out *out = sa_query_out(&c->store, pair);

	*sa = (struct evidence_sa){
		.spi_in = pair->spi_in,
		.spi_out = pair->spi_out,
		.tunnel = pair->tunnel,
		.conn_in = pair->conn_in,
		.selector = pair->selector,
		.suite = pair->suite,
		.current = is_used(c, pair),
		.newest = is_newest(c, pair),
		.up = pair->state == SA_STATE_UP || pair->state == SA_STATE_REKEYING,
		.esn = pair->esn,
		.udp = pair->udp,
		.age_s = (uint32_t)((c->now_ms() - pair->created_ms) / MS),
		.lifetime_s = pair->lifetime_s,
		.mtu = pair->mtu ? pair->mtu : (t ? t->mtu : 0),
		.window = pair->replay_window,
		.now = evidence_samples_now(&c->store, pair),
	};
	sa->before = evidence_samples_before(&c->evidence_samples, pair, &sa->now);
	if (in)
		take_reorder(sa, in);
	if (out)
		sa->out_last_ms = relaxed(out->last_ms);
}

static void take_sas(const struct control *c, const struct evidence_place *p,
		     struct evidence_room *room, struct evidence *out)
{
	const struct sa_pair *pairs[EVIDENCE_SAS];

	out->n_sas = evidence_gather_pairs(c, p, pairs, EVIDENCE_SAS);
	for (size_t i = 0; i < out->n_sas; i++)
		take_sa(c, pairs[i], &room->sas[i]);
	out->sas = room->sas;
}

/* What had no route has one now: somebody has mended it, or the link is back. */
static bool is_mended(const struct control *c, const struct evidence_drop *drop)
{
	return drop->reason == DROP_NO_ROUTE && drop->flow.remote.addr.family &&
	       routes_find(&c->routes, &drop->flow.remote.addr);
}

static void take_drops(const struct control *c, const struct evidence_place *p,
		       struct evidence_room *room, struct evidence *out)
{
	out->n_drops = p->n_drops;
	out->drops = room->drops;
	for (size_t i = 0; i < p->n_drops; i++) {
		room->drops[i] = p->drops[i].drop;
		room->drops[i].lately =
			is_mended(c, &room->drops[i])
				? 0
				: evidence_rate_sum(&p->drops[i].lately, out->now_ms);
	}
}

static void take_notes(struct evidence_place *p, struct evidence_room *room, struct evidence *out)
{
	evidence_notes_prune(p, out->now_ms);
	for (size_t i = 0; i < p->n_notes; i++)
		room->notes[i] = p->notes[i];
	out->notes = room->notes;
	out->n_notes = p->n_notes;
}

static void take_records(const struct evidence_place *p, struct evidence *out)
{
	const struct evidence_records *phase1 = &p->records[IKE_RECORD_PHASE1];

	out->phase1 = phase1->rows;
	out->n_phase1 = phase1->n;
	out->quick = p->records[IKE_RECORD_QUICK].rows;
	out->n_quick = p->records[IKE_RECORD_QUICK].n;
	out->login = p->records[IKE_RECORD_LOGIN].rows;
	out->n_login = p->records[IKE_RECORD_LOGIN].n;
	out->phase1_span_s = FLAPPING_S;
	for (size_t i = 0; i < array_len(p->ups_ms); i++)
		out->phase1_lately += p->ups_ms[i] && out->now_ms - p->ups_ms[i] < FLAPPING_S * MS;
}

/* The interface a map is on. */
static void take_interface(const struct config *config, struct evidence *out)
{
	for (size_t i = 0; out->map && i < config->n_interfaces; i++) {
		const struct config_interface *interface = &config->interfaces[i];

		if (strcmp(interface->crypto_map, out->map->name) != 0)
			continue;
		memcpy(out->interface, interface->name, sizeof(out->interface));
		return;
	}
}

static void take_entry(const struct control *c, const struct evidence_place *p,
		       struct evidence *out)
{
	const struct tunnels_peer *row = NULL;
	const struct tunnel *t = NULL;
	const char *map = p->map;
	uint16_t sequence = p->sequence;

	if (p->class == EVIDENCE_NAMED)
		row = tunnels_peers_first(&c->tunnels.by_peer, &p->addr);
	else if (out->n_sas)
		t = tunnels_find(&c->tunnels, out->sas[0].tunnel);
	if (row)
		t = row->tunnel;
	if (t && !row) {
		map = t->map;
		sequence = t->sequence;
	}
	out->local = t ? t->local : p->path.local;
	out->map = map[0] ? config_model_map(&c->config, map) : NULL;
	if (!out->map && p->class == EVIDENCE_PROVEN)
		out->map = remote_access_map(&c->config, &p->path);
	out->entry = out->map ? config_model_map_entry(out->map, sequence) : NULL;
	take_interface(&c->config, out);
}

/* A configured peer that no route leads to. */
static void note_no_route(const struct evidence_place *p, struct evidence_room *room,
			  struct evidence *out)
{
	if (p->class == EVIDENCE_NAMED && out->n_notes < array_len(room->notes))
		room->notes[out->n_notes++] =
			(struct evidence_note){.kind = EVIDENCE_NO_ROUTE, .at_ms = out->now_ms};
}

static void take_way(const struct control *c, const struct evidence_place *p,
		     struct evidence_room *room, struct evidence *out)
{
	const struct addr *to = addr_is_none(&p->path.remote) ? &p->addr : &p->path.remote;
	const struct routes_row *route =
		routes_find(&c->routes, p->class == EVIDENCE_NAMED ? &p->addr : to);
	const struct plane_stats_device *device;

	memcpy(out->in_interface, p->in_interface, sizeof(out->in_interface));
	out->link_up = true;
	device = notices_device(c, route ? route->interface : out->interface);
	out->link_up = !device || device->link_up;
	if (!route || !strcmp(route->interface, CONFIG_NULL)) {
		note_no_route(p, room, out);
		return;
	}
	memcpy(out->out_interface, route->interface, sizeof(out->out_interface));
	out->next_hop = addr_is_none(&route->next_hop) ? *to : route->next_hop;
}

/* The place of the peer a tunnel is up with in its list, from 1; 0 = it is not up with another. */
static size_t up_with(const struct control *c, const struct tunnel *t, const struct addr *but)
{
	const struct sa_pair *pair = sa_query_first(&c->store, t->handle);

	for (size_t i = 0; pair && i < t->n_peers; i++)
		if (addr_eq(&t->peers[i], ike_path_home(&pair->path)) &&
		    !addr_eq(&t->peers[i], but))
			return i + 1;
	return 0;
}

/* Of a tunnel that has no other peer, its silence is what is wrong. */
static void take_instead(const struct control *c, const struct evidence_place *p,
			 struct evidence *out)
{
	const struct tunnels_peer *row = tunnels_peers_first(&c->tunnels.by_peer, &p->addr);

	for (; p->class == EVIDENCE_NAMED && row; row = tunnels_peers_next(row)) {
		const struct tunnel *t = row->tunnel;
		size_t at = up_with(c, t, &p->addr);

		if (t->n_peers == 1) {
			out->instead = (struct addr){0};
			return;
		}
		if (!at)
			continue;
		out->instead = t->peers[at - 1];
		out->instead_at = (uint8_t)at;
		out->instead_of = (uint8_t)t->n_peers;
	}
}

static void take_ike(const struct control *c, const struct evidence_place *p, struct evidence *out)
{
	struct ike_path path = {
		.local = out->local,
		.remote = p->addr,
		.local_port = IP_PORT_IKE,
		.remote_port = IP_PORT_IKE,
	};

	if (p->path.peer)
		path = p->path;
	out->ike_up = ike_engine_reaches(c->engine, &path);
	for (size_t i = 0; out->ike_up && i < out->n_phase1; i++) {
		if (!out->phase1[i].up)
			continue;
		out->ike_age_s = (uint32_t)((out->now_ms - out->phase1[i].ended_ms) / MS);
		return;
	}
}

void evidence_gather(const struct control *c, struct evidence_place *p, struct evidence_room *room,
		     struct evidence *out)
{
	const struct session *session = sessions_find(&c->sessions, p->peer);
	uint64_t now = c->now_ms();

	*out = (struct evidence){
		.now_ms = now,
		.config = &c->config,
		.peer = p->class == EVIDENCE_PROVEN ? *ike_path_home(&p->path) : p->addr,
		.seen = p->seen,
		.client = session || p->path.client,
		.waiting = evidence_rate_sum(&p->waiting, now),
		.ike_received = p->ike_received,
	};
	out->wanted = out->waiting ||
		      (p->wanted_ms && now - p->wanted_ms < (uint64_t)EVIDENCE_WINDOW_S * MS);
	take_sas(c, p, room, out);
	take_records(p, out);
	take_drops(c, p, room, out);
	take_notes(p, room, out);
	take_entry(c, p, out);
	take_way(c, p, room, out);
	take_ike(c, p, out);
	take_instead(c, p, out);
}
