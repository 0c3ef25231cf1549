/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/remote_access_env.h"

#include "controlplane/accounting.h"
#include "controlplane/radius_log.h"

#include <errno.h>

static uint64_t env_now(void *ctx)
{
	const struct control *c = ctx;

	return c->now_ms();
}

static int env_job(void *ctx, void (*work)(void *arg), void (*done)(void *arg), void *arg)
{
	struct control *c = ctx;

	return c->loop ? loop_job(c->loop, work, done, arg) : -ENOSYS;
}

static void env_server(void *ctx, const struct aaa_server *server)
{
	struct control *c = ctx;
	bool dead = server->dead_until_ms != 0;
	const char *flaw = radius_flaw_text(server->flaw);
	char text[ADDR_TEXT];

	debug_log_event(c->log, dead ? DEBUG_LOG_RADIUS_DEAD : DEBUG_LOG_RADIUS_ALIVE,
			"RADIUS server %s:%u,%u is %s%s%s",
			addr_print(&server->config.address, text, sizeof(text)),
			server->config.auth_port, server->config.acct_port,
			dead ? "not responding" : "being marked alive", flaw ? ": " : "",
			flaw ? flaw : "");
}

static void env_locked(void *ctx, const char *user, uint32_t failures)
{
	struct control *c = ctx;

	debug_log_event(c->log, DEBUG_LOG_USER_LOCKED,
			"User '%s' locked out on exceeding '%u' successive failed authentication "
			"attempts",
			user, failures);
}

static void env_accounted(void *ctx, const struct radius_request *record)
{
	accounting_taken(ctx, record);
}

struct aaa_env remote_access_env(struct control *c)
{
	return (struct aaa_env){
		.ctx = c,
		.now_ms = env_now,
		.job = env_job,
		.server = env_server,
		.locked = env_locked,
		.accounted = env_accounted,
		.exchange = radius_log_exchange,
	};
}
