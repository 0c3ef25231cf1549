/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/reconfigure.h"

#include "controlplane/apply_filters.h"
#include "controlplane/apply_qos.h"
#include "controlplane/dynamic_policy.h"
#include "controlplane/fate.h"
#include "controlplane/kept.h"
#include "controlplane/lanes.h"
#include "controlplane/notices.h"
#include "controlplane/peer_admit.h"
#include "controlplane/remote_access.h"
#include "controlplane/sa_clear.h"
#include "controlplane/sa_expiry.h"
#include "controlplane/sa_query.h"
#include "lib/config/config_qos.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BPS_PER_MBPS = 1000000
};

static bool link_up(void *ctx, const char *interface)
{
	const struct plane_stats_device *device = notices_device(ctx, interface);

	/* before culvertd has filled the segment every link counts as up */
	return !device || device->link_up;
}

void reconfigure_routes(struct control *c)
{
	const struct routes_input in = {.config = &c->config, .link_up = link_up, .ctx = c};
	struct routes table;

	/* without memory they stay as they are until the next round */
	c->routes_dirty = true;
	if (routes_derive(&table, &in) < 0)
		return;
	routes_fini(&c->routes);
	c->routes = table;
	c->routes_dirty = apply_routes(&c->apply, &table) < 0;
	reverse_routes_refresh(c);
}

static void clear_tunnels(struct control *c, struct tunnels *old)
{
	for (size_t i = 0; i < old->n; i++) {
		const struct tunnel *t = &old->rows[i];
		struct sa_clear_filter filter = {.tunnel = t};

		switch (tunnels_compare(t, &c->tunnels)) {
		case TUNNELS_SAME: break;
		case TUNNELS_RENEW: sa_expiry_renew(&c->store, t->handle); break;
		case TUNNELS_CHANGED:
			reverse_routes_down(c, t);
			sa_clear_pairs(&c->store, &filter, IKE_REASON_CONFIG_CHANGED, false);
			lanes_forgive(&c->store, t->handle);
			orphans_remove_tunnel(&c->orphans, t);
			acquire_forget(&c->acquire, t->handle);
			break;
		case TUNNELS_GONE:
			reverse_routes_down(c, t);
			sa_clear_tunnel(&c->store, t);
			orphans_remove_tunnel(&c->orphans, t);
			acquire_forget(&c->acquire, t->handle);
			break;
		}
	}
}

struct peer_list {
	struct ike_path *rows;
	size_t n;
	size_t size;
};

static void collect_peer(void *ctx, const struct ike_sa_info *sa)
{
	struct peer_list *list = ctx;

	for (size_t i = 0; i < list->n; i++) {
		if (addr_eq(&list->rows[i].remote, &sa->path.remote) &&
		    strcmp(list->rows[i].interface, sa->path.interface) == 0)
			return;
	}
	if (list->n < list->size)
		list->rows[list->n++] = sa->path;
}

static void count_sa(void *ctx, const struct ike_sa_info *sa)
{
	size_t *n = ctx;

	(void)sa;
	(*n)++;
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
		const struct addr *peer = &list.rows[i].remote;
		struct sa_clear_filter filter = {.peer = peer};

		if (fate_of_peer(c, before, old, &list.rows[i]) == FATE_STAYS)
			continue;
		sa_clear_pairs(&c->store, &filter, IKE_REASON_CONFIG_CHANGED, false);
		ike_engine_clear(c->engine, 0, peer);
	}
	free(list.rows);
	return 0;
}

static uint64_t link_bps(void *ctx, const char *interface)
{
	const struct plane_stats_device *device = notices_device(ctx, interface);

	return device ? (uint64_t)device->speed_mbps * BPS_PER_MBPS : 0;
}

static void warn_of_service_policies(struct control *c)
{
	for (size_t i = 0; i < c->qos.n_attachments; i++) {
		const struct qos_attachment *a = &c->qos.attachments[i];
		const struct config_policy_map *inner =
			config_model_policy_map(&c->config, a->inner);
		uint64_t promised = inner ? config_qos_promised(inner, a->base_bps) : 0;

		/* once an interface is enough */
		if (a->tunnel != QOS_NO_TUNNEL && i &&
		    strcmp(c->qos.attachments[i - 1].interface, a->interface) == 0)
			continue;
		if (a->assumed)
			debug_log_event(c->log, DEBUG_LOG_QOS,
					"the speed of %s is not known: percentages of policy-map "
					"%s are of %llu kbit/s; type bandwidth KBPS on the "
					"interface",
					a->interface, a->policy,
					(unsigned long long)a->link_bps / 1000);
		if (promised > a->base_bps)
			debug_log_event(c->log, DEBUG_LOG_QOS,
					"policy-map %s promises %llu kbit/s and %s has %llu: lower "
					"priority and bandwidth of its classes",
					a->inner, (unsigned long long)promised / 1000, a->interface,
					(unsigned long long)a->base_bps / 1000);
	}
}

/* 0 or -ENOMEM. */
static int program_qos(struct control *c)
{
	const struct qos_input in = {.config = &c->config,
				     .tunnels = &c->tunnels,
				     .counters = &c->qos_counters,
				     .link_bps = link_bps,
				     .ctx = c};
	uint32_t number = c->apply.qos_number;
	int err;

	qos_fini(&c->qos);
	err = qos_derive(&c->qos, &in);
	if (err == -E2BIG || err == -ENOSPC)
		debug_log_event(c->log, DEBUG_LOG_QOS, "service policies as before: %s",
				err == -E2BIG
					? "the access lists of a class-map are too long together"
					: "there are more classes than can be counted");
	if (err)
		return err == -ENOMEM ? err : 0;
	qos_meter_follow(&c->qos_meter, &c->qos);
	err = apply_qos(&c->apply, &c->qos);
	if (number != c->apply.qos_number)
		warn_of_service_policies(c);
	return err;
}

/* 0 or -ENOMEM. */
static int program_filters(struct control *c)
{
	struct filters f;
	int err = filters_derive(&f, &c->config, &c->ids);

	if (err == 0)
		err = apply_filters(&c->apply, &f);
	filters_fini(&f);
	return err;
}

void reconfigure_program(struct control *c)
{
	c->program_dirty = apply_options(&c->apply, &c->config) < 0 ||
			   apply_interfaces_down(&c->apply, &c->config) < 0 ||
			   dynamic_policy_apply(c) < 0 || program_filters(c) < 0 ||
			   apply_interfaces(&c->apply, &c->config) < 0 || program_qos(c) < 0;
	reconfigure_routes(c);
}

int reconfigure_apply(struct control *c, const struct config *before)
{
	struct tunnels old = c->tunnels;
	struct tunnels derived;
	int err = tunnels_derive(&derived, &c->config, &c->ids);

	if (err < 0)
		return err;
	if (qos_count(&c->config, &derived) > PLANE_CLASSES) {
		tunnels_fini(&derived);
		/* the numbers of the tunnels that stay */
		if (tunnels_derive(&derived, before, &c->ids) == 0)
			tunnels_fini(&derived);
		return -EOVERFLOW;
	}
	c->tunnels = derived;
	evidence_book_configure(&c->evidence, &c->config);
	kept_touch(c);
	pki_store_rebuild(c);
	remote_access_reconfigured(c);
	clear_tunnels(c, &old);
	for (size_t i = 0; i < c->tunnels.n; i++)
		reverse_routes_follow(c, &c->tunnels.rows[i]);
	dynamic_reconfigured(c);
	peer_admit_reconfigured(c, before);
	if (clear_peers(c, before, &old) < 0)
		debug_log_event(c->log, DEBUG_LOG_PLANE,
				"not enough memory to end the ISAKMP SAs that the change concerns");
	tunnels_fini(&old);
	/* last, so that the DELETEs leave while the old addresses still stand */
	reconfigure_program(c);
	return 0;
}

int reconfigure_replace(struct control *c, struct config *next)
{
	struct config before = c->config;
	int err;

	c->config = *next;
	err = reconfigure_apply(c, &before);
	if (err < 0) {
		c->config = before;
		return err;
	}
	config_model_fini(&before);
	config_model_init(next);
	return 0;
}

const char *reconfigure_refusal(const struct control *c, int err, char *buf, size_t size)
{
	if (err == -EOVERFLOW)
		snprintf(buf, size,
			 "the service policies in force would have more than %d classes in all: "
			 "each tunnel of a crypto map entry has classes of its own, put the "
			 "service-policy on the interface instead",
			 PLANE_CLASSES);
	else if (err == -ENOSPC)
		snprintf(buf, size,
			 "no room for another tunnel: a worker holds %u, all crypto access lists "
			 "%d lines",
			 c->plane->header->params.n_tunnels, PLANE_ACL_LINES);
	else
		return NULL;
	return buf;
}
