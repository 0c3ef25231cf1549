/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Data attributes (RFC 2408 3.3) as values: TV is a value of 2 bytes, TLV a value of 1 to 8 bytes.
 * The numbers of both phases (RFC 2409 appendix A, RFC 2407 4.5).
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/base/rbuf.h"
#include "lib/base/wbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ike_attr_p1 {
	IKE_P1_ENCRYPTION = 1,
	IKE_P1_HASH = 2,
	IKE_P1_AUTH = 3,
	IKE_P1_GROUP = 4,
	IKE_P1_GROUP_TYPE = 5, /* from here to GROUP_CURVE_B: a group described by its numbers */
	IKE_P1_GROUP_CURVE_B = 10,
	IKE_P1_LIFE_TYPE = 11,
	IKE_P1_LIFE_DURATION = 12,
	IKE_P1_KEY_BITS = 14,
};

enum ike_attr_p2 {
	IKE_P2_LIFE_TYPE = 1,
	IKE_P2_LIFE_DURATION = 2,
	IKE_P2_GROUP = 3,
	IKE_P2_ENCAPSULATION = 4,
	IKE_P2_AUTH = 5,
	IKE_P2_KEY_BITS = 6,
	IKE_P2_ESN = 11, /* RFC 4304; absent = numbers of 32 bits */
};

enum {
	IKE_LIFE_SECONDS = 1,
	IKE_LIFE_KILOBYTES = 2
};

enum {
	IKE_ESN_64 = 1
};

enum ike_encapsulation {
	IKE_ENCAP_NONE = 0, /* attribute absent */
	IKE_ENCAP_TUNNEL = 1,
	IKE_ENCAP_TRANSPORT = 2,
	IKE_ENCAP_UDP_TUNNEL = 3, /* RFC 3947 5.1 */
	IKE_ENCAP_UDP_TRANSPORT = 4,
	IKE_ENCAP_UDP_TUNNEL_DRAFT = 61443, /* draft-ietf-ipsec-nat-t-ike-02 and -03 */
	IKE_ENCAP_UDP_TRANSPORT_DRAFT = 61444,
};

struct ike_attr {
	uint16_t type; /* without the format bit */
	bool tlv;
	uint16_t width; /* bytes of the value on the wire */
	uint64_t value; /* 0 when width > 8: then no row of ours can want it */
};

/* Reads one attribute; the cursor is bad afterwards when it did not fit. */
struct ike_attr ike_attr_read(struct rbuf *b);
/* Writes it in the form it has: width bytes of value for a TLV (at most 8). */
void ike_attr_write(struct wbuf *b, struct ike_attr a);
/* Lifetimes, which come as pairs of a type and a duration (RFC 2407 4.5). */
struct ike_lifetimes {
	bool open;     /* a type without its duration so far */
	uint64_t type; /* the last one */
	bool foreign;  /* a type we have no name for */
	bool has_seconds;
	bool has_kilobytes;
	uint64_t seconds;
	uint64_t kilobytes;
};

/* Both return IKE_PARSED, LIFETIME (pairs broken, 0 or more than 8 bytes), or ATTR (given twice,
 * different). At the end open must be false. */
int must_check ike_attr_life_type(struct ike_lifetimes *l, struct ike_attr a);
int must_check ike_attr_life_duration(struct ike_lifetimes *l, struct ike_attr a);

/* Our own form of a value: TV up to 65535, a TLV of 4 bytes above. */
struct ike_attr ike_attr_of(uint16_t type, uint32_t value);
