/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_methods.h"
#include "controlplane/api_server.h"
#include "controlplane/key_log.h"

json_t *api_keys_watch(struct api_call *call)
{
	key_log_watch(call->control, call->client,
		      json_is_true(json_object_get(call->params, "on")));
	return json_pack("{s:b}", "watching", call->client->keys);
}
