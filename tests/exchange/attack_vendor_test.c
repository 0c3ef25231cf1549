/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Vendor IDs that lie or flood (catalogue H056 to H058), which of them we say and know (R027), and
 * informational messages where there are no keys for them (H089, H096).
 */
#include "controlplane/ike/ike_payload.h"
#include "controlplane/ike/ike_vendor.h"
#include "tests/exchange/forge.h"
#include "tests/exchange/lab.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
	PAYLOADS_MAX = 32,
};

/* The vendor IDs of a message in clear, as a bit mask; how many there are in *n. */
static uint32_t vendors_of(const struct lab_packet *p, size_t *n)
{
	const struct ike_payload *v;
	struct ike_header header;
	struct ike_msg msg;
	uint32_t found = 0;

	assert_int_equal(ike_msg_parse_header(&header, p->data, p->len), IKE_PARSED);
	assert_int_equal(ike_msg_parse_chain(&msg, &header, p->data + IKE_HEADER_LEN,
					     p->len - IKE_HEADER_LEN),
			 IKE_PARSED);
	for (*n = 0; (v = ike_msg_get(&msg, IKE_PAYLOAD_VENDOR, *n)); ++*n) {
		enum ike_vendor vendor = ike_vendor_find(v->body, v->len);

		if (vendor < IKE_VENDOR_COUNT)
			found |= 1u << vendor;
	}
	return found;
}

/* What is done to message 1. */
struct change {
	void (*make)(const struct lab *lab, struct lab_packet *p);
};

static enum lab_fate change_first(struct lab *lab, size_t n, struct lab_packet *p)
{
	const struct change *change = lab->fate_ctx;

	if (n == 0)
		change->make(lab, p);
	return LAB_DELIVER;
}

static void run(struct lab *lab, struct change *change)
{
	lab_start(lab);
	lab->fate = change_first;
	lab->fate_ctx = change;
	assert_int_equal(lab_initiate(lab, 0), 0);
	lab_settle(lab);
}

static void strip(const struct lab *lab, struct lab_packet *p)
{
	while (forge_replace(lab, p, IKE_PAYLOAD_VENDOR, 0, NULL, 0, false))
		;
}

static void add_all(const struct lab *lab, struct lab_packet *p)
{
	strip(lab, p);
	for (enum ike_vendor v = 0; v < IKE_VENDOR_COUNT; v++)
		forge_add(lab, p, IKE_PAYLOAD_VENDOR, ike_vendor_row(v)->id, ike_vendor_row(v)->len,
			  false);
}

static void add_junk(const struct lab *lab, struct lab_packet *p)
{
	static const uint8_t junk[64] = {0x5a, 0xa5};
	const struct ike_vendor_row *dpd = ike_vendor_row(IKE_VENDOR_DPD);
	size_t n;

	forge_add(lab, p, IKE_PAYLOAD_VENDOR, junk, 0, false);
	for (size_t i = 1; i < sizeof(junk); i += 8)
		forge_add(lab, p, IKE_PAYLOAD_VENDOR, junk, i, false);
	vendors_of(p, &n);
	for (; n < PAYLOADS_MAX - 1; n++) /* one is the SA payload */
		forge_add(lab, p, IKE_PAYLOAD_VENDOR, dpd->id, dpd->len, false);
}

static void add_too_many(const struct lab *lab, struct lab_packet *p)
{
	add_junk(lab, p);
	forge_add(lab, p, IKE_PAYLOAD_VENDOR, "", 0, false);
}

static void floods_are_ignored_up_to_the_limit(void **)
{
	struct change junk = {add_junk}, too_many = {add_too_many};
	struct lab lab;

	lab_init(&lab);
	run(&lab, &junk);
	assert_true(lab_pair_fits(&lab));
	assert_int_equal(lab_rejected(&lab, 1), 0);
	lab_fini(&lab);

	lab_init(&lab);
	run(&lab, &too_many);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_TOO_MANY), 1);
	assert_int_equal(lab.ends[1].n_sent, 0);
	lab_fini(&lab);
}

/* What the configuration does not want is not done, whatever the peer says it can. */
static void configuration_wins(void **)
{
	struct change all = {add_all};
	struct lab lab;
	size_t n;

	lab_init(&lab);
	lab.ends[1].peer.nat_traversal = false;
	lab.ends[1].peer.fragmentation = false;
	lab.ends[1].peer.dpd_s = 0;
	run(&lab, &all);
	vendors_of(lab.record[1], &n);
	assert_int_equal(n, 0);
	assert_int_equal(lab.record[2]->path.local_port, 500);
	assert_false(forge_sa(&lab, 1)->natt.enabled);
	assert_false(forge_sa(&lab, 1)->fragmentation);
	lab_fini(&lab);
}

/* To one that says nothing of itself nothing is said either. */
static void only_what_was_offered_is_answered(void **)
{
	struct change none = {strip}, all = {add_all};
	uint32_t offered, answered;
	struct lab lab;
	size_t n;

	lab_init(&lab);
	run(&lab, &none);
	vendors_of(lab.record[1], &n);
	assert_int_equal(n, 0);
	lab_fini(&lab);

	/* the one version of NAT traversal that is used, DPD, fragmentation */
	lab_init(&lab);
	lab.ends[1].peer.fragmentation = true;
	lab.ends[0].peer.fragmentation = true;
	run(&lab, &all);
	offered = vendors_of(lab.record[0], &n);
	assert_int_equal(offered & (1u << IKE_VENDOR_NATT_RFC | 1u << IKE_VENDOR_DPD),
			 1u << IKE_VENDOR_NATT_RFC | 1u << IKE_VENDOR_DPD);
	answered = vendors_of(lab.record[1], &n);
	assert_int_equal(answered, 1u << IKE_VENDOR_NATT_RFC | 1u << IKE_VENDOR_DPD |
					   1u << IKE_VENDOR_FRAGMENTATION);
	lab_fini(&lab);

	/* and to a client whose user is to log in, XAUTH and Unity */
	lab_init(&lab);
	lab.ends[1].peer.xauth = true;
	lab.ends[1].peer.client = true;
	run(&lab, &all);
	answered = vendors_of(lab.record[1], &n);
	assert_true(answered & 1u << IKE_VENDOR_XAUTH);
	assert_true(answered & 1u << IKE_VENDOR_UNITY);
	lab_fini(&lab);
}

/* An informational message that says it is encrypted, in every state that has no keys yet. */
static void encrypted_before_there_are_keys_is_dropped(void **)
{
	for (size_t n = 0; n < 4; n++) {
		const struct ike_sa *sa;
		struct ike_header h = {.exchange = IKE_EXCHANGE_INFO, .msgid = 7};
		uint8_t buf[100], junk[40] = {1};
		struct ike_build b;
		struct lab lab;
		uint64_t before;
		size_t len, sent;
		int end = n % 2 == 0;

		lab_init(&lab);
		lab_start(&lab);
		lab.fate = lab_fate_nth;
		lab.fate_n = n + 1;
		lab.fate_what = LAB_DROP;
		assert_int_equal(lab_initiate(&lab, 0), 0);
		while (lab.n_record < n + 2 && lab_step(&lab))
			;
		sa = forge_sa(&lab, end);
		memcpy(h.cookie_i, sa->cookie_i, sizeof(h.cookie_i));
		memcpy(h.cookie_r, sa->cookie_r, sizeof(h.cookie_r));
		h.flags = IKE_FLAG_ENCRYPTED;
		ike_build_begin(&b, buf, sizeof(buf), &h);
		ike_build_payload(&b, IKE_PAYLOAD_HASH, junk, 32);
		len = ike_build_finish(&b, 8);
		before = lab_rejected(&lab, end);
		sent = lab.ends[end].n_sent;
		lab_inject(&lab, end, buf, len, 500);
		assert_int_equal(lab_rejected(&lab, end), before + 1);
		assert_int_equal(lab.ends[end].n_sent, sent);
		assert_int_equal(lab_sas(&lab, end), 1);
		lab_fini(&lab);
	}
}

/* INVALID-SPI from nobody in particular, about an SA that is in use: the SA stays. */
static void invalid_spi_in_clear_is_ignored(void **)
{
	struct ike_header h = {.exchange = IKE_EXCHANGE_INFO, .msgid = 9};
	struct ike_notify notify = {
		.protocol = IKE_PROTOCOL_ESP, .spi_len = 4, .type = IKE_NOTIFY_INVALID_SPI};
	uint8_t spi[4], buf[100];
	struct ike_build b;
	struct lab lab;
	uint32_t live;
	size_t len;

	lab_init(&lab);
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	live = lab.ends[0].out[0].spi_out;
	for (unsigned i = 0; i < sizeof(spi); i++)
		spi[i] = (uint8_t)(live >> (24 - 8 * i));
	notify.spi = spi;
	lab_forget(&lab);
	memcpy(h.cookie_i, "nobody's", sizeof(h.cookie_i));
	ike_build_begin(&b, buf, sizeof(buf), &h);
	ike_payload_build_notify(&b, &notify);
	len = ike_build_finish(&b, 0);
	lab_inject(&lab, 0, buf, len, 500);
	lab_settle(&lab);
	assert_int_equal(lab.ends[0].n_events, 0);
	assert_int_equal(lab.ends[0].n_deleted, 0);
	assert_int_equal(lab.ends[0].n_sent, 0);
	assert_int_equal(lab_counter(&lab, 0, IKE_COUNT_NO_SA) +
				 lab_counter(&lab, 0, IKE_COUNT_BAD_COOKIE),
			 1);
	assert_int_equal(lab_up(&lab, 0), 1);
	lab_fini(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(floods_are_ignored_up_to_the_limit),
		cmocka_unit_test(configuration_wins),
		cmocka_unit_test(only_what_was_offered_is_answered),
		cmocka_unit_test(encrypted_before_there_are_keys_is_dropped),
		cmocka_unit_test(invalid_spi_in_clear_is_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
