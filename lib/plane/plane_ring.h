/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lockless single-producer single-consumer rings in the shared memory file. A full ring never
 * blocks and never loses a command: the sender keeps it and tries again (the control plane has a
 * pending list); events from the data plane are level-triggered and posted again; datagrams are
 * dropped and counted.
 *
 * Neither side trusts the other with its memory: what is shared are two counters, sizes are
 * constants of the program, and whatever the counters say no access leaves the ring. (An rte_ring
 * keeps its size and mask beside the data, where the other process could change them.)
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/plane/plane_bell.h"
#include "lib/plane/plane_msg.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PLANE_RING_MSGS = 1024,	 /* commands or events in flight, each way */
	PLANE_RING_CELLS = 512,	 /* datagram cells, each way */
	PLANE_CELL_BYTES = 2048, /* one element of a datagram ring */
	/* of a captured packet: one cell each */
	PLANE_CAPTURED_MAX = PLANE_CELL_BYTES - sizeof(struct plane_captured),
};

/* Zeroed memory is an empty ring. */
struct plane_ring {
	_Alignas(64) _Atomic(uint32_t) head; /* elements ever sent: of the producer */
	_Alignas(64) _Atomic(uint32_t) tail; /* elements ever received: of the consumer */
	_Alignas(64) uint8_t elements[];
};

/* Bytes a ring of PLANE_RING_MSGS messages, or of PLANE_RING_CELLS datagram cells, takes. */
size_t plane_ring_bytes(void);
size_t plane_ring_cells_bytes(void);

static inline bool plane_ring_is_empty(const struct plane_ring *ring)
{
	return atomic_load_explicit(&ring->head, memory_order_acquire) ==
	       atomic_load_explicit(&ring->tail, memory_order_acquire);
}

/* 0, or -ENOBUFS when the ring is full. */
int must_check plane_ring_send(struct plane_ring *ring, const struct plane_msg *msg);
/* 1 and the message, or 0. The ring's own copy is wiped: messages carry keys. */
int plane_ring_recv(struct plane_ring *ring, struct plane_msg *msg);

/*
 * Sends one datagram whole or not at all. 0, -ENOBUFS, or -EMSGSIZE when it is empty or larger than
 * PLANE_PACKET_MAX.
 */
int must_check plane_ring_send_datagram(struct plane_ring *ring, const struct plane_datagram *head,
					const void *data);
/* Bytes received into data (PLANE_PACKET_MAX bytes fit), 0 when the ring is empty. */
size_t plane_ring_recv_datagram(struct plane_ring *ring, struct plane_datagram *head, void *data);

/* The same for a captured packet on such a ring; longer than PLANE_CAPTURED_MAX: -EMSGSIZE. */
int must_check plane_ring_send_captured(struct plane_ring *ring, const struct plane_captured *head,
					const void *data);
size_t plane_ring_recv_captured(struct plane_ring *ring, struct plane_captured *head, void *data);
