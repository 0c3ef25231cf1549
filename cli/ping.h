/* SPDX-License-Identifier: BSD-3-Clause */
/* `ping` as IOS and ASA have it (show-formats 10): on one line, or by questions. */
#pragma once

#include "cli/exec.h"

int ping_line(struct shell *shell, const struct exec_match *match);
size_t ping_choices(const char *text, struct config_choice *rows, size_t max);
int ping_dialogue(struct shell *shell, const struct exec_match *match);
