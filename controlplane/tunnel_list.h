/* SPDX-License-Identifier: BSD-3-Clause */
/* All tunnels there are now, static and dynamic, in the order of `show`. */
#pragma once

#include "controlplane/control.h"

struct tunnel_list {
	const struct tunnel **rows; /* owned; the tunnels are not */
	size_t n;
};

/* By interface: its static ones by sequence and line, then its dynamic ones. 0 or -ENOMEM. */
int must_check tunnel_list_init(struct tunnel_list *list, const struct control *c);
void tunnel_list_fini(struct tunnel_list *list);
