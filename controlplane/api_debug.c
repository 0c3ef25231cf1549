/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_methods.h"
#include "controlplane/api_server.h"
#include "lib/rpc/rpc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	ALL_TOPICS = (1 << IKE_TOPIC_COUNT) - 1,
	LEVEL_ASA = 1, /* where nobody says one */
};

static const struct {
	const char *name;
	unsigned topics;
} topics[] = {
	{"isakmp", 1 << IKE_TOPIC_ISAKMP},
	{"ipsec", 1 << IKE_TOPIC_IPSEC},
	{"engine", 1 << IKE_TOPIC_ENGINE},
	{"icmp", 1 << IKE_TOPIC_ICMP},
	{"radius", 1 << IKE_TOPIC_RADIUS},
	{"packet", 1 << IKE_TOPIC_PACKET},
	{"all", ALL_TOPICS},
};

static unsigned topics_of(const char *name)
{
	for (size_t i = 0; name && i < array_len(topics); i++) {
		if (strcmp(topics[i].name, name) == 0)
			return topics[i].topics;
	}
	return 0;
}

static json_t *names_of(const struct api_server *server, const struct debug_filter *filter)
{
	unsigned set = filter ? debug_filter_topics(filter) : api_server_topics(server);
	json_t *levels = json_object();
	json_t *names = json_array();

	for (size_t i = 0; i < array_len(topics); i++) {
		if (topics[i].topics == ALL_TOPICS || !(set & topics[i].topics))
			continue;
		json_array_append_new(names, json_string(topics[i].name));
		json_object_set_new(
			levels, topics[i].name,
			json_integer(api_server_debug_level(server, filter, (unsigned)i)));
	}
	return json_pack("{s:o,s:o}", "topics", names, "levels", levels);
}

static void set_level(struct debug_filter *filter, unsigned wanted, uint8_t level)
{
	for (unsigned i = 0; i < IKE_TOPIC_COUNT; i++)
		if (wanted & 1u << i)
			filter->levels[i] = level;
}

/* 1 to 255; the whole in dialects that know no levels. */
static int level_of(struct api_call *call)
{
	const json_t *given = json_object_get(call->params, "level");

	if (!given)
		return call->client->dialect == DIALECT_IOS ? IKE_SAY_LEVEL_MAX : LEVEL_ASA;
	if (!json_is_integer(given) || json_integer_value(given) < 1 ||
	    json_integer_value(given) > IKE_SAY_LEVEL_MAX)
		return -EINVAL;
	return (int)json_integer_value(given);
}

json_t *api_debug_set(struct api_call *call)
{
	const json_t *on = json_object_get(call->params, "on");
	unsigned wanted = topics_of(api_call_text(call, "topic"));
	struct debug_filter *filter = &call->client->debug;
	int level = level_of(call);

	if (!wanted || !json_is_boolean(on) || level < 0)
		return api_call_fail(
			call, RPC_INVALID_PARAMS,
			"topic must be isakmp, ipsec, engine, icmp, radius, packet or all, on a "
			"boolean, "
			"and a level 1 to 255");
	set_level(filter, wanted, json_is_true(on) ? (uint8_t)level : 0);
	api_server_update_topics(call->control->api);
	return names_of(call->control->api, filter);
}

json_t *api_debug_show(struct api_call *call)
{
	return names_of(call->control->api, NULL);
}

/* The value as its kind wants it. 0, or -EINVAL with the sentence in the call. */
static int read_value(struct api_call *call, const char *value, struct debug_condition *out)
{
	char *end;
	unsigned long number;

	switch (out->kind) {
	case DEBUG_CONDITION_PEER:
		if (addr_parse(&out->peer, value) == 0)
			return 0;
		break;
	case DEBUG_CONDITION_GROUP:
	case DEBUG_CONDITION_USER:
		if (value[0] && strlen(value) < sizeof(out->name)) {
			strcpy(out->name, value);
			return 0;
		}
		break;
	default:
		number = strtoul(value, &end, 0);
		if (value[0] && !*end && number && number <= UINT32_MAX) {
			out->number = (uint32_t)number;
			return 0;
		}
	}
	api_call_fail(call, RPC_INVALID_PARAMS, "the value of this condition is not valid");
	return -EINVAL;
}

static json_t *conditions_of(const struct debug_filter *filter)
{
	json_t *list = json_array();

	for (size_t i = 0; i < filter->n_conditions; i++) {
		const struct debug_condition *c = &filter->conditions[i];
		char text[ADDR_TEXT + IKE_USER_MAX];

		if (c->kind == DEBUG_CONDITION_PEER)
			addr_print(&c->peer, text, sizeof(text));
		else if (c->kind == DEBUG_CONDITION_CONN)
			snprintf(text, sizeof(text), "%u", c->number);
		else if (c->kind == DEBUG_CONDITION_SPI)
			snprintf(text, sizeof(text), "0x%X", c->number);
		else
			snprintf(text, sizeof(text), "%s", c->name);
		json_array_append_new(list,
				      json_pack("{s:s,s:s}", "kind",
						debug_filter_kind_name(c->kind), "value", text));
	}
	return json_pack("{s:o}", "conditions", list);
}

json_t *api_debug_condition(struct api_call *call)
{
	struct debug_filter *filter = &call->client->debug;
	const json_t *on = json_object_get(call->params, "on");
	const char *kind = api_call_text(call, "kind");
	const json_t *given = json_object_get(call->params, "value");
	const char *value = json_string_value(given);
	struct debug_condition c = {0};
	char number[24];

	if (json_is_integer(given)) {
		snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(given));
		value = number;
	}
	if (kind && strcmp(kind, "all") == 0 && !json_is_true(on)) {
		filter->n_conditions = 0;
		return conditions_of(filter);
	}
	c.kind = kind ? debug_filter_kind(kind) : DEBUG_CONDITION_COUNT;
	if (c.kind == DEBUG_CONDITION_COUNT || !value || !json_is_boolean(on))
		return api_call_fail(call, RPC_INVALID_PARAMS,
				     "a condition is peer, group, username, connid or spi and a "
				     "value, and on a boolean");
	if (read_value(call, value, &c) < 0)
		return NULL;
	if (!json_is_true(on) && !debug_filter_remove(filter, &c))
		return api_call_fail(call, RPC_FAILED, "there is no such condition");
	if (json_is_true(on) && debug_filter_add(filter, &c) == -ENOSPC)
		return api_call_fail(call, RPC_FAILED, "there are as many conditions as may be");
	return conditions_of(filter);
}

json_t *api_debug_show_condition(struct api_call *call)
{
	return conditions_of(&call->client->debug);
}
