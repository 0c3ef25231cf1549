/* SPDX-License-Identifier: BSD-3-Clause */
/* The commands that the shell carries out itself: modes, leaving, help. Rows of exec_table.c. */
#pragma once

#include "cli/exec.h"

int local_clear_session(struct shell *shell, const struct exec_match *match);
int local_clear_ah(struct shell *shell, const struct exec_match *match);
int local_clear_state(struct shell *shell, const struct exec_match *match);
int local_configure(struct shell *shell, const struct exec_match *match);
int local_do(struct shell *shell, const struct exec_match *match);
int local_end(struct shell *shell, const struct exec_match *match);
int local_exit(struct shell *shell, const struct exec_match *match);
int local_help(struct shell *shell, const struct exec_match *match);
int local_terminal_dialect(struct shell *shell, const struct exec_match *match);
int local_terminal_length(struct shell *shell, const struct exec_match *match);
int local_terminal_width(struct shell *shell, const struct exec_match *match);
int local_write_standby(struct shell *shell, const struct exec_match *match);
