/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_show_pki.h"

#include "lib/crypto/pki_cert.h"
#include "lib/crypto/pki_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *certificate_json(const char *trustpoint, bool ca, struct prim_chunk der)
{
	struct pki_cert_info i;

	if (pki_cert_describe(der.data, der.len, &i))
		return NULL;
	return json_pack("{s:s,s:b,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:I,s:I,s:b}", "trustpoint",
			 trustpoint, "ca", (int)ca, "subject", i.subject, "issuer", i.issuer,
			 "serial", i.serial, "key", i.key, "sha1", i.sha1, "sha256", i.sha256,
			 "sans", i.sans, "crl_url", i.crl_url, "not_before",
			 (json_int_t)i.not_before, "not_after", (json_int_t)i.not_after, "weak",
			 (int)i.weak);
}

/* NAME.ca or NAME.crt of `enrollment url file:`. */
static void add_file(json_t *list, const struct control *c, const struct config_trustpoint *t,
		     bool ca)
{
	struct pki_ders ders = {.n = 0};
	char name[PKI_STORE_NAME];
	struct prim_chunk file;

	snprintf(name, sizeof(name), "%s%s", t->files, ca ? ".ca" : ".crt");
	file = pki_store_file(&c->pki, name);
	if (!t->files[0] || !file.len || pki_file_certs(file.data, file.len, &ders))
		return;
	for (size_t i = 0; i < ders.n; i++)
		json_array_append_new(
			list, certificate_json(t->name, ca || i > 0,
					       (struct prim_chunk){ders.ders[i], ders.lens[i]}));
	pki_file_free(&ders);
}

json_t *api_show_pki_certificates(struct api_call *call)
{
	const char *only = api_call_text(call, "trustpoint");
	const struct config_pki *pki = &call->control->config.pki;
	json_t *list = json_array();

	for (size_t i = 0; i < pki->n_trustpoints; i++) {
		const struct config_trustpoint *t = &pki->trustpoints[i];

		if (only && strcmp(only, t->name) != 0)
			continue;
		add_file(list, call->control, t, false);
		add_file(list, call->control, t, true);
		for (size_t k = 0; k < pki->n_certs; k++)
			if (pki->certs[k].whole && strcmp(pki->certs[k].trustpoint, t->name) == 0)
				json_array_append_new(
					list,
					certificate_json(t->name, pki->certs[k].ca,
							 (struct prim_chunk){pki->certs[k].der,
									     pki->certs[k].len}));
	}
	return json_pack("{s:o}", "certificates", list);
}

json_t *api_show_pki_trustpoints(struct api_call *call)
{
	static const char *const revocations[] = {[PKI_REVOCATION_NONE] = "none",
						  [PKI_REVOCATION_CRL] = "crl",
						  [PKI_REVOCATION_OPTIONAL] = "crl none"};
	const struct control *c = call->control;
	json_t *list = json_array();

	for (size_t i = 0; i < c->config.pki.n_trustpoints; i++) {
		const struct config_trustpoint *t = &c->config.pki.trustpoints[i];
		struct pki_key *key = pki_store_key(&c->pki, config_pki_key(t));

		json_array_append_new(
			list, json_pack("{s:s,s:s,s:s,s:s,s:b}", "name", t->name, "enrollment",
					t->files[0]   ? t->files
					: t->terminal ? "terminal"
						      : "",
					"revocation", revocations[t->revocation], "key",
					config_pki_key(t), "has_key", key != NULL));
		pki_key_put(key);
	}
	return json_pack("{s:o}", "trustpoints", list);
}

static json_t *key_json(const char *label, size_t label_len, const struct pki_key *key)
{
	size_t len = 0;
	uint8_t *der = pki_key_public(key, &len);
	char *hex = der ? malloc(2 * len + 1) : NULL;
	json_t *row = NULL;

	for (size_t i = 0; hex && i < len; i++)
		snprintf(hex + 2 * i, 3, "%02X", der[i]);
	if (hex)
		row = json_pack("{s:s%,s:s,s:i,s:s}", "label", label, label_len, "kind",
				pki_key_kind(key) == ALG_PROOF_RSA ? "rsa" : "ec", "bits",
				(int)pki_key_bits(key), "public", hex);
	free(hex);
	free(der);
	return row;
}

json_t *api_show_pki_keys(struct api_call *call)
{
	const struct pki_store *store = &call->control->pki;
	json_t *list = json_array();

	for (size_t i = 0; i < store->n; i++) {
		const struct pki_store_file *file = &store->files[i];
		size_t len = strlen(file->name);
		struct pki_key *key;

		if (len <= 4 || strcmp(file->name + len - 4, ".key") != 0)
			continue;
		key = pki_key_of_pem((const char *)file->data, file->len, NULL);
		if (key)
			json_array_append_new(list, key_json(file->name, len - 4, key));
		pki_key_put(key);
	}
	return json_pack("{s:o}", "keys", list);
}
