/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A configuration without some of its lines: `clear configure` of an ASA, `erase startup-config`.
 * What says which hardware there is stays in any case (the platform and the devices of interfaces):
 * without it the appliance could not start, and nobody could configure it again.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/config/config_model.h"

#include <stddef.h>

/*
 * *out is config without the lines of a dialect that begin with these words, with or without `no`,
 * and those below them; of all but the hardware for "all". In *n how many lines those are. 0,
 * -EINVAL when what is left does not load, -ENOMEM; then *out is empty.
 */
int must_check config_clear(struct config *out, const struct config *config, enum dialect dialect,
			    const char *words, size_t *n);
