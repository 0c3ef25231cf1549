/* SPDX-License-Identifier: BSD-3-Clause */
/* Diagnoses as the API gives them (lib/rpc/rpc_schema.def): one as JSON, and the event of one. */
#pragma once

#include "controlplane/control.h"

#include <jansson.h>

/* With what was seen and what would decide when detail. since_ms 0: not said. */
json_t *api_diagnose_json(const struct control *c, const struct diagnosis *d, uint64_t since_ms,
			  bool detail);
/* The roots of a list, each with those under it. */
json_t *api_diagnose_list(const struct control *c, const struct diagnose_found *rows, size_t n,
			  bool detail);
/* diagnose.event for whoever asked for it; was: NONE, or what it was until now. */
void api_diagnose_event(struct control *c, const char *state, const struct diagnosis *d,
			enum diagnose_code was);
