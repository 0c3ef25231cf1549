/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_methods.h"
#include "controlplane/api_server.h"
#include "lib/rpc/rpc.h"

json_t *api_terminal_set(struct api_call *call)
{
	const char *name = api_call_text(call, "dialect");
	enum dialect dialect = name ? dialect_find(name) : call->client->dialect;

	if (dialect == DIALECT_COUNT)
		return api_call_fail(call, RPC_INVALID_PARAMS, "a dialect is ios, asa or pix");
	call->client->dialect = call->client->cursor.dialect = dialect;
	return json_pack("{s:s}", "dialect", dialect_name(dialect));
}

json_t *api_terminal_hostname(struct api_call *call)
{
	const struct config *config = &call->control->config;

	return json_pack("{s:s,s:s,s:i,s:i,s:I,s:I}", "hostname", config->hostname, "dialect",
			 dialect_name(call->client->dialect), "privilege",
			 (int)call->client->privilege, "granted", (int)call->client->granted,
			 "vty_timeout_s", (json_int_t)config->exec_timeout[CONFIG_TERMINAL_VTY],
			 "console_timeout_s",
			 (json_int_t)config->exec_timeout[CONFIG_TERMINAL_CONSOLE]);
}
