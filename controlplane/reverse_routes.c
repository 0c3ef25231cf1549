/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/reverse_routes.h"

#include "controlplane/control.h"
#include "controlplane/sa_query.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int reverse_routes_init(struct reverse_routes *r, uint32_t n_handles)
{
	TAILQ_INIT(&r->all);
	r->by_handle = calloc(n_handles, sizeof(struct reverse_route *));
	return r->by_handle ? 0 : -ENOMEM;
}

void reverse_routes_fini(struct reverse_routes *r)
{
	while (r->by_handle && !TAILQ_EMPTY(&r->all)) {
		struct reverse_route *row = TAILQ_FIRST(&r->all);

		TAILQ_REMOVE(&r->all, row, link);
		free(row);
	}
	free(r->by_handle);
	r->by_handle = NULL;
}

static struct reverse_route_bucket *bucket_of(struct reverse_routes *r, const struct prefix *p)
{
	uint64_t h = id_map_hash(ID_MAP_SEED, p->addr.b, sizeof(p->addr.b));

	return &r->buckets[(h >> 20) % REVERSE_ROUTES_BUCKETS];
}

static bool same_path(const struct plane_route *a, const struct plane_route *b)
{
	return prefix_eq(&a->prefix, &b->prefix) && addr_eq(&a->next_hop, &b->next_hop) &&
	       strcmp(a->interface, b->interface) == 0;
}

/* The data plane has one route for a path: one that the configuration has is left to it. */
static bool is_configured(const struct control *c, const struct plane_route *route)
{
	for (size_t i = 0; i < c->routes.n; i++) {
		const struct routes_row *row = &c->routes.rows[i];

		if (row->code == ROUTES_STATIC && prefix_eq(&row->prefix, &route->prefix) &&
		    addr_eq(&row->next_hop, &route->next_hop) &&
		    strcmp(row->interface, route->interface) == 0)
			return true;
	}
	return false;
}

/*
 * Through the peer; when it is not a neighbour, through whoever leads to it. False when there is no
 * way, or it would lead through the route itself.
 */
static bool resolve(const struct control *c, const struct reverse_route *row,
		    struct plane_route *out)
{
	const struct routes_row *via = routes_find(&c->routes, &row->via);

	*out = (struct plane_route){.prefix = row->prefix, .distance = row->distance};
	if (!via || via->code == ROUTES_LOCAL)
		return false;
	out->next_hop = addr_is_none(&via->next_hop) ? row->via : via->next_hop;
	memcpy(out->interface, via->interface, sizeof(out->interface));
	return !prefix_contains(&row->prefix, &out->next_hop) && !is_configured(c, out);
}

static int send_route(struct control *c, enum plane_type type, const struct plane_route *route)
{
	struct plane_msg msg = {.type = type, .route = *route};

	return control_send_main(c, &msg);
}

/* What went with the removal of a route with the same path comes back. */
static void restore(struct control *c, const struct reverse_route *gone)
{
	struct reverse_route *row;

	LIST_FOREACH(row, bucket_of(&c->reverse, &gone->prefix), bucket)
		if (row != gone && row->is_sent && same_path(&row->sent, &gone->sent))
			row->is_sent = send_route(c, PLANE_ROUTE_ADD, &row->sent) == 0;
}

static void withdraw(struct control *c, struct reverse_route *row)
{
	/* without memory it is tried again with all the others */
	if (!row->is_sent)
		return;
	if (!is_configured(c, &row->sent) && send_route(c, PLANE_ROUTE_DEL, &row->sent) < 0)
		c->routes_dirty = true;
	row->is_sent = false;
	restore(c, row);
}

static void refresh(struct control *c, struct reverse_route *row)
{
	struct plane_route want;
	bool usable = resolve(c, row, &want);

	if (row->is_sent && usable && memcmp(&row->sent, &want, sizeof(want)) == 0)
		return;
	withdraw(c, row);
	if (!usable)
		return;
	row->sent = want;
	row->is_sent = send_route(c, PLANE_ROUTE_ADD, &want) == 0;
	if (!row->is_sent)
		c->routes_dirty = true;
}

void reverse_routes_refresh(struct control *c)
{
	struct reverse_route *row;

	TAILQ_FOREACH(row, &c->reverse.all, link)
		refresh(c, row);
}

static struct reverse_route *find(struct reverse_routes *r, const struct reverse_route *like)
{
	struct reverse_route *row;

	LIST_FOREACH(row, bucket_of(r, &like->prefix), bucket)
		if (prefix_eq(&row->prefix, &like->prefix) && addr_eq(&row->via, &like->via) &&
		    row->distance == like->distance && row->tag == like->tag)
			return row;
	return NULL;
}

/* NULL without memory. */
static struct reverse_route *get(struct control *c, const struct reverse_route *like)
{
	struct reverse_routes *r = &c->reverse;
	struct reverse_route *row = find(r, like);

	if (row)
		return row;
	row = malloc(sizeof(*row));
	if (!row)
		return NULL;
	*row = *like;
	TAILQ_INSERT_TAIL(&r->all, row, link);
	LIST_INSERT_HEAD(bucket_of(r, &row->prefix), row, bucket);
	r->n++;
	refresh(c, row);
	return row;
}

static void put(struct control *c, struct reverse_route *row)
{
	if (--row->uses)
		return;
	withdraw(c, row);
	TAILQ_REMOVE(&c->reverse.all, row, link);
	LIST_REMOVE(row, bucket);
	c->reverse.n--;
	free(row);
}

void reverse_routes_down(struct control *c, const struct tunnel *t)
{
	struct reverse_route **at = &c->reverse.by_handle[t->handle];

	if (*at)
		put(c, *at);
	*at = NULL;
}

void reverse_routes_follow(struct control *c, const struct tunnel *t)
{
	const struct sa_pair *pair = sa_query_first(&c->store, t->handle);
	struct reverse_route **at = &c->reverse.by_handle[t->handle];
	struct reverse_route *before = *at;

	*at = NULL;
	if (t->reverse_route && pair) {
		const struct reverse_route like = {
			.prefix = t->selector.remote,
			.via = addr_is_none(&t->reverse_peer) ? pair->path.remote : t->reverse_peer,
			.distance = t->reverse_distance,
			.tag = t->reverse_tag,
		};

		*at = get(c, &like);
		if (*at)
			(*at)->uses++;
	}
	/* after the new one: what stays is not taken away in between */
	if (before)
		put(c, before);
}

static bool is_beaten(const struct control *c, const struct reverse_route *row)
{
	for (size_t i = 0; i < c->routes.n; i++) {
		const struct routes_row *other = &c->routes.rows[i];

		if (prefix_eq(&other->prefix, &row->prefix) && other->distance <= row->distance)
			return true;
	}
	return false;
}

int reverse_routes_merge(const struct control *c, struct routes *table)
{
	const struct reverse_route *row;

	*table = (struct routes){
		.rows = calloc(c->routes.n + c->reverse.n + 1, sizeof(*table->rows))};
	if (!table->rows)
		return -ENOMEM;
	if (c->routes.n)
		memcpy(table->rows, c->routes.rows, c->routes.n * sizeof(*table->rows));
	table->n = c->routes.n;
	TAILQ_FOREACH(row, &c->reverse.all, link) {
		struct routes_row *out = &table->rows[table->n];

		if (!row->is_sent || is_beaten(c, row))
			continue;
		*out = (struct routes_row){.code = ROUTES_STATIC,
					   .prefix = row->prefix,
					   .next_hop = row->sent.next_hop,
					   .distance = row->distance,
					   .rri = true,
					   .tag = row->tag,
					   .source = SIZE_MAX};
		memcpy(out->interface, row->sent.interface, sizeof(out->interface));
		table->n++;
	}
	routes_sort(table);
	return 0;
}
