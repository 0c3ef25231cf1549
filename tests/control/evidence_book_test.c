/* SPDX-License-Identifier: BSD-3-Clause */
/* What is remembered of peers: bounds, whose it is, what a flood of strangers can and cannot do. */
#include "tests/control/evidence_lab.h"

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The peer's message 1, refused, or our own negotiation. */
static struct ike_record refused(uint32_t remote, uint64_t ike_sa)
{
	struct ike_record r = {
		.kind = IKE_RECORD_PHASE1,
		.ike_sa = ike_sa,
		.path = evidence_lab_path(remote),
		.started_ms = bench_now(),
		.changed_ms = bench_now(),
		.ended_ms = bench_now(),
		.reason = IKE_REASON_NO_PROPOSAL_P1,
		.phase1.messages_seen = 1,
	};

	memcpy(r.cookie_i, &ike_sa, sizeof(ike_sa));
	return r;
}

static struct ike_record ours(uint32_t remote, uint64_t ike_sa)
{
	struct ike_record r = refused(remote, ike_sa);

	r.initiator = true;
	r.reason = IKE_REASON_NO_ANSWER;
	return r;
}

static void keep(struct ike_record r)
{
	evidence_book_record(evidence_lab_book(), &r);
}

static const struct evidence_records *phase1_of(uint32_t remote)
{
	const struct ike_path path = evidence_lab_path(remote);
	const struct evidence_place *p = evidence_book_find(evidence_lab_book(), &path);

	assert_non_null(p);
	return &p->records[IKE_RECORD_PHASE1];
}

static void records_are_bounded_newest_first(void **state)
{
	const struct evidence_records *list;

	(void)state;
	for (uint64_t i = 1; i <= 20; i++)
		keep(ours(EVIDENCE_LAB_PEER, i));
	list = phase1_of(EVIDENCE_LAB_PEER);
	assert_int_equal(list->n, EVIDENCE_RECORDS);
	assert_int_equal(list->rows[0].ike_sa, 20);
	assert_int_equal(list->rows[EVIDENCE_RECORDS - 1].ike_sa, 20 - EVIDENCE_RECORDS + 1);
}

static void record_of_the_same_negotiation_takes_its_place(void **state)
{
	struct ike_record r = ours(EVIDENCE_LAB_PEER, 7);

	(void)state;
	keep(ours(EVIDENCE_LAB_PEER, 6));
	keep(r);
	keep(ours(EVIDENCE_LAB_PEER, 8));
	r.up = true;
	keep(r);
	assert_int_equal(phase1_of(EVIDENCE_LAB_PEER)->n, 3);
	assert_true(phase1_of(EVIDENCE_LAB_PEER)->rows[1].up);
	/* before there is an IKE SA the cookie tells them apart */
	r = refused(EVIDENCE_LAB_PEER, 0);
	r.cookie_i[0] = 1;
	keep(r);
	keep(r);
	assert_int_equal(phase1_of(EVIDENCE_LAB_PEER)->n, 4);
	r.cookie_i[0] = 2;
	keep(r);
	assert_int_equal(phase1_of(EVIDENCE_LAB_PEER)->n, 5);
}

/* So that a failure does not stand there as if nothing had come of it. */
static void what_went_well_goes_with_what_it_ended(void **state)
{
	const struct evidence_records *list;

	(void)state;
	keep(ours(EVIDENCE_LAB_PEER, 1));
	for (uint64_t i = 2; i < 10; i++) {
		struct ike_record r = ours(EVIDENCE_LAB_PEER, i);

		r.up = true;
		keep(r);
	}
	list = phase1_of(EVIDENCE_LAB_PEER);
	assert_int_equal(list->n, EVIDENCE_UPS_MAX);
	assert_int_equal(list->rows[0].ike_sa, 9);
	keep(ours(EVIDENCE_LAB_PEER, 20));
	assert_int_equal(phase1_of(EVIDENCE_LAB_PEER)->n, EVIDENCE_UPS_MAX + 1);
}

/* Each tunnel for itself. */
static void other_tunnels_of_the_peer_keep_their_failures(void **state)
{
	struct ike_record r = {.kind = IKE_RECORD_QUICK,
			       .ike_sa = 1,
			       .path = evidence_lab_path(EVIDENCE_LAB_PEER)};
	struct ike_path path = evidence_lab_path(EVIDENCE_LAB_PEER);

	(void)state;
	r.quick.msgid = 1;
	r.quick.tunnel = 7;
	keep(r);
	r.up = true;
	r.quick.tunnel = 8;
	for (r.quick.msgid = 2; r.quick.msgid < 10; r.quick.msgid++)
		keep(r);
	assert_int_equal(
		evidence_book_find(evidence_lab_book(), &path)->records[IKE_RECORD_QUICK].n,
		EVIDENCE_UPS_MAX + 1);
}

static void quick_modes_of_one_ike_sa_are_told_apart(void **state)
{
	struct ike_record r = {.kind = IKE_RECORD_QUICK,
			       .ike_sa = 1,
			       .path = evidence_lab_path(EVIDENCE_LAB_PEER)};
	struct ike_path path = evidence_lab_path(EVIDENCE_LAB_PEER);

	(void)state;
	r.quick.msgid = 5;
	keep(r);
	r.quick.msgid = 6;
	keep(r);
	r.quick.msgid = 5;
	keep(r);
	assert_int_equal(
		evidence_book_find(evidence_lab_book(), &path)->records[IKE_RECORD_QUICK].n, 2);
}

static void strangers_push_out_strangers_alone(void **state)
{
	const struct ike_path last = evidence_lab_path(EVIDENCE_LAB_STRANGER + 4999),
			      first = evidence_lab_path(EVIDENCE_LAB_STRANGER);

	(void)state;
	keep(ours(EVIDENCE_LAB_PEER, 1));
	for (uint32_t i = 0; i < 5000; i++)
		keep(refused(EVIDENCE_LAB_STRANGER + i, 100 + i));
	assert_int_equal(evidence_lab_book()->n[EVIDENCE_STRANGER], EVIDENCE_STRANGERS_MAX);
	assert_non_null(evidence_book_find(evidence_lab_book(), &last));
	assert_null(evidence_book_find(evidence_lab_book(), &first));
	assert_int_equal(phase1_of(EVIDENCE_LAB_PEER)->n, 1);
	assert_int_equal(phase1_of(EVIDENCE_LAB_PEER)->rows[0].ike_sa, 1);
}

/* Anybody can send message 1 with the address of a peer. */
static void forged_source_of_a_peer_leaves_half_of_its_records(void **state)
{
	size_t own = 0;

	(void)state;
	for (uint64_t i = 1; i <= EVIDENCE_RECORDS; i++)
		keep(ours(EVIDENCE_LAB_PEER, i));
	for (uint32_t i = 0; i < 1000; i++)
		keep(refused(EVIDENCE_LAB_PEER, 100 + i));
	assert_int_equal(phase1_of(EVIDENCE_LAB_PEER)->n, EVIDENCE_RECORDS);
	for (size_t i = 0; i < EVIDENCE_RECORDS; i++)
		own += phase1_of(EVIDENCE_LAB_PEER)->rows[i].initiator;
	assert_int_equal(own, EVIDENCE_RECORDS - EVIDENCE_UNPROVEN_MAX);
	for (uint64_t i = 2000; i < 2000 + EVIDENCE_RECORDS; i++)
		keep(ours(EVIDENCE_LAB_PEER, i));
	assert_true(phase1_of(EVIDENCE_LAB_PEER)->rows[0].initiator);
}

static void stranger_that_proves_itself_takes_its_record_along(void **state)
{
	struct ike_record r = refused(EVIDENCE_LAB_STRANGER, 5);
	struct ike_path path = evidence_lab_path(EVIDENCE_LAB_STRANGER);

	(void)state;
	keep(r);
	r.path.peer = 77;
	r.path.client = true;
	r.up = true;
	keep(r);
	assert_int_equal(phase1_of(EVIDENCE_LAB_STRANGER)->n, 0);
	path.peer = 77;
	assert_int_equal(
		evidence_book_find(evidence_lab_book(), &path)->records[IKE_RECORD_PHASE1].n, 1);
}

static void proven_peers_are_bounded(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 2 * EVIDENCE_PROVEN_MAX; i++) {
		struct ike_record r = refused(EVIDENCE_LAB_STRANGER, i + 1);

		r.path.peer = i + 1;
		keep(r);
	}
	assert_int_equal(evidence_lab_book()->n[EVIDENCE_PROVEN], EVIDENCE_PROVEN_MAX);
}

static void peer_that_is_not_configured_any_more_is_forgotten(void **state)
{
	const struct ike_path path = evidence_lab_path(EVIDENCE_LAB_PEER);

	(void)state;
	keep(ours(EVIDENCE_LAB_PEER, 1));
	bench_configure(
		&bench, &bench.a,
		"crypto map M 10 ipsec-isakmp\n set peer 10.0.0.9\n no set peer 10.0.0.2\n");
	assert_null(evidence_book_find(evidence_lab_book(), &path));
	assert_non_null(evidence_book_named(evidence_lab_book(),
					    &(struct addr){.family = ADDR_V4, .b = {10, 0, 0, 9}}));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, evidence_lab_setup, evidence_lab_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(records_are_bounded_newest_first),
		TEST(record_of_the_same_negotiation_takes_its_place),
		TEST(what_went_well_goes_with_what_it_ended),
		TEST(other_tunnels_of_the_peer_keep_their_failures),
		TEST(quick_modes_of_one_ike_sa_are_told_apart),
		TEST(strangers_push_out_strangers_alone),
		TEST(forged_source_of_a_peer_leaves_half_of_its_records),
		TEST(stranger_that_proves_itself_takes_its_record_along),
		TEST(proven_peers_are_bounded),
		TEST(peer_that_is_not_configured_any_more_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
