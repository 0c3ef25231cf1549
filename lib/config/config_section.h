/* SPDX-License-Identifier: BSD-3-Clause */
/* A part of a configuration as text: `show running-config WORDS`, and all but a part. */
#pragma once

#include <stddef.h>

/*
 * Shortens the text to the lines that begin with these words, each perhaps abbreviated and perhaps
 * behind `no`, and the lines indented below them.
 */
void config_section_keep(char *text, const char *words);
/*
 * Shortens it to all other lines; here no word is abbreviated, and "" is every line. Returns how
 * many lines went, without `end` and remarks.
 */
size_t config_section_drop(char *text, const char *words);
