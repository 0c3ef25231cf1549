/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lockless single-producer single-consumer rings in the shared memory file.
 * Built on rte_ring (value elements); needs no EAL. A full ring never blocks and never loses a
 * command: the sender keeps it and tries again (the control plane has a pending list); events from
 * the data plane are level-triggered and posted again; datagrams are dropped and counted.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/plane/plane_bell.h"
#include "lib/plane/plane_msg.h"

#include <stddef.h>
#include <stdint.h>

struct rte_ring;

enum {
	PLANE_CELL_BYTES = 2048
}; /* one element of a datagram ring */

/* Bytes a ring of n (a power of two) messages, or datagram cells, takes. */
size_t plane_ring_bytes(unsigned n);
size_t plane_ring_cells_bytes(unsigned n);

/* Lays an empty ring out in memory of that many bytes, 64-aligned. 0 or -EINVAL. */
int must_check plane_ring_init(struct rte_ring *ring, const char *name, unsigned n);

/* 0, or -ENOBUFS when the ring is full. */
int must_check plane_ring_send(struct rte_ring *ring, const struct plane_msg *msg);
/* 1 and the message, or 0. The ring's own copy is wiped: messages carry keys. */
int plane_ring_recv(struct rte_ring *ring, struct plane_msg *msg);

/*
 * Sends one datagram whole or not at all. 0, -ENOBUFS, or -EMSGSIZE when it is empty or larger than
 * PLANE_PACKET_MAX.
 */
int must_check plane_ring_send_datagram(struct rte_ring *ring, const struct plane_datagram *head,
					const void *data);
/* Bytes received into data (PLANE_PACKET_MAX bytes fit), 0 when the ring is empty. */
size_t plane_ring_recv_datagram(struct rte_ring *ring, struct plane_datagram *head, void *data);
