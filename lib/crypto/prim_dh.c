/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/crypto/prim.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/dh.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Every group of the table with these fits: public values of a point begin with its format. */
enum {
	POINT_UNCOMPRESSED = 0x04,
	ENCODED_MAX = PRIM_PUBLIC_MAX + 1,
	GENERATOR = 2
};

struct prim_dh {
	const struct alg_group_row *row;
	EVP_PKEY *key;
	uint8_t public[PRIM_PUBLIC_MAX]; /* as on the wire */
};

static EVP_PKEY *generate(EVP_PKEY_CTX *ctx, const OSSL_PARAM *params)
{
	EVP_PKEY *key = NULL;

	if (!ctx || EVP_PKEY_keygen_init(ctx) != 1)
		return NULL;
	if (params && EVP_PKEY_CTX_set_params(ctx, params) != 1)
		return NULL;
	return EVP_PKEY_generate(ctx, &key) == 1 ? key : NULL;
}

static EVP_PKEY *generate_named(const struct alg_group_row *row)
{
	OSSL_PARAM params[2] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)row->openssl,
						 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, row->ecp ? "EC" : "DH", NULL);
	EVP_PKEY *key;

	key = generate(ctx, params);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static EVP_PKEY *params_of(OSSL_PARAM *numbers)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
	EVP_PKEY *params = NULL;

	if (numbers && ctx && EVP_PKEY_fromdata_init(ctx) == 1 &&
	    EVP_PKEY_fromdata(ctx, &params, EVP_PKEY_KEY_PARAMETERS, numbers) != 1)
		params = NULL;
	EVP_PKEY_CTX_free(ctx);
	return params;
}

/* Oakley groups 1 and 2 have no name in OpenSSL: from their prime. */
static EVP_PKEY *generate_from_prime(const struct alg_group_row *row)
{
	BIGNUM *p = row->id == 1 ? BN_get_rfc2409_prime_768(NULL) : BN_get_rfc2409_prime_1024(NULL);
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	OSSL_PARAM *numbers = NULL;
	EVP_PKEY *params;
	EVP_PKEY_CTX *ctx;
	EVP_PKEY *key;

	if (p && builder && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_FFC_P, p) == 1 &&
	    OSSL_PARAM_BLD_push_uint(builder, OSSL_PKEY_PARAM_FFC_G, GENERATOR) == 1)
		numbers = OSSL_PARAM_BLD_to_param(builder);
	params = params_of(numbers);
	ctx = params ? EVP_PKEY_CTX_new_from_pkey(NULL, params, NULL) : NULL;
	key = generate(ctx, NULL);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(params);
	OSSL_PARAM_free(numbers);
	OSSL_PARAM_BLD_free(builder);
	BN_free(p);
	return key;
}

/* MODP values shorter than the prime get their leading zeros back. */
static int encode_public(struct prim_dh *dh)
{
	unsigned char *encoded = NULL;
	size_t len = EVP_PKEY_get1_encoded_public_key(dh->key, &encoded);
	size_t skip = dh->row->ecp ? 1 : 0;
	size_t width = dh->row->public_bytes;
	bool ok = len > skip && len - skip <= width && (!dh->row->ecp || len - skip == width);

	if (ok)
		memcpy(dh->public + width - (len - skip), encoded + skip, len - skip);
	OPENSSL_free(encoded);
	return ok ? 0 : -EIO;
}

struct prim_dh *prim_dh_create(uint16_t group)
{
	const struct alg_group_row *row = alg_group_row(group);
	struct prim_dh *dh = row ? calloc(1, sizeof(*dh)) : NULL;

	if (!dh)
		return NULL;
	dh->row = row;
	dh->key = row->openssl ? generate_named(row) : generate_from_prime(row);
	if (!dh->key || encode_public(dh) != 0) {
		prim_dh_destroy(dh);
		return NULL;
	}
	return dh;
}

void prim_dh_destroy(struct prim_dh *dh)
{
	if (!dh)
		return;
	EVP_PKEY_free(dh->key);
	free(dh);
}

uint16_t prim_dh_group(const struct prim_dh *dh)
{
	return dh->row->id;
}

const uint8_t *prim_dh_public(const struct prim_dh *dh, size_t *len)
{
	*len = dh->row->public_bytes;
	return dh->public;
}

/* 2 <= y <= p-2: 0, 1 and p-1 force the secret, p and above is not a residue. */
static bool modp_in_range(const struct prim_dh *dh, const uint8_t *peer, size_t len)
{
	BIGNUM *p = NULL;
	BIGNUM *y = BN_bin2bn(peer, (int)len, NULL);
	bool ok = y && EVP_PKEY_get_bn_param(dh->key, OSSL_PKEY_PARAM_FFC_P, &p) == 1 &&
		  BN_sub_word(p, 1) == 1 && !BN_is_zero(y) && !BN_is_one(y) && BN_cmp(y, p) < 0;

	BN_free(p);
	BN_free(y);
	return ok;
}

/* The peer's value as a key, checked: in range, or on the curve. NULL when it must be refused. */
static EVP_PKEY *peer_key(const struct prim_dh *dh, const uint8_t *peer, size_t len)
{
	uint8_t encoded[ENCODED_MAX] = {POINT_UNCOMPRESSED};
	size_t skip = dh->row->ecp ? 1 : 0;
	EVP_PKEY *key;

	if (!dh->row->ecp && !modp_in_range(dh, peer, len))
		return NULL;
	memcpy(encoded + skip, peer, len);
	key = EVP_PKEY_new();
	if (key && EVP_PKEY_copy_parameters(key, dh->key) == 1 &&
	    EVP_PKEY_set1_encoded_public_key(key, encoded, len + skip) == 1)
		return key;
	EVP_PKEY_free(key);
	return NULL;
}

int prim_dh_derive(const struct prim_dh *dh, const uint8_t *peer, size_t peer_len, uint8_t *out,
		   size_t *out_len)
{
	EVP_PKEY_CTX *ctx = NULL;
	EVP_PKEY *key = NULL;
	size_t len = dh->row->secret_bytes;
	int err = -EINVAL;

	if (peer_len != dh->row->public_bytes || memcmp(peer, dh->public, peer_len) == 0)
		return -EINVAL;
	key = peer_key(dh, peer, peer_len);
	if (!key)
		return -EINVAL;
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, dh->key, NULL);
	if (!ctx || EVP_PKEY_derive_init(ctx) != 1) {
		err = -EIO;
		goto free_key;
	}
	/*
	 * Without OpenSSL's own check, which raises the value to the order of the group: peer_key()
	 * has seen that it is in range or on the curve, and in a group of a safe prime or of
	 * cofactor 1 that is all there is to see (SP 800-56A 5.6.2.3.2).
	 */
	if (EVP_PKEY_derive_set_peer_ex(ctx, key, 0) != 1)
		goto free_key;
	if (!dh->row->ecp)
		EVP_PKEY_CTX_set_dh_pad(ctx, 1);
	err = -EIO;
	if (EVP_PKEY_derive(ctx, out, &len) == 1 && len == dh->row->secret_bytes) {
		*out_len = len;
		err = 0;
	}
free_key:
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	return err;
}
