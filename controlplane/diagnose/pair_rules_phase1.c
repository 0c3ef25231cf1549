/* SPDX-License-Identifier: BSD-3-Clause */
/* Policies and keys of two ends. */
#include "controlplane/diagnose/pair_rules.h"

#include <stdio.h>
#include <string.h>

enum attribute {
	ATTRIBUTE_ENCRYPTION,
	ATTRIBUTE_HASH,
	ATTRIBUTE_AUTH,
	ATTRIBUTE_GROUP,
	ATTRIBUTE_COUNT,
};

/* What is said when this alone differs. */
static const struct {
	const char *name;
	enum diagnose_code code;
} attributes[ATTRIBUTE_COUNT] = {
	[ATTRIBUTE_ENCRYPTION] = {"encryption", DIAGNOSE_P1_POLICY_ENC},
	[ATTRIBUTE_HASH] = {"hash", DIAGNOSE_P1_POLICY_HASH},
	[ATTRIBUTE_AUTH] = {"authentication", DIAGNOSE_P1_AUTH},
	[ATTRIBUTE_GROUP] = {"group", DIAGNOSE_P1_GROUP},
};

static unsigned number_of(const struct config_isakmp_policy *p, enum attribute a)
{
	const unsigned values[] = {
		[ATTRIBUTE_ENCRYPTION] = p->cipher,
		[ATTRIBUTE_HASH] = p->hash,
		[ATTRIBUTE_AUTH] = p->auth,
		[ATTRIBUTE_GROUP] = p->group,
	};

	return values[a];
}

/* As the line has it that is to be typed: "aes 256", "md5", "pre-share", "2". */
static const char *word_of(const struct config_isakmp_policy *p, enum attribute a, char *buf,
			   size_t size)
{
	const struct alg_cipher_row *cipher = alg_cipher_row(p->cipher);
	const struct alg_auth_row *auth = alg_auth_row((uint16_t)p->auth);

	if (a == ATTRIBUTE_HASH)
		return alg_hash_row(p->hash)->ike_keyword;
	if (a == ATTRIBUTE_AUTH)
		return auth ? auth->name : "";
	if (a == ATTRIBUTE_GROUP)
		snprintf(buf, size, "%u", p->group);
	else if (cipher->cli_bits)
		snprintf(buf, size, "%s %u", cipher->ike_keyword, cipher->cli_bits);
	else
		snprintf(buf, size, "%s", cipher->ike_keyword);
	return buf;
}

static bool is_usable(const struct config *c, const struct config_isakmp_policy *p)
{
	return p->auth == ALG_AUTH_PSK || c->pki.n_trustpoints;
}

static size_t count_usable(const struct config *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_policies; i++)
		n += is_usable(c, &c->policies[i]);
	return n;
}

static unsigned count_differences(const struct config_isakmp_policy *a,
				  const struct config_isakmp_policy *b)
{
	unsigned n = 0;

	for (enum attribute i = 0; i < ATTRIBUTE_COUNT; i++)
		n += number_of(a, i) != number_of(b, i);
	return n;
}

/* The two that differ least, in the order in which ours offers them. */
struct nearest {
	const struct config_isakmp_policy *ours;
	const struct config_isakmp_policy *theirs;
	unsigned differences;
};

static struct nearest find_nearest(const struct config *ours, const struct config *theirs)
{
	struct nearest best = {.differences = ATTRIBUTE_COUNT + 1};

	for (size_t i = 0; i < ours->n_policies; i++)
		for (size_t k = 0; k < theirs->n_policies; k++) {
			const struct config_isakmp_policy *a = &ours->policies[i];
			const struct config_isakmp_policy *b = &theirs->policies[k];
			unsigned n = count_differences(a, b);

			if (is_usable(ours, a) && is_usable(theirs, b) && n < best.differences)
				best = (struct nearest){a, b, n};
		}
	return best;
}

static void say_one(const struct pair_rules *p, const struct nearest *n, enum attribute a)
{
	struct diagnosis *d = pair_rules_add(p, attributes[a].code);
	char offered[32], wanted[32];

	diagnose_set(d, "offered", "%s", word_of(n->theirs, a, offered, sizeof(offered)));
	diagnose_set(d, "word", "%s", word_of(n->theirs, a, offered, sizeof(offered)));
	diagnose_set(d, "wanted", "%s", word_of(n->ours, a, wanted, sizeof(wanted)));
	diagnose_set(d, "policy", "%u", n->ours->priority);
	config_rules_saw(d, "Policy %u there is the nearest.", n->theirs->priority);
	config_rules_command(d, "crypto isakmp policy %u / %s %s", n->ours->priority,
			     attributes[a].name, word_of(n->theirs, a, offered, sizeof(offered)));
}

static void say_several(const struct pair_rules *p, const struct nearest *n)
{
	struct diagnosis *d = pair_rules_add(p, DIAGNOSE_P1_POLICY);
	char list[DIAGNOSE_FIELD] = "", there[32], here[32];

	for (enum attribute a = 0; a < ATTRIBUTE_COUNT; a++) {
		size_t len = strlen(list);

		if (number_of(n->ours, a) != number_of(n->theirs, a))
			snprintf(list + len, sizeof(list) - len, "%s%s %s there and %s here",
				 len ? ", " : "", attributes[a].name,
				 word_of(n->theirs, a, there, sizeof(there)),
				 word_of(n->ours, a, here, sizeof(here)));
	}
	diagnose_set(d, "n", "%zu", count_usable(p->theirs.config));
	diagnose_set(d, "policy", "%u", n->ours->priority);
	diagnose_set(d, "attributes", "%s", list);
}

static void say_none(const struct pair_rules *p, size_t n)
{
	struct diagnosis *d = pair_rules_add(p, DIAGNOSE_P1_POLICY);

	diagnose_set(d, "n", "%zu", n);
	diagnose_set(d, "policy", "none");
	diagnose_set(d, "attributes", "there is no policy %s", n ? "here" : "there");
}

static struct nearest check_policies(const struct pair_rules *p)
{
	struct nearest n = find_nearest(p->ours.config, p->theirs.config);

	if (!n.ours)
		say_none(p, count_usable(p->theirs.config));
	else if (n.differences > 1)
		say_several(p, &n);
	for (enum attribute a = 0; n.differences == 1 && a < ATTRIBUTE_COUNT; a++)
		if (number_of(n.ours, a) != number_of(n.theirs, a))
			say_one(p, &n, a);
	return n;
}

/* The address by which an end calls the other. */
static struct addr called(const struct pair_end *end, const struct pair_end *other)
{
	if (!addr_is_none(&other->address) && pair_rules_names(end, other))
		return other->address;
	return end->entry->n_peers ? end->entry->peers[0] : other->address;
}

/* By the name that the other gives itself, when there is none for its address; NULL = none. */
static const char *key_of(const struct pair_end *end, const struct pair_end *other)
{
	const struct config *c = end->config, *o = other->config;
	struct addr address = called(end, other);
	const struct config_isakmp_peer *peer = config_model_isakmp_peer(c, &address);
	const struct config_isakmp_key *key = config_model_key(c, &address);

	if (peer && peer->password[0])
		return peer->password;
	if (!key && o->isakmp.identity == CONFIG_IDENTITY_HOSTNAME)
		key = config_model_host_key(c, o->hostname, strlen(o->hostname));
	return key ? key->key : NULL;
}

static void say_no_key(const struct pair_rules *p, bool there)
{
	const struct pair_end *end = there ? &p->theirs : &p->ours;
	struct addr address = called(end, there ? &p->ours : &p->theirs);
	struct diagnosis *d = pair_rules_add(p, DIAGNOSE_P1_NO_KEY);
	char text[ADDR_TEXT];

	diagnose_set(d, "peer", "%s", addr_print(&address, text, sizeof(text)));
	if (there)
		config_rules_saw(d, "At the other end: it has no key for us.");
}

static void check_keys(const struct pair_rules *p)
{
	const char *ours = key_of(&p->ours, &p->theirs);
	const char *theirs = key_of(&p->theirs, &p->ours);

	if (!ours)
		say_no_key(p, false);
	if (!theirs)
		say_no_key(p, true);
	if (ours && theirs && strcmp(ours, theirs) != 0)
		config_rules_saw(pair_rules_add(p, DIAGNOSE_P1_PSK), "They are not the same word.");
}

static void check_lifetimes(const struct pair_rules *p, const struct nearest *n)
{
	struct diagnosis *d;

	if (n->ours->lifetime_s == n->theirs->lifetime_s)
		return;
	d = pair_rules_add(p, DIAGNOSE_CFG_LIFETIME);
	diagnose_set(d, "what", "Phase 1");
	diagnose_set(d, "here", "%u s", n->ours->lifetime_s);
	diagnose_set(d, "there", "%u s", n->theirs->lifetime_s);
	config_rules_command(d, "crypto isakmp policy %u / lifetime %u", n->ours->priority,
			     n->theirs->lifetime_s);
}

static void say_refused(const struct pair_rules *p)
{
	struct diagnosis *d = pair_rules_add(p, DIAGNOSE_P1_AG_STUCK);

	diagnose_set(d, "n", "1");
	config_rules_saw(d, "We begin in aggressive mode, and it is disabled there.");
}

/* A password of one peer asks for aggressive mode. */
static void check_aggressive(const struct pair_rules *p)
{
	struct addr called_by_us = called(&p->ours, &p->theirs);
	struct addr called_by_them = called(&p->theirs, &p->ours);

	if (config_model_isakmp_peer(p->theirs.config, &called_by_them) &&
	    p->ours.config->isakmp.aggressive_disabled)
		config_rules_saw(pair_rules_add(p, DIAGNOSE_P1_AGGRESSIVE),
				 "crypto isakmp aggressive-mode disable.");
	else if (config_model_isakmp_peer(p->ours.config, &called_by_us) &&
		 p->theirs.config->isakmp.aggressive_disabled)
		say_refused(p);
}

void pair_rules_phase1(const struct pair_rules *p)
{
	struct nearest n = check_policies(p);
	bool agreed = n.ours && !n.differences;

	check_aggressive(p);
	if (!agreed || n.ours->auth == ALG_AUTH_PSK) {
		check_keys(p);
		pair_rules_identities(p);
	}
	if (agreed)
		check_lifetimes(p, &n);
}
