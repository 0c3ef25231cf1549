/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The commands of certificates that need more than one line, or a file of the operator: what is
 * pasted after `crypto pki authenticate` and `import` is collected until `quit`, then sent whole.
 */
#pragma once

#include "cli/exec.h"

#include <stdbool.h>

int pki_authenticate(struct shell *shell, const struct exec_match *match);
int pki_import(struct shell *shell, const struct exec_match *match);
int pki_import_pkcs12(struct shell *shell, const struct exec_match *match);

/* A line while something is collected; 0 or 1 as shell_line(). */
int pki_collect(struct shell *shell, const char *line);
bool pki_is_collecting(const struct shell *shell);
void pki_forget(struct shell *shell);
