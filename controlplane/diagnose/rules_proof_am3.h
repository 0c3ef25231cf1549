/* SPDX-License-Identifier: BSD-3-Clause */
/* Aggressive mode as the initiator, of which the last message, ours, has no answer of its own. */
#pragma once

#include "controlplane/diagnose/evidence.h"

/* P1-AG-STUCK: nothing that came since says that our message 3 was taken. */
bool rules_proof_am3_unanswered(const struct evidence *e, struct diagnosis *d);
