/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/exchange/cert_scene.h"

#include <cmocka.h>

void cert_scene_begin(struct cert_scene *s, uint16_t auth, const char *key)
{
	const struct certs_spec specs[2] = {{.cn = "a", .san = CERT_SCENE_SAN_A, .key = key},
					    {.cn = "b", .san = CERT_SCENE_SAN_B, .key = key}};

	lab_init(&s->lab);
	s->ca = certs_issue(NULL,
			    &(struct certs_spec){.cn = "root", .ca = true, .key = "EC:P-256"});
	for (int i = 0; i < 2; i++) {
		struct lab_end *end = &s->lab.ends[i];

		s->own[i] = certs_issue(&s->ca, &specs[i]);
		end->peer.pki = certs_pki(&s->ca, &s->own[i]);
		end->peer.policies[0].auth = auth;
		secret_wipe(&end->peer.psk);
	}
}

void cert_scene_end(struct cert_scene *s)
{
	lab_fini(&s->lab);
	for (int i = 0; i < 2; i++) {
		pki_put(s->lab.ends[i].peer.pki);
		certs_free(&s->own[i]);
	}
	certs_free(&s->ca);
}

void cert_scene_run(struct cert_scene *s)
{
	lab_start(&s->lab);
	assert_int_equal(lab_initiate(&s->lab, 0), 0);
	lab_settle(&s->lab);
}

void cert_scene_run_reconfigured(struct cert_scene *s)
{
	lab_start(&s->lab);
	assert_int_equal(lab_initiate(&s->lab, 0), 0);
	while (lab_step(&s->lab))
		for (int i = 0; i < 2; i++) {
			pki_put(s->lab.ends[i].peer.pki);
			s->lab.ends[i].peer.pki = certs_pki(&s->ca, &s->own[i]);
		}
}
