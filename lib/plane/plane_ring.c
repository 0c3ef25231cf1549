/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/plane/plane_ring.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

enum {
	HEAD_BYTES = sizeof(struct plane_datagram),
	CELLS_MAX = (HEAD_BYTES + PLANE_PACKET_MAX + PLANE_CELL_BYTES - 1) / PLANE_CELL_BYTES,
};

/* Counters run through and are masked, so the sizes are powers of two. */
static_assert((PLANE_RING_MSGS & (PLANE_RING_MSGS - 1)) == 0);
static_assert((PLANE_RING_CELLS & (PLANE_RING_CELLS - 1)) == 0);
static_assert(ATOMIC_INT_LOCK_FREE == 2);

size_t plane_ring_bytes(void)
{
	return sizeof(struct plane_ring) + PLANE_RING_MSGS * sizeof(struct plane_msg);
}

size_t plane_ring_cells_bytes(void)
{
	return sizeof(struct plane_ring) + PLANE_RING_CELLS * PLANE_CELL_BYTES;
}

/* Where the producer may write n elements: *at. False when there is no room. */
static bool reserve(struct plane_ring *ring, uint32_t size, uint32_t n, uint32_t *at)
{
	uint32_t tail = atomic_load_explicit(&ring->tail, memory_order_acquire);
	uint32_t used;

	*at = atomic_load_explicit(&ring->head, memory_order_relaxed);
	used = *at - tail;
	return used <= size && n <= size - used;
}

static void publish(struct plane_ring *ring, uint32_t at, uint32_t n)
{
	atomic_store_explicit(&ring->head, at + n, memory_order_release);
}

static void give_back(struct plane_ring *ring, uint32_t at, uint32_t n)
{
	atomic_store_explicit(&ring->tail, at + n, memory_order_release);
}

/* How many elements the consumer finds from *at on. More than fit is nonsense, and emptied. */
static uint32_t available(struct plane_ring *ring, uint32_t size, uint32_t *at)
{
	uint32_t head = atomic_load_explicit(&ring->head, memory_order_acquire);
	uint32_t n;

	*at = atomic_load_explicit(&ring->tail, memory_order_relaxed);
	n = head - *at;
	if (n <= size)
		return n;
	give_back(ring, head, 0);
	return 0;
}

static uint8_t *msg_at(struct plane_ring *ring, uint32_t at)
{
	return ring->elements + (at & (PLANE_RING_MSGS - 1)) * sizeof(struct plane_msg);
}

static uint8_t *cell_at(struct plane_ring *ring, uint32_t at)
{
	return ring->elements + (size_t)(at & (PLANE_RING_CELLS - 1)) * PLANE_CELL_BYTES;
}

int plane_ring_send(struct plane_ring *ring, const struct plane_msg *msg)
{
	uint32_t at;

	if (!reserve(ring, PLANE_RING_MSGS, 1, &at))
		return -ENOBUFS;
	memcpy(msg_at(ring, at), msg, sizeof(*msg));
	publish(ring, at, 1);
	return 0;
}

int plane_ring_recv(struct plane_ring *ring, struct plane_msg *msg)
{
	uint32_t at;

	if (!available(ring, PLANE_RING_MSGS, &at))
		return 0;
	memcpy(msg, msg_at(ring, at), sizeof(*msg));
	explicit_bzero(msg_at(ring, at), sizeof(*msg));
	give_back(ring, at, 1);
	return 1;
}

static unsigned cells_of(size_t len)
{
	return (unsigned)((HEAD_BYTES + len + PLANE_CELL_BYTES - 1) / PLANE_CELL_BYTES);
}

/* Bytes of payload in cell i of a datagram of len bytes, and where they stand in the cell. */
static size_t cell_share(unsigned i, size_t len, size_t *payload_at, size_t *cell_offset)
{
	size_t room = i ? PLANE_CELL_BYTES : PLANE_CELL_BYTES - HEAD_BYTES;

	*cell_offset = i ? 0 : HEAD_BYTES;
	*payload_at = i ? (size_t)i * PLANE_CELL_BYTES - HEAD_BYTES : 0;
	return len - *payload_at < room ? len - *payload_at : room;
}

/* Both kinds of head begin with the bytes that follow. */
static_assert(offsetof(struct plane_datagram, len) == 0);
static_assert(offsetof(struct plane_captured, len) == 0);

static int send_cells(struct plane_ring *ring, const void *head, uint32_t len, const void *data)
{
	unsigned n = cells_of(len);
	size_t from, offset;
	uint32_t at;

	if (!reserve(ring, PLANE_RING_CELLS, n, &at))
		return -ENOBUFS;
	memcpy(cell_at(ring, at), head, HEAD_BYTES);
	for (unsigned i = 0; i < n; i++) {
		size_t share = cell_share(i, len, &from, &offset);

		memcpy(cell_at(ring, at + i) + offset, (const uint8_t *)data + from, share);
	}
	publish(ring, at, n);
	return 0;
}

int plane_ring_send_datagram(struct plane_ring *ring, const struct plane_datagram *head,
			     const void *data)
{
	if (head->len == 0 || head->len > PLANE_PACKET_MAX)
		return -EMSGSIZE;
	return send_cells(ring, head, head->len, data);
}

int plane_ring_send_captured(struct plane_ring *ring, const struct plane_captured *head,
			     const void *data)
{
	if (head->len == 0 || head->len > PLANE_CAPTURED_MAX)
		return -EMSGSIZE;
	return send_cells(ring, head, head->len, data);
}

static size_t recv_cells(struct plane_ring *ring, void *head, uint32_t most, void *data)
{
	size_t to, offset;
	uint32_t at, there = available(ring, PLANE_RING_CELLS, &at);
	uint32_t len;
	unsigned n;

	if (!there)
		return 0;
	if (there > CELLS_MAX)
		there = CELLS_MAX;
	memcpy(head, cell_at(ring, at), HEAD_BYTES);
	memcpy(&len, head, sizeof(len));
	n = cells_of(len);
	/* the other process is not trusted with our memory: a ring of nonsense is emptied */
	if (len == 0 || len > most || n > there) {
		give_back(ring, at, there);
		return 0;
	}
	for (unsigned i = 0; i < n; i++) {
		size_t share = cell_share(i, len, &to, &offset);

		memcpy((uint8_t *)data + to, cell_at(ring, at + i) + offset, share);
	}
	give_back(ring, at, n);
	return len;
}

size_t plane_ring_recv_datagram(struct plane_ring *ring, struct plane_datagram *head, void *data)
{
	return recv_cells(ring, head, PLANE_PACKET_MAX, data);
}

size_t plane_ring_recv_captured(struct plane_ring *ring, struct plane_captured *head, void *data)
{
	return recv_cells(ring, head, PLANE_CAPTURED_MAX, data);
}
