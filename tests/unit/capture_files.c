/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/capture_files.h"

#include "controlplane/diagnose/capture_judge.h"
#include "controlplane/diagnose/capture_proof.h"

/* cmocka.h wants these before itself */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <stdio.h>
#include <string.h>

enum {
	FILE_MAX = 65536
};

struct capture_file capture_files_open(struct capture *c, const char *name)
{
	static uint8_t bytes[FILE_MAX];
	char path[512];
	struct capture_file f;
	FILE *in;
	size_t len;

	snprintf(path, sizeof(path), "%s/%s.pcap", CAPTURES, name);
	in = fopen(path, "re");
	assert_non_null(in);
	len = fread(bytes, 1, sizeof(bytes), in);
	fclose(in);
	assert_int_equal(capture_file_open(&f, bytes, len), 0);
	memset(c, 0, sizeof(*c));
	return f;
}

void capture_files_read(struct capture *c, const char *name, const char *key)
{
	struct capture_file f = capture_files_open(c, name);
	struct capture_frame frame;
	struct secret psk;

	while (capture_file_next(&f, &frame))
		capture_add(c, &frame);
	assert_false(f.broken);
	assert_int_equal(c->n_pairs, 1);
	secret_set(&psk, key, strlen(key));
	capture_proof_try(c, &psk);
	secret_wipe(&psk);
}

struct diagnosis capture_files_judged(struct capture *c, enum capture_side side,
				      enum diagnose_code code)
{
	struct diagnose_list found = {.n = 0};
	char text[DIAGNOSE_TEXT];

	capture_judge(c, &c->pairs[0], side, &found);
	if (code == DIAGNOSE_NONE) {
		assert_int_equal(found.n, 0);
		return (struct diagnosis){0};
	}
	assert_int_equal(found.n, 1);
	assert_string_equal(diagnose_name(found.items[0].code), diagnose_name(code));
	assert_null(strchr(diagnose_sentence(&found.items[0], text, sizeof(text)), '{'));
	assert_null(strchr(diagnose_command(&found.items[0], text, sizeof(text)), '{'));
	return found.items[0];
}
