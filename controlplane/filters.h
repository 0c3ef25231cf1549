/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Access lists of interfaces as the data plane wants them: `ip access-group`, `access-group`,
 * `sysopt connection permit-vpn`, `same-security-traffic permit intra-interface`. A list that has
 * no line, or does not exist, filters nothing, as on IOS. A pure derivation from the configuration.
 */
#pragma once

#include "controlplane/tunnels.h"
#include "lib/config/config_model.h"
#include "lib/plane/plane_msg.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct filters {
	struct plane_rule *rules; /* owned; those of one list follow each other, in order */
	size_t n;
	uint8_t flags; /* enum plane_filter_flags */
};

/* The counters of lines are those that tunnels_derive() gave them. 0 or -ENOMEM. */
int must_check filters_derive(struct filters *f, const struct config *config,
			      const struct tunnels_ids *ids);
void filters_fini(struct filters *f);
/* The line whose counter that is, of the list of an interface; NULL = none: the implicit deny. */
const struct config_acl_line *filters_line(const struct config *config,
					   const struct tunnels_ids *ids, const char *acl,
					   uint32_t hit_line);
