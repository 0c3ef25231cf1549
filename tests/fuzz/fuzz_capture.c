/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bytes as a capture file: read to its end, with keys, and judged from both ends of each pair.
 * What is said has no {field} left and is no longer than its place.
 */
#include "controlplane/diagnose/capture_file.h"
#include "controlplane/diagnose/capture_judge.h"
#include "controlplane/diagnose/capture_open.h"
#include "controlplane/diagnose/capture_proof.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void judge(const struct capture *c, const struct capture_pair *pair, enum capture_side side)
{
	struct diagnose_list found = {.n = 0};
	char text[DIAGNOSE_TEXT];

	capture_judge(c, pair, side, &found);
	for (size_t i = 0; i < found.n; i++) {
		const struct diagnosis *d = &found.items[i];

		diagnose_sentence(d, text, sizeof(text));
		if (strchr(text, '{') || memchr(d->saw, '\0', sizeof(d->saw)) == NULL)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct capture c;
	static const char key[] = "cisco";
	struct capture_frame frame;
	struct capture_file f;
	struct capture_keys keys;
	struct secret psk;

	keys.n = 0;
	if (!capture_open_add_key(&keys, "c3823a0eae16052a,853EEB8979F6E978758561335D37EE85"))
		abort();
	if (capture_file_open(&f, data, size))
		return 0;
	memset(&c, 0, sizeof(c));
	c.keys = &keys;
	while (capture_file_next(&f, &frame))
		capture_add(&c, &frame);
	secret_set(&psk, key, sizeof(key) - 1);
	capture_proof_try(&c, &psk);
	secret_wipe(&psk);
	for (size_t i = 0; i < c.n_pairs; i++)
		for (enum capture_side side = CAPTURE_BEGAN; side < CAPTURE_SIDES; side++)
			judge(&c, &c.pairs[i], side);
	return 0;
}
