/* SPDX-License-Identifier: BSD-3-Clause */
/* `ip route ...`: static routes. */
#include "lib/config/config_line.h"
#include "lib/config/config_named.h"
#include "lib/config/config_print.h"
#include "lib/net/ip.h"

#include <errno.h>
#include <string.h>

/* The network of the line; -EINVAL with a fault when its host bits are set. */
static int network_of(struct config_line *line, struct prefix *prefix)
{
	const struct config_arg *net = config_line_arg(line, "network");
	char text[ADDR_TEXT];

	*prefix = prefix_make(&net->value.addr, (uint8_t)config_line_number(line, "mask", 32));
	if (addr_eq(&prefix->addr, &net->value.addr))
		return 0;
	return config_line_refuse(line, net, "inconsistent address and mask: the network is %s",
				  addr_print(&prefix->addr, text, sizeof(text)));
}

static bool same_way(const struct config_route *a, const struct config_route *b)
{
	return prefix_eq(&a->prefix, &b->prefix) && addr_eq(&a->next_hop, &b->next_hop) &&
	       !strcmp(a->interface, b->interface);
}

/* Removes the route, or all routes of its network when the line names no way. */
static int remove_routes(struct config_line *line, const struct config_route *route)
{
	struct config *c = line->config;
	bool any_way = addr_is_none(&route->next_hop) && !route->interface[0];

	for (size_t i = c->n_routes; i-- > 0;)
		if (any_way ? prefix_eq(&c->routes[i].prefix, &route->prefix)
			    : same_way(&c->routes[i], route))
			config_line_remove(line, &c->routes, &c->n_routes, sizeof(*c->routes), i);
	if (!line->changed)
		config_line_note(line, "there is no such route");
	return 0;
}

static int put_route(struct config_line *line, const struct config_route *route)
{
	struct config *c = line->config;
	struct config_route *row;

	for (size_t i = 0; i < c->n_routes; i++)
		if (same_way(&c->routes[i], route)) {
			line->changed = c->routes[i].distance != route->distance;
			c->routes[i].distance = route->distance;
			return 0;
		}
	row = config_line_insert(line, &c->routes, &c->n_routes, sizeof(*row), c->n_routes);
	if (!row)
		return -ENOMEM;
	*row = *route;
	return 0;
}

/* The interface of the line, by its type or, of `route outside ...`, by its name. */
static int way_of(struct config_line *line, struct config_route *route)
{
	const struct config_arg *label = config_line_arg(line, "label");
	const char *name = config_line_text(line, label ? "label" : "interface");
	const struct config_interface *i = NULL;

	if (label && line->no)
		i = config_named_find(line->config, name);
	else if (label)
		i = config_named_get(line, label);
	if (label && !line->no && !i)
		return -EINVAL;
	config_line_copy(route->interface, sizeof(route->interface), i ? i->name : name);
	return 0;
}

/* Words behind a route that nothing here looks at. */
static const char *const without_effect[] = {"permanent", "name", "tag", "track"};

static int apply_route(struct config_line *line)
{
	const struct config_arg *hop = config_line_arg(line, "hop");
	struct config_route route = {0};

	if (network_of(line, &route.prefix))
		return -EINVAL;
	if (hop && !ip_source_valid(&hop->value.addr))
		return config_line_refuse(line, hop, "%s is not the address of a router",
					  hop->value.text);
	if (hop)
		route.next_hop = hop->value.addr;
	if (config_line_arg(line, CONFIG_NULL))
		config_line_copy(route.interface, sizeof(route.interface), CONFIG_NULL);
	else if (way_of(line, &route))
		return fault_count(line->faults, FAULT_ERROR) ? -EINVAL : -ENOMEM;
	for (size_t i = 0; i < array_len(without_effect) && !line->no; i++)
		if (config_line_arg(line, without_effect[i]))
			config_line_note(line, "accepted without effect: %s", without_effect[i]);
	route.distance = (uint8_t)config_line_number(line, "distance", 1);
	return line->no ? remove_routes(line, &route) : put_route(line, &route);
}

/* `route outside 10.0.0.0 255.0.0.0 10.1.1.1 1`, where the interface has a name. */
static bool print_named(struct config_print *p, const struct config_row *row,
			const struct config *c, const struct config_route *route)
{
	const struct config_interface *i = config_model_interface(c, route->interface);
	struct addr mask = prefix_mask(&route->prefix);
	char network[ADDR_TEXT], mask_text[ADDR_TEXT], hop[ADDR_TEXT];

	if (!i || !i->nameif[0] || addr_is_none(&route->next_hop) ||
	    (p->dialect == DIALECT_IOS && !config_named_is_stand_in(i)))
		return false;
	config_print_line(p, row->mode, "route %s %s %s %s %u", i->nameif,
			  addr_print(&route->prefix.addr, network, sizeof(network)),
			  addr_print(&mask, mask_text, sizeof(mask_text)),
			  addr_print(&route->next_hop, hop, sizeof(hop)), route->distance);
	return true;
}

static void print_routes(struct config_print *p, const struct config_row *row,
			 const struct config *c, const void *object)
{
	char network[ADDR_TEXT], mask_text[ADDR_TEXT], hop[ADDR_TEXT];

	(void)object;
	for (size_t i = 0; i < c->n_routes; i++) {
		const struct config_route *route = &c->routes[i];
		struct addr mask = prefix_mask(&route->prefix);

		if (print_named(p, row, c, route))
			continue;
		config_print_begin(p, row->mode);
		config_print_text(p, "ip route %s %s",
				  addr_print(&route->prefix.addr, network, sizeof(network)),
				  addr_print(&mask, mask_text, sizeof(mask_text)));
		if (route->interface[0])
			config_print_text(p, " %s", route->interface);
		if (!addr_is_none(&route->next_hop))
			config_print_text(p, " %s", addr_print(&route->next_hop, hop, sizeof(hop)));
		if (route->distance != 1)
			config_print_text(p, " %u", route->distance);
		config_print_end(p);
	}
}

static const struct config_row rows[] = {
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL,
	 "ip route <network:address> <mask> / {<hop:address>|<interface> [<hop:address>]|Null0} "
	 "[<distance:1-255>] [permanent|name <remark:word>|tag <tag:1-4294967295>]",
	 apply_route, print_routes},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL,
	 "route <label> <network:address> <mask> / <hop:address> [<distance:1-255>] "
	 "[track <object:1-500>]",
	 apply_route, .dialects = CONFIG_IN_ASA | CONFIG_IN_PIX},
};

const struct config_rows config_rows_route = {rows, array_len(rows)};
