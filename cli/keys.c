/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/keys.h"

#include "lib/base/compat.h"

#include <string.h>

enum {
	ESC = 0x1b
};

// clang-format off
static const struct {
	char final;       /* last character of the sequence */
	unsigned number;
	const char *keys; /* control characters of libcli */
} sequences[] = {
	{'A', 0, "\x10"}, /* up: previous line */
	{'B', 0, "\x0e"}, /* down: next line */
	{'C', 0, "\x06"}, /* right */
	{'D', 0, "\x02"}, /* left */
	{'H', 0, "\x01"}, /* home */
	{'F', 0, "\x05"}, /* end */
	{'~', 1, "\x01"},
	{'~', 4, "\x05"},
};
// clang-format on

static const char *key_of(char final, unsigned number)
{
	for (size_t i = 0; i < array_len(sequences); i++)
		if (sequences[i].final == final && sequences[i].number == number)
			return sequences[i].keys;
	return "";
}

static const char *step(struct keys *k, char c, char one[static 2])
{
	switch (k->state) {
	case KEYS_ESCAPE:
		k->state = c == '[' || c == 'O' ? KEYS_SEQUENCE : KEYS_TEXT;
		k->number = 0;
		return "";
	case KEYS_SEQUENCE:
		if (c >= '0' && c <= '9') {
			k->number = k->number * 10 + (unsigned)(c - '0');
			return "";
		}
		if (c < '@' || c > '~')
			return "";
		k->state = KEYS_TEXT;
		return key_of(c, k->number);
	default: break;
	}
	if (c == ESC) {
		k->state = KEYS_ESCAPE;
		return "";
	}
	if (c == '\x03')
		return "\x05\x15\r";
	one[0] = c == '\n' ? '\r' : c;
	return one;
}

size_t keys_translate(struct keys *keys, const char *in, size_t n, char *out)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		char one[2] = "";
		const char *text = step(keys, in[i], one);

		memcpy(out + len, text, strlen(text));
		len += strlen(text);
	}
	return len;
}
