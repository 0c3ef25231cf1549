/* SPDX-License-Identifier: BSD-3-Clause */
/* What a login leaves behind: groups, XAUTH, mode config. A is the client, B the gateway. */
#include "controlplane/ike/ike_id.h"
#include "tests/exchange/client.h"
#include "tests/exchange/lab.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct scene {
	struct lab lab;
	struct client client;
};

static void begin(struct scene *s, bool xauth, const char *name, const char *password)
{
	client_gateway(&s->lab, xauth);
	client_init(&s->client, &s->lab, name, password);
}

static void end(struct scene *s)
{
	client_fini(&s->client);
	lab_fini(&s->lab);
}

static const struct ike_record *login(const struct scene *s)
{
	const struct ike_record *r = lab_negotiation(&s->lab.ends[1], IKE_RECORD_LOGIN);

	assert_non_null(r);
	return r;
}

static void who_logs_in_and_what_it_got(void **)
{
	const struct ike_record *r;
	struct scene s;

	begin(&s, true, "alice", "open sesame");
	client_dial(&s.lab);
	r = login(&s);
	assert_true(r->login.asked && r->login.answered && r->login.accepted);
	assert_int_equal(r->ended_ms, 0); /* it has no address yet */
	client_ask_all(&s.client);
	lab_settle(&s.lab);
	r = login(&s);
	assert_true(r->up);
	assert_string_equal(r->login.group, "dialin");
	assert_string_equal(r->login.user, "alice");
	assert_int_equal(r->login.tries, 1);
	assert_true(r->login.got_dns && r->login.got_split);
	assert_int_equal(r->login.address.family, ADDR_V4);
	assert_true(r->login.n_requested > 5);
	assert_int_equal(lab_negotiation(&s.lab.ends[1], IKE_RECORD_PHASE1)->phase1.key,
			 IKE_RECORD_KEY_GROUP);
	end(&s);
}

static void what_is_not_asked_for_is_not_given(void **)
{
	static const uint16_t types[] = {CONFIG_PAYLOAD_IP4_ADDRESS};
	struct scene s;

	begin(&s, false, NULL, NULL);
	client_dial(&s.lab);
	client_ask(&s.client, types, 1);
	lab_settle(&s.lab);
	assert_true(login(&s)->up);
	assert_false(login(&s)->login.asked);
	assert_int_equal(login(&s)->login.n_requested, 1);
	assert_false(login(&s)->login.got_dns || login(&s)->login.got_split);
	end(&s);
}

static void an_address_that_is_pushed(void **)
{
	struct scene s;

	begin(&s, false, NULL, NULL);
	s.lab.ends[1].peer.push = true;
	client_dial(&s.lab);
	assert_true(login(&s)->up);
	assert_true(login(&s)->login.got_dns);
	assert_int_equal(login(&s)->login.n_requested, 0);
	end(&s);
}

static void three_wrong_passwords(void **)
{
	const struct ike_record *r;
	struct scene s;

	begin(&s, true, "alice", "a wrong password");
	client_dial(&s.lab);
	r = login(&s);
	assert_int_equal(r->reason, IKE_REASON_USER_REFUSED);
	assert_string_equal(r->login.user, "alice");
	assert_int_equal(r->login.tries, 3);
	assert_true(r->login.asked && r->login.answered);
	assert_false(r->login.accepted || r->up);
	end(&s);
}

static void a_peer_that_does_not_know_xauth(void **)
{
	const struct ike_record *r;
	struct scene s;

	begin(&s, true, NULL, NULL);
	client_dial(&s.lab);
	lab_run(&s.lab, 70000);
	r = login(&s);
	assert_int_equal(r->reason, IKE_REASON_USER_TIMEOUT);
	assert_true(r->login.asked);
	assert_false(r->login.answered);
	assert_int_equal(r->messages[0].times, 5);
	end(&s);
}

static void limits_and_pools(void **)
{
	struct scene s;

	begin(&s, true, "alice", "open sesame");
	s.lab.ends[1].user_verdict = IKE_REASON_USER_LIMIT;
	client_dial(&s.lab);
	assert_int_equal(login(&s)->reason, IKE_REASON_USER_LIMIT);
	end(&s);
	begin(&s, true, "alice", "open sesame");
	s.lab.ends[1].client_refusal = IKE_REASON_POOL_EMPTY;
	client_dial(&s.lab);
	client_ask_all(&s.client);
	lab_settle(&s.lab);
	assert_int_equal(login(&s)->reason, IKE_REASON_POOL_EMPTY);
	assert_true(login(&s)->login.n_requested > 5);
	assert_int_equal(login(&s)->login.address.family, ADDR_NONE);
	end(&s);
}

static void an_old_draft_is_noticed(void **)
{
	struct scene s;

	begin(&s, true, "alice", "open sesame");
	s.client.old_draft = true;
	client_dial(&s.lab);
	assert_true(login(&s)->login.old_draft);
	assert_int_equal(login(&s)->reason, IKE_REASON_USER_REFUSED);
	assert_string_equal(login(&s)->login.user, "");
	end(&s);
}

static void a_group_with_another_key_and_none_at_all(void **)
{
	const struct ike_record *r;
	struct scene s;

	begin(&s, true, NULL, NULL);
	s.lab.ends[0].peer.aggressive = true;
	s.lab.ends[1].peer.aggressive = true;
	ike_id_of_text(&s.lab.ends[0].peer.local_id, IKE_ID_KEY_ID, "dialin");
	s.lab.ends[1].group = s.lab.ends[0].peer.local_id;
	secret_set(&s.lab.ends[0].peer.psk, "another secret", 14);
	client_dial(&s.lab);
	r = lab_negotiation(&s.lab.ends[1], IKE_RECORD_PHASE1);
	assert_int_equal(r->phase1.key, IKE_RECORD_KEY_GROUP);
	assert_string_equal(r->phase1.id_remote.text, "dialin");
	assert_true(lab_negotiation(&s.lab.ends[0], IKE_RECORD_PHASE1)->phase1.hash_wrong);
	ike_id_of_text(&s.lab.ends[0].peer.local_id, IKE_ID_KEY_ID, "nobody");
	lab_run(&s.lab, 70000);
	client_dial(&s.lab);
	r = lab_negotiation(&s.lab.ends[1], IKE_RECORD_PHASE1);
	assert_int_equal(r->phase1.key, IKE_RECORD_KEY_DECOY);
	assert_string_equal(r->phase1.id_remote.text, "nobody");
	end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_logs_in_and_what_it_got),
		cmocka_unit_test(what_is_not_asked_for_is_not_given),
		cmocka_unit_test(an_address_that_is_pushed),
		cmocka_unit_test(three_wrong_passwords),
		cmocka_unit_test(a_peer_that_does_not_know_xauth),
		cmocka_unit_test(limits_and_pools),
		cmocka_unit_test(an_old_draft_is_noticed),
		cmocka_unit_test(a_group_with_another_key_and_none_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
