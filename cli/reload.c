/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/reload.h"

#include "cli/shell.h"

#include <stdlib.h>

enum {
	MINUTE_S = 60
};

static json_t *call(struct shell *shell, int in_s)
{
	return shell_call(shell, RPC_RELOAD, json_pack("{s:i}", "in_s", in_s));
}

int reload_now(struct shell *shell, const struct exec_match *)
{
	char answer[16] = "";
	json_t *result;

	if (shell->ask && (!shell->ask(shell->terminal, "Proceed with reload? [confirm]", answer,
				       sizeof(answer)) ||
			   (*answer && *answer != 'y' && *answer != 'Y')))
		return 1;
	result = call(shell, 0);
	if (!result)
		return 1;
	json_decref(result);
	fputs("The control plane starts anew; traffic goes on\n", shell->out);
	return 0;
}

int reload_in(struct shell *shell, const struct exec_match *match)
{
	json_t *result = call(shell, atoi(match->values[0].at) * MINUTE_S);

	if (result)
		render_reload(shell->out, NULL, result);
	json_decref(result);
	return result ? 0 : 1;
}
