/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The management API: JSON-RPC 2.0 on a unix socket in the run directory. Clients are root or the
 * user or group this process runs as, said by the kernel. Requests of a client are answered in
 * order; a client that does not read what it asked for is closed. What it asks for beyond its
 * privilege is refused, and what changes something is logged. Knows no method: those are
 * api_methods.h.
 */
#pragma once

#include "controlplane/access.h"
#include "controlplane/control.h"
#include "controlplane/debug_filter.h"
#include "lib/config/config_grammar.h"

#include <jansson.h>

#include <stdint.h>

enum {
	API_SERVER_CLIENTS = 64,
	API_SERVER_QUEUE_BYTES = 4 << 20, /* unread by a client; one more reply may come on top */
};

/* No user id. */
#define API_SERVER_NOBODY UINT32_MAX

struct api_server;

struct api_client {
	uint64_t id; /* never used twice: deferred replies find out that their client is gone */
	enum dialect dialect; /* of its configuration lines and of what it is told */
	struct config_cursor cursor;
	bool configuring;
	bool overtaken; /* somebody else has changed the configuration since its last line */
	uint32_t overtaken_by;
	struct fault_list known;   /* what was wrong at config.enter, or said since */
	bool monitor;		   /* wants event lines too: `terminal monitor` */
	bool diagnoses;		   /* wants diagnose.event */
	bool keys;		   /* wants key.line: key_log_watch() alone writes it */
	struct debug_filter debug; /* the lines it listens to */
	uint32_t uid;
	char user[ACCESS_NAME]; /* its name, or of whom it logged in as */
	unsigned granted;	/* without a password */
	unsigned privilege;	/* now */
	uint64_t asked_ms;	/* its last request */
};

/* Serves on RUN_DIR/api.sock. NULL with a logged sentence. */
struct api_server *api_server_create(struct control *c, const char *run_dir);
/* A server without socket, for connected descriptors given to api_server_adopt(). */
struct api_server *api_server_create_unbound(struct control *c);
/* Serves a connected socket (owned from now on). 0 or -errno: -EPERM for the wrong user. */
int must_check api_server_adopt(struct api_server *s, int fd);
/* Closes clients and socket; the memory goes when the loop has run once more. */
void api_server_destroy(struct api_server *s);

/* The answer to a deferred call; result or error are stolen (one is NULL). */
void api_server_reply(struct api_server *s, uint64_t client_id, json_t *reply);
/* A client has changed the configuration, or NULL: the others that are at it will be told. */
void api_server_changed(struct api_server *s, const struct api_client *by);
/* diagnose.event with these parameters (borrowed), to the clients that want it. */
void api_server_diagnosed(struct api_server *s, json_t *params);
/* A client that is still there, else NULL. */
struct api_client *api_server_client(struct api_server *s, uint64_t client_id);
/* The client after this one, the first for NULL; NULL behind the last. */
const struct api_client *api_server_next(struct api_server *s, const struct api_client *client);
/* The topics somebody listens to; tells the engine and the log about a change. */
void api_server_update_topics(struct api_server *s);
unsigned api_server_topics(const struct api_server *s);
/* The level of a topic: of this listener, or NULL for the highest of all. */
unsigned api_server_debug_level(const struct api_server *s, const struct debug_filter *filter,
				unsigned topic);
