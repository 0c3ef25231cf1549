/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/plane/box_vlan.h"

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

const uint8_t box_vlan_mac[6] = {2, 7, 7, 7, 7, 100};

int box_vlan_set(struct box *b, unsigned number, uint16_t vlan, bool native, uint32_t own)
{
	struct plane_msg msg = {.type = PLANE_IF_SET};

	snprintf(msg.interface.name, sizeof(msg.interface.name), "GigabitEthernet0/1.%u", number);
	if (vlan)
		snprintf(msg.interface.parent, sizeof(msg.interface.parent), "GigabitEthernet0/1");
	msg.interface.vlan = vlan;
	msg.interface.native = native;
	msg.interface.own = addr_v4(own);
	msg.interface.address = prefix_make(&msg.interface.own, 24);
	msg.interface.mtu = 1500;
	msg.interface.up = msg.interface.ike = true;
	return box_command(b, &msg);
}

void box_vlan_put_tagged(struct box *b, const uint16_t *tags, unsigned n_tags, uint16_t type,
			 const void *data, unsigned len)
{
	uint8_t frame[BED_PACKET] = {0};
	unsigned at = 12;

	memcpy(frame, b->bed->dp.ports[BED_OUTSIDE].mac, 6);
	memcpy(frame + 6, box_vlan_mac, 6);
	for (unsigned i = 0; i < n_tags; i++) {
		frame[at++] = (uint8_t)(tags[i] >> 8);
		frame[at++] = (uint8_t)tags[i];
	}
	frame[at++] = (uint8_t)(type >> 8);
	frame[at++] = (uint8_t)type;
	memcpy(frame + at, data, len);
	bed_put_frame(b->bed, BED_OUTSIDE, frame, at + len);
}

void box_vlan_put(struct box *b, uint16_t vlan, uint16_t type, const void *data, unsigned len)
{
	uint16_t tag[] = {0x8100, vlan};

	box_vlan_put_tagged(b, tag, 2, type, data, len);
}

void box_vlan_put_arp(struct box *b, uint16_t vlan, enum arp_operation operation, uint32_t sender,
		      uint32_t target)
{
	struct arp arp = {.operation = (uint8_t)operation};
	uint8_t frame[ARP_FRAME_BYTES];

	arp.sender = addr_v4(sender);
	arp.target = addr_v4(target);
	memcpy(arp.sender_mac, box_vlan_mac, 6);
	arp_build(frame, &arp, b->bed->dp.ports[BED_OUTSIDE].mac);
	box_vlan_put(b, vlan, 0x0806, frame + 14, sizeof(frame) - 14);
	box_run(b);
}

unsigned box_vlan_expect(struct box *b, uint16_t vlan, uint16_t type, uint8_t *data)
{
	unsigned at = vlan ? 16 : 12, len;
	struct rte_mbuf *m;
	const uint8_t *f;

	assert_int_equal(rte_ring_dequeue(b->bed->tx[BED_OUTSIDE], (void **)&m), 0);
	f = rte_pktmbuf_mtod(m, const uint8_t *);
	assert_memory_equal(f + 6, b->bed->dp.ports[BED_OUTSIDE].mac, 6);
	if (vlan) {
		assert_int_equal(f[12] << 8 | f[13], 0x8100);
		assert_int_equal(f[14] << 8 | f[15], vlan);
	}
	assert_int_equal(f[at] << 8 | f[at + 1], type);
	len = m->data_len - at - 2;
	memcpy(data, f + at + 2, len);
	rte_pktmbuf_free(m);
	return len;
}

int box_vlan_set_main(struct box *b)
{
	struct plane_msg msg = {.type = PLANE_IF_SET};

	snprintf(msg.interface.name, sizeof(msg.interface.name), "GigabitEthernet0/1");
	msg.interface.mtu = 1500;
	msg.interface.up = true;
	return box_command(b, &msg);
}
