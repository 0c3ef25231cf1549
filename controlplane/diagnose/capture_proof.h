/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether the ends of a capture have the pre-shared key that is given. Only aggressive mode shows
 * it: there the hash of who answers, and with some peers that of who began, is in clear and no
 * Diffie-Hellman secret is in it (RFC 2409 5.4), which no capture holds.
 */
#pragma once

#include "controlplane/diagnose/capture.h"
#include "lib/crypto/secret.h"

/* Fills in ends[].proof of every phase 1 that can be tried. prim_init() has been called. */
void capture_proof_try(struct capture *c, const struct secret *psk);
