/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Somebody writes to one end in the name of the other, while the tunnel stands and carries traffic:
 * offers that nobody takes, modes that are not enabled, messages of no SA, nonsense. No tunnel is
 * called broken for it, and what is wrong with one that does not stand is not hidden by it.
 */
#include "controlplane/diagnose/diagnose.h"
#include "controlplane/evidence_gather.h"
#include "controlplane/ike/ike_id.h"
#include "controlplane/ike/ike_payload.h"
#include "controlplane/ike/ike_proposal.h"
#include "lib/net/ip.h"
#include "tests/control/bench.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
	TIMES = 6,    /* more than a peer that repeats itself */
	SECONDS = 70, /* longer than a negotiation lasts */
	BUF = 1024,
};

static struct bench bench;

static const struct addr *author; /* NULL = B */

static int setup(void **)
{
	bench_init(&bench, bench_config_a, bench_config_b);
	bench_bring_up(&bench, 0);
	return 0;
}

static int teardown(void **)
{
	bench_fini(&bench);
	return 0;
}

/* To A, as if B had sent it. */
static void forge(const void *data, size_t len)
{
	const struct plane_datagram head = {
		.local = bench.a.address,
		.remote = author ? *author : bench.b.address,
		.local_port = IP_PORT_IKE,
		.remote_port = IP_PORT_IKE,
		.len = (uint16_t)len,
	};

	assert_int_equal(plane_ring_send_datagram(bench.a.plane.datagrams_up[0], &head, data), 0);
	bench_settle(&bench);
}

static struct ike_header header_of(uint8_t exchange)
{
	struct ike_header h = {.exchange = exchange};

	arc4random_buf(h.cookie_i, sizeof(h.cookie_i));
	h.cookie_i[0] |= 1;
	return h;
}

static void write_offer(struct ike_build *b, const struct ike_policy *policy)
{
	ike_proposal_build_p1(b, policy, 1);
}

static void forge_offer(const struct ike_policy *policy)
{
	const struct ike_header h = header_of(IKE_EXCHANGE_MAIN);
	uint8_t buf[BUF];
	struct ike_build b;

	ike_build_begin(&b, buf, sizeof(buf), &h);
	write_offer(&b, policy);
	forge(buf, ike_build_finish(&b, 0));
}

static void an_offer_that_nobody_takes(void)
{
	forge_offer(&(struct ike_policy){10, ALG_CIPHER_DES, ALG_HASH_MD5, ALG_AUTH_PSK, 1, 600});
}

/* Answered, and never gone on with. */
static void an_offer_that_is_good(void)
{
	forge_offer(
		&(struct ike_policy){10, ALG_CIPHER_AES_128, ALG_HASH_SHA1, ALG_AUTH_PSK, 19, 600});
}

static void aggressive_mode(void)
{
	static const uint8_t public[64] = {1};
	const struct ike_header h = header_of(IKE_EXCHANGE_AGGRESSIVE);
	struct ike_build b;
	uint8_t buf[BUF];
	struct ike_id id;

	ike_id_of_addr(&id, &bench.b.address, IP_PORT_IKE);
	ike_build_begin(&b, buf, sizeof(buf), &h);
	write_offer(&b, &(struct ike_policy){10, ALG_CIPHER_AES_128, ALG_HASH_SHA1, ALG_AUTH_PSK,
					     19, 600});
	ike_build_payload(&b, IKE_PAYLOAD_KE, public, sizeof(public));
	ike_build_payload(&b, IKE_PAYLOAD_NONCE, public, 16);
	ike_id_build(&b, &id);
	forge(buf, ike_build_finish(&b, 0));
}

static void a_message_of_no_sa(void)
{
	struct ike_header h = header_of(IKE_EXCHANGE_QUICK);
	uint8_t buf[BUF];
	struct ike_build b;

	h.flags = IKE_FLAG_ENCRYPTED;
	h.msgid = 7;
	h.cookie_r[0] = 9;
	ike_build_begin(&b, buf, sizeof(buf), &h);
	ike_build_payload(&b, IKE_PAYLOAD_HASH, buf, 28);
	forge(buf, ike_build_finish(&b, 0));
}

static void nonsense(void)
{
	uint8_t buf[60];

	arc4random_buf(buf, sizeof(buf));
	forge(buf, sizeof(buf));
}

static void must_be_no_error(const struct bench_end *end, const struct addr *peer, const char *what)
{
	const struct ike_path path = {.local = end->address, .remote = *peer};
	struct evidence_place *place = evidence_book_find(&end->control->evidence, &path);
	static struct evidence_room room;
	struct diagnose_list list;
	struct evidence evidence;
	char text[DIAGNOSE_TEXT];

	assert_non_null(place);
	evidence_gather(end->control, place, &room, &evidence);
	diagnose_peer(&evidence, &list);
	for (size_t i = 0; i < list.n; i++)
		if (diagnose_severity(list.items[i].code) == DIAGNOSE_ERROR)
			fail_msg("%s: %s %s [%s]", what, diagnose_name(list.items[i].code),
				 diagnose_sentence(&list.items[i], text, sizeof(text)),
				 list.items[i].saw);
}

static void a_tunnel_that_stands_is_not_called_broken(void **)
{
	static const struct {
		const char *name;
		void (*forge)(void);
		enum ike_counter counter; /* what A makes of it, at least once */
	} rows[] = {
		{"an offer that nobody takes", an_offer_that_nobody_takes, IKE_COUNT_NO_PROPOSAL},
		{"an offer that is good", an_offer_that_is_good, IKE_COUNT_HALF_OPEN},
		{"aggressive mode", aggressive_mode, IKE_COUNT_AGGRESSIVE},
		{"a message of no SA", a_message_of_no_sa, IKE_COUNT_NO_SA},
		{"nonsense", nonsense, IKE_COUNT_LEN_MISMATCH},
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		for (int k = 0; k < TIMES; k++) {
			rows[i].forge();
			bench_pass_with_traffic(&bench, 0, 2);
			must_be_no_error(&bench.a, &bench.b.address, rows[i].name);
		}
		assert_true(ike_engine_counter(bench.a.control->engine, rows[i].counter) > 0);
		bench_pass_with_traffic(&bench, 0, SECONDS);
		must_be_no_error(&bench.a, &bench.b.address, rows[i].name);
		must_be_no_error(&bench.b, &bench.a.address, rows[i].name);
		bench_forget(&bench.a);
		bench_forget(&bench.b);
	}
}

static bool is_said(const char *name)
{
	const struct ike_path path = {.local = bench.a.address, .remote = bench.b.address};
	struct evidence_place *place = evidence_book_find(&bench.a.control->evidence, &path);
	static struct evidence_room room;
	struct diagnose_list list;
	struct evidence evidence;

	evidence_gather(bench.a.control, place, &room, &evidence);
	diagnose_peer(&evidence, &list);
	for (size_t i = 0; i < list.n; i++)
		if (!list.items[i].under && strcmp(diagnose_name(list.items[i].code), name) == 0)
			return true;
	return false;
}

/* The keys differ; offers in the name of the peer, newer than its own messages, hide it not. */
static void must_not_be_hidden(bool initiator)
{
	void (*const forgers[])(void) = {an_offer_that_nobody_takes, an_offer_that_is_good,
					 aggressive_mode, a_message_of_no_sa, nonsense};
	char *config = strdup(bench_config_b), *key = strstr(config, "key secret");

	memcpy(key, "key SECRET", 10);
	bench_fini(&bench);
	bench_init(&bench, bench_config_a, config);
	free(config);
	bench_acquire(&bench, initiator ? &bench.a : &bench.b, 0);
	bench_pass(&bench, SECONDS);
	assert_true(is_said("P1-PSK") || is_said("P1-PSK-OR-ADDR"));
	for (size_t i = 0; i < TIMES * array_len(forgers); i++) {
		forgers[i % array_len(forgers)]();
		bench_pass(&bench, 1);
		assert_true(is_said("P1-PSK") || is_said("P1-PSK-OR-ADDR"));
		assert_false(is_said("P1-POLICY"));
	}
}

static void a_fault_is_not_hidden(void **)
{
	must_not_be_hidden(true);
}

static void a_fault_of_a_caller_is_not_hidden(void **)
{
	must_not_be_hidden(false);
}

/* Somebody the configuration does not know writes; whether that is remembered. */
static bool stranger_is_known(void)
{
	const struct addr stranger = addr_v4(0x0a090909);
	const struct ike_path path = {.local = bench.a.address, .remote = stranger};

	author = &stranger;
	an_offer_that_is_good();
	author = NULL;
	bench_pass(&bench, 5);
	return evidence_book_find(&bench.a.control->evidence, &path);
}

static bool is_flooded(void)
{
	const struct evidence_place *box = evidence_book_box(&bench.a.control->evidence);

	return box && box->n_found == 1 && box->found[0].d.code == DIAGNOSE_IKE_FLOOD;
}

/* It is said once, of nobody, and is over a minute after it. */
static void a_flood_is_of_the_appliance(void **)
{
	for (int i = 0; i < 9; i++)
		an_offer_that_is_good();
	assert_true(stranger_is_known());
	assert_false(is_flooded());
	for (int i = 0; i < 30; i++)
		an_offer_that_is_good();
	bench_pass(&bench, 2);
	assert_true(is_flooded());
	must_be_no_error(&bench.a, &bench.b.address, "a flood in the name of a peer");
	assert_false(is_said("IKE-FLOOD"));
	assert_int_equal(bench_logged(&bench.a, "IKE-FLOOD, the appliance: "), 1);
	assert_false(stranger_is_known());
	bench_pass(&bench, SECONDS);
	assert_false(is_flooded());
	bench_pass(&bench, SECONDS);
	assert_true(stranger_is_known());
	assert_int_equal(bench_logged(&bench.a, "IKE-FLOOD, the appliance: cleared"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_fault_is_not_hidden, setup, teardown),
		cmocka_unit_test_setup_teardown(a_fault_of_a_caller_is_not_hidden, setup, teardown),
		cmocka_unit_test_setup_teardown(a_flood_is_of_the_appliance, setup, teardown),
		cmocka_unit_test_setup_teardown(a_tunnel_that_stands_is_not_called_broken, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
