/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets from culvertd's main thread to the wire. They go through worker 0, which alone may touch
 * its transmit queues; what does not fit its ring is dropped and counted here.
 */
#pragma once

#include "dataplane/arp.h"
#include "dataplane/main_state.h"

/* Counts and frees. */
void inject_drop(struct main_loop *ml, struct rte_mbuf *m, enum drop_reason reason);
/* A whole frame that leaves by port. */
void inject_frame(struct main_loop *ml, struct rte_mbuf *m, uint8_t port);
/* An IPv4 packet at the start of its data that goes through route and policy like any other. */
void inject_forward(struct main_loop *ml, struct rte_mbuf *m);
/* An IPv4 packet to a station on port: puts the Ethernet header on. */
void inject_to_station(struct main_loop *ml, struct rte_mbuf *m, uint8_t port,
		       const uint8_t mac[6]);
/* ARP from the port's own address: about target, to the station dst. */
void inject_arp(struct main_loop *ml, uint8_t port, enum arp_operation operation,
		const struct addr *target, const uint8_t target_mac[6], const uint8_t dst[6]);
/* Tells the neighbours of a port where its address is now. */
void inject_gratuitous_arp(struct main_loop *ml, uint8_t port);
