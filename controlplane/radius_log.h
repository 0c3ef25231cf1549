/* SPDX-License-Identifier: BSD-3-Clause */
/* `debug radius`: what servers are asked and what they answer, never a password. */
#pragma once

#include "controlplane/aaa.h"

/* An aaa_env.exchange; ctx is the struct control. */
void radius_log_exchange(void *control, const struct aaa_exchange *exchange);
