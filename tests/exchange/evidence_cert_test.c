/* SPDX-License-Identifier: BSD-3-Clause */
/* What a negotiation with certificates leaves behind, and what the engine tells beside records. */
#include "tests/exchange/cert_scene.h"
#include "tests/exchange/forge.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const struct ike_record *phase1(const struct lab *lab, int end)
{
	const struct ike_record *r = lab_negotiation(&lab->ends[end], IKE_RECORD_PHASE1);

	assert_non_null(r);
	return r;
}

static void certificates_that_are_good(void **)
{
	struct cert_scene s;

	cert_scene_begin(&s, ALG_AUTH_RSA_SIG, "RSA:1024");
	cert_scene_run(&s);
	for (int i = 0; i < 2; i++) {
		assert_true(phase1(&s.lab, i)->up);
		assert_int_equal(phase1(&s.lab, i)->phase1.key, IKE_RECORD_KEY_CERTIFICATE);
		assert_int_equal(phase1(&s.lab, i)->chosen.auth, ALG_AUTH_RSA_SIG);
		assert_true(phase1(&s.lab, i)->phase1.id_remote.type != 0);
	}
	cert_scene_end(&s);
}

static void a_certificate_of_a_ca_that_is_not_ours(void **)
{
	const struct certs_spec spec = {.cn = "a", .san = CERT_SCENE_SAN_A, .key = "RSA:1024"};
	const struct certs_spec other = {.cn = "other", .key = "RSA:1024", .ca = true};
	struct certs_issued stranger = certs_issue(NULL, &other);
	struct pki **pki;
	struct cert_scene s;

	cert_scene_begin(&s, ALG_AUTH_RSA_SIG, "RSA:1024");
	pki = &s.lab.ends[0].peer.pki;
	certs_free(&s.own[0]);
	s.own[0] = certs_issue(&stranger, &spec);
	pki_put(*pki);
	*pki = certs_pki(&s.ca, &s.own[0]);
	cert_scene_run(&s);
	lab_run(&s.lab, 200000);
	assert_int_equal(phase1(&s.lab, 1)->reason, IKE_REASON_CERT_UNKNOWN_CA);
	assert_false(phase1(&s.lab, 1)->phase1.undecodable);
	assert_int_equal(phase1(&s.lab, 1)->phase1.id_remote.type, IKE_ID_IPV4);
	assert_true(phase1(&s.lab, 1)->notify_sent != 0);
	certs_free(&stranger);
	cert_scene_end(&s);
}

/* One end has keys only, the other certificates only. */
static void methods_that_differ(void **)
{
	struct cert_scene s;

	cert_scene_begin(&s, ALG_AUTH_RSA_SIG, "RSA:1024");
	s.lab.ends[0].peer.policies[0].auth = ALG_AUTH_PSK;
	secret_set(&s.lab.ends[0].peer.psk, "a shared secret", 15);
	cert_scene_run(&s);
	assert_true(phase1(&s.lab, 1)->nearest.any);
	assert_int_equal(phase1(&s.lab, 1)->nearest.differs, 1u << IKE_REFUSAL_AUTH);
	cert_scene_end(&s);
}

/* An insider answers quick mode with proxies of its own. */
static void an_answer_with_other_proxies(void **)
{
	static const uint8_t id[] = {4, 0, 0, 0, 10, 0, 0, 0, 255, 0, 0, 0};
	struct forgery f = {
		.n = 7, .type = IKE_PAYLOAD_ID, .body = id, .len = sizeof(id), .rehash = true};
	const struct ike_record *r;
	struct lab lab;

	lab_init(&lab);
	lab_start(&lab);
	assert_int_equal(forge_exchange(&lab, &f), 0);
	assert_true(f.done);
	r = lab_negotiation(&lab.ends[0], IKE_RECORD_QUICK);
	assert_int_equal(r->reason, IKE_REASON_PROXY_MISMATCH);
	assert_true(r->quick.answered_others);
	assert_int_equal(r->quick.offered.local.len, 8);
	assert_int_equal(r->quick.ours.local.len, 24);
	lab_fini(&lab);
}

static void dpd_that_is_lost_while_esp_comes_in(void **)
{
	const struct ike_event *e;
	struct lab lab;

	lab_init(&lab);
	lab.ends[0].peer.dpd_periodic = true;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	lab_forget(&lab);
	lab.cut = true;
	lab_run(&lab, 10500); /* the first probe is out */
	assert_null(lab_event(&lab.ends[0], IKE_EVENT_DPD_LOST));
	lab.ends[0].hears = true;
	lab_run(&lab, 3000);
	e = lab_event(&lab.ends[0], IKE_EVENT_DPD_LOST);
	assert_non_null(e);
	assert_int_equal(e->tries, 1);
	lab.ends[0].hears = false;
	lab_run(&lab, 60000);
	e = lab_event(&lab.ends[0], IKE_EVENT_DOWN);
	assert_non_null(e);
	assert_int_equal(e->reason, IKE_REASON_DPD_DEAD);
	assert_int_equal(e->tries, 5);
	lab_fini(&lab);
}

static void both_ends_at_once(void **)
{
	struct lab lab;

	lab_tunnel(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	assert_int_equal(lab_initiate(&lab, 1), 0);
	lab_settle(&lab);
	for (int i = 0; i < 2; i++) {
		const struct ike_event *e = lab_event(&lab.ends[i], IKE_EVENT_COLLISION);

		assert_int_equal(lab_count_events(&lab.ends[i], IKE_EVENT_COLLISION), 1);
		assert_int_equal(e->tunnel, lab.ends[i].child.tunnel);
	}
	lab_fini(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(certificates_that_are_good),
		cmocka_unit_test(a_certificate_of_a_ca_that_is_not_ours),
		cmocka_unit_test(methods_that_differ),
		cmocka_unit_test(an_answer_with_other_proxies),
		cmocka_unit_test(dpd_that_is_lost_while_esp_comes_in),
		cmocka_unit_test(both_ends_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
