/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_methods.h"
#include "controlplane/api_server.h"
#include "controlplane/reconfigure.h"
#include "lib/rpc/rpc.h"

#include <errno.h>

enum {
	MS_PER_S = 1000
};

static json_int_t remaining_s(const struct control *c)
{
	uint64_t now = c->now_ms();

	return c->rollback.due_ms > now ? (json_int_t)((c->rollback.due_ms - now) / MS_PER_S) : 0;
}

static json_t *fail_of(struct api_call *call, int err)
{
	char why[256];

	if (err == -EALREADY)
		return api_call_fail(call, RPC_FAILED, "a change waits to be confirmed already");
	if (err == -ENOENT)
		return api_call_fail(call, RPC_FAILED, "there is nothing to be confirmed");
	if (reconfigure_refusal(call->control, err, why, sizeof(why)))
		return api_call_fail(call, RPC_FAILED, "%s", why);
	return NULL;
}

json_t *api_rollback_revert(struct api_call *call)
{
	const json_t *given = json_object_get(call->params, "minutes");
	json_int_t minutes = json_integer_value(given);
	bool extend = json_is_true(json_object_get(call->params, "extend"));
	struct control *c = call->control;
	int err;

	if (given && (minutes < 1 || minutes > ROLLBACK_MINUTES_MAX))
		return api_call_fail(call, RPC_INVALID_PARAMS, "minutes must be 1 to %d",
				     ROLLBACK_MINUTES_MAX);
	if (!given)
		err = rollback_now(c);
	else if (extend)
		err = rollback_extend(c, (unsigned)minutes);
	else
		err = rollback_start(c, (unsigned)minutes, call->client->user);
	return err < 0 ? fail_of(call, err) : json_pack("{s:I}", "remaining_s", remaining_s(c));
}

json_t *api_rollback_confirm(struct api_call *call)
{
	int err = rollback_confirm(call->control, call->client->user);

	return err < 0 ? fail_of(call, err) : json_object();
}

json_t *api_rollback_show(struct api_call *call)
{
	const struct control *c = call->control;
	const struct plane_kept *kept = c->plane->kept;

	if (!c->rollback.due_ms)
		return json_pack("{s:b}", "active", 0);
	return json_pack("{s:b,s:i,s:I,s:s}", "active", 1, "minutes", (int)kept->revert_minutes,
			 "remaining_s", remaining_s(c), "user", kept->revert_user);
}
