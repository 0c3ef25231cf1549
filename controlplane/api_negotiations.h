/* SPDX-License-Identifier: BSD-3-Clause */
/* The negotiations with a peer that are remembered, as JSON (NEGOTIATION of rpc_schema.def). */
#pragma once

#include "controlplane/control.h"

#include <jansson.h>

/* One of them. */
json_t *api_negotiations_one(const struct control *c, const struct ike_record *r);
/* Newest first. */
json_t *api_negotiations(const struct control *c, const struct evidence_place *p);
