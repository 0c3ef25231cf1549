/* SPDX-License-Identifier: BSD-3-Clause */
/* `traceroute` as IOS has it: UDP to unlikely ports with a growing TTL. */
#pragma once

#include "cli/exec.h"

int traceroute_line(struct shell *shell, const struct exec_match *match);
size_t traceroute_choices(const char *text, struct config_choice *rows, size_t max);
int traceroute_dialogue(struct shell *shell, const struct exec_match *match);
