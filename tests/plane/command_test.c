/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands of the control plane: one answer each, nothing senseless done, no key left behind. */
#include "dataplane/worker_state.h"
#include "lib/plane/plane_ring.h"
#include "tests/plane/bed.h"

#include <cmocka.h>

#include <errno.h>
#include <string.h>

static const struct alg_suite gcm = {ALG_CIPHER_GCM_256, ALG_HASH_NONE};

enum {
	INNER = 100
};

static struct bed *bed_with_policy(unsigned site)
{
	struct bed *bed = bed_create(site, 1);

	bed_policy(bed);
	return bed;
}

static bool sends(struct bed *bed, struct bed_packet *out)
{
	uint8_t packet[INNER];

	bed_udp(packet, bed->site, 3 - bed->site, INNER);
	return bed_pass(bed, BED_INSIDE, packet, INNER, out);
}

static uint64_t seq_of(const struct bed_packet *p)
{
	return (uint64_t)p->b[24] << 24 | p->b[25] << 16 | p->b[26] << 8 | p->b[27];
}

static void command_waits_for_room_for_its_answer(void **state)
{
	struct bed *bed = bed_with_policy(1);
	struct plane_msg filler = {.type = PLANE_IF_STATE}, msg;
	unsigned fillers = 0, acks = 0;

	(void)state;
	while (plane_ring_send(bed->plane.from_worker[0], &filler) == 0)
		fillers++;
	for (unsigned i = 0; i < 3; i++) {
		msg = (struct plane_msg){.type = PLANE_SA_IN_REMOVE, .cookie = i};
		assert_int_equal(plane_ring_send(bed->plane.to_worker[0], &msg), 0);
	}
	bed_run(bed);
	for (unsigned i = 0; i < fillers; i++)
		assert_int_equal(plane_ring_recv(bed->plane.from_worker[0], &msg), 1);
	bed_run(bed);
	while (plane_ring_recv(bed->plane.from_worker[0], &msg)) {
		assert_int_equal(msg.type, PLANE_ACK);
		assert_int_equal(msg.cookie, acks++);
		assert_int_equal(msg.ack.error, -ENOENT);
	}
	assert_int_equal(acks, 3);
	bed_destroy(bed);
}

static bool holds(const void *memory, size_t size, const void *what, size_t len)
{
	return memmem(memory, size, what, len) != NULL;
}

/* T14: after the removal no byte of the keys is left in the tables or in the ring. */
static void removal_wipes_the_keys(void **state)
{
	struct bed *bed = bed_with_policy(1);
	struct bed_sa sa = {.suite = {ALG_CIPHER_AES_256, ALG_HASH_SHA256},
			    .generation = 1,
			    .slot = 7,
			    .window = 64,
			    .seed = 0x31};
	struct plane_msg in = bed_sa_msg(&sa, 2, false);
	const struct sa_table *t = &bed->dp.workers[0]->sas;
	size_t keys = BED_SLOTS * sizeof(*t->keys_in);
	struct plane_remove gone = {.spi = bed_spi(&sa, 2), .pair = 7};
	struct plane_msg remove = {.type = PLANE_SA_IN_REMOVE, .remove = gone};

	(void)state;
	bed_install(bed, &sa);
	/* an AES key schedule begins with the key */
	assert_true(holds(t->keys_in, keys, in.sa.key, 16));
	bed_remove(bed, &sa);
	assert_false(holds(t->keys_in, keys, in.sa.key, 16));
	assert_false(holds(t->keys_out, keys, in.sa.key, 16));
	for (size_t i = 0; i < keys; i++)
		assert_int_equal(
			((const uint8_t *)t->keys_in)[i] | ((const uint8_t *)t->keys_out)[i], 0);
	assert_false(holds(bed->plane.header, bed->plane.bytes, in.sa.key, 16));
	assert_int_equal(bed_command(bed, &remove, NULL), -ENOENT);
	bed_destroy(bed);
}

static int install_with(struct bed *bed, bool outbound, void (*change)(struct plane_sa *sa))
{
	struct bed_sa sa = {.suite = gcm, .generation = 1, .slot = 9, .window = 64};
	struct plane_msg msg = bed_sa_msg(&sa, outbound ? bed->site : 3 - bed->site, outbound);

	change(&msg.sa);
	return bed_command(bed, &msg, NULL);
}

static void spi_zero(struct plane_sa *sa)
{
	sa->spi = 0;
}
static void slot_beyond(struct plane_sa *sa)
{
	sa->pair = BED_SLOTS;
}
static void tunnel_beyond(struct plane_sa *sa)
{
	sa->tunnel = BED_TUNNELS;
}
static void key_short(struct plane_sa *sa)
{
	sa->key_bytes--;
}
static void salt_absent(struct plane_sa *sa)
{
	sa->salt_bytes = 0;
}
static void suite_without_integrity(struct plane_sa *sa)
{
	sa->suite = (struct alg_suite){ALG_CIPHER_NULL, ALG_HASH_NONE};
	sa->key_bytes = 0;
	sa->salt_bytes = 0;
}
static void suite_unknown(struct plane_sa *sa)
{
	sa->suite.cipher = 200;
}
static void transport(struct plane_sa *sa)
{
	sa->flags |= PLANE_SA_TRANSPORT;
}
static void version_6(struct plane_sa *sa)
{
	sa->remote.family = ADDR_V6;
}

static void senseless_installation_is_refused(void **state)
{
	static const struct {
		void (*change)(struct plane_sa *sa);
		int error;
	} rows[] = {
		{spi_zero, -EINVAL},	    {slot_beyond, -EINVAL},
		{tunnel_beyond, -EINVAL},   {key_short, -EINVAL},
		{salt_absent, -EINVAL},	    {suite_without_integrity, -EINVAL},
		{suite_unknown, -EINVAL},   {transport, -EINVAL},
		{version_6, -EAFNOSUPPORT},
	};
	struct bed *bed = bed_with_policy(1);
	struct bed_sa sa = {.suite = gcm, .generation = 1, .slot = 9, .window = 100};
	struct plane_msg msg = bed_sa_msg(&sa, 2, false);

	(void)state;
	for (unsigned i = 0; i < array_len(rows); i++) {
		assert_int_equal(install_with(bed, false, rows[i].change), rows[i].error);
		assert_int_equal(install_with(bed, true, rows[i].change), rows[i].error);
	}
	assert_int_equal(bed_command(bed, &msg, NULL), -EINVAL); /* window */
	msg.sa.replay_window = 64;
	msg.sa.spi ^= 1 << PLANE_SLOT_BITS; /* another worker's */
	assert_int_equal(bed_command(bed, &msg, NULL), -EINVAL);
	msg.sa.spi ^= 1 << PLANE_SLOT_BITS;
	assert_int_equal(bed_command(bed, &msg, NULL), 0);
	assert_int_equal(bed_command(bed, &msg, NULL), -EEXIST);
	msg = bed_sa_msg(&sa, 1, true);
	assert_int_equal(bed_command(bed, &msg, NULL), 0);
	msg.sa.tunnel = BED_TUNNEL + 1; /* the slot serves another tunnel */
	assert_int_equal(bed_command(bed, &msg, NULL), -EEXIST);
	msg.type = PLANE_IF_SET;
	assert_int_equal(bed_command(bed, &msg, NULL), -EINVAL);
	msg.type = 9999;
	assert_int_equal(bed_command(bed, &msg, NULL), -EINVAL);
	bed_destroy(bed);
}

static void clear_command_resets_counters_and_nothing_else(void **state)
{
	struct bed *bed = bed_with_policy(1);
	struct bed_sa sa = {.suite = gcm, .generation = 1, .window = 64, .hard_bytes = 3 * INNER};
	struct plane_msg clear = {.type = PLANE_COUNTERS_CLEAR, .counters = PLANE_COUNTERS_SA};
	struct bed_packet p;

	(void)state;
	assert_false(sends(bed, &p));
	bed_install(bed, &sa);
	assert_true(sends(bed, &p));
	assert_true(sends(bed, &p));
	assert_int_equal(bed->plane.stats_out[0].packets, 2);
	assert_int_equal(bed_command(bed, &clear, NULL), 0);
	assert_int_equal(bed->plane.stats_out[0].packets, 0);
	assert_int_equal(bed->plane.stats_out[0].spi, bed_spi(&sa, 1));
	assert_int_equal(bed->plane.stats_tunnel[BED_TUNNEL].no_sa, 0);
	assert_int_not_equal(plane_stats_hits_of(&bed->plane, 0)[5], 0);
	assert_int_not_equal(bed_drops(bed), 0);
	clear.counters = PLANE_COUNTERS_DROPS | PLANE_COUNTERS_ACL | PLANE_COUNTERS_CLASS;
	assert_int_equal(bed_command(bed, &clear, NULL), 0);
	assert_int_equal(plane_stats_hits_of(&bed->plane, 0)[5], 0);
	assert_int_equal(bed_drops(bed), 0);
	assert_true(sends(bed, &p));
	assert_int_equal(seq_of(&p), 3);
	assert_int_equal(bed->plane.stats_out[0].packets, 1);
	assert_false(sends(bed, &p)); /* the lifetime went on */
	bed_destroy(bed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(command_waits_for_room_for_its_answer),
		cmocka_unit_test(removal_wipes_the_keys),
		cmocka_unit_test(senseless_installation_is_refused),
		cmocka_unit_test(clear_command_resets_counters_and_nothing_else),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
