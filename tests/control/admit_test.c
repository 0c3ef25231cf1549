/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who may be whom (peer_admit.h): keys and certificates against the entries for an address and the
 * profiles these name, before and after a peer has said who it is, and while its SAs stand.
 */
#include "controlplane/ike/ike_id.h"
#include "controlplane/peer_admit.h"
#include "controlplane/provider.h"
#include "tests/certs/certs.h"
#include "tests/control/bench.h"

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	TCP,
	ICMP,
	HOUR_S = 3600,
	GONE_S = 75, /* a look at all proofs, and grace times */
};

#define POLICY                                                                             \
	"crypto isakmp policy 10\n encryption aes\n hash sha\n authentication pre-share\n" \
	" group 19\n"                                                                      \
	"crypto isakmp policy 20\n encryption aes\n hash sha\n authentication rsa-sig\n"   \
	" group 19\n"
#define SET    "crypto ipsec transform-set T esp-aes esp-sha-hmac\n"
#define HOST   "crypto isakmp key secret address 10.0.0.2\n"
#define ANYONE "crypto isakmp key secret address 0.0.0.0 0.0.0.0\n"
#define ENTRY(n, protocol, line)                                         \
	"ip access-list extended A" #n "\n permit " protocol             \
	" 192.168.1.0 0.0.0.255 192.168.2.0 0.0.0.255\ncrypto map M " #n \
	" ipsec-isakmp\n match address A" #n "\n set peer 10.0.0.2\n set transform-set T\n" line
#define INTERFACES                                                                 \
	"interface gi0/0\n device tap in\n ip address 192.168.1.1 255.255.255.0\n" \
	"interface gi0/1\n device tap out\n ip address 10.0.0.1 255.255.255.0\n crypto map M\n"
#define EAST "crypto isakmp profile EAST\n match identity host east.example\n"
#define WEST "crypto isakmp profile WEST\n match identity host west.example\n"
#define CERT_EAST                                                     \
	"crypto pki certificate map E 10\n subject-name co cn=east\n" \
	"crypto isakmp profile EAST\n match certificate E\n keepalive disable\n"
#define USE(name) " set isakmp-profile " #name "\n"
#define TWO	  EAST WEST ENTRY(10, "tcp", USE(EAST)) ENTRY(20, "icmp", USE(WEST))

/* What a peer may come with. */
enum show {
	KEY,
	CERT_ADDRESS, /* its certificate names 10.0.0.2, and east.example */
	CERT_NAME,    /* only east.example */
	SHOWS,
};

static struct certs_issued root, certs[SHOWS];
static struct bench bench;

static struct control *hub(void)
{
	return bench.a.control;
}

static const struct tunnel *row(size_t i)
{
	return &hub()->tunnels.rows[i];
}

static struct ike_path path_to(void)
{
	return (struct ike_path){.local = bench.a.address,
				 .remote = bench.b.address,
				 .local_port = 500,
				 .remote_port = 500,
				 .interface = "GigabitEthernet0/1",
				 .peer = 7};
}

struct asked {
	int rc;
	enum ike_reason why;
	struct ike_admission out;
	struct ike_path path; /* with its number */
};

/* The peer at 10.0.0.2 has proved this; name "" = its address. */
static struct asked ask(enum show show, const char *name, bool called)
{
	const struct ike_env env = provider_env(hub());
	struct asked a = {.path = path_to()};
	struct ike_id id = {.type = IKE_ID_IPV4, .len = 4, .data = {10, 0, 0, 2}};
	struct ike_proof proof = {.id = &id, .called = called};

	if (name[0])
		ike_id_of_text(&id, IKE_ID_FQDN, name);
	if (show != KEY)
		proof.certs[proof.n_certs++] = certs_der(&certs[show]);
	a.rc = env.admit(env.ctx, &a.path, &proof, &a.out, &a.why);
	a.path.who = a.out.who;
	return a;
}

static void admission(void **)
{
	static const struct {
		const char *config;
		enum show show;
		const char *name;
		enum ike_reason why; /* NONE = admitted */
	} rows[] = {
		{HOST ENTRY(10, "ip", ""), KEY, "", IKE_REASON_NONE},
		/* a key of its own: nobody else is believed there, whatever the certificate says */
		{HOST ENTRY(10, "ip", ""), CERT_ADDRESS, "", IKE_REASON_CERT_KEYED},
		{HOST ENTRY(10, "ip", ""), CERT_NAME, "east.example", IKE_REASON_CERT_KEYED},
		/* a key for all addresses is none of its own */
		{ANYONE ENTRY(10, "ip", ""), CERT_ADDRESS, "", IKE_REASON_NONE},
		{ANYONE ENTRY(10, "ip", ""), CERT_NAME, "east.example", IKE_REASON_CERT_PEER},
		/* who has the key that all have is not the one with the certificate */
		{ANYONE CERT_EAST ENTRY(10, "ip", USE(EAST)), KEY, "", IKE_REASON_PROFILE},
		{ANYONE CERT_EAST ENTRY(10, "ip", USE(EAST)), KEY, "east.example",
		 IKE_REASON_PROFILE},
		{ANYONE CERT_EAST ENTRY(10, "ip", USE(EAST)), CERT_NAME, "east.example",
		 IKE_REASON_NONE},
		{HOST CERT_EAST ENTRY(10, "ip", USE(EAST)), CERT_NAME, "east.example",
		 IKE_REASON_NONE},
		{HOST CERT_EAST ENTRY(10, "ip", USE(EAST)), KEY, "", IKE_REASON_PROFILE},
		/* two entries for an address: whom either takes comes in */
		{ANYONE TWO, CERT_NAME, "east.example", IKE_REASON_NONE},
		{ANYONE TWO, KEY, "west.example", IKE_REASON_NONE},
		{ANYONE TWO, KEY, "south.example", IKE_REASON_PROFILE},
		{ANYONE TWO, KEY, "", IKE_REASON_PROFILE},
		/* a profile that is not there takes nobody */
		{ANYONE ENTRY(10, "ip", USE(NONE)), CERT_ADDRESS, "", IKE_REASON_PROFILE},
	};

	for (size_t i = 0; i < array_len(rows) * 2; i++) {
		char text[4096];
		struct asked a;

		snprintf(text, sizeof(text), POLICY SET "%s" INTERFACES, rows[i / 2].config);
		bench_init(&bench, text, bench_config_b);
		a = ask(rows[i / 2].show, rows[i / 2].name, i % 2);
		if ((a.rc == 0) != (rows[i / 2].why == IKE_REASON_NONE) ||
		    (a.rc && (a.rc != -EACCES || a.why != rows[i / 2].why)))
			fail_msg("row %zu, %s: %d, %s", i / 2, i % 2 ? "called" : "calling", a.rc,
				 ike_reason_name(a.why));
		bench_fini(&bench);
	}
}

/*
 * In main mode behind a NAT any name can be claimed with the key of an address. One that has a key
 * of its own, or a group's, is given to who has that key alone.
 */
static void name_with_a_key_is_for_who_has_that_key(void **)
{
	static const struct {
		const char *key;
		uint8_t type;
		const char *name;
		bool by_name, good;
	} rows[] = {
		{"crypto isakmp key other hostname east.example\n", IKE_ID_FQDN, "east.example",
		 false, false},
		{"crypto isakmp key other hostname east.example\n", IKE_ID_FQDN, "EAST.example",
		 false, false},
		{"crypto isakmp key other hostname east.example\n", IKE_ID_FQDN, "east.example",
		 true, true},
		{"crypto isakmp key secret hostname east.example\n", IKE_ID_FQDN, "east.example",
		 false, true},
		{"crypto isakmp key other hostname west.example\n", IKE_ID_FQDN, "east.example",
		 false, true},
		{"crypto isakmp client configuration group sales\n key other\n", IKE_ID_KEY_ID,
		 "sales", false, false},
		{"crypto isakmp client configuration group sales\n key other\n", IKE_ID_KEY_ID,
		 "sales", true, true},
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		struct ike_id id;
		struct ike_proof proof = {.id = &id, .by_name = rows[i].by_name};
		struct ike_path path = path_to();
		struct ike_admission out;
		enum ike_reason why = IKE_REASON_NONE;
		struct ike_env env;
		char text[4096];
		int rc;

		snprintf(text, sizeof(text),
			 POLICY SET ANYONE
			 "%s" EAST " match identity group sales\n" ENTRY(10, "ip", USE(EAST))
				 INTERFACES,
			 rows[i].key);
		bench_init(&bench, text, bench_config_b);
		env = provider_env(hub());
		ike_id_of_text(&id, rows[i].type, rows[i].name);
		rc = env.admit(env.ctx, &path, &proof, &out, &why);
		if ((rc == 0) != rows[i].good ||
		    (rc && (rc != -EACCES || why != IKE_REASON_ID_MISMATCH)))
			fail_msg("row %zu: %d, %s", i, rc, ike_reason_name(why));
		bench_fini(&bench);
	}
}

/* What a peer has proved is not known any more: it may not have what is for those of a name. */
static void forgotten_proof_is_no_proof(void **)
{
	struct asked a = ask(CERT_ADDRESS, "", false);
	enum ike_reason why;

	assert_int_equal(a.rc, 0);
	assert_true(peer_admit_tunnel(hub(), &a.path, row(TCP), &why));
	proofs_remove(&hub()->proofs, proofs_find(&hub()->proofs, a.path.who));
	assert_false(peer_admit_tunnel(hub(), &a.path, row(TCP), &why));
}

/* Of two entries for an address each peer has the one that is for it, whoever asks. */
static void two_profiles_at_one_address_are_two_peers(void **)
{
	const struct ike_env env = provider_env(hub());
	struct asked east = ask(CERT_NAME, "east.example", false);
	struct asked west = ask(KEY, "west.example", false);
	struct ike_child_config config;
	enum ike_reason why;

	assert_true(env.may_have(env.ctx, &east.path, row(TCP)->handle));
	assert_false(env.may_have(env.ctx, &east.path, row(ICMP)->handle));
	assert_false(env.may_have(env.ctx, &west.path, row(TCP)->handle));
	assert_true(env.may_have(env.ctx, &west.path, row(ICMP)->handle));
	assert_int_equal(env.child(env.ctx, &west.path, &row(ICMP)->selector, NULL, &config, &why),
			 0);
	assert_int_equal(env.child(env.ctx, &west.path, &row(TCP)->selector, NULL, &config, &why),
			 -ENOENT);
	assert_int_equal(why, IKE_REASON_PROFILE);
	assert_int_equal(env.child(env.ctx, &east.path, &row(TCP)->selector, NULL, &config, &why),
			 0);
	assert_int_equal(tunnels_child_handle(config.tunnel), row(TCP)->handle);
}

/* What phase 1 is begun with: a key or a certificate, and DPD. */
static void phase_1_is_prepared(void **)
{
	static const struct {
		const char *config;
		bool keyed, pki, psk;
		uint32_t dpd_s;
	} rows[] = {
		{HOST ENTRY(10, "ip", ""), true, false, true, 30},
		{ANYONE ENTRY(10, "ip", ""), false, true, true, 30},
		{ANYONE CERT_EAST ENTRY(10, "ip", USE(EAST)), false, true, false, 0},
		{HOST CERT_EAST ENTRY(10, "ip", USE(EAST)), false, true, true, 0},
		{ANYONE EAST " keepalive 20 retry 3\n" ENTRY(10, "ip", USE(EAST)), false, true,
		 true, 20},
		{ANYONE TWO, false, true, true, 30},
	};
	const struct ike_path path = {.local = addr_v4(0x0a000001), .remote = addr_v4(0x0a000002)};

	for (size_t i = 0; i < array_len(rows); i++) {
		char text[4096];
		struct ike_peer out;
		struct ike_env env;

		snprintf(text, sizeof(text), POLICY SET "crypto isakmp keepalive 30\n%s" INTERFACES,
			 rows[i].config);
		bench_init(&bench, text, bench_config_b);
		hub()->pki.pki = certs_pki(&root, &certs[CERT_ADDRESS]);
		env = provider_env(hub());
		assert_int_equal(env.peer(env.ctx, &path, NULL, &out), 0);
		if (out.keyed != rows[i].keyed || (out.pki != NULL) != rows[i].pki ||
		    (out.psk.len > 0) != rows[i].psk || out.dpd_s != rows[i].dpd_s)
			fail_msg("row %zu: keyed %d pki %d psk %d dpd %u", i, out.keyed,
				 out.pki != NULL, out.psk.len > 0, out.dpd_s);
		secret_wipe(&out.psk);
		bench_fini(&bench);
	}
}

/* R055: the profile of who has come decides, whichever was expected at its address. */
static void dpd_of_a_profile(void **)
{
	static const struct {
		const char *line;
		bool own;
		uint32_t seconds, retry;
	} rows[] = {
		{"no keepalive\n", false, 0, 0},
		{"keepalive 40 retry 5\n", true, 40, 5},
		{"keepalive disable\n", true, 0, 0},
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		struct asked a;
		char text[128];

		snprintf(text, sizeof(text), "crypto isakmp profile WEST\n %s", rows[i].line);
		bench_configure(&bench, &bench.a, text);
		a = ask(KEY, "west.example", false);
		assert_int_equal(a.rc, 0);
		assert_int_equal(a.out.own_dpd, rows[i].own);
		assert_int_equal(a.out.dpd_s, rows[i].seconds);
		assert_int_equal(a.out.dpd_retry_s, rows[i].retry);
	}
}

/* R055: a peer that is dead is found out, but not one whose DPD is off. */
static void disabled_dpd_asks_nobody(void **)
{
	static const char *const lines[] = {"", " keepalive disable\n"};

	for (size_t i = 0; i < array_len(lines); i++) {
		char text[4096], text_b[2048];
		struct ike_path path;

		snprintf(text, sizeof(text),
			 POLICY SET HOST "crypto isakmp keepalive 10 2 periodic\n"
					 "crypto isakmp profile B\n match identity address "
					 "10.0.0.2\n%s" ENTRY(10, "tcp", USE(B)) INTERFACES,
			 lines[i]);
		snprintf(text_b, sizeof(text_b), "crypto isakmp keepalive 10 2\n%s",
			 bench_config_b);
		bench_init(&bench, text, text_b);
		bench_bring_up(&bench, TCP);
		path = path_to();
		path.peer = bench_current(&bench.a, TCP)->path.peer;
		assert_true(ike_engine_reaches(hub()->engine, &path));
		bench.cut = true;
		bench_pass(&bench, 60);
		assert_int_equal(ike_engine_reaches(hub()->engine, &path), i == 1);
		assert_int_equal(bench_current(&bench.a, TCP) != NULL, i == 1);
		bench_fini(&bench);
	}
}

/* Pairs end whose peer a new configuration does not take any more, and no others. */
static void changed_profile_ends_what_it_does_not_take(void **)
{
	struct asked east, west;

	bench_configure(&bench, &bench.a,
			EAST " match identity address 10.0.0.2\n" WEST
			     " match identity address 10.0.0.2\n");
	bench_bring_up(&bench, TCP);
	bench_bring_up(&bench, ICMP);
	east = ask(CERT_NAME, "east.example", false);
	west = ask(KEY, "west.example", false);
	bench_current(&bench.a, TCP)->path.who = east.path.who;
	bench_current(&bench.a, ICMP)->path.who = west.path.who;
	bench_configure(&bench, &bench.a, EAST " match identity host east2.example\n");
	assert_non_null(bench_current(&bench.a, TCP));
	bench_configure(&bench, &bench.a, EAST " no match identity host east.example\n");
	assert_null(bench_current(&bench.a, TCP));
	assert_non_null(bench_current(&bench.a, ICMP));
	/* the profile itself goes: nobody is in it */
	bench_configure(&bench, &bench.a, "no crypto isakmp profile WEST\n");
	assert_null(bench_current(&bench.a, ICMP));
}

/* What was good when the SA was made ends it on the day it is not. */
static void certificate_that_expires_takes_its_sas_along(void **)
{
	struct pki *pki = certs_pki(&root, NULL);
	struct asked a = ask(CERT_ADDRESS, "", false);

	assert_int_equal(a.rc, 0);
	hub()->pki.pki = pki;
	bench_bring_up(&bench, TCP);
	bench_bring_up(&bench, ICMP);
	bench_current(&bench.a, TCP)->path.who = a.path.who;
	bench_pass(&bench, GONE_S);
	assert_non_null(bench_current(&bench.a, TCP));
	pki_set_time(pki, pki_time(pki) + 2 * 24 * HOUR_S);
	bench_pass(&bench, GONE_S);
	assert_null(bench_current(&bench.a, TCP));
	assert_non_null(bench_current(&bench.a, ICMP));
	assert_int_equal(bench_logged(&bench.a, "its SAs end"), 1);
}

static int start_two(void **)
{
	bench_init(&bench, POLICY SET ANYONE TWO INTERFACES, bench_config_b);
	return 0;
}

static int start_plain(void **)
{
	bench_init(&bench, POLICY SET ANYONE ENTRY(10, "tcp", "") ENTRY(20, "icmp", "") INTERFACES,
		   bench_config_b);
	return 0;
}

static int stop(void **)
{
	bench_fini(&bench);
	return 0;
}

static int setup(void **)
{
	const struct certs_spec ca = {.cn = "root", .ca = true, .key = "EC:P-256"};
	const struct certs_spec address = {
		.cn = "east", .san = "IP:10.0.0.2,DNS:east.example", .days_left = 1};
	const struct certs_spec name = {.cn = "east", .san = "DNS:east.example"};
	int rc = prim_init();

	root = certs_issue(NULL, &ca);
	certs[CERT_ADDRESS] = certs_issue(&root, &address);
	certs[CERT_NAME] = certs_issue(&root, &name);
	return rc;
}

static int teardown(void **)
{
	certs_free(&certs[CERT_ADDRESS]);
	certs_free(&certs[CERT_NAME]);
	certs_free(&root);
	return 0;
}

#define TWO_PEERS(name) cmocka_unit_test_setup_teardown(name, start_two, stop)
#define PLAIN(name)	cmocka_unit_test_setup_teardown(name, start_plain, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(admission),
		TWO_PEERS(two_profiles_at_one_address_are_two_peers),
		cmocka_unit_test(phase_1_is_prepared),
		TWO_PEERS(dpd_of_a_profile),
		cmocka_unit_test(disabled_dpd_asks_nobody),
		TWO_PEERS(changed_profile_ends_what_it_does_not_take),
		cmocka_unit_test(name_with_a_key_is_for_who_has_that_key),
		PLAIN(forgotten_proof_is_no_proof),
		PLAIN(certificate_that_expires_takes_its_sas_along),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
