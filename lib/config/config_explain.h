/* SPDX-License-Identifier: BSD-3-Clause */
/* What is said of a line that no row takes, and of one that means nothing here. */
#pragma once

#include "lib/config/config_line.h"
#include "lib/config/config_match.h"
#include "lib/config/config_words.h"

/* Adds the error of a failed match: at its column, with what would be right there. */
void config_explain_match(struct fault_list *faults, const struct config_match *match,
			  const struct config_words *words, enum config_mode mode);
/* Adds the note of a line that is accepted without effect; keys in it are not repeated. */
void config_explain_out(struct config_line *line);
