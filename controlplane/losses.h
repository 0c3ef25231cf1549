/* SPDX-License-Identifier: BSD-3-Clause */
/* What a command costs: the tunnels that were up before it and are not after it, and of how many
 * peers (CFG-MAP-CHANGE). */
#pragma once

#include "controlplane/sa_store.h"

#include <stddef.h>

struct losses_row {
	struct addr peer;
	uint32_t spi_in;
};

struct losses {
	struct losses_row *rows; /* owned; pairs that were up */
	size_t n_up;
	size_t n_lost; /* of losses_end() */
	size_t n_peers;
};

/* Before the command. Without memory nothing will have been lost. */
void losses_begin(struct losses *l, const struct sa_store *store);
/* After it: counts, and frees. */
void losses_end(struct losses *l, const struct sa_store *store);
