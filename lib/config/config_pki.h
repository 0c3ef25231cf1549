/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The part of the model that is about certificates: trustpoints and the certificates that were
 * loaded into them. Private keys are not here: they stay in the directory of keys (pki_dir.h). A
 * part of struct config, written by the grammar alone.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/crypto/pki.h"
#include "lib/net/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CONFIG_PKI_NAME = 64, /* = CONFIG_NAME */
	CONFIG_PKI_TEXT = 128,
};

struct config_trustpoint {
	char name[CONFIG_PKI_NAME];
	bool terminal;		       /* `enrollment terminal` */
	char files[CONFIG_PKI_NAME];   /* `enrollment url file:NAME`: NAME.ca, NAME.crt, NAME.key */
	char crl[CONFIG_PKI_NAME];     /* `crl file NAME`, "" = NAME.crl of the line above */
	uint8_t revocation;	       /* enum pki_revocation, default CRL as IOS */
	char subject[CONFIG_PKI_TEXT]; /* of the request: "cn=a, o=b"; "" = the hostname */
	char fqdn[CONFIG_PKI_NAME];
	struct addr address;	   /* `ip-address`, NONE */
	char key[CONFIG_PKI_NAME]; /* `rsakeypair` or `eckeypair`; "" = the trustpoint's name */
};

/* Of `crypto pki certificate chain`. */
struct config_cert {
	char trustpoint[CONFIG_PKI_NAME];
	char serial[CONFIG_PKI_NAME]; /* hexadecimal, as its line names it */
	bool ca;
	bool whole;   /* its bytes ended with `quit` */
	uint8_t *der; /* owned */
	uint32_t len;
};

struct config_pki {
	struct config_trustpoint *trustpoints;
	size_t n_trustpoints;
	struct config_cert *certs;
	size_t n_certs;
};

void config_pki_fini(struct config_pki *pki);
/* A deep copy; 0 or -ENOMEM (then *copy may still be given to config_pki_fini()). */
int must_check config_pki_copy(struct config_pki *copy, const struct config_pki *pki);
/* By exact name; NULL when there is none. */
struct config_trustpoint *config_pki_trustpoint(const struct config_pki *pki, const char *name);
struct config_cert *config_pki_cert(const struct config_pki *pki, const char *trustpoint, bool ca,
				    const char *serial);
/* The name of its key: without an extension. */
const char *config_pki_key(const struct config_trustpoint *t);
/* The lines that load a certificate into a trustpoint; malloc'ed. NULL when der is none. */
char *config_pki_chain_text(const char *trustpoint, bool ca, struct prim_chunk der);
