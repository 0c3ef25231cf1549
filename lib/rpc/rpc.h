/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames of the management API: JSON-RPC 2.0 over a stream socket, each message preceded by its
 * length as four bytes, big-endian. The reader is fed whatever read() gave and hands out whole
 * messages; a length of zero or beyond RPC_FRAME_MAX, or text that is not JSON, ends the connection
 * (V13, H195). Knows nothing of methods: those are rows of rpc_schema.h.
 */
#pragma once

#include "lib/base/compat.h"

#include <jansson.h>

#include <stddef.h>
#include <stdint.h>

enum {
	RPC_FRAME_MAX = 16 << 20,  /* a reply, as a client accepts it */
	RPC_REQUEST_MAX = 4 << 20, /* a request, as the server accepts it */
	/* JSON-RPC 2.0 section 5.1, and ours below -32000 */
	RPC_PARSE_ERROR = -32700,
	RPC_INVALID_REQUEST = -32600,
	RPC_NO_METHOD = -32601,
	RPC_INVALID_PARAMS = -32602,
	RPC_DENIED = -32001,   /* the privilege of the connection is too low */
	RPC_PASSWORD = -32002, /* access.enable wants one */
	RPC_FAILED = -32000,   /* the command was understood and refused: message says why */
};

struct rpc_reader {
	uint8_t *data;	/* owned; grows with what arrived, not by a length that was announced */
	size_t start;	/* bytes already handed out */
	size_t len;	/* bytes held, the handed out ones included */
	size_t size;	/* bytes allocated */
	size_t max;	/* largest frame accepted */
	uint64_t calls; /* made by rpc_call() through this reader: the last id */
};

/*
 * Before the first message of a process: the memory of JSON texts is wiped when it is freed, for
 * some are keys and passwords. The buffers of frames always are.
 */
void rpc_wipe_texts(void);

void rpc_reader_init(struct rpc_reader *r, size_t max);
void rpc_reader_fini(struct rpc_reader *r);
/* Adds n bytes. 0 or -ENOMEM. */
int must_check rpc_reader_feed(struct rpc_reader *r, const void *data, size_t n);
/* 1 and a message (caller: json_decref), 0: none is whole yet, -EPROTO: close the connection. */
int must_check rpc_reader_next(struct rpc_reader *r, json_t **message);

/*
 * The frame of a message, malloc'ed, *len bytes, to be wiped when it was sent; NULL without memory
 * or beyond RPC_FRAME_MAX. Does not take the reference.
 */
uint8_t *rpc_frame(const json_t *message, size_t *len);

/*
 * Messages; params and result are stolen (may be NULL). NULL without memory. An error says its name
 * and a remedy in "data", after its code.
 */
json_t *rpc_request(uint64_t id, const char *method, json_t *params);
json_t *rpc_result(const json_t *id, json_t *result);
json_t *rpc_error(const json_t *id, int code, const char *message);
json_t *rpc_notification(const char *method, json_t *params);

/*
 * A blocking client call on a connected socket, for the shell: sends, then reads until the reply
 * with this id comes; notifications on the way go to notify (may be NULL). 0 and *result or *error
 * (caller: json_decref), or -errno when the connection failed.
 */
typedef void (*rpc_notify_fn)(void *ctx, const char *method, const json_t *params);
int must_check rpc_call(int fd, struct rpc_reader *r, const char *method, json_t *params,
			rpc_notify_fn notify, void *ctx, json_t **result, json_t **error);

/*
 * Reads once from the socket and gives every whole notification to notify; anything else is thrown
 * away. Blocks when there is nothing to read: poll first. 0, -ECONNRESET at the end, or -errno.
 */
int must_check rpc_receive(int fd, struct rpc_reader *r, rpc_notify_fn notify, void *ctx);
