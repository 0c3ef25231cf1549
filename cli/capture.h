/* SPDX-License-Identifier: BSD-3-Clause */
/* `monitor capture`, and `capture` of an ASA: what lines say, and packets into a file. */
#pragma once

#include "cli/exec.h"

/* monitor capture WORD LINE: what it wants; LINE behind `export`: its packets into that file. */
int capture_line(struct shell *shell, const struct exec_match *match);
int capture_export(struct shell *shell, const struct exec_match *match);
/* capture WORD LINE of an ASA, which begins at once; copy capture:WORD FILE. */
int capture_asa_line(struct shell *shell, const struct exec_match *match);
int capture_copy(struct shell *shell, const struct exec_match *match);
