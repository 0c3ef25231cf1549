/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Quick mode beyond a cipher and an hmac in tunnel mode: sequence numbers of 64 bits, a cipher
 * alone, transport mode through a NAT, protocols and proxies that are refused with their name.
 */
#include "controlplane/ike/ike_payload.h"
#include "lib/crypto/alg.h"
#include "tests/exchange/forge.h"
#include "tests/exchange/lab.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static const struct alg_suite aes_sha = {ALG_CIPHER_AES_256, ALG_HASH_SHA1};
static const struct alg_suite des_alone = {ALG_CIPHER_3DES, ALG_HASH_NONE};

static const struct ike_event *failed(const struct lab *lab, int end)
{
	return lab_event(&lab->ends[end], IKE_EVENT_CHILD_FAILED);
}

static void set(struct ike_child_config *child, struct alg_suite suite, uint8_t esn)
{
	child->suites[0] = suite;
	child->n_suites = 1;
	child->esn = esn;
}

static void numbers_of_64_bits_when_both_want_them(void **)
{
	for (uint8_t asked = 0; asked < 2; asked++)
		for (uint8_t wanted = 0; wanted < 2; wanted++) {
			struct lab lab;

			lab_init(&lab);
			set(&lab.ends[0].child, aes_sha, asked);
			set(&lab.ends[1].child, aes_sha, wanted);
			lab_start(&lab);
			assert_int_equal(lab_initiate(&lab, 0), 0);
			lab_settle(&lab);
			assert_int_equal(lab_pair_fits(&lab), asked == wanted);
			if (asked == wanted) {
				assert_int_equal(lab.ends[0].out[0].esn, asked);
				assert_int_equal(lab.ends[1].out[0].esn, asked);
			} else {
				assert_int_equal(failed(&lab, 1)->reason,
						 IKE_REASON_NO_PROPOSAL_P2);
				assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_NO_PROPOSAL), 1);
			}
			lab_fini(&lab);
		}
}

static void the_second_suite_without_them_is_taken(void **)
{
	struct lab lab;

	lab_init(&lab);
	set(&lab.ends[0].child, aes_sha, 1);
	lab.ends[0].child.suites[1] = aes_sha;
	lab.ends[0].child.n_suites = 2;
	set(&lab.ends[1].child, aes_sha, 0);
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_true(lab_pair_fits(&lab));
	assert_false(lab.ends[0].out[0].esn);
	lab_fini(&lab);
}

/* H103: the answer without the attribute that was offered, and the other way round. */
static void an_answer_of_another_size_is_refused(void **)
{
	static const uint8_t with[] = {0x80, 11, 0, 1};

	for (uint8_t asked = 0; asked < 2; asked++) {
		struct forgery f = {.n = 7, .type = IKE_PAYLOAD_SA, .rehash = true};
		struct lab_packet *answer;
		uint8_t body[256];
		struct lab lab;
		size_t len;

		(void)answer;
		lab_init(&lab);
		set(&lab.ends[0].child, aes_sha, asked);
		set(&lab.ends[1].child, aes_sha, asked);
		lab_start(&lab);
		len = 8 + 12 + 8;
		memcpy(body,
		       "\0\0\0\1\0\0\0\1"	    /* IPsec, identity only */
		       "\0\0\0\x2c\1\3\4\1\0\0\1\0" /* one proposal, SPI 256 */
		       "\0\0\0\x20\1\xc\0\0",	    /* one transform, AES */
		       len);
		memcpy(body + len, "\x80\4\0\1\x80\1\0\1\x80\2\x0e\x10\x80\5\0\2\x80\6\1\0", 20);
		len += 20;
		memcpy(body + len, with, asked ? 0 : sizeof(with));
		len += asked ? 0 : sizeof(with);
		body[11] = (uint8_t)(len - 8);
		body[23] = (uint8_t)(len - 20);
		f.body = body;
		f.len = len;
		assert_int_equal(forge_exchange(&lab, &f), 0);
		assert_true(f.done);
		assert_int_equal(lab_counter(&lab, 0, IKE_COUNT_NO_PROPOSAL), 1);
		assert_int_equal(lab.ends[0].n_in, 0);
		lab_fini(&lab);
	}
}

/* R062; V47: only by configuration, never because a peer offers it. */
static void a_cipher_alone_only_where_it_is_configured(void **)
{
	for (int i = 0; i < 2; i++) {
		struct lab lab;

		lab_init(&lab);
		set(&lab.ends[0].child, des_alone, 0);
		set(&lab.ends[1].child, i ? des_alone : aes_sha, 0);
		lab_start(&lab);
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_settle(&lab);
		assert_int_equal(lab_pair_fits(&lab), i);
		if (i) {
			assert_int_equal(lab.ends[0].out[0].suite.hash, ALG_HASH_NONE);
			assert_int_equal(lab.ends[0].out[0].key_in.len, 24);
		} else {
			assert_int_equal(failed(&lab, 1)->reason, IKE_REASON_NO_PROPOSAL_P2);
		}
		lab_fini(&lab);
	}
}

static struct selector between(const struct addr *local, const struct addr *remote)
{
	return (struct selector){.local = prefix_make(local, 128),
				 .remote = prefix_make(remote, 128)};
}

/* Transport mode between the addresses that the ends know, A behind a NAT. */
static void start_transport(struct lab *lab)
{
	lab_init(lab);
	lab->nat = true;
	for (int i = 0; i < 2; i++) {
		struct ike_path path = lab_path(lab, i);

		lab->ends[i].child.transport = true;
		lab->ends[i].child.selector = between(&path.local, &path.remote);
	}
	lab_start(lab);
}

/* RFC 3947 5.2: A is behind the NAT and names itself by the address it has. */
static void transport_mode_through_a_nat(void **)
{
	struct lab lab;

	start_transport(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	for (int initiator = 0; initiator < 2; initiator++) {
		const struct ike_child *a, *b;

		assert_int_equal(lab_rejected(&lab, 0) + lab_rejected(&lab, 1), 0);
		assert_true(lab.ends[0].n_out == 1 && lab.ends[1].n_out == 1);
		a = &lab.ends[0].out[0];
		b = &lab.ends[1].out[0];
		assert_true(a->transport && b->transport && a->udp && b->udp);
		assert_int_equal(a->initiator, initiator == 0);
		assert_true(selector_eq(&a->selector, &lab.ends[0].child.selector));
		assert_true(selector_eq(&b->selector, &lab.ends[1].child.selector));
		assert_int_equal(a->spi_in, b->spi_out);
		lab_forget(&lab);
		if (initiator)
			break;
		/* the other end makes the next pair: a NAT-OA of each is in it too */
		assert_int_equal(lab_initiate(&lab, 1), 0);
		lab_settle(&lab);
	}
	lab_fini(&lab);
}

/* The peer behind the NAT names neither its address nor the one it is seen with. */
static void an_identity_that_is_not_the_nated_peer(void **)
{
	static const uint8_t other[] = {1, 0, 0, 0, 10, 99, 99, 99};
	static const uint8_t short_oa[] = {1, 0, 0, 0, 10};
	struct forgery forgeries[] = {
		{.type = IKE_PAYLOAD_ID, .body = other, .len = sizeof(other), .rehash = true},
		{.type = IKE_PAYLOAD_NATOA,
		 .body = short_oa,
		 .len = sizeof(short_oa),
		 .rehash = true},
	};
	const enum ike_counter want[] = {IKE_COUNT_PROXY_ID, IKE_COUNT_NATD};

	for (size_t k = 0; k < array_len(forgeries); k++) {
		struct lab lab;

		start_transport(&lab);
		forgeries[k].n = 6;
		assert_int_equal(forge_exchange(&lab, &forgeries[k]), 0);
		assert_true(forgeries[k].done);
		assert_int_equal(lab_counter(&lab, 1, want[k]), 1);
		assert_int_equal(failed(&lab, 1)->reason, IKE_REASON_PROXY_MISMATCH);
		lab_fini(&lab);
	}
}

struct offer_row {
	const char *sa;
	size_t len;
	enum ike_reason reason;
};

#define DOI "\0\0\0\1\0\0\0\1"
#define AH_MD5 \
	"\0\0\0\x24\1\2\4\1\1\2\3\4\0\0\0\x18\1\2\0\0\x80\4\0\1\x80\5\0\1\x80\1\0\1\x80\2\x0e\x10"
#define ESP_AES                                                                                 \
	"\2\0\0\x28\1\3\4\1\1\2\3\4\0\0\0\x1c\1\xc\0\0\x80\4\0\1\x80\5\0\2\x80\6\1\0\x80\1\0\1" \
	"\x80\2\x0e\x10"
#define IPCOMP "\0\0\0\x1a\1\4\2\1\0\3\0\0\0\x10\1\3\0\0\x80\4\0\1\x80\1\0\1"

/* AH, and compression that is wanted together with ESP: the reason names them. */
static void protocols_we_do_not_speak_are_named(void **)
{
	static const struct offer_row rows[] = {
		{DOI AH_MD5, sizeof(DOI AH_MD5) - 1, IKE_REASON_AH_OFFERED},
		{DOI ESP_AES
		 "\0\0\0\x1e\1\4\2\1\0\3\0\0\0\x14\1\3\0\0\x80\4\0\1\x80\1\0\1\x80\2\x0e\x10",
		 sizeof(DOI ESP_AES) - 1 + 30, IKE_REASON_IPCOMP_OFFERED},
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		struct forgery f = {.n = 6,
				    .type = IKE_PAYLOAD_SA,
				    .body = (const uint8_t *)rows[i].sa,
				    .len = rows[i].len,
				    .rehash = true};
		struct lab lab;

		lab_init(&lab);
		lab_start(&lab);
		ike_engine_debug(lab.ends[1].engine, 1u << IKE_TOPIC_ISAKMP);
		assert_int_equal(forge_exchange(&lab, &f), 0);
		assert_true(f.done);
		assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_NO_PROPOSAL), 1);
		assert_int_equal(failed(&lab, 1)->reason, rows[i].reason);
		assert_int_equal(strstr(lab.ends[1].log, "skipping next ANDed proposal (1)") !=
					 NULL,
				 rows[i].reason == IKE_REASON_IPCOMP_OFFERED);
		lab_fini(&lab);
	}
}

/* Scenario B: ESP with IPCOMP first, ESP alone in the next proposal, which is taken. */
static void after_an_anded_proposal_the_next_one_is_taken(void **)
{
	static const char offer[] = DOI ESP_AES
		"\2\0\0\x1e\1\4\2\1\0\3\0\0\0\x14\1\3\0\0\x80\4\0\1\x80\1\0\1\x80\2\x0e\x10"
		"\0\0\0\x28\2\3\4\1\1\2\3\4\0\0\0\x1c\1\xc\0\0\x80\4\0\1\x80\5\0\2\x80\6\1\0"
		"\x80\1\0\1\x80\2\x0e\x10";
	struct forgery f = {.n = 6,
			    .type = IKE_PAYLOAD_SA,
			    .body = (const uint8_t *)offer,
			    .len = sizeof(offer) - 1,
			    .rehash = true};
	struct lab lab;

	lab_init(&lab);
	lab_start(&lab);
	assert_int_equal(forge_exchange(&lab, &f), 0);
	assert_true(f.done);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_NO_PROPOSAL), 0);
	assert_int_equal(lab.ends[1].n_in, 1);
	assert_int_equal(lab.ends[1].in[0].spi_out, 0x01020304);
	lab_fini(&lab);
}

/* A range is a network when it is exactly one; else the event names it. */
static void ranges(void **)
{
	static const struct {
		const char *body;
		const char *named;
	} rows[] = {
		{"\7\0\0\0\xc0\xa8\1\0\xc0\xa8\1\xff", NULL},
		{"\7\0\0\0\xc0\xa8\1\5\xc0\xa8\1\x09", "192.168.1.5-192.168.1.9"},
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		struct forgery f = {.n = 6,
				    .type = IKE_PAYLOAD_ID,
				    .body = (const uint8_t *)rows[i].body,
				    .len = 12,
				    .rehash = true};
		struct lab lab;

		lab_init(&lab);
		lab_start(&lab);
		assert_int_equal(forge_exchange(&lab, &f), 0);
		assert_true(f.done);
		assert_int_equal(lab.ends[1].n_in, rows[i].named ? 0 : 1);
		if (rows[i].named) {
			assert_int_equal(failed(&lab, 1)->reason, IKE_REASON_PROXY_RANGE);
			assert_non_null(strstr(failed(&lab, 1)->detail, rows[i].named));
		}
		lab_fini(&lab);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_of_64_bits_when_both_want_them),
		cmocka_unit_test(the_second_suite_without_them_is_taken),
		cmocka_unit_test(an_answer_of_another_size_is_refused),
		cmocka_unit_test(a_cipher_alone_only_where_it_is_configured),
		cmocka_unit_test(transport_mode_through_a_nat),
		cmocka_unit_test(an_identity_that_is_not_the_nated_peer),
		cmocka_unit_test(protocols_we_do_not_speak_are_named),
		cmocka_unit_test(after_an_anded_proposal_the_next_one_is_taken),
		cmocka_unit_test(ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
