/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_methods.h"
#include "lib/config/config_acl.h"
#include "lib/config/config_grammar.h"
#include "lib/config/config_qos.h"
#include "lib/rpc/rpc.h"

#include <stdio.h>
#include <string.h>

enum {
	MATCH_TEXT = 200,
	QUEUE_LIMIT = 64, /* of the data plane and of IOS */
};

static void set_number(json_t *object, const char *field, uint64_t value)
{
	json_object_set_new(object, field, json_integer((json_int_t)value));
}

static void set_if(json_t *object, const char *field, uint64_t value)
{
	if (value)
		set_number(object, field, value);
}

/* "dscp ef (46) af31 (26)", as IOS prints it behind "Match: ". */
static json_t *match_json(const struct config_class_match *match)
{
	char text[MATCH_TEXT] = "any", dscp[CONFIG_QOS_VALUE];
	int len;

	if (match->kind == CONFIG_MATCH_ANY)
		return json_string(text);
	if (match->kind == CONFIG_MATCH_ACCESS) {
		snprintf(text, sizeof(text), "access-group %s%s",
			 config_acl_number(match->acl) ? "" : "name ", match->acl);
		return json_string(text);
	}
	len = snprintf(text, sizeof(text), "%s%s", match->ip ? "ip " : "",
		       match->kind == CONFIG_MATCH_DSCP ? "dscp" : "precedence");
	for (size_t i = 0; i < match->n_values; i++) {
		unsigned value = match->values[i];

		if (match->kind == CONFIG_MATCH_PRECEDENCE)
			len += snprintf(text + len, sizeof(text) - (size_t)len, " %u", value);
		else
			len += snprintf(text + len, sizeof(text) - (size_t)len, " %s (%u)",
					config_qos_dscp(value, dscp), value);
	}
	return json_string(text);
}

/* What a class matches; class-default, which is no class-map, all. */
static void add_matches(json_t *row, const struct config_class *class)
{
	json_t *list = json_array();

	json_object_set_new(row, "match", json_string(!class || class->any ? "any" : "all"));
	json_object_set_new(row, "matches", list);
	if (!class)
		json_array_append_new(list, json_string("any"));
	for (size_t i = 0; class && i < class->n_matches; i++)
		json_array_append_new(list, match_json(&class->matches[i]));
}

json_t *api_show_qos_class_map(struct api_call *call)
{
	const struct config *config = &call->control->config;
	const char *name = api_call_text(call, "name");
	json_t *list;

	if (name && strcmp(name, CONFIG_CLASS_DEFAULT) != 0 && !config_model_class(config, name))
		return api_call_fail(call, RPC_FAILED, "there is no class-map %s", name);
	list = json_array();
	for (size_t i = 0; i <= config->n_classes; i++) {
		const struct config_class *class =
			i < config->n_classes ? &config->classes[i] : NULL;
		const char *own = class ? class->name : CONFIG_CLASS_DEFAULT;
		json_t *row;

		if (name && strcmp(name, own) != 0)
			continue;
		row = json_pack("{s:s}", "name", own);
		add_matches(row, class);
		if (class && class->description[0])
			json_object_set_new(row, "description", json_string(class->description));
		json_array_append_new(list, row);
	}
	return json_pack("{s:o}", "classes", list);
}

static void add_rate(json_t *row, const char *field, const struct config_rate *rate)
{
	static const char *const kinds[] = {[CONFIG_RATE_FULL] = "full",
					    [CONFIG_RATE_BPS] = "bps",
					    [CONFIG_RATE_PERCENT] = "percent",
					    [CONFIG_RATE_REMAINING] = "remaining"};

	if (rate->kind != CONFIG_RATE_NONE)
		json_object_set_new(row, field,
				    json_pack("{s:s,s:I}", "kind", kinds[rate->kind], "value",
					      (json_int_t)rate->value));
}

static void add_police(json_t *row, const struct config_policy_class *c)
{
	char text[64] = "drop", dscp[CONFIG_QOS_VALUE];

	if (c->police.kind == CONFIG_RATE_NONE)
		return;
	add_rate(row, "police", &c->police);
	set_if(row, "police_burst", c->police_burst);
	if (c->exceed == CONFIG_EXCEED_TRANSMIT)
		snprintf(text, sizeof(text), "transmit");
	else if (c->exceed == CONFIG_EXCEED_SET_DSCP)
		snprintf(text, sizeof(text), "set-dscp-transmit %s",
			 config_qos_dscp(c->exceed_dscp, dscp));
	json_object_set_new(row, "exceed", json_string(text));
}

static void add_actions(json_t *row, const struct config_policy_class *c)
{
	char dscp[CONFIG_QOS_VALUE];

	add_rate(row, "priority", &c->priority);
	set_if(row, "priority_burst", c->priority_burst);
	add_rate(row, "bandwidth", &c->bandwidth);
	add_rate(row, "shape", &c->shape);
	add_police(row, c);
	if (c->set_dscp != CONFIG_DSCP_NONE)
		json_object_set_new(row, "set_dscp",
				    json_string(config_qos_dscp(c->set_dscp, dscp)));
	json_object_set_new(row, "fair", json_boolean(c->fair));
	set_if(row, "queue_limit", c->queue_packets);
	if (c->child[0])
		json_object_set_new(row, "service_policy", json_string(c->child));
}

static json_t *policy_json(const struct config_policy_map *policy)
{
	json_t *classes = json_array();
	json_t *row = json_pack("{s:s,s:o}", "name", policy->name, "classes", classes);

	if (policy->description[0])
		json_object_set_new(row, "description", json_string(policy->description));
	for (size_t i = 0; i < policy->n_classes; i++) {
		json_t *class = json_pack("{s:s}", "name", policy->classes[i].name);

		add_actions(class, &policy->classes[i]);
		json_array_append_new(classes, class);
	}
	return row;
}

json_t *api_show_qos_policy_map(struct api_call *call)
{
	const struct config *config = &call->control->config;
	const char *name = api_call_text(call, "name");
	json_t *list;

	if (name && !config_model_policy_map(config, name))
		return api_call_fail(call, RPC_FAILED, "there is no policy-map %s", name);
	list = json_array();
	for (size_t i = 0; i < config->n_policy_maps; i++)
		if (!name || strcmp(name, config->policy_maps[i].name) == 0)
			json_array_append_new(list, policy_json(&config->policy_maps[i]));
	return json_pack("{s:o}", "policies", list);
}

/* What to type when a class loses packets that it was not told to drop. */
static void add_advice(json_t *row, const struct qos_attachment *a, const struct qos_class *class,
		       const struct qos_meter_reading *r)
{
	const struct plane_qos *p = &class->plane;
	unsigned limit = p->queue_packets ? p->queue_packets : QUEUE_LIMIT;
	char text[300];

	if (!r->n.tail_drops)
		return;
	if (p->flags & PLANE_QOS_PRIORITY)
		snprintf(text, sizeof(text),
			 "%llu packets came faster than priority %llu kbit/s: raise priority of "
			 "class %s in policy-map %s",
			 (unsigned long long)r->n.tail_drops,
			 (unsigned long long)p->priority_bps / 1000, class->name, a->inner);
	else if (p->shape_bps && r->offered_bps > p->shape_bps)
		snprintf(text, sizeof(text),
			 "%llu packets came faster than shape average %llu: raise it for class %s "
			 "in policy-map %s",
			 (unsigned long long)r->n.tail_drops, (unsigned long long)p->shape_bps,
			 class->name, a->inner);
	else
		snprintf(text, sizeof(text),
			 "%llu packets found their queue full: raise queue-limit (%u) for bursts, "
			 "bandwidth for lasting load, of class %s in policy-map %s",
			 (unsigned long long)r->n.tail_drops, limit, class->name, a->inner);
	json_object_set_new(row, "advice", json_string(text));
}

static void add_counts(json_t *row, const struct qos_meter_reading *r)
{
	set_number(row, "packets", r->n.packets);
	set_number(row, "bytes", r->n.bytes);
	set_number(row, "offered_bps", r->offered_bps);
	set_number(row, "drop_bps", r->drop_bps);
	set_number(row, "queued", r->n.queued);
	set_number(row, "queued_most", r->n.queued_most);
	set_number(row, "drops", r->n.tail_drops);
	set_number(row, "sent_packets", r->n.sent_packets);
	set_number(row, "sent_bytes", r->n.sent_bytes);
	set_number(row, "conform_packets", r->n.conform_packets);
	set_number(row, "conform_bytes", r->n.conform_bytes);
	set_number(row, "exceed_packets", r->n.exceed_packets);
	set_number(row, "exceed_bytes", r->n.exceed_bytes);
}

static json_t *class_json(const struct control *c, const struct qos_attachment *a,
			  const struct qos_class *class)
{
	const struct plane_qos *p = &class->plane;
	const struct config_policy_map *policy = config_model_policy_map(&c->config, a->inner);
	const struct config_policy_class *actions =
		policy ? config_model_policy_class(policy, class->name) : NULL;
	const struct qos_meter_reading r = qos_meter_read(&c->qos_meter, p->counter);
	json_t *row = json_pack("{s:s,s:i}", "name", class->name, "lane", (int)p->lane);

	add_matches(row, config_model_class(&c->config, class->name));
	if (actions)
		add_actions(row, actions);
	set_number(row, "queue_limit", p->queue_packets ? p->queue_packets : QUEUE_LIMIT);
	set_if(row, "priority_bps", p->priority_bps);
	set_if(row, "bandwidth_bps", p->bandwidth_bps);
	set_if(row, "shape_bps", p->shape_bps);
	set_if(row, "police_bps", p->police_bps);
	add_counts(row, &r);
	add_advice(row, a, class, &r);
	return row;
}

static json_t *tunnel_json(const struct control *c, const struct tunnel *t)
{
	const struct sa_pair *pair = sa_store_current(&c->store, t->handle, 0);
	json_t *row = json_pack("{s:s,s:i,s:s,s:I}", "map", t->map, "sequence", (int)t->sequence,
				"acl", t->acl, "acl_line", (json_int_t)t->acl_sequence);

	json_object_set_new(row, "peer",
			    api_call_json_addr(pair ? &pair->path.remote : &t->peers[0]));
	return row;
}

static json_t *attachment_json(const struct control *c, const struct qos_attachment *a)
{
	const struct tunnel *t =
		a->tunnel == QOS_NO_TUNNEL ? NULL : tunnels_find(&c->tunnels, a->tunnel);
	json_t *classes = json_array();
	json_t *row = json_pack("{s:s,s:s,s:I,s:I,s:b,s:o}", "interface", a->interface, "policy",
				a->policy, "link_bps", (json_int_t)a->link_bps, "base_bps",
				(json_int_t)a->base_bps, "link_assumed", (int)a->assumed, "classes",
				classes);

	if (t)
		json_object_set_new(row, "tunnel", tunnel_json(c, t));
	if (strcmp(a->policy, a->inner) != 0) {
		json_object_set_new(row, "service_policy", json_string(a->inner));
		set_number(row, "shape_bps", a->base_bps);
	}
	for (size_t i = 0; i < a->n_classes; i++)
		json_array_append_new(classes, class_json(c, a, &c->qos.classes[a->first + i]));
	return row;
}

json_t *api_show_qos_interface(struct api_call *call)
{
	const struct control *c = call->control;
	const char *name = api_call_interface(call);
	json_t *list;

	if (name && !config_model_interface(&c->config, name))
		return api_call_fail(call, RPC_FAILED, "there is no interface %s", name);
	list = json_array();
	for (size_t i = 0; i < c->qos.n_attachments; i++)
		if (!name || strcmp(name, c->qos.attachments[i].interface) == 0)
			json_array_append_new(list, attachment_json(c, &c->qos.attachments[i]));
	return json_pack("{s:o}", "attachments", list);
}
