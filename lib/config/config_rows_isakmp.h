/* SPDX-License-Identifier: BSD-3-Clause */
/* Keys of IKE, for the rows of other tables that say one. */
#pragma once

#include "lib/base/compat.h"
#include "lib/config/config_row.h"

/* Adds or replaces the key of a peer; with `no` takes it away, if it is there. 0, or -ENOMEM. */
int must_check config_rows_isakmp_set_key(struct config_line *line,
					  const struct config_isakmp_key *key);
/* The key for the same peer, NULL when there is none. */
const struct config_isakmp_key *config_rows_isakmp_find_key(struct config *c,
							    const struct config_isakmp_key *like);
