/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/local.h"

#include "cli/report.h"
#include "cli/shell.h"

#include <stdlib.h>
#include <string.h>

static int call_all(struct shell *shell, enum rpc_method method)
{
	json_t *result = shell_call(shell, method, NULL);

	json_decref(result);
	return result ? 0 : 1;
}

static int clear(struct shell *shell, enum rpc_method method, const struct exec_match *match,
		 render_fn render)
{
	json_t *result = shell_call(shell, method, exec_params(match));

	if (result)
		render(shell->out, NULL, result);
	json_decref(result);
	return result ? 0 : 1;
}

int local_clear_session(struct shell *shell, const struct exec_match *match)
{
	return clear(shell, RPC_CLEAR_SA, match, render_cleared_pairs) ||
	       clear(shell, RPC_CLEAR_ISAKMP, match, render_cleared);
}

int local_clear_ah(struct shell *shell, const struct exec_match *)
{
	fputs("0 SAs removed: there is no AH here, only ESP\n", shell->out);
	return 0;
}

int local_clear_state(struct shell *shell, const struct exec_match *)
{
	fputs("INFO: no addresses are translated and no connections are kept here: there is "
	      "nothing to clear\n",
	      shell->out);
	return 0;
}

int local_write_standby(struct shell *shell, const struct exec_match *)
{
	fputs("INFO: there is no failover here, so no standby unit: `write memory` saves the "
	      "configuration\n",
	      shell->out);
	return 0;
}

int local_configure(struct shell *shell, const struct exec_match *)
{
	if (call_all(shell, RPC_CONFIG_ENTER))
		return 1;
	shell->configuring = true;
	shell->cursor.mode = CONFIG_MODE_GLOBAL;
	if (shell->prompted)
		fputs("Enter configuration commands, one per line.  End with CNTL/Z.\n",
		      shell->out);
	return 0;
}

int local_do(struct shell *shell, const struct exec_match *match)
{
	unsigned prompt = (shell_at(shell) & EXEC_DIALECTS) | EXEC_ENABLED;

	return shell_exec(shell, prompt, match->line, (size_t)(match->values[0].at - match->line));
}

int local_end(struct shell *shell, const struct exec_match *)
{
	json_t *result = shell_call(shell, RPC_CONFIG_LEAVE, NULL);

	shell->configuring = false;
	report_faults(shell, "", json_object_get(result, "faults"));
	json_decref(result);
	return result ? 0 : 1;
}

int local_exit(struct shell *shell, const struct exec_match *match)
{
	if (!shell->configuring) {
		shell->quit = true;
		return 0;
	}
	if (shell->cursor.mode == CONFIG_MODE_GLOBAL)
		return local_end(shell, match);
	return shell_config(shell, "exit");
}

int local_help(struct shell *shell, const struct exec_match *)
{
	fputs("Help may be requested at any point in a command by entering\n"
	      "a question mark '?'.  If nothing matches, the help list will\n"
	      "be empty and you must backup until entering a '?' shows the\n"
	      "available options.\n"
	      "Two styles of help are provided:\n"
	      "1. Full help is available when you are ready to enter a\n"
	      "   command argument (e.g. 'show ?') and describes each possible\n"
	      "   argument.\n"
	      "2. Partial help is provided when an abbreviated argument is entered\n"
	      "   and you want to know what arguments match the input\n"
	      "   (e.g. 'show pr?'.)\n",
	      shell->out);
	return 0;
}

int local_terminal_length(struct shell *shell, const struct exec_match *match)
{
	shell->screen_rows = atoi(match->values[0].at);
	return 0;
}

/* The word at the end of the row is the dialect. */
int local_terminal_dialect(struct shell *shell, const struct exec_match *match)
{
	const char *name = strrchr(match->row->path, ' ') + 1;
	json_t *result = shell_call(shell, RPC_TERMINAL_SET, json_pack("{s:s}", "dialect", name));

	if (!result)
		return 1;
	shell->dialect = dialect_find(name);
	session_remember(shell->session, shell->dialect);
	json_decref(result);
	return 0;
}

int local_terminal_width(struct shell *shell, const struct exec_match *match)
{
	shell->screen_columns = atoi(match->values[0].at);
	return 0;
}
