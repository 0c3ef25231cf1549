/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/routes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A static route whose next hop is reached through another static route, and so on: this deep. */
enum {
	RECURSION = 8
};

static bool usable(const struct routes_input *in, const struct config_interface *interface)
{
	return config_model_enabled(in->config, interface) && !addr_is_none(&interface->address) &&
	       in->link_up(in->ctx, interface->name);
}

static struct routes_row *add(struct routes *table, enum routes_code code,
			      const struct prefix *prefix, const char *interface)
{
	struct routes_row *row = &table->rows[table->n++];

	*row = (struct routes_row){.code = code, .prefix = *prefix};
	memcpy(row->interface, interface, sizeof(row->interface));
	return row;
}

static void add_interfaces(struct routes *table, const struct routes_input *in)
{
	for (size_t i = 0; i < in->config->n_interfaces; i++) {
		const struct config_interface *interface = &in->config->interfaces[i];
		struct prefix net, host;

		if (!usable(in, interface))
			continue;
		net = prefix_make(&interface->address, interface->prefix_len);
		host = prefix_make(&interface->address, UINT8_MAX);
		add(table, ROUTES_CONNECTED, &net, interface->name);
		add(table, ROUTES_LOCAL, &host, interface->name);
	}
}

const struct routes_row *routes_find(const struct routes *table, const struct addr *addr)
{
	const struct routes_row *best = NULL;

	for (size_t i = 0; i < table->n; i++) {
		const struct routes_row *row = &table->rows[i];

		if (prefix_contains(&row->prefix, addr) &&
		    (!best || row->prefix.len > best->prefix.len))
			best = row;
	}
	return best;
}

static struct routes_row *find_static(struct routes *table, const struct prefix *prefix)
{
	for (size_t i = 0; i < table->n; i++) {
		if (table->rows[i].code == ROUTES_STATIC &&
		    prefix_eq(&table->rows[i].prefix, prefix))
			return &table->rows[i];
	}
	return NULL;
}

/* Adds or improves a static route; true when the table is different now. */
static bool offer(struct routes *table, const struct routes_row *candidate)
{
	struct routes_row *row = find_static(table, &candidate->prefix);

	/* the same route again: its next hop may be reached otherwise since the round before */
	if (row && row->source == candidate->source) {
		bool moved = !addr_eq(&row->next_hop, &candidate->next_hop) ||
			     strcmp(row->interface, candidate->interface) != 0;

		*row = *candidate;
		return moved;
	}
	if (row && row->distance <= candidate->distance)
		return false;
	if (!row)
		row = &table->rows[table->n++];
	*row = *candidate;
	return true;
}

/*
 * The row for a configured route, if its interface or next hop can be used with the table as it
 * is.
 */
static bool resolve(const struct routes *table, const struct routes_input *in,
		    const struct config_route *route, struct routes_row *row)
{
	const struct config_interface *interface;
	const struct routes_row *via;

	*row = (struct routes_row){
		.code = ROUTES_STATIC,
		.prefix = route->prefix,
		.next_hop = route->next_hop,
		.distance = route->distance,
	};
	if (!strcmp(route->interface, CONFIG_NULL)) {
		memcpy(row->interface, CONFIG_NULL, sizeof(CONFIG_NULL));
		return true;
	}
	if (route->interface[0]) {
		interface = config_model_interface(in->config, route->interface);
		memcpy(row->interface, route->interface, sizeof(row->interface));
		return interface && usable(in, interface);
	}
	via = routes_find(table, &route->next_hop);
	/*
	 * a next hop that is our own address, or reached only through the route itself, leads
	 * nowhere
	 */
	if (!via || via->code == ROUTES_LOCAL || prefix_eq(&via->prefix, &route->prefix))
		return false;
	if (via->code == ROUTES_STATIC && !addr_is_none(&via->next_hop))
		row->next_hop = via->next_hop;
	memcpy(row->interface, via->interface, sizeof(row->interface));
	return true;
}

static void add_statics(struct routes *table, const struct routes_input *in)
{
	bool changed = true;

	for (int round = 0; changed && round < RECURSION; round++) {
		changed = false;
		for (size_t i = 0; i < in->config->n_routes; i++) {
			struct routes_row row;

			if (!resolve(table, in, &in->config->routes[i], &row))
				continue;
			row.source = i;
			changed |= offer(table, &row);
		}
	}
}

static int by_prefix(const void *a, const void *b)
{
	const struct routes_row *x = a, *y = b;
	int order = (int)x->prefix.addr.family - (int)y->prefix.addr.family;

	if (!order)
		order = memcmp(x->prefix.addr.b, y->prefix.addr.b, sizeof(x->prefix.addr.b));
	if (!order)
		order = (int)x->prefix.len - (int)y->prefix.len;
	return order ? order : (int)x->code - (int)y->code;
}

void routes_sort(struct routes *table)
{
	qsort(table->rows, table->n, sizeof(*table->rows), by_prefix);
}

int routes_derive(struct routes *table, const struct routes_input *in)
{
	size_t most = 2 * in->config->n_interfaces + in->config->n_routes + 1;

	*table = (struct routes){.rows = calloc(most, sizeof(*table->rows))};
	if (!table->rows)
		return -ENOMEM;
	add_interfaces(table, in);
	add_statics(table, in);
	routes_sort(table);
	return 0;
}

void routes_fini(struct routes *table)
{
	free(table->rows);
	*table = (struct routes){0};
}
