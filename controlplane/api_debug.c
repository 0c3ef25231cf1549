/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_methods.h"
#include "controlplane/api_server.h"
#include "lib/rpc/rpc.h"

#include <string.h>

enum {
	ALL_TOPICS = (1 << IKE_TOPIC_COUNT) - 1
};

static const struct {
	const char *name;
	unsigned topics;
} topics[] = {
	{"isakmp", 1 << IKE_TOPIC_ISAKMP},
	{"ipsec", 1 << IKE_TOPIC_IPSEC},
	{"engine", 1 << IKE_TOPIC_ENGINE},
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

static json_t *names_of(unsigned set)
{
	json_t *names = json_array();

	for (size_t i = 0; i < array_len(topics); i++) {
		if (topics[i].topics != ALL_TOPICS && set & topics[i].topics)
			json_array_append_new(names, json_string(topics[i].name));
	}
	return json_pack("{s:o}", "topics", names);
}

json_t *api_debug_set(struct api_call *call)
{
	const json_t *on = json_object_get(call->params, "on");
	unsigned wanted = topics_of(api_call_text(call, "topic"));
	struct addr peer = {0};

	if (!wanted || !json_is_boolean(on))
		return api_call_fail(
			call, RPC_INVALID_PARAMS,
			"topic must be isakmp, ipsec, engine or all, and on a boolean");
	if (api_call_addr(call, "peer", &peer) < 0)
		return NULL;
	call->client->debug_peer = peer;
	if (json_is_true(on))
		call->client->topics |= wanted;
	else
		call->client->topics &= ~wanted;
	api_server_update_topics(call->control->api);
	return names_of(call->client->topics);
}

json_t *api_debug_show(struct api_call *call)
{
	return names_of(api_server_topics(call->control->api));
}
