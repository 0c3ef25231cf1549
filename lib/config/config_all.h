/* SPDX-License-Identifier: BSD-3-Clause */
/* `show running-config all`: with the lines that say what is so by itself. */
#pragma once

#include "lib/base/dialect.h"

/*
 * The printed configuration with the defaults of its dialect that it leaves out (R005); malloc'ed,
 * NULL without memory.
 */
char *config_all_text(const char *text, enum dialect dialect);
