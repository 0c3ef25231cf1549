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

const struct addr *acquire_peer(const struct acquire *a, const struct tunnel *t)
{
	return &t->peers[a->rows[t->handle].peer % t->n_peers];
}

/* -EALREADY means that the engine is at it: as good as started. */
static void start(struct acquire *a, const struct tunnel *t)
{
	struct acquire_row *row = &a->rows[t->handle];
	int err = a->env.initiate(a->env.ctx, t, acquire_peer(a, t));

	row->active = err == 0 || err == -EALREADY;
}

void acquire_packet(struct acquire *a, const struct tunnel *t)
{
	struct acquire_row *row = &a->rows[t->handle];

	/* an active one asks again too: the engine answers -EALREADY, or it has lost it */
	if (!row->active)
		row->n_tried = 1;
	if (!row->again)
		start(a, t);
}

static int index_of(const struct tunnel *t, const struct addr *peer)
{
	for (size_t i = 0; i < t->n_peers; i++) {
		if (addr_eq(&t->peers[i], peer))
			return (int)i;
	}
	return -1;
}

void acquire_rekey(struct acquire *a, const struct tunnel *t, const struct addr *peer)
{
	struct acquire_row *row = &a->rows[t->handle];
	int i = index_of(t, peer);

	if (i < 0)
		return;
	if (!row->active) {
		row->peer = (uint8_t)i;
		row->n_tried = 1;
	}
	start(a, t);
}

void acquire_peer_failed(struct acquire *a, const struct tunnels *set, const struct addr *peer)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct tunnel *t = &set->rows[i];
		struct acquire_row *row = &a->rows[t->handle];

		if (!row->active || !addr_eq(acquire_peer(a, t), peer))
			continue;
		row->active = false;
		if (row->n_tried >= t->n_peers) {
			row->peer = 0;
			continue;
		}
		row->peer = (uint8_t)((row->peer + 1u) % t->n_peers);
		row->n_tried++;
		row->again = true;
		a->pending = true;
	}
}

void acquire_peer_dead(struct acquire *a, const struct tunnels *set, const struct addr *peer)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct tunnel *t = &set->rows[i];
		struct acquire_row *row = &a->rows[t->handle];

		if (addr_eq(acquire_peer(a, t), peer))
			row->peer = (uint8_t)((row->peer + 1u) % t->n_peers);
	}
}

void acquire_child_failed(struct acquire *a, const struct tunnel *t)
{
	a->rows[t->handle].active = false;
}

void acquire_up(struct acquire *a, const struct tunnel *t, const struct addr *peer)
{
	int i = index_of(t, peer);

	a->rows[t->handle] = (struct acquire_row){.peer = i > 0 ? (uint8_t)i : 0};
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
		start(a, t);
	}
}
