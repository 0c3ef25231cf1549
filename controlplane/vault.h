/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the next culvert-iked needs to go on with the tunnels of this one, in the memory file
 * (lib/plane/plane_kept.h): IKE SAs (ike_vault.h) and the book of their SA pairs; the pairs
 * themselves are the workers'. Written a moment after something has changed, so that also one that
 * is killed leaves it. What is not among it goes on as an orphan (orphans.h): pairs being
 * negotiated, those of dynamic entries and of clients.
 */
#pragma once

#include "controlplane/control.h"

#include <stdint.h>

enum {
	VAULT_ROUND_MS = 1000, /* between two looks at what has changed without a word */
	VAULT_TOUCH_MS = 100,
	VAULT_PER_MS = 2, /* pairs for which it is written a millisecond less often */
};

void vault_write(struct control *c);
/* An SA is another one: it is written soon. */
void vault_touch(struct control *c);
/*
 * Goes on with what the process before this one has left, as far as configuration and workers still
 * have it. When the tunnels stand and the orphans are known, before anything is negotiated.
 */
void vault_adopt(struct control *c);
/* Each turn. Returns the clock_now_ms() it wants to run again, UINT64_MAX for never. */
uint64_t vault_turn(struct control *c, uint64_t now_ms);
