/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/capture_proof.h"

#include "controlplane/ike/ike_keys.h"

#include <string.h>

static bool is_complete(const struct capture_talk *t)
{
	const struct capture_shown *i = &t->ends[CAPTURE_BEGAN], *r = &t->ends[CAPTURE_ANSWERS];
	const struct ike_record *record = &t->record;
	const struct alg_auth_row *auth = alg_auth_row(record->chosen.auth);

	return record->aggressive && t->sa.len && auth && auth->psk && i->public.len &&
	       i->public.len == r->public.len && i->nonce.len && r->nonce.len &&
	       alg_hash_of_ike(record->chosen.hash) != ALG_HASH_COUNT &&
	       alg_cipher_of_ike(record->chosen.encryption, record->chosen.key_bits) !=
		       ALG_CIPHER_COUNT;
}

static enum capture_proof prove(const struct capture_talk *t, const struct ike_keys *keys,
				enum capture_side side)
{
	const struct capture_shown *own = &t->ends[side], *peer = &t->ends[!side];
	const struct ike_record *r = &t->record;
	const struct ike_keys_auth in = {
		.public_own = own->public.b,
		.public_peer = peer->public.b,
		.public_len = own->public.len,
		.cookie_own = side ? r->cookie_r : r->cookie_i,
		.cookie_peer = side ? r->cookie_i : r->cookie_r,
		.sa = {t->sa.b, t->sa.len},
		.id = {own->id.b, own->id.len},
	};
	size_t len = alg_hash_row(keys->hash)->digest_bytes;
	uint8_t want[PRIM_DIGEST_MAX];

	if (!own->id.len || own->hash.len != len || ike_keys_auth_hash(keys, &in, want))
		return CAPTURE_UNPROVEN;
	return secret_eq(own->hash.b, want, len) ? CAPTURE_HOLDS : CAPTURE_DIFFERS;
}

static void try_talk(struct capture_talk *t, const struct secret *psk)
{
	/* SKEYID alone is used, into which the shared secret does not go */
	static const uint8_t no_secret[1];
	const struct ike_record *r = &t->record;
	const struct ike_keys_input in = {
		.psk = psk,
		.nonce_i = &t->ends[CAPTURE_BEGAN].nonce,
		.nonce_r = &t->ends[CAPTURE_ANSWERS].nonce,
		.cookie_i = r->cookie_i,
		.cookie_r = r->cookie_r,
		.public_i = t->ends[CAPTURE_BEGAN].public.b,
		.public_r = t->ends[CAPTURE_ANSWERS].public.b,
		.public_len = t->ends[CAPTURE_BEGAN].public.len,
		.shared = no_secret,
		.shared_len = sizeof(no_secret),
	};
	struct ike_keys keys = {
		.hash = (uint8_t)alg_hash_of_ike(r->chosen.hash),
		.cipher = (uint8_t)alg_cipher_of_ike(r->chosen.encryption, r->chosen.key_bits),
	};

	if (ike_keys_derive(&keys, &in) == 0)
		for (enum capture_side side = CAPTURE_BEGAN; side < CAPTURE_SIDES; side++)
			t->ends[side].proof = prove(t, &keys, side);
	ike_keys_wipe(&keys);
}

void capture_proof_try(struct capture *c, const struct secret *psk)
{
	for (size_t i = 0; i < c->n_talks; i++)
		if (is_complete(&c->talks[i]))
			try_talk(&c->talks[i], psk);
}
