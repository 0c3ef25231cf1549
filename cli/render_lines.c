/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render_lines.h"

#include <stdbool.h>
#include <string.h>

static void print_hex(FILE *out, const char *how, unsigned value)
{
	if (strncmp(how, "08X", 3) == 0)
		fprintf(out, "%08X", value);
	else if (*how == 'X')
		fprintf(out, "%X", value);
	else
		fprintf(out, "%x", value);
}

static void print_choice(FILE *out, const char *words, size_t len, bool first)
{
	size_t colon = strcspn(words, ":");

	if (first)
		fwrite(words, 1, colon, out);
	else
		fwrite(words + colon + 1, 1, len - colon - 1, out);
}

/* What stands between '<' and '>'. */
static void print_value(FILE *out, const char *text, size_t len, const json_t *object)
{
	const bool is_text = *text == '$';
	size_t name_len = strcspn(text, "%-?>");
	const json_t *value = json_object_getn(object, text + is_text, name_len - is_text);
	const char *rest = text + name_len + 1;
	long long number = json_integer_value(value);

	switch (text[name_len]) {
	case '%': print_hex(out, rest, (unsigned)number); break;
	case '?': print_choice(out, rest, len - name_len - 1, json_is_true(value)); break;
	case '-':
		number -= json_integer_value(json_object_getn(object, rest, len - name_len - 1));
		fprintf(out, "%lld", number);
		break;
	default:
		if (!is_text)
			fprintf(out, "%lld", number);
		else if (value)
			fputs(json_string_value(value), out);
	}
}

static void print_line(FILE *out, const char *text, const json_t *object)
{
	while (*text) {
		size_t plain = strcspn(text, "<"), len;

		fwrite(text, 1, plain, out);
		text += plain;
		if (!*text)
			break;
		len = strcspn(++text, ">");
		print_value(out, text, len, object);
		text += len + 1;
	}
	fputc('\n', out);
}

void render_lines_print(FILE *out, const struct render_line *lines, size_t n, enum dialect dialect,
			const json_t *object)
{
	for (size_t i = 0; i < n; i++) {
		const json_t *needed =
			lines[i].when ? json_object_get(object, lines[i].when) : NULL;

		if (lines[i].text[dialect] && (!lines[i].when || json_string_length(needed)))
			print_line(out, lines[i].text[dialect], object);
	}
}
