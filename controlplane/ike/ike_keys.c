/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_keys.h"

#include "controlplane/ike/ike_payload.h"

#include <errno.h>
#include <string.h>

enum {
	CHUNKS_MAX = 8
};

static struct prim_chunk chunk(const void *data, size_t len)
{
	return (struct prim_chunk){.data = data, .len = len};
}

static void put_u32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

static size_t digest_bytes(const struct ike_keys *keys)
{
	return alg_hash_row(keys->hash)->digest_bytes;
}

/* prf under a secret, its output a secret. */
static int prf(const struct ike_keys *keys, const struct secret *key,
	       const struct prim_chunk *chunks, size_t n, struct secret *out)
{
	uint8_t digest[PRIM_DIGEST_MAX];
	int rc = prim_prf(keys->hash, key->b, key->len, chunks, n, digest);

	if (rc == 0)
		secret_set(out, digest, digest_bytes(keys));
	secret_wipe_bytes(digest, sizeof(digest));
	return rc;
}

/*
 * SKEYID_d, _a, _e (RFC 2409 5): prf(SKEYID, previous | g^xy | CKY-I | CKY-R | number), where the
 * first has no previous.
 */
static int derive_one(const struct ike_keys *keys, const struct ike_keys_input *in,
		      const struct secret *previous, uint8_t number, struct secret *out)
{
	const struct prim_chunk chunks[] = {
		chunk(previous ? previous->b : NULL, previous ? previous->len : 0),
		chunk(in->shared, in->shared_len),
		chunk(in->cookie_i, IKE_COOKIE_LEN),
		chunk(in->cookie_r, IKE_COOKIE_LEN),
		chunk(&number, 1),
	};

	return prf(keys, &keys->skeyid, chunks, array_len(chunks), out);
}

/* RFC 2409 appendix B: Ka = K1 | K2 | ..., K1 = prf(SKEYID_e, 0), Kn = prf(SKEYID_e, Kn-1). */
static int expand_cipher_key(struct ike_keys *keys, const struct secret *e)
{
	size_t want = alg_cipher_row(keys->cipher)->key_bytes;
	struct secret block = {0};
	struct prim_chunk in = chunk("\0", 1);
	int rc = 0;

	if (want <= e->len) {
		secret_set(&keys->enc, e->b, want);
		return 0;
	}
	keys->enc.len = 0;
	while (keys->enc.len < want) {
		size_t take = want - keys->enc.len;

		rc = prf(keys, e, &in, 1, &block);
		if (rc)
			break;
		take = take < block.len ? take : block.len;
		memcpy(keys->enc.b + keys->enc.len, block.b, take);
		keys->enc.len += (uint16_t)take;
		in = chunk(block.b, block.len);
	}
	secret_wipe(&block);
	return rc;
}

/* RFC 2409 appendix B: the first IV of phase 1 is hash(g^xi | g^xr), cut to the block. */
static int first_iv(struct ike_keys *keys, const struct ike_keys_input *in)
{
	const struct prim_chunk publics[] = {
		chunk(in->public_i, in->public_len),
		chunk(in->public_r, in->public_len),
	};
	uint8_t digest[PRIM_DIGEST_MAX];
	int rc = prim_hash(keys->hash, publics, array_len(publics), digest);

	if (rc == 0)
		memcpy(keys->iv, digest, alg_cipher_row(keys->cipher)->iv_bytes);
	return rc;
}

/* RFC 2409 5: prf(pre-shared key, Ni_b | Nr_b), or with signatures prf(Ni_b | Nr_b, g^xy). */
static int derive_skeyid(struct ike_keys *keys, const struct ike_keys_input *in)
{
	const struct prim_chunk nonces[] = {
		chunk(in->nonce_i->b, in->nonce_i->len),
		chunk(in->nonce_r->b, in->nonce_r->len),
	};
	const struct prim_chunk shared = chunk(in->shared, in->shared_len);
	uint8_t key[2 * IKE_NONCE_MAX];
	uint8_t digest[PRIM_DIGEST_MAX];
	int rc;

	if (in->psk)
		return prf(keys, in->psk, nonces, array_len(nonces), &keys->skeyid);
	memcpy(key, nonces[0].data, nonces[0].len);
	memcpy(key + nonces[0].len, nonces[1].data, nonces[1].len);
	rc = prim_prf(keys->hash, key, nonces[0].len + nonces[1].len, &shared, 1, digest);
	if (rc == 0)
		secret_set(&keys->skeyid, digest, digest_bytes(keys));
	secret_wipe_bytes(digest, sizeof(digest));
	return rc;
}

int ike_keys_derive(struct ike_keys *keys, const struct ike_keys_input *in)
{
	struct secret e = {0};
	int rc;

	rc = derive_skeyid(keys, in);
	if (rc == 0)
		rc = derive_one(keys, in, NULL, 0, &keys->d);
	if (rc == 0)
		rc = derive_one(keys, in, &keys->d, 1, &keys->a);
	if (rc == 0)
		rc = derive_one(keys, in, &keys->a, 2, &e);
	if (rc == 0)
		rc = expand_cipher_key(keys, &e);
	if (rc == 0)
		rc = first_iv(keys, in);
	secret_wipe(&e);
	if (rc)
		ike_keys_wipe(keys);
	return rc;
}

void ike_keys_wipe(struct ike_keys *keys)
{
	secret_wipe(&keys->skeyid);
	secret_wipe(&keys->d);
	secret_wipe(&keys->a);
	secret_wipe(&keys->enc);
}

int ike_keys_iv(const struct ike_keys *keys, uint32_t message_id, uint8_t *iv)
{
	size_t block = alg_cipher_row(keys->cipher)->iv_bytes;
	uint8_t digest[PRIM_DIGEST_MAX];
	uint8_t id[4];
	const struct prim_chunk chunks[] = {chunk(keys->iv, block), chunk(id, sizeof(id))};
	int rc;

	put_u32(id, message_id);
	rc = prim_hash(keys->hash, chunks, array_len(chunks), digest);
	if (rc == 0)
		memcpy(iv, digest, block);
	return rc;
}

int ike_keys_auth_hash(const struct ike_keys *keys, const struct ike_keys_auth *in, uint8_t *out)
{
	const struct prim_chunk chunks[] = {
		chunk(in->public_own, in->public_len),
		chunk(in->public_peer, in->public_len),
		chunk(in->cookie_own, IKE_COOKIE_LEN),
		chunk(in->cookie_peer, IKE_COOKIE_LEN),
		in->sa,
		in->id,
	};

	return prim_prf(in->hash ? in->hash : keys->hash, keys->skeyid.b, keys->skeyid.len, chunks,
			array_len(chunks), out);
}

int ike_keys_hash(const struct ike_keys *keys, uint32_t message_id, const struct prim_chunk *chunks,
		  size_t n, uint8_t *out)
{
	struct prim_chunk all[CHUNKS_MAX];
	uint8_t id[4];

	if (n + 1 > CHUNKS_MAX)
		return -EINVAL;
	put_u32(id, message_id);
	all[0] = chunk(id, sizeof(id));
	for (size_t i = 0; i < n; i++)
		all[i + 1] = chunks[i];
	return prim_prf(keys->hash, keys->a.b, keys->a.len, all, n + 1, out);
}

int ike_keys_hash3(const struct ike_keys *keys, uint32_t message_id,
		   const struct ike_nonce *nonce_i, const struct ike_nonce *nonce_r, uint8_t *out)
{
	uint8_t head[5] = {0}; /* a zero byte, then the message ID */
	const struct prim_chunk chunks[] = {
		chunk(head, sizeof(head)),
		chunk(nonce_i->b, nonce_i->len),
		chunk(nonce_r->b, nonce_r->len),
	};

	put_u32(head + 1, message_id);
	return prim_prf(keys->hash, keys->a.b, keys->a.len, chunks, array_len(chunks), out);
}

int ike_keys_child(const struct ike_keys *keys, struct prim_chunk shared, uint32_t spi,
		   const struct ike_nonce *nonce_i, const struct ike_nonce *nonce_r, size_t len,
		   struct secret *out)
{
	uint8_t head[5] = {IKE_PROTOCOL_ESP};
	struct secret block = {0};
	int rc = 0;

	if (len > SECRET_MAX)
		return -EINVAL;
	put_u32(head + 1, spi);
	out->len = 0;
	while (out->len < len) {
		const struct prim_chunk chunks[] = {
			chunk(block.b, block.len),	 shared,
			chunk(head, sizeof(head)),	 chunk(nonce_i->b, nonce_i->len),
			chunk(nonce_r->b, nonce_r->len),
		};
		struct secret next = {0};
		size_t take;

		rc = prf(keys, &keys->d, chunks, array_len(chunks), &next);
		block = next;
		secret_wipe(&next);
		if (rc)
			break;
		take = len - out->len < block.len ? len - out->len : block.len;
		memcpy(out->b + out->len, block.b, take);
		out->len += (uint16_t)take;
	}
	secret_wipe(&block);
	if (rc)
		secret_wipe(out);
	return rc;
}
