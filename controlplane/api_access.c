/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_methods.h"
#include "controlplane/api_server.h"
#include "controlplane/key_log.h"
#include "lib/crypto/password.h"
#include "lib/rpc/rpc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LEVEL_INVALID = RPC_PRIVILEGE_ALL + 1,
};

/* A password that is checked on another thread. */
struct check {
	struct control *control;
	uint64_t client;
	json_t *id; /* owned */
	char stored[PASSWORD_TEXT];
	char given[PASSWORD_TEXT];
	char user[ACCESS_NAME];	     /* who the client is then; "" = who it was */
	char brake[ACCESS_NAME + 8]; /* whose guesses are counted together */
	unsigned level;
	bool known;
	bool right;
};

static json_t *describe(const struct api_client *client)
{
	return json_pack("{s:s,s:i,s:i}", "user", client->user, "privilege", (int)client->privilege,
			 "granted", (int)client->granted);
}

json_t *api_access_show(struct api_call *call)
{
	return describe(call->client);
}

static unsigned level_of(const struct api_call *call, unsigned otherwise)
{
	const json_t *value = json_object_get(call->params, "level");
	json_int_t level = json_integer_value(value);

	if (!value)
		return otherwise;
	if (!json_is_integer(value) || level < 0 || level > RPC_PRIVILEGE_ALL)
		return LEVEL_INVALID;
	return (unsigned)level;
}

/* Who may not ask for keys any more is not given them either. */
static json_t *take_level(struct control *c, struct api_client *client, unsigned level)
{
	if (level < rpc_schema_privilege(RPC_KEYS_WATCH))
		key_log_watch(c, client, false);
	client->privilege = level;
	return json_pack("{s:i}", "privilege", (int)level);
}

/* (worker thread) */
static void work(void *arg)
{
	struct check *check = arg;

	/* always, so that time does not tell who exists */
	check->right =
		password_check(check->stored, check->given, strlen(check->given)) && check->known;
}

static json_t *answer(const struct check *check, struct api_client *client)
{
	if (!check->right)
		return rpc_error(check->id, RPC_DENIED,
				 check->user[0] ? "Login invalid" : "Access denied");
	if (!check->user[0])
		return rpc_result(check->id, take_level(check->control, client, check->level));
	/* another user asks for himself */
	key_log_watch(check->control, client, false);
	memcpy(client->user, check->user, sizeof(client->user));
	client->privilege = client->granted = check->level;
	return rpc_result(check->id, describe(client));
}

static void done(void *arg)
{
	struct check *check = arg;
	struct control *c = check->control;
	const struct addr here = {0};
	struct api_client *client = c->api ? api_server_client(c->api, check->client) : NULL;

	lockout_settle(&c->aaa.lockout, check->brake, &here,
		       check->right ? LOCKOUT_RIGHT : LOCKOUT_WRONG);
	if (check->user[0] && check->known &&
	    lockout_local_result(&c->aaa.lockout, check->user, check->right,
				 c->config.remote.max_fail, c->now_ms()))
		debug_log_event(c->log, DEBUG_LOG_USER_LOCKED,
				"User %s locked out on authentication failure", check->user);
	if (client) {
		if (!check->right)
			debug_log_event(c->log, DEBUG_LOG_LOGIN_FAILED,
					"Login failed [user: %s] [Reason: wrong password of %s]",
					client->user, check->brake);
		api_server_reply(c->api, check->client, answer(check, client));
	}
	json_decref(check->id);
	secret_wipe_bytes(check, sizeof(*check));
	free(check);
}

static json_t *start(struct api_call *call, const struct check *like)
{
	struct control *c = call->control;
	const struct addr here = {0};
	struct check *check;

	if (!lockout_ask(&c->aaa.lockout, like->brake, &here, c->now_ms()))
		return api_call_fail(call, RPC_DENIED,
				     "too many wrong passwords: wait a while and try again");
	check = malloc(sizeof(*check));
	if (!check)
		return NULL;
	*check = *like;
	check->control = c;
	check->client = call->client->id;
	check->id = json_deep_copy(call->id);
	if (loop_job(c->loop, work, done, check) < 0) {
		json_decref(check->id);
		secret_wipe_bytes(check, sizeof(*check));
		free(check);
		return NULL;
	}
	call->deferred = true;
	return NULL;
}

static json_t *with_password(struct api_call *call, unsigned level, const char *password)
{
	struct check check = {.level = level, .known = true};
	const char *stored = call->control->config.enable_secret;
	json_t *reply;

	snprintf(check.brake, sizeof(check.brake), "enable %s", call->client->user);
	snprintf(check.stored, sizeof(check.stored), "%s", stored);
	snprintf(check.given, sizeof(check.given), "%s", password);
	reply = start(call, &check);
	secret_wipe_bytes(&check, sizeof(check));
	return reply;
}

json_t *api_access_enable(struct api_call *call)
{
	unsigned level = level_of(call, RPC_PRIVILEGE_ALL);
	const struct api_client *client = call->client;
	const char *password = api_call_text(call, "password");

	if (level == LEVEL_INVALID)
		return api_call_fail(call, RPC_INVALID_PARAMS, "a level is 0 to 15");
	if (level <= client->granted || level <= client->privilege)
		return take_level(call->control, call->client, level);
	if (!call->control->config.enable_secret[0])
		return api_call_fail(call, RPC_DENIED, "No password set");
	if (!password)
		return api_call_fail(call, RPC_PASSWORD, "a password is needed");
	if (strlen(password) >= PASSWORD_TEXT)
		return api_call_fail(call, RPC_DENIED, "Access denied");
	return with_password(call, level, password);
}

json_t *api_access_disable(struct api_call *call)
{
	unsigned level = level_of(call, RPC_PRIVILEGE_USER);

	if (level > call->client->privilege)
		return api_call_fail(call, RPC_INVALID_PARAMS,
				     "disable lowers the privilege: it is %u",
				     call->client->privilege);
	return take_level(call->control, call->client, level);
}

json_t *api_access_login(struct api_call *call)
{
	const struct config_remote *remote = &call->control->config.remote;
	const char *name = api_call_text(call, "user");
	const char *password = api_call_text(call, "password");
	const struct config_user *user = name ? config_remote_user(remote, name) : NULL;
	struct check check = {0};
	json_t *reply;

	if (!name || !password)
		return api_call_fail(call, RPC_INVALID_PARAMS, "user and password are texts");
	if (!*name || strlen(name) >= sizeof(check.user) || strlen(password) >= PASSWORD_TEXT)
		return api_call_fail(call, RPC_DENIED, "Login invalid");
	if (user) {
		check.known = !lockout_local_is_locked(&call->control->aaa.lockout, name);
		snprintf(check.stored, sizeof(check.stored), "%s", user->password);
		check.level = user->privilege;
	}
	snprintf(check.user, sizeof(check.user), "%s", name);
	snprintf(check.brake, sizeof(check.brake), "%s", name);
	snprintf(check.given, sizeof(check.given), "%s", password);
	reply = start(call, &check);
	secret_wipe_bytes(&check, sizeof(check));
	return reply;
}

static json_t *user_row(const struct api_client *client, const struct api_call *call)
{
	uint64_t idle_ms = call->control->now_ms() - client->asked_ms;

	return json_pack("{s:I,s:s,s:i,s:I,s:b,s:b}", "line", (json_int_t)client->id, "user",
			 client->user, "privilege", (int)client->privilege, "idle_s",
			 (json_int_t)(idle_ms / 1000), "configuring", (int)client->configuring,
			 "self", (int)(client == call->client));
}

json_t *api_access_users(struct api_call *call)
{
	const struct api_client *client = NULL;
	json_t *list = json_array();

	while ((client = api_server_next(call->control->api, client)) != NULL)
		json_array_append_new(list, user_row(client, call));
	return json_pack("{s:o}", "users", list);
}
