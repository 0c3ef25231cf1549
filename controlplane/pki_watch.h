/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether what peers have proved with certificates still holds: asked again when what we believe
 * changes (a trustpoint is gone, there is a newer CRL) and once a minute (certificates and CRLs
 * expire). Where it does not, everything that stands on it ends, with DELETE.
 */
#pragma once

#include "controlplane/control.h"

/* Each turn; a few certificates at a time, so that the loop does not wait. Returns the next one. */
uint64_t pki_watch_turn(struct control *c, uint64_t now_ms);
/* What we believe has changed. */
void pki_watch_doubt(struct control *c);
