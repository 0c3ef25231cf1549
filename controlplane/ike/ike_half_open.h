/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The places for negotiations that a message 1 opened and that have not authenticated: anybody can
 * send one under any address, so they are few, and a new one puts out an old one rather than wait.
 * Any one of those that heard no message 3 (which takes our answer to have arrived): at random, so
 * that a sender of made-up messages cannot aim at the true one. An address that the configuration
 * names has places of its own, which a flood from elsewhere does not touch.
 */
#pragma once

#include "controlplane/ike/ike_sa.h"
#include "lib/base/compat.h"
#include "lib/net/addr.h"

#include <stdbool.h>

/* A place for one more of that address. 0, or -EBUSY when all are past message 3. */
int must_check ike_half_open_make_room(struct ike_engine *engine, const struct addr *remote,
				       bool named);
/* The new SA takes it; it leaves when it is authenticated or ends. */
void ike_half_open_enter(struct ike_sa *sa, bool named);
void ike_half_open_leave(struct ike_sa *sa);
