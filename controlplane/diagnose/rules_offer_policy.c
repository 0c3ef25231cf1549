/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/rules_offer_policy.h"

#include "controlplane/diagnose/diagnose_words.h"
#include "controlplane/diagnose/evidence_records.h"
#include "controlplane/diagnose/rules_fill.h"
#include "controlplane/ike/ike_names.h"
#include "controlplane/ike/ike_payload.h"

#include <stdio.h>
#include <string.h>

enum {
	TEXT = RULES_FILL_TEXT,
	WORD = 48,
	POLICY_STEP = 10,
	POLICY_LAST = 65535,
	ENCRYPTION = 1 << IKE_REFUSAL_ENCRYPTION | 1 << IKE_REFUSAL_KEY_BITS,
};

static bool is_refused_by_us(const struct evidence *, const struct ike_record *r)
{
	return r->reason == IKE_REASON_NO_PROPOSAL_P1 || r->hint == IKE_REASON_NO_PROPOSAL_P1;
}

static void saw_offers(struct diagnosis *d, const struct ike_record *r)
{
	char offers[2 * TEXT];

	diagnose_words_offers(r, offers, sizeof(offers));
	rules_fill_saw(d, "%s %s", r->initiator ? "we offered" : "it offered",
		       offers[0] ? offers : "nothing that is kept");
}

static const struct ike_record *refused(const struct evidence *e)
{
	return evidence_records_phase1(e, is_refused_by_us);
}

/* One attribute alone stands between the two: it has a sentence of its own. */
static bool differs_in(const struct ike_record *r, unsigned bits)
{
	return r && r->nearest.any && r->nearest.differs & bits && !(r->nearest.differs & ~bits);
}

static void fill_attribute(const struct evidence *e, const struct ike_record *r,
			   enum ike_refusal attribute, struct diagnosis *d)
{
	char text[TEXT];
	uint16_t policy = r->nearest.wanted.policy;

	rules_fill_peer(e, d);
	diagnose_set(
		d, "offered", "%s",
		ike_record_value_print(&r->nearest.offered, attribute, IKE_PHASE_1, text, TEXT));
	diagnose_set(
		d, "wanted", "%s",
		ike_record_value_print(&r->nearest.wanted, attribute, IKE_PHASE_1, text, TEXT));
	if (policy)
		diagnose_set(d, "policy", "%u", (unsigned)policy);
	else
		diagnose_set(d, "policy", "<number>");
	d->sureness = DIAGNOSE_SURE;
	saw_offers(d, r);
}

/* Others live by the policies that there are. */
static bool has_other_peers(const struct evidence *e)
{
	const struct config *c = e->config;

	for (size_t i = 0; c && i < c->n_maps; i++)
		for (size_t k = 0; k < c->maps[i].n_entries; k++) {
			const struct config_map_entry *entry = &c->maps[i].entries[k];

			if (entry->dynamic[0] ||
			    (entry->n_peers && !addr_eq(&entry->peers[0], &e->peer)))
				return true;
		}
	return false;
}

/* A policy of its own, behind all others, as the peer offers it. False: it has no words here. */
static bool command_for_it(const struct evidence *e, const struct ike_record *r,
			   struct diagnosis *d)
{
	const struct ike_record_terms *t = &r->nearest.offered;
	enum alg_cipher cipher = alg_cipher_of_ike(t->encryption, t->key_bits);
	enum alg_hash hash = alg_hash_of_ike(t->hash);
	const struct alg_auth_row *auth = alg_auth_row(t->auth);
	const struct alg_cipher_row *row;
	unsigned number = 0;
	char bits[WORD] = "";

	if (cipher == ALG_CIPHER_COUNT || hash == ALG_HASH_COUNT || !auth ||
	    !alg_group_row(t->group) || !alg_hash_row(hash)->ike_keyword)
		return false;
	row = alg_cipher_row(cipher);
	for (size_t i = 0; i < e->config->n_policies; i++)
		if (e->config->policies[i].priority > number)
			number = e->config->policies[i].priority;
	if (!row->ike_keyword || number + POLICY_STEP > POLICY_LAST)
		return false;
	if (row->cli_bits)
		snprintf(bits, sizeof(bits), " %u", (unsigned)row->cli_bits);
	rules_fill_command(d,
			   "crypto isakmp policy %u / encryption %s%s / hash %s / "
			   "authentication %s / group %u",
			   number + POLICY_STEP, row->ike_keyword, bits,
			   alg_hash_row(hash)->ike_keyword, auth->name, (unsigned)t->group);
	return true;
}

static void command_in_policy(const struct evidence *e, struct diagnosis *d,
			      const struct ike_record *r, const char *line)
{
	if (has_other_peers(e) && command_for_it(e, r, d))
		return;
	if (r->nearest.wanted.policy)
		rules_fill_command(d, "crypto isakmp policy %u / %s",
				   (unsigned)r->nearest.wanted.policy, line);
	else
		rules_fill_command(d, "crypto isakmp policy <number> / %s", line);
}

bool rules_offer_policy_hash(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = refused(e);
	char line[WORD];
	enum alg_hash hash;

	if (!differs_in(r, 1 << IKE_REFUSAL_HASH))
		return false;
	fill_attribute(e, r, IKE_REFUSAL_HASH, d);
	hash = alg_hash_of_ike(r->nearest.offered.hash);
	if (hash == ALG_HASH_COUNT || !alg_hash_row(hash)->ike_keyword)
		rules_fill_command(d, "show crypto isakmp policy");
	else {
		snprintf(line, sizeof(line), "hash %s", alg_hash_row(hash)->ike_keyword);
		command_in_policy(e, d, r, line);
	}
	return true;
}

bool rules_offer_policy_encryption(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = refused(e);
	const struct alg_cipher_row *row;
	enum alg_cipher cipher;
	char line[WORD];

	if (!differs_in(r, ENCRYPTION))
		return false;
	fill_attribute(e, r, IKE_REFUSAL_ENCRYPTION, d);
	cipher = alg_cipher_of_ike(r->nearest.offered.encryption, r->nearest.offered.key_bits);
	row = cipher == ALG_CIPHER_COUNT ? NULL : alg_cipher_row(cipher);
	if (!row || !row->ike_keyword) {
		rules_fill_command(d, "show crypto isakmp policy");
		return true;
	}
	snprintf(line, sizeof(line), "encryption %s", row->ike_keyword);
	if (row->cli_bits)
		snprintf(line + strlen(line), sizeof(line) - strlen(line), " %u",
			 (unsigned)row->cli_bits);
	command_in_policy(e, d, r, line);
	return true;
}

/* In all but how they prove themselves. */
static bool is_same(const struct config_isakmp_policy *p, const struct ike_record_terms *t)
{
	const struct alg_cipher_row *cipher = alg_cipher_row(p->cipher);

	return cipher->ike_id == t->encryption && cipher->wire_bits == t->key_bits &&
	       alg_hash_row(p->hash)->ike_id == t->hash && p->group == t->group;
}

/* A policy that was not looked at, since there is no certificate for it, and else is the same. */
static const struct config_isakmp_policy *unusable(const struct evidence *e,
						   const struct ike_record *r)
{
	if (!r || r->nearest.any || r->initiator || !e->config || e->config->pki.n_trustpoints)
		return NULL;
	for (size_t i = 0; i < e->config->n_policies; i++)
		for (size_t k = 0; k < r->n_offers_kept; k++)
			if (is_same(&e->config->policies[i], &r->offers[k]) &&
			    e->config->policies[i].auth != r->offers[k].auth &&
			    r->offers[k].auth == ALG_AUTH_PSK)
				return &e->config->policies[i];
	return NULL;
}

static bool no_certificate(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = refused(e);
	const struct config_isakmp_policy *policy = unusable(e, r);

	if (!policy)
		return false;
	rules_fill_peer(e, d);
	diagnose_set(d, "offered", "pre-share");
	diagnose_set(d, "wanted", "%s", alg_auth_row(policy->auth)->name);
	diagnose_set(d, "policy", "%u", (unsigned)policy->priority);
	rules_fill_command(d, "crypto isakmp policy %u / authentication pre-share",
			   (unsigned)policy->priority);
	d->sureness = DIAGNOSE_SURE;
	saw_offers(d, r);
	rules_fill_saw(d, "; there is no trustpoint here, so the policy cannot be used");
	return true;
}

bool rules_offer_policy_authentication(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = refused(e);
	const struct alg_auth_row *row;
	char line[WORD];

	if (no_certificate(e, d))
		return true;
	if (!differs_in(r, 1 << IKE_REFUSAL_AUTH))
		return false;
	fill_attribute(e, r, IKE_REFUSAL_AUTH, d);
	row = alg_auth_row(r->nearest.offered.auth);
	if (!row) {
		rules_fill_command(d, "show crypto isakmp policy");
	} else if (row->logs_in && e->map) {
		rules_fill_command(d, "crypto map %s client authentication list <list>",
				   e->map->name);
	} else {
		snprintf(line, sizeof(line), "authentication %s", row->name);
		command_in_policy(e, d, r, line);
	}
	return true;
}

bool rules_offer_policy_group(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = refused(e);
	char line[WORD];

	if (!differs_in(r, 1 << IKE_REFUSAL_GROUP))
		return false;
	fill_attribute(e, r, IKE_REFUSAL_GROUP, d);
	if (!alg_group_row(r->nearest.offered.group)) {
		rules_fill_command(d, "show crypto isakmp policy");
	} else {
		snprintf(line, sizeof(line), "group %u", (unsigned)r->nearest.offered.group);
		command_in_policy(e, d, r, line);
	}
	return true;
}

/* A policy that would do: it was left out, for no certificate of ours could be shown with it. */
static const struct config_isakmp_policy *wants_certificate(const struct evidence *e,
							    const struct ike_record *r)
{
	if (r->nearest.any || r->initiator || r->aggressive || !e->config ||
	    config_model_isakmp_peer(e->config, &e->peer))
		return NULL;
	for (size_t i = 0; i < e->config->n_policies; i++)
		for (size_t k = 0; k < r->n_offers_kept; k++)
			if (is_same(&e->config->policies[i], &r->offers[k]) &&
			    e->config->policies[i].auth == r->offers[k].auth &&
			    r->offers[k].auth != ALG_AUTH_PSK)
				return &e->config->policies[i];
	return NULL;
}

static void say_left_out(const struct evidence *e, const struct config_isakmp_policy *policy,
			 struct diagnosis *d)
{
	diagnose_set(d, "policy", "policy %u", (unsigned)policy->priority);
	diagnose_set(d, "attributes", "it fits, and there is no certificate of ours for %s",
		     alg_auth_row(policy->auth)->name);
	rules_fill_command(d, e->config->pki.n_trustpoints ? "show crypto pki certificates"
							   : "crypto pki trustpoint <name>");
}

/* Everything else; with one of the rows above it would say the same twice. */
bool rules_offer_policy_any(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = refused(e);
	const struct config_isakmp_policy *left_out;
	char text[TEXT];

	if (!r || unusable(e, r) || differs_in(r, 1 << IKE_REFUSAL_HASH) ||
	    differs_in(r, ENCRYPTION) || differs_in(r, 1 << IKE_REFUSAL_AUTH) ||
	    differs_in(r, 1 << IKE_REFUSAL_GROUP))
		return false;
	rules_fill_peer(e, d);
	diagnose_set(d, "n", "%u", (unsigned)r->n_offers);
	if (r->nearest.any && r->nearest.wanted.policy)
		diagnose_set(d, "policy", "policy %u", (unsigned)r->nearest.wanted.policy);
	else
		diagnose_set(d, "policy", r->nearest.any ? "a policy" : "none");
	diagnose_words_differences(r, text, sizeof(text));
	left_out = wants_certificate(e, r);
	if (r->nearest.any)
		diagnose_set(d, "attributes", "%s", text[0] ? text : "its form");
	else if (left_out)
		say_left_out(e, left_out, d);
	else
		diagnose_set(d, "attributes", "no policy fits the key or certificate of the peer");
	d->sureness = DIAGNOSE_SURE;
	saw_offers(d, r);
	return true;
}

static bool is_refused_by_peer(const struct evidence *, const struct ike_record *r)
{
	unsigned first = r->aggressive ? 1 : 2; /* no key has been used by then */

	return r->reason == IKE_REASON_NO_PROPOSAL_P1_PEER ||
	       r->hint == IKE_REASON_NO_PROPOSAL_P1_PEER ||
	       (r->initiator && r->notify && !r->notify_proven && r->phase1.messages_seen <= first);
}

/* Not obeyed, since anybody can send it; but whoever says it is seldom somebody else. */
bool rules_offer_policy_rejected(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = evidence_records_phase1(e, is_refused_by_peer);
	uint16_t notify;
	char name[TEXT];

	if (!r)
		return false;
	notify = r->notify ? r->notify : IKE_NOTIFY_NO_PROPOSAL_CHOSEN;
	rules_fill_peer(e, d);
	diagnose_set(d, "notify", "%s", ike_names_notify(notify, name, sizeof(name)));
	d->sureness = DIAGNOSE_LIKELY;
	saw_offers(d, r);
	rules_fill_saw(d, "; so answers a peer that has no entry for our address, too");
	return true;
}

static bool has_only_des_sha(const struct config *c)
{
	for (size_t i = 0; i < c->n_policies; i++)
		if (c->policies[i].cipher != ALG_CIPHER_DES || c->policies[i].hash != ALG_HASH_SHA1)
			return false;
	return c->n_policies > 0;
}

bool rules_offer_policy_client(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = refused(e);

	if (!r || !r->phase1.unity || !e->config || !has_only_des_sha(e->config))
		return false;
	diagnose_set(d, "policy", "%u", (unsigned)e->config->policies[0].priority);
	d->sureness = DIAGNOSE_LIKELY;
	rules_fill_command(d, "crypto isakmp policy %u / hash md5",
			   (unsigned)e->config->policies[0].priority);
	rules_fill_saw(d, "it calls itself a Unity client, and all policies have DES and SHA");
	return true;
}

static const char *unavailable(const struct ike_record_terms *t)
{
	if (t->encryption && alg_cipher_of_ike(t->encryption, t->key_bits) == ALG_CIPHER_COUNT)
		return "encryption";
	if (t->hash && alg_hash_of_ike(t->hash) == ALG_HASH_COUNT)
		return "hash";
	if (t->group && !alg_group_row(t->group))
		return "group";
	return NULL;
}

/* What the peer offers is not known here at all, in each of its transforms. */
bool rules_offer_policy_unavailable(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = refused(e);
	char offers[TEXT];

	if (!r || r->initiator || !r->n_offers_kept || r->n_offers_kept < r->n_offers)
		return false;
	for (size_t i = 0; i < r->n_offers_kept; i++)
		if (!unavailable(&r->offers[i]))
			return false;
	diagnose_words_offers(r, offers, sizeof(offers));
	diagnose_set(d, "alg", "%s (%s)", offers, unavailable(&r->offers[0]));
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "every transform of the peer has an algorithm that is unknown here");
	return true;
}
