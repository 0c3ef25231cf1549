/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/plane/box.h"

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const uint8_t box_host_mac[6] = {2, 7, 7, 7, 7, 1};
const uint8_t box_gate_mac[6] = {2, 7, 7, 7, 7, 2};
const uint8_t box_broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

void box_run(struct box *b)
{
	for (int i = 0; i < 3; i++) {
		bed_run(b->bed);
		main_loop_once(b->main);
	}
	bed_run(b->bed);
}

int box_command(struct box *b, struct plane_msg *msg)
{
	struct plane_msg ack;

	msg->cookie = 77 + msg->type;
	assert_int_equal(plane_ring_send(b->bed->plane.to_main, msg), 0);
	box_run(b);
	do {
		assert_int_equal(plane_ring_recv(b->bed->plane.from_main, &ack), 1);
	} while (ack.type != PLANE_ACK);
	assert_int_equal(ack.cookie, msg->cookie);
	return ack.ack.error;
}

int box_set_interface(struct box *b, unsigned port, uint32_t own, bool up)
{
	struct plane_msg msg = {.type = PLANE_IF_SET};

	snprintf(msg.interface.name, sizeof(msg.interface.name), "GigabitEthernet0/%u", port);
	msg.interface.own = addr_v4(own);
	msg.interface.address = prefix_make(&msg.interface.own, 24);
	msg.interface.mtu = 1500;
	msg.interface.up = up;
	return box_command(b, &msg);
}

int box_change_route(struct box *b, enum plane_type type, uint32_t dst, uint8_t len,
		     uint32_t next_hop)
{
	struct plane_msg msg = {.type = type};
	struct addr a = addr_v4(dst);

	msg.route.prefix = prefix_make(&a, len);
	msg.route.next_hop = addr_v4(next_hop);
	msg.route.distance = 1;
	return box_command(b, &msg);
}

int box_make(void **state)
{
	struct box *b = calloc(1, sizeof(*b));

	b->bed = bed_create(1, 1);
	for (unsigned port = 0; port < BED_PORTS; port++) {
		b->bed->dp.ports[port].device_mtu = 1500;
		b->bed->dp.ports[port].up = b->bed->dp.ports[port].crypto_map = false;
	}
	b->main = main_loop_create(&b->bed->dp);
	assert_non_null(b->main);
	assert_int_equal(box_set_interface(b, BED_INSIDE, BOX_IN_OWN, true), 0);
	assert_int_equal(box_set_interface(b, BED_OUTSIDE, BOX_OUT_OWN, true), 0);
	bed_flush(b->bed);
	*state = b;
	return 0;
}

int box_destroy(void **state)
{
	struct box *b = *state;

	bed_flush(b->bed);
	main_loop_destroy(b->main);
	bed_check_pool(b->bed);
	bed_destroy(b->bed);
	free(b);
	return 0;
}

void box_put_arp(struct box *b, unsigned port, enum arp_operation operation, uint32_t sender,
		 const uint8_t sender_mac[6], uint32_t target, const uint8_t dst[6])
{
	struct arp arp = {.operation = (uint8_t)operation};
	uint8_t frame[ARP_FRAME_BYTES];

	arp.sender = addr_v4(sender);
	arp.target = addr_v4(target);
	memcpy(arp.sender_mac, sender_mac, 6);
	arp_build(frame, &arp, dst);
	bed_put_frame(b->bed, port, frame, sizeof(frame));
}

void box_answer(struct box *b, unsigned port, uint32_t addr, const uint8_t mac[6], uint32_t own)
{
	box_put_arp(b, port, ARP_REPLY, addr, mac, own, b->bed->dp.ports[port].mac);
	box_run(b);
}

/* One whole frame that left by port. */
static bool take_frame(struct box *b, unsigned port, uint8_t frame[BED_PACKET], unsigned *len)
{
	struct rte_mbuf *m;

	if (rte_ring_dequeue(b->bed->tx[port], (void **)&m))
		return false;
	*len = m->data_len;
	memcpy(frame, rte_pktmbuf_mtod(m, void *), *len);
	rte_pktmbuf_free(m);
	return true;
}

/* Expects one ARP frame and nothing else on that port. */
struct arp box_expect_arp(struct box *b, unsigned port, const uint8_t dst[6])
{
	uint8_t frame[BED_PACKET];
	struct arp arp;
	unsigned len;

	assert_true(take_frame(b, port, frame, &len));
	assert_memory_equal(frame, dst, 6);
	assert_memory_equal(frame + 6, b->bed->dp.ports[port].mac, 6);
	assert_memory_equal(frame + 12, "\x08\x06", 2);
	assert_int_equal(arp_parse(&arp, frame + 14, len - 14), 0);
	assert_false(take_frame(b, port, frame, &len));
	return arp;
}

/* Expects one IPv4 frame to a station; returns its length and the packet. */
unsigned box_expect_ip(struct box *b, unsigned port, const uint8_t dst[6], uint8_t *ip)
{
	uint8_t frame[BED_PACKET];
	unsigned len;

	assert_true(take_frame(b, port, frame, &len));
	assert_memory_equal(frame, dst, 6);
	assert_memory_equal(frame + 6, b->bed->dp.ports[port].mac, 6);
	assert_memory_equal(frame + 12, "\x08\x00", 2);
	memcpy(ip, frame + 14, len - 14);
	return len - 14;
}

uint64_t box_dropped(struct box *b, enum drop_reason reason)
{
	return b->bed->plane.stats_main->drops[reason];
}

void box_put_ip(struct box *b, unsigned port, uint32_t src, uint32_t dst)
{
	uint8_t ip[128];
	unsigned len = bed_icmp(ip, src, dst, sizeof(ip));

	bed_put(b->bed, port, ip, len);
}
