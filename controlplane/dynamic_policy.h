/* SPDX-License-Identifier: BSD-3-Clause */
/* The policy with the rules of dynamic tunnels in it, and when it is sent. */
#pragma once

#include "controlplane/control.h"

/* (engine) A rule more or less is wanted: the policy is sent soon. */
void dynamic_policy_touch(struct control *c);
/* Sends the policy as it is wanted now. 0 or -ENOMEM. */
int must_check dynamic_policy_apply(struct control *c);
/* Sends it when it is due. Returns when to be called again, UINT64_MAX for not. */
uint64_t dynamic_policy_run(struct control *c, uint64_t now_ms);
