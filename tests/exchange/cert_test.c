/* SPDX-License-Identifier: BSD-3-Clause */
/* Main mode with certificates between two engines, and every way in which one may be refused. */
#include "controlplane/ike/ike_id.h"
#include "controlplane/ike/ike_msg.h"
#include "lib/crypto/prim.h"
#include "tests/exchange/cert_scene.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* What A shows is another one, from another CA perhaps. */
static void show_other(struct cert_scene *s, const struct certs_issued *issuer,
		       const struct certs_spec *spec)
{
	struct pki **pki = &s->lab.ends[0].peer.pki;

	certs_free(&s->own[0]);
	s->own[0] = certs_issue(issuer, spec);
	pki_put(*pki);
	*pki = certs_pki(&s->ca, &s->own[0]);
}

static void comes_up(uint16_t auth, const char *key)
{
	struct cert_scene s;

	cert_scene_begin(&s, auth, key);
	cert_scene_run(&s);
	if (!lab_pair_fits(&s.lab) || lab_rejected(&s.lab, 0) + lab_rejected(&s.lab, 1))
		fail_msg("method %u with %s does not come up", auth, key);
	assert_int_equal(s.lab.n_record, 9);
	cert_scene_end(&s);
}

static void every_method_comes_up(void **)
{
	comes_up(ALG_AUTH_RSA_SIG, "RSA:2048");
	comes_up(ALG_AUTH_RSA_SIG, "RSA:1024");
	comes_up(ALG_AUTH_ECDSA_256, "EC:P-256");
	comes_up(ALG_AUTH_ECDSA_384, "EC:P-384");
	comes_up(ALG_AUTH_ECDSA_521, "EC:P-521");
}

/* B refuses what A shows: the counter, the reason, and no SA at either end afterwards. */
static void refused(struct cert_scene *s, enum ike_counter counter, enum ike_reason reason)
{
	const struct ike_event *e;

	cert_scene_run(s);
	assert_int_equal(lab_counter(&s->lab, 1, counter), 1);
	e = lab_event(&s->lab.ends[1], IKE_EVENT_HINT);
	assert_non_null(e);
	if (e->reason != reason)
		fail_msg("reason %s, expected %s", ike_reason_name(e->reason),
			 ike_reason_name(reason));
	assert_int_equal(lab_up(&s->lab, 1), 0);
	lab_run(&s->lab, 200000);
	assert_int_equal(lab_sas(&s->lab, 0), 0);
	assert_int_equal(lab_sas(&s->lab, 1), 0);
	e = lab_event(&s->lab.ends[1], IKE_EVENT_FAILED);
	assert_non_null(e);
	assert_int_equal(e->reason, reason);
}

static void refused_certificates(void **)
{
	static const struct {
		struct certs_spec spec;
		bool stranger; /* signed by a CA that B does not know */
		enum ike_counter counter;
		enum ike_reason reason;
	} rows[] = {
		{{.cn = "a",
		  .san = CERT_SCENE_SAN_A,
		  .key = "RSA:1024",
		  .days_ago = 30,
		  .days_left = -1},
		 false,
		 IKE_COUNT_CERT_REJECT,
		 IKE_REASON_CERT_EXPIRED},
		{{.cn = "a", .san = CERT_SCENE_SAN_A, .key = "RSA:1024", .days_ago = -2},
		 false,
		 IKE_COUNT_CERT_REJECT,
		 IKE_REASON_CERT_NOT_YET},
		{{.cn = "a", .san = CERT_SCENE_SAN_A, .key = "RSA:1024"},
		 true,
		 IKE_COUNT_CERT_REJECT,
		 IKE_REASON_CERT_UNKNOWN_CA},
		{{.cn = "a", .san = CERT_SCENE_SAN_A, .key = "RSA:1024", .extended = "codeSigning"},
		 false,
		 IKE_COUNT_CERT_REJECT,
		 IKE_REASON_CERT_USAGE},
		{{.cn = "a",
		  .san = CERT_SCENE_SAN_A,
		  .key = "RSA:1024",
		  .usage = "keyEncipherment"},
		 false,
		 IKE_COUNT_CERT_REJECT,
		 IKE_REASON_CERT_USAGE},
		{{.cn = "a", .san = CERT_SCENE_SAN_A, .key = "RSA:1024", .ca = true},
		 false,
		 IKE_COUNT_CERT_REJECT,
		 IKE_REASON_CERT_USAGE},
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		struct certs_issued stranger = certs_issue(
			NULL, &(struct certs_spec){.cn = "other", .ca = true, .key = "EC:P-256"});
		struct cert_scene s;

		cert_scene_begin(&s, ALG_AUTH_RSA_SIG, "RSA:1024");
		show_other(&s, rows[i].stranger ? &stranger : &s.ca, &rows[i].spec);
		refused(&s, rows[i].counter, rows[i].reason);
		cert_scene_end(&s);
		certs_free(&stranger);
	}
}

/* Right certificate, wrong key: what A signs is not what its certificate says. */
static void identity_must_stand_in_the_certificate(void **)
{
	struct cert_scene s;

	cert_scene_begin(&s, ALG_AUTH_RSA_SIG, "RSA:1024");
	/* A says its address, and its certificate has another one: then it says its name */
	show_other(&s, &s.ca,
		   &(struct certs_spec){.cn = "a", .san = "IP:10.9.9.9", .key = "RSA:1024"});
	cert_scene_run(&s);
	assert_int_equal(lab_up(&s.lab, 1), 1);
	cert_scene_end(&s);

	cert_scene_begin(&s, ALG_AUTH_RSA_SIG, "RSA:1024");
	ike_id_of_text(&s.lab.ends[1].peer.remote_id, IKE_ID_FQDN, "other.example");
	ike_id_of_text(&s.lab.ends[0].peer.local_id, IKE_ID_FQDN, "a.example");
	cert_scene_run(&s);
	assert_int_equal(lab_counter(&s.lab, 1, IKE_COUNT_ID_MISMATCH), 1);
	assert_int_equal(lab_up(&s.lab, 1), 0);
	cert_scene_end(&s);
}

/* What is damaged in clear may fail for good; what comes next must not suffer from it. */
static void try_again(struct lab *lab)
{
	assert_non_null(lab_event(&lab->ends[0], IKE_EVENT_CHILD_FAILED));
	ike_engine_clear(lab->ends[0].engine, 0, NULL);
	lab_settle(lab);
	assert_int_equal(lab_initiate(lab, 0), 0);
	lab_run(lab, 1000);
}

static void lossy_channel(void **)
{
	static const enum lab_fate fates[] = {LAB_DROP, LAB_DUPLICATE, LAB_CORRUPT, LAB_DELAY};

	for (size_t f = 0; f < array_len(fates); f++)
		for (size_t n = 0; n < 9; n++) {
			struct cert_scene s;

			cert_scene_begin(&s, ALG_AUTH_ECDSA_256, "EC:P-256");
			s.lab.fate = lab_fate_nth;
			s.lab.fate_n = n;
			s.lab.fate_what = fates[f];
			cert_scene_run(&s);
			lab_run(&s.lab, 120000);
			if (!s.lab.ends[0].n_out && fates[f] == LAB_CORRUPT)
				try_again(&s.lab);
			if (!lab_pair_fits(&s.lab))
				fail_msg("fate %d of packet %zu", (int)fates[f], n);
			cert_scene_end(&s);
		}
}

static void find_state(void *ctx, const struct ike_sa_info *info)
{
	bool *found = ctx;

	*found |= strcmp(info->state, "MM_KEY_AUTH") == 0;
}

/* Between the peer's proof and ours, which takes its time. */
static void authenticated_peer_shows_while_we_sign(void **)
{
	struct cert_scene s;
	bool found[2] = {false, false};

	cert_scene_begin(&s, ALG_AUTH_RSA_SIG, "RSA:2048");
	lab_start(&s.lab);
	assert_int_equal(lab_initiate(&s.lab, 0), 0);
	while (lab_step(&s.lab))
		for (int i = 0; i < 2; i++)
			ike_engine_each(s.lab.ends[i].engine, find_state, &found[i]);
	assert_true(lab_pair_fits(&s.lab));
	assert_false(found[0]);
	assert_true(found[1]);
	cert_scene_end(&s);
}

static void configuration_may_change_while_a_job_runs(void **)
{
	struct cert_scene s;

	cert_scene_begin(&s, ALG_AUTH_RSA_SIG, "RSA:1024");
	cert_scene_run_reconfigured(&s);
	assert_true(lab_pair_fits(&s.lab));
	cert_scene_end(&s);
}

static int setup(void **)
{
	return prim_init();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_method_comes_up),
		cmocka_unit_test(refused_certificates),
		cmocka_unit_test(identity_must_stand_in_the_certificate),
		cmocka_unit_test(lossy_channel),
		cmocka_unit_test(authenticated_peer_shows_while_we_sign),
		cmocka_unit_test(configuration_may_change_while_a_job_runs),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
