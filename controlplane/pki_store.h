/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The trustpoints in force: the configuration's certificates, and the private keys, certificates
 * and CRLs of the directory of keys, which culvertd reads and writes for us (dataplane/pki_dir.h).
 * Every change makes a new struct pki; negotiations under way keep theirs.
 */
#pragma once

#include "controlplane/plane_client.h"
#include "lib/base/compat.h"
#include "lib/config/config_pki.h"
#include "lib/crypto/pki.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PKI_STORE_NAME = 80,
	PKI_STORE_FILES = 256,
	PKI_STORE_PROFILES = 64,
	PKI_STORE_SAVES = 8,
};

struct control;

struct pki_store_file {
	char name[PKI_STORE_NAME];
	uint8_t *data; /* owned, wiped */
	size_t len;
};

/* A file to be written when the blob area is free. */
struct pki_store_save {
	char name[PKI_STORE_NAME];
	uint8_t *data; /* owned, wiped */
	size_t len;
	plane_client_ack_fn fn;
	void *ctx;
};

struct pki_store {
	struct pki_store_save saves[PKI_STORE_SAVES]; /* the oldest first */
	size_t n_saves;
	bool load_wanted;
	struct pki_store_file files[PKI_STORE_FILES];
	size_t n;
	bool loading;
	bool loaded;
	struct pki *profiles[PKI_STORE_PROFILES]; /* of those that name trustpoints */
	char profile_names[PKI_STORE_PROFILES][CONFIG_PKI_NAME];
	size_t n_profiles;
	uint64_t state;	 /* a hash of what all of it was made of */
	struct pki *pki; /* NULL = no trustpoint, or the files are not here yet */
};

/* Asks culvertd for the files; when they are here, pki_store_rebuild(). 0, -EBUSY, -ENOMEM. */
int must_check pki_store_load(struct control *c);
/* After a change of the configuration or of the files. What does not fit is logged. */
void pki_store_rebuild(struct control *c);
void pki_store_fini(struct pki_store *store);

/* The trustpoints that an isakmp profile names; NULL when it names none. Borrowed. */
struct pki *pki_store_of(const struct pki_store *store, const char *profile);

/* len 0: there is no such file. */
struct prim_chunk pki_store_file(const struct pki_store *store, const char *name);
/* The private key NAME.key, pki_key_put(); NULL when there is none or it is unusable. */
struct pki_key *pki_store_key(const struct pki_store *store, const char *name);
/*
 * A file that is new, or gone with len 0: at once here, and in the directory when fn is called (or
 * has failed). Waits while the blob area is in use. 0, -EBUSY when too many wait, -ENOSPC, -ENOMEM:
 * nothing happened.
 */
int must_check pki_store_save(struct control *c, const char *name, const void *data, size_t len,
			      plane_client_ack_fn fn, void *ctx);
/* Each turn: what has waited for the blob area. */
void pki_store_turn(struct control *c);
