/* SPDX-License-Identifier: BSD-3-Clause */
/* One request of an API client while a handler answers it. */
#pragma once

#include "controlplane/control.h"

#include <jansson.h>

#include <stdbool.h>

struct api_client;

struct api_call {
	struct control *control;
	struct api_client *client;
	const json_t *id;
	const json_t *params; /* an object, or NULL */
	bool deferred;	      /* the handler answers later with api_server_reply() */
	int code;	      /* of a failure, 0 = none */
	char message[256];
};

/*
 * A handler returns the result (a new reference), or NULL after api_call_fail() or with deferred
 * set; NULL alone means that memory was short.
 */
typedef json_t *(*api_call_fn)(struct api_call *call);

/* Notes the failure; returns NULL for the handler to return. */
json_t *api_call_fail(struct api_call *call, int code, const char *fmt, ...) printf_like(3, 4);
/* A text parameter, NULL when it is absent or no text. */
const char *api_call_text(const struct api_call *call, const char *name);
/* The name of the interface that parameter "interface" means, by it or by its nameif; or NULL. */
const char *api_call_interface(const struct api_call *call);
/* An address parameter: 1 and *out, 0 when absent, -1 after api_call_fail(). */
int must_check api_call_addr(struct api_call *call, const char *name, struct addr *out);
/* An address as JSON text. */
json_t *api_call_json_addr(const struct addr *a);
/* Adds "nameif" when this interface has a name of ASA and PIX. */
void api_call_add_nameif(const struct api_call *call, json_t *row, const char *interface);
