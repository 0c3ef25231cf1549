/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the shell says when something is wrong, in the words of IOS. At a prompt the line still
 * stands on the screen and the caret goes under it; in a script the line is printed again first.
 */
#pragma once

#include "cli/shell.h"

/* A sentence by itself. */
void report_text(const struct shell *shell, const char *fmt, ...) printf_like(2, 3);
/* The line, unless it stands behind a prompt. */
void report_line(const struct shell *shell, const char *line);
/* The line likewise, and a caret under this column. */
void report_at(const struct shell *shell, const char *line, size_t column);
/* Why an exec command was not matched; always 1, the status of a failed line. */
int report_exec(const struct shell *shell, enum exec_result result, const char *line,
		size_t column);
/* The faults of a configuration line, the array of config.line; true when the line was refused. */
bool report_faults(const struct shell *shell, const char *line, const json_t *faults);
