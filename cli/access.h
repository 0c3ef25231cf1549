/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands that change who the shell is for the server: rows of exec_table.c. */
#pragma once

#include "cli/exec.h"

int access_enable(struct shell *shell, const struct exec_match *match);
int access_disable(struct shell *shell, const struct exec_match *match);
int access_login(struct shell *shell, const struct exec_match *match);
