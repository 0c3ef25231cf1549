/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a client with good keys may try (catalogue 3.5, H066, H067, H085): transactions nobody asked
 * for, wrong identifiers, replays, floods, methods that are not configured.
 */
#include "controlplane/ike/ike_payload.h"
#include "controlplane/ike/transaction.h"
#include "lib/crypto/alg.h"
#include "tests/exchange/client.h"
#include "tests/exchange/forge.h"
#include "tests/exchange/lab.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* H066: what nobody asked for, under good keys. */
static void unsolicited_transactions_have_no_effect(void **)
{
	static const uint8_t ok[] = {0xc0, 0x8f, 0, 1}; /* XAUTH_STATUS = OK */
	static const uint8_t beyond[] = {0x00, 0x01, 0xff, 0xff, 1, 2, 3, 4};
	struct client client;
	struct lab lab;

	client_gateway(&lab, true);
	client_init(&client, &lab, NULL, NULL);
	client_dial(&lab);
	for (int kind = CONFIG_PAYLOAD_REPLY; kind <= CONFIG_PAYLOAD_ACK; kind++)
		client_send(&client, (enum config_payload_kind)kind, 7, ok, sizeof(ok));
	client_send(&client, CONFIG_PAYLOAD_REQUEST, 7, beyond, sizeof(beyond));
	client_send(&client, 0, 7, ok, sizeof(ok));
	client_send(&client, 5, 7, ok, sizeof(ok));
	lab_settle(&lab);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_MODECFG), 6);
	assert_string_equal(client_state(&lab, 1), "CONF_XAUTH");
	assert_int_equal(lab.ends[1].n_users + lab.ends[1].n_clients, 0);
	client_fini(&client);
	lab_fini(&lab);
}

/* The right kind under the wrong identifier is no answer. */
static void wrong_identifier_is_no_answer(void **)
{
	struct client client;
	struct ike_sa *sa;
	struct lab lab;

	client_gateway(&lab, true);
	client_init(&client, &lab, NULL, NULL);
	client_dial(&lab);
	sa = forge_sa(&lab, 1);
	LIST_FIRST(&sa->transactions)->identifier ^= 1;
	client.name = "alice";
	client.password = "open sesame";
	client_forget(&client);
	lab_run(&lab, 2500);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_MODECFG), 1);
	assert_int_equal(lab.ends[1].n_users, 0);
	client_fini(&client);
	lab_fini(&lab);
}

/* H085: a REQUEST of before does nothing again, not even when it is forgotten. */
static void replayed_request_has_no_effect(void **)
{
	struct client client;
	struct lab lab;

	client_gateway(&lab, true);
	client_init(&client, &lab, "alice", "open sesame");
	client_dial(&lab);
	client_ask_all(&client);
	lab_settle(&lab);
	client_repeat(&client);
	lab_settle(&lab);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_DUP), 1);
	lab_run(&lab, 31000);
	client_repeat(&client);
	lab_settle(&lab);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_REPLAY), 1);
	assert_int_equal(lab.ends[1].n_clients, 1);
	client_fini(&client);
	lab_fini(&lab);
}

/* H067: many requests give one client one lease, and keep few transactions in memory. */
static void many_requests_take_little(void **)
{
	struct client client;
	struct ike_transaction *t;
	struct lab lab;
	size_t n = 0;

	client_gateway(&lab, false);
	client_init(&client, &lab, NULL, NULL);
	client_dial(&lab);
	for (size_t i = 0; i < 200; i++) {
		client_ask_all(&client);
		client_forget(&client);
		lab_settle(&lab);
	}
	LIST_FOREACH(t, &forge_sa(&lab, 1)->transactions, link)
		n++;
	assert_int_equal(n, TRANSACTIONS_MAX);
	client_fini(&client);
	lab_fini(&lab);
}

/* A peer of a tunnel between sites gives no address and is asked no name (D12). */
static void plain_peer_is_asked_nothing(void **)
{
	struct client client;
	struct lab lab;

	client_gateway(&lab, false);
	lab.ends[1].peer.client = false;
	client_init(&client, &lab, NULL, NULL);
	client_dial(&lab);
	assert_true(lab_pair_fits(&lab));
	assert_int_equal(client.n, 0);
	client_ask_all(&client);
	lab_settle(&lab);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_MODECFG), 1);
	assert_int_equal(lab.ends[1].n_clients, 0);
	client_fini(&client);
	lab_fini(&lab);
}

/* The client says in its offer that its user will log in: 65001 and 65002 (H046). */
static void xauth_methods_need_a_login_configured(void **)
{
	struct client client;
	struct lab lab;

	for (int xauth = 0; xauth < 2; xauth++) {
		client_gateway(&lab, xauth);
		lab.ends[0].peer.policies[0].auth = ALG_AUTH_XAUTH_I_PSK;
		client_init(&client, &lab, "alice", "open sesame");
		client_dial(&lab);
		assert_int_equal(lab_up(&lab, 1), xauth);
		assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_NO_PROPOSAL), !xauth);
		client_fini(&client);
		lab_fini(&lab);

		client_gateway(&lab, xauth);
		lab.ends[0].peer.policies[0].auth = ALG_AUTH_XAUTH_R_PSK;
		client_init(&client, &lab, "alice", "open sesame");
		client_dial(&lab);
		assert_int_equal(lab_sas(&lab, 1), 0);
		client_fini(&client);
		lab_fini(&lab);
	}
}

static void say_nothing(struct ike_build *b, const struct ike_sa *, void *)
{
	const struct ike_notify n = {.protocol = IKE_PROTOCOL_ISAKMP, .type = 30000};

	ike_payload_build_notify(b, &n);
}

/*
 * Who is called is not asked for a user. A peer that has not logged in cannot make us call it, by
 * using up the message IDs of its SA.
 */
static void rekey_is_no_way_around_the_login(void **)
{
	struct client client;
	struct lab lab;

	lab_init(&lab);
	lab.ends[0].peer.dpd_s = 0;
	lab.ends[1].peer.dpd_s = 0;
	lab.ends[1].peer.xauth = true;
	lab_start(&lab);
	client_init(&client, &lab, NULL, NULL);
	client_dial(&lab);
	assert_string_equal(client_state(&lab, 1), "CONF_XAUTH");
	for (uint32_t i = 0; i < 4000; i++)
		forge_info(&lab, 0, 0x50000000 + i, true, say_nothing, NULL);
	lab_run(&lab, 1000);
	assert_int_equal(lab_sas(&lab, 1), 1);
	assert_string_equal(client_state(&lab, 1), "CONF_XAUTH");
	assert_int_equal(lab.ends[1].n_in, 0);
	client_fini(&client);
	lab_fini(&lab);
}

/*
 * Somebody with the key of the group at the address and port of a client: neither INITIAL-CONTACT
 * nor the number of that client are his before he has logged in.
 */
static void nobody_replaces_a_client_without_its_login(void **)
{
	struct client client;
	uint64_t first;
	struct lab lab;

	client_gateway(&lab, true);
	client_init(&client, &lab, "alice", "open sesame");
	client_dial(&lab);
	lab_run(&lab, 2500);
	assert_true(lab_pair_fits(&lab));
	first = forge_sa(&lab, 1)->path.peer;
	assert_true(first == lab.ends[1].user.path.peer);
	lab_forget(&lab);
	lab_restart(&lab, 0);
	client.name = NULL;
	client_dial(&lab);
	assert_string_equal(client_state(&lab, 1), "CONF_XAUTH");
	assert_int_equal(lab_up(&lab, 1), 1);
	assert_int_equal(lab_sas(&lab, 1), 2);
	assert_true(forge_sa(&lab, 1)->initial_contact);
	assert_true(forge_sa(&lab, 1)->path.peer != first);
	assert_null(lab_event(&lab.ends[1], IKE_EVENT_DOWN));
	assert_null(lab_event(&lab.ends[1], IKE_EVENT_INITIAL_CONTACT));
	/* the client itself, which has lost its memory, goes on as who it was */
	client.name = "alice";
	client_forget(&client);
	lab_run(&lab, 2500);
	assert_int_equal(lab_up(&lab, 1), 1);
	assert_true(forge_sa(&lab, 1)->path.peer == first);
	assert_int_equal(lab_event(&lab.ends[1], IKE_EVENT_DOWN)->reason,
			 IKE_REASON_INITIAL_CONTACT);
	client_fini(&client);
	lab_fini(&lab);
}

/* What is meant for the static peer at an address is not offered to a client that comes from it. */
static void client_is_not_the_static_peer_of_its_address(void **)
{
	struct client client;
	struct lab lab;

	client_gateway(&lab, false);
	client_init(&client, &lab, NULL, NULL);
	client_dial(&lab);
	assert_true(lab_pair_fits(&lab));
	assert_true(lab.ends[1].in[0].path.client);
	lab_forget(&lab);
	lab.ends[1].peer.remote_id = lab.ends[0].peer.local_id;
	assert_int_equal(lab_initiate(&lab, 1), 0);
	lab_settle(&lab);
	assert_non_null(lab_event(&lab.ends[1], IKE_EVENT_UP));
	assert_int_equal(lab.ends[1].n_in, 1);
	assert_false(lab.ends[1].in[0].path.client);
	client_fini(&client);
	lab_fini(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unsolicited_transactions_have_no_effect),
		cmocka_unit_test(wrong_identifier_is_no_answer),
		cmocka_unit_test(replayed_request_has_no_effect),
		cmocka_unit_test(many_requests_take_little),
		cmocka_unit_test(plain_peer_is_asked_nothing),
		cmocka_unit_test(xauth_methods_need_a_login_configured),
		cmocka_unit_test(rekey_is_no_way_around_the_login),
		cmocka_unit_test(nobody_replaces_a_client_without_its_login),
		cmocka_unit_test(client_is_not_the_static_peer_of_its_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
