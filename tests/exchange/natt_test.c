/* SPDX-License-Identifier: BSD-3-Clause */
/* NAT traversal: RFC 3947, the drafts, peers that lie, peers that move. */
#include "controlplane/ike/ike_msg.h"
#include "controlplane/ike/ike_vendor.h"
#include "tests/exchange/forge.h"
#include "tests/exchange/lab.h"

#include <cmocka.h>

#include <errno.h>
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

static bool has_payload(const struct lab_packet *p, uint8_t type)
{
	struct ike_header header;
	struct ike_msg msg;

	assert_int_equal(ike_msg_parse_header(&header, p->data, p->len), IKE_PARSED);
	assert_int_equal(ike_msg_parse_chain(&msg, &header, p->data + IKE_HEADER_LEN,
					     p->len - IKE_HEADER_LEN),
			 IKE_PARSED);
	return ike_msg_get(&msg, type, 0);
}

static void no_nat_stays_on_500(void **)
{
	struct lab lab;

	lab_init(&lab);
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_true(lab_pair_fits(&lab));
	assert_false(lab.ends[0].out[0].udp);
	assert_true(has_payload(lab.record[2], IKE_PAYLOAD_NATD));
	for (size_t i = 0; i < lab.n_record; i++)
		assert_int_equal(lab.record[i]->path.local_port, 500);
	lab_run(&lab, 100000);
	assert_int_equal(lab.ends[0].n_keepalives + lab.ends[1].n_keepalives, 0);
	lab_fini(&lab);
}

/* A behind a NAT has a pair with B. */
static void start_behind_nat(struct lab *lab)
{
	lab_init(lab);
	lab->nat = true;
	lab_start(lab);
	assert_int_equal(lab_initiate(lab, 0), 0);
	lab_settle(lab);
}

static void initiator_behind_nat_floats_at_message_5(void **)
{
	struct lab lab;

	start_behind_nat(&lab);
	assert_true(lab_pair_fits(&lab));
	assert_true(lab.ends[0].out[0].udp);
	assert_true(info_of(&lab, 0).nat_local);
	assert_false(info_of(&lab, 0).nat_remote);
	assert_true(info_of(&lab, 1).nat_remote);
	assert_false(info_of(&lab, 1).nat_local);
	for (size_t i = 0; i < lab.n_record; i++)
		if (lab.record[i]->to == 1)
			assert_int_equal(lab.record[i]->path.local_port, i < 4 ? 500 : 4500);
	assert_int_equal(lab.ends[1].out[0].path.remote_port, 24500);
	assert_int_equal(lab_rejected(&lab, 0) + lab_rejected(&lab, 1), 0);
	/* Only who is behind the NAT keeps it open. */
	lab_run(&lab, 100500);
	assert_int_equal(lab.ends[0].n_keepalives, 5);
	assert_int_equal(lab.ends[1].n_keepalives, 0);
	lab_fini(&lab);
}

/* Vendor IDs are in clear: the channel makes those in the mask unknown in messages to B. */
static enum lab_fate hide_vendors(struct lab *lab, size_t n, struct lab_packet *p)
{
	const unsigned *mask = lab->fate_ctx;

	for (enum ike_vendor v = 0; n == 0 && v < IKE_VENDOR_COUNT; v++) {
		const struct ike_vendor_row *row = ike_vendor_row(v);
		uint8_t *at = memmem(p->data, p->len, row->id, row->len);

		if (at && (*mask & (1u << v)))
			at[0] ^= 0xff;
	}
	return LAB_DELIVER;
}

static void drafts_use_their_own_numbers(void **)
{
	unsigned masks[] = {1u << IKE_VENDOR_NATT_RFC,
			    1u << IKE_VENDOR_NATT_RFC | 1u << IKE_VENDOR_NATT_03};

	for (size_t i = 0; i < array_len(masks); i++) {
		struct lab lab;

		lab_init(&lab);
		lab.nat = true;
		lab.fate = hide_vendors;
		lab.fate_ctx = &masks[i];
		lab_start(&lab);
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_settle(&lab);
		assert_true(lab_pair_fits(&lab));
		assert_true(lab.ends[0].out[0].udp);
		assert_true(has_payload(lab.record[2], IKE_PAYLOAD_NATD_DRAFT));
		assert_false(has_payload(lab.record[2], IKE_PAYLOAD_NATD));
		lab_fini(&lab);
	}
}

static void no_common_version_is_no_traversal(void **)
{
	unsigned mask =
		1u << IKE_VENDOR_NATT_RFC | 1u << IKE_VENDOR_NATT_03 | 1u << IKE_VENDOR_NATT_02N;
	struct lab lab;

	lab_init(&lab);
	lab.fate = hide_vendors;
	lab.fate_ctx = &mask;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_true(lab_pair_fits(&lab));
	assert_false(has_payload(lab.record[2], IKE_PAYLOAD_NATD));
	assert_false(has_payload(lab.record[2], IKE_PAYLOAD_NATD_DRAFT));
	lab_fini(&lab);
}

static void switched_off_sends_nothing_of_it(void **)
{
	for (int off = 0; off < 2; off++) {
		struct lab lab;

		lab_init(&lab);
		lab.nat = true;
		/* Nobody tells the NAT apart, so the inner address would be a wrong identity. */
		lab.ends[0].peer.local_id =
			(struct ike_id){.type = IKE_ID_FQDN, .len = 1, .data = "a"};
		lab.ends[1].peer.remote_id = lab.ends[0].peer.local_id;
		lab.ends[off].peer.nat_traversal = false;
		lab_start(&lab);
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_settle(&lab);
		assert_true(lab_pair_fits(&lab));
		assert_false(lab.ends[0].out[0].udp);
		assert_false(has_payload(lab.record[2], IKE_PAYLOAD_NATD));
		/* the port tells */
		assert_int_equal(lab_event(&lab.ends[1], IKE_EVENT_HINT)->reason,
				 IKE_REASON_NATT_NEEDED);
		assert_null(lab_event(&lab.ends[0], IKE_EVENT_HINT));
		lab_fini(&lab);
	}
}

/* The peer's address is not the one it comes from, and nobody looked for a NAT. */
static void traversal_that_is_off_is_the_diagnosis(void **)
{
	struct lab lab;

	lab_init(&lab);
	lab.nat = true;
	lab.ends[1].peer.nat_traversal = false;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_int_equal(lab_up(&lab, 1), 0);
	assert_int_equal(lab_event(&lab.ends[1], IKE_EVENT_FAILED)->reason, IKE_REASON_NATT_NEEDED);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_ID_MISMATCH), 1);
	lab_fini(&lab);
}

/* strongSwan's user space ESP falsifies its hashes so that both ends see a NAT where none is. */
static enum lab_fate lie(struct lab *, size_t n, struct lab_packet *p)
{
	if (n == 2)
		p->data[p->len - 1] ^=
			0xff; /* NAT-D of the source: "I am not where I seem to be" */
	if (n == 3)
		p->data[p->len - 30] ^= 0xff; /* NAT-D of the destination */
	return LAB_DELIVER;
}

static void peer_that_forces_udp_gets_it(void **)
{
	struct lab lab;

	lab_init(&lab);
	lab.fate = lie;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_true(lab_pair_fits(&lab));
	assert_true(lab.ends[0].out[0].udp);
	assert_true(info_of(&lab, 0).nat_local);
	assert_true(info_of(&lab, 1).nat_remote);
	assert_int_equal(lab.record[4]->path.local_port, 4500);
	lab_fini(&lab);
}

static void peer_is_followed_when_its_mapping_changes(void **)
{
	struct lab lab;
	uint8_t junk[100];

	start_behind_nat(&lab);
	assert_int_equal(info_of(&lab, 1).path.remote_port, 24500);
	/* Junk with the right cookies from elsewhere moves nothing (H123). */
	memcpy(junk, lab.record[6]->data, sizeof(junk));
	memset(junk + 40, 0x55, sizeof(junk) - 40);
	lab_inject(&lab, 1, junk, sizeof(junk), 4500);
	assert_int_equal(info_of(&lab, 1).path.remote_port, 24500);
	/* The NAT forgets and maps to another port; A's next message is authentic. */
	lab.nat_offset = 30000;
	lab_forget(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_true(lab_pair_fits(&lab));
	assert_int_equal(info_of(&lab, 1).path.remote_port, 34500);
	assert_int_equal(lab.ends[1].out[0].path.remote_port, 34500);
	assert_int_equal(lab_count_events(&lab.ends[1], IKE_EVENT_MOVED), 1);
	assert_int_equal(lab_event(&lab.ends[1], IKE_EVENT_MOVED)->path.remote_port, 34500);
	assert_int_equal(lab_event(&lab.ends[1], IKE_EVENT_MOVED)->path.peer,
			 info_of(&lab, 1).path.peer);
	/* Now B can reach it, too. */
	assert_int_equal(ike_engine_clear(lab.ends[1].engine, 0, NULL), 1);
	lab_settle(&lab);
	assert_int_equal(lab_sas(&lab, 0), 0);
	lab_fini(&lab);
}

/* H122: only forward. An authentic message from port 500 does not take the SA back. */
static void nobody_floats_back(void **)
{
	struct ike_sa *sa;
	struct lab lab;

	start_behind_nat(&lab);
	sa = forge_sa(&lab, 0);
	sa->path.local_port = 500;
	sa->path.remote_port = 500;
	lab_forget(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_int_equal(info_of(&lab, 1).path.local_port, 4500);
	assert_int_equal(info_of(&lab, 1).path.remote_port, 24500);
	assert_int_equal(lab.ends[1].n_in, 1);
	lab_fini(&lab);
}

/* The NAT gets another address: found by cookies, believed when authentic, reachable there. */
static void peer_is_followed_to_another_address(void **)
{
	struct ike_sa_info info;
	struct lab_packet p;
	struct lab lab;

	start_behind_nat(&lab);
	p = *lab.record[6];
	p.path.remote = addr_v4(0xc633640a);
	ike_engine_receive(lab.ends[1].engine, &p.path, p.data, p.len); /* a replay: not followed */
	info = info_of(&lab, 1);
	assert_true(addr_eq(&info.path.remote, &lab.nat_addr));
	lab.nat_addr = addr_v4(0xc633640a);
	lab.ends[1].unknown_peer = true; /* nobody is configured there */
	lab_forget(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_true(lab_pair_fits(&lab));
	info = info_of(&lab, 1);
	assert_true(addr_eq(&info.path.remote, &lab.nat_addr));
	/* B finds the SA by the new address. */
	assert_int_equal(lab_initiate(&lab, 1), 0);
	lab_settle(&lab);
	assert_int_equal(lab.ends[1].n_out, 2);
	assert_int_equal(lab_up(&lab, 1), 1);
	lab_fini(&lab);
}

/* The configuration goes on to hold for it: to be called, to call, and to renew phase 1. */
static void peer_that_moved_is_still_known(void **)
{
	struct ike_sa_info info;
	struct ike_path home;
	struct lab lab;

	lab_init(&lab);
	lab.nat = true;
	lab.ends[0].peer.policies[0].lifetime_s = 1000;
	lab.ends[1].peer.policies[0].lifetime_s = 1000;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	home = lab_path(&lab, 1);
	lab.nat_addr = addr_v4(0xc633640a);
	lab.ends[1].unknown_peer = true; /* nobody is configured there */
	lab_forget(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_int_equal(lab.ends[1].n_out, 1);
	assert_true(addr_eq(&lab.ends[1].out[0].path.home, &home.remote));
	/* our side calls the address that it knows */
	assert_int_equal(ike_engine_initiate(lab.ends[1].engine, &home, &lab.ends[1].child), 0);
	lab_settle(&lab);
	assert_int_equal(lab.ends[1].n_out, 2);
	assert_true(addr_eq(&lab.ends[1].out[1].path.remote, &lab.nat_addr));
	assert_true(ike_engine_reaches(lab.ends[1].engine, &home));
	assert_int_equal(lab_up(&lab, 1), 1);
	/* phase 1 is renewed by A, which comes from the new address, three times */
	lab_run(&lab, 2800000);
	assert_int_equal(lab_count_events(&lab.ends[1], IKE_EVENT_UP), 3);
	assert_int_equal(lab_count_events(&lab.ends[1], IKE_EVENT_FAILED), 0);
	info = info_of(&lab, 1);
	assert_true(addr_eq(&info.path.home, &home.remote));
	lab_fini(&lab);
}

/* A peer that says it is behind NAT must not get what belongs to the peer at another address. */
static void peer_is_not_followed_to_the_address_of_another(void **)
{
	struct ike_sa_info info;
	struct addr before;
	struct lab lab;

	start_behind_nat(&lab);
	before = lab.nat_addr;
	lab.nat_addr = addr_v4(0xc633640a); /* B has a peer there, too */
	lab.ends[1].peer.named = true;
	lab_forget(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	info = info_of(&lab, 1);
	assert_true(addr_eq(&info.path.remote, &before));
	assert_int_equal(lab.ends[1].n_in, 0);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_NO_SA), 1);
	lab_fini(&lab);
}

/* A key for any address names nobody: the peer may go where its NAT takes it. */
static void peer_is_followed_where_only_a_wildcard_reaches(void **)
{
	struct ike_sa_info info;
	struct lab lab;

	lab_init(&lab);
	lab.nat = true;
	lab.ends[1].any_peer = true;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	lab.nat_addr = addr_v4(0xc633640a);
	lab_forget(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	info = info_of(&lab, 1);
	assert_true(addr_eq(&info.path.remote, &lab.nat_addr));
	assert_int_equal(lab.ends[1].n_in, 1);
	lab_fini(&lab);
}

/* ESP from there proves it as well; but what is not said by a peer behind a NAT is not believed. */
static void ike_follows_what_esp_has_proved(void **)
{
	struct ike_path to;
	struct lab lab;

	start_behind_nat(&lab);
	lab.nat_offset = 30000;
	to = info_of(&lab, 1).path;
	to.remote_port = 34500;
	assert_int_equal(ike_engine_move(lab.ends[1].engine, &lab.nat_addr, &to), 0);
	assert_int_equal(info_of(&lab, 1).path.remote_port, 34500);
	lab_forget(&lab);
	assert_int_equal(lab_initiate(&lab, 1), 0);
	lab_settle(&lab);
	assert_true(lab_pair_fits(&lab));
	/* A is not told to follow B, which stays where it is */
	to = info_of(&lab, 0).path;
	to.remote_port = 5;
	assert_int_equal(ike_engine_move(lab.ends[0].engine, &to.remote, &to), 0);
	assert_int_equal(info_of(&lab, 0).path.remote_port, 4500);
	lab.ends[1].peer.named = true;
	to = info_of(&lab, 1).path;
	to.remote = lab.ends[0].addr;
	assert_int_equal(ike_engine_move(lab.ends[1].engine, &lab.nat_addr, &to), -EADDRINUSE);
	to.remote = lab.nat_addr;
	assert_int_equal(ike_engine_move(lab.ends[1].engine, &lab.nat_addr, &to), 0);
	lab_fini(&lab);
}

static void rekey_behind_nat_stays_on_4500(void **)
{
	struct lab lab;

	lab_init(&lab);
	lab.nat = true;
	for (int i = 0; i < 2; i++) {
		lab.ends[i].peer.policies[0].lifetime_s = 1000;
		lab.ends[i].peer.dpd_s = 0;
	}
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_run(&lab, 770000);
	assert_int_equal(lab_up(&lab, 0), 1);
	assert_int_equal(lab_up(&lab, 1), 1);
	assert_int_equal(lab_count_events(&lab.ends[0], IKE_EVENT_UP), 2);
	for (size_t i = 4; i < lab.n_record; i++)
		if (lab.record[i]->to == 1)
			assert_int_equal(lab.record[i]->path.local_port, 4500);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_true(lab_pair_fits(&lab));
	assert_true(lab.ends[0].out[1].udp);
	lab_fini(&lab);
}

static void markers_are_checked(void **)
{
	uint8_t buf[400] = {0};
	struct lab lab;
	size_t len;

	lab_init(&lab);
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	len = lab.record[0]->len;
	lab_forget(&lab);
	memcpy(buf + 4, lab.record[0]->data, len);
	/* H012: without marker on 4500, a part of one, a runt behind it, with one on 500. */
	lab_inject(&lab, 1, buf + 4, len, 4500);
	for (size_t n = 0; n < 4; n++)
		lab_inject(&lab, 1, buf, n, 4500);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_BAD_MARKER), 5);
	lab_inject(&lab, 1, buf, 4 + 27, 4500);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_RUNT), 1);
	lab_inject(&lab, 1, buf, len + 4, 500);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_BAD_MARKER), 6);
	lab_inject(&lab, 1, "\xff", 1, 4500); /* a keepalive is nothing wrong */
	assert_int_equal(lab_rejected(&lab, 1), 7);
	assert_int_equal(lab.ends[1].n_sent, 0);
	lab_fini(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_nat_stays_on_500),
		cmocka_unit_test(initiator_behind_nat_floats_at_message_5),
		cmocka_unit_test(drafts_use_their_own_numbers),
		cmocka_unit_test(no_common_version_is_no_traversal),
		cmocka_unit_test(switched_off_sends_nothing_of_it),
		cmocka_unit_test(traversal_that_is_off_is_the_diagnosis),
		cmocka_unit_test(peer_that_forces_udp_gets_it),
		cmocka_unit_test(peer_is_followed_when_its_mapping_changes),
		cmocka_unit_test(nobody_floats_back),
		cmocka_unit_test(peer_is_followed_to_another_address),
		cmocka_unit_test(peer_that_moved_is_still_known),
		cmocka_unit_test(peer_is_not_followed_to_the_address_of_another),
		cmocka_unit_test(peer_is_followed_where_only_a_wildcard_reaches),
		cmocka_unit_test(ike_follows_what_esp_has_proved),
		cmocka_unit_test(rekey_behind_nat_stays_on_4500),
		cmocka_unit_test(markers_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
