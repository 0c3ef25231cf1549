/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules about the names in a certificate (`crypto pki certificate map`). */
#pragma once

#include "lib/base/compat.h"
#include "lib/crypto/prim.h"

#include <stdbool.h>
#include <stddef.h>

enum pki_match_field {
	PKI_MATCH_SUBJECT,
	PKI_MATCH_ISSUER,
	PKI_MATCH_ALT_SUBJECT, /* host names, mail addresses, IP addresses */
};

enum pki_match_op {
	PKI_MATCH_EQ, /* of a DN: the whole name */
	PKI_MATCH_NE,
	PKI_MATCH_CO, /* of a DN: each part of the text is in a part of its kind, or of any */
	PKI_MATCH_NC,
};

struct pki_match_rule {
	enum pki_match_field field;
	enum pki_match_op op;
	const char *text;
};

/*
 * Whether all rules hold for a certificate (DER). False for what is no certificate, for no rules,
 * and for a text with `=` that is no name, even where the rule says ne or nc.
 */
bool pki_match(struct prim_chunk cert, const struct pki_match_rule *rules, size_t n);
