/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_pki.h"

#include "controlplane/api_server.h"
#include "controlplane/reconfigure.h"
#include "lib/config/config_grammar.h"
#include "lib/crypto/pki_cert.h"
#include "lib/crypto/pki_file.h"
#include "lib/rpc/rpc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct config_trustpoint *trustpoint_of(struct api_call *call)
{
	const char *name = api_call_text(call, "trustpoint");
	const struct config_trustpoint *t =
		name ? config_pki_trustpoint(&call->control->config.pki, name) : NULL;

	if (!t)
		api_call_fail(call, RPC_FAILED,
			      "trustpoint %.60s does not exist: add crypto pki trustpoint NAME",
			      name ? name : "");
	return t;
}

/* Certificates become configuration as if their lines had been typed. 0, -EINVAL, -ENOMEM. */
static int load_cert(struct control *c, const char *trustpoint, bool ca, struct prim_chunk der)
{
	char *text = config_pki_chain_text(trustpoint, ca, der);
	struct fault_list faults = {0};
	struct config before;
	int rc = text ? config_model_copy(&before, &c->config) : -EINVAL;

	if (rc) {
		free(text);
		return rc;
	}
	rc = config_grammar_text(&c->config, text, strlen(text), &faults);
	if (rc == 0)
		rc = reconfigure_apply(c, &before);
	fault_list_fini(&faults);
	config_model_fini(&before);
	free(text);
	return rc;
}

static int load_certs(struct control *c, const char *trustpoint, bool ca,
		      const struct pki_ders *ders)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ders->n; i++)
		rc = load_cert(c, trustpoint, ca,
			       (struct prim_chunk){ders->ders[i], ders->lens[i]});
	return rc;
}

json_t *api_pki_authenticate(struct api_call *call)
{
	const struct config_trustpoint *t = trustpoint_of(call);
	const char *pem = api_call_text(call, "pem");
	struct pki_cert_info info;
	struct pki_ders ders;
	char name[PKI_NAME_MAX];
	int rc;

	if (!t)
		return NULL;
	if (!pem || pki_file_certs(pem, strlen(pem), &ders))
		return api_call_fail(call, RPC_FAILED,
				     "this is no acceptable certificate: PEM text is needed, of a "
				     "key of 1024 to 4096 bits");
	snprintf(name, sizeof(name), "%s", t->name);
	rc = pki_cert_describe(ders.ders[0], ders.lens[0], &info);
	if (rc == 0 && !info.ca)
		rc = -ENOTSUP;
	if (rc == 0)
		rc = load_certs(call->control, name, true, &ders);
	pki_file_free(&ders);
	if (rc == -ENOTSUP)
		return api_call_fail(call, RPC_FAILED,
				     "%s is no certification authority: import your own "
				     "certificate with crypto pki import",
				     info.subject);
	if (rc)
		return api_call_fail(call, RPC_FAILED, "it cannot be loaded: %s", strerror(-rc));
	return json_pack("{s:s,s:s,s:s}", "subject", info.subject, "sha1", info.sha1, "sha256",
			 info.sha256);
}

json_t *api_pki_enroll(struct api_call *call)
{
	const struct config_trustpoint *t = trustpoint_of(call);
	struct pki_key *key = t ? pki_store_key(&call->control->pki, config_pki_key(t)) : NULL;
	char subject[CONFIG_PKI_TEXT + CONFIG_NAME];
	json_t *result = NULL;
	char *pem;

	if (!t)
		return NULL;
	if (!key)
		return api_call_fail(call, RPC_FAILED,
				     "there is no key: type crypto key generate rsa modulus 2048 "
				     "label %s",
				     config_pki_key(t));
	snprintf(subject, sizeof(subject), "cn=%s", call->control->config.hostname);
	pem = pki_file_request(key, t->subject[0] ? t->subject : subject, t->fqdn, &t->address);
	pki_key_put(key);
	if (!pem)
		return api_call_fail(call, RPC_FAILED, "the request cannot be made");
	result = json_pack("{s:s}", "pem", pem);
	free(pem);
	return result;
}

/* A call whose answer waits until a file is written. */
struct saving {
	struct control *control;
	uint64_t client;
	json_t *id;
	json_t *result; /* owned, as id */
};

static void on_saved(void *ctx, uint64_t bytes, const struct plane_ack *ack)
{
	struct saving *s = ctx;
	struct control *c = s->control;
	json_t *reply;

	secret_wipe_bytes(c->plane->blob, bytes);
	c->saving = false;
	if (ack->error)
		reply = rpc_error(s->id, RPC_FAILED,
				  "the key is in use and could not be written into the directory "
				  "of keys: look at the log");
	else
		reply = rpc_result(s->id, json_incref(s->result));
	if (c->api)
		api_server_reply(c->api, s->client, reply);
	else
		json_decref(reply);
	json_decref(s->result);
	json_decref(s->id);
	free(s);
}

/* result is stolen. */
static int save_then_reply(struct control *c, uint64_t client, const json_t *id, const char *label,
			   const char *pem, json_t *result)
{
	struct saving *s = malloc(sizeof(*s));
	char name[PKI_STORE_NAME];
	int rc = s ? 0 : -ENOMEM;

	snprintf(name, sizeof(name), "%.70s.key", label);
	if (rc == 0) {
		*s = (struct saving){c, client, json_deep_copy(id), result};
		rc = pki_store_save(c, name, pem, pem ? strlen(pem) : 0, on_saved, s);
	}
	if (rc == 0)
		return 0;
	if (s)
		json_decref(s->id);
	free(s);
	json_decref(result);
	return rc;
}

static json_t *defer_save(struct api_call *call, const char *label, const char *pem, json_t *result)
{
	int rc = save_then_reply(call->control, call->client->id, call->id, label, pem, result);

	if (rc)
		return api_call_fail(call, RPC_FAILED, "the key cannot be kept: %s", strerror(-rc));
	call->deferred = true;
	return NULL;
}

/* What is imported at once. */
struct bundle {
	struct pki_key *key; /* NULL: the trustpoint's */
	struct pki_ders own;
	struct pki_ders cas;
};

static void free_bundle(struct bundle *b)
{
	pki_key_put(b->key);
	pki_file_free(&b->own);
	pki_file_free(&b->cas);
}

static int read_pkcs12(const char *text, const char *password, struct bundle *b)
{
	size_t len = strlen(text) / 2;
	uint8_t *der = malloc(len + 1);
	unsigned byte;
	int rc = der ? 0 : -ENOMEM;

	for (size_t i = 0; rc == 0 && i < len; i++) {
		rc = sscanf(text + 2 * i, "%2x", &byte) == 1 ? 0 : -EINVAL;
		der[i] = (uint8_t)byte;
	}
	if (rc == 0)
		rc = pki_file_pkcs12(der, len, password, &b->key, &b->own, &b->cas);
	free(der);
	return rc;
}

/* Of a PEM text, the first certificate is ours, the others are of CAs. */
static int read_pem(const char *text, const char *password, struct bundle *b)
{
	int rc = pki_file_certs(text, strlen(text), &b->own);

	if (rc)
		return rc;
	for (size_t i = 1; i < b->own.n; i++) {
		b->cas.ders[b->cas.n] = b->own.ders[i];
		b->cas.lens[b->cas.n++] = b->own.lens[i];
	}
	b->own.n = 1;
	if (strstr(text, "PRIVATE KEY-----")) {
		const char *key = strstr(text, "-----BEGIN");

		while (key && strncmp(key + 10, " CERTIFICATE", 12) == 0)
			key = strstr(key + 10, "-----BEGIN");
		b->key = key ? pki_key_of_pem(key, strlen(key), password) : NULL;
		if (!b->key)
			rc = -EACCES;
	}
	return rc;
}

static const char *fits(struct control *c, const struct config_trustpoint *t,
			const struct bundle *b)
{
	struct pki_key *key =
		b->key ? pki_key_get(b->key) : pki_store_key(&c->pki, config_pki_key(t));
	struct pki_trustpoint_input in = {
		.name = t->name,
		.cert = {b->own.ders[0], b->own.lens[0]},
		.key = key,
	};
	struct pki *try = pki_create();
	int rc = try ? pki_add(try, &in) : -ENOMEM;

	pki_put(try);
	pki_key_put(key);
	if (!key)
		return "there is no private key for it: generate it first, or import it too";
	if (rc == -EKEYREJECTED)
		return "the certificate is not for the key of this trustpoint";
	return rc ? "the certificate is not acceptable" : NULL;
}

json_t *api_pki_import(struct api_call *call)
{
	const struct config_trustpoint *t = trustpoint_of(call);
	const char *pem = api_call_text(call, "pem"), *pkcs12 = api_call_text(call, "pkcs12");
	const char *password = api_call_text(call, "password"), *wrong;
	char name[PKI_NAME_MAX], label[PKI_NAME_MAX];
	struct pki_cert_info info = {0};
	struct bundle b = {0};
	json_t *result = NULL;
	char *key = NULL;
	int rc;

	if (!t)
		return NULL;
	rc = pkcs12 ? read_pkcs12(pkcs12, password ? password : "", &b)
	     : pem  ? read_pem(pem, password, &b)
		    : -EINVAL;
	snprintf(name, sizeof(name), "%s", t->name);
	snprintf(label, sizeof(label), "%s", config_pki_key(t));
	wrong = rc == -EACCES ? "the password is wrong, or the private key is not usable"
		: rc	      ? "this is no acceptable certificate"
			      : fits(call->control, t, &b);
	if (wrong) {
		free_bundle(&b);
		return api_call_fail(call, RPC_FAILED, "%s", wrong);
	}
	rc = load_certs(call->control, name, true, &b.cas);
	if (rc == 0)
		rc = load_certs(call->control, name, false, &b.own);
	if (rc == 0)
		rc = pki_cert_describe(b.own.ders[0], b.own.lens[0], &info);
	key = rc == 0 && b.key ? pki_key_to_pem(b.key, NULL) : NULL;
	if (rc == 0)
		result = json_pack("{s:s,s:s}", "subject", info.subject, "sha256", info.sha256);
	else
		api_call_fail(call, RPC_FAILED, "it cannot be loaded: %s", strerror(-rc));
	free_bundle(&b);
	if (result && key) {
		result = defer_save(call, label, key, result);
		pki_store_rebuild(call->control);
	}
	if (key)
		secret_wipe_bytes(key, strlen(key));
	free(key);
	return result;
}

static void add_pem(json_t *list, struct prim_chunk der)
{
	char *pem = pki_file_pem(der);

	if (pem)
		json_array_append_new(list, json_string(pem));
	free(pem);
}

json_t *api_pki_export(struct api_call *call)
{
	const struct config_trustpoint *t = trustpoint_of(call);
	const char *password = api_call_text(call, "password");
	const struct config_pki *pki = &call->control->config.pki;
	struct pki_key *key;
	json_t *result, *cas = json_array(), *own = json_array();
	char *pem;

	for (size_t i = 0; t && i < pki->n_certs; i++)
		if (pki->certs[i].whole && strcmp(pki->certs[i].trustpoint, t->name) == 0)
			add_pem(pki->certs[i].ca ? cas : own,
				(struct prim_chunk){pki->certs[i].der, pki->certs[i].len});
	result = json_pack("{s:o,s:o}", "ca", cas, "certificate", own);
	if (!t) {
		json_decref(result);
		return NULL;
	}
	key = password && password[0] ? pki_store_key(&call->control->pki, config_pki_key(t))
				      : NULL;
	pem = key ? pki_key_to_pem(key, password) : NULL;
	if (pem)
		json_object_set_new(result, "key", json_string(pem));
	pki_key_put(key);
	free(pem);
	return result;
}

json_t *api_pki_crl_request(struct api_call *call)
{
	if (pki_store_load(call->control))
		return api_call_fail(call, RPC_FAILED,
				     "the directory of keys is in use: try again");
	return json_object();
}

/* A key being made on another thread. */
struct making {
	struct control *control;
	uint64_t client;
	json_t *id;
	enum alg_proof kind;
	unsigned bits;
	char label[PKI_NAME_MAX];
	struct pki_key *key;
};

static void make(void *arg)
{
	struct making *m = arg;

	m->key = pki_key_generate(m->kind, m->bits);
}

static void made(void *arg)
{
	struct making *m = arg;
	struct control *c = m->control;
	char *pem = m->key ? pki_key_to_pem(m->key, NULL) : NULL;
	int rc = pem ? save_then_reply(
			       c, m->client, m->id, m->label, pem,
			       json_pack("{s:s,s:i}", "label", m->label, "bits", (int)m->bits))
		     : -EIO;

	if (rc == 0)
		pki_store_rebuild(c);
	else if (c->api)
		api_server_reply(c->api, m->client,
				 rpc_error(m->id, RPC_FAILED, "the key could not be made or kept"));
	if (pem)
		secret_wipe_bytes(pem, strlen(pem));
	free(pem);
	pki_key_put(m->key);
	json_decref(m->id);
	free(m);
}

static bool label_ok(const char *label)
{
	return *label && *label != '.' && strlen(label) < PKI_NAME_MAX && !strchr(label, '/');
}

json_t *api_pki_generate(struct api_call *call)
{
	struct control *c = call->control;
	const char *kind = api_call_text(call, "kind"), *label = api_call_text(call, "label");
	json_int_t bits = json_integer_value(json_object_get(call->params, "bits"));
	struct making *m;

	if (!label)
		label = c->config.hostname;
	if (!kind || !label_ok(label) || bits < 256 || bits > PKI_RSA_MAX)
		return api_call_fail(call, RPC_INVALID_PARAMS,
				     "RSA keys have 1024 to 4096 bits, ECDSA keys 256, 384 or 521");
	m = malloc(sizeof(*m));
	if (!m)
		return NULL;
	*m = (struct making){.control = c,
			     .client = call->client->id,
			     .id = json_deep_copy(call->id),
			     .kind = strcmp(kind, "ec") == 0 ? ALG_PROOF_ECDSA : ALG_PROOF_RSA,
			     .bits = (unsigned)bits};
	snprintf(m->label, sizeof(m->label), "%s", label);
	call->deferred = true;
	if (!c->loop || loop_job(c->loop, make, made, m)) {
		make(m);
		made(m);
	}
	return NULL;
}

json_t *api_pki_zeroize(struct api_call *call)
{
	const char *label = api_call_text(call, "label");
	json_t *result;

	if (!label)
		label = call->control->config.hostname;
	result = json_pack("{s:s}", "label", label);
	result = defer_save(call, label, NULL, result);
	pki_store_rebuild(call->control);
	return result;
}
