/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/neighbour.h"

#include <stdlib.h>
#include <string.h>

struct neighbour_table {
	struct neighbour_hooks hooks;
	unsigned n_pending;
	unsigned n_unresolved;
	unsigned n_used;
	struct neighbour rows[PLANE_NEIGHBOURS];
};

struct neighbour_table *neighbour_create(const struct neighbour_hooks *hooks)
{
	struct neighbour_table *t = calloc(1, sizeof(*t));

	if (t)
		t->hooks = *hooks;
	return t;
}

void neighbour_destroy(struct neighbour_table *t)
{
	if (!t)
		return;
	for (unsigned i = 0; i < PLANE_NEIGHBOURS; i++)
		rte_pktmbuf_free_bulk(t->rows[i].pending, t->rows[i].n_pending);
	free(t);
}

static struct neighbour *find(struct neighbour_table *t, const struct addr *addr, uint8_t port)
{
	for (unsigned i = 0; i < PLANE_NEIGHBOURS; i++) {
		struct neighbour *n = &t->rows[i];

		if (n->state != NEIGHBOUR_UNUSED && n->port == port && addr_eq(&n->addr, addr))
			return n;
	}
	return NULL;
}

static struct neighbour *add(struct neighbour_table *t, const struct addr *addr, uint8_t port,
			     uint64_t now_ms)
{
	for (unsigned i = 0; i < PLANE_NEIGHBOURS; i++) {
		struct neighbour *n = &t->rows[i];

		if (n->state != NEIGHBOUR_UNUSED)
			continue;
		*n = (struct neighbour){
			.addr = *addr,
			.port = port,
			.state = NEIGHBOUR_INCOMPLETE,
			.since_ms = now_ms,
			.due_ms = now_ms,
		};
		t->n_unresolved++;
		t->n_used++;
		return n;
	}
	return NULL;
}

static void release_pending(struct neighbour_table *t, struct neighbour *n)
{
	unsigned count = n->n_pending;

	n->n_pending = 0;
	t->n_pending -= count;
	for (unsigned i = 0; i < count; i++)
		t->hooks.release(t->hooks.arg, n, n->pending[i]);
}

static void forget(struct neighbour_table *t, struct neighbour *n)
{
	bool was_reachable = n->state == NEIGHBOUR_REACHABLE;

	t->n_unresolved -= n->state == NEIGHBOUR_INCOMPLETE;
	n->state = NEIGHBOUR_UNUSED;
	t->n_used--;
	if (was_reachable)
		t->hooks.changed(t->hooks.arg, n);
	release_pending(t, n);
}

static void ask(struct neighbour_table *t, struct neighbour *n, uint64_t now_ms)
{
	n->tries++;
	n->due_ms = now_ms + NEIGHBOUR_RETRY_MS;
	t->hooks.request(t->hooks.arg, n);
}

bool neighbour_want(struct neighbour_table *t, const struct addr *addr, uint8_t port,
		    struct rte_mbuf *m, uint64_t now_ms)
{
	struct neighbour *n = find(t, addr, port);

	if (n && n->state == NEIGHBOUR_REACHABLE) {
		t->hooks.release(t->hooks.arg, n, m);
		return true;
	}
	if (t->n_pending >= NEIGHBOUR_PENDING_TOTAL)
		return false;
	if (!n) {
		if (t->n_unresolved >= NEIGHBOUR_UNRESOLVED)
			return false;
		n = add(t, addr, port, now_ms);
		if (!n)
			return false;
		ask(t, n, now_ms);
	}
	if (n->n_pending == NEIGHBOUR_PENDING)
		return false;
	n->pending[n->n_pending++] = m;
	t->n_pending++;
	return true;
}

/* Whether this claim may change what a reachable entry says. */
static bool may_move(const struct neighbour *n, enum neighbour_source source, uint64_t now_ms)
{
	bool solicited = source == NEIGHBOUR_ANSWERED && n->tries > 0;

	return solicited || now_ms - n->confirmed_ms >= NEIGHBOUR_HOLD_MS;
}

void neighbour_learn(struct neighbour_table *t, const struct addr *addr, uint8_t port,
		     const uint8_t mac[6], enum neighbour_source source, uint64_t now_ms)
{
	struct neighbour *n = find(t, addr, port);
	bool changed;

	/* made-up askers must not take the room of those that we look for */
	if (!n && source == NEIGHBOUR_ASKED_US && t->n_used < NEIGHBOUR_UNASKED)
		n = add(t, addr, port, now_ms);
	if (!n)
		return;
	changed = n->state != NEIGHBOUR_REACHABLE || memcmp(n->mac, mac, sizeof(n->mac)) != 0;
	if (n->state == NEIGHBOUR_REACHABLE && changed && !may_move(n, source, now_ms))
		return;
	t->n_unresolved -= n->state == NEIGHBOUR_INCOMPLETE;
	if (n->state != NEIGHBOUR_REACHABLE)
		n->since_ms = now_ms;
	memcpy(n->mac, mac, sizeof(n->mac));
	n->state = NEIGHBOUR_REACHABLE;
	n->tries = 0;
	n->confirmed_ms = now_ms;
	n->due_ms = now_ms + NEIGHBOUR_FRESH_MS;
	if (changed)
		t->hooks.changed(t->hooks.arg, n);
	release_pending(t, n);
}

const struct neighbour *neighbour_find(const struct neighbour_table *t, const struct addr *addr,
				       uint8_t port)
{
	const struct neighbour *n = find((struct neighbour_table *)t, addr, port);

	return n && n->state == NEIGHBOUR_REACHABLE ? n : NULL;
}

void neighbour_run(struct neighbour_table *t, uint64_t now_ms)
{
	for (unsigned i = 0; i < PLANE_NEIGHBOURS; i++) {
		struct neighbour *n = &t->rows[i];

		if (n->state == NEIGHBOUR_UNUSED || now_ms < n->due_ms)
			continue;
		if (n->tries < NEIGHBOUR_TRIES)
			ask(t, n, now_ms);
		else
			forget(t, n);
	}
}

void neighbour_flush(struct neighbour_table *t, uint8_t port)
{
	for (unsigned i = 0; i < PLANE_NEIGHBOURS; i++) {
		struct neighbour *n = &t->rows[i];

		if (n->state != NEIGHBOUR_UNUSED && (port == UINT8_MAX || n->port == port))
			forget(t, n);
	}
}

const struct neighbour *neighbour_at(const struct neighbour_table *t, unsigned i)
{
	return &t->rows[i];
}
