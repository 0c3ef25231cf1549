/* SPDX-License-Identifier: BSD-3-Clause */
/* What the IKE engine asks the rest of the control plane: struct ike_env over struct control. */
#pragma once

#include "controlplane/control.h"

struct ike_env provider_env(struct control *c);
/* Starts a negotiation for a tunnel with one of its peers; ctx is the control. 0 or -errno. */
int must_check provider_initiate(void *ctx, const struct tunnel *t, const struct addr *peer);
