/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `monitor crypto keys FILE`: keys of SAs as two tables of Wireshark, FILE.ikev1_decryption_table
 * and FILE.esp_sa, written by the shell with the rights of its user while the connection lasts.
 */
#pragma once

#include "cli/exec.h"

/* At a terminal it goes on beside the prompt; else until it is ended. */
int keylog_begin(struct shell *shell, const struct exec_match *match);
int keylog_end(struct shell *shell, const struct exec_match *match);
/* The connection is gone: the files are closed. */
void keylog_close(struct shell *shell);
