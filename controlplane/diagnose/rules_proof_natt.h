/* SPDX-License-Identifier: BSD-3-Clause */
/* A NAT that nobody looked for: identities it makes wrong, and ESP that does not cross it. */
#pragma once

#include "controlplane/diagnose/evidence.h"

/* NATT-NEEDED */
bool rules_proof_natt_needed(const struct evidence *e, struct diagnosis *d);
