/* SPDX-License-Identifier: BSD-3-Clause */
/* `reload`: another culvert-iked takes over; packets, tunnels and peers notice nothing. */
#include "controlplane/api_methods.h"
#include "controlplane/api_server.h"
#include "lib/rpc/rpc.h"

enum {
	MS_PER_S = 1000,
	ANSWER_MS = 100, /* the answer to who asked leaves first */
	LATEST_S = 24 * 24 * 3600,
};

static json_t *answer(const struct control *c)
{
	uint64_t now = c->now_ms();

	if (!c->reload_ms)
		return json_pack("{s:b}", "scheduled", 0);
	return json_pack("{s:b,s:I}", "scheduled", 1, "in_s",
			 (json_int_t)(c->reload_ms > now ? (c->reload_ms - now) / MS_PER_S : 0));
}

json_t *api_reload(struct api_call *call)
{
	json_int_t in_s = json_integer_value(json_object_get(call->params, "in_s"));
	struct control *c = call->control;

	if (in_s < 0 || in_s > LATEST_S)
		return api_call_fail(call, RPC_INVALID_PARAMS, "in_s must be 0 to %d", LATEST_S);
	c->reload_ms = c->now_ms() + (in_s ? (uint64_t)in_s * MS_PER_S : ANSWER_MS);
	return answer(c);
}

json_t *api_reload_cancel(struct api_call *call)
{
	struct control *c = call->control;

	if (!c->reload_ms)
		return api_call_fail(call, RPC_FAILED, "no reload is scheduled");
	c->reload_ms = 0;
	return answer(c);
}

json_t *api_reload_show(struct api_call *call)
{
	return answer(call->control);
}
