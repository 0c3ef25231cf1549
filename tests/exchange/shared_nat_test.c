/* SPDX-License-Identifier: BSD-3-Clause */
/* Several peers behind one NAT address are several peers (R053). */
#include "controlplane/ike/ike_payload.h"
#include "controlplane/ike/phase1.h"
#include "tests/exchange/forge.h"
#include "tests/exchange/lab.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static void copy_info(void *ctx, const struct ike_sa_info *info)
{
	*(struct ike_sa_info *)ctx = *info;
}

static struct ike_sa_info info_of(const struct lab *lab, int end)
{
	struct ike_sa_info info = {0};

	ike_engine_each(lab->ends[end].engine, copy_info, &info);
	return info;
}

/*
 * A stranger with the same key comes to the NAT address of A: another port, and another
 * identity or the same. What it says of itself must not be taken for A's word.
 */
static void two_behind_one_address(bool same_id)
{
	uint64_t first;
	struct lab lab;

	lab_init(&lab);
	lab.nat = true;
	lab.ends[1].peer.dpd_s = 0;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	first = info_of(&lab, 1).path.peer;
	assert_int_not_equal(first, 0);
	lab_forget(&lab);
	lab.nat_offset = 30000;
	if (!same_id)
		lab.ends[0].peer.local_id =
			(struct ike_id){.type = IKE_ID_FQDN, .len = 1, .data = "c"};
	lab_restart(&lab, 0);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_int_equal(lab_up(&lab, 1), 2);
	/* its INITIAL-CONTACT is its own, */
	assert_non_null(lab_event(&lab.ends[1], IKE_EVENT_INITIAL_CONTACT));
	assert_true(lab_event(&lab.ends[1], IKE_EVENT_INITIAL_CONTACT)->path.peer != first);
	assert_null(lab_event(&lab.ends[1], IKE_EVENT_DOWN));
	assert_true(lab.ends[1].out[0].path.peer != first);
	assert_int_equal(lab.ends[1].out[0].path.remote_port, 34500);
	/* so is its DELETE, */
	assert_int_equal(ike_engine_clear(lab.ends[0].engine, 0, NULL), 1);
	lab_settle(&lab);
	assert_int_equal(lab_up(&lab, 1), 1);
	assert_true(info_of(&lab, 1).path.peer == first);
	assert_true(lab_event(&lab.ends[1], IKE_EVENT_DOWN)->path.peer != first);
	/* and what is to be told to the one that is gone is not told to the other */
	assert_int_equal(ike_engine_end_peer(lab.ends[1].engine, first + 1, IKE_REASON_IDLE), 0);
	assert_int_equal(ike_engine_end_peer(lab.ends[1].engine, first, IKE_REASON_IDLE), 1);
	lab_fini(&lab);
}

/* The IKE SA of somebody else at the same address, with the same identity. */
static void name_other(struct ike_build *b, const struct ike_sa *, void *ctx)
{
	const struct ike_delete d = {
		.protocol = IKE_PROTOCOL_ISAKMP,
		.spi_len = 2 * IKE_COOKIE_LEN,
		.n = 1,
		.spis = ctx,
	};

	ike_payload_build_delete(b, &d);
}

static void nobody_deletes_what_is_another_ones(void **)
{
	uint8_t cookies[2 * IKE_COOKIE_LEN];
	const struct ike_sa *first;
	struct lab lab;

	lab_init(&lab);
	lab.nat = true;
	lab.ends[1].peer.dpd_s = 0;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	first = forge_sa(&lab, 1);
	memcpy(cookies, first->cookie_i, IKE_COOKIE_LEN);
	memcpy(cookies + IKE_COOKIE_LEN, first->cookie_r, IKE_COOKIE_LEN);
	lab.nat_offset = 30000;
	lab_restart(&lab, 0);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_int_equal(lab_up(&lab, 1), 2);
	/* as B sees it */
	forge_sa(&lab, 0)->path.local = lab.nat_addr;
	forge_info(&lab, 0, 77, true, name_other, cookies);
	assert_int_equal(lab_up(&lab, 1), 2);
	lab_fini(&lab);
}

static void two_identities_behind_one_address(void **)
{
	two_behind_one_address(false);
}

static void one_identity_twice_behind_one_address(void **)
{
	two_behind_one_address(true);
}

/*
 * All clients of a group have its name. One that has moved on keeps the number it drew where it
 * was, so who comes there then must draw another one: it would have its session and its address.
 */
static void client_at_the_place_of_another_that_has_moved_is_another(void **)
{
	uint64_t first;
	struct lab lab;

	lab_init(&lab);
	lab.nat = true;
	lab.ends[1].peer.client = true;
	lab.ends[1].peer.dpd_s = 0;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	first = info_of(&lab, 1).path.peer;
	lab.nat_offset += 1000;
	lab_forget(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_int_equal(lab_count_events(&lab.ends[1], IKE_EVENT_MOVED), 1);
	assert_true(info_of(&lab, 1).path.peer == first);
	lab.nat_offset -= 1000;
	lab_restart(&lab, 0);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_int_equal(lab_up(&lab, 1), 2);
	assert_true(forge_sa(&lab, 1)->path.peer != first);
	lab_fini(&lab);
}

/* The one that answers DPD must not keep alive the other one, which does not. */
static void dead_peer_is_found_beside_a_live_one(void **)
{
	uint64_t first;
	struct lab lab;

	lab_init(&lab);
	lab.nat = true;
	lab.ends[1].peer.dpd_periodic = true;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	first = info_of(&lab, 1).path.peer;
	lab.nat_offset = 30000; /* who was there before is not reached any more */
	lab_restart(&lab, 0);
	lab_forget(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_run(&lab, 60000);
	assert_int_equal(lab_up(&lab, 1), 1);
	assert_true(info_of(&lab, 1).path.peer != first);
	assert_int_equal(lab_event(&lab.ends[1], IKE_EVENT_DOWN)->reason, IKE_REASON_DPD_DEAD);
	assert_true(lab_event(&lab.ends[1], IKE_EVENT_DOWN)->path.peer == first);
	lab_fini(&lab);
}

/* After a peer was lost the next negotiation says so, but not to another peer whose SAs stand. */
static void contact_with_one_peer_is_not_contact_with_another(void **)
{
	struct ike_path path;
	struct lab lab;

	lab_init(&lab);
	lab.nat = true;
	lab.ends[1].peer.dpd_periodic = true;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	lab.nat_offset = 30000;
	lab_restart(&lab, 0);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_run(&lab, 60000);
	assert_int_equal(lab_up(&lab, 1), 1);
	path = info_of(&lab, 1).path;
	lab_forget(&lab);
	/* B renews its phase 1 with the one that lives */
	assert_int_equal(phase1_start(lab.ends[1].engine, &path, 0), 0);
	lab_settle(&lab);
	assert_int_equal(lab_up(&lab, 0), 2);
	assert_null(lab_event(&lab.ends[0], IKE_EVENT_INITIAL_CONTACT));
	assert_true(info_of(&lab, 1).path.peer == path.peer);
	lab_fini(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_identities_behind_one_address),
		cmocka_unit_test(one_identity_twice_behind_one_address),
		cmocka_unit_test(nobody_deletes_what_is_another_ones),
		cmocka_unit_test(client_at_the_place_of_another_that_has_moved_is_another),
		cmocka_unit_test(dead_peer_is_found_beside_a_live_one),
		cmocka_unit_test(contact_with_one_peer_is_not_contact_with_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
