/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/apply.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	DEVICE_MTU = 1500
};

void apply_init(struct apply *a, const struct apply_env *env)
{
	*a = (struct apply){.env = *env};
}

void apply_fini(struct apply *a)
{
	free(a->interfaces);
	free(a->routes);
	free(a->rules);
	free(a->qos);
	free(a->filters);
	*a = (struct apply){0};
}

static struct plane_interface interface_of(const struct apply *a, const struct config *config,
					   const struct config_interface *c)
{
	bool map = c->crypto_map[0] && config_model_map(config, c->crypto_map);
	const struct config_interface *parent = config_model_parent(config, c);
	bool lists = c->access_in[0] || c->access_out[0];
	struct plane_interface p = {
		.own = c->address,
		.mtu = c->mtu ? c->mtu : DEVICE_MTU,
		.adjust_mss = c->adjust_mss ? c->adjust_mss : config->tcpmss,
		.up = config_model_enabled(config, c) && !(map && a->policy_refused) &&
		      !(lists && a->filters_refused),
		.ike = config_model_isakmp(config, c->name),
		.crypto_map = map,
		.vlan = c->vlan,
		.native = c->native,
		.reassembly_parts = c->reassembly_parts,
		.reassembly_s = c->reassembly_s,
		.reassembly_pending = c->reassembly_pending,
	};

	memcpy(p.name, c->name, sizeof(p.name));
	if (parent) {
		memcpy(p.parent, parent->name, sizeof(p.parent));
		p.mtu = c->mtu ? c->mtu : parent->mtu ? parent->mtu : DEVICE_MTU;
	}
	if (!addr_is_none(&c->address))
		p.address = prefix_make(&c->address, c->prefix_len);
	return p;
}

static struct apply_interface *find_interface(const struct apply *a, const char *name)
{
	for (size_t i = 0; i < a->n_interfaces; i++) {
		if (strcmp(a->interfaces[i].sent.name, name) == 0)
			return &a->interfaces[i];
	}
	return NULL;
}

static int send_interface(struct apply *a, struct apply_interface *row,
			  const struct plane_interface *want)
{
	struct plane_msg msg = {.type = PLANE_IF_SET, .interface = *want};
	int err;

	if (!row->refused && memcmp(&row->sent, want, sizeof(*want)) == 0)
		return 0;
	err = a->env.send(a->env.ctx, &msg);
	if (err == 0)
		*row = (struct apply_interface){.sent = *want};
	return err;
}

/* An interface that left the configuration stays a device, without address and shut down. */
static int withdraw_interfaces(struct apply *a, const struct config *config)
{
	for (size_t i = 0; i < a->n_interfaces; i++) {
		struct apply_interface *row = &a->interfaces[i];
		struct plane_interface down = {.mtu = row->sent.mtu};

		if (config_model_interface(config, row->sent.name))
			continue;
		memcpy(down.name, row->sent.name, sizeof(down.name));
		if (send_interface(a, row, &down) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* A row for an interface that nothing was sent of: what it counts as sent is nobody's wish. */
static struct apply_interface *remember_interface(struct apply *a, const char *name)
{
	struct apply_interface *rows =
		realloc(a->interfaces, (a->n_interfaces + 1) * sizeof(*rows));
	struct apply_interface *row;

	if (!rows)
		return NULL;
	a->interfaces = rows;
	row = &rows[a->n_interfaces++];
	*row = (struct apply_interface){.refused = true};
	snprintf(row->sent.name, sizeof(row->sent.name), "%s", name);
	return row;
}

static bool serves(const struct plane_interface *p)
{
	return p->up && !addr_is_none(&p->own);
}

/*
 * A new subinterface is made before the policy that has lines for it: the data plane leaves out
 * what is for no port.
 */
static int make_subs(struct apply *a, const struct config *config)
{
	for (size_t i = 0; i < config->n_interfaces; i++) {
		const struct config_interface *c = &config->interfaces[i];
		struct apply_interface *row;
		struct plane_interface want;

		if (!config_model_parent(config, c) || find_interface(a, c->name))
			continue;
		row = remember_interface(a, c->name);
		want = interface_of(a, config, c);
		want.up = false;
		if (!row || send_interface(a, row, &want) < 0)
			return -ENOMEM;
	}
	return 0;
}

int apply_interfaces_down(struct apply *a, const struct config *config)
{
	for (size_t i = 0; i < a->n_interfaces; i++) {
		struct apply_interface *row = &a->interfaces[i];
		const struct config_interface *c = config_model_interface(config, row->sent.name);
		struct plane_interface want;

		if (!c || !(serves(&row->sent) || row->refused))
			continue;
		want = interface_of(a, config, c);
		if (!serves(&want) && send_interface(a, row, &want) < 0)
			return -ENOMEM;
	}
	return withdraw_interfaces(a, config) < 0 ? -ENOMEM : make_subs(a, config);
}

int apply_interfaces(struct apply *a, const struct config *config)
{
	for (size_t i = 0; i < config->n_interfaces; i++) {
		struct plane_interface want = interface_of(a, config, &config->interfaces[i]);
		struct apply_interface *row = find_interface(a, want.name);

		if (!row)
			row = remember_interface(a, want.name);
		if (!row || send_interface(a, row, &want) < 0)
			return -ENOMEM;
	}
	return 0;
}

static struct plane_route route_of(const struct routes_row *row)
{
	struct plane_route p = {
		.prefix = row->prefix, .next_hop = row->next_hop, .distance = row->distance};

	memcpy(p.interface, row->interface, sizeof(p.interface));
	return p;
}

static bool has_route(const struct plane_route *rows, size_t n, const struct plane_route *route)
{
	for (size_t i = 0; i < n; i++) {
		if (memcmp(&rows[i], route, sizeof(*route)) == 0)
			return true;
	}
	return false;
}

/* The data plane knows a route by these; adding one that it knows changes the distance only. */
static bool has_path(const struct plane_route *rows, size_t n, const struct plane_route *route)
{
	for (size_t i = 0; i < n; i++) {
		if (prefix_eq(&rows[i].prefix, &route->prefix) &&
		    addr_eq(&rows[i].next_hop, &route->next_hop) &&
		    strcmp(rows[i].interface, route->interface) == 0)
			return true;
	}
	return false;
}

static int send_route(struct apply *a, enum plane_type type, const struct plane_route *route)
{
	struct plane_msg msg = {.type = type, .route = *route};

	return a->env.send(a->env.ctx, &msg);
}

static int send_routes(struct apply *a, const struct plane_route *want, size_t n)
{
	for (size_t i = 0; i < a->n_routes; i++) {
		if (!has_path(want, n, &a->routes[i]) &&
		    send_route(a, PLANE_ROUTE_DEL, &a->routes[i]) < 0)
			return -ENOMEM;
	}
	for (size_t i = 0; i < n; i++) {
		if (!has_route(a->routes, a->n_routes, &want[i]) &&
		    send_route(a, PLANE_ROUTE_ADD, &want[i]) < 0)
			return -ENOMEM;
	}
	return 0;
}

int apply_routes(struct apply *a, const struct routes *table)
{
	struct plane_route *want = calloc(table->n + 1, sizeof(*want));
	size_t n = 0;
	int err;

	if (!want)
		return -ENOMEM;
	for (size_t i = 0; i < table->n; i++) {
		if (table->rows[i].code == ROUTES_STATIC)
			want[n++] = route_of(&table->rows[i]);
	}
	err = send_routes(a, want, n);
	if (err < 0) {
		free(want);
		return err;
	}
	free(a->routes);
	a->routes = want;
	a->n_routes = n;
	return 0;
}

static int send_policy(struct apply *a, const struct plane_rule *rules, size_t n)
{
	struct plane_msg msg = {.type = PLANE_POLICY_BEGIN, .rule.count = (uint32_t)n};
	int err;

	a->policy++;
	err = a->env.send(a->env.ctx, &msg);
	for (size_t i = 0; i < n && err == 0; i++) {
		msg = (struct plane_msg){.type = PLANE_POLICY_RULE, .rule = rules[i]};
		err = a->env.send(a->env.ctx, &msg);
	}
	if (err == 0) {
		msg = (struct plane_msg){.type = PLANE_POLICY_COMMIT};
		err = a->env.send(a->env.ctx, &msg);
	}
	return err;
}

int apply_policy(struct apply *a, const struct plane_rule *rules, size_t n)
{
	struct plane_rule *copy;

	if (a->rules && a->n_rules == n && memcmp(a->rules, rules, n * sizeof(*rules)) == 0)
		return 0;
	copy = calloc(n + 1, sizeof(*copy));
	if (!copy || send_policy(a, rules, n) < 0) {
		free(copy);
		return -ENOMEM;
	}
	memcpy(copy, rules, n * sizeof(*rules));
	free(a->rules);
	a->rules = copy;
	a->n_rules = n;
	return 0;
}

static bool speaks_isakmp(const struct config *config)
{
	for (size_t i = 0; i < config->n_interfaces; i++)
		if (config_model_isakmp(config, config->interfaces[i].name))
			return true;
	return config->isakmp.enabled;
}

int apply_options(struct apply *a, const struct config *config)
{
	struct plane_msg msg = {.type = PLANE_OPTIONS};

	msg.options.nat_traversal = config->isakmp.nat_traversal && speaks_isakmp(config);
	if (a->options_sent && memcmp(&a->options, &msg.options, sizeof(a->options)) == 0)
		return 0;
	a->options = msg.options;
	a->options_sent = a->env.send(a->env.ctx, &msg) == 0;
	return a->options_sent ? 0 : -ENOMEM;
}

/* Type, then what tells the thing from others of its type: 8, 24 and 32 bits. */
static uint64_t tag_of(uint32_t type, uint32_t small, uint32_t large)
{
	return (uint64_t)type << 56 | (uint64_t)(small & 0xffffff) << 32 | large;
}

uint64_t apply_tag(const struct apply *a, const struct plane_msg *msg)
{
	const struct apply_interface *row;

	switch (msg->type) {
	case PLANE_IF_SET:
		row = find_interface(a, msg->interface.name);
		return tag_of(msg->type, 0, row ? (uint32_t)(row - a->interfaces) : UINT32_MAX);
	case PLANE_ROUTE_ADD:
	case PLANE_ROUTE_DEL:
		return tag_of(msg->type, msg->route.prefix.len,
			      addr_to_v4(&msg->route.prefix.addr));
	case PLANE_QOS_BEGIN:
	case PLANE_QOS_CLASS:
	case PLANE_QOS_MATCH:
	case PLANE_QOS_COMMIT: return tag_of(msg->type, 0, a->qos_number);
	case PLANE_FILTER_BEGIN:
	case PLANE_FILTER_LINE:
	case PLANE_FILTER_COMMIT: return tag_of(msg->type, 0, a->filter_number);
	default: return tag_of(msg->type, 0, a->policy);
	}
}

/* Trying again does not help against these: the devices of a running culvertd are what they are. */
static bool is_lasting(int error)
{
	return error == -ENODEV || error == -EAFNOSUPPORT;
}

static bool interface_refused(struct apply *a, uint32_t at, int error, char what[APPLY_WHAT])
{
	if (at >= a->n_interfaces)
		return false;
	snprintf(what, APPLY_WHAT, "interface %s", a->interfaces[at].sent.name);
	a->interfaces[at].refused = !is_lasting(error);
	return a->interfaces[at].refused;
}

static bool route_refused(struct apply *a, uint64_t tag, int error, char what[APPLY_WHAT])
{
	bool removal = tag >> 56 == PLANE_ROUTE_DEL;
	struct addr addr = addr_v4((uint32_t)tag);
	struct prefix prefix = prefix_make(&addr, (uint8_t)(tag >> 32));
	char text[ADDR_TEXT];

	snprintf(what, APPLY_WHAT, "%sthe route to %s/%u", removal ? "to remove " : "",
		 addr_print(&addr, text, sizeof(text)), prefix.len);
	if (removal || is_lasting(error))
		return false;
	for (size_t i = 0; i < a->n_routes; i++) {
		if (prefix_eq(&a->routes[i].prefix, &prefix)) {
			a->routes[i] = a->routes[--a->n_routes];
			return true;
		}
	}
	return false;
}

/* One refusal makes the rest of that policy refused as well: the first one is told. */
static bool policy_refused(struct apply *a, uint32_t policy, char what[APPLY_WHAT])
{
	if (policy != a->policy || !a->rules)
		return false;
	snprintf(what, APPLY_WHAT,
		 "the policy of %zu lines (interfaces with a crypto map stay down until it is "
		 "taken)",
		 a->n_rules);
	free(a->rules);
	a->rules = NULL;
	a->policy_refused = true;
	return true;
}

static bool policy_taken(struct apply *a, uint32_t policy)
{
	bool before = a->policy_refused;

	a->policy_refused = before && (policy != a->policy || !a->rules);
	return before != a->policy_refused;
}

/* What ran before goes on; as with the policy the first refusal of a series is told. */
static bool qos_refused(struct apply *a, uint32_t number, char what[APPLY_WHAT])
{
	if (number != a->qos_number || !a->qos)
		return false;
	snprintf(what, APPLY_WHAT,
		 "the service policies of %u classes (what was in force before stays)",
		 a->qos[0].qos.count);
	free(a->qos);
	a->qos = NULL;
	return true;
}

static bool filters_refused(struct apply *a, uint32_t number, char what[APPLY_WHAT])
{
	if (number != a->filter_number || !a->filters)
		return false;
	snprintf(what, APPLY_WHAT,
		 "access lists of interfaces (interfaces with one stay down until they are taken)");
	free(a->filters);
	a->filters = NULL;
	a->filters_refused = true;
	return true;
}

static bool filters_taken(struct apply *a, uint32_t number)
{
	bool before = a->filters_refused;

	a->filters_refused = before && (number != a->filter_number || !a->filters);
	return before != a->filters_refused;
}

bool apply_answered(struct apply *a, uint64_t tag, int error, char what[APPLY_WHAT])
{
	uint32_t low = (uint32_t)tag;

	what[0] = '\0';
	if (tag >> 56 == PLANE_POLICY_COMMIT)
		a->policy_answered = low;
	if (!error && tag >> 56 == PLANE_FILTER_COMMIT)
		return filters_taken(a, low);
	if (!error)
		return tag >> 56 == PLANE_POLICY_COMMIT && policy_taken(a, low);
	switch (tag >> 56) {
	case PLANE_IF_SET: return interface_refused(a, low, error, what);
	case PLANE_ROUTE_ADD:
	case PLANE_ROUTE_DEL: return route_refused(a, tag, error, what);
	case PLANE_POLICY_BEGIN:
	case PLANE_POLICY_RULE:
	case PLANE_POLICY_COMMIT: return policy_refused(a, low, what);
	case PLANE_QOS_BEGIN:
	case PLANE_QOS_CLASS:
	case PLANE_QOS_MATCH:
	case PLANE_QOS_COMMIT: return qos_refused(a, low, what);
	case PLANE_FILTER_BEGIN:
	case PLANE_FILTER_LINE:
	case PLANE_FILTER_COMMIT: return filters_refused(a, low, what);
	case PLANE_OPTIONS:
		a->options_sent = false;
		snprintf(what, APPLY_WHAT, "the options");
		return true;
	default: snprintf(what, APPLY_WHAT, "to clear the ARP table"); return false;
	}
}
