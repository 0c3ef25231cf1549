/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The part of the model that says who may be a peer: `crypto isakmp profile`, `crypto identity` and
 * `crypto pki certificate map`. A part of struct config, written by the grammar alone.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/net/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct config;

enum {
	CONFIG_PROFILE_NAME = 64, /* = CONFIG_NAME */
	CONFIG_PROFILE_TEXT = 128,
	CONFIG_PROFILE_MATCHES = 16,
	CONFIG_PROFILE_TRUSTPOINTS = 4,
	CONFIG_CERT_RULES = 8,
};

enum config_who_kind {
	CONFIG_WHO_ADDRESS,	/* its identity is an address in net */
	CONFIG_WHO_HOST,	/* a host name */
	CONFIG_WHO_DOMAIN,	/* a host name in that domain */
	CONFIG_WHO_USER,	/* user@domain */
	CONFIG_WHO_USER_DOMAIN, /* anybody@domain */
	CONFIG_WHO_GROUP,	/* a key-id: name of a group */
	CONFIG_WHO_DN,		/* the subject of its certificate, whole */
	CONFIG_WHO_CERTIFICATE, /* a certificate map takes its certificate */
};

/* One way to be let in. */
struct config_who {
	uint8_t kind; /* enum config_who_kind */
	struct prefix net;
	char text[CONFIG_PROFILE_TEXT];
};

enum config_self {
	CONFIG_SELF_DEFAULT, /* as `crypto isakmp identity` */
	CONFIG_SELF_ADDRESS,
	CONFIG_SELF_FQDN, /* self_text, "" = the host name */
	CONFIG_SELF_USER_FQDN,
};

struct config_profile {
	char name[CONFIG_PROFILE_NAME];
	char description[CONFIG_PROFILE_TEXT];
	uint8_t self; /* enum config_self */
	char self_text[CONFIG_PROFILE_NAME];
	char trustpoints[CONFIG_PROFILE_TRUSTPOINTS][CONFIG_PROFILE_NAME]; /* none = any */
	size_t n_trustpoints;
	struct config_who matches[CONFIG_PROFILE_MATCHES]; /* any of them; none = nobody */
	size_t n_matches;
	uint32_t keepalive_s; /* DPD; 0 = as `crypto isakmp keepalive`, or off */
	uint32_t keepalive_retry_s;
	bool keepalive_off;
	struct addr local; /* our address that it is for; NONE = any */
};

/* `crypto identity`: who a crypto map entry is for, by the name in the certificate. */
struct config_crypto_identity {
	char name[CONFIG_PROFILE_NAME];
	struct config_who matches[CONFIG_PROFILE_MATCHES]; /* any of them; none = nobody */
	size_t n_matches;
};

enum config_cert_field {
	CONFIG_CERT_SUBJECT,
	CONFIG_CERT_ISSUER,
	CONFIG_CERT_ALT_SUBJECT,
};

enum config_cert_op {
	CONFIG_CERT_EQ,
	CONFIG_CERT_NE,
	CONFIG_CERT_CO,
	CONFIG_CERT_NC,
};

struct config_cert_rule {
	uint8_t field; /* enum config_cert_field */
	uint8_t op;    /* enum config_cert_op */
	char text[CONFIG_PROFILE_TEXT];
};

/* `crypto pki certificate map NAME N`: all rules of one N, or of another N of that name. */
struct config_cert_map {
	char name[CONFIG_PROFILE_NAME];
	uint16_t sequence;
	struct config_cert_rule rules[CONFIG_CERT_RULES]; /* none = no certificate */
	size_t n_rules;
};

/* Lookups by exact name; NULL when there is none. */
struct config_profile *config_profile_find(const struct config *c, const char *name);
struct config_crypto_identity *config_profile_identity(const struct config *c, const char *name);
struct config_cert_map *config_profile_cert_map(const struct config *c, const char *name,
						uint16_t sequence);
/* A certificate map of that name is there, with any number. */
bool config_profile_has_cert_map(const struct config *c, const char *name);
/* Whether the profile asks for a certificate of its peers: a trustpoint or a certificate map. */
bool config_profile_wants_cert(const struct config_profile *p);
/* Whether it lets in whoever has a certificate of the CA and any address for a name. */
bool config_profile_takes_all(const struct config_profile *p);
