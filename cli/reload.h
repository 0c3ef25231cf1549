/* SPDX-License-Identifier: BSD-3-Clause */
/* `reload`: another control plane takes over, and the connection of the shell is opened again. */
#pragma once

#include "cli/exec.h"

int reload_now(struct shell *shell, const struct exec_match *match);
int reload_in(struct shell *shell, const struct exec_match *match);
