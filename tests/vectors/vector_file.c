/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/vectors/vector_file.h"

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t split(char *line, char **fields)
{
	size_t n = 0;

	line[strcspn(line, "#\n")] = '\0';
	for (char *save, *word = strtok_r(line, " \t", &save); word && n < VECTOR_FIELDS_MAX;
	     word = strtok_r(NULL, " \t", &save))
		fields[n++] = word;
	return n;
}

size_t vector_file_each(const char *folder, const char *name,
			void (*row)(char *const *fields, size_t n))
{
	char path[4096];
	char *fields[VECTOR_FIELDS_MAX];
	char *line = NULL;
	size_t size = 0;
	size_t cases = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "r");
	while (file && getline(&line, &size, file) > 0) {
		size_t n = split(line, fields);

		if (n == 0)
			continue;
		row(fields, n);
		cases++;
	}
	free(line);
	if (file)
		fclose(file);
	return cases;
}

struct vector_bytes vector_file_hex(const char *field)
{
	struct vector_bytes v = {0};

	if (strcmp(field, "-") == 0)
		return v;
	for (; field[0]; field += 2) {
		unsigned byte;
		int used = 0;

		assert_int_equal(sscanf(field, "%2x%n", &byte, &used), 1);
		assert_int_equal(used, 2);
		assert_true(v.len < VECTOR_BYTES_MAX);
		v.b[v.len++] = (uint8_t)byte;
	}
	return v;
}
