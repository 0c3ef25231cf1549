/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Opens a message for its step: decryption, payload chain, HASH, grammar. Nothing of the SA
 * changes.
 */
#pragma once

#include "controlplane/ike/ike_work.h"
#include "lib/base/compat.h"

/* IKE_PARSED with work->msg and work->iv, or the counter. work->raw is decrypted in place. */
int must_check ike_open(struct ike_work *work);
