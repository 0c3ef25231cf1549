/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Identification payloads (RFC 2407 4.6.2): phase 1 identities and phase 2 proxy identities, and
 * the way between proxy identities and selectors.
 */
#pragma once

#include "controlplane/ike/ike_build.h"
#include "controlplane/ike/ike_msg.h"
#include "lib/base/compat.h"
#include "lib/net/addr.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	IKE_ID_TEXT = 300
};

/*
 * Phase 1. ID_TYPE: type unknown, or protocol/port not 0/0, 17/0, 17/500, 17/4500 (RFC 2407 4.6.2);
 * ID_LEN: empty, longer than IKE_ID_MAX, or not the width of an address type.
 */
int must_check ike_id_parse(const struct ike_payload *p, struct ike_id *out);

/* Phase 2: only types 1, 4, 5, 6 and 7, any protocol and port (H039). PROXY_ID for all else. */
int must_check ike_id_parse_proxy(const struct ike_payload *p, struct ike_id *out);

/* The prefix an identity names. PROXY_ID: a mask with holes, a range that is no prefix, a name. */
int must_check ike_id_prefix(const struct ike_id *id, struct prefix *out);
/* Host prefixes become address identities, others subnets. */
void ike_id_of_prefix(struct ike_id *id, const struct prefix *prefix, uint8_t protocol,
		      uint16_t port);
/* Address identity of phase 1: protocol UDP, port 500 (0 when behind NAT: RFC 3947 4). */
void ike_id_of_addr(struct ike_id *id, const struct addr *addr, uint16_t port);
/* A name of IKE_ID_MAX bytes at most; protocol and port 0. */
void ike_id_of_text(struct ike_id *id, enum ike_id_type type, const char *text);

/*
 * Our view of the two proxy identities. PROXY_ID: also when the protocols or the families differ,
 * or a port is named without a protocol.
 */
int must_check ike_id_selector(const struct ike_id *local, const struct ike_id *remote,
			       struct selector *out);

/* Type, length and bytes equal (V03); protocol and port do not count. */
bool ike_id_eq(const struct ike_id *a, const struct ike_id *b);
void ike_id_build(struct ike_build *b, const struct ike_id *id);
/* The body of the payload into out (4 + IKE_ID_MAX bytes fit), for HASH_I and HASH_R. Its
 * length. */
size_t ike_id_body(const struct ike_id *id, uint8_t *out);
/* "10.1.1.1", "vpn.example.com", "10.0.0.0/24 17/500"; everything unprintable escaped. */
char *ike_id_print(const struct ike_id *id, char *buf, size_t size);
