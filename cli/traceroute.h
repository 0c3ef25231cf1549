/* SPDX-License-Identifier: BSD-3-Clause */
/* `traceroute` as IOS has it: UDP to unlikely ports with a growing TTL. */
#pragma once

#include "cli/exec.h"

int traceroute_line(struct shell *shell, const struct exec_match *match);
int traceroute_dialogue(struct shell *shell, const struct exec_match *match);
