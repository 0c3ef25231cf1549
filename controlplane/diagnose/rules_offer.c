/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/diagnose_words.h"
#include "controlplane/diagnose/evidence_records.h"
#include "controlplane/diagnose/rules.h"
#include "controlplane/diagnose/rules_fill.h"
#include "controlplane/ike/ike_payload.h"
#include "lib/config/config_tunnel_group.h"

#include <stdio.h>
#include <string.h>

enum {
	TEXT = RULES_FILL_TEXT,
	WORD = 48,
	UNKNOWN_POLICY = 0,
	ENCRYPTION = 1 << IKE_REFUSAL_ENCRYPTION | 1 << IKE_REFUSAL_KEY_BITS,
};

static bool has_no_key(const struct evidence *, const struct ike_record *r)
{
	return r->reason == IKE_REASON_NO_KEY || r->reason == IKE_REASON_NO_PEER ||
	       r->phase1.key == IKE_RECORD_KEY_NONE;
}

static bool has_wrong_key(const struct evidence *, const struct ike_record *r)
{
	return r->reason == IKE_REASON_PSK_MISMATCH || r->hint == IKE_REASON_PSK_MISMATCH ||
	       r->phase1.undecodable || r->phase1.hash_wrong;
}

static bool has_no_or_wrong_key(const struct evidence *e, const struct ike_record *r)
{
	return has_no_key(e, r) || has_wrong_key(e, r);
}

static bool uses_tunnel_groups(const struct config *c)
{
	for (size_t i = 0; i < c->remote.n_tunnel_groups; i++)
		if (c->remote.tunnel_groups[i].type == CONFIG_TUNNEL_L2L)
			return true;
	return false;
}

/* An ASA has the group without a line of configuration, and then without a key. */
static bool default_group(const struct evidence *e, struct diagnosis *d)
{
	const struct config_tunnel_group *group;
	const struct ike_record *r = evidence_records_phase1(e, has_no_or_wrong_key);

	if (!e->config || !r || r->phase1.key == IKE_RECORD_KEY_GROUP ||
	    !uses_tunnel_groups(e->config))
		return false;
	group = config_tunnel_group_of_peer(&e->config->remote, &e->peer);
	if (group && strcmp(group->name, CONFIG_TUNNEL_GROUP_L2L) != 0)
		return false;
	rules_fill_peer(e, d);
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "%s; no tunnel group has the name of the peer",
		       has_no_key(e, r) ? "the peer has no key here"
					: "the key of the default group is not the peer's");
	return true;
}

/* Whose keys there are; never the keys. */
static void list_keys(const struct config *c, char *text, size_t size)
{
	char one[PREFIX_TEXT];
	size_t n = 0;

	snprintf(text, size, "%s", c->n_keys ? "there are keys for " : "there is no key at all");
	for (size_t i = 0; i < c->n_keys; i++) {
		const struct config_isakmp_key *k = &c->keys[i];

		if (strlen(text) + sizeof(k->hostname) + sizeof(" and more") > size) {
			snprintf(text + strlen(text), size - strlen(text), " and more");
			return;
		}
		snprintf(text + strlen(text), size - strlen(text), "%s%s", n++ ? ", " : "",
			 k->hostname[0] ? k->hostname
					: diagnose_words_network(&k->peer, one, sizeof(one)));
	}
}

/* Wanted, and IKE does not even begin: there is no record then. */
static bool lacks_key(const struct evidence *e)
{
	return e->wanted && e->entry && !e->entry->dynamic[0] && e->entry->n_peers &&
	       e->config->n_policies && !e->config->pki.n_trustpoints &&
	       !config_model_key(e->config, &e->peer) &&
	       !config_model_isakmp_peer(e->config, &e->peer) && !e->ike_up;
}

static bool no_key(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = evidence_records_phase1(e, has_no_key);
	char keys[2 * TEXT];

	if (!r && !(e->config && lacks_key(e)))
		return false;
	rules_fill_peer(e, d);
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "%s", r && !r->initiator ? "it began" : "we were to begin");
	if (e->config) {
		list_keys(e->config, keys, sizeof(keys));
		rules_fill_saw(d, "; %s", keys);
	}
	return true;
}

static bool aggressive_refused(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_note *note = rules_fill_recent(e, EVIDENCE_AGGRESSIVE);

	if (!note || evidence_records_up_ms(e) >= note->at_ms)
		return false;
	rules_fill_peer(e, d);
	d->sureness = DIAGNOSE_SURE;
	if (e->config && e->config->isakmp.aggressive_disabled)
		rules_fill_command(d, "no crypto isakmp aggressive-mode disable");
	rules_fill_saw(d, "message 1 of aggressive mode came %llu times and was refused",
		       (unsigned long long)note->n);
	return true;
}

static bool is_refused_by_us(const struct evidence *, const struct ike_record *r)
{
	return r->reason == IKE_REASON_NO_PROPOSAL_P1 || r->hint == IKE_REASON_NO_PROPOSAL_P1;
}

static void saw_offers(struct diagnosis *d, const struct ike_record *r)
{
	char offers[2 * TEXT];

	diagnose_words_offers(r, offers, sizeof(offers));
	if (offers[0])
		rules_fill_saw(d, "%s %s", r->initiator ? "we offered" : "it offered", offers);
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

static void command_in_policy(struct diagnosis *d, const struct ike_record *r, const char *line)
{
	if (r->nearest.wanted.policy)
		rules_fill_command(d, "crypto isakmp policy %u / %s",
				   (unsigned)r->nearest.wanted.policy, line);
	else
		rules_fill_command(d, "crypto isakmp policy <number> / %s", line);
}

static bool policy_hash(const struct evidence *e, struct diagnosis *d)
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
		command_in_policy(d, r, line);
	}
	return true;
}

static bool policy_encryption(const struct evidence *e, struct diagnosis *d)
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
	command_in_policy(d, r, line);
	return true;
}

static bool policy_auth(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = refused(e);
	const struct alg_auth_row *row;
	char line[WORD];

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
		command_in_policy(d, r, line);
	}
	return true;
}

static bool policy_group(const struct evidence *e, struct diagnosis *d)
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
		command_in_policy(d, r, line);
	}
	return true;
}

/* Everything else; with one of the rows above it would say the same twice. */
static bool policy(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = refused(e);
	char text[TEXT];

	if (!r || differs_in(r, 1 << IKE_REFUSAL_HASH) || differs_in(r, ENCRYPTION) ||
	    differs_in(r, 1 << IKE_REFUSAL_AUTH) || differs_in(r, 1 << IKE_REFUSAL_GROUP))
		return false;
	rules_fill_peer(e, d);
	diagnose_set(d, "n", "%u", (unsigned)r->n_offers);
	if (r->nearest.any && r->nearest.wanted.policy)
		diagnose_set(d, "policy", "policy %u", (unsigned)r->nearest.wanted.policy);
	else
		diagnose_set(d, "policy", r->nearest.any ? "a policy" : "none");
	diagnose_words_differences(r, text, sizeof(text));
	if (r->nearest.any)
		diagnose_set(d, "attributes", "%s", text[0] ? text : "its form");
	else
		diagnose_set(d, "attributes", "no policy fits the key or certificate of the peer");
	d->sureness = DIAGNOSE_SURE;
	saw_offers(d, r);
	return true;
}

static bool is_refused_by_peer(const struct evidence *, const struct ike_record *r)
{
	return r->reason == IKE_REASON_NO_PROPOSAL_P1_PEER ||
	       r->hint == IKE_REASON_NO_PROPOSAL_P1_PEER ||
	       (r->initiator && r->notify == IKE_NOTIFY_NO_PROPOSAL_CHOSEN &&
		r->phase1.messages_seen <= 2);
}

/* Not obeyed, since anybody can send it; but whoever says it is seldom somebody else. */
static bool rejected(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = evidence_records_phase1(e, is_refused_by_peer);

	if (!r)
		return false;
	rules_fill_peer(e, d);
	d->sureness = DIAGNOSE_LIKELY;
	saw_offers(d, r);
	rules_fill_saw(d, "%sso does a peer that has no entry for our address",
		       d->saw[0] ? "; " : "");
	return true;
}

static bool has_only_des_sha(const struct config *c)
{
	for (size_t i = 0; i < c->n_policies; i++)
		if (c->policies[i].cipher != ALG_CIPHER_DES || c->policies[i].hash != ALG_HASH_SHA1)
			return false;
	return c->n_policies > 0;
}

static bool client_des_sha(const struct evidence *e, struct diagnosis *d)
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
static bool algorithm_unavailable(const struct evidence *e, struct diagnosis *d)
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

static bool waits_for(const struct evidence *e, const struct ike_record *r, unsigned number)
{
	unsigned missing;

	return evidence_records_waits(e, r, &missing) && missing == number && !r->aggressive;
}

static bool waits_for_2(const struct evidence *e, const struct ike_record *r)
{
	return waits_for(e, r, 2) && !r->notify;
}

static bool waits_for_3(const struct evidence *e, const struct ike_record *r)
{
	return waits_for(e, r, 3);
}

static bool waits_for_4(const struct evidence *e, const struct ike_record *r)
{
	return waits_for(e, r, 4);
}

static void fill_wait(const struct evidence *e, const struct ike_record *r, struct diagnosis *d)
{
	char course[TEXT];

	rules_fill_peer(e, d);
	d->sureness = DIAGNOSE_LIKELY;
	rules_fill_saw(d, "%s", diagnose_words_course(e, r, course, sizeof(course)));
}

/* It is alive: it speaks, and does not answer this. */
static bool wait_2(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = evidence_records_phase1(e, waits_for_2);

	if (!r || !evidence_records_heard_since(e, r->started_ms))
		return false;
	fill_wait(e, r, d);
	diagnose_set(d, "n", "%u", (unsigned)r->messages[0].times);
	rules_fill_saw(d, "; IKE of its own came meanwhile");
	return true;
}

/* Strangers try and go away: of those it is no news. */
static bool wait_3(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = evidence_records_phase1(e, waits_for_3);

	if (!r || !e->map)
		return false;
	fill_wait(e, r, d);
	return true;
}

static bool wait_4(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = evidence_records_phase1(e, waits_for_4);
	char text[ADDR_TEXT];

	if (!r)
		return false;
	fill_wait(e, r, d);
	rules_fill_saw(d, "; it probably has no tunnel-group or key for our address %s",
		       addr_print(&r->path.local, text, sizeof(text)));
	return true;
}

static const struct rules_row rows[] = {
	{DIAGNOSE_P1_DEFAULT_GROUP, RULES_OFFER, .holds = default_group},
	{DIAGNOSE_P1_NO_KEY, RULES_OFFER, .holds = no_key},
	{DIAGNOSE_P1_AGGRESSIVE, RULES_OFFER, .holds = aggressive_refused},
	{DIAGNOSE_P1_POLICY_HASH, RULES_OFFER, .holds = policy_hash},
	{DIAGNOSE_P1_POLICY_ENC, RULES_OFFER, .holds = policy_encryption},
	{DIAGNOSE_P1_AUTH, RULES_OFFER, .holds = policy_auth},
	{DIAGNOSE_P1_GROUP, RULES_OFFER, .holds = policy_group},
	{DIAGNOSE_P1_POLICY, RULES_OFFER, .holds = policy},
	{DIAGNOSE_P1_REJECTED, RULES_OFFER, .holds = rejected},
	{DIAGNOSE_P1_CLIENT_DES_SHA, RULES_OFFER, .holds = client_des_sha},
	{DIAGNOSE_P1_ALG_UNAVAILABLE, RULES_OFFER, .holds = algorithm_unavailable},
	{DIAGNOSE_P1_WAIT_MSG2, RULES_OFFER, .holds = wait_2},
	{DIAGNOSE_P1_WAIT_MSG3, RULES_OFFER, .holds = wait_3},
	{DIAGNOSE_P1_WAIT_MSG4, RULES_OFFER, .holds = wait_4},
};

const struct rules_table rules_offer = {rows, array_len(rows)};
