/* SPDX-License-Identifier: BSD-3-Clause */
/* What the logins of clients (aaa.h) get from the control plane: clock, jobs, log lines. */
#pragma once

#include "controlplane/control.h"

/* All but `answer`, which is the caller's. ctx of its functions is c. */
struct aaa_env remote_access_env(struct control *c);
