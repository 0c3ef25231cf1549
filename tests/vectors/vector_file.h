/* SPDX-License-Identifier: BSD-3-Clause */
/* Test vectors as text: a case a line, fields between blanks, "#" begins a comment, "-" is
 * empty. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
	VECTOR_FIELDS_MAX = 8,
	VECTOR_BYTES_MAX = 2048
};

struct vector_bytes {
	uint8_t b[VECTOR_BYTES_MAX];
	size_t len;
};

/* Calls row for each case of folder/name. The number of cases; 0 when there is no such file. */
size_t vector_file_each(const char *folder, const char *name,
			void (*row)(char *const *fields, size_t n));

/* A field of hexadecimal digits; fails the running test when it is none. */
struct vector_bytes vector_file_hex(const char *field);
