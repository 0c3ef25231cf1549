/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bytes as a certificate, a CRL, an identity, a signature and a pasted file: whatever they are,
 * they are judged without harm, and what is accepted is also described.
 */
#include "lib/crypto/pki_cert.h"
#include "lib/crypto/pki_file.h"
#include "lib/crypto/pki_verify.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void judge(const struct pki *pki, const uint8_t *data, size_t size)
{
	char subject[PKI_TEXT];
	size_t half = size / 2;
	const struct pki_check check = {
		.pki = pki,
		.auth = alg_auth_row(ALG_AUTH_RSA_SIG),
		.proof = ALG_PROOF_RSA,
		.certs = {{data, size}, {data, half}},
		.n_certs = 1 + size % 2,
		.hash = {data, size < 20 ? size : 20},
		.signature = {data + half, size - half},
		.id_type = PKI_ID_DN,
		.id = {data, size},
	};

	/* nothing leads to a CA of ours */
	if (pki_verify(&check, subject) == PKI_GOOD)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pki *pki = pki_create();
	struct pki_cert_info info;
	struct pki_ders ders;
	char text[PKI_TEXT];

	if (!pki)
		return 0;
	judge(pki, data, size);
	if (pki_cert_describe(data, size, &info) == 0 && !info.serial[0])
		abort();
	pki_cert_print_name(data, size, text, sizeof(text));
	if (pki_file_certs(data, size, &ders) == 0)
		pki_file_free(&ders);
	if (pki_file_crls(data, size, &ders) == 0)
		pki_file_free(&ders);
	pki_put(pki);
	return 0;
}
