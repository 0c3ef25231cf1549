/* SPDX-License-Identifier: BSD-3-Clause */
/* Who did what over the API, as lines of the event log, without the secrets in it. */
#pragma once

#include "controlplane/api_call.h"
#include "lib/rpc/rpc_schema.h"

enum {
	API_LOG_TEXT = 160
};

/* A call as a command, "clear sa peer 192.0.2.1", in text; returns it. */
const char *api_log_call(enum rpc_method method, const json_t *params,
			 char text[static API_LOG_TEXT]);
/* The client has typed this line of the configuration, without its secrets. */
void api_log_command(const struct api_call *call, const char *command);
/* It has left the configuration, which it may have changed. */
void api_log_configured(const struct api_call *call);
/*
 * It has carried out this call, if that is worth a line: one that changes something, and where the
 * configuration is that of an ASA or a PIX, which tell of those as well, one that only looks.
 */
void api_log_done(const struct api_call *call, enum rpc_method method);
