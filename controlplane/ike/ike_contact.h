/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the engine remembers of a configured peer's address between IKE SAs: whether there was one
 * since we started (INITIAL-CONTACT is for the first only), and when it was last told something
 * in clear.
 */
#pragma once

#include "controlplane/ike/ike_engine.h"
#include "lib/net/addr.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * True when this peer never had an SA with us, or lost all of them: to be told to forget us. Never
 * beside another engine.
 */
bool ike_contact_is_first(struct ike_engine *engine, const struct addr *remote);
void ike_contact_made(struct ike_engine *engine, const struct addr *remote);
/* The peer was found dead: the next contact is a first one again. */
void ike_contact_lost(struct ike_engine *engine, const struct addr *remote);
/* Takes one of the notifies in clear that this peer may be sent per second; false when used up. */
bool ike_contact_may_notify(struct ike_engine *engine, const struct addr *remote);
void ike_contact_fini(struct ike_engine *engine);
