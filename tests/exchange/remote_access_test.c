/* SPDX-License-Identifier: BSD-3-Clause */
/* XAUTH and mode config between our engine as the gateway and a client made by the test. */
#include "tests/exchange/client.h"
#include "tests/exchange/lab.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static void user_logs_in_and_gets_an_address(void **)
{
	struct config_payload_attr a;
	struct client client;
	struct lab lab;

	client_gateway(&lab, true);
	client_init(&client, &lab, "alice", "open sesame");
	client_dial(&lab);
	assert_int_equal(lab.ends[1].n_users, 1);
	assert_string_equal(lab.ends[1].user.name, "alice");
	assert_string_equal(lab.ends[1].user.group, "dialin");
	assert_int_equal(client.status, 1);
	assert_int_equal(client.n_requests, 1);
	assert_string_equal(client_state(&lab, 1), "QM_IDLE");
	client_ask_all(&client);
	lab_settle(&lab);
	assert_int_equal(lab.ends[1].n_clients, 1);
	assert_true(client_got(&client, CONFIG_PAYLOAD_IP4_ADDRESS, &a));
	assert_int_equal(a.len, 4);
	assert_memory_equal(a.value, "\xc0\xa8\x0a\x05", 4);
	assert_true(client_got(&client, CONFIG_PAYLOAD_IP4_NETMASK, &a));
	assert_memory_equal(a.value, "\xff\xff\xff\0", 4);
	assert_true(client_got(&client, CONFIG_PAYLOAD_IP4_DNS, &a));
	assert_memory_equal(a.value, "\xc0\xa8\x02\x01", 4);
	assert_true(client_got(&client, CONFIG_PAYLOAD_IP4_NBNS, &a));
	assert_memory_equal(a.value, "\xc0\xa8\x02\x03", 4);
	assert_true(client_got(&client, CONFIG_PAYLOAD_DEF_DOMAIN, &a));
	assert_int_equal(a.len, 11);
	assert_memory_equal(a.value, "example.com", 11);
	assert_true(client_got(&client, CONFIG_PAYLOAD_SPLIT_DNS, &a));
	assert_memory_equal(a.value, "example.com,example.net", a.len);
	assert_true(client_got(&client, CONFIG_PAYLOAD_BANNER, &a));
	assert_memory_equal(a.value, "Welcome", a.len);
	assert_true(client_got(&client, CONFIG_PAYLOAD_SAVE_PASSWORD, &a));
	assert_int_equal(a.number, 1);
	assert_true(client_got(&client, CONFIG_PAYLOAD_PFS, &a));
	assert_int_equal(a.number, 1);
	assert_true(client_got(&client, CONFIG_PAYLOAD_BACKUP_SERVERS, &a));
	assert_true(client_got(&client, CONFIG_PAYLOAD_SPLIT_INCLUDE, &a));
	/* the 14 bytes of Cisco: network, mask, protocol, ports */
	assert_int_equal(a.len, 28);
	assert_memory_equal(a.value, "\xc0\xa8\x02\0\xff\xff\xff\0\0\0\0\0\0\0", 14);
	assert_memory_equal(a.value + 14, "\x0a\x14\0\0\xff\xfc\0\0\0\0\0\0\0\0", 14);
	assert_false(client_got(&client, 28680, &a));
	assert_false(client_got(&client, CONFIG_PAYLOAD_LOCAL_LAN, &a));
	/* and the pair it wanted from the beginning comes up */
	lab_run(&lab, 10000);
	assert_true(lab_pair_fits(&lab));
	client_fini(&client);
	lab_fini(&lab);
}

static void networks_to_leave_out_have_their_own_attribute(void **)
{
	static const uint16_t types[] = {CONFIG_PAYLOAD_SPLIT_INCLUDE, CONFIG_PAYLOAD_LOCAL_LAN};
	struct config_payload_attr a;
	struct client client;
	struct lab lab;

	client_gateway(&lab, false);
	lab.ends[1].client.split_exclude = true;
	client_init(&client, &lab, NULL, NULL);
	client_dial(&lab);
	client_ask(&client, types, 2);
	lab_settle(&lab);
	assert_false(client_got(&client, CONFIG_PAYLOAD_SPLIT_INCLUDE, &a));
	assert_true(client_got(&client, CONFIG_PAYLOAD_LOCAL_LAN, &a));
	assert_int_equal(a.len, 28);
	client_fini(&client);
	lab_fini(&lab);
}

/* Neither a quick mode nor an address for who is not in (R078). */
static void nothing_before_the_login(void **)
{
	struct client client;
	struct lab lab;

	client_gateway(&lab, true);
	client_init(&client, &lab, NULL, NULL);
	client_dial(&lab);
	assert_string_equal(client_state(&lab, 1), "CONF_XAUTH");
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_NOT_LOGGED_IN), 1);
	client_ask_all(&client);
	lab_settle(&lab);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_NOT_LOGGED_IN), 2);
	assert_int_equal(lab.ends[1].n_clients, 0);
	assert_int_equal(lab.ends[1].n_in, 0);
	/* not by asking under another message ID either, and in the end it is told to go */
	lab_run(&lab, 70000);
	assert_int_equal(lab_event(&lab.ends[1], IKE_EVENT_DOWN)->reason, IKE_REASON_USER_TIMEOUT);
	assert_int_equal(lab_sas(&lab, 1), 0);
	assert_int_equal(lab.ends[1].n_in, 0);
	client_fini(&client);
	lab_fini(&lab);
}

static void three_wrong_passwords_end_it(void **)
{
	struct client client;
	struct lab lab;

	client_gateway(&lab, true);
	client_init(&client, &lab, "alice", "wrong");
	client_dial(&lab);
	assert_int_equal(lab.ends[1].n_users, 3);
	assert_int_equal(client.n_requests, 3);
	assert_int_equal(client.status, 0);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_LOGIN), 3);
	assert_int_equal(lab_event(&lab.ends[1], IKE_EVENT_DOWN)->reason, IKE_REASON_USER_REFUSED);
	assert_int_equal(lab_sas(&lab, 1), 0);
	/* A was told with a DELETE */
	assert_int_equal(lab_event(&lab.ends[0], IKE_EVENT_DOWN)->reason, IKE_REASON_PEER_DELETED);
	client_fini(&client);
	lab_fini(&lab);
}

static void second_try_may_be_right(void **)
{
	struct client client;
	struct lab lab;

	client_gateway(&lab, true);
	client_init(&client, &lab, "alice", "wrong");
	assert_int_equal(lab_initiate(&lab, 0), 0);
	while (client.n_requests < 1 && lab_step(&lab))
		;
	client.password = "open sesame";
	lab_settle(&lab);
	assert_int_equal(lab.ends[1].n_users, 2);
	assert_int_equal(client.status, 1);
	assert_int_equal(lab_up(&lab, 1), 1);
	client_fini(&client);
	lab_fini(&lab);
}

/* What a name or a password may not be costs no try and no call of the environment (H066). */
static void bad_answers_are_dropped(void **)
{
	static const struct {
		const char *name;
		enum ike_counter want;
		size_t tries;
	} rows[] = {
		{"al\x1b[2Jice", IKE_COUNT_MODECFG, 0},
		{"0123456789012345678901234567890123456789012345678901234567890123456789"
		 "012345678901234567890123456789012345678901234567890123456789",
		 IKE_COUNT_MODECFG, 0},
		{"", IKE_COUNT_LOGIN, 3},
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		struct client client;
		struct lab lab;

		client_gateway(&lab, true);
		client_init(&client, &lab, rows[i].name, "open sesame");
		client_dial(&lab);
		assert_int_equal(lab.ends[1].n_users, 0);
		assert_int_equal(lab_counter(&lab, 1, rows[i].want),
				 rows[i].tries ? rows[i].tries : 1);
		lab_run(&lab, 70000);
		assert_int_equal(lab_sas(&lab, 1), 0);
		client_fini(&client);
		lab_fini(&lab);
	}
}

static void silent_authentication_server_ends_it(void **)
{
	struct client client;
	struct lab lab;

	client_gateway(&lab, true);
	lab.ends[1].user_stalls = true;
	client_init(&client, &lab, "alice", "open sesame");
	client_dial(&lab);
	assert_string_equal(client_state(&lab, 1), "CONF_XAUTH");
	lab_run(&lab, 61000);
	assert_int_equal(client.status, 0);
	assert_int_equal(lab_event(&lab.ends[1], IKE_EVENT_DOWN)->reason, IKE_REASON_USER_TIMEOUT);
	/* its answer finds nobody */
	ike_engine_user(lab.ends[1].engine, lab.ends[1].user.ike_sa, IKE_REASON_NONE);
	assert_int_equal(lab_sas(&lab, 1), 0);
	client_fini(&client);
	lab_fini(&lab);
}

static void limits_end_it_at_once(void **)
{
	struct client client;
	struct lab lab;

	client_gateway(&lab, true);
	lab.ends[1].user_verdict = IKE_REASON_USER_LIMIT;
	client_init(&client, &lab, "alice", "open sesame");
	client_dial(&lab);
	assert_int_equal(lab.ends[1].n_users, 1);
	assert_int_equal(client.status, 0);
	assert_int_equal(lab_event(&lab.ends[1], IKE_EVENT_DOWN)->reason, IKE_REASON_USER_LIMIT);
	client_fini(&client);
	lab_fini(&lab);
}

static void empty_pool_ends_it(void **)
{
	struct client client;
	struct lab lab;

	client_gateway(&lab, true);
	lab.ends[1].client_refusal = IKE_REASON_POOL_EMPTY;
	client_init(&client, &lab, "alice", "open sesame");
	client_dial(&lab);
	client_ask_all(&client);
	lab_settle(&lab);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_NO_ADDRESS), 1);
	assert_int_equal(lab_event(&lab.ends[1], IKE_EVENT_DOWN)->reason, IKE_REASON_POOL_EMPTY);
	assert_int_equal(lab_sas(&lab, 1), 0);
	client_fini(&client);
	lab_fini(&lab);
}

static void address_is_pushed_where_we_are_to(void **)
{
	struct config_payload_attr a;
	struct client client;
	struct lab lab;

	for (int xauth = 0; xauth < 2; xauth++) {
		client_gateway(&lab, xauth);
		lab.ends[1].peer.push = true;
		client_init(&client, &lab, "alice", "open sesame");
		client.acknowledges = false;
		client_dial(&lab);
		assert_string_equal(client_state(&lab, 1), "CONF_ADDR");
		assert_true(client_got(&client, CONFIG_PAYLOAD_IP4_ADDRESS, &a));
		assert_true(client_got(&client, CONFIG_PAYLOAD_SPLIT_INCLUDE, &a));
		client_fini(&client);
		lab_fini(&lab);

		client_gateway(&lab, xauth);
		lab.ends[1].peer.push = true;
		client_init(&client, &lab, "alice", "open sesame");
		client_dial(&lab);
		assert_string_equal(client_state(&lab, 1), "QM_IDLE");
		assert_int_equal(lab.ends[1].n_clients, 1);
		client_fini(&client);
		lab_fini(&lab);
	}
}

/* Messages of XAUTH, mode config pull and push, each of them with every fate. */
static void try_each(enum lab_fate what, bool push, bool nat, size_t messages)
{
	struct config_payload_attr a;

	for (size_t n = 0; n < messages; n++) {
		struct client client;
		struct lab lab;

		client_gateway(&lab, true);
		lab.nat = nat;
		lab.ends[1].peer.push = push;
		client_init(&client, &lab, "alice", "open sesame");
		client.fate_n = n;
		client.fate_what = what;
		client_dial(&lab);
		lab_run(&lab, 3000);
		if (!push) {
			client_ask_all(&client);
			lab_run(&lab, 2000);
			client_repeat(&client);
			lab_run(&lab, 2000);
		}
		lab_run(&lab, 15000);
		if (!client_got(&client, CONFIG_PAYLOAD_IP4_ADDRESS, &a) || client.status != 1 ||
		    !lab_pair_fits(&lab))
			fail_msg("fate %d of transaction message %zu: not in", what, n + 1);
		assert_int_equal(lab.ends[1].n_users, 1);
		assert_int_equal(lab.ends[1].n_clients, 1);
		assert_string_equal(client_state(&lab, 1), "QM_IDLE");
		client_fini(&client);
		lab_fini(&lab);
	}
}

static void any_message_may_be_lost_doubled_late_or_damaged(void **)
{
	static const enum lab_fate fates[] = {LAB_DROP, LAB_DUPLICATE, LAB_DELAY, LAB_CORRUPT};

	for (size_t i = 0; i < array_len(fates); i++)
		for (int nat = 0; nat < 2; nat++) {
			try_each(fates[i], false, nat, 6);
			try_each(fates[i], true, nat, 6);
		}
}

static void debug_tells_the_login_and_no_password(void **)
{
	static const char *const lines[] = {
		"ISAKMP (0:1001): Need XAUTH\n",
		"ISAKMP/xauth: request attribute XAUTH_USER_NAME_V2\n",
		"Old State = IKE_XAUTH_AAA_START_LOGIN_AWAIT  New State = IKE_XAUTH_REQ_SENT\n",
		"(R) CONF_XAUTH\n",
		"ISAKMP: Config payload REPLY\n",
		"Old State = IKE_XAUTH_REQ_SENT  New State = IKE_XAUTH_AAA_CONT_LOGIN_AWAIT\n",
		"Old State = IKE_XAUTH_AAA_CONT_LOGIN_AWAIT  New State = IKE_XAUTH_SET_SENT\n",
		"ISAKMP: Config payload ACK\n",
		"XAUTH ACK Processed\n",
		"Old State = IKE_XAUTH_SET_SENT  New State = IKE_P1_COMPLETE\n",
		"ISAKMP: Config payload REQUEST\n",
		"ISAKMP:    IP4_ADDRESS\n",
		"        Unsupported Attr: 28680\n",
		"ISAKMP: Sending private address: 192.168.10.5\n",
		"(R) CONF_ADDR\n",
	};
	struct client client;
	struct lab lab;
	const char *at;

	client_gateway(&lab, true);
	ike_engine_debug(lab.ends[1].engine, 7);
	client_init(&client, &lab, "alice", "open sesame");
	client_dial(&lab);
	client_ask_all(&client);
	lab_settle(&lab);
	at = lab.ends[1].log;
	for (size_t i = 0; i < array_len(lines); i++) {
		const char *found = strstr(at, lines[i]);

		if (!found)
			fail_msg("not in the log, or not in its place: %s", lines[i]);
		at = found;
	}
	assert_null(strstr(lab.ends[1].log, "sesame"));
	client_fini(&client);
	lab_fini(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(user_logs_in_and_gets_an_address),
		cmocka_unit_test(networks_to_leave_out_have_their_own_attribute),
		cmocka_unit_test(nothing_before_the_login),
		cmocka_unit_test(three_wrong_passwords_end_it),
		cmocka_unit_test(second_try_may_be_right),
		cmocka_unit_test(bad_answers_are_dropped),
		cmocka_unit_test(silent_authentication_server_ends_it),
		cmocka_unit_test(limits_end_it_at_once),
		cmocka_unit_test(empty_pool_ends_it),
		cmocka_unit_test(address_is_pushed_where_we_are_to),
		cmocka_unit_test(any_message_may_be_lost_doubled_late_or_damaged),
		cmocka_unit_test(debug_tells_the_login_and_no_password),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
