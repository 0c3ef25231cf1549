/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/acquire.h"

#include <errno.h>
#include <stdlib.h>

int acquire_init(struct acquire *a, uint32_t n_handles, const struct acquire_env *env)
{
	*a = (struct acquire){.env = *env, .rows = calloc(n_handles, sizeof(*a->rows))};
	return a->rows ? 0 : -ENOMEM;
}

void acquire_fini(struct acquire *a)
{
	free(a->rows);
	*a = (struct acquire){0};
}

/* Position of the peer in the list, counted from the one to begin with. */
static size_t index_at(const struct acquire_row *row, const struct tunnel *t)
{
	return (t->first_peer + row->at) % t->n_peers;
}

const struct addr *acquire_peer(const struct acquire *a, const struct tunnel *t)
{
	return &t->peers[index_at(&a->rows[t->handle], t)];
}

/* -EALREADY means that the engine is at it: as good as started. */
static void start(struct acquire *a, const struct tunnel *t, uint64_t number)
{
	struct acquire_row *row = &a->rows[t->handle];
	int err = a->env.initiate(a->env.ctx, t, acquire_peer(a, t), number);

	row->active = err == 0 || err == -EALREADY;
}

void acquire_packet(struct acquire *a, const struct tunnel *t)
{
	struct acquire_row *row = &a->rows[t->handle];

	/* an active one asks again too: the engine answers -EALREADY, or it has lost it */
	if (!row->active)
		row->n_tried = 1;
	if (!row->again)
		start(a, t, 0);
}

/* What row->at is for a peer; -1 when the tunnel does not have it. */
static int find_peer(const struct tunnel *t, const struct addr *peer)
{
	for (size_t i = 0; i < t->n_peers; i++) {
		if (addr_eq(&t->peers[i], peer))
			return (int)((i + t->n_peers - t->first_peer) % t->n_peers);
	}
	return -1;
}

/* The next peer of the list; when all have been asked, it is over and the list begins again. */
static void turn_to_next(struct acquire *a, const struct tunnel *t)
{
	struct acquire_row *row = &a->rows[t->handle];

	row->active = false;
	row->number = 0;
	if (row->n_tried >= t->n_peers) {
		row->at = 0;
		return;
	}
	row->at = (uint8_t)((row->at + 1u) % t->n_peers);
	row->n_tried++;
	row->again = true;
	a->pending = true;
}

void acquire_rekey(struct acquire *a, const struct tunnel *t, const struct ike_path *peer)
{
	struct acquire_row *row = &a->rows[t->handle];
	int at = find_peer(t, &peer->remote);

	/* a NAT has taken it away from the address that the configuration knows */
	if (at < 0 && peer->peer)
		(void)!a->env.initiate(a->env.ctx, t, &peer->remote, peer->peer);
	if (at < 0)
		return;
	if (!row->active) {
		row->at = (uint8_t)at;
		row->number = peer->peer;
		row->n_tried = 1;
	}
	start(a, t, peer->peer);
}

/* Behind one address there may be several: the one the tunnel was up with, if it ever was. */
static bool asks(const struct acquire *a, const struct tunnel *t, const struct ike_path *peer)
{
	const struct ike_path asked = {
		.local = peer->local,
		.remote = *acquire_peer(a, t),
		.peer = a->rows[t->handle].number,
	};

	return ike_path_same_peer(&asked, peer) && addr_eq(&asked.remote, &peer->remote);
}

void acquire_peer_failed(struct acquire *a, const struct tunnels *set, const struct ike_path *peer)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct tunnel *t = &set->rows[i];

		if (a->rows[t->handle].active && asks(a, t, peer))
			turn_to_next(a, t);
	}
}

void acquire_peer_dead(struct acquire *a, const struct tunnels *set, const struct ike_path *peer)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct tunnel *t = &set->rows[i];
		struct acquire_row *row = &a->rows[t->handle];

		if (!asks(a, t, peer))
			continue;
		row->at = (uint8_t)((row->at + 1u) % t->n_peers);
		row->number = 0;
	}
}

void acquire_child_failed(struct acquire *a, const struct tunnel *t, const struct addr *peer,
			  bool next)
{
	struct acquire_row *row = &a->rows[t->handle];

	/* phase 1 failed before it and the next one is being asked already */
	if (!row->active || !addr_eq(acquire_peer(a, t), peer))
		return;
	if (next)
		turn_to_next(a, t);
	else
		row->active = false;
}

void acquire_up(struct acquire *a, const struct tunnel *t, const struct ike_path *peer)
{
	int at = find_peer(t, &peer->remote);

	a->rows[t->handle] =
		(struct acquire_row){.at = at > 0 ? (uint8_t)at : 0, .number = peer->peer};
}

void acquire_down(struct acquire *a, const struct tunnel *t, enum ike_reason reason)
{
	struct acquire_row *row = &a->rows[t->handle];
	bool stays = reason == IKE_REASON_IDLE && !t->idle_first;

	/* acquire_peer_dead() decides then, and a negotiation under way goes on */
	if (!stays && reason != IKE_REASON_DPD_DEAD && !row->active && !row->again)
		row->at = 0;
}

void acquire_forget(struct acquire *a, uint32_t handle)
{
	a->rows[handle] = (struct acquire_row){0};
}

void acquire_run(struct acquire *a, const struct tunnels *set)
{
	if (!a->pending)
		return;
	a->pending = false;
	for (size_t i = 0; i < set->n; i++) {
		const struct tunnel *t = &set->rows[i];

		if (!a->rows[t->handle].again)
			continue;
		a->rows[t->handle].again = false;
		start(a, t, 0);
	}
}
