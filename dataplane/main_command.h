/* SPDX-License-Identifier: BSD-3-Clause */
/* The commands of the control plane that concern everybody: one function a message type. */
#pragma once

#include "dataplane/main_state.h"

/* Carries one command out. What its ACK says: 0 or -errno; -EPROTO for what is no command. */
int must_check main_command_run(struct main_loop *ml, struct plane_msg *msg);
/* Frees policies that every worker has let go of; all of them when the workers have ended. */
void main_command_reclaim(struct main_loop *ml, bool workers_ended);
/* Forgets a policy that was begun and not committed. */
void main_command_abandon_policy(struct main_loop *ml);
