/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/flow_walk.h"

#include "controlplane/diagnose/config_rules.h"
#include "lib/config/config_acl.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct flow_walk *flow_walk_create(void)
{
	return calloc(1, sizeof(struct flow_walk));
}

void flow_walk_destroy(struct flow_walk *w)
{
	free(w);
}

const char *flow_walk_verdict_name(enum flow_verdict verdict)
{
	static const char *const names[] = {
		[FLOW_PROTECTED] = "protected",	  [FLOW_CLEAR] = "clear",
		[FLOW_NO_ROUTE] = "no route",	  [FLOW_OWN] = "own",
		[FLOW_DENIED] = "denied",	  [FLOW_NO_LINE] = "no line",
		[FLOW_INCOMPLETE] = "incomplete",
	};

	return names[verdict];
}

static bool in_range(const uint16_t range[2], uint16_t port)
{
	return port >= range[0] && port <= range[1];
}

static bool line_takes(const struct config_acl_line *line, const struct flow_packet *p)
{
	return !config_acl_line_is_idle(line) &&
	       (!line->protocol || line->protocol == p->protocol) &&
	       prefix_contains(&line->src, &p->src) && prefix_contains(&line->dst, &p->dst) &&
	       in_range(line->src_port, p->src_port) && in_range(line->dst_port, p->dst_port);
}

static const struct config_acl_line *find_line(const struct config_acl *acl,
					       const struct flow_packet *p)
{
	for (size_t i = 0; acl && i < acl->n_lines; i++)
		if (line_takes(&acl->lines[i], p))
			return &acl->lines[i];
	return NULL;
}

/* The tunnel of a line, NULL when the entry has none of its own. */
static const struct tunnel *tunnel_of(const struct control *c, const struct flow_walk *w,
				      const struct flow_step *step)
{
	const struct selector selector = config_acl_line_selector(step->line);

	for (size_t i = 0; i < c->tunnels.n; i++) {
		const struct tunnel *t = &c->tunnels.rows[i];

		/* a line that names object-groups has as many as it stands for */
		if (step->acl->expanded && !selector_eq(&t->selector, &selector))
			continue;
		if (t->sequence == step->entry->sequence &&
		    t->acl_sequence == step->line->sequence && !strcmp(t->map, w->map->name) &&
		    !strcmp(t->interface, w->route.interface))
			return t;
	}
	return NULL;
}

static struct flow_step step_of(const struct control *c, const struct config_map_entry *entry,
				const struct flow_packet *p)
{
	struct flow_step step = {.entry = entry, .acl = config_model_acl(&c->config, entry->acl)};

	step.line = find_line(step.acl, p);
	step.verdict = FLOW_NO_LINE;
	if (!entry->dynamic[0] && !tunnels_entry_complete(&c->config, entry))
		step.verdict = FLOW_INCOMPLETE;
	else if (step.line)
		step.verdict = step.line->permit ? FLOW_PROTECTED : FLOW_DENIED;
	return step;
}

/* Tunnels that peers of a dynamic map have made. */
static const struct tunnel *find_dynamic(const struct control *c, const struct flow_walk *w)
{
	const struct flow_packet *p = &w->packet;
	const struct dynamic_tunnel *dt;

	TAILQ_FOREACH(dt, &c->dynamic.all, link) {
		const struct selector *s = &dt->t.selector;

		if (!strcmp(dt->t.interface, w->route.interface) &&
		    prefix_contains(&s->local, &p->src) && prefix_contains(&s->remote, &p->dst) &&
		    (!s->protocol || s->protocol == p->protocol) &&
		    (!s->local_port || s->local_port == p->src_port) &&
		    (!s->remote_port || s->remote_port == p->dst_port))
			return &dt->t;
	}
	return NULL;
}

static void decide(struct flow_walk *w, enum flow_verdict verdict, const char *fmt, ...)
	printf_like(3, 4);

static void decide(struct flow_walk *w, enum flow_verdict verdict, const char *fmt, ...)
{
	va_list args;

	w->verdict = verdict;
	va_start(args, fmt);
	vsnprintf(w->why, sizeof(w->why), fmt, args);
	va_end(args);
}

/* An entry with a dynamic map: true when it decides. */
static bool ask_dynamic(const struct control *c, struct flow_walk *w, struct flow_step *step)
{
	const struct config_map *template =
		config_model_dynamic_map(&c->config, step->entry->dynamic);

	w->tunnel = find_dynamic(c, w);
	if (w->tunnel) {
		step->verdict = FLOW_PROTECTED;
		decide(w, FLOW_PROTECTED, "a peer of dynamic map %s has a tunnel for it",
		       step->entry->dynamic);
		return true;
	}
	for (size_t i = 0; template && i < template->n_entries; i++) {
		struct flow_step inner = step_of(c, &template->entries[i], &w->packet);

		if (!inner.line || !inner.line->permit)
			continue;
		step->acl = inner.acl;
		step->line = inner.line;
		step->verdict = FLOW_PROTECTED;
		decide(w, FLOW_PROTECTED,
		       "dynamic map %s keeps it from leaving in clear, and no peer has come for it",
		       step->entry->dynamic);
		return true;
	}
	return false;
}

/* The entries of the interface in their order, until one decides. */
static void ask_entries(const struct control *c, struct flow_walk *w)
{
	for (size_t i = 0; i < w->map->n_entries; i++) {
		struct flow_step step = step_of(c, &w->map->entries[i], &w->packet);
		bool decided = step.entry->dynamic[0] ? ask_dynamic(c, w, &step)
						      : step.verdict == FLOW_PROTECTED;

		if (w->n_steps < FLOW_STEPS)
			w->steps[w->n_steps++] = step;
		if (!decided)
			continue;
		if (!step.entry->dynamic[0]) {
			w->tunnel = tunnel_of(c, w, &step);
			decide(w, FLOW_PROTECTED, "line %u of access list %s, crypto map %s %u",
			       step.line->sequence, step.acl->name, w->map->name,
			       step.entry->sequence);
		}
		return;
	}
	decide(w, FLOW_CLEAR, "no entry of crypto map %s selects it", w->map->name);
}

/* The entry of any map that would take it; NULL = none. */
static const struct config_map_entry *
find_entry(const struct control *c, const struct flow_packet *p, const struct config_map **map)
{
	for (size_t i = 0; i < c->config.n_maps; i++)
		for (size_t k = 0; k < c->config.maps[i].n_entries; k++) {
			struct flow_step step = step_of(c, &c->config.maps[i].entries[k], p);

			if (step.verdict != FLOW_PROTECTED)
				continue;
			*map = &c->config.maps[i];
			return step.entry;
		}
	return NULL;
}

/* It would be protected if it left by the interface of that map. */
static void say_elsewhere(const struct control *c, struct flow_walk *w)
{
	const struct config_map *map = NULL;
	const struct config_map_entry *entry = find_entry(c, &w->packet, &map);
	struct diagnosis d;
	char net[ADDR_TEXT];

	if (!entry)
		return;
	d = config_rules_make(w->routed ? DIAGNOSE_CFG_MAP_NOT_APPLIED : DIAGNOSE_RT_NO_ROUTE, map,
			      entry);
	diagnose_set(&d, "if", "%s", w->route.interface);
	diagnose_set(&d, "net", "%s", addr_print(&w->packet.dst, net, sizeof(net)));
	diagnose_set(&d, "mask", "255.255.255.255");
	config_rules_saw(&d, "Access list %s selects the packet.", entry->acl);
	*diagnose_add(&w->found, d.code) = d;
}

static bool is_own(const struct control *c, const struct addr *a)
{
	for (size_t i = 0; i < c->config.n_interfaces; i++)
		if (addr_eq(&c->config.interfaces[i].address, a))
			return true;
	return false;
}

/* E83: another address of ours would be protected as the source. */
static void say_source(const struct control *c, struct flow_walk *w)
{
	struct diagnosis d = config_rules_make(DIAGNOSE_CFG_PING_SRC, w->map, NULL);
	const struct config_map *map = NULL;
	struct flow_packet p = w->packet;
	char text[ADDR_TEXT];

	for (size_t i = 0; is_own(c, &w->packet.src) && i < c->config.n_interfaces; i++) {
		const struct config_map_entry *entry;

		p.src = c->config.interfaces[i].address;
		entry = addr_is_none(&p.src) ? NULL : find_entry(c, &p, &map);
		if (!entry || !w->map || map != w->map)
			continue;
		diagnose_set(&d, "ip", "%s", addr_print(&w->packet.src, text, sizeof(text)));
		diagnose_set(&d, "acl", "%s", entry->acl);
		diagnose_set(&d, "inside", "%s", addr_print(&p.src, text, sizeof(text)));
		diagnose_set(&d, "destination", "%s", addr_print(&p.dst, text, sizeof(text)));
		if (w->dialect != DIALECT_IOS && c->config.interfaces[i].nameif[0])
			config_rules_command(&d, "ping %s %s", c->config.interfaces[i].nameif,
					     text);
		*diagnose_add(&w->found, d.code) = d;
		return;
	}
}

static void ask_interface(struct control *c, struct flow_walk *w)
{
	const struct config_interface *out = config_model_interface(&c->config, w->route.interface);

	if (out && addr_is_none(&w->packet.src))
		w->packet.src = out->address;
	w->map = out ? config_model_map(&c->config, out->crypto_map) : NULL;
	if (w->map)
		ask_entries(c, w);
	else
		decide(w, FLOW_CLEAR, "there is no crypto map on %s", w->route.interface);
	if (w->verdict != FLOW_CLEAR)
		return;
	say_source(c, w);
	if (!w->found.n)
		say_elsewhere(c, w);
}

int flow_walk_run(struct control *c, struct flow_walk *w)
{
	const struct routes_row *route;
	struct routes table;

	if (reverse_routes_merge(c, &table) < 0)
		return -ENOMEM;
	route = routes_find(&table, &w->packet.dst);
	w->routed = route != NULL;
	if (route)
		w->route = *route;
	routes_fini(&table);
	if (!w->routed) {
		decide(w, FLOW_NO_ROUTE, "no route leads there");
		say_elsewhere(c, w);
	} else if (!strcmp(w->route.interface, CONFIG_NULL)) {
		decide(w, FLOW_NO_ROUTE, "its route ends at Null0");
	} else if (w->route.code == ROUTES_LOCAL) {
		decide(w, FLOW_OWN, "it is an address of this box");
	} else {
		ask_interface(c, w);
	}
	return 0;
}

const struct qos_attachment *flow_walk_attachment(const struct control *c,
						  const struct flow_walk *w)
{
	const struct qos_attachment *of_interface = NULL;

	for (size_t i = 0; i < c->qos.n_attachments; i++) {
		const struct qos_attachment *a = &c->qos.attachments[i];

		if (w->tunnel && a->tunnel == w->tunnel->handle)
			return a;
		if (a->tunnel == QOS_NO_TUNNEL && w->routed &&
		    !strcmp(a->interface, w->route.interface))
			of_interface = a;
	}
	return of_interface;
}

static bool match_takes(const struct plane_qos_match *m, const struct flow_packet *p)
{
	return (!m->protocol || m->protocol == p->protocol) && prefix_contains(&m->src, &p->src) &&
	       prefix_contains(&m->dst, &p->dst) && in_range(m->src_port, p->src_port) &&
	       in_range(m->dst_port, p->dst_port);
}

static bool list_takes(const struct control *c, const struct qos_class *class,
		       const struct flow_packet *p)
{
	for (size_t i = 0; i < class->n_matches; i++) {
		const struct plane_qos_match *m = &c->qos.matches[class->first_match + i];

		if (match_takes(m, p))
			return m->permit;
	}
	return false;
}

/* As the data plane does it, of a packet that is not marked. The last class takes the rest. */
static bool class_takes(const struct control *c, const struct qos_class *class,
			const struct flow_packet *p)
{
	bool dscp = class->plane.dscp_mask & 1;
	bool all = class->plane.flags & PLANE_QOS_MATCH_ALL;

	if (!(class->plane.flags & PLANE_QOS_HAS_ACCESS) || dscp != all)
		return dscp;
	return list_takes(c, class, p);
}

const struct qos_class *flow_walk_class(const struct control *c, const struct qos_attachment *a,
					const struct flow_packet *p)
{
	const struct qos_class *class = &c->qos.classes[a->first];

	for (size_t i = 0; i + 1 < a->n_classes && !class_takes(c, class, p); i++)
		class ++;
	return class;
}
