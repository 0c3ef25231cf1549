/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * THE GRAMMAR: one table of configuration lines. From its rows come parsing, abbreviation, Tab
 * completion, `?` help, the `no` forms, and the printed configuration; print(parse(x)) is a fixed
 * point. A row is a pattern of keywords and typed values in one mode, with the mode it enters, a
 * help sentence a word, an apply function on the model and a print function. Nobody else knows the
 * syntax.
 *
 * A line is applied whole or not at all: when it adds an error to the fault list, the model is as
 * it was. Warnings and notes do not stop it.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/base/dialect.h"
#include "lib/base/fault.h"
#include "lib/config/config_model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum config_mode {
	CONFIG_MODE_GLOBAL,	    /* (config) */
	CONFIG_MODE_PLATFORM,	    /* (config-platform) */
	CONFIG_MODE_INTERFACE,	    /* (config-if) */
	CONFIG_MODE_OBJECT,	    /* (config-network-object) */
	CONFIG_MODE_GROUP_NETWORK,  /* (config-network-object-group) */
	CONFIG_MODE_GROUP_SERVICE,  /* (config-service-object-group) */
	CONFIG_MODE_GROUP_PROTOCOL, /* (config-protocol-object-group) */
	CONFIG_MODE_GROUP_ICMP,	    /* (config-icmp-object-group) */
	CONFIG_MODE_ACL,	    /* (config-ext-nacl) */
	CONFIG_MODE_ACL_STANDARD,   /* (config-std-nacl) */
	CONFIG_MODE_ISAKMP_POLICY,  /* (config-isakmp) */
	CONFIG_MODE_TRANSFORM_SET,  /* (cfg-crypto-trans) */
	CONFIG_MODE_ISAKMP_PEER,    /* (config-isakmp-peer) */
	CONFIG_MODE_PROFILE,	    /* (conf-isa-prof) */
	CONFIG_MODE_IDENTITY,	    /* (config-crypto-identity) */
	CONFIG_MODE_CERT_MAP,	    /* (ca-certificate-map) */
	CONFIG_MODE_ISAKMP_GROUP,   /* (config-isakmp-group) */
	CONFIG_MODE_RADIUS_SERVER,  /* (config-radius-server) */
	CONFIG_MODE_TUNNEL_IPSEC,   /* (config-tunnel-ipsec) */
	CONFIG_MODE_TUNNEL_GENERAL, /* (config-tunnel-general) */
	CONFIG_MODE_GROUP_POLICY,   /* (config-group-policy) */
	CONFIG_MODE_USERNAME,	    /* (config-username) */
	CONFIG_MODE_AAA_GROUP,	    /* (config-aaa-server-group) */
	CONFIG_MODE_AAA_HOST,	    /* (config-aaa-server-host) */
	CONFIG_MODE_CRYPTO_MAP,	    /* (config-crypto-map) */
	CONFIG_MODE_TRUSTPOINT,	    /* (ca-trustpoint) */
	CONFIG_MODE_CERT_CHAIN,	    /* (config-cert-chain) */
	CONFIG_MODE_CERT_DATA,	    /* (config-pubkey), inside the one before */
	CONFIG_MODE_CLASS_MAP,	    /* (config-cmap) */
	CONFIG_MODE_POLICY_MAP,	    /* (config-pmap) */
	CONFIG_MODE_POLICY_CLASS,   /* (config-pmap-c), inside the one before */
	CONFIG_MODE_ARCHIVE,	    /* (config-archive) */
	CONFIG_MODE_LINE,	    /* (config-line) */
	CONFIG_MODE_OUT,	    /* (config-out): a block without effect */
	CONFIG_MODE_COUNT,
};

/* Where somebody who types stands: the mode and the object it is about. */
struct config_cursor {
	enum config_mode mode;
	enum dialect dialect;	  /* decides what two dialects write alike: wildcard or netmask */
	char object[CONFIG_NAME]; /* interface, ACL, transform set, crypto map, ... name */
	char part[CONFIG_NAME];	  /* class of the policy-map */
	uint32_t number;	  /* policy priority or map sequence */
};

/* The text between hostname and '#': "(config-if)". */
const char *config_grammar_prompt(enum config_mode mode);
/* The mode of such a text, or CONFIG_MODE_COUNT. */
enum config_mode config_grammar_mode_of_prompt(const char *prompt);

/*
 * Applies one line at the cursor. Comments and empty lines do nothing; `exit` and `end` move the
 * cursor; a line unknown in a sub-mode but known in the mode around it, or globally, leaves the
 * sub-mode. Returns 0 when it was accepted (also with warnings), -EINVAL with at least one error
 * fault otherwise, -ENOMEM.
 * *changed (may be NULL) says whether the model is different now.
 */
int must_check config_grammar_line(struct config *config, struct config_cursor *cursor,
				   const char *line, struct fault_list *faults, bool *changed);

/*
 * The line as it may be written down: its secrets are "*", and so is all behind the first word of a
 * line that nobody knows. malloc'ed; NULL without memory.
 */
char *config_grammar_masked(const struct config_cursor *cursor, const char *line);

/*
 * Applies a whole text, in the dialect that its lines tell (config_dialect.h); a configuration that
 * was still empty becomes one of that dialect, with its defaults. Faults carry line numbers. 0 when
 * no line was refused, else -EINVAL; of a text that is none the end is not looked at.
 */
int must_check config_grammar_text(struct config *config, const char *text, size_t len,
				   struct fault_list *faults);

/* One candidate for the next word. */
struct config_choice {
	char word[CONFIG_NAME]; /* keyword, or "<1-10000>", "A.B.C.D", "WORD", "<cr>" */
	char help[128];
	bool keyword; /* may be completed; false for values and <cr> */
};

/*
 * What may come next after text at the cursor (text without trailing blank: the last word is being
 * typed). Fills at most max rows, returns how many there are. Names of existing objects are offered
 * where a name is wanted (config may be NULL: then not). Lines that another dialect prints are left
 * out, though they are understood: the dialect of the cursor is DIALECT_COUNT for all of them.
 */
size_t config_grammar_choices(const struct config *config, const struct config_cursor *cursor,
			      const char *text, struct config_choice *rows, size_t max);

enum config_print_flags {
	CONFIG_PRINT_SECRETS =
		1 << 0, /* keys in clear: only for `write memory`; else "*" eight times */
};

/*
 * The configuration in the words of a dialect, as lines that load back into the same one (what the
 * dialect has no words for prints as a line of ours); malloc'ed, caller frees (and wipes with
 * secrets). NULL: no memory.
 */
char *config_grammar_print(const struct config *config, enum dialect dialect, unsigned flags);

enum {
	CONFIG_ACL_TEXT = 512
};

/* One line of an access list as it prints, without its number, into buf (CONFIG_ACL_TEXT fits). */
char *config_grammar_acl_text(const struct config_acl_line *line, bool standard, char *buf,
			      size_t size);

/*
 * Faults of the whole rather than of a line: entries that are incomplete and which item they lack,
 * names that do not exist, a map on no interface, overlapping crypto ACLs, a peer without key, a
 * policy that needs certificates (R007, R008, R010). Warnings, except what cannot run at all: no
 * device on any interface (an error).
 */
void config_grammar_validate(const struct config *config, struct fault_list *faults);
