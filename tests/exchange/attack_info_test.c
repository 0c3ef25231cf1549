/* SPDX-License-Identifier: BSD-3-Clause */
/* Notifies, deletes and probes that lie (catalogue 3.5), in clear and from an insider. */
#include "controlplane/ike/ike_contact.h"
#include "controlplane/ike/ike_payload.h"
#include "tests/exchange/forge.h"
#include "tests/exchange/lab.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void fill_notify(struct ike_build *b, const struct ike_sa *sa, void *ctx)
{
	struct ike_notify n = *(struct ike_notify *)ctx;
	uint8_t cookies[16];

	memcpy(cookies, sa->cookie_i, 8);
	memcpy(cookies + 8, sa->cookie_r, 8);
	if (!n.spi && n.spi_len == 16)
		n.spi = cookies;
	ike_payload_build_notify(b, &n);
}

static void fill_delete(struct ike_build *b, const struct ike_sa *sa, void *ctx)
{
	uint8_t cookies[16];
	struct ike_delete d = *(struct ike_delete *)ctx;

	memcpy(cookies, sa->cookie_i, 8);
	memcpy(cookies + 8, sa->cookie_r, 8);
	if (!d.spis)
		d.spis = cookies;
	ike_payload_build_delete(b, &d);
}

static const uint16_t notify_types[] = {
	IKE_NOTIFY_INVALID_SPI,
	IKE_NOTIFY_NO_PROPOSAL_CHOSEN,
	IKE_NOTIFY_AUTHENTICATION_FAILED,
	IKE_NOTIFY_INITIAL_CONTACT,
	IKE_NOTIFY_R_U_THERE,
	IKE_NOTIFY_R_U_THERE_ACK,
	IKE_NOTIFY_RESPONDER_LIFETIME,
	IKE_NOTIFY_CONNECTED,
	1,
	9,
	31,
	40500,
	65535,
};

/* H059, H095: in clear nothing is believed, whatever it says and in every state. */
static void nothing_in_clear_is_believed(void **)
{
	struct ike_delete d = {.protocol = IKE_PROTOCOL_ISAKMP, .spi_len = 16, .n = 1};
	struct lab lab;
	size_t n = 0;

	lab_tunnel(&lab);
	for (size_t i = 0; i <= array_len(notify_types); i++) {
		const struct ike_sa *sa = forge_sa(&lab, 1);
		struct ike_header h = {.exchange = IKE_EXCHANGE_INFO, .msgid = 77};
		struct ike_notify notify = {
			.protocol = IKE_PROTOCOL_ISAKMP,
			.spi_len = 16,
			.type = notify_types[i % array_len(notify_types)],
			.data = (const uint8_t *)"\0\0\0\1",
			.data_len = 4,
		};
		uint8_t buf[200];
		struct ike_build b;
		size_t len;

		memcpy(h.cookie_i, sa->cookie_i, 8);
		memcpy(h.cookie_r, sa->cookie_r, 8);
		ike_build_begin(&b, buf, sizeof(buf), &h);
		if (i < array_len(notify_types))
			fill_notify(&b, sa, &notify);
		else
			fill_delete(&b, sa, &d);
		len = ike_build_finish(&b, 0);
		lab_inject(&lab, 1, buf, len, 500);
		n++;
	}
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_UNAUTH_NOTIFY), n);
	assert_int_equal(lab_rejected(&lab, 1), n);
	assert_int_equal(lab.ends[1].n_sent, 0);
	assert_int_equal(lab.ends[1].n_events, 0);
	assert_int_equal(lab_up(&lab, 1), 1);
	lab_fini(&lab);
}

/* H093: encrypted with the right key, but without the right hash. */
static void encrypted_without_hash_is_ignored(void **)
{
	struct ike_delete d = {.protocol = IKE_PROTOCOL_ISAKMP, .spi_len = 16, .n = 1};
	struct lab lab;
	uint32_t msgid = 1000;

	lab_tunnel(&lab);
	for (size_t i = 0; i < array_len(notify_types); i++) {
		struct ike_notify notify = {.protocol = IKE_PROTOCOL_ISAKMP,
					    .spi_len = 16,
					    .type = notify_types[i],
					    .data = (const uint8_t *)"\0\0\0\1",
					    .data_len = 4};

		forge_info(&lab, 0, ++msgid, false, fill_notify, &notify);
	}
	forge_info(&lab, 0, ++msgid, false, fill_delete, &d);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_HASH_FAIL), array_len(notify_types) + 1);
	assert_int_equal(lab.ends[1].n_sent, 0);
	assert_int_equal(lab.ends[1].n_events, 0);
	assert_int_equal(lab_up(&lab, 1), 1);
	lab_fini(&lab);
}

/* H062: believed when it is authentic, and only for SAs that were up before. */
static void initial_contact_of_its_own(void **)
{
	struct ike_notify n = {
		.protocol = IKE_PROTOCOL_ISAKMP, .spi_len = 16, .type = IKE_NOTIFY_INITIAL_CONTACT};
	struct lab lab;

	lab_tunnel(&lab);
	forge_info(&lab, 0, 1, true, fill_notify, &n);
	assert_int_equal(lab_count_events(&lab.ends[1], IKE_EVENT_INITIAL_CONTACT), 1);
	assert_int_equal(lab_up(&lab, 1), 1);
	assert_int_equal(lab.ends[1].n_sent, 0);
	/* Once more it is a replay. */
	forge_info(&lab, 0, 1, true, fill_notify, &n);
	assert_int_equal(lab_count_events(&lab.ends[1], IKE_EVENT_INITIAL_CONTACT), 1);
	lab_fini(&lab);
}

/* H094: whatever an authentic peer complains about, no notify answers it. */
static void notifies_are_never_answered_by_notifies(void **)
{
	struct lab lab;

	lab_tunnel(&lab);
	for (uint32_t type = 1; type < 32; type++) {
		struct ike_notify notify = {.protocol = IKE_PROTOCOL_ISAKMP,
					    .type = (uint16_t)type};

		forge_info(&lab, 0, 5000 + type, true, fill_notify, &notify);
		notify.protocol = IKE_PROTOCOL_ESP;
		notify.spi = (const uint8_t *)"\1\2\3\4";
		notify.spi_len = 4;
		forge_info(&lab, 0, 6000 + type, true, fill_notify, &notify);
	}
	assert_int_equal(lab.ends[1].n_sent, 0);
	assert_int_equal(lab_up(&lab, 1), 1);
	assert_int_equal(lab_count_events(&lab.ends[1], IKE_EVENT_INVALID_SPI), 1);
	lab_fini(&lab);
}

/* H061, H085, H107: R-U-THERE that lies, that is old, and too many of them. */
static void probes_that_lie(void **)
{
	struct ike_notify n = {.protocol = IKE_PROTOCOL_ISAKMP,
			       .spi_len = 16,
			       .type = IKE_NOTIFY_R_U_THERE,
			       .data = (const uint8_t *)"\0\0\0\7",
			       .data_len = 4};
	uint8_t sequence[4] = {0, 1, 0, 0};
	struct lab lab;

	lab_tunnel(&lab);
	forge_info(&lab, 0, 1, true, fill_notify, &n);
	assert_int_equal(lab.ends[1].n_sent, 1);
	/* asked again, for the answer may have been lost; an older number is nobody's question */
	forge_info(&lab, 0, 2, true, fill_notify, &n);
	assert_int_equal(lab.ends[1].n_sent, 2);
	n.data = (const uint8_t *)"\0\0\0\6";
	forge_info(&lab, 0, 10, true, fill_notify, &n);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_REPLAY), 1);
	n.data_len = 3;
	forge_info(&lab, 0, 3, true, fill_notify, &n);
	n.data_len = 4;
	n.spi_len = 4;
	n.spi = (const uint8_t *)"\1\2\3\4";
	forge_info(&lab, 0, 4, true, fill_notify, &n);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_NOTIFY), 2);
	n.spi = NULL;
	n.spi_len = 16;
	n.type = IKE_NOTIFY_R_U_THERE_ACK; /* nobody asked */
	forge_info(&lab, 0, 5, true, fill_notify, &n);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_REPLAY), 2);
	assert_int_equal(lab.ends[1].n_sent, 2);
	n.type = IKE_NOTIFY_R_U_THERE;
	n.data = sequence;
	lab.now_ms += 1000;
	lab_forget(&lab);
	for (uint32_t i = 0; i < 100; i++) {
		sequence[3] = (uint8_t)(i / 2);
		forge_info(&lab, 0, 100 + i, true, fill_notify, &n);
	}
	assert_int_equal(lab.ends[1].n_sent, 10);
	lab_fini(&lab);
}

static void fill_two_notifies(struct ike_build *b, const struct ike_sa *sa, void *ctx)
{
	fill_notify(b, sa, ctx);
	fill_notify(b, sa, ctx);
}

/* A question of a size that is answered twice in one message: without dead peer detection nothing
 * rests until the next probe. */
static void two_answers_begin_no_detection(void **)
{
	struct ike_notify n = {.protocol = IKE_PROTOCOL_ISAKMP,
			       .spi_len = 16,
			       .type = IKE_NOTIFY_R_U_THERE_ACK,
			       .data = (const uint8_t *)"\0\0\0\1",
			       .data_len = 4};
	struct ike_path path;
	struct lab lab;
	uint32_t number;

	lab_init(&lab);
	lab.ends[1].peer.dpd_s = 0;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	lab_forget(&lab);
	path = lab_path(&lab, 1);
	assert_int_equal(ike_engine_sized(lab.ends[1].engine, &path, 500, &number), 0);
	assert_int_equal(number, 1);
	forge_info(&lab, 0, 1, true, fill_two_notifies, &n);
	assert_int_equal(lab_count_events(&lab.ends[1], IKE_EVENT_SIZED), 1);
	assert_int_equal(forge_sa(&lab, 1)->dpd.timer.slot, 0);
	lab_fini(&lab);
}

/* H063, H064: DELETE of what is not the peer's, of too many, and of the SA it came under. */
static void deletes_that_lie(void **)
{
	static const uint8_t spis[300 * 4] = {1, 2, 3, 4};
	static const uint8_t other[16] = {1, 2, 3};
	struct ike_delete d = {.protocol = IKE_PROTOCOL_ESP, .spi_len = 4, .n = 300, .spis = spis};
	struct lab lab;

	lab_tunnel(&lab);
	forge_info(&lab, 0, 1, true, fill_delete, &d);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_DELETE), 1);
	assert_int_equal(lab.ends[1].n_deleted, 0);
	d = (struct ike_delete){
		.protocol = IKE_PROTOCOL_ISAKMP, .spi_len = 16, .n = 1, .spis = other};
	forge_info(&lab, 0, 2, true, fill_delete, &d);
	assert_int_equal(lab_up(&lab, 1), 1);
	d.spis = NULL;
	forge_info(&lab, 0, 3, true, fill_delete, &d);
	assert_int_equal(lab_up(&lab, 1), 0);
	forge_info(&lab, 0, 4, true, fill_delete, &d);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_NO_SA), 1);
	lab_fini(&lab);
}

/* The DELETE of the SA stands first, then everything else: all of it is done, in this order. */
static void fill_delete_first(struct ike_build *b, const struct ike_sa *sa, void *)
{
	struct ike_delete d = {.protocol = IKE_PROTOCOL_ISAKMP, .spi_len = 16, .n = 1};
	struct ike_delete esp = {.protocol = IKE_PROTOCOL_ESP,
				 .spi_len = 4,
				 .n = 1,
				 .spis = (const uint8_t *)"\0\0\x10\1"};
	struct ike_notify n = {.protocol = IKE_PROTOCOL_ISAKMP,
			       .spi_len = 16,
			       .type = IKE_NOTIFY_R_U_THERE,
			       .data = (const uint8_t *)"\0\0\0\7",
			       .data_len = 4};

	fill_delete(b, sa, &d);
	fill_notify(b, sa, &n);
	ike_payload_build_delete(b, &esp);
	fill_delete(b, sa, &d);
}

static void delete_of_its_own_sa_comes_last(void **)
{
	struct lab lab;

	lab_tunnel(&lab);
	forge_info(&lab, 0, 1, true, fill_delete_first, NULL);
	assert_int_equal(lab.ends[1].n_deleted, 1);
	assert_int_equal(lab.ends[1].n_sent, 1);
	assert_int_equal(lab_sas(&lab, 1), 0);
	assert_int_equal(lab_count_events(&lab.ends[1], IKE_EVENT_DOWN), 1);
	lab_fini(&lab);
}

/* Made-up addresses under a key for any peer: memory has an end, and so have our notifies. */
static void strangers_are_remembered_up_to_a_limit(void **)
{
	struct lab lab;

	lab_init(&lab);
	lab_start(&lab);
	for (int second = 0; second < 2; second++) {
		size_t told = 0;

		for (uint32_t i = 0; i < 3 * IKE_CONTACTS_MAX; i++) {
			struct addr a = addr_v4(0x0b000000 + i);

			told += ike_contact_may_notify(lab.ends[1].engine, &a);
		}
		assert_int_equal(told, IKE_CONTACTS_MAX);
		lab.now_ms += IKE_NOTIFY_INTERVAL_MS;
	}
	lab_fini(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_in_clear_is_believed),
		cmocka_unit_test(encrypted_without_hash_is_ignored),
		cmocka_unit_test(initial_contact_of_its_own),
		cmocka_unit_test(strangers_are_remembered_up_to_a_limit),
		cmocka_unit_test(notifies_are_never_answered_by_notifies),
		cmocka_unit_test(probes_that_lie),
		cmocka_unit_test(two_answers_begin_no_detection),
		cmocka_unit_test(deletes_that_lie),
		cmocka_unit_test(delete_of_its_own_sa_comes_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
