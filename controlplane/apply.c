/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/apply.h"

#include <errno.h>
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
	*a = (struct apply){0};
}

static struct plane_interface interface_of(const struct config *config,
					   const struct config_interface *c)
{
	struct plane_interface p = {
		.own = c->address,
		.mtu = c->mtu ? c->mtu : DEVICE_MTU,
		.adjust_mss = c->adjust_mss,
		.up = !c->shutdown,
		.ike = config->isakmp.enabled,
		.crypto_map = c->crypto_map[0] && config_model_map(config, c->crypto_map),
	};

	memcpy(p.name, c->name, sizeof(p.name));
	if (!addr_is_none(&c->address))
		p.address = prefix_make(&c->address, c->prefix_len);
	return p;
}

static int send_interface(struct apply *a, const struct plane_interface *interface)
{
	struct plane_msg msg = {.type = PLANE_IF_SET, .interface = *interface};

	return a->env.send(a->env.ctx, &msg);
}

static struct plane_interface *sent_interface(struct apply *a, const char *name)
{
	for (size_t i = 0; i < a->n_interfaces; i++) {
		if (strcmp(a->interfaces[i].name, name) == 0)
			return &a->interfaces[i];
	}
	return NULL;
}

/* An interface that left the configuration stays a device, without address and shut down. */
static int withdraw_interfaces(struct apply *a, const struct config *config)
{
	for (size_t i = 0; i < a->n_interfaces; i++) {
		struct plane_interface down = {.mtu = a->interfaces[i].mtu};

		if (config_model_interface(config, a->interfaces[i].name))
			continue;
		memcpy(down.name, a->interfaces[i].name, sizeof(down.name));
		if (memcmp(&down, &a->interfaces[i], sizeof(down)) == 0)
			continue;
		if (send_interface(a, &down) < 0)
			return -ENOMEM;
		a->interfaces[i] = down;
	}
	return 0;
}

static struct plane_interface *remember_interface(struct apply *a)
{
	struct plane_interface *rows =
		realloc(a->interfaces, (a->n_interfaces + 1) * sizeof(*rows));

	if (!rows)
		return NULL;
	a->interfaces = rows;
	rows[a->n_interfaces] = (struct plane_interface){0};
	return &rows[a->n_interfaces++];
}

static bool serves(const struct plane_interface *p)
{
	return p->up && !addr_is_none(&p->own);
}

int apply_interfaces_down(struct apply *a, const struct config *config)
{
	for (size_t i = 0; i < a->n_interfaces; i++) {
		struct plane_interface *sent = &a->interfaces[i];
		const struct config_interface *c = config_model_interface(config, sent->name);
		struct plane_interface want;

		if (!c || !serves(sent))
			continue;
		want = interface_of(config, c);
		if (serves(&want))
			continue;
		if (send_interface(a, &want) < 0)
			return -ENOMEM;
		*sent = want;
	}
	return withdraw_interfaces(a, config);
}

int apply_interfaces(struct apply *a, const struct config *config)
{
	for (size_t i = 0; i < config->n_interfaces; i++) {
		struct plane_interface want = interface_of(config, &config->interfaces[i]);
		struct plane_interface *sent = sent_interface(a, want.name);

		if (sent && memcmp(sent, &want, sizeof(want)) == 0)
			continue;
		if (!sent)
			sent = remember_interface(a);
		if (!sent || send_interface(a, &want) < 0)
			return -ENOMEM;
		*sent = want;
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

static bool has_prefix(const struct plane_route *rows, size_t n, const struct prefix *prefix)
{
	for (size_t i = 0; i < n; i++) {
		if (prefix_eq(&rows[i].prefix, prefix))
			return true;
	}
	return false;
}

static int send_route(struct apply *a, enum plane_type type, const struct plane_route *route)
{
	struct plane_msg msg = {.type = type, .route = *route};

	return a->env.send(a->env.ctx, &msg);
}

/* Adding replaces, so only prefixes that are wanted no more are deleted. */
static int send_routes(struct apply *a, const struct plane_route *want, size_t n)
{
	for (size_t i = 0; i < a->n_routes; i++) {
		if (!has_prefix(want, n, &a->routes[i].prefix) &&
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
	int err = a->env.send(a->env.ctx, &msg);

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

int apply_options(struct apply *a, const struct config *config)
{
	struct plane_msg msg = {.type = PLANE_OPTIONS};

	msg.options.nat_traversal = config->isakmp.enabled && config->isakmp.nat_traversal;
	if (a->options_sent && memcmp(&a->options, &msg.options, sizeof(a->options)) == 0)
		return 0;
	a->options = msg.options;
	a->options_sent = a->env.send(a->env.ctx, &msg) == 0;
	return a->options_sent ? 0 : -ENOMEM;
}
