/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_vendor.h"

#include <stdbool.h>
#include <string.h>

// clang-format off
/* Each is the MD5 of a name, but XAUTH; some carry a version or flags behind it. */
static const struct ike_vendor_row rows[IKE_VENDOR_COUNT] = {
	[IKE_VENDOR_NATT_RFC] = {
		"\x4a\x13\x1c\x81\x07\x03\x58\x45\x5c\x57\x28\xf2\x0e\x95\x45\x2f",
		16, 16, "RFC 3947", "NAT-T RFC 3947",
		"NAT-T vendor-rfc3947", "NAT-Traversal RFC VID",
		"NAT-Traversal VID ver RFC", NULL },
	[IKE_VENDOR_NATT_03] = {
		"\x7d\x94\x19\xa6\x53\x10\xca\x6f\x2c\x17\x9d\x92\x15\x52\x9d\x56",
		16, 16, "draft-ietf-ipsec-nat-t-ike-03", "NAT-T v3",
		"NAT-T vendor-03", "NAT-Traversal ver 03 VID", "NAT-Traversal VID ver 03", NULL },
	[IKE_VENDOR_NATT_02N] = {
		"\x90\xcb\x80\x91\x3e\xbb\x69\x6e\x08\x63\x81\xb5\xec\x42\x7b\x1f",
		16, 16, "draft-ietf-ipsec-nat-t-ike-02\\n", "NAT-T v2",
		"NAT-T vendor-02", "NAT-Traversal ver 02 VID", "NAT-Traversal VID ver 02", NULL },
	[IKE_VENDOR_NATT_02] = {
		"\xcd\x60\x46\x43\x35\xdf\x21\xf8\x7c\xfd\xb2\xfc\x68\xb6\xa4\x48",
		16, 16, "draft-ietf-ipsec-nat-t-ike-02", "NAT-T v2",
		"NAT-T vendor-02", "NAT-Traversal ver 02 VID", "NAT-Traversal VID ver 02", NULL },
	[IKE_VENDOR_DPD] = {
		"\xaf\xca\xd7\x13\x68\xa1\xf1\xc9\x6b\x86\x96\xfc\x77\x57\x01\x00",
		16, 14, "dead peer detection", "DPD",
		"DPD vendor", "DPD VID", "dpd vid", "remote peer supports dead peer detection" },
	[IKE_VENDOR_UNITY] = {
		"\x12\xf5\xf2\x8c\x45\x71\x68\xa9\x70\x2d\x9f\xe2\x74\xcc\x01\x00",
		16, 14, "Cisco Unity", "Unity",
		"Unity vendor", "Cisco Unity client VID", "Cisco Unity VID",
		"speaking to a Unity client" },
	[IKE_VENDOR_XAUTH] = {
		"\x09\x00\x26\x89\xdf\xd6\xb7\x12",
		8, 8, "XAUTH", "XAUTH",
		"XAUTH vendor", "xauth V6 VID", "xauth V6 VID", NULL },
	[IKE_VENDOR_FRAGMENTATION] = {
		"\x40\x48\xb7\xd5\x6e\xbc\xe8\x85\x25\xe7\xde\x7f\x00\xd6\xc2\xd3\xc0",
		20, 16, "IKE fragmentation", "IKE Fragmentation",
		"IKE Fragmentation vendor", "Fragmentation VID",
		"Fragmentation VID + extended capabilities", NULL },
};
// clang-format on

const struct ike_vendor_row *ike_vendor_row(enum ike_vendor vendor)
{
	return (unsigned)vendor < IKE_VENDOR_COUNT ? &rows[vendor] : NULL;
}

/* What it is capable of may stand behind the ID: main mode, aggressive mode. Without it: all. */
static bool fragments(const uint8_t *id, size_t len)
{
	return len == 16 || id[16] & 0xc0;
}

enum ike_vendor ike_vendor_find(const void *id, size_t len)
{
	for (size_t i = 0; i < IKE_VENDOR_COUNT; i++)
		if (len >= rows[i].match && len <= rows[i].len &&
		    memcmp(id, rows[i].id, rows[i].match) == 0)
			return i == IKE_VENDOR_FRAGMENTATION && !fragments(id, len)
				       ? IKE_VENDOR_COUNT
				       : i;
	return IKE_VENDOR_COUNT;
}
