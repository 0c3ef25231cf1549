/* SPDX-License-Identifier: BSD-3-Clause */
/* Whose discarded packets are, what is noted, and what all of it together says of a peer. */
#include "controlplane/evidence_book.h"
#include "controlplane/evidence_drops.h"
#include "controlplane/evidence_gather.h"
#include "controlplane/evidence_notes.h"
#include "controlplane/sa_clear.h"
#include "tests/control/evidence_lab.h"

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SLOT_MS = EVIDENCE_RATE_MS,
};

static void notice_at(unsigned worker, struct plane_notice n)
{
	const struct plane_msg msg = {.type = PLANE_NOTICE, .notice = n};

	assert_int_equal(plane_ring_send(bench.a.plane.from_worker[worker], &msg), 0);
	bench_settle(&bench);
}

static void notice(struct plane_notice n)
{
	notice_at(0, n);
}

static struct selector flow_from(uint32_t src, uint32_t dst)
{
	const struct addr from = addr_v4(src), to = addr_v4(dst);

	return (struct selector){.remote = prefix_make(&from, 32), .local = prefix_make(&to, 32)};
}

static const struct evidence_dropped *dropped(uint32_t remote, enum drop_reason reason)
{
	const struct ike_path path = evidence_lab_path(remote);
	const struct evidence_place *p = evidence_book_find(evidence_lab_book(), &path);

	for (size_t i = 0; p && i < p->n_drops; i++)
		if (p->drops[i].drop.reason == reason)
			return &p->drops[i];
	return NULL;
}

static void drops_find_their_peer_by_sa_spi_policy_or_source(void **state)
{
	struct selector clear = flow_from(0xc0a80205, 0xc0a80105);
	const struct sa_pair *pair;
	uint32_t spi;

	(void)state;
	bench_bring_up(&bench, 0);
	pair = bench_current(&bench.a, 0);
	spi = pair->spi_in;
	/* whoever the packet says it is from, the SA is the peer's */
	notice_at(pair->worker,
		  (struct plane_notice){.reason = DROP_ESP_AUTH,
					.spi = spi,
					.pair = plane_spi_slot(spi),
					.suppressed = 4,
					.flow = flow_from(EVIDENCE_LAB_STRANGER, 0x0a000001)});
	assert_int_equal(dropped(EVIDENCE_LAB_PEER, DROP_ESP_AUTH)->drop.total, 5);
	clear.protocol = 6;
	notice((struct plane_notice){
		.reason = DROP_POLICY_CLEAR, .pair = UINT32_MAX, .flow = clear});
	assert_non_null(dropped(EVIDENCE_LAB_PEER, DROP_POLICY_CLEAR));
	notice((struct plane_notice){.reason = DROP_ESP_NO_SA,
				     .spi = 0x12345678,
				     .pair = UINT32_MAX,
				     .flow = flow_from(EVIDENCE_LAB_STRANGER, 0x0a000001)});
	assert_int_equal(dropped(EVIDENCE_LAB_STRANGER, DROP_ESP_NO_SA)->drop.spi_ended_ms, 0);
	ike_engine_clear(bench.a.control->engine, 0, NULL);
	sa_clear_pairs(&bench.a.control->store, &(struct sa_clear_filter){0}, IKE_REASON_CLEARED,
		       false);
	bench_pass(&bench, 5);
	notice((struct plane_notice){.reason = DROP_ESP_NO_SA,
				     .spi = spi,
				     .pair = UINT32_MAX,
				     .flow = flow_from(EVIDENCE_LAB_PEER, 0x0a000001)});
	assert_int_not_equal(dropped(EVIDENCE_LAB_PEER, DROP_ESP_NO_SA)->drop.spi_ended_ms, 0);
	assert_int_equal(dropped(EVIDENCE_LAB_PEER, DROP_ESP_NO_SA)->drop.spi_reason,
			 IKE_REASON_CLEARED);
	/* the number alone proves nothing */
	notice((struct plane_notice){.reason = DROP_ESP_NO_SA,
				     .spi = spi,
				     .pair = UINT32_MAX,
				     .flow = flow_from(EVIDENCE_LAB_STRANGER + 1, 0x0a000001)});
	assert_int_equal(dropped(EVIDENCE_LAB_PEER, DROP_ESP_NO_SA)->drop.total, 1);
}

/* The route to the far network leads by the map's interface; without it nothing asks for an SA. */
static void packets_without_a_route_are_the_peers_whose_line_selects_them(void **state)
{
	const struct addr src = addr_v4(0xc0a80105), dst = addr_v4(0xc0a80205);
	struct selector flow = {
		.local = prefix_make(&src, 32), .remote = prefix_make(&dst, 32), .protocol = 6};

	(void)state;
	for (unsigned i = 0; i < 10; i++)
		notice((struct plane_notice){
			.reason = DROP_NO_ROUTE, .pair = UINT32_MAX, .flow = flow});
	assert_int_equal(dropped(EVIDENCE_LAB_PEER, DROP_NO_ROUTE)->drop.total, 10);
	bench_pass(&bench, 2);
	assert_int_equal(bench_logged(&bench.a, "DIAGNOSIS: RT-NO-ROUTE"), 1);
	assert_int_equal(bench_logged(&bench.a, "no route to the destination"), 0);
	/* what no line selects is nobody's */
	flow.protocol = 17;
	notice((struct plane_notice){.reason = DROP_NO_ROUTE, .pair = UINT32_MAX, .flow = flow});
	assert_int_equal(dropped(EVIDENCE_LAB_PEER, DROP_NO_ROUTE)->drop.total, 10);
}

static void ike_where_it_is_off_names_interface_and_sender(void **state)
{
	const struct ike_path path = evidence_lab_path(EVIDENCE_LAB_PEER);
	struct evidence_room room;
	struct evidence e;

	(void)state;
	notice((struct plane_notice){.reason = DROP_IKE_OFF,
				     .pair = UINT32_MAX,
				     .flow = flow_from(EVIDENCE_LAB_PEER, 0x0a000001)});
	/* it is on: NAT traversal is what is off */
	assert_int_equal(evidence_book_find(evidence_lab_book(), &path)->n_notes, 0);
	bench_configure(&bench, &bench.a, "no crypto isakmp enable\n");
	notice((struct plane_notice){.reason = DROP_IKE_OFF,
				     .pair = UINT32_MAX,
				     .flow = flow_from(EVIDENCE_LAB_PEER, 0x0a000001)});
	notice((struct plane_notice){.reason = DROP_IKE_OFF,
				     .pair = UINT32_MAX,
				     .suppressed = 3,
				     .flow = flow_from(EVIDENCE_LAB_PEER, 0x0a000001)});
	evidence_gather(bench.a.control, evidence_book_find(evidence_lab_book(), &path), &room, &e);
	assert_int_equal(evidence_note(&e, EVIDENCE_IKE_OFF)->n, 5);
	assert_string_equal(evidence_note(&e, EVIDENCE_IKE_OFF)->interface, "GigabitEthernet0/1");
	assert_int_equal(evidence_drop(&e, DROP_IKE_OFF)->lately, 6);
}

static void gathers_what_is_known_of_a_peer(void **state)
{
	const struct ike_path path = evidence_lab_path(EVIDENCE_LAB_PEER);
	struct evidence_room room;
	struct evidence e;

	(void)state;
	bench_acquire(&bench, &bench.a, 0);
	for (unsigned i = 0; i < 90; i++)
		bench_pass_with_traffic(&bench, 0, 1);
	evidence_gather(bench.a.control, evidence_book_find(evidence_lab_book(), &path), &room, &e);
	assert_string_equal(e.map->name, "M");
	assert_int_equal(e.entry->sequence, 10);
	assert_string_equal(e.interface, "GigabitEthernet0/1");
	assert_string_equal(e.out_interface, "GigabitEthernet0/1");
	assert_string_equal(e.in_interface, "GigabitEthernet0/1");
	assert_true(addr_eq(&e.seen, &path.remote));
	assert_true(e.ike_up && e.link_up);
	assert_true(e.ike_received >= 4);
	assert_int_equal(e.n_sas, 1);
	assert_true(e.sas[0].up && e.sas[0].current && e.sas[0].newest);
	assert_int_equal(e.sas[0].now.in_packets, 90);
	assert_in_range(e.sas[0].before.in_packets, 20, 40);
	assert_int_equal(e.n_drops, 0);
}

static void rate_counts_the_last_minute(void **state)
{
	struct evidence_rate r = {0};

	(void)state;
	evidence_rate_add(&r, 5 * SLOT_MS, 3);
	evidence_rate_add(&r, 7 * SLOT_MS, 4);
	assert_int_equal(evidence_rate_sum(&r, 7 * SLOT_MS), 7);
	assert_int_equal(evidence_rate_sum(&r, 10 * SLOT_MS), 7);
	assert_int_equal(evidence_rate_sum(&r, 11 * SLOT_MS), 4);
	assert_int_equal(evidence_rate_sum(&r, 13 * SLOT_MS), 0);
	evidence_rate_add(&r, 100 * SLOT_MS, UINT32_MAX);
	evidence_rate_add(&r, 100 * SLOT_MS, 1);
	assert_int_equal(evidence_rate_sum(&r, 100 * SLOT_MS), UINT32_MAX);
}

static void notes_are_kept_for_their_time(void **state)
{
	const struct ike_path path = evidence_lab_path(EVIDENCE_LAB_PEER);
	struct evidence_place *p = evidence_book_find(evidence_lab_book(), &path);

	(void)state;
	evidence_notes_count(evidence_lab_book(), p, EVIDENCE_MALFORMED, 1000, 2);
	evidence_notes_count(evidence_lab_book(), p, EVIDENCE_MALFORMED, 2000, 3);
	evidence_notes_put(evidence_lab_book(), p, EVIDENCE_DPD_DEAD, 2000)->n = 5;
	assert_int_equal(p->n_notes, 2);
	assert_int_equal(p->notes[0].n, 5);
	evidence_notes_prune(p, 400000);
	assert_int_equal(p->n_notes, 1);
	assert_int_equal(p->notes[0].kind, EVIDENCE_DPD_DEAD);
	evidence_notes_clear(p, EVIDENCE_DPD_DEAD);
	assert_int_equal(p->n_notes, 0);
}

static const struct evidence_note *noted(const struct evidence_place *p,
					 enum evidence_note_kind kind)
{
	for (size_t i = 0; i < p->n_notes; i++)
		if (p->notes[i].kind == kind)
			return &p->notes[i];
	return NULL;
}

/* A datagram of 28 zeros but for what is given, from the peer. */
static void datagram_of(uint8_t cookie, uint8_t version, uint8_t exchange, uint8_t flags)
{
	struct plane_datagram head = {.len = 28,
				      .local_port = 500,
				      .remote_port = 500,
				      .local = addr_v4(0x0a000001),
				      .remote = addr_v4(EVIDENCE_LAB_PEER),
				      .interface = "GigabitEthernet0/1"};
	uint8_t data[28] = {cookie, [8] = 2, [17] = version, exchange, flags, 1, [27] = 28};

	assert_int_equal(plane_ring_send_datagram(bench.a.plane.datagrams_up[0], &head, data), 0);
	bench_settle(&bench);
}

static void datagram(uint8_t version, uint8_t exchange, uint8_t flags)
{
	datagram_of(1, version, exchange, flags);
}

static void rejected_datagrams_are_their_senders(void **state)
{
	const struct ike_path path = evidence_lab_path(EVIDENCE_LAB_PEER);
	struct evidence_place *p = evidence_book_find(evidence_lab_book(), &path);

	(void)state;
	datagram(0x30, 2, 0);
	datagram(0x30, 2, 0);
	assert_int_equal(noted(p, EVIDENCE_MALFORMED)->n, 2);
	assert_null(noted(p, EVIDENCE_STALE_PEER));
	datagram(0x10, 32, 1);
	assert_int_equal(noted(p, EVIDENCE_STALE_PEER)->n, 1);
	datagram(0x20, 34, 0);
	assert_int_equal(noted(p, EVIDENCE_IKEV2)->n, 1);
	/* INVALID-SPI of one that has lost its SAs, or of anybody */
	datagram_of(0, 0x10, 5, 0);
	assert_int_equal(noted(p, EVIDENCE_MALFORMED)->n, 2);
	datagram_of(0, 0x10, 2, 0);
	assert_int_equal(noted(p, EVIDENCE_MALFORMED)->n, 3);
	bench_bring_up(&bench, 0);
	assert_null(noted(p, EVIDENCE_STALE_PEER));
}

/* The entry's second peer is asked when the first does not answer. */
static void failover_names_the_next_peer(void **state)
{
	const struct ike_path path = evidence_lab_path(EVIDENCE_LAB_PEER);
	const struct evidence_note *note;
	char next[ADDR_TEXT];

	(void)state;
	bench_configure(&bench, &bench.a, "crypto map M 10 ipsec-isakmp\n set peer 10.0.0.3\n");
	bench.cut = true;
	bench_acquire(&bench, &bench.a, 0);
	bench_pass(&bench, 120);
	note = noted(evidence_book_find(evidence_lab_book(), &path), EVIDENCE_FAILOVER);
	assert_non_null(note);
	assert_string_equal(addr_print(&note->other, next, sizeof(next)), "10.0.0.3");
	assert_int_equal(note->n, 2);
	assert_int_equal(note->count, 2);
}

/* The rules themselves over healthy ends: renewals of both phases, a clear, a restart. */
static void nothing_healthy_raises_anything(void **state)
{
	(void)state;
	bench_bring_up(&bench, 0);
	bench_pass_with_traffic(&bench, 0, 3 * 3600);
	ike_engine_clear(bench.a.control->engine, 0, NULL);
	bench_pass_with_traffic(&bench, 0, 3600);
	bench_assert_joined(&bench, 0);
	assert_int_equal(bench_logged(&bench.a, "DIAGNOSIS"), 0);
	assert_int_equal(bench_logged(&bench.b, "DIAGNOSIS"), 0);
}

/* What cannot be while workers do what they were told: traffic goes on with the SA of before. */
static void traffic_on_an_old_sa_is_an_error_of_ours(void **state)
{
	struct sa_pair *old;
	uint32_t spi_in, spi_out, *used;

	(void)state;
	bench_bring_up(&bench, 0);
	old = bench_current(&bench.a, 0);
	spi_in = old->spi_in;
	spi_out = old->spi_out;
	used = &plane_stats_tunnel_of(&bench.a.plane, old->worker)[old->index].spi_out;
	while (bench_current(&bench.a, 0)->spi_in == spi_in)
		bench_pass_with_traffic(&bench, 0, 1);
	for (unsigned i = 0; i < 30 && sa_store_find(&bench.a.control->store, spi_in); i++) {
		*used = spi_out;
		bench_traffic(&bench.a, old);
		bench_pass(&bench, 1);
	}
	assert_int_equal(bench_logged(&bench.a, "DIAGNOSIS: ESP-STALE-CTX, peer 10.0.0.2"), 1);
	assert_int_equal(bench_logged(&bench.b, "DIAGNOSIS"), 0);
	*used = bench_current(&bench.a, 0)->spi_out;
	bench_pass_with_traffic(&bench, 0, 90);
	assert_int_equal(bench_logged(&bench.a, "DIAGNOSIS_CLEARED: ESP-STALE-CTX"), 1);
}

static void wrong_key_is_named_at_both_ends(void **state)
{
	(void)state;
	bench_configure(&bench, &bench.b, "crypto isakmp key other address 10.0.0.1\n");
	bench_acquire(&bench, &bench.a, 0);
	bench_pass(&bench, 100);
	assert_int_equal(bench_logged(&bench.a, "DIAGNOSIS"), 1);
	assert_int_equal(bench_logged(&bench.b, "DIAGNOSIS: P1-PSK, peer 10.0.0.1"), 1);
	assert_int_equal(bench_logged(&bench.b, "DIAGNOSIS"), 1);
	bench_configure(&bench, &bench.b, "crypto isakmp key secret address 10.0.0.1\n");
	bench_bring_up(&bench, 0);
	bench_pass(&bench, 5);
	assert_int_equal(bench_logged(&bench.b, "DIAGNOSIS_CLEARED: P1-PSK, peer 10.0.0.1"), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, evidence_lab_setup, evidence_lab_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(drops_find_their_peer_by_sa_spi_policy_or_source),
		TEST(packets_without_a_route_are_the_peers_whose_line_selects_them),
		TEST(ike_where_it_is_off_names_interface_and_sender),
		TEST(gathers_what_is_known_of_a_peer),
		TEST(rejected_datagrams_are_their_senders),
		TEST(failover_names_the_next_peer),
		TEST(nothing_healthy_raises_anything),
		TEST(traffic_on_an_old_sa_is_an_error_of_ours),
		TEST(wrong_key_is_named_at_both_ends),
		TEST(rate_counts_the_last_minute),
		TEST(notes_are_kept_for_their_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
