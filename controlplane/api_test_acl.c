/* SPDX-License-Identifier: BSD-3-Clause */
/* test.acl: the way a packet would take: route, interface, crypto map entry, line, SA, class. */
#include "controlplane/api_diagnose.h"
#include "controlplane/api_methods.h"
#include "controlplane/api_server.h"
#include "controlplane/flow_walk.h"
#include "lib/config/config_acl.h"
#include "lib/net/ip.h"
#include "lib/rpc/rpc.h"

#include <stdio.h>
#include <string.h>

static bool read_number(struct api_call *call, const char *name, uint32_t most, uint16_t *out)
{
	const json_t *value = json_object_get(call->params, name);

	if (!value)
		return true;
	if (json_is_integer(value) && json_integer_value(value) >= 0 &&
	    json_integer_value(value) <= most) {
		*out = (uint16_t)json_integer_value(value);
		return true;
	}
	api_call_fail(call, RPC_INVALID_PARAMS, "%s must be from 0 to %u", name, most);
	return false;
}

static bool read_flow(struct api_call *call, struct flow_packet *p)
{
	uint16_t protocol = IP_PROTO_ICMP;

	if (api_call_addr(call, "source", &p->src) < 0 ||
	    api_call_addr(call, "destination", &p->dst) < 0)
		return false;
	if (addr_is_none(&p->dst)) {
		api_call_fail(call, RPC_INVALID_PARAMS, "destination: an address");
		return false;
	}
	if (!read_number(call, "protocol", UINT8_MAX, &protocol) ||
	    !read_number(call, "source_port", UINT16_MAX, &p->src_port) ||
	    !read_number(call, "destination_port", UINT16_MAX, &p->dst_port))
		return false;
	p->protocol = (uint8_t)protocol;
	return true;
}

static json_t *route_json(const struct routes_row *route)
{
	char prefix[PREFIX_TEXT];
	json_t *row = json_pack("{s:s,s:s}", "prefix",
				prefix_print(&route->prefix, prefix, sizeof(prefix)), "interface",
				route->interface);

	if (!addr_is_none(&route->next_hop))
		json_object_set_new(row, "next_hop", api_call_json_addr(&route->next_hop));
	return row;
}

static json_t *step_json(const struct flow_step *step)
{
	char line[CONFIG_ACL_TEXT];
	json_t *row = json_pack("{s:i,s:s,s:s}", "sequence", (int)step->entry->sequence, "acl",
				step->acl ? step->acl->name : "", "verdict",
				flow_walk_verdict_name(step->verdict));

	if (!step->line)
		return row;
	config_acl_print_line(step->line, false, false, line, sizeof(line));
	json_object_set_new(row, "line", json_integer(step->line->sequence));
	json_object_set_new(row, "text", json_string(line));
	return row;
}

static json_t *tunnel_json(struct control *c, const struct flow_walk *w)
{
	const struct tunnel *t = w->tunnel;
	const struct sa_pair *pair = sa_store_current(&c->store, t->handle, 0);
	char local[PREFIX_TEXT], remote[PREFIX_TEXT];
	json_t *row = json_pack(
		"{s:s,s:i,s:s,s:s,s:b}", "map", t->map, "sequence", (int)t->sequence, "local",
		prefix_print(&t->selector.local, local, sizeof(local)), "remote",
		prefix_print(&t->selector.remote, remote, sizeof(remote)), "up", pair != NULL);

	if (t->n_peers)
		json_object_set_new(row, "peer", api_call_json_addr(acquire_peer(&c->acquire, t)));
	if (pair)
		json_object_set_new(row, "spi_out", json_integer(pair->spi_out));
	return row;
}

/* Without a marking: classes that ask for one are not met. */
static json_t *class_json(const struct control *c, const struct flow_walk *w)
{
	const struct qos_attachment *attachment = flow_walk_attachment(c, w);
	const struct qos_class *class =
		attachment ? flow_walk_class(c, attachment, &w->packet) : NULL;

	if (!class)
		return NULL;
	return json_pack("{s:s,s:s}", "policy", attachment->inner, "class", class->name);
}

static json_t *answer(struct api_call *call, struct flow_walk *w)
{
	struct control *c = call->control;
	json_t *steps = json_array(), *found = json_array(), *class = class_json(c, w);
	json_t *result =
		json_pack("{s:s,s:s,s:o,s:o}", "verdict", flow_walk_verdict_name(w->verdict), "why",
			  w->why, "looked_at", steps, "diagnoses", found);

	for (size_t i = 0; i < w->n_steps; i++)
		json_array_append_new(steps, step_json(&w->steps[i]));
	for (size_t i = 0; i < w->found.n; i++)
		json_array_append_new(found, api_diagnose_json(c, &w->found.items[i], 0, true));
	if (!addr_is_none(&w->packet.src))
		json_object_set_new(result, "source", api_call_json_addr(&w->packet.src));
	if (w->routed)
		json_object_set_new(result, "route", route_json(&w->route));
	if (w->map)
		json_object_set_new(result, "map", json_string(w->map->name));
	if (w->tunnel)
		json_object_set_new(result, "tunnel", tunnel_json(c, w));
	if (class)
		json_object_set_new(result, "class", class);
	return result;
}

/* The caller has tried sizes with DF, and this was the largest that crossed. */
static void say_largest(struct flow_walk *w, uint16_t largest)
{
	struct diagnosis *d;
	char text[ADDR_TEXT];

	if (!largest || w->verdict != FLOW_PROTECTED)
		return;
	d = diagnose_add(&w->found, DIAGNOSE_MTU_PROBE);
	diagnose_set(d, "n", "%u", largest);
	diagnose_set(d, "destination", "%s", addr_print(&w->packet.dst, text, sizeof(text)));
}

json_t *api_test_acl(struct api_call *call)
{
	struct flow_walk *w = flow_walk_create();
	uint16_t largest = 0;
	json_t *result = NULL;

	if (w)
		w->dialect = call->client->dialect;
	if (w && read_flow(call, &w->packet) &&
	    read_number(call, "largest", UINT16_MAX, &largest) &&
	    flow_walk_run(call->control, w) == 0) {
		say_largest(w, largest);
		result = answer(call, w);
	}
	flow_walk_destroy(w);
	return result;
}
