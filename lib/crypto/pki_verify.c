/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/crypto/pki_verify.h"

#include "lib/crypto/pki_cert.h"
#include "lib/crypto/pki_inside.h"

#include <openssl/objects.h>
#include <openssl/x509_vfy.h>

#include <string.h>

// clang-format off
/* What OpenSSL's verdicts mean; what is not here is CA_REFUSED: something on the way up. */
static const struct { int error; enum pki_verdict verdict; } verdicts[] = {
	{ X509_V_OK, PKI_GOOD },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, PKI_UNKNOWN_CA },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, PKI_UNKNOWN_CA },
	{ X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, PKI_UNKNOWN_CA },
	{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, PKI_UNKNOWN_CA },
	{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, PKI_UNKNOWN_CA },
	{ X509_V_ERR_CERT_NOT_YET_VALID, PKI_NOT_YET_VALID },
	{ X509_V_ERR_CERT_HAS_EXPIRED, PKI_EXPIRED },
	{ X509_V_ERR_CERT_REVOKED, PKI_REVOKED },
	{ X509_V_ERR_UNABLE_TO_GET_CRL, PKI_NO_CRL },
	{ X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER, PKI_NO_CRL },
	{ X509_V_ERR_CRL_HAS_EXPIRED, PKI_CRL_EXPIRED },
	{ X509_V_ERR_CRL_NOT_YET_VALID, PKI_CRL_EXPIRED },
	{ X509_V_ERR_CRL_SIGNATURE_FAILURE, PKI_NO_CRL },
	{ X509_V_ERR_CERT_SIGNATURE_FAILURE, PKI_CERT_FORGED },
	{ X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE, PKI_CERT_FORGED },
	{ X509_V_ERR_OUT_OF_MEM, PKI_FAILED },
};
// clang-format on

static enum pki_verdict verdict_of(int error)
{
	for (size_t i = 0; i < array_len(verdicts); i++)
		if (verdicts[i].error == error)
			return verdicts[i].verdict;
	return PKI_CA_REFUSED;
}

/* `crl optional`: without a CRL that counts, the certificate stands. */
static int forgive_crl(int ok, X509_STORE_CTX *ctx)
{
	enum pki_verdict verdict = verdict_of(X509_STORE_CTX_get_error(ctx));

	if (ok || (verdict != PKI_NO_CRL && verdict != PKI_CRL_EXPIRED))
		return ok;
	X509_STORE_CTX_set_error(ctx, X509_V_OK);
	return 1;
}

/* Keys and digests on the way up; what we trust ourselves may be signed in any way. */
static bool links_acceptable(STACK_OF(X509) * chain)
{
	for (int i = 0; i < sk_X509_num(chain); i++) {
		X509 *x = sk_X509_value(chain, i);
		int digest = NID_undef;

		if (!pki_key_acceptable(X509_get0_pubkey(x)))
			return false;
		if (i + 1 < sk_X509_num(chain) &&
		    X509_get_signature_info(x, &digest, NULL, NULL, NULL) == 1 && digest == NID_md5)
			return false;
	}
	return true;
}

static enum pki_verdict verify_under(const struct pki_trustpoint *row, time_t at, X509 *leaf,
				     STACK_OF(X509) * untrusted)
{
	unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST;
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	enum pki_verdict verdict = PKI_FAILED;

	if (row->revocation != PKI_REVOCATION_NONE)
		flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
	if (!ctx || X509_STORE_CTX_init(ctx, row->store, leaf, untrusted) != 1)
		goto out;
	X509_STORE_CTX_set_flags(ctx, flags);
	X509_STORE_CTX_set_depth(ctx, PKI_CHAIN_MAX);
	X509_STORE_CTX_set_time(ctx, 0, at);
	if (row->revocation == PKI_REVOCATION_OPTIONAL)
		X509_STORE_CTX_set_verify_cb(ctx, forgive_crl);
	if (X509_verify_cert(ctx) != 1)
		verdict = verdict_of(X509_STORE_CTX_get_error(ctx));
	else
		verdict = links_acceptable(X509_STORE_CTX_get0_chain(ctx)) ? PKI_GOOD
									   : PKI_KEY_REFUSED;
	/* a failed verification without an error of its own is no success */
	if (verdict == PKI_GOOD && X509_STORE_CTX_get_error(ctx) != X509_V_OK)
		verdict = PKI_FAILED;
out:
	X509_STORE_CTX_free(ctx);
	return verdict;
}

/* The trustpoint that knows the CA says what is wrong; one that does not know it, only that. */
static enum pki_verdict verify_under_any(const struct pki *pki, X509 *leaf,
					 STACK_OF(X509) * untrusted)
{
	enum pki_verdict best = PKI_UNKNOWN_CA;

	for (size_t i = 0; i < pki->n; i++) {
		enum pki_verdict verdict =
			verify_under(&pki->rows[i], pki_time(pki), leaf, untrusted);

		if (verdict == PKI_GOOD)
			return verdict;
		if (best == PKI_UNKNOWN_CA)
			best = verdict;
	}
	return best;
}

static enum pki_verdict parse_all(const struct prim_chunk *ders, size_t n, STACK_OF(X509) * certs)
{
	if (n == 0)
		return PKI_NO_CERT;
	for (size_t i = 0; i < n; i++) {
		X509 *x = pki_cert_parse(ders[i].data, ders[i].len);

		if (!x)
			return PKI_MALFORMED;
		if (sk_X509_push(certs, x) <= 0) {
			X509_free(x);
			return PKI_FAILED;
		}
		/* before anything is verified with it: that would cost more (H050) */
		if (!pki_key_acceptable(X509_get0_pubkey(x)))
			return PKI_KEY_REFUSED;
	}
	return PKI_GOOD;
}

static enum pki_verdict verify(const struct pki_check *check, STACK_OF(X509) * certs)
{
	X509 *leaf = sk_X509_value(certs, 0);
	EVP_PKEY *key = X509_get0_pubkey(leaf);
	enum pki_verdict verdict;

	if (!pki_key_fits(key, check->auth, check->proof))
		return PKI_KEY_REFUSED;
	verdict = verify_under_any(check->pki, leaf, certs);
	if (verdict != PKI_GOOD)
		return verdict;
	if (!pki_cert_is_for_ike(leaf))
		return PKI_USAGE;
	if (!pki_key_verify(key, check->hash, check->signature))
		return PKI_BAD_SIGNATURE;
	if (!pki_cert_has_id(leaf, check->id_type, check->id.data, check->id.len))
		return PKI_ID_NOT_IN_CERT;
	return PKI_GOOD;
}

static void print_subject(X509 *leaf, char *subject)
{
	unsigned char *der = NULL;
	int len = i2d_X509_NAME(X509_get_subject_name(leaf), &der);

	if (len > 0)
		pki_cert_print_name(der, (size_t)len, subject, PKI_TEXT);
	OPENSSL_free(der);
}

enum pki_verdict pki_verify(const struct pki_check *check, char *subject)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	enum pki_verdict verdict =
		certs ? parse_all(check->certs, check->n_certs, certs) : PKI_FAILED;

	subject[0] = '\0';
	if (sk_X509_num(certs) > 0)
		print_subject(sk_X509_value(certs, 0), subject);
	if (verdict == PKI_GOOD)
		verdict = verify(check, certs);
	sk_X509_pop_free(certs, X509_free);
	return verdict;
}

enum pki_verdict pki_verify_own(const struct pki *pki, const struct pki_own *own)
{
	return verify_under_any(pki, own->cert, NULL);
}

enum pki_verdict pki_verify_chain(const struct pki *pki, const struct prim_chunk *ders, size_t n)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	enum pki_verdict verdict = certs ? parse_all(ders, n, certs) : PKI_FAILED;

	if (verdict == PKI_GOOD)
		verdict = verify_under_any(pki, sk_X509_value(certs, 0), certs);
	sk_X509_pop_free(certs, X509_free);
	return verdict;
}
