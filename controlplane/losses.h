/* SPDX-License-Identifier: BSD-3-Clause */
/* What a command costs: the tunnels that were up before it and are not after it, and of how many
 * peers (CFG-MAP-CHANGE). */
#pragma once

#include "controlplane/sa_store.h"

#include <stdbool.h>
#include <stddef.h>

struct losses_row {
	struct addr peer;
	uint32_t tunnel; /* handle, before */
	uint32_t spi_in;
	bool gone;
};

struct losses {
	struct losses_row *rows; /* owned; pairs that were up */
	size_t n_rows;
	/* of losses_end(); a tunnel that is being renewed has two pairs, with lanes it has more */
	size_t n_up;	/* tunnels */
	size_t n_lost;	/* of which no pair is left */
	size_t n_peers; /* that lost a pair */
};

/* Before the command. Without memory nothing will have been lost. */
void losses_begin(struct losses *l, const struct sa_store *store);
/* After it: counts, and frees. */
void losses_end(struct losses *l, const struct sa_store *store);
