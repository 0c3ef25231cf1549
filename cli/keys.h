/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a terminal sends for its keys, as libcli understands them: one control character a key.
 * Ctrl-C becomes "end of line, clear, return", which drops the line and shows the prompt again.
 */
#pragma once

#include <stddef.h>

struct keys {
	enum {
		KEYS_TEXT,
		KEYS_ESCAPE,
		KEYS_SEQUENCE
	} state;
	unsigned number; /* of a sequence such as ESC [ 3 ~ */
};

/* Most bytes that one byte may become. */
enum {
	KEYS_GROWTH = 3
};

/* Translates n bytes into out, which has room for n * KEYS_GROWTH; returns how many it wrote. */
size_t keys_translate(struct keys *keys, const char *in, size_t n, char *out);
