/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/access.h"

#include "cli/report.h"
#include "cli/shell.h"

#include <stdlib.h>
#include <string.h>

enum {
	TRIES = 3,
	PASSWORD_ROOM = 128, /* longer ones are refused by the server as well */
};

static unsigned level_of(const struct exec_match *match, unsigned otherwise)
{
	return match->n_values ? (unsigned)atoi(match->values[0].at) : otherwise;
}

static int take(struct shell *shell, json_t *result)
{
	shell->privileged = render_number_of(result, "privilege") > RPC_PRIVILEGE_USER;
	json_decref(result);
	return 0;
}

static json_t *try_enable(struct shell *shell, unsigned level, const char *password)
{
	json_t *params = json_pack("{s:i,s:s*}", "level", (int)level, "password", password);

	return session_call(shell->session, RPC_ACCESS_ENABLE, params);
}

static const char *bad_secrets(const struct shell *shell)
{
	return shell->dialect == DIALECT_IOS ? "%% Bad secrets" : "Access denied.";
}

/* Up to three times, as IOS. */
static int enable_with_password(struct shell *shell, unsigned level)
{
	char password[PASSWORD_ROOM];
	json_t *result = NULL;

	for (int i = 0; i < TRIES && !result; i++) {
		if (!shell->ask_secret(shell->terminal, "Password: ", password, sizeof(password)))
			return 1;
		result = try_enable(shell, level, password);
		explicit_bzero(password, sizeof(password));
		if (!result && shell->session->code != RPC_DENIED)
			break;
	}
	if (result)
		return take(shell, result);
	if (shell->session->code == RPC_DENIED)
		report_text(shell, bad_secrets(shell));
	else
		report_text(shell, "%% %s", shell->session->error);
	return 1;
}

int access_enable(struct shell *shell, const struct exec_match *match)
{
	unsigned level = level_of(match, RPC_PRIVILEGE_ALL);
	json_t *result = try_enable(shell, level, NULL);

	if (result)
		return take(shell, result);
	if (shell->session->code == RPC_PASSWORD && shell->ask_secret)
		return enable_with_password(shell, level);
	report_text(shell, "%% %s", shell->session->error);
	return 1;
}

int access_disable(struct shell *shell, const struct exec_match *match)
{
	json_t *result =
		shell_call(shell, RPC_ACCESS_DISABLE,
			   json_pack("{s:i}", "level", (int)level_of(match, RPC_PRIVILEGE_USER)));

	return result ? take(shell, result) : 1;
}

int access_login(struct shell *shell, const struct exec_match *match)
{
	char user[PASSWORD_ROOM], password[PASSWORD_ROOM];
	json_t *result;

	(void)match;
	if (!shell->ask || !shell->ask_secret) {
		report_text(shell, "%% A user and a password are asked for on a terminal only");
		return 1;
	}
	if (!shell->ask(shell->terminal, "Username: ", user, sizeof(user)) ||
	    !shell->ask_secret(shell->terminal, "Password: ", password, sizeof(password)))
		return 1;
	result = shell_call(shell, RPC_ACCESS_LOGIN,
			    json_pack("{s:s,s:s}", "user", user, "password", password));
	explicit_bzero(password, sizeof(password));
	return result ? take(shell, result) : 1;
}
