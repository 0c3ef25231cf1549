/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes on the management socket. What must hold: how the bytes are cut into reads changes
 * nothing, nothing is kept that was not sent, and a message that came out goes through a frame.
 */
#include "lib/rpc/rpc.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	FRAME_MAX = 4096
};

static void require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

static void check_frame(const json_t *message)
{
	struct rpc_reader r;
	json_t *again = NULL;
	size_t len = 0;
	uint8_t *frame = rpc_frame(message, &len);

	require(frame != NULL, "a message has no frame");
	rpc_reader_init(&r, RPC_FRAME_MAX);
	require(rpc_reader_feed(&r, frame, len) == 0, "no memory");
	require(rpc_reader_next(&r, &again) == 1, "a frame does not come back");
	require(json_equal(message, again), "a frame comes back different");
	json_decref(again);
	rpc_reader_fini(&r);
	free(frame);
}

/* Counts the messages until the bytes end or are refused; *rc is the last result. */
static size_t read_all(const uint8_t *data, size_t size, size_t piece, int *rc)
{
	struct rpc_reader r;
	json_t *message;
	size_t n = 0;

	*rc = 0;
	rpc_reader_init(&r, FRAME_MAX);
	for (size_t at = 0; at < size && *rc >= 0; at += piece) {
		size_t len = piece < size - at ? piece : size - at;

		require(rpc_reader_feed(&r, data + at, len) == 0, "no memory");
		while ((*rc = rpc_reader_next(&r, &message)) > 0) {
			check_frame(message);
			json_decref(message);
			n++;
		}
		require(r.size <= 2 * size + FRAME_MAX, "more memory than was sent");
	}
	rpc_reader_fini(&r);
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int whole_rc, pieces_rc;
	size_t whole = read_all(data, size, size + 1, &whole_rc);
	size_t pieces = read_all(data, size, size % 7 + 1, &pieces_rc);

	require(whole == pieces && whole_rc == pieces_rc, "the cut of the reads matters");
	return 0;
}
