/* SPDX-License-Identifier: BSD-3-Clause */
/* What the IKE engine asks the rest of the control plane: struct ike_env over struct control. */
#pragma once

#include "controlplane/control.h"

struct ike_env provider_env(struct control *c);
/* What the engine takes for a lane of a tunnel. */
void provider_fill_child(const struct tunnel *t, unsigned lane, struct ike_child_config *out);
/*
 * Starts a negotiation for a lane of a tunnel with one of its peers; peer is its number (ike_path),
 * 0 for whoever is at the address. 0 or -errno.
 */
int must_check provider_initiate_lane(struct control *c, const struct tunnel *t, unsigned lane,
				      const struct addr *remote, uint64_t peer);
/* The same for lane 0; ctx is the control. */
int must_check provider_initiate(void *ctx, const struct tunnel *t, const struct addr *remote,
				 uint64_t peer);
