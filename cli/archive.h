/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `archive config` and `show archive`: numbered copies of the running configuration in files of the
 * operator, PATH-1, PATH-2, ...
 */
#pragma once

#include "cli/exec.h"

int archive_config(struct shell *shell, const struct exec_match *match);
int archive_show(struct shell *shell, const struct exec_match *match);
