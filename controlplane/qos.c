/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/qos.h"

#include "controlplane/qos_match.h"
#include "lib/config/config_qos.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	PERCENT = 100,
	BPS_PER_KBPS = 1000,
	BPS_MIN = 8000 /* as on the command line */
};

static const struct config_policy_class default_class = {.name = CONFIG_CLASS_DEFAULT,
							 .set_dscp = CONFIG_DSCP_NONE};

/* The policy-map whose classes count: the one inside, when all of it is shaped. */
static const struct config_policy_map *inner_of(const struct config *config,
						const struct config_policy_map *policy)
{
	const struct config_policy_map *child = config_qos_child(config, policy);

	return child ? child : policy;
}

/* Classes of a policy-map with class-default, typed or not. */
static size_t classes_of(const struct config_policy_map *policy)
{
	return policy->n_classes + !config_model_policy_class(policy, CONFIG_CLASS_DEFAULT);
}

static const struct config_policy_class *class_at(const struct config_policy_map *policy, size_t i)
{
	return i < policy->n_classes ? &policy->classes[i] : &default_class;
}

static const struct config_policy_map *policy_for(const struct config *config,
						  const struct config_interface *interface,
						  const struct config_map_entry *entry)
{
	const char *name =
		entry->service_policy[0] ? entry->service_policy : interface->service_policy;

	return name[0] ? config_model_policy_map(config, name) : NULL;
}

unsigned qos_lanes(const struct config *config, const struct config_interface *interface,
		   const struct config_map_entry *entry)
{
	const struct config_policy_map *policy = policy_for(config, interface, entry);
	size_t n = policy ? classes_of(inner_of(config, policy)) : 1;

	return n < PLANE_LANES ? (unsigned)n : PLANE_LANES;
}

const char *qos_lane_name(const struct config *config, const struct config_interface *interface,
			  const struct config_map_entry *entry, unsigned lane)
{
	const struct config_policy_map *policy = policy_for(config, interface, entry);

	return policy ? class_at(inner_of(config, policy), lane)->name : CONFIG_CLASS_DEFAULT;
}

/* One attachment while it is made. */
struct place {
	const char *interface;
	const struct tunnel *tunnel; /* NULL: the interface itself */
	const struct config_policy_map *policy;
	const struct config_policy_map *inner;
	uint64_t base_bps;
};

/* Calls for every attachment; stops at and returns the first error. */
struct visit {
	const struct config *config;
	int (*fn)(struct visit *v, struct place *place);
	struct qos *qos;
	const struct qos_input *in;
	size_t n_attachments;
	size_t n_classes;
};

static int visit_one(struct visit *v, const char *interface, const struct tunnel *tunnel,
		     const char *name)
{
	struct place place = {.interface = interface,
			      .tunnel = tunnel,
			      .policy = config_model_policy_map(v->config, name)};

	if (!place.policy)
		return 0;
	place.inner = inner_of(v->config, place.policy);
	return v->fn(v, &place);
}

static int by_sequence(const void *key, const void *row)
{
	return (int)*(const uint16_t *)key - ((const struct config_map_entry *)row)->sequence;
}

/* The entry of a tunnel: there may be as many of one as of the other. */
static const struct config_map_entry *entry_of(const struct config_map *map, const struct tunnel *t)
{
	return map->n_entries ? bsearch(&t->sequence, map->entries, map->n_entries,
					sizeof(*map->entries), by_sequence)
			      : NULL;
}

static int visit_all(struct visit *v, const struct tunnels *tunnels)
{
	const struct config *c = v->config;
	const struct config_map *map = NULL;
	int err = 0;

	if (!c->n_policy_maps)
		return 0;
	for (size_t i = 0; i < c->n_interfaces && err == 0; i++)
		err = visit_one(v, c->interfaces[i].name, NULL, c->interfaces[i].service_policy);
	for (size_t i = 0; i < tunnels->n && err == 0; i++) {
		const struct tunnel *t = &tunnels->rows[i];
		const struct config_map_entry *entry;

		if (!map || strcmp(map->name, t->map) != 0)
			map = config_model_map(c, t->map);
		entry = map ? entry_of(map, t) : NULL;
		if (entry && entry->service_policy[0])
			err = visit_one(v, t->interface, t, entry->service_policy);
	}
	return err;
}

static int count_one(struct visit *v, struct place *place)
{
	v->n_attachments++;
	v->n_classes += classes_of(place->inner);
	return 0;
}

size_t qos_count(const struct config *config, const struct tunnels *tunnels)
{
	struct visit v = {.config = config, .fn = count_one};

	(void)!visit_all(&v, tunnels);
	return v.n_classes;
}

static uint64_t key_of(const struct place *a, const char *class)
{
	const struct tunnel *t = a->tunnel;
	uint64_t h = id_map_hash(ID_MAP_SEED, a->interface, strlen(a->interface) + 1);

	h = id_map_hash(h, class, strlen(class) + 1);
	if (t)
		h = id_map_hash(h, &t->handle, sizeof(t->handle));
	return h ? h : 1;
}

/* What is left for classes with `bandwidth remaining percent`. */
static uint64_t remaining(const struct place *a)
{
	uint64_t promised = config_qos_promised(a->inner, a->base_bps);

	return promised < a->base_bps ? a->base_bps - promised : 0;
}

static uint64_t bandwidth_of(const struct place *a, const struct config_policy_class *c)
{
	if (c->bandwidth.kind == CONFIG_RATE_REMAINING)
		return remaining(a) / PERCENT * c->bandwidth.value;
	return config_qos_bps(&c->bandwidth, a->base_bps);
}

/* Unpoliced priority without a rate may take all there is. */
static uint64_t priority_of(const struct place *a, const struct config_policy_class *c)
{
	if (c->priority.kind == CONFIG_RATE_FULL && c->police.kind != CONFIG_RATE_NONE)
		return config_qos_bps(&c->police, a->base_bps);
	return config_qos_bps(&c->priority, a->base_bps);
}

static uint64_t least(const struct config_rate *rate, uint64_t bps)
{
	return rate->kind != CONFIG_RATE_NONE && bps < BPS_MIN ? BPS_MIN : bps;
}

static uint8_t flags_of(const struct config_policy_class *c)
{
	uint8_t flags = 0;

	if (c->priority.kind != CONFIG_RATE_NONE)
		flags |= PLANE_QOS_PRIORITY;
	if (c->fair)
		flags |= PLANE_QOS_FAIR;
	if (c->set_dscp != CONFIG_DSCP_NONE)
		flags |= PLANE_QOS_SET_DSCP;
	if (c->police.kind != CONFIG_RATE_NONE) {
		flags |= PLANE_QOS_POLICE;
		if (c->exceed == CONFIG_EXCEED_DROP)
			flags |= PLANE_QOS_EXCEED_DROP;
	}
	return flags;
}

static void fill(struct plane_qos *p, const struct place *a, const struct config_policy_class *c,
		 size_t at)
{
	/* a rate of almost nothing is the least there is: 0 would be none */
	*p = (struct plane_qos){
		.tunnel = a->tunnel ? a->tunnel->index : UINT32_MAX,
		.worker = a->tunnel ? a->tunnel->worker : 0,
		.class_id = (uint8_t)at,
		.lane = (uint8_t)(at < PLANE_LANES ? at : PLANE_LANES - 1),
		.flags = flags_of(c),
		.set_dscp = c->set_dscp,
		.exceed_dscp =
			c->exceed == CONFIG_EXCEED_SET_DSCP ? c->exceed_dscp : CONFIG_DSCP_NONE,
		.queue_packets = (uint16_t)c->queue_packets,
		.burst_bytes = c->police_burst ? c->police_burst : c->priority_burst,
		.total_bps = a->inner != a->policy ? a->base_bps : 0,
		.priority_bps = least(&c->priority, priority_of(a, c)),
		.bandwidth_bps = least(&c->bandwidth, bandwidth_of(a, c)),
		.shape_bps = least(&c->shape, config_qos_bps(&c->shape, a->base_bps)),
		.police_bps = least(&c->police, config_qos_bps(&c->police, a->base_bps)),
	};
	strncpy(p->interface, a->interface, sizeof(p->interface) - 1);
}

static int add_class(struct visit *v, const struct place *place, size_t at)
{
	const struct config_policy_class *c = class_at(place->inner, at);
	struct qos_class *class = &v->qos->classes[v->qos->n_classes++];
	struct qos_match_list list = {v->qos->matches, v->qos->n_matches};
	int err;

	memcpy(class->name, c->name, sizeof(class->name));
	class->first_match = v->qos->n_matches;
	fill(&class->plane, place, c, at);
	class->plane.counter = id_map_take(v->in->counters, key_of(place, c->name));
	if (class->plane.counter == ID_MAP_NONE)
		return -ENOSPC;
	err = qos_match_build(v->config, config_model_class(v->config, c->name), &class->plane,
			      &list);
	v->qos->matches = list.rows;
	v->qos->n_matches = list.n;
	class->n_matches = list.n - class->first_match;
	return err;
}

/* Whether a share of something is asked for, so that it matters how much that is. */
static bool has_shares(const struct config_policy_map *policy)
{
	for (size_t i = 0; policy && i < policy->n_classes; i++) {
		const struct config_policy_class *c = &policy->classes[i];

		if (c->priority.kind == CONFIG_RATE_PERCENT ||
		    c->shape.kind == CONFIG_RATE_PERCENT || c->police.kind == CONFIG_RATE_PERCENT ||
		    c->bandwidth.kind == CONFIG_RATE_PERCENT ||
		    c->bandwidth.kind == CONFIG_RATE_REMAINING)
			return true;
	}
	return false;
}

/* What percentages are of: the shape around the classes, else the bandwidth line, else the link. */
static void find_base(const struct visit *v, struct place *place, struct qos_attachment *a)
{
	const struct config_interface *i = config_model_interface(v->config, place->interface);
	bool known;

	place->base_bps = i ? (uint64_t)i->bandwidth_kbps * BPS_PER_KBPS : 0;
	if (!place->base_bps)
		place->base_bps = v->in->link_bps(v->in->ctx, place->interface);
	known = place->base_bps != 0;
	if (!known)
		place->base_bps = config_qos_type_bps(place->interface);
	a->link_bps = place->base_bps;
	a->assumed = !known && has_shares(place->policy);
	if (place->inner != place->policy)
		place->base_bps = config_qos_bps(&place->policy->classes[0].shape, place->base_bps);
	a->base_bps = place->base_bps;
}

static int add_attachment(struct visit *v, struct place *place)
{
	struct qos_attachment *a = &v->qos->attachments[v->qos->n_attachments++];
	int err = 0;

	*a = (struct qos_attachment){
		.tunnel = place->tunnel ? place->tunnel->handle : QOS_NO_TUNNEL,
		.first = v->qos->n_classes,
		.n_classes = classes_of(place->inner),
	};
	find_base(v, place, a);
	strncpy(a->interface, place->interface, sizeof(a->interface) - 1);
	memcpy(a->policy, place->policy->name, sizeof(a->policy));
	memcpy(a->inner, place->inner->name, sizeof(a->inner));
	for (size_t i = 0; i < a->n_classes && err == 0; i++)
		err = add_class(v, place, i);
	return err;
}

int qos_derive(struct qos *q, const struct qos_input *in)
{
	struct visit v = {.config = in->config, .fn = count_one, .qos = q, .in = in};
	int err;

	*q = (struct qos){0};
	(void)!visit_all(&v, in->tunnels);
	q->attachments = calloc(v.n_attachments + 1, sizeof(*q->attachments));
	q->classes = calloc(v.n_classes + 1, sizeof(*q->classes));
	id_map_begin(in->counters);
	v.fn = add_attachment;
	err = q->attachments && q->classes ? visit_all(&v, in->tunnels) : -ENOMEM;
	/* after a failure the old classes stay in force, and with them the numbers they use */
	if (err < 0)
		qos_fini(q);
	else
		id_map_end(in->counters);
	return err;
}

void qos_fini(struct qos *q)
{
	free(q->attachments);
	free(q->classes);
	free(q->matches);
	*q = (struct qos){0};
}
