/* SPDX-License-Identifier: BSD-3-Clause */
/* The words behind the name of a capture as parameters of capture.set. */
#pragma once

#include "cli/exec.h"

/* Each adds to params. 0, or 1 after the fault was printed. */
int must_check capture_words_ios(struct shell *shell, const struct exec_match *match,
				 const struct word *text, json_t *params);
int must_check capture_words_asa(struct shell *shell, const struct exec_match *match,
				 const struct word *text, json_t *params);
