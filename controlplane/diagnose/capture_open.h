/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Encrypted messages of a capture, with the keys of `monitor crypto keys` or of a peer's own log:
 * initiator cookie and cipher key of phase 1, as Wireshark has them. HASH payloads cannot be
 * checked with these; that a message decrypts to a sound chain of payloads is proof enough here.
 */
#pragma once

#include "controlplane/diagnose/capture.h"
#include "controlplane/ike/ike_msg.h"
#include "lib/crypto/secret.h"

enum {
	CAPTURE_KEYS = 256,
};

struct capture_key {
	uint8_t cookie_i[IKE_COOKIE_LEN];
	struct secret enc;
};

struct capture_keys {
	struct capture_key rows[CAPTURE_KEYS];
	size_t n;
};

/* A line of FILE.ikev1_decryption_table, "cookie,key" in hex; false = it is none, or no room. */
bool must_check capture_open_add_key(struct capture_keys *keys, const char *line);
void capture_open_wipe(struct capture_keys *keys);

/* A message of phase 1 by its number, in order. msg views c->opened. False: no key, or nonsense. */
bool must_check capture_open_phase1(struct capture *c, struct capture_talk *t, unsigned number,
				    const struct ike_header *h, const struct capture_packet *p,
				    struct ike_msg *msg);
/* The first message of an exchange behind phase 1. */
bool must_check capture_open_phase2(struct capture *c, const struct capture_talk *t,
				    const struct ike_header *h, const struct capture_packet *p,
				    struct ike_msg *msg);
