/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/crypto/pki_cert.h"
#include "lib/crypto/pki_inside.h"

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pki *pki_create(void)
{
	struct pki *pki = calloc(1, sizeof(*pki));

	if (pki)
		atomic_init(&pki->refs, 1);
	return pki;
}

static void fini_row(struct pki_trustpoint *row)
{
	X509_STORE_free(row->store);
	sk_X509_pop_free(row->cas, X509_free);
	X509_free(row->own.cert);
	pki_key_put(row->own.key);
	for (size_t i = 0; i < row->own.n; i++)
		OPENSSL_free(row->own.ders[i]);
	OPENSSL_free(row->own.subject);
	memset(row, 0, sizeof(*row));
}

struct pki *pki_get(struct pki *pki)
{
	if (pki)
		atomic_fetch_add_explicit(&pki->refs, 1, memory_order_relaxed);
	return pki;
}

void pki_put(struct pki *pki)
{
	if (!pki || atomic_fetch_sub_explicit(&pki->refs, 1, memory_order_acq_rel) != 1)
		return;
	for (size_t i = 0; i < pki->n; i++)
		fini_row(&pki->rows[i]);
	for (size_t i = 0; i < pki->n_names; i++)
		OPENSSL_free((void *)pki->names[i].data);
	free(pki);
}

void pki_set_time(struct pki *pki, time_t at)
{
	pki->at = at;
}

time_t pki_time(const struct pki *pki)
{
	return pki->at ? pki->at : time(NULL);
}

static int add_cas(struct pki_trustpoint *row, const struct pki_trustpoint_input *in)
{
	for (size_t i = 0; i < in->n_cas; i++) {
		X509 *ca = pki_cert_parse(in->cas[i].data, in->cas[i].len);

		if (!ca || X509_check_ca(ca) == 0 || !pki_key_acceptable(X509_get0_pubkey(ca))) {
			X509_free(ca);
			return -EINVAL;
		}
		if (sk_X509_push(row->cas, ca) <= 0) {
			X509_free(ca);
			return -ENOMEM;
		}
		if (X509_STORE_add_cert(row->store, ca) != 1)
			return -EINVAL;
	}
	return 0;
}

static int add_crls(struct pki_trustpoint *row, const struct pki_trustpoint_input *in)
{
	for (size_t i = 0; i < in->n_crls; i++) {
		X509_CRL *crl = pki_cert_parse_crl(in->crls[i].data, in->crls[i].len);
		int ok = crl ? X509_STORE_add_crl(row->store, crl) : 0;

		X509_CRL_free(crl);
		if (ok != 1)
			return -EINVAL;
	}
	return 0;
}

static int push_der(struct pki_own *own, X509 *cert)
{
	unsigned char *der = NULL;
	int len;

	if (own->n == PKI_CHAIN_MAX)
		return -E2BIG;
	len = i2d_X509(cert, &der);
	if (len <= 0)
		return -ENOMEM;
	own->ders[own->n] = der;
	own->lens[own->n++] = (size_t)len;
	return 0;
}

static X509 *issuer_of(const struct pki_trustpoint *row, X509 *cert)
{
	for (int i = 0; i < sk_X509_num(row->cas); i++)
		if (X509_check_issued(sk_X509_value(row->cas, i), cert) == X509_V_OK)
			return sk_X509_value(row->cas, i);
	return NULL;
}

/* Ours, and every CA between it and the root: the root itself the peer has, or will not believe. */
static int make_chain(struct pki_trustpoint *row)
{
	X509 *at = row->own.cert;
	int rc = 0;

	while (rc == 0 && at && !(X509_get_extension_flags(at) & EXFLAG_SS) &&
	       row->own.n < PKI_CHAIN_MAX) {
		rc = push_der(&row->own, at);
		at = issuer_of(row, at);
	}
	if (rc == 0 && row->own.n == 0)
		rc = push_der(&row->own, row->own.cert);
	return rc;
}

static int add_own(struct pki_trustpoint *row, const struct pki_trustpoint_input *in)
{
	struct pki_own *own = &row->own;
	int len;

	if (in->cert.len == 0)
		return 0;
	own->cert = pki_cert_parse(in->cert.data, in->cert.len);
	if (!own->cert)
		return -EINVAL;
	if (in->key && X509_check_private_key(own->cert, pki_key_evp(in->key)) != 1)
		return -EKEYREJECTED;
	own->key = pki_key_get(in->key);
	len = i2d_X509_NAME(X509_get_subject_name(own->cert), &own->subject);
	if (len <= 0)
		return -ENOMEM;
	own->subject_len = (size_t)len;
	return make_chain(row);
}

static bool has_name(const struct pki *pki, const uint8_t *der, size_t len)
{
	for (size_t i = 0; i < pki->n_names; i++)
		if (pki->names[i].len == len && memcmp(pki->names[i].data, der, len) == 0)
			return true;
	return false;
}

static int add_names(struct pki *pki, const struct pki_trustpoint *row)
{
	for (int i = 0; i < sk_X509_num(row->cas); i++) {
		unsigned char *der = NULL;
		int len = i2d_X509_NAME(X509_get_subject_name(sk_X509_value(row->cas, i)), &der);

		if (len <= 0)
			return -ENOMEM;
		if (has_name(pki, der, (size_t)len))
			OPENSSL_free(der);
		else
			pki->names[pki->n_names++] = (struct prim_chunk){der, (size_t)len};
	}
	return 0;
}

int pki_add(struct pki *pki, const struct pki_trustpoint_input *in)
{
	struct pki_trustpoint *row = &pki->rows[pki->n];
	int rc;

	if (pki->n == PKI_TRUSTPOINTS_MAX || in->n_cas > PKI_CAS_MAX || in->n_crls > PKI_CRLS_MAX)
		return -E2BIG;
	row->store = X509_STORE_new();
	row->cas = sk_X509_new_null();
	row->revocation = in->revocation;
	snprintf(row->own.trustpoint, sizeof(row->own.trustpoint), "%s", in->name);
	rc = row->store && row->cas ? add_cas(row, in) : -ENOMEM;
	if (rc == 0)
		rc = add_crls(row, in);
	if (rc == 0)
		rc = add_own(row, in);
	if (rc == 0)
		rc = add_names(pki, row);
	if (rc == 0)
		pki->n++;
	else
		fini_row(row);
	return rc;
}

struct prim_chunk pki_ca_name(const struct pki *pki, size_t i)
{
	return i < pki->n_names ? pki->names[i] : (struct prim_chunk){0};
}

bool pki_has_ca(const struct pki *pki)
{
	return pki->n_names > 0;
}

/* Whether a CA of the chain of ours is one of the names. */
static bool is_under(const struct pki_trustpoint *row, const struct prim_chunk *names, size_t n)
{
	X509 *at = row->own.cert;

	for (size_t depth = 0; at && depth < PKI_CHAIN_MAX; depth++) {
		unsigned char *der = NULL;
		int len = i2d_X509_NAME(X509_get_issuer_name(at), &der);
		bool found = false;

		for (size_t i = 0; len > 0 && i < n; i++)
			found |= names[i].len == (size_t)len &&
				 memcmp(names[i].data, der, (size_t)len) == 0;
		OPENSSL_free(der);
		if (found)
			return true;
		if (X509_get_extension_flags(at) & EXFLAG_SS)
			return false;
		at = issuer_of(row, at);
	}
	return false;
}

const struct pki_own *pki_choose(const struct pki *pki, const struct alg_auth_row *auth,
				 const struct prim_chunk *names, size_t n_names)
{
	enum alg_proof proof = auth->curve ? ALG_PROOF_ECDSA : ALG_PROOF_RSA;
	const struct pki_own *first = NULL;

	for (size_t i = 0; i < pki->n; i++) {
		const struct pki_trustpoint *row = &pki->rows[i];

		if (!row->own.cert || !row->own.key ||
		    !pki_key_fits(pki_key_evp(row->own.key), auth, proof))
			continue;
		if (is_under(row, names, n_names))
			return &row->own;
		if (!first)
			first = &row->own;
	}
	return first;
}

struct prim_chunk pki_own_cert(const struct pki_own *own, size_t i)
{
	return i < own->n ? (struct prim_chunk){own->ders[i], own->lens[i]}
			  : (struct prim_chunk){0};
}

struct prim_chunk pki_own_subject(const struct pki_own *own)
{
	return (struct prim_chunk){own->subject, own->subject_len};
}

const char *pki_own_trustpoint(const struct pki_own *own)
{
	return own->trustpoint;
}

const struct pki_key *pki_own_key(const struct pki_own *own)
{
	return own->key;
}

bool pki_own_has_id(const struct pki_own *own, uint8_t type, const void *data, size_t len)
{
	return pki_cert_has_id(own->cert, type, data, len);
}
