/* SPDX-License-Identifier: BSD-3-Clause */
/* The vendor IDs we know, as a table. Anything else is "unknown" and ignored. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum ike_vendor {
	IKE_VENDOR_NATT_RFC, /* RFC 3947 */
	IKE_VENDOR_NATT_03,  /* draft-ietf-ipsec-nat-t-ike-03 */
	IKE_VENDOR_NATT_02N, /* draft -02 with "\n", the one most peers send */
	IKE_VENDOR_NATT_02,
	IKE_VENDOR_DPD, /* RFC 3706 */
	IKE_VENDOR_UNITY,
	IKE_VENDOR_XAUTH,
	IKE_VENDOR_FRAGMENTATION,
	IKE_VENDOR_COUNT, /* unknown */
};

enum {
	IKE_VENDOR_ID_MAX = 20
};

struct ike_vendor_row {
	uint8_t id[IKE_VENDOR_ID_MAX];
	uint8_t len;	  /* bytes we send */
	uint8_t match;	  /* leading bytes that identify it; a version or flags behind may differ */
	const char *name; /* "RFC 3947", ours */
	/* In debug: */
	const char *debug;	 /* IOS, "vendor ID is NAT-T RFC 3947" */
	const char *debug_build; /* "constructed NAT-T vendor-03 ID" */
	const char *asa;	 /* "Received NAT-Traversal RFC VID" */
	const char *asa_build;	 /* "constructing NAT-Traversal VID ver RFC payload" */
	const char *pix;	 /* a line, or NULL */
};

const struct ike_vendor_row *ike_vendor_row(enum ike_vendor vendor);
enum ike_vendor ike_vendor_find(const void *id, size_t len);
