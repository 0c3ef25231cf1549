/* SPDX-License-Identifier: BSD-3-Clause */
/* Aggressive mode with certificates between two engines, and what may be wrong with a proof. */
#include "controlplane/ike/ike_id.h"
#include "controlplane/ike/ike_msg.h"
#include "controlplane/ike/ike_sa.h"
#include "lib/crypto/prim.h"
#include "tests/exchange/cert_scene.h"
#include "tests/exchange/forge.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	MESSAGES = 6,
};

static void begin(struct cert_scene *s, uint16_t auth, const char *key)
{
	cert_scene_begin(s, auth, key);
	for (int i = 0; i < 2; i++) {
		s->lab.ends[i].peer.aggressive = true;
		s->lab.ends[i].peer.dpd_s = 0;
	}
}

static bool has(const struct lab_packet *p, uint8_t type)
{
	struct ike_header header;
	struct ike_msg msg;

	return ike_msg_parse_header(&header, p->data, p->len) == IKE_PARSED &&
	       ike_msg_parse_chain(&msg, &header, p->data + IKE_HEADER_LEN,
				   p->len - IKE_HEADER_LEN) == IKE_PARSED &&
	       ike_msg_get(&msg, type, 0);
}

static void every_method_comes_up_in_six_messages(void **)
{
	static const struct {
		uint16_t auth;
		const char *key;
	} rows[] = {
		{ALG_AUTH_RSA_SIG, "RSA:2048"},
		{ALG_AUTH_ECDSA_256, "EC:P-256"},
		{ALG_AUTH_ECDSA_384, "EC:P-384"},
		{ALG_AUTH_ECDSA_521, "EC:P-521"},
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		struct cert_scene s;

		begin(&s, rows[i].auth, rows[i].key);
		cert_scene_run(&s);
		if (!lab_pair_fits(&s.lab) || lab_rejected(&s.lab, 0) + lab_rejected(&s.lab, 1))
			fail_msg("%s does not come up", rows[i].key);
		assert_int_equal(s.lab.n_record, MESSAGES);
		assert_true(has(s.lab.record[0], IKE_PAYLOAD_CERT_REQUEST));
		assert_false(has(s.lab.record[0], IKE_PAYLOAD_CERT));
		assert_true(has(s.lab.record[1], IKE_PAYLOAD_CERT_REQUEST));
		assert_true(has(s.lab.record[1], IKE_PAYLOAD_CERT));
		assert_true(has(s.lab.record[1], IKE_PAYLOAD_SIGNATURE));
		cert_scene_end(&s);
	}
}

static void every_kind_of_identity_comes_up(void **)
{
	static const struct {
		enum ike_id_type type;
		const char *text;
		enum ike_id_type seen;
	} rows[] = {
		{IKE_ID_FQDN, "a.example", IKE_ID_FQDN},
		{IKE_ID_USER_FQDN, "a@example", IKE_ID_USER_FQDN},
		/* does not stand in the certificate: its name is told instead */
		{IKE_ID_FQDN, "other.example", IKE_ID_DER_DN},
		{IKE_ID_KEY_ID, "a", IKE_ID_DER_DN},
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		struct cert_scene s;

		begin(&s, ALG_AUTH_ECDSA_256, "EC:P-256");
		ike_id_of_text(&s.lab.ends[0].peer.local_id, rows[i].type, rows[i].text);
		cert_scene_run(&s);
		assert_true(lab_pair_fits(&s.lab));
		assert_int_equal(forge_sa(&s.lab, 1)->remote_id.type, rows[i].seen);
		cert_scene_end(&s);
	}
}

/* Both methods are there: the first policy decides, and its identity. */
static void the_method_of_the_first_policy_is_offered(void **)
{
	for (int key_first = 0; key_first < 2; key_first++) {
		struct cert_scene s;
		uint16_t want = key_first ? ALG_AUTH_PSK : ALG_AUTH_RSA_SIG;

		begin(&s, ALG_AUTH_RSA_SIG, "RSA:1024");
		for (int i = 0; i < 2; i++) {
			struct ike_peer *peer = &s.lab.ends[i].peer;

			secret_set(&peer->psk, "secret", 6);
			peer->n_policies = 2;
			peer->policies[1] = peer->policies[0];
			peer->policies[!key_first || i].auth = ALG_AUTH_PSK;
			peer->policies[key_first && !i].auth = ALG_AUTH_RSA_SIG;
		}
		cert_scene_run(&s);
		assert_true(lab_pair_fits(&s.lab));
		assert_int_equal(forge_sa(&s.lab, 0)->policy.auth, want);
		assert_int_equal(forge_sa(&s.lab, 1)->policy.auth, want);
		cert_scene_end(&s);
	}
}

static void nat_is_found_and_message_3_floats(void **)
{
	struct cert_scene s;

	begin(&s, ALG_AUTH_RSA_SIG, "RSA:1024");
	s.lab.nat = true;
	ike_id_of_text(&s.lab.ends[0].peer.local_id, IKE_ID_FQDN, "a.example");
	cert_scene_run(&s);
	assert_true(lab_pair_fits(&s.lab));
	assert_int_equal(s.lab.record[2]->path.local_port, 4500);
	assert_true(s.lab.ends[0].out[0].udp);
	cert_scene_end(&s);
}

static void lossy_channel(void **)
{
	static const enum lab_fate fates[] = {LAB_DROP, LAB_DUPLICATE, LAB_CORRUPT, LAB_DELAY,
					      LAB_LATE};

	for (size_t f = 0; f < array_len(fates); f++)
		for (size_t n = 0; n < MESSAGES; n++) {
			struct cert_scene s;

			begin(&s, ALG_AUTH_ECDSA_256, "EC:P-256");
			s.lab.fate = lab_fate_nth;
			s.lab.fate_n = n;
			s.lab.fate_what = fates[f];
			/* what stands behind the signature of message 3 is not covered by it */
			s.lab.corrupt_at = n == 2 ? 150 : 0;
			cert_scene_run(&s);
			lab_run(&s.lab, 120000);
			if (!lab_pair_fits(&s.lab))
				fail_msg("fate %d of packet %zu", (int)fates[f], n);
			cert_scene_end(&s);
		}
}

static void configuration_may_change_while_a_job_runs(void **)
{
	struct cert_scene s;

	begin(&s, ALG_AUTH_RSA_SIG, "RSA:1024");
	cert_scene_run_reconfigured(&s);
	assert_true(lab_pair_fits(&s.lab));
	cert_scene_end(&s);
}

/* An SA that ends while its signature is being checked or made leaves nothing behind. */
static void the_sa_may_end_while_a_job_runs(void **)
{
	for (size_t steps = 0; steps < 24; steps++) {
		struct cert_scene s;

		begin(&s, ALG_AUTH_ECDSA_256, "EC:P-256");
		lab_start(&s.lab);
		s.lab.jobs_wait = true;
		assert_int_equal(lab_initiate(&s.lab, 0), 0);
		for (size_t i = 0; i < steps; i++) {
			while (lab_step(&s.lab))
				;
			s.lab.jobs_wait = false;
			lab_step(&s.lab);
			s.lab.jobs_wait = true;
		}
		ike_engine_clear(s.lab.ends[0].engine, 0, NULL);
		ike_engine_clear(s.lab.ends[1].engine, 0, NULL);
		s.lab.jobs_wait = false;
		lab_run(&s.lab, 200000);
		assert_int_equal(lab_up(&s.lab, 0), lab_up(&s.lab, 1));
		cert_scene_end(&s);
	}
}

/* A forgery in front of packet n costs one counter, and the true one still comes through. */
static void survive(struct forgery f, enum ike_counter want)
{
	int victim = f.n % 2 == 0;
	struct cert_scene s;

	begin(&s, ALG_AUTH_RSA_SIG, "RSA:1024");
	s.lab.fate = forge_before;
	s.lab.fate_ctx = &f;
	cert_scene_run(&s);
	lab_run(&s.lab, 30000);
	assert_true(f.done);
	if (lab_counter(&s.lab, victim, want) != 1 ||
	    lab_rejected(&s.lab, victim) - lab_counter(&s.lab, victim, IKE_COUNT_BUSY) -
			    lab_counter(&s.lab, victim, IKE_COUNT_DUP) !=
		    1)
		fail_msg("packet %zu payload %u length %zu: %s counts %u of %u", f.n, f.type, f.len,
			 ike_counter_name(want), (unsigned)lab_counter(&s.lab, victim, want),
			 (unsigned)lab_rejected(&s.lab, victim));
	if (!lab_pair_fits(&s.lab))
		fail_msg("packet %zu payload %u length %zu: no tunnel afterwards", f.n, f.type,
			 f.len);
	cert_scene_end(&s);
}

/* H045, H048: what may be wrong with a proof, in message 2 and in message 3. */
static void forged_proofs(void **)
{
	static uint8_t junk[PKI_CERT_MAX];
	static const struct {
		uint8_t type;
		size_t len; /* 0: the payload is not there */
		uint8_t first;
		enum ike_counter counter;
	} rows[] = {
		{IKE_PAYLOAD_SIGNATURE, 0, 0, IKE_COUNT_MISSING_PAYLOAD},
		{IKE_PAYLOAD_SIGNATURE, 128, 1, IKE_COUNT_SIG_FAIL},
		{IKE_PAYLOAD_SIGNATURE, 128, 255, IKE_COUNT_SIG_FAIL},
		{IKE_PAYLOAD_SIGNATURE, 127, 1, IKE_COUNT_SIG_FAIL},
		{IKE_PAYLOAD_SIGNATURE, 1, 0, IKE_COUNT_SIG_FAIL},
		{IKE_PAYLOAD_SIGNATURE, 4000, 9, IKE_COUNT_SIG_FAIL},
		{IKE_PAYLOAD_CERT, 0, 0, IKE_COUNT_CERT},
		{IKE_PAYLOAD_CERT, 1, 4, IKE_COUNT_CERT},
		{IKE_PAYLOAD_CERT, 500, 4, IKE_COUNT_CERT},
		{IKE_PAYLOAD_CERT, 500, 1, IKE_COUNT_CERT},
		{IKE_PAYLOAD_CERT, 500, 7, IKE_COUNT_CERT},
	};

	for (size_t i = 0; i < array_len(rows); i++)
		for (size_t packet = 1; packet <= 2; packet++) {
			memset(junk, 0x30, sizeof(junk));
			junk[0] = rows[i].first;
			survive((struct forgery){.n = packet,
						 .type = rows[i].type,
						 .body = rows[i].len ? junk : NULL,
						 .len = rows[i].len},
				rows[i].counter);
		}
}

/* Rewrites the certificate in message 2 as a chain in PKCS #7, perhaps cut short. */
struct wrapping {
	struct cert_scene *s;
	size_t cut;
	size_t copies;
};

static enum lab_fate wrap(struct lab *lab, size_t n, struct lab_packet *p)
{
	const struct wrapping *w = lab->fate_ctx;
	uint8_t body[4096] = {1};
	uint8_t *der;
	size_t len;

	if (n != 1)
		return LAB_DELIVER;
	der = certs_pkcs7(&w->s->ca, &w->s->own[1], &len);
	memcpy(body + 1, der, len);
	OPENSSL_free(der);
	assert_true(forge_replace(lab, p, IKE_PAYLOAD_CERT, 0, body, 1 + len - w->cut, false));
	for (size_t i = 1; i < w->copies; i++)
		assert_true(forge_add(lab, p, IKE_PAYLOAD_CERT, body, 1 + len - w->cut, false));
	return LAB_DELIVER;
}

static void a_chain_in_pkcs7_is_read(void **)
{
	static const struct {
		size_t cut, copies;
		bool good;
	} rows[] = {{0, 1, true}, {1, 1, false}, {0, 2, false}};

	for (size_t i = 0; i < array_len(rows); i++) {
		struct cert_scene s;
		struct wrapping w = {&s, rows[i].cut, rows[i].copies};

		begin(&s, ALG_AUTH_RSA_SIG, "RSA:1024");
		s.lab.fate = wrap;
		s.lab.fate_ctx = &w;
		cert_scene_run(&s);
		if (lab_pair_fits(&s.lab) != rows[i].good)
			fail_msg("row %zu", i);
		assert_int_equal(lab_counter(&s.lab, 0, IKE_COUNT_CERT), !rows[i].good);
		cert_scene_end(&s);
	}
}

/* A hash where a signature was agreed on, beside it or without it. */
static void a_hash_is_no_signature(void **)
{
	static const uint8_t hash[20] = {1};

	for (size_t packet = 1; packet <= 2; packet++)
		survive((struct forgery){.n = packet,
					 .type = IKE_PAYLOAD_HASH,
					 .body = hash,
					 .len = sizeof(hash),
					 .add = true},
			IKE_COUNT_UNKNOWN_PAYLOAD);
}

/* And a signature or a certificate where a key was. */
static void a_signature_is_no_hash(void **)
{
	static const uint8_t junk[128] = {4, 1};
	static const uint8_t types[] = {IKE_PAYLOAD_SIGNATURE, IKE_PAYLOAD_CERT};

	for (size_t i = 0; i < array_len(types); i++)
		for (size_t packet = 1; packet <= 2; packet++) {
			struct forgery f = {.n = packet,
					    .type = types[i],
					    .body = junk,
					    .len = sizeof(junk),
					    .add = true};
			struct lab lab;

			lab_init(&lab);
			lab.ends[0].peer.aggressive = lab.ends[1].peer.aggressive = true;
			lab.fate = forge_before;
			lab.fate_ctx = &f;
			lab_start(&lab);
			assert_int_equal(lab_initiate(&lab, 0), 0);
			lab_run(&lab, 15000);
			assert_true(f.done && lab_pair_fits(&lab));
			assert_int_equal(lab_counter(&lab, packet == 2, IKE_COUNT_UNKNOWN_PAYLOAD),
					 1);
			lab_fini(&lab);
		}
}

/* B refuses what A shows, once for each time it is shown. */
static void refused(const struct certs_spec *spec, bool stranger, enum ike_counter counter,
		    enum ike_reason reason)
{
	struct certs_issued other = certs_issue(
		NULL, &(struct certs_spec){.cn = "other", .ca = true, .key = "EC:P-256"});
	struct cert_scene s;

	begin(&s, ALG_AUTH_RSA_SIG, "RSA:1024");
	certs_free(&s.own[0]);
	s.own[0] = certs_issue(stranger ? &other : &s.ca, spec);
	pki_put(s.lab.ends[0].peer.pki);
	s.lab.ends[0].peer.pki = certs_pki(&s.ca, &s.own[0]);
	cert_scene_run(&s);
	assert_int_equal(lab_counter(&s.lab, 1, counter), 1);
	assert_int_equal(lab_up(&s.lab, 1), 0);
	assert_non_null(lab_event(&s.lab.ends[1], IKE_EVENT_HINT));
	assert_int_equal(lab_event(&s.lab.ends[1], IKE_EVENT_HINT)->reason, reason);
	lab_run(&s.lab, 200000);
	assert_int_equal(lab_sas(&s.lab, 1), 0);
	cert_scene_end(&s);
	certs_free(&other);
}

static void refused_certificates(void **)
{
	refused(&(struct certs_spec){.cn = "a", .san = CERT_SCENE_SAN_A, .key = "RSA:1024"}, true,
		IKE_COUNT_CERT_REJECT, IKE_REASON_CERT_UNKNOWN_CA);
	refused(&(struct certs_spec){.cn = "a",
				     .san = CERT_SCENE_SAN_A,
				     .key = "RSA:1024",
				     .days_ago = 30,
				     .days_left = -1},
		false, IKE_COUNT_CERT_REJECT, IKE_REASON_CERT_EXPIRED);
	refused(&(struct certs_spec){.cn = "a",
				     .san = CERT_SCENE_SAN_A,
				     .key = "RSA:1024",
				     .extended = "codeSigning"},
		false, IKE_COUNT_CERT_REJECT, IKE_REASON_CERT_USAGE);
}

static int setup(void **)
{
	return prim_init();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_method_comes_up_in_six_messages),
		cmocka_unit_test(every_kind_of_identity_comes_up),
		cmocka_unit_test(the_method_of_the_first_policy_is_offered),
		cmocka_unit_test(nat_is_found_and_message_3_floats),
		cmocka_unit_test(lossy_channel),
		cmocka_unit_test(configuration_may_change_while_a_job_runs),
		cmocka_unit_test(the_sa_may_end_while_a_job_runs),
		cmocka_unit_test(forged_proofs),
		cmocka_unit_test(a_chain_in_pkcs7_is_read),
		cmocka_unit_test(a_hash_is_no_signature),
		cmocka_unit_test(a_signature_is_no_hash),
		cmocka_unit_test(refused_certificates),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
