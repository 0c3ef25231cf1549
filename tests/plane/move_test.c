/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A NAT gives the peer another mapping (hostile.md H123, H124): only a packet that is authentic,
 * that advances the window and that comes over UDP from elsewhere is told to the control plane, at
 * most once a second; its command moves both halves of the pair.
 */
#include "dataplane/worker_state.h"
#include "lib/plane/plane_ring.h"
#include "tests/plane/lab.h"

#include <cmocka.h>

#include <errno.h>
#include <string.h>

enum {
	INNER = 60,
	NAT_PORT = 40000,
	ALLOWED = PLANE_SA_UDP | PLANE_SA_FOLLOW,
};

static const struct alg_suite suites[] = {
	{ALG_CIPHER_GCM_128, ALG_HASH_NONE},
	{ALG_CIPHER_AES_256, ALG_HASH_SHA1},
};

static struct lab lab_of(struct alg_suite suite, uint32_t flags)
{
	return lab_create((struct bed_sa){.suite = suite, .window = 64, .flags = flags});
}

/* A packet of the peer with this number, from 10.9.0.HOST and that port. */
static struct bed_packet packet(struct lab *lab, uint64_t seq, uint8_t host, uint16_t port)
{
	uint8_t inner[INNER];
	struct bed_packet p;

	seal_packet(lab->peer, seq, inner, lab_inner(inner, INNER), 4, &p);
	p.b[15] = host;
	p.b[20] = (uint8_t)(port >> 8);
	p.b[21] = (uint8_t)port;
	bed_fix_checksum(p.b);
	return p;
}

/* Whether the control plane is told, and that it is told this. */
static bool told(struct lab *lab, uint8_t host, uint16_t port)
{
	struct plane_msg msg;

	while (bed_event(lab->bed, &msg)) {
		if (msg.type != PLANE_SA_MOVED)
			continue;
		assert_int_equal(addr_to_v4(&msg.move.remote), 0x0a090000 | host);
		assert_int_equal(msg.move.remote_port, port);
		assert_int_equal(msg.move.spi_in, bed_spi(&lab->sa, 1));
		assert_int_equal(msg.move.pair, lab->sa.slot);
		return true;
	}
	return false;
}

static void wait_a_second(struct lab *lab)
{
	lab->bed->dp.workers[0]->sas.in[lab->sa.slot].moved_ms = 0;
}

static int move(struct lab *lab, uint8_t host, uint16_t port)
{
	struct plane_msg msg = {
		.type = PLANE_SA_MOVE,
		.move = {.pair = lab->sa.slot,
			 .tunnel = BED_TUNNEL,
			 .spi_in = bed_spi(&lab->sa, 1),
			 .spi_out = bed_spi(&lab->sa, 2),
			 .remote = addr_v4(0x0a090000 | host),
			 .remote_port = port},
	};

	return bed_command(lab->bed, &msg, NULL);
}

static void window_advancing_packet_from_elsewhere_moves_the_peer(void **)
{
	for (size_t i = 0; i < array_len(suites); i++) {
		struct lab lab = lab_of(suites[i], ALLOWED);
		struct bed_packet p, out;
		uint8_t inner[INNER];

		p = packet(&lab, 1, 1, 4500);
		lab_accepted(&lab, &p);
		assert_false(told(&lab, 0, 0));
		p = packet(&lab, 2, 1, NAT_PORT);
		lab_accepted(&lab, &p);
		assert_true(told(&lab, 1, NAT_PORT));
		/* not again within the second, whatever the port */
		p = packet(&lab, 3, 1, NAT_PORT + 1);
		lab_accepted(&lab, &p);
		assert_false(told(&lab, 0, 0));
		assert_int_equal(move(&lab, 1, NAT_PORT), 0);
		wait_a_second(&lab);
		p = packet(&lab, 4, 1, NAT_PORT);
		lab_accepted(&lab, &p);
		assert_false(told(&lab, 0, 0));
		bed_udp(inner, 2, 1, INNER);
		assert_true(bed_pass(lab.bed, BED_INSIDE, inner, INNER, &out));
		assert_int_equal(out.b[19], 1);
		assert_int_equal(out.b[22] << 8 | out.b[23], NAT_PORT);
		bed_fix_checksum(out.b);
		/* another address */
		p = packet(&lab, 5, 77, NAT_PORT);
		lab_accepted(&lab, &p);
		assert_true(told(&lab, 77, NAT_PORT));
		lab_destroy(&lab);
	}
}

static void replays_late_and_forged_packets_move_nothing(void **)
{
	for (size_t i = 0; i < array_len(suites); i++) {
		struct lab lab = lab_of(suites[i], ALLOWED);
		struct bed_packet p = packet(&lab, 100, 1, 4500);

		lab_accepted(&lab, &p);
		p = packet(&lab, 100, 66, NAT_PORT);
		lab_refused(&lab, &p, DROP_ESP_REPLAY_SEEN);
		p = packet(&lab, 10, 66, NAT_PORT);
		lab_refused(&lab, &p, DROP_ESP_REPLAY_LATE);
		/* new and authentic, but held back by somebody */
		p = packet(&lab, 99, 66, NAT_PORT);
		lab_accepted(&lab, &p);
		p = packet(&lab, 101, 66, NAT_PORT);
		p.b[p.len - 1] ^= 1;
		lab_refused(&lab, &p, DROP_ESP_AUTH);
		assert_false(told(&lab, 0, 0));
		lab_destroy(&lab);
	}
}

static void peer_that_is_not_behind_a_nat_does_not_move(void **)
{
	struct lab lab = lab_of(suites[0], PLANE_SA_UDP);
	struct bed_packet p = packet(&lab, 1, 66, NAT_PORT);

	lab_accepted(&lab, &p);
	assert_false(told(&lab, 0, 0));
	lab_destroy(&lab);
}

static void without_udp_another_source_is_refused(void **)
{
	struct lab lab = lab_of(suites[0], PLANE_SA_FOLLOW);
	uint8_t inner[INNER];
	struct bed_packet p;

	seal_packet(lab.peer, 1, inner, lab_inner(inner, INNER), 4, &p);
	p.b[15] = 66;
	bed_fix_checksum(p.b);
	lab_refused(&lab, &p, DROP_ESP_ENDPOINT);
	assert_false(told(&lab, 0, 0));
	assert_int_equal(move(&lab, 66, NAT_PORT), -ENOENT);
	lab_destroy(&lab);
}

static void full_ring_is_tried_again_with_the_next_packet(void **)
{
	struct lab lab = lab_of(suites[0], ALLOWED);
	struct plane_msg filler = {.type = PLANE_IF_STATE};
	struct bed_packet p = packet(&lab, 1, 66, NAT_PORT);

	while (plane_ring_send(lab.bed->plane.from_worker[0], &filler) == 0)
		;
	lab_accepted(&lab, &p);
	assert_false(told(&lab, 0, 0));
	p = packet(&lab, 2, 66, NAT_PORT);
	lab_accepted(&lab, &p);
	assert_true(told(&lab, 66, NAT_PORT));
	lab_destroy(&lab);
}

static void command_is_checked(void **)
{
	struct lab lab = lab_of(suites[0], ALLOWED);
	struct plane_msg msg = {
		.type = PLANE_SA_MOVE,
		.move = {.pair = lab.sa.slot,
			 .spi_in = bed_spi(&lab.sa, 1),
			 .spi_out = bed_spi(&lab.sa, 2) + 1,
			 .remote = addr_v4(1),
			 .remote_port = 1},
	};

	assert_int_equal(bed_command(lab.bed, &msg, NULL), -ENOENT);
	msg.move.spi_out = 0;
	assert_int_equal(bed_command(lab.bed, &msg, NULL), 0);
	msg.move.pair++;
	assert_int_equal(bed_command(lab.bed, &msg, NULL), -ENOENT);
	assert_int_equal(move(&lab, 1, 0), -EINVAL);
	lab_destroy(&lab);
}

static int start(void **)
{
	bed_eal_init();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(window_advancing_packet_from_elsewhere_moves_the_peer),
		cmocka_unit_test(replays_late_and_forged_packets_move_nothing),
		cmocka_unit_test(peer_that_is_not_behind_a_nat_does_not_move),
		cmocka_unit_test(without_udp_another_source_is_refused),
		cmocka_unit_test(full_ring_is_tried_again_with_the_next_packet),
		cmocka_unit_test(command_is_checked),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
