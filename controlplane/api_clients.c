/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_methods.h"
#include "controlplane/remote_access.h"
#include "lib/rpc/rpc.h"

enum {
	MS_PER_S = 1000
};

static json_int_t seconds_since(const struct control *c, uint64_t ms)
{
	return (json_int_t)((c->now_ms() - ms) / MS_PER_S);
}

static json_t *describe(const struct control *c, const struct session *s)
{
	json_t *row = json_pack(
		"{s:s,s:s,s:s,s:o,s:i,s:o,s:i,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "interface",
		s->path.interface, "user", s->user, "group", s->group, "peer",
		api_call_json_addr(&s->path.remote), "port", (int)s->path.remote_port, "local",
		api_call_json_addr(&s->path.local), "local_port", (int)s->path.local_port,
		"uptime_s", seconds_since(c, s->started_ms), "idle_s",
		seconds_since(c, s->traffic_ms), "idle_limit_s", (json_int_t)s->idle_s, "limit_s",
		(json_int_t)s->limit_s, "in_packets", (json_int_t)s->in_packets, "in_bytes",
		(json_int_t)s->in_bytes, "out_packets", (json_int_t)s->out_packets, "out_bytes",
		(json_int_t)s->out_bytes);

	if (row && !addr_is_none(&s->address.addr))
		json_object_set_new(row, "address", api_call_json_addr(&s->address.addr));
	return row;
}

json_t *api_clients_sessions(struct api_call *call)
{
	const struct control *c = call->control;
	const struct session *session;
	json_t *list = json_array();

	TAILQ_FOREACH(session, &c->sessions.all, link)
		json_array_append_new(list, describe(c, session));
	return json_pack("{s:o}", "sessions", list);
}

json_t *api_clients_pools(struct api_call *call)
{
	const struct control *c = call->control;
	const struct config_remote *r = &c->config.remote;
	json_t *list = json_array();

	for (size_t i = 0; i < r->n_pools; i++)
		for (size_t k = 0; k < r->pools[i].n_ranges; k++) {
			const struct config_range *range = &r->pools[i].ranges[k];
			struct addr low = addr_v4(range->low), high = addr_v4(range->high);
			json_int_t size = (json_int_t)range->high - range->low + 1;
			json_int_t used = (json_int_t)pools_used(&c->pools, range);

			json_array_append_new(list, json_pack("{s:s,s:o,s:o,s:I,s:I}", "pool",
							      r->pools[i].name, "low",
							      api_call_json_addr(&low), "high",
							      api_call_json_addr(&high), "free",
							      size - used, "used", used));
		}
	return json_pack("{s:o}", "ranges", list);
}

json_t *api_clients_servers(struct api_call *call)
{
	const struct aaa *a = &call->control->aaa;
	json_t *list = json_array();

	for (size_t i = 0; i < a->n_servers; i++) {
		const struct aaa_server *s = &a->servers[i];

		json_array_append_new(
			list,
			json_pack("{s:s,s:o,s:i,s:i,s:b,s:I,s:I,s:I}", "name", s->config.name,
				  "address", api_call_json_addr(&s->config.address), "auth_port",
				  (int)s->config.auth_port, "acct_port", (int)s->config.acct_port,
				  "dead", s->dead_until_ms > call->control->now_ms(), "requests",
				  (json_int_t)s->asked, "answers", (json_int_t)s->answered,
				  "timeouts", (json_int_t)s->silent));
	}
	return json_pack("{s:o,s:I,s:I,s:I}", "servers", list, "waiting",
			 (json_int_t)(a->n_logins + a->n_accounting), "lost", (json_int_t)a->lost,
			 "held", (json_int_t)a->lockout.held);
}

json_t *api_clients_lockout(struct api_call *call)
{
	const struct control *c = call->control;
	const struct lockout_local *row;
	json_t *list = json_array();

	TAILQ_FOREACH(row, &c->aaa.lockout.locals, link)
		if (row->locked_ms)
			json_array_append_new(list,
					      json_pack("{s:s,s:I}", "user", row->user, "locked_s",
							seconds_since(c, row->locked_ms)));
	return json_pack("{s:o}", "users", list);
}

json_t *api_clients_unlock(struct api_call *call)
{
	const char *user = api_call_text(call, "user");
	size_t n = lockout_local_clear(&call->control->aaa.lockout, user);

	if (n)
		debug_log_event(call->control->log, DEBUG_LOG_USER_UNLOCKED,
				"%s unlocked by command", user ? user : "All local users");
	return json_pack("{s:I}", "cleared", (json_int_t)n);
}

json_t *api_clients_clear(struct api_call *call)
{
	const char *user = api_call_text(call, "user");

	if (!user)
		return api_call_fail(call, RPC_INVALID_PARAMS, "user must be a name");
	return json_pack("{s:I}", "cleared",
			 (json_int_t)remote_access_clear(call->control, user, IKE_REASON_CLEARED));
}
