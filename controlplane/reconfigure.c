/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/reconfigure.h"

#include "controlplane/notices.h"
#include "controlplane/sa_clear.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool link_up(void *ctx, const char *interface)
{
	const struct plane_stats_device *device = notices_device(ctx, interface);

	/* before culvertd has filled the segment every link counts as up */
	return !device || device->link_up;
}

static size_t collect_reverse(const struct control *c, struct routes_reverse *rows)
{
	size_t n = 0;

	for (size_t i = 0; i < c->tunnels.n; i++) {
		const struct tunnel *t = &c->tunnels.rows[i];
		const struct sa_pair *pair = c->store.tunnels[t->handle].current;

		if (!t->reverse_route || !pair)
			continue;
		rows[n++] = (struct routes_reverse){.prefix = t->selector.remote,
						    .peer = pair->path.remote};
	}
	return n;
}

void reconfigure_routes(struct control *c)
{
	struct routes_reverse *reverse = calloc(c->tunnels.n + 1, sizeof(*reverse));
	struct routes table;
	struct routes_input in = {
		.config = &c->config, .reverse = reverse, .link_up = link_up, .ctx = c};

	/* without memory they stay as they are until the next round */
	c->routes_dirty = true;
	if (!reverse)
		return;
	in.n_reverse = collect_reverse(c, reverse);
	if (routes_derive(&table, &in) == 0) {
		routes_fini(&c->routes);
		c->routes = table;
		c->routes_dirty = apply_routes(&c->apply, &table) < 0;
	}
	free(reverse);
}

static void clear_tunnels(struct control *c, struct tunnels *old)
{
	for (size_t i = 0; i < old->n; i++) {
		const struct tunnel *t = &old->rows[i];
		struct sa_clear_filter filter = {.tunnel = t};

		switch (tunnels_compare(t, &c->tunnels)) {
		case TUNNELS_SAME: break;
		case TUNNELS_CHANGED:
			sa_clear_pairs(&c->store, &filter, IKE_REASON_CONFIG_CHANGED, false);
			orphans_remove(&c->orphans, t->worker, t->index);
			acquire_forget(&c->acquire, t->handle);
			break;
		case TUNNELS_GONE:
			sa_clear_tunnel(&c->store, t);
			orphans_remove(&c->orphans, t->worker, t->index);
			acquire_forget(&c->acquire, t->handle);
			break;
		}
	}
}

static bool key_same(const struct config_isakmp_key *a, const struct config_isakmp_key *b)
{
	if (!a || !b)
		return a == b;
	return strncmp(a->key, b->key, sizeof(a->key)) == 0;
}

struct peer_list {
	struct addr *rows;
	size_t n;
	size_t size;
};

static void collect_peer(void *ctx, const struct ike_sa_info *sa)
{
	struct peer_list *list = ctx;

	for (size_t i = 0; i < list->n; i++) {
		if (addr_eq(&list->rows[i], &sa->path.remote))
			return;
	}
	if (list->n < list->size)
		list->rows[list->n++] = sa->path.remote;
}

static void count_sa(void *ctx, const struct ike_sa_info *sa)
{
	size_t *n = ctx;

	(void)sa;
	(*n)++;
}

static bool any_entry_has(const struct tunnels *set, const struct addr *peer)
{
	for (size_t i = 0; i < set->n; i++) {
		if (tunnels_has_peer(&set->rows[i], peer))
			return true;
	}
	return false;
}

/* What was agreed with a peer under another key, or with one that no entry names any more, ends. */
static int clear_peers(struct control *c, const struct config *before, const struct tunnels *old)
{
	struct peer_list list = {0};

	ike_engine_each(c->engine, count_sa, &list.size);
	list.rows = calloc(list.size + 1, sizeof(*list.rows));
	if (!list.rows)
		return -ENOMEM;
	ike_engine_each(c->engine, collect_peer, &list);
	for (size_t i = 0; i < list.n; i++) {
		struct sa_clear_filter filter = {.peer = &list.rows[i]};
		bool dropped = any_entry_has(old, &list.rows[i]) &&
			       !any_entry_has(&c->tunnels, &list.rows[i]);

		if (c->config.isakmp.enabled && !dropped &&
		    key_same(config_model_key(before, &list.rows[i]),
			     config_model_key(&c->config, &list.rows[i])))
			continue;
		sa_clear_pairs(&c->store, &filter, IKE_REASON_CONFIG_CHANGED, false);
		ike_engine_clear(c->engine, 0, &list.rows[i]);
	}
	free(list.rows);
	return 0;
}

void reconfigure_program(struct control *c)
{
	c->program_dirty = apply_options(&c->apply, &c->config) < 0 ||
			   apply_interfaces_down(&c->apply, &c->config) < 0 ||
			   apply_policy(&c->apply, c->tunnels.rules, c->tunnels.n_rules) < 0 ||
			   apply_interfaces(&c->apply, &c->config) < 0;
	reconfigure_routes(c);
}

int reconfigure_apply(struct control *c, const struct config *before)
{
	struct tunnels old = c->tunnels;
	struct tunnels derived;
	int err = tunnels_derive(&derived, &c->config, &c->ids);

	if (err < 0)
		return err;
	c->tunnels = derived;
	clear_tunnels(c, &old);
	if (clear_peers(c, before, &old) < 0)
		debug_log_event(c->log, DEBUG_LOG_PLANE,
				"not enough memory to end the ISAKMP SAs that the change concerns");
	tunnels_fini(&old);
	/* last, so that the DELETEs leave while the old addresses still stand */
	reconfigure_program(c);
	return 0;
}
