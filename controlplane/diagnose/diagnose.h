/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What went wrong, why, and what to type. A diagnosis is a rule over evidence (evidence.h): pure
 * functions, no clock, no network, no state. The rules stand in tables in the order in which they
 * decide (error-catalogue.md section 0): the first that holds is the root, those after it that
 * follow from it stand under it. The codes are rows of diagnose_codes.def.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/config/config_model.h"
#include "lib/net/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum diagnose_severity {
	DIAGNOSE_ERROR,	  /* the tunnel does not work */
	DIAGNOSE_WARNING, /* it loses or refuses something, or would */
	DIAGNOSE_NOTICE,
};

enum diagnose_code {
#define CODE(id, name, severity, sentence, command, entries) DIAGNOSE_##id,
#include "controlplane/diagnose/diagnose_codes.def"
#undef CODE
	DIAGNOSE_CODE_COUNT,
};

enum diagnose_sureness {
	DIAGNOSE_SURE,	 /* seen itself */
	DIAGNOSE_LIKELY, /* what was seen has hardly another cause */
	DIAGNOSE_EITHER, /* or what other says: decide tells them apart */
};

enum {
	DIAGNOSE_FIELDS = 10,
	DIAGNOSE_FIELD = 160,
	DIAGNOSE_TEXT = 400,
	DIAGNOSE_ROOTS = 4, /* at one peer; more is noise */
	DIAGNOSE_MAX = 16,  /* with what stands under them */
};

struct diagnose_field {
	const char *name; /* as {name} in the row, constant */
	char value[DIAGNOSE_FIELD];
};

struct diagnosis {
	enum diagnose_code code;
	enum diagnose_sureness sureness;
	enum diagnose_code other; /* EITHER: the other cause */
	uint8_t under;		  /* index + 1 of the one it follows from, 0 = a root */
	/* what it is about; with code its identity: the same diagnosis when these are equal */
	struct addr peer;      /* NONE = the appliance itself */
	char map[CONFIG_NAME]; /* "" = of no entry */
	uint16_t sequence;     /* of the entry */
	uint32_t acl_sequence; /* of the line, 0 = the whole entry */
	struct diagnose_field fields[DIAGNOSE_FIELDS];
	size_t n_fields;
	char saw[DIAGNOSE_TEXT];     /* the evidence in words: "MM1 sent 5 times, nothing came" */
	char decide[DIAGNOSE_TEXT];  /* EITHER: the command that would decide; else "" */
	char there[DIAGNOSE_TEXT];   /* the line the other end would have to have; "" = none */
	char command[DIAGNOSE_TEXT]; /* instead of the row's; "" = the row's */
};

/* A list that rules add to; full = the rest is dropped. */
struct diagnose_list {
	struct diagnosis items[DIAGNOSE_MAX];
	size_t n;
};

struct evidence;

const char *diagnose_name(enum diagnose_code code);
enum diagnose_severity diagnose_severity(enum diagnose_code code);
/* "error", "warning", "notice"; "sure", "likely", "either". */
const char *diagnose_severity_name(enum diagnose_severity severity);
const char *diagnose_sureness_name(enum diagnose_sureness sureness);
/* The row as it stands, with {fields}. */
const char *diagnose_template(enum diagnose_code code);
const char *diagnose_entries(enum diagnose_code code);
/* By its name ("P1-PSK"); DIAGNOSE_NONE when there is none. */
enum diagnose_code diagnose_find(const char *name);

/* A new item at the end of the list; when it is full a spare one that is lost. Never NULL. */
struct diagnosis *diagnose_add(struct diagnose_list *list, enum diagnose_code code);
/* One {field}; name is a constant. Never a key, never a password. */
void diagnose_set(struct diagnosis *d, const char *name, const char *fmt, ...) printf_like(3, 4);
/* Sentence and command with the fields filled in. Return buf. */
char *diagnose_sentence(const struct diagnosis *d, char *buf, size_t size);
char *diagnose_command(const struct diagnosis *d, char *buf, size_t size);
/* The same diagnosis, whatever its numbers are now. */
bool diagnose_same(const struct diagnosis *a, const struct diagnosis *b);

/*
 * All rules over what is known of one peer: roots first, each followed by what stands under it.
 * Nothing = nothing is wrong that can be seen from here.
 */
void diagnose_peer(const struct evidence *e, struct diagnose_list *out);
/* The rules of one configuration alone (CFG-*, RA-POOL-BAD ...): what is wrong before a packet. */
void diagnose_config(const struct config *config, struct diagnose_list *out);
/*
 * Two ends that are to speak to each other: whether and how they disagree (policies, keys,
 * identities, proxies, transforms, PFS, addresses). As seen from ours. Keys are compared, and never
 * printed.
 */
void diagnose_pair(const struct config *ours, const struct config *theirs,
		   struct diagnose_list *out);
