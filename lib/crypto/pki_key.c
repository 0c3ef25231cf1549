/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/crypto/pki_key.h"

#include "lib/crypto/secret.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct pki_key {
	atomic_uint refs;
	EVP_PKEY *evp;
};

// clang-format off
/* Curves of RFC 4754 with their groups of the algorithm table. */
static const struct curve_row {
	unsigned bits;
	uint16_t group;
	const char *name; /* as OpenSSL reports it */
} curves[] = {
	{ 256, 19, "prime256v1" },
	{ 384, 20, "secp384r1" },
	{ 521, 21, "secp521r1" },
};
// clang-format on

static const struct curve_row *curve_of(EVP_PKEY *evp)
{
	char name[32];

	if (EVP_PKEY_get_group_name(evp, name, sizeof(name), NULL) != 1)
		return NULL;
	for (size_t i = 0; i < array_len(curves); i++)
		if (strcmp(curves[i].name, name) == 0)
			return &curves[i];
	return NULL;
}

struct pki_key *pki_key_of_evp(EVP_PKEY *evp)
{
	struct pki_key *key = evp && pki_key_acceptable(evp) ? calloc(1, sizeof(*key)) : NULL;

	if (!key) {
		EVP_PKEY_free(evp);
		return NULL;
	}
	atomic_init(&key->refs, 1);
	key->evp = evp;
	return key;
}

struct pki_key *pki_key_generate(enum alg_proof kind, unsigned bits)
{
	if (kind == ALG_PROOF_RSA && bits >= PKI_RSA_MIN && bits <= PKI_RSA_MAX)
		return pki_key_of_evp(EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)bits));
	for (size_t i = 0; kind == ALG_PROOF_ECDSA && i < array_len(curves); i++)
		if (curves[i].bits == bits)
			return pki_key_of_evp(EVP_PKEY_Q_keygen(NULL, NULL, "EC", curves[i].name));
	return NULL;
}

/* Without one, OpenSSL would ask at the terminal. */
static int give_password(char *buf, int size, int, void *password)
{
	size_t len = password ? strlen(password) : 0;

	if (!len || len > (size_t)size)
		return -1;
	memcpy(buf, password, len);
	return (int)len;
}

struct pki_key *pki_key_of_pem(const char *pem, size_t len, const char *password)
{
	BIO *bio = len <= PKI_KEY_PEM_MAX ? BIO_new_mem_buf(pem, (int)len) : NULL;
	EVP_PKEY *evp =
		bio ? PEM_read_bio_PrivateKey(bio, NULL, give_password, (void *)password) : NULL;

	BIO_free(bio);
	return pki_key_of_evp(evp);
}

char *pki_key_to_pem(const struct pki_key *key, const char *password)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	char *data, *pem = NULL;
	long len;

	if (bio && PEM_write_bio_PKCS8PrivateKey(bio, key->evp, password ? EVP_aes_256_cbc() : NULL,
						 password, password ? (int)strlen(password) : 0,
						 NULL, NULL) == 1) {
		len = BIO_get_mem_data(bio, &data);
		pem = len > 0 ? strndup(data, (size_t)len) : NULL;
	}
	BIO_free(bio);
	return pem;
}

uint8_t *pki_key_public(const struct pki_key *key, size_t *len)
{
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(key->evp, &der);
	uint8_t *copy = n > 0 ? malloc((size_t)n) : NULL;

	if (copy) {
		memcpy(copy, der, (size_t)n);
		*len = (size_t)n;
	}
	OPENSSL_free(der);
	return copy;
}

struct pki_key *pki_key_get(struct pki_key *key)
{
	if (key)
		atomic_fetch_add_explicit(&key->refs, 1, memory_order_relaxed);
	return key;
}

void pki_key_put(struct pki_key *key)
{
	if (!key || atomic_fetch_sub_explicit(&key->refs, 1, memory_order_acq_rel) != 1)
		return;
	EVP_PKEY_free(key->evp); /* clears the private numbers */
	free(key);
}

EVP_PKEY *pki_key_evp(const struct pki_key *key)
{
	return key->evp;
}

enum alg_proof pki_key_kind(const struct pki_key *key)
{
	return EVP_PKEY_is_a(key->evp, "RSA") ? ALG_PROOF_RSA : ALG_PROOF_ECDSA;
}

unsigned pki_key_bits(const struct pki_key *key)
{
	return (unsigned)EVP_PKEY_get_bits(key->evp);
}

/* 65537 and above, odd: small exponents are what forgeries of sloppy verifiers live on (V09). */
static bool rsa_acceptable(EVP_PKEY *evp)
{
	int bits = EVP_PKEY_get_bits(evp);
	BIGNUM *n = NULL, *e = NULL;
	bool ok = bits >= PKI_RSA_MIN && bits <= PKI_RSA_MAX &&
		  EVP_PKEY_get_bn_param(evp, OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
		  EVP_PKEY_get_bn_param(evp, OSSL_PKEY_PARAM_RSA_E, &e) == 1 && BN_is_odd(n) &&
		  BN_is_odd(e) && BN_num_bits(e) >= 17 && BN_num_bits(e) <= 64;

	BN_free(n);
	BN_free(e);
	return ok;
}

bool pki_key_acceptable(EVP_PKEY *evp)
{
	int explicit_curve = 0;

	if (EVP_PKEY_is_a(evp, "RSA"))
		return rsa_acceptable(evp);
	if (!EVP_PKEY_is_a(evp, "EC") || !curve_of(evp))
		return false;
	return EVP_PKEY_get_int_param(evp, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS,
				      &explicit_curve) != 1 ||
	       !explicit_curve;
}

bool pki_key_fits(EVP_PKEY *evp, const struct alg_auth_row *auth, enum alg_proof proof)
{
	const struct curve_row *curve;

	if (!pki_key_acceptable(evp))
		return false;
	if (proof == ALG_PROOF_RSA)
		return EVP_PKEY_is_a(evp, "RSA");
	if (proof != ALG_PROOF_ECDSA || !EVP_PKEY_is_a(evp, "EC"))
		return false;
	curve = curve_of(evp);
	return curve && curve->group == auth->curve;
}

/* RFC 4754 7: r, then s, each as wide as the order of the curve. */
static int ecdsa_to_wire(const uint8_t *der, size_t der_len, size_t width, uint8_t *out)
{
	const unsigned char *p = der;
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &p, (long)der_len);
	bool ok = sig && BN_bn2binpad(ECDSA_SIG_get0_r(sig), out, (int)width) == (int)width &&
		  BN_bn2binpad(ECDSA_SIG_get0_s(sig), out + width, (int)width) == (int)width;

	ECDSA_SIG_free(sig);
	return ok ? 0 : -EIO;
}

static size_t ecdsa_width(EVP_PKEY *evp)
{
	return ((size_t)EVP_PKEY_get_bits(evp) + 7) / 8;
}

int pki_key_sign(const struct pki_key *key, struct prim_chunk hash, uint8_t *out, size_t *out_len)
{
	bool rsa = pki_key_kind(key) == ALG_PROOF_RSA;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key->evp, NULL);
	uint8_t sig[PKI_SIGNATURE_MAX];
	size_t len = sizeof(sig);
	int rc = -EIO;

	if (!ctx || EVP_PKEY_sign_init(ctx) != 1 ||
	    (rsa && EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) != 1) ||
	    EVP_PKEY_sign(ctx, sig, &len, hash.data, hash.len) != 1)
		goto out;
	if (rsa) {
		memcpy(out, sig, len);
		*out_len = len;
		rc = 0;
	} else {
		*out_len = 2 * ecdsa_width(key->evp);
		rc = ecdsa_to_wire(sig, len, *out_len / 2, out);
	}
out:
	EVP_PKEY_CTX_free(ctx);
	return rc;
}

/*
 * Encode and compare: what comes out of the public operation must be, byte for byte, the one block
 * that a signature of this hash has. Nothing of it is parsed.
 */
static bool rsa_verify(EVP_PKEY *evp, struct prim_chunk hash, struct prim_chunk signature)
{
	size_t n = (size_t)EVP_PKEY_get_size(evp);
	EVP_PKEY_CTX *ctx;
	uint8_t got[PKI_SIGNATURE_MAX], want[PKI_SIGNATURE_MAX];
	size_t len = sizeof(got);
	bool ok;

	if (n > sizeof(want) || signature.len != n || n < hash.len + 11)
		return false;
	memset(want, 0xff, n);
	want[0] = 0;
	want[1] = 1;
	want[n - hash.len - 1] = 0;
	memcpy(want + n - hash.len, hash.data, hash.len);
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, evp, NULL);
	ok = ctx && EVP_PKEY_encrypt_init(ctx) == 1 &&
	     EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1 &&
	     EVP_PKEY_encrypt(ctx, got, &len, signature.data, signature.len) == 1 && len == n &&
	     secret_eq(got, want, n);
	EVP_PKEY_CTX_free(ctx);
	return ok;
}

static bool ecdsa_verify(EVP_PKEY *evp, struct prim_chunk hash, struct prim_chunk signature)
{
	size_t width = ecdsa_width(evp);
	const uint8_t *rs = signature.data;
	ECDSA_SIG *sig = signature.len == 2 * width ? ECDSA_SIG_new() : NULL;
	BIGNUM *r = sig ? BN_bin2bn(rs, (int)width, NULL) : NULL;
	BIGNUM *s = sig ? BN_bin2bn(rs + width, (int)width, NULL) : NULL;
	unsigned char *der = NULL;
	EVP_PKEY_CTX *ctx = NULL;
	bool ok = false;
	int len;

	if (!r || !s || ECDSA_SIG_set0(sig, r, s) != 1) {
		BN_free(r);
		BN_free(s);
		ECDSA_SIG_free(sig);
		return false;
	}
	len = i2d_ECDSA_SIG(sig, &der);
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, evp, NULL);
	ok = len > 0 && ctx && EVP_PKEY_verify_init(ctx) == 1 &&
	     EVP_PKEY_verify(ctx, der, (size_t)len, hash.data, hash.len) == 1;
	EVP_PKEY_CTX_free(ctx);
	OPENSSL_free(der);
	ECDSA_SIG_free(sig);
	return ok;
}

bool pki_key_verify(EVP_PKEY *evp, struct prim_chunk hash, struct prim_chunk signature)
{
	return EVP_PKEY_is_a(evp, "RSA") ? rsa_verify(evp, hash, signature)
					 : ecdsa_verify(evp, hash, signature);
}
