/* SPDX-License-Identifier: BSD-3-Clause */
/* What the clients of a group get with their address (R079, R081). */
#pragma once

#include "controlplane/ike/ike.h"
#include "lib/config/config_model.h"

/* All but the address itself; *out is zeroed before. */
void client_config_fill(const struct config *config, const struct config_group *group,
			struct ike_client_config *out);
