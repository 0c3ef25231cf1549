/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The shell on a terminal: libcli edits the line and keeps the history and the prompt; what a line
 * means, completion and `?` are the shell's.
 *
 * libcli matches lines against a command tree of its own, which can neither ask the configuration
 * grammar nor say what IOS says. Its cli_loop() calls two functions of its public library interface
 * for that, cli_run_command() and cli_get_completions(). cli.c defines both, and a definition in
 * the program comes before the one in the shared library: libcli must be linked as a shared one.
 */
#pragma once

#include "cli/shell.h"

struct cli_def;
struct cli_comphelp;

/*
 * Runs the shell on the terminal of descriptor tty until `exit`, Ctrl-D, SIGTERM or SIGHUP, and
 * leaves the terminal as it was. 0, or -errno when the terminal cannot be used.
 */
int must_check cli_interact(struct shell *shell, int tty);

/* Called by libcli's loop: one line, and Tab or '?' behind one. */
int cli_run_command(struct cli_def *cli, const char *command);
void cli_get_completions(struct cli_def *cli, const char *command, char lastchar,
			 struct cli_comphelp *comphelp);
