/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One line of log to standard error, "LEVEL program: text". No file, no syslog: whoever starts the
 * program decides where its standard error goes. Never on the packet path, never with key material.
 * Peer-supplied bytes pass through log_escape() first.
 */
#pragma once

#include "lib/base/compat.h"

#include <stddef.h>

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_NOTICE,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
};

/* Names the program and the most talkative level that is printed. Call once, before threads. */
void log_init(const char *program, enum log_level most);

void log_write(enum log_level level, const char *fmt, ...) printf_like(2, 3);

#define log_error(...)	 log_write(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_write(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...)	 log_write(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...)	 log_write(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)	 log_write(LOG_LEVEL_DEBUG, __VA_ARGS__)

/* Copies len bytes into out as printable ASCII, everything else as \\xNN; always terminated. */
char *log_escape(char *out, size_t out_size, const void *data, size_t len);
