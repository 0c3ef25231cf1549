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
/* The client has carried out this command. */
void api_log_command(const struct api_call *call, const char *command);
