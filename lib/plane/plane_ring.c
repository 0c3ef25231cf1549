/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/plane/plane_ring.h"

#include <rte_ring.h>
#include <rte_ring_peek_zc.h>

#include <errno.h>
#include <string.h>

enum {
	HEAD_BYTES = sizeof(struct plane_datagram),
	CELLS_MAX = (HEAD_BYTES + PLANE_PACKET_MAX + PLANE_CELL_BYTES - 1) / PLANE_CELL_BYTES,
};

static unsigned cells_of(size_t len)
{
	return (unsigned)((HEAD_BYTES + len + PLANE_CELL_BYTES - 1) / PLANE_CELL_BYTES);
}

size_t plane_ring_bytes(unsigned n)
{
	ssize_t bytes = rte_ring_get_memsize_elem(sizeof(struct plane_msg), n);

	return bytes < 0 ? 0 : (size_t)bytes;
}

size_t plane_ring_cells_bytes(unsigned n)
{
	ssize_t bytes = rte_ring_get_memsize_elem(PLANE_CELL_BYTES, n);

	return bytes < 0 ? 0 : (size_t)bytes;
}

int plane_ring_init(struct rte_ring *ring, const char *name, unsigned n)
{
	return rte_ring_init(ring, name, n, RING_F_SP_ENQ | RING_F_SC_DEQ) ? -EINVAL : 0;
}

int plane_ring_send(struct rte_ring *ring, const struct plane_msg *msg)
{
	struct rte_ring_zc_data zc;

	if (!rte_ring_enqueue_zc_bulk_elem_start(ring, sizeof(*msg), 1, &zc, NULL))
		return -ENOBUFS;
	memcpy(zc.ptr1, msg, sizeof(*msg));
	rte_ring_enqueue_zc_elem_finish(ring, 1);
	return 0;
}

int plane_ring_recv(struct rte_ring *ring, struct plane_msg *msg)
{
	struct rte_ring_zc_data zc;

	if (!rte_ring_dequeue_zc_bulk_elem_start(ring, sizeof(*msg), 1, &zc, NULL))
		return 0;
	memcpy(msg, zc.ptr1, sizeof(*msg));
	explicit_bzero(zc.ptr1, sizeof(*msg));
	rte_ring_dequeue_zc_elem_finish(ring, 1);
	return 1;
}

/* The i-th cell of a reservation, which may go around the end of the ring. */
static uint8_t *cell_at(const struct rte_ring_zc_data *zc, unsigned i)
{
	uint8_t *base = i < zc->n1 ? zc->ptr1 : zc->ptr2;

	return base + (size_t)(i < zc->n1 ? i : i - zc->n1) * PLANE_CELL_BYTES;
}

/* Bytes of payload in cell i of a datagram of len bytes, and where they stand in the cell. */
static size_t cell_share(unsigned i, size_t len, size_t *payload_at, size_t *cell_offset)
{
	size_t room = i ? PLANE_CELL_BYTES : PLANE_CELL_BYTES - HEAD_BYTES;

	*cell_offset = i ? 0 : HEAD_BYTES;
	*payload_at = i ? (size_t)i * PLANE_CELL_BYTES - HEAD_BYTES : 0;
	return len - *payload_at < room ? len - *payload_at : room;
}

int plane_ring_send_datagram(struct rte_ring *ring, const struct plane_datagram *head,
			     const void *data)
{
	unsigned n = cells_of(head->len);
	struct rte_ring_zc_data zc;
	size_t at, offset;

	if (head->len == 0 || head->len > PLANE_PACKET_MAX)
		return -EMSGSIZE;
	if (!rte_ring_enqueue_zc_bulk_elem_start(ring, PLANE_CELL_BYTES, n, &zc, NULL))
		return -ENOBUFS;
	memcpy(cell_at(&zc, 0), head, HEAD_BYTES);
	for (unsigned i = 0; i < n; i++) {
		size_t share = cell_share(i, head->len, &at, &offset);

		memcpy(cell_at(&zc, i) + offset, (const uint8_t *)data + at, share);
	}
	rte_ring_enqueue_zc_elem_finish(ring, n);
	return 0;
}

size_t plane_ring_recv_datagram(struct rte_ring *ring, struct plane_datagram *head, void *data)
{
	struct rte_ring_zc_data zc;
	unsigned there, n;
	size_t at, offset;

	there = rte_ring_dequeue_zc_burst_elem_start(ring, PLANE_CELL_BYTES, CELLS_MAX, &zc, NULL);
	if (!there)
		return 0;
	memcpy(head, cell_at(&zc, 0), HEAD_BYTES);
	n = cells_of(head->len);
	/* the other process is not trusted with our memory: a ring of nonsense is emptied */
	if (head->len == 0 || head->len > PLANE_PACKET_MAX || n > there) {
		rte_ring_dequeue_zc_elem_finish(ring, there);
		return 0;
	}
	for (unsigned i = 0; i < n; i++) {
		size_t share = cell_share(i, head->len, &at, &offset);

		memcpy((uint8_t *)data + at, cell_at(&zc, i) + offset, share);
	}
	rte_ring_dequeue_zc_elem_finish(ring, n);
	return head->len;
}
