/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/pki_store.h"

#include "controlplane/control.h"
#include "controlplane/pki_watch.h"
#include "lib/base/rbuf.h"
#include "lib/base/wbuf.h"
#include "lib/crypto/pki_file.h"
#include "lib/crypto/secret.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void free_file(struct pki_store_file *file)
{
	if (file->data)
		secret_wipe_bytes(file->data, file->len);
	free(file->data);
	*file = (struct pki_store_file){0};
}

static void forget_files(struct pki_store *store)
{
	for (size_t i = 0; i < store->n; i++)
		free_file(&store->files[i]);
	store->n = 0;
}

static void drop_pkis(struct pki_store *store)
{
	for (size_t i = 0; i < store->n_profiles; i++)
		pki_put(store->profiles[i]);
	store->n_profiles = 0;
	pki_put(store->pki);
	store->pki = NULL;
}

void pki_store_fini(struct pki_store *store)
{
	forget_files(store);
	for (size_t i = 0; i < store->n_saves; i++) {
		secret_wipe_bytes(store->saves[i].data, store->saves[i].len);
		free(store->saves[i].data);
	}
	drop_pkis(store);
}

struct pki *pki_store_of(const struct pki_store *store, const char *profile)
{
	for (size_t i = 0; i < store->n_profiles; i++)
		if (strcmp(store->profile_names[i], profile) == 0)
			return store->profiles[i];
	return NULL;
}

static struct pki_store_file *find(struct pki_store *store, const char *name)
{
	for (size_t i = 0; i < store->n; i++)
		if (strcmp(store->files[i].name, name) == 0)
			return &store->files[i];
	return NULL;
}

struct prim_chunk pki_store_file(const struct pki_store *store, const char *name)
{
	const struct pki_store_file *file = find((struct pki_store *)store, name);

	return file ? (struct prim_chunk){file->data, file->len} : (struct prim_chunk){0};
}

struct pki_key *pki_store_key(const struct pki_store *store, const char *name)
{
	char file[PKI_STORE_NAME];
	struct prim_chunk pem;

	snprintf(file, sizeof(file), "%s.key", name);
	pem = pki_store_file(store, file);
	return pem.len ? pki_key_of_pem(pem.data, pem.len, NULL) : NULL;
}

/* 0, -ENOSPC or -ENOMEM. */
static int put(struct pki_store *store, const char *name, const void *data, size_t len)
{
	struct pki_store_file *file = find(store, name);
	uint8_t *copy = len ? malloc(len) : NULL;

	if (len && !copy)
		return -ENOMEM;
	if (!file && len && store->n == PKI_STORE_FILES) {
		free(copy);
		return -ENOSPC;
	}
	if (!file && !len)
		return 0;
	if (!file)
		file = &store->files[store->n++];
	free_file(file);
	if (!len) {
		*file = store->files[--store->n];
		store->files[store->n] = (struct pki_store_file){0};
		return 0;
	}
	memcpy(copy, data, len);
	snprintf(file->name, sizeof(file->name), "%s", name);
	file->data = copy;
	file->len = len;
	return 0;
}

/* What one trustpoint is put together from. */
struct parts {
	struct pki_trustpoint_input in;
	struct pki_ders cas;
	struct pki_ders own;
	struct pki_ders crls;
};

static void say(struct control *c, const struct config_trustpoint *t, const char *what)
{
	debug_log_event(c->log, DEBUG_LOG_PKI, "trustpoint %s: %s", t->name, what);
}

static struct prim_chunk file_of(const struct control *c, const char *base, const char *extension)
{
	char name[PKI_STORE_NAME];

	snprintf(name, sizeof(name), "%s%s", base, extension);
	return pki_store_file(&c->pki, name);
}

static void take_file_certs(struct control *c, const struct config_trustpoint *t, struct parts *p)
{
	struct prim_chunk file = file_of(c, t->files, ".ca");

	if (!file.len)
		say(c, t, "its .ca file is not in the directory of keys");
	else if (pki_file_certs(file.data, file.len, &p->cas))
		say(c, t, "its .ca file is no acceptable certificate");
	for (size_t i = 0; i < p->cas.n && p->in.n_cas < PKI_CAS_MAX; i++)
		p->in.cas[p->in.n_cas++] = (struct prim_chunk){p->cas.ders[i], p->cas.lens[i]};
	file = file_of(c, t->files, ".crt");
	if (file.len && pki_file_certs(file.data, file.len, &p->own))
		say(c, t, "its .crt file is no acceptable certificate");
	if (p->own.n)
		p->in.cert = (struct prim_chunk){p->own.ders[0], p->own.lens[0]};
	/* intermediate CAs may stand behind the certificate, as strongSwan has it */
	for (size_t i = 1; i < p->own.n && p->in.n_cas < PKI_CAS_MAX; i++)
		p->in.cas[p->in.n_cas++] = (struct prim_chunk){p->own.ders[i], p->own.lens[i]};
}

static void take_config_certs(const struct control *c, const struct config_trustpoint *t,
			      struct parts *p)
{
	const struct config_pki *pki = &c->config.pki;

	for (size_t i = 0; i < pki->n_certs; i++) {
		const struct config_cert *cert = &pki->certs[i];

		if (!cert->whole || strcmp(cert->trustpoint, t->name) != 0)
			continue;
		if (!cert->ca)
			p->in.cert = (struct prim_chunk){cert->der, cert->len};
		else if (p->in.n_cas < PKI_CAS_MAX)
			p->in.cas[p->in.n_cas++] = (struct prim_chunk){cert->der, cert->len};
	}
}

static void take_crls(struct control *c, const struct config_trustpoint *t, struct parts *p)
{
	struct prim_chunk file = t->crl[0] ? file_of(c, t->crl, "")
					   : file_of(c, t->files[0] ? t->files : t->name, ".crl");

	if (t->revocation == PKI_REVOCATION_NONE)
		return;
	if (!file.len) {
		if (t->revocation == PKI_REVOCATION_CRL)
			say(c, t,
			    "there is no CRL, so no peer is believed: put it into the directory of "
			    "keys and name it with crl file, or type revocation-check none");
		return;
	}
	if (pki_file_crls(file.data, file.len, &p->crls))
		say(c, t, "its CRL file is no acceptable CRL");
	for (size_t i = 0; i < p->crls.n && i < PKI_CRLS_MAX; i++)
		p->in.crls[p->in.n_crls++] = (struct prim_chunk){p->crls.ders[i], p->crls.lens[i]};
}

static void take_parts(struct control *c, const struct config_trustpoint *t, struct parts *p)
{
	p->in = (struct pki_trustpoint_input){.name = t->name, .revocation = t->revocation};
	if (t->files[0])
		take_file_certs(c, t, p);
	take_config_certs(c, t, p);
	take_crls(c, t, p);
	p->in.key = pki_store_key(&c->pki, config_pki_key(t));
	if (p->in.cert.len && !p->in.key)
		say(c, t,
		    "the private key of its certificate is not in the directory of keys: import "
		    "it, or name it with rsakeypair");
}

static void free_parts(struct parts *p)
{
	pki_key_put(p->in.key);
	pki_file_free(&p->cas);
	pki_file_free(&p->own);
	pki_file_free(&p->crls);
}

static void add_trustpoint(struct control *c, struct pki *pki, const struct config_trustpoint *t,
			   const struct parts *p)
{
	int rc = pki_add(pki, &p->in);

	if (rc == -EKEYREJECTED)
		say(c, t, "the private key is not that of the certificate");
	else if (rc)
		say(c, t,
		    "a certificate or a CRL of it is not acceptable; the trustpoint is not used");
}

static uint64_t hash_text(uint64_t h, const char *text)
{
	return config_index_hash(h, text, strlen(text) + 1);
}

static uint64_t hash_chunk(uint64_t h, struct prim_chunk chunk)
{
	h = config_index_hash(h, &chunk.len, sizeof(chunk.len));
	return config_index_hash(h, chunk.data, chunk.len);
}

static uint64_t hash_parts(struct control *c, uint64_t h, const struct config_trustpoint *t,
			   const struct parts *p)
{
	h = hash_text(h, t->name);
	h = config_index_hash(h, &t->revocation, sizeof(t->revocation));
	for (size_t i = 0; i < p->in.n_cas; i++)
		h = hash_chunk(h, p->in.cas[i]);
	for (size_t i = 0; i < p->in.n_crls; i++)
		h = hash_chunk(h, p->in.crls[i]);
	h = hash_chunk(h, p->in.cert);
	return hash_chunk(h, file_of(c, config_pki_key(t), ".key"));
}

static uint64_t hash_profiles(uint64_t h, const struct config *config)
{
	for (size_t i = 0; i < config->n_profiles; i++) {
		const struct config_profile *p = &config->profiles[i];

		for (size_t k = 0; k < p->n_trustpoints; k++)
			h = hash_text(hash_text(h, p->name), p->trustpoints[k]);
	}
	return h;
}

static bool names_trustpoint(const struct config_profile *p, const char *name)
{
	for (size_t i = 0; i < p->n_trustpoints; i++)
		if (strcmp(p->trustpoints[i], name) == 0)
			return true;
	return false;
}

/* One of its own for a profile with trustpoints. */
static void make_profile(struct control *c, const struct config_profile *profile,
			 const struct parts *parts)
{
	struct pki_store *store = &c->pki;
	const struct config_pki *config = &c->config.pki;
	struct pki *pki;

	if (!profile->n_trustpoints)
		return;
	if (store->n_profiles == PKI_STORE_PROFILES) {
		debug_log_event(c->log, DEBUG_LOG_PKI,
				"isakmp profile %s: there are more profiles with trustpoints than "
				"%d; this one takes nobody",
				profile->name, PKI_STORE_PROFILES);
		return;
	}
	pki = pki_create();
	for (size_t i = 0; pki && i < config->n_trustpoints; i++)
		if (names_trustpoint(profile, config->trustpoints[i].name))
			(void)!pki_add(pki, &parts[i].in);
	snprintf(store->profile_names[store->n_profiles], sizeof(store->profile_names[0]), "%s",
		 profile->name);
	store->profiles[store->n_profiles++] = pki;
}

/* What stood on other trustpoints before is looked at again. */
static void make_pkis(struct control *c, const struct parts *parts)
{
	const struct config_pki *config = &c->config.pki;

	drop_pkis(&c->pki);
	c->pki.pki = config->n_trustpoints ? pki_create() : NULL;
	for (size_t i = 0; c->pki.pki && i < config->n_trustpoints; i++)
		add_trustpoint(c, c->pki.pki, &config->trustpoints[i], &parts[i]);
	for (size_t i = 0; i < c->config.n_profiles; i++)
		make_profile(c, &c->config.profiles[i], parts);
	pki_watch_doubt(c);
}

void pki_store_rebuild(struct control *c)
{
	const struct config_pki *config = &c->config.pki;
	uint64_t state = hash_profiles(CONFIG_INDEX_SEED, &c->config);
	struct parts *parts;

	if (config->n_trustpoints && !c->pki.loaded) {
		/* what there is comes with the files; without them half of it would be missing */
		c->pki.load_wanted = !c->pki.loading;
		pki_store_turn(c);
		return;
	}
	parts = calloc(config->n_trustpoints + 1, sizeof(*parts));
	if (!parts)
		return;
	for (size_t i = 0; i < config->n_trustpoints; i++) {
		take_parts(c, &config->trustpoints[i], &parts[i]);
		state = hash_parts(c, state, &config->trustpoints[i], &parts[i]);
	}
	if (state != c->pki.state)
		make_pkis(c, parts);
	c->pki.state = state;
	for (size_t i = 0; i < config->n_trustpoints; i++)
		free_parts(&parts[i]);
	free(parts);
}

static void on_loaded(void *ctx, uint64_t, const struct plane_ack *ack)
{
	struct control *c = ctx;
	struct rbuf b = rbuf_of(c->plane->blob, ack->error ? 0 : ack->bytes);

	c->saving = false;
	if (ack->error)
		debug_log_event(c->log, DEBUG_LOG_PKI, "the directory of keys cannot be read: %s",
				strerror(-ack->error));
	forget_files(&c->pki);
	c->pki.loaded = true;
	c->pki.loading = false;
	while (b.left && !b.bad) {
		size_t name_len = rbuf_u8(&b), len = rbuf_u32(&b);
		const uint8_t *name = rbuf_take(&b, name_len);
		const uint8_t *data = rbuf_take(&b, len);
		char text[PKI_STORE_NAME] = "";

		if (b.bad || name_len >= sizeof(text))
			break;
		memcpy(text, name, name_len);
		if (put(&c->pki, text, data, len))
			debug_log_event(c->log, DEBUG_LOG_PKI, "there is no room for file %s",
					text);
	}
	secret_wipe_bytes(c->plane->blob, ack->error ? 0 : ack->bytes);
	pki_store_rebuild(c);
}

int pki_store_load(struct control *c)
{
	struct plane_msg msg = {.type = PLANE_PKI_READ};
	int rc;

	if (c->saving)
		return -EBUSY;
	rc = plane_client_send(c->client, PLANE_CLIENT_MAIN, &msg, on_loaded, c, 0);
	c->saving = rc == 0;
	c->pki.load_wanted &= rc != 0;
	return rc;
}

static int send_save(struct control *c, const char *name, const void *data, size_t len,
		     plane_client_ack_fn fn, void *ctx)
{
	struct wbuf w = wbuf_of(c->plane->blob, PLANE_BLOB_BYTES);
	struct plane_msg msg = {.type = PLANE_PKI_SAVE};
	int rc = put(&c->pki, name, data, len);

	if (rc)
		return rc;
	wbuf_u8(&w, (uint8_t)strlen(name));
	wbuf_u32(&w, (uint32_t)len);
	wbuf_bytes(&w, name, strlen(name));
	wbuf_bytes(&w, data, len);
	msg.blob.len = (uint32_t)w.len;
	rc = plane_client_send(c->client, PLANE_CLIENT_MAIN, &msg, fn, ctx, w.len);
	c->saving = rc == 0;
	return rc;
}

static int enqueue(struct pki_store *store, const char *name, const void *data, size_t len,
		   plane_client_ack_fn fn, void *ctx)
{
	struct pki_store_save *save = &store->saves[store->n_saves];
	uint8_t *copy;

	if (store->n_saves == PKI_STORE_SAVES)
		return -EBUSY;
	copy = malloc(len ? len : 1);
	if (!copy)
		return -ENOMEM;
	if (len)
		memcpy(copy, data, len);
	*save = (struct pki_store_save){.data = copy, .len = len, .fn = fn, .ctx = ctx};
	snprintf(save->name, sizeof(save->name), "%s", name);
	store->n_saves++;
	return 0;
}

int pki_store_save(struct control *c, const char *name, const void *data, size_t len,
		   plane_client_ack_fn fn, void *ctx)
{
	return c->saving || c->pki.n_saves ? enqueue(&c->pki, name, data, len, fn, ctx)
					   : send_save(c, name, data, len, fn, ctx);
}

static void next_save(struct control *c)
{
	struct pki_store *store = &c->pki;
	struct pki_store_save save = store->saves[0];
	struct plane_ack ack = {0};

	store->n_saves--;
	memmove(&store->saves[0], &store->saves[1], store->n_saves * sizeof(save));
	ack.error = send_save(c, save.name, save.data, save.len, save.fn, save.ctx);
	secret_wipe_bytes(save.data, save.len);
	free(save.data);
	if (ack.error)
		save.fn(save.ctx, 0, &ack);
}

void pki_store_turn(struct control *c)
{
	if (!c->saving && c->pki.load_wanted)
		c->pki.loading = pki_store_load(c) == 0;
	if (!c->saving && c->pki.n_saves)
		next_save(c);
}
