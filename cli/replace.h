/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The commands about configurations as a whole: `configure replace`, `copy`, `erase`, `clear
 * configure`, changes that somebody has to confirm. What ends is told before it does.
 */
#pragma once

#include "cli/exec.h"

int replace_configure(struct shell *shell, const struct exec_match *match);
int replace_clear(struct shell *shell, const struct exec_match *match);
int replace_copy_to_running(struct shell *shell, const struct exec_match *match);
int replace_copy_to_startup(struct shell *shell, const struct exec_match *match);
int replace_copy_running(struct shell *shell, const struct exec_match *match);
int replace_copy_startup(struct shell *shell, const struct exec_match *match);
int replace_copy_startup_to_running(struct shell *shell, const struct exec_match *match);
int replace_erase(struct shell *shell, const struct exec_match *match);
int replace_configure_timer(struct shell *shell, const struct exec_match *match);
