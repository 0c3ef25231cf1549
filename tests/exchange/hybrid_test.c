/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Hybrid authentication between two engines (draft-ietf-ipsec-isakmp-hybrid-auth): the gateway
 * signs, the client's user logs in, and nothing goes before that.
 */
#include "controlplane/ike/ike_id.h"
#include "controlplane/ike/ike_msg.h"
#include "controlplane/ike/ike_sa.h"
#include "lib/crypto/prim.h"
#include "tests/certs/certs.h"
#include "tests/exchange/client.h"
#include "tests/exchange/forge.h"
#include "tests/exchange/lab.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#define SAN_B "IP:10.0.0.2,DNS:b.example"

struct scene {
	struct lab lab;
	struct certs_issued ca;
	struct certs_issued own; /* of the gateway */
};

static bool has(const struct lab_packet *p, uint8_t type)
{
	struct ike_header header;
	struct ike_msg msg;

	return ike_msg_parse_header(&header, p->data, p->len) == IKE_PARSED &&
	       ike_msg_parse_chain(&msg, &header, p->data + IKE_HEADER_LEN,
				   p->len - IKE_HEADER_LEN) == IKE_PARSED &&
	       ike_msg_get(&msg, type, 0);
}

/* The gateway and its client, which has no certificate. */
static void begin(struct scene *s, struct client *client, const char *password)
{
	struct ike_peer *a = &s->lab.ends[0].peer, *b = &s->lab.ends[1].peer;

	client_gateway(&s->lab, true);
	ike_engine_destroy(s->lab.ends[0].engine);
	ike_engine_destroy(s->lab.ends[1].engine);
	s->ca = certs_issue(NULL,
			    &(struct certs_spec){.cn = "root", .ca = true, .key = "EC:P-256"});
	s->own = certs_issue(&s->ca, &(struct certs_spec){.cn = "b", .san = SAN_B});
	a->pki = certs_pki(&s->ca, NULL);
	a->policies[0].auth = ALG_AUTH_HYBRID_I;
	secret_wipe(&a->psk);
	b->pki = certs_pki(&s->ca, &s->own);
	b->policies[0].auth = ALG_AUTH_RSA_SIG;
	secret_wipe(&b->psk);
	b->hybrid = true;
	lab_start(&s->lab);
	client_init(client, &s->lab, "alice", password);
}

static void end(struct scene *s, struct client *client)
{
	client_fini(client);
	lab_fini(&s->lab);
	pki_put(s->lab.ends[0].peer.pki);
	pki_put(s->lab.ends[1].peer.pki);
	certs_free(&s->own);
	certs_free(&s->ca);
}

static void client_logs_in(void **)
{
	struct client client;
	struct scene s;

	begin(&s, &client, "open sesame");
	client_dial(&s.lab);
	assert_int_equal(client.status, 1);
	lab_run(&s.lab, 15000); /* what came before the login comes again */
	assert_true(lab_pair_fits(&s.lab));
	assert_int_equal(forge_sa(&s.lab, 1)->policy.auth, ALG_AUTH_HYBRID_I);
	assert_true(has(s.lab.record[1], IKE_PAYLOAD_SIGNATURE));
	assert_false(has(s.lab.record[1], IKE_PAYLOAD_CERT_REQUEST));
	assert_int_equal(s.lab.ends[1].n_users, 1);
	assert_string_equal(s.lab.ends[1].user.group, "dialin");
	client_ask_all(&client);
	lab_settle(&s.lab);
	assert_int_equal(s.lab.ends[1].n_clients, 1);
	end(&s, &client);
}

/*
 * Without a secret anybody gets an IKE SA that waits for a login, and may have it follow the source
 * of a datagram to the address of somebody else: whoever comes from there is not known by it.
 */
static void nobody_speaks_for_an_address_before_the_login(void **)
{
	struct client client;
	struct ike_path there;
	struct ike_sa *sa;
	struct scene s;

	begin(&s, &client, NULL);
	client.name = NULL;
	client_dial(&s.lab);
	sa = forge_sa(&s.lab, 1);
	assert_true(ike_sa_up(sa) && !ike_sa_ready(sa));
	there = sa->path;
	there.remote = addr_v4(0xc633640a);
	ike_sa_set_path(sa, &there);
	assert_false(addr_is_none(&sa->path.home));
	s.lab.nat = true;
	s.lab.nat_addr = there.remote;
	s.lab.nat_offset = 0;
	lab_restart(&s.lab, 0);
	client_dial(&s.lab);
	assert_ptr_not_equal(forge_sa(&s.lab, 1), sa);
	assert_true(addr_is_none(&forge_sa(&s.lab, 1)->path.home));
	end(&s, &client);
}

/* Nothing but the login: no quick mode, no address. */
static void client_gets_nothing_before(void **)
{
	struct client client;
	struct scene s;

	begin(&s, &client, "open sesame");
	client.name = NULL; /* does not answer */
	client_dial(&s.lab);
	assert_int_equal(lab_up(&s.lab, 0), 1);
	client_ask_all(&client);
	lab_settle(&s.lab);
	assert_int_equal(s.lab.ends[1].n_clients, 0);
	assert_int_equal(s.lab.ends[1].n_in, 0);
	assert_true(lab_counter(&s.lab, 1, IKE_COUNT_NOT_LOGGED_IN) >= 2);
	end(&s, &client);

	begin(&s, &client, "wrong");
	client_dial(&s.lab);
	lab_run(&s.lab, 60000);
	assert_int_equal(client.status, 0);
	assert_int_equal(s.lab.ends[1].n_in, 0);
	assert_int_equal(lab_counter(&s.lab, 1, IKE_COUNT_LOGIN), 3);
	assert_int_equal(lab_sas(&s.lab, 1), 0);
	end(&s, &client);
}

/* Where nobody would log in, nobody comes in. */
static void is_refused_without_login(void **)
{
	static const struct {
		bool xauth, hybrid;
	} rows[] = {{false, true}, {true, false}};

	for (size_t i = 0; i < array_len(rows); i++) {
		struct client client;
		struct scene s;

		begin(&s, &client, "open sesame");
		s.lab.ends[1].peer.xauth = rows[i].xauth;
		s.lab.ends[1].peer.hybrid = rows[i].hybrid;
		client_dial(&s.lab);
		assert_int_equal(lab_counter(&s.lab, 1, IKE_COUNT_NO_PROPOSAL), 1);
		assert_int_equal(lab_sas(&s.lab, 1), 0);
		end(&s, &client);
	}
}

/* R031: a group that does not exist gets as far, and its password is never right. */
static void groups_cannot_be_tried_out(void **)
{
	struct client client;
	size_t sent[2];

	for (int known = 0; known < 2; known++) {
		struct scene s;

		begin(&s, &client, known ? "wrong" : "open sesame");
		if (!known)
			ike_id_of_text(&s.lab.ends[0].peer.local_id, IKE_ID_KEY_ID, "nobody");
		client_dial(&s.lab);
		lab_run(&s.lab, 60000);
		assert_int_equal(lab_counter(&s.lab, 1, IKE_COUNT_NO_GROUP), !known);
		assert_int_equal(client.status, 0);
		assert_int_equal(client.n_requests, 3);
		assert_int_equal(s.lab.ends[1].n_users, 3);
		assert_int_equal(s.lab.ends[1].n_in, 0);
		assert_int_equal(lab_sas(&s.lab, 1), 0);
		sent[known] = s.lab.ends[1].n_sent;
		end(&s, &client);
	}
	assert_int_equal(sent[0], sent[1]);
}

/* A gateway that is another one is not told the password. */
static void client_knows_its_gateway(void **)
{
	struct certs_issued other = certs_issue(
		NULL, &(struct certs_spec){.cn = "other", .ca = true, .key = "EC:P-256"});
	struct client client;
	struct scene s;

	begin(&s, &client, "open sesame");
	pki_put(s.lab.ends[0].peer.pki);
	s.lab.ends[0].peer.pki = certs_pki(&other, NULL);
	client_dial(&s.lab);
	assert_int_equal(lab_counter(&s.lab, 0, IKE_COUNT_CERT_REJECT), 1);
	assert_int_equal(lab_up(&s.lab, 0), 0);
	assert_int_equal(client.n_requests, 0);
	end(&s, &client);
	certs_free(&other);
}

static int setup(void **)
{
	return prim_init();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(client_logs_in),
		cmocka_unit_test(nobody_speaks_for_an_address_before_the_login),
		cmocka_unit_test(client_gets_nothing_before),
		cmocka_unit_test(is_refused_without_login),
		cmocka_unit_test(groups_cannot_be_tried_out),
		cmocka_unit_test(client_knows_its_gateway),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
