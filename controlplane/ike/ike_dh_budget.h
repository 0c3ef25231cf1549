/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How often message 1 of aggressive mode may cost us a Diffie-Hellman: it is the only one that does
 * before anything shows that it had a sender. An address has a share, and all that the
 * configuration does not name have one together, so that they leave the processor to others. Shares
 * grow back by themselves: nobody is shut out. An address that is named takes from its own alone.
 */
#pragma once

#include "controlplane/ike/ike_engine.h"
#include "lib/base/compat.h"
#include "lib/net/addr.h"

#include <stdbool.h>

enum {
	IKE_DH_ADDRESS_MS = 250, /* one more in that time, */
	IKE_DH_ADDRESS_BURST = 32,
	IKE_DH_ALL_MS = 5, /* 200 a second: about a third of a core with group 14 */
	IKE_DH_ALL_BURST = 200,
};

/* Takes one. IKE_PARSED, or IKE_COUNT_DH_ADDRESS, IKE_COUNT_DH_ALL: not now. */
int must_check ike_dh_budget_take(struct ike_engine *engine, const struct addr *remote, bool named);
