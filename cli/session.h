/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The connection of a shell to the management API of one culvert: RUN_DIR/api.sock. Every failure
 * becomes one sentence that says what to do.
 */
#pragma once

#include "lib/base/dialect.h"
#include "lib/rpc/rpc.h"
#include "lib/rpc/rpc_schema.h"

#include <stddef.h>

struct session {
	int fd; /* -1: closed */
	char run_dir[256];
	enum dialect dialect; /* asked for; DIALECT_COUNT: the default of the configuration */
	struct rpc_reader reader;
	rpc_notify_fn notify; /* for lines that come by themselves */
	void *notify_ctx;
	rpc_notify_fn key; /* for key.line; NULL: they are thrown away */
	void *key_ctx;
	int code;	  /* of the last failure, when it was the server's: RPC_*; else 0 */
	char error[1024]; /* the sentence of the last failure */
};

/* 0, or -errno and the sentence in error. */
int must_check session_open(struct session *s, const char *run_dir);
void session_close(struct session *s);

/*
 * Calls and waits. params is stolen. The result (caller: json_decref), or NULL and the sentence in
 * error; the connection is closed when it is the connection that failed, and the next call opens it
 * again: the control plane may have been restarted.
 */
json_t *must_check session_call(struct session *s, enum rpc_method method, json_t *params);

/* A connection that is opened again asks for this dialect. */
void session_remember(struct session *s, enum dialect dialect);

/*
 * Waits at most timeout_ms (-1: for ever) for lines and gives them to notify. 0, or -errno when the
 * connection is lost.
 */
int must_check session_poll(struct session *s, int timeout_ms);
