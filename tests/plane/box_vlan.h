/* SPDX-License-Identifier: BSD-3-Clause */
/* Subinterfaces of the outside port of a box, and a host in their VLANs. */
#pragma once

#include "tests/plane/box.h"

/* Of the host. */
extern const uint8_t box_vlan_mac[6];

/* The main interface without an address, as that of subinterfaces often is. */
int box_vlan_set_main(struct box *b);
/* Subinterface `number` with a network of 24 bits; vlan 0 withdraws it. */
int box_vlan_set(struct box *b, unsigned number, uint16_t vlan, bool native, uint32_t own);
/* Puts `tags` (pairs of type and tag) and then a type and bytes on the wire to the outside port. */
void box_vlan_put_tagged(struct box *b, const uint16_t *tags, unsigned n_tags, uint16_t type,
			 const void *data, unsigned len);
void box_vlan_put(struct box *b, uint16_t vlan, uint16_t type, const void *data, unsigned len);
/* ARP of the host; runs. */
void box_vlan_put_arp(struct box *b, uint16_t vlan, enum arp_operation operation, uint32_t sender,
		      uint32_t target);
/* One frame left the outside port with this tag (0 = none); its length from behind the type. */
unsigned box_vlan_expect(struct box *b, uint16_t vlan, uint16_t type, uint8_t *data);
