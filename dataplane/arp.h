/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ARP for IPv4 over Ethernet (RFC 826) as bytes: parse, build. Whom to believe and when to ask is
 * decided by neighbour.h and main_loop.c.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/net/addr.h"

#include <stddef.h>
#include <stdint.h>

enum arp_operation {
	ARP_REQUEST = 1,
	ARP_REPLY = 2
};

enum {
	ARP_FRAME_BYTES = 60
}; /* Ethernet header, ARP, padding to the Ethernet minimum */

struct arp {
	uint8_t operation; /* enum arp_operation */
	uint8_t sender_mac[6];
	uint8_t target_mac[6];
	struct addr sender;
	struct addr target;
};

/* data at the ARP header. 0, or -EINVAL when it is not ARP for IPv4 over Ethernet. */
int must_check arp_parse(struct arp *arp, const void *data, size_t len);
/* Writes a whole frame of ARP_FRAME_BYTES from arp->sender_mac to the station dst. */
void arp_build(void *frame, const struct arp *arp, const uint8_t dst[6]);
