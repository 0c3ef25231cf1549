/* SPDX-License-Identifier: BSD-3-Clause */
/* What rules say of clients: by their group, in the words that the group is configured in. */
#pragma once

#include "controlplane/diagnose/evidence.h"

/* The group a client is of; NULL without one, or when it is not configured. */
const struct config_group *rules_client_group(const struct evidence *e);
/*
 * The command that changes something of the client's group: `line` where it is a client group of
 * IOS, `policy` in the group policy of a tunnel-group. The row's own when the group is not known.
 */
void rules_client_command(const struct evidence *e, struct diagnosis *d, const char *line,
			  const char *policy);
/* The pool an address is of; "" when there is none. */
const char *rules_client_pool(const struct evidence *e, const struct addr *address);
/* Rules: packets that came out of a client's SA and had no route. */
bool rules_client_outside_list(const struct evidence *e, struct diagnosis *d);
bool rules_client_sends_all(const struct evidence *e, struct diagnosis *d);
bool rules_client_no_route(const struct evidence *e, struct diagnosis *d);
