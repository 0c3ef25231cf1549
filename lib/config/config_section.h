/* SPDX-License-Identifier: BSD-3-Clause */
/* A part of a configuration as text: `show running-config WORDS`. */
#pragma once

/*
 * Shortens the text to the lines that begin with these words, each perhaps abbreviated and perhaps
 * behind `no`, and the lines indented below them.
 */
void config_section_keep(char *text, const char *words);
