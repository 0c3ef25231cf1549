/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/base/log.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

static const char *const level_names[] = {"error", "warning", "notice", "info", "debug"};

/* Set once by log_init() before any thread exists, read only afterwards. */
static const char *log_program = "culvert";
static enum log_level log_most = LOG_LEVEL_NOTICE;

void log_init(const char *program, enum log_level most)
{
	log_program = program;
	log_most = most;
}

void log_write(enum log_level level, const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	if (level > log_most)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	/* one write a line, so that two processes on one terminal do not interleave */
	fprintf(stderr, "%s: %s: %s\n", log_program, level_names[level], line);
}

char *log_escape(char *out, size_t out_size, const void *data, size_t len)
{
	static const char hex[] = "0123456789abcdef";
	const uint8_t *p = data;
	size_t n = 0;

	for (size_t i = 0; i < len && out_size - n > 4; i++) {
		if (p[i] >= 0x20 && p[i] < 0x7f && p[i] != '\\') {
			out[n++] = (char)p[i];
			continue;
		}
		out[n++] = '\\';
		out[n++] = 'x';
		out[n++] = hex[p[i] >> 4];
		out[n++] = hex[p[i] & 15];
	}
	out[n] = '\0';
	return out;
}
