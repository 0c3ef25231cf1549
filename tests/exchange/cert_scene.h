/* SPDX-License-Identifier: BSD-3-Clause */
/* Two engines with a certificate each, of one CA that both believe. */
#pragma once

#include "tests/certs/certs.h"
#include "tests/exchange/lab.h"

#define CERT_SCENE_SAN_A "IP:10.0.0.1,DNS:a.example,email:a@example"
#define CERT_SCENE_SAN_B "IP:10.0.0.2,DNS:b.example"

struct cert_scene {
	struct lab lab;
	struct certs_issued ca;
	struct certs_issued own[2];
};

/* Not started yet; auth is the method of both ends, key that of their certificates (certs.h). */
void cert_scene_begin(struct cert_scene *s, uint16_t auth, const char *key);
void cert_scene_end(struct cert_scene *s);
/* A starts. */
void cert_scene_run(struct cert_scene *s);
/* The same, and with each step the configuration of both is another one that says the same. */
void cert_scene_run_reconfigured(struct cert_scene *s);
