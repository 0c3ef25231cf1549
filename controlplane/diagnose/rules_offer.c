/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/diagnose_words.h"
#include "controlplane/diagnose/evidence_records.h"
#include "controlplane/diagnose/rules.h"
#include "controlplane/diagnose/rules_fill.h"
#include "controlplane/diagnose/rules_offer_policy.h"
#include "controlplane/ike/ike_payload.h"
#include "lib/config/config_tunnel_group.h"

#include <stdio.h>
#include <string.h>

enum {
	TEXT = RULES_FILL_TEXT,
};

/* It was turned away for its mode: what it called itself was not looked for in earnest. */
static bool is_of_no_mode(const struct evidence *e, const struct ike_record *r)
{
	if (r->reason == IKE_REASON_AGGRESSIVE)
		return true;
	return r->aggressive && !r->initiator && e->config &&
	       config_model_key(e->config, &e->peer) && rules_fill_recent(e, EVIDENCE_AGGRESSIVE);
}

static bool has_no_key(const struct evidence *e, const struct ike_record *r)
{
	if (is_of_no_mode(e, r))
		return false;
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

static bool is_named(const struct config *c, const struct addr *peer)
{
	for (size_t i = 0; i < c->n_maps; i++)
		for (size_t k = 0; k < c->maps[i].n_entries; k++)
			for (size_t p = 0; p < c->maps[i].entries[k].n_peers; p++)
				if (addr_eq(&c->maps[i].entries[k].peers[p], peer))
					return true;
	return false;
}

/* One character more, less or another. */
static bool is_one_slip(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return (*a || *b) && ((*a && *b && !strcmp(a + 1, b + 1)) || (*a && !strcmp(a + 1, b)) ||
			      (*b && !strcmp(a, b + 1)));
}

/* A host with a key and without an entry, whose address is nearly the peer's; NONE = none. */
static struct addr host_without_entry(const struct config *c, const struct addr *peer)
{
	char text[ADDR_TEXT], other[ADDR_TEXT];

	addr_print(peer, text, sizeof(text));
	for (size_t i = 0; i < c->n_keys; i++) {
		const struct config_isakmp_key *k = &c->keys[i];

		if (!k->hostname[0] && prefix_is_host(&k->peer, &k->peer.addr) &&
		    !is_named(c, &k->peer.addr) &&
		    is_one_slip(text, addr_print(&k->peer.addr, other, sizeof(other))))
			return k->peer.addr;
	}
	return (struct addr){0};
}

/* Nobody has called: it may be the address in the entry that is wrong, and not the key. */
static void ask_for_address(const struct evidence *e, const struct ike_record *r,
			    struct diagnosis *d)
{
	char text[ADDR_TEXT], peer[ADDR_TEXT];
	struct addr host;

	if (!e->config || !e->map || !e->entry || (r && !r->initiator) || e->ike_received)
		return;
	host = host_without_entry(e->config, &e->peer);
	if (addr_is_none(&host))
		return;
	addr_print(&host, text, sizeof(text));
	rules_fill_either(d, DIAGNOSE_CFG_PEER,
			  "is the peer %s, which has a key and no entry, or %s, as crypto map %s "
			  "%u has it?",
			  text, addr_print(&e->peer, peer, sizeof(peer)), e->map->name,
			  (unsigned)e->entry->sequence);
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
	ask_for_address(e, r, d);
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
	char keys[2 * TEXT], name[TEXT];

	if (!r && !(e->config && lacks_key(e)))
		return false;
	rules_fill_peer(e, d);
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "%s", r && !r->initiator ? "it began" : "we were to begin");
	if (r && r->aggressive && !r->initiator && r->phase1.id_remote.type == IKE_ID_FQDN) {
		diagnose_words_id(&r->phase1.id_remote, name, sizeof(name));
		diagnose_set(d, "peer", "%s", name);
		/* whoever sent the name does not say what is typed */
		rules_fill_command(d, "crypto isakmp key <key> hostname <name>");
		rules_fill_saw(d, " aggressive mode, and calls itself %s", name);
	}
	ask_for_address(e, r, d);
	if (e->config) {
		list_keys(e->config, keys, sizeof(keys));
		rules_fill_saw(d, "; %s", keys);
	}
	return true;
}

static bool wants_aggressive(const struct evidence *, const struct ike_record *r)
{
	return r->reason == IKE_REASON_AGGRESSIVE;
}

static bool aggressive_refused(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_note *note = rules_fill_recent(e, EVIDENCE_AGGRESSIVE);
	const struct ike_record *r = evidence_records_phase1(e, wants_aggressive);

	if (note && (e->ike_up || evidence_records_up_ms(e) >= note->at_ms ||
		     evidence_records_further(e, note->at_ms)))
		note = NULL;
	if (!note && !r)
		return false;
	rules_fill_peer(e, d);
	d->sureness = DIAGNOSE_SURE;
	if (e->config && e->config->isakmp.aggressive_disabled)
		rules_fill_command(d, "no crypto isakmp aggressive-mode disable");
	rules_fill_saw(d, "message 1 of aggressive mode came and was refused");
	if (r && r->phase1.id_remote.type)
		rules_fill_saw(d, ", of %s", r->phase1.id_remote.text);
	return true;
}

/* Strangers try everything: of those it is no news. */
static bool other_version(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_note *note = rules_fill_recent(e, EVIDENCE_IKEV2);

	if (!note || !e->map || e->ike_up || evidence_records_up_ms(e) >= note->at_ms ||
	    evidence_records_further(e, note->at_ms))
		return false;
	rules_fill_peer(e, d);
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "%llu messages of IKE version 2 came", (unsigned long long)note->n);
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
	{DIAGNOSE_P1_IKEV2, RULES_OFFER, .holds = other_version},
	{DIAGNOSE_P1_POLICY_HASH, RULES_OFFER, .holds = rules_offer_policy_hash},
	{DIAGNOSE_P1_POLICY_ENC, RULES_OFFER, .holds = rules_offer_policy_encryption},
	{DIAGNOSE_P1_AUTH, RULES_OFFER, .holds = rules_offer_policy_authentication},
	{DIAGNOSE_P1_GROUP, RULES_OFFER, .holds = rules_offer_policy_group},
	{DIAGNOSE_P1_POLICY, RULES_OFFER, .holds = rules_offer_policy_any},
	{DIAGNOSE_P1_REJECTED, RULES_OFFER, .holds = rules_offer_policy_rejected},
	{DIAGNOSE_P1_CLIENT_DES_SHA, RULES_OFFER, .holds = rules_offer_policy_client},
	{DIAGNOSE_P1_ALG_UNAVAILABLE, RULES_OFFER, .holds = rules_offer_policy_unavailable},
	{DIAGNOSE_P1_WAIT_MSG2, RULES_OFFER, .holds = wait_2},
	{DIAGNOSE_P1_WAIT_MSG3, RULES_OFFER, .holds = wait_3},
	{DIAGNOSE_P1_WAIT_MSG4, RULES_OFFER, .holds = wait_4},
};

const struct rules_table rules_offer = {rows, array_len(rows)};
