/* SPDX-License-Identifier: BSD-3-Clause */
/* The reorder meter of an inbound SA as show.ipsec_sa prints it (lib/rpc/rpc_schema.h). */
#pragma once

#include "controlplane/control.h"

#include <jansson.h>

/* Adds "diagnosis" when there is one, and with detail "reorder", to the object of the SA. */
void api_show_reorder(json_t *sa, const struct control *c, const struct tunnel *t,
		      const struct sa_pair *pair, bool detail);
