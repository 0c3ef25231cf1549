/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/plane/plane_ring.h"

#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct plane_ring *make_ring(size_t bytes)
{
	struct plane_ring *ring = aligned_alloc(64, (bytes + 63) & ~(size_t)63);

	assert_non_null(ring);
	memset(ring, 0, bytes);
	return ring;
}

static void delivers_in_order_and_reports_full_and_empty(void **)
{
	struct plane_ring *ring = make_ring(plane_ring_bytes());
	struct plane_msg in = {.type = PLANE_ACK}, out;
	uint64_t sent = 0, received = 0;

	for (int round = 0; round < 100; round++) {
		int fill = round * 37 % PLANE_RING_MSGS;

		for (int i = 0; i < fill; i++) {
			in.cookie = ++sent;
			assert_int_equal(plane_ring_send(ring, &in), 0);
		}
		while (plane_ring_recv(ring, &out))
			assert_int_equal(out.cookie, ++received);
		assert_int_equal(received, sent);
	}
	for (int i = 0; i < PLANE_RING_MSGS; i++)
		assert_int_equal(plane_ring_send(ring, &in), 0);
	assert_int_equal(plane_ring_send(ring, &in), -ENOBUFS);
	assert_int_equal(plane_ring_recv(ring, &out), 1);
	assert_int_equal(plane_ring_send(ring, &in), 0);
	free(ring);
}

static void leaves_no_key_behind_after_receiving(void **)
{
	size_t bytes = plane_ring_bytes();
	struct plane_ring *ring = make_ring(bytes);
	struct plane_msg in = {.type = PLANE_SA_IN_INSTALL}, out;

	memset(in.sa.key, 0x5a, sizeof(in.sa.key));
	assert_int_equal(plane_ring_send(ring, &in), 0);
	assert_non_null(memmem(ring, bytes, in.sa.key, sizeof(in.sa.key)));
	assert_int_equal(plane_ring_recv(ring, &out), 1);
	assert_memory_equal(&in, &out, sizeof(in));
	assert_null(memmem(ring, bytes, in.sa.key, sizeof(in.sa.key)));
	free(ring);
}

static void carries_datagrams_of_every_size_whole(void **)
{
	struct plane_ring *ring = make_ring(plane_ring_cells_bytes());
	static uint8_t in[PLANE_PACKET_MAX], out[PLANE_PACKET_MAX];
	struct plane_datagram head = {.local_port = 500, .interface = "GigabitEthernet0/1"}, got;

	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)random();
	for (uint32_t len = 1; len <= PLANE_PACKET_MAX; len += len % 7 + 1) {
		head.len = len;
		memset(out, 0, sizeof(out));
		assert_int_equal(plane_ring_send_datagram(ring, &head, in), 0);
		assert_int_equal(plane_ring_recv_datagram(ring, &got, out), len);
		assert_memory_equal(&head, &got, sizeof(head));
		assert_memory_equal(in, out, len);
		assert_int_equal(plane_ring_recv_datagram(ring, &got, out), 0);
	}
	free(ring);
}

static void sends_a_datagram_whole_or_not_at_all(void **)
{
	struct plane_ring *ring = make_ring(plane_ring_cells_bytes());
	static uint8_t data[PLANE_PACKET_MAX + 1];
	struct plane_datagram head = {.len = PLANE_PACKET_MAX + 1}, got;
	int sent = 0;

	assert_int_equal(plane_ring_send_datagram(ring, &head, data), -EMSGSIZE);
	head.len = 0;
	assert_int_equal(plane_ring_send_datagram(ring, &head, data), -EMSGSIZE);
	head.len = PLANE_PACKET_MAX;
	while (plane_ring_send_datagram(ring, &head, data) == 0)
		sent++;
	assert_int_equal(sent, PLANE_RING_CELLS / 5);
	assert_int_equal(plane_ring_send_datagram(ring, &head, data), -ENOBUFS);
	for (; sent; sent--)
		assert_int_equal(plane_ring_recv_datagram(ring, &got, data), PLANE_PACKET_MAX);
	assert_int_equal(plane_ring_recv_datagram(ring, &got, data), 0);
	free(ring);
}

static void empties_a_ring_that_holds_nonsense(void **)
{
	struct plane_ring *ring = make_ring(plane_ring_cells_bytes());
	static uint8_t cell[PLANE_CELL_BYTES], out[PLANE_PACKET_MAX];
	static const uint32_t lens[] = {0, PLANE_PACKET_MAX, PLANE_PACKET_MAX + 1, UINT32_MAX};
	struct plane_datagram head = {0}, got;

	for (size_t i = 0; i < array_len(lens); i++) {
		head.len = lens[i]; /* says more cells than there are */
		memcpy(cell, &head, sizeof(head));
		memcpy(ring->elements + i * PLANE_CELL_BYTES, cell, sizeof(cell));
		ring->head++;
		assert_int_equal(plane_ring_recv_datagram(ring, &got, out), 0);
		assert_true(plane_ring_is_empty(ring));
	}
	free(ring);
}

/* Whatever the other process writes into the counters, nothing outside the ring is touched. */
static void no_counter_leads_out_of_the_ring(void **)
{
	static const uint32_t values[] = {
		0,
		1,
		5,
		PLANE_RING_CELLS,
		PLANE_RING_MSGS,
		PLANE_RING_MSGS + 1,
		INT32_MAX,
		1u << 31,
		UINT32_MAX - 3,
		UINT32_MAX,
	};
	struct plane_ring *msgs = make_ring(plane_ring_bytes());
	struct plane_ring *cells = make_ring(plane_ring_cells_bytes());
	static uint8_t data[PLANE_PACKET_MAX];
	struct plane_datagram head = {.len = PLANE_PACKET_MAX}, got;
	struct plane_msg msg = {.type = PLANE_ACK};

	for (size_t h = 0; h < array_len(values); h++)
		for (size_t t = 0; t < array_len(values); t++) {
			uint32_t used = values[h] - values[t];

			msgs->head = cells->head = values[h];
			msgs->tail = cells->tail = values[t];
			assert_int_equal(plane_ring_send(msgs, &msg),
					 used < PLANE_RING_MSGS ? 0 : -ENOBUFS);
			(void)!plane_ring_send_datagram(cells, &head, data);
			for (int i = 0; i <= PLANE_RING_MSGS; i++) {
				plane_ring_recv(msgs, &msg);
				plane_ring_recv_datagram(cells, &got, data);
			}
			assert_true(plane_ring_is_empty(msgs));
			assert_true(plane_ring_is_empty(cells));
			assert_int_equal(plane_ring_send(msgs, &msg), 0);
			assert_int_equal(plane_ring_send_datagram(cells, &head, data), 0);
			assert_int_equal(plane_ring_recv_datagram(cells, &got, data), head.len);
		}
	free(cells);
	free(msgs);
}

static void bell_is_readable_from_ring_to_clear(void **)
{
	int bell = plane_bell_create();
	struct pollfd p = {.fd = bell, .events = POLLIN};

	assert_true(bell >= 0);
	plane_bell_clear(bell); /* never blocks */
	assert_int_equal(poll(&p, 1, 0), 0);
	plane_bell_ring(bell);
	plane_bell_ring(bell);
	assert_int_equal(poll(&p, 1, 0), 1);
	plane_bell_clear(bell);
	assert_int_equal(poll(&p, 1, 0), 0);
	close(bell);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(delivers_in_order_and_reports_full_and_empty),
		cmocka_unit_test(leaves_no_key_behind_after_receiving),
		cmocka_unit_test(carries_datagrams_of_every_size_whole),
		cmocka_unit_test(sends_a_datagram_whole_or_not_at_all),
		cmocka_unit_test(empties_a_ring_that_holds_nonsense),
		cmocka_unit_test(no_counter_leads_out_of_the_ring),
		cmocka_unit_test(bell_is_readable_from_ring_to_clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
