/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The main thread beside the worker of a test bed: inside 10.50.0.1/24, outside 10.51.0.1/24. The
 * test plays the hosts and the control plane.
 */
#pragma once

#include "dataplane/arp.h"
#include "dataplane/main_loop.h"
#include "tests/plane/bed.h"

enum {
	BOX_IN_OWN = 0x0a320001,  /* 10.50.0.1 */
	BOX_IN_HOST = 0x0a320009, /* 10.50.0.9 */
	BOX_OUT_OWN = 0x0a330001, /* 10.51.0.1 */
	BOX_OUT_GATE = 0x0a330002,
	BOX_FAR = 0x0b000005, /* 11.0.0.5 */
};

extern const uint8_t box_host_mac[6];
extern const uint8_t box_gate_mac[6];
extern const uint8_t box_broadcast[6];

struct box {
	struct bed *bed;
	struct main_loop *main;
};

/* Worker and main thread by turns until nothing moves. */
void box_run(struct box *b);
/* A command to the main thread; what its ACK says. */
int box_command(struct box *b, struct plane_msg *msg);
int box_set_interface(struct box *b, unsigned port, uint32_t own, bool up);
int box_change_route(struct box *b, enum plane_type type, uint32_t dst, uint8_t len,
		     uint32_t next_hop);
/* A box with both interfaces up, nothing on its wires: cmocka setup and teardown. */
int box_make(void **state);
int box_destroy(void **state);
/* An ARP frame on the wire to a port; box_answer() is a reply to us, and runs. */
void box_put_arp(struct box *b, unsigned port, enum arp_operation operation, uint32_t sender,
		 const uint8_t sender_mac[6], uint32_t target, const uint8_t dst[6]);
void box_answer(struct box *b, unsigned port, uint32_t addr, const uint8_t mac[6], uint32_t own);
/* The only frame that left by the port is ARP to dst. */
struct arp box_expect_arp(struct box *b, unsigned port, const uint8_t dst[6]);
/* The next frame that left by the port is IPv4 to dst; its length and bytes. */
unsigned box_expect_ip(struct box *b, unsigned port, const uint8_t dst[6], uint8_t *ip);
/* Drops of the main thread. */
uint64_t box_dropped(struct box *b, enum drop_reason reason);
/* A small ICMP packet on the wire to a port. */
void box_put_ip(struct box *b, unsigned port, uint32_t src, uint32_t dst);
