/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A diagnosis appeared, took the place of another, or cleared: one line of the log, one line of
 * debug at the moment of failure, one event to the clients of the API that asked for it.
 */
#pragma once

#include "controlplane/control.h"

/* instead of: the one it took the place of, NULL = it is new. */
void diagnose_tell_found(struct control *c, const struct evidence_place *p,
			 const struct diagnosis *d, const struct diagnose_found *instead);
void diagnose_tell_cleared(struct control *c, const struct evidence_place *p,
			   const struct diagnose_found *f);
