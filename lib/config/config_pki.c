/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_pki.h"

#include "lib/crypto/pki_cert.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LINE_BYTES = 32,
	WORD_BYTES = 4
};

void config_pki_fini(struct config_pki *pki)
{
	for (size_t i = 0; i < pki->n_certs; i++)
		free(pki->certs[i].der);
	free(pki->certs);
	free(pki->trustpoints);
	*pki = (struct config_pki){0};
}

static int copy_certs(struct config_pki *copy, const struct config_pki *pki)
{
	copy->certs = calloc(pki->n_certs, sizeof(*pki->certs));
	if (!copy->certs)
		return -ENOMEM;
	for (size_t i = 0; i < pki->n_certs; i++) {
		struct config_cert *cert = &copy->certs[copy->n_certs++];

		*cert = pki->certs[i];
		cert->der = malloc(cert->len ? cert->len : 1);
		if (!cert->der)
			return -ENOMEM;
		if (cert->len)
			memcpy(cert->der, pki->certs[i].der, cert->len);
	}
	return 0;
}

int config_pki_copy(struct config_pki *copy, const struct config_pki *pki)
{
	*copy = (struct config_pki){0};
	if (pki->n_trustpoints) {
		copy->trustpoints = malloc(pki->n_trustpoints * sizeof(*pki->trustpoints));
		if (!copy->trustpoints)
			return -ENOMEM;
		memcpy(copy->trustpoints, pki->trustpoints,
		       pki->n_trustpoints * sizeof(*pki->trustpoints));
		copy->n_trustpoints = pki->n_trustpoints;
	}
	return pki->n_certs ? copy_certs(copy, pki) : 0;
}

struct config_trustpoint *config_pki_trustpoint(const struct config_pki *pki, const char *name)
{
	for (size_t i = 0; i < pki->n_trustpoints; i++)
		if (strcmp(pki->trustpoints[i].name, name) == 0)
			return &pki->trustpoints[i];
	return NULL;
}

struct config_cert *config_pki_cert(const struct config_pki *pki, const char *trustpoint, bool ca,
				    const char *serial)
{
	for (size_t i = 0; i < pki->n_certs; i++) {
		struct config_cert *cert = &pki->certs[i];

		if (cert->ca == ca && strcmp(cert->trustpoint, trustpoint) == 0 &&
		    strcmp(cert->serial, serial) == 0)
			return cert;
	}
	return NULL;
}

const char *config_pki_key(const struct config_trustpoint *t)
{
	if (t->key[0])
		return t->key;
	return t->files[0] ? t->files : t->name;
}

char *config_pki_chain_text(const char *trustpoint, bool ca, struct prim_chunk der)
{
	const uint8_t *p = der.data;
	struct pki_cert_info info;
	char *text = NULL;
	size_t size = 0;
	FILE *out;

	if (pki_cert_describe(der.data, der.len, &info))
		return NULL;
	out = open_memstream(&text, &size);
	if (!out)
		return NULL;
	fprintf(out, "crypto pki certificate chain %s\ncertificate %s%s\n", trustpoint,
		ca ? "ca " : "", info.serial);
	for (size_t i = 0; i < der.len; i++)
		fprintf(out, "%02X%s", p[i],
			(i + 1) % LINE_BYTES == 0 || i + 1 == der.len ? "\n"
			: (i + 1) % WORD_BYTES == 0		      ? " "
								      : "");
	fprintf(out, "quit\n");
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}
