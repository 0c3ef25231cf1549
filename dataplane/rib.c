/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/rib.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	DEPTH_MAX = 4, /* routes found through routes found through ... */
	NO_PORT = UINT8_MAX,
	NULL_PORT = UINT8_MAX - 1, /* PLANE_NULL */
	BROADCAST_LEN_MAX = 30,	   /* /31 and /32 have neither network nor broadcast (RFC 3021) */
};

struct entry {
	struct plane_route route;
	uint8_t port; /* NO_PORT: found through the next hop; NULL_PORT */
	/* the neighbour it went to when last resolved: who changes it */
	struct addr gateway;
	uint8_t via;
};

/* What a port said when it was last looked at: what has to go when it says something else. */
struct seen_port {
	bool up;
	struct addr own;
	struct prefix network;
};

struct rib {
	struct route_table *table;
	const struct port *ports;
	const struct neighbour_table *neighbours;
	unsigned n_ports;
	struct seen_port seen[PLANE_PORTS_MAX];
	struct entry *entries;
	unsigned n_entries;
};

struct rib *rib_create(struct route_table *table, const struct port *ports, unsigned n_ports,
		       const struct neighbour_table *neighbours)
{
	struct rib *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->entries = calloc(RIB_ROUTES_MAX, sizeof(*r->entries));
	if (!r->entries) {
		free(r);
		return NULL;
	}
	r->table = table;
	r->ports = ports;
	r->n_ports = n_ports;
	r->neighbours = neighbours;
	return r;
}

void rib_destroy(struct rib *r)
{
	if (!r)
		return;
	free(r->entries);
	free(r);
}

static struct prefix host_prefix(const struct addr *a)
{
	return prefix_make(a, UINT8_MAX);
}

static struct addr broadcast_of(const struct prefix *network)
{
	return addr_v4(addr_to_v4(&network->addr) | (network->len ? ~0u >> network->len : ~0u));
}

static struct route_next_hop hop(const struct rib *r, enum route_kind kind, uint8_t port)
{
	return (struct route_next_hop){
		.kind = (uint8_t)kind,
		.port = port,
		.mtu = r->ports[port].mtu,
	};
}

/* Through a neighbour: its MAC address when it is known, else somebody to ask. */
static struct route_next_hop adjacency(const struct rib *r, uint8_t port,
				       const struct addr *gateway)
{
	struct route_next_hop h = hop(r, ROUTE_GLEAN, port);
	const struct neighbour *n = neighbour_find(r->neighbours, gateway, port);
	const struct port *p = &r->ports[port];

	h.gateway = *gateway;
	if (!n)
		return h;
	h.kind = ROUTE_FORWARD;
	if (p->is_sub) {
		h.kind = ROUTE_FORWARD_SUB;
		h.device = p->device_index;
		h.vlan = p->is_native ? 0 : p->vlan;
	}
	memcpy(h.ethernet, n->mac, 6);
	memcpy(h.ethernet + 6, p->mac, 6);
	memcpy(h.ethernet + 12, "\x08\x00", 2);
	return h;
}

/* The longest usable match for an address: a port whose network it is in, or an entry. */
struct match {
	uint8_t port; /* NO_PORT: see entry */
	const struct entry *entry;
	int len;
};

static struct match longest_match(const struct rib *r, const struct addr *a)
{
	struct match best = {.port = NO_PORT, .len = -1};

	for (unsigned i = 0; i < r->n_ports; i++) {
		const struct seen_port *p = &r->seen[i];

		if (p->up && p->network.len > best.len && prefix_contains(&p->network, a))
			best = (struct match){.port = (uint8_t)i, .len = p->network.len};
	}
	for (unsigned i = 0; i < r->n_entries; i++) {
		const struct entry *e = &r->entries[i];

		if (e->route.prefix.len > best.len && prefix_contains(&e->route.prefix, a))
			best = (struct match){
				.port = NO_PORT, .entry = e, .len = e->route.prefix.len};
	}
	return best;
}

static bool is_own(const struct rib *r, const struct addr *a)
{
	for (unsigned i = 0; i < r->n_ports; i++)
		if (r->seen[i].up && addr_eq(&r->seen[i].own, a))
			return true;
	return false;
}

/* Where a route leads now. False when it leads nowhere. */
static bool resolve(const struct rib *r, const struct entry *e, struct route_next_hop *out)
{
	struct addr gateway = {0};

	for (unsigned depth = 0; depth < DEPTH_MAX; depth++) {
		struct match m;

		if (!addr_is_none(&e->route.next_hop))
			gateway = e->route.next_hop;
		if (e->port == NULL_PORT) {
			*out = (struct route_next_hop){.kind = ROUTE_NULL};
			return true;
		}
		if (e->port != NO_PORT) {
			if (!r->seen[e->port].up)
				return false;
			*out = hop(r, ROUTE_GLEAN, e->port);
			if (!addr_is_none(&gateway))
				*out = adjacency(r, e->port, &gateway);
			return true;
		}
		if (is_own(r, &gateway))
			return false;
		m = longest_match(r, &gateway);
		if (m.port != NO_PORT) {
			*out = adjacency(r, m.port, &gateway);
			return true;
		}
		if (!m.entry || m.entry == e)
			return false;
		e = m.entry;
	}
	return false;
}

/* Own, network and broadcast addresses and connected networks. */
static bool connected_choice(const struct rib *r, const struct prefix *p,
			     struct route_next_hop *out)
{
	enum route_kind kind = ROUTE_NONE;
	uint8_t port = NO_PORT;

	for (unsigned i = 0; i < r->n_ports; i++) {
		const struct seen_port *s = &r->seen[i];
		struct addr broadcast = broadcast_of(&s->network);
		bool edges = s->network.len <= BROADCAST_LEN_MAX && p->len == 32;
		enum route_kind found = ROUTE_NONE;

		if (!s->up)
			continue;
		if (p->len == 32 && addr_eq(&p->addr, &s->own))
			found = ROUTE_LOCAL;
		else if (edges &&
			 (addr_eq(&p->addr, &s->network.addr) || addr_eq(&p->addr, &broadcast)))
			found = ROUTE_DISCARD;
		else if (prefix_eq(p, &s->network))
			found = ROUTE_GLEAN;
		if (found != ROUTE_NONE && (kind == ROUTE_NONE || found < kind)) {
			kind = found;
			port = (uint8_t)i;
		}
	}
	if (kind == ROUTE_NONE)
		return false;
	*out = hop(r, kind, port);
	return true;
}

static bool entry_choice(struct rib *r, const struct prefix *p, struct route_next_hop *out)
{
	const struct entry *best = NULL;

	for (unsigned i = 0; i < r->n_entries; i++) {
		struct entry *e = &r->entries[i];
		struct route_next_hop h;

		if (!prefix_eq(&e->route.prefix, p))
			continue;
		e->gateway = (struct addr){0};
		if (!resolve(r, e, &h))
			continue;
		e->gateway = h.gateway;
		e->via = h.kind == ROUTE_NULL ? NULL_PORT : h.port;
		if (best && best->route.distance <= e->route.distance)
			continue;
		best = e;
		*out = h;
	}
	return best != NULL;
}

static bool neighbour_choice(const struct rib *r, const struct prefix *p,
			     struct route_next_hop *out)
{
	if (p->len != 32)
		return false;
	for (unsigned i = 0; i < r->n_ports; i++) {
		if (!r->seen[i].up)
			continue;
		*out = adjacency(r, (uint8_t)i, &p->addr);
		if (out->kind >= ROUTE_FORWARD)
			return true;
	}
	return false;
}

static int refresh(struct rib *r, const struct prefix *p)
{
	const struct route_next_hop *now = route_get(r->table, p);
	struct route_next_hop want;

	if (!connected_choice(r, p, &want) && !entry_choice(r, p, &want) &&
	    !neighbour_choice(r, p, &want))
		return now ? route_remove(r->table, p) : 0;
	if (now && memcmp(now, &want, sizeof(want)) == 0)
		return 0;
	return route_set(r->table, p, &want);
}

static void refresh_port(struct rib *r, const struct seen_port *s)
{
	struct prefix own = host_prefix(&s->own);
	struct prefix low = host_prefix(&s->network.addr);
	struct addr broadcast = broadcast_of(&s->network);
	struct prefix high = host_prefix(&broadcast);
	const struct prefix *all[] = {&own, &low, &high, &s->network};

	if (s->own.family != ADDR_V4)
		return;
	/* a table that is full keeps what it has; the counters of route.none tell */
	for (size_t i = 0; i < array_len(all); i++)
		(void)!refresh(r, all[i]);
}

static void refresh_everything(struct rib *r)
{
	for (unsigned i = 0; i < r->n_ports; i++)
		refresh_port(r, &r->seen[i]);
	for (unsigned i = 0; i < r->n_entries; i++)
		(void)!refresh(r, &r->entries[i].route.prefix);
	for (unsigned i = 0; i < PLANE_NEIGHBOURS; i++) {
		const struct neighbour *n = neighbour_at(r->neighbours, i);
		struct prefix p = host_prefix(&n->addr);

		if (n->state == NEIGHBOUR_REACHABLE)
			(void)!refresh(r, &p);
	}
}

void rib_port_changed(struct rib *r, uint8_t port)
{
	const struct port *p = &r->ports[port];
	struct seen_port old = r->seen[port];

	/* subinterfaces come while we run */
	if (port >= r->n_ports)
		r->n_ports = port + 1u;
	r->seen[port] = (struct seen_port){.up = p->up, .own = p->own, .network = p->network};
	refresh_port(r, &old);
	refresh_everything(r);
}

void rib_neighbour_changed(struct rib *r, const struct neighbour *n)
{
	struct prefix p = host_prefix(&n->addr);

	(void)!refresh(r, &p);
	for (unsigned i = 0; i < r->n_entries; i++) {
		const struct entry *e = &r->entries[i];

		if (e->via == n->port && addr_eq(&e->gateway, &n->addr))
			(void)!refresh(r, &e->route.prefix);
	}
}

static int port_of(const struct rib *r, const char *name, uint8_t *port)
{
	*port = NO_PORT;
	if (name[0] == '\0')
		return 0;
	if (!strcmp(name, PLANE_NULL)) {
		*port = NULL_PORT;
		return 0;
	}
	for (unsigned i = 0; i < r->n_ports; i++) {
		if (strncmp(r->ports[i].name, name, PLANE_NAME) != 0)
			continue;
		*port = (uint8_t)i;
		return 0;
	}
	return -ENODEV;
}

static struct entry *find(struct rib *r, const struct plane_route *route, uint8_t port)
{
	for (unsigned i = 0; i < r->n_entries; i++) {
		struct entry *e = &r->entries[i];

		if (e->port == port && prefix_eq(&e->route.prefix, &route->prefix) &&
		    addr_eq(&e->route.next_hop, &route->next_hop))
			return e;
	}
	return NULL;
}

/* Routes without interface may be found through the prefix that changed. */
static void refresh_dependents(struct rib *r, const struct prefix *changed)
{
	for (unsigned i = 0; i < r->n_entries; i++) {
		const struct entry *e = &r->entries[i];

		if (e->port == NO_PORT && prefix_contains(changed, &e->route.next_hop))
			(void)!refresh(r, &e->route.prefix);
	}
}

int rib_add(struct rib *r, const struct plane_route *route)
{
	struct entry *e;
	uint8_t port;
	int rc = port_of(r, route->interface, &port);

	if (rc)
		return rc;
	if (route->prefix.addr.family != ADDR_V4 || route->next_hop.family == ADDR_V6)
		return -EAFNOSUPPORT;
	if (route->prefix.len > 32 || (port == NO_PORT && addr_is_none(&route->next_hop)))
		return -EINVAL;
	e = find(r, route, port);
	if (!e) {
		if (r->n_entries == RIB_ROUTES_MAX)
			return -ENOSPC;
		e = &r->entries[r->n_entries++];
	}
	*e = (struct entry){.route = *route, .port = port};
	rc = refresh(r, &route->prefix);
	refresh_dependents(r, &route->prefix);
	return rc;
}

int rib_remove(struct rib *r, const struct plane_route *route)
{
	struct entry *e;
	uint8_t port;
	int rc = port_of(r, route->interface, &port);

	if (rc)
		return rc;
	e = find(r, route, port);
	if (!e)
		return -ENOENT;
	*e = r->entries[--r->n_entries];
	rc = refresh(r, &route->prefix);
	refresh_dependents(r, &route->prefix);
	return rc;
}
