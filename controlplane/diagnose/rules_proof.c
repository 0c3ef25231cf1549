/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/diagnose_words.h"
#include "controlplane/diagnose/evidence_records.h"
#include "controlplane/diagnose/rules.h"
#include "controlplane/diagnose/rules_fill.h"
#include "controlplane/diagnose/rules_proof_am3.h"
#include "controlplane/diagnose/rules_proof_natt.h"
#include "controlplane/ike/ike_names.h"
#include "controlplane/ike/ike_payload.h"
#include "lib/net/ip.h"

#include <stdio.h>
#include <string.h>

enum {
	TEXT = RULES_FILL_TEXT,
};

static bool has_psk(const struct ike_record *r)
{
	const struct alg_auth_row *auth = alg_auth_row(r->chosen.auth);

	return !auth || auth->psk;
}

/* Of a client: the key is its group's, and so is the diagnosis (rules_login.c). */
static bool is_of_group(const struct ike_record *r)
{
	return r->phase1.key == IKE_RECORD_KEY_GROUP || r->phase1.key == IKE_RECORD_KEY_DECOY;
}

/* What the one who sees the fault can do about it. */
static const struct {
	enum ike_reason reason;
	const char *command;
} remedies[] = {
	{IKE_REASON_NO_CERT, "crypto pki import <trustpoint> pem"},
	{IKE_REASON_CERT_MISSING, "show crypto pki certificates (on {peer})"},
	{IKE_REASON_CERT_MALFORMED, "debug crypto isakmp"},
	{IKE_REASON_CERT_KEY, "show crypto pki certificates (on {peer})"},
	{IKE_REASON_CERT_UNKNOWN_CA, "crypto pki authenticate <trustpoint>"},
	{IKE_REASON_CERT_NOT_YET, "show clock"},
	{IKE_REASON_CERT_EXPIRED, "show clock"},
	{IKE_REASON_CERT_REVOKED, "show crypto pki trustpoints"},
	{IKE_REASON_CERT_NO_CRL, "crypto pki crl request"},
	{IKE_REASON_CERT_CRL_EXPIRED, "crypto pki crl request"},
	{IKE_REASON_CERT_CA, "show crypto pki certificates"},
	{IKE_REASON_CERT_USAGE, "show crypto pki certificates (on {peer})"},
	{IKE_REASON_CERT_FORGED, "crypto pki authenticate <trustpoint>"},
	{IKE_REASON_SIGNATURE, "show crypto pki certificates (on {peer})"},
	{IKE_REASON_CERT_ID, "crypto isakmp identity dn (on {peer})"},
	{IKE_REASON_CERT_PEER, "crypto isakmp profile <name> / match certificate <map>"},
	{IKE_REASON_CERT_KEYED, "crypto isakmp profile <name> / match certificate <map>"},
};

static enum ike_reason cause_of(const struct ike_record *r)
{
	return r->reason && r->reason != IKE_REASON_NO_ANSWER ? r->reason : r->hint;
}

static const char *remedy_of(const struct ike_record *r)
{
	for (size_t i = 0; i < array_len(remedies); i++)
		if (remedies[i].reason == cause_of(r))
			return remedies[i].command;
	return NULL;
}

/* One that was not even begun for want of ours is CFG-ACQUIRE. */
static bool has_bad_cert(const struct evidence *, const struct ike_record *r)
{
	return remedy_of(r) != NULL && (cause_of(r) != IKE_REASON_NO_CERT || r->messages[0].times);
}

static bool certificate(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = evidence_records_phase1(e, has_bad_cert);
	char id[IKE_RECORD_TEXT];

	if (!r)
		return false;
	rules_fill_peer(e, d);
	diagnose_set(d, "why", "%s", ike_reason_text(cause_of(r)));
	rules_fill_command(d, "%s", remedy_of(r));
	d->sureness = DIAGNOSE_SURE;
	if (r->phase1.id_remote.type)
		rules_fill_saw(d, "it says it is %s; ",
			       diagnose_words_id(&r->phase1.id_remote, id, sizeof(id)));
	rules_fill_saw(d, "%s", ike_reason_text(cause_of(r)));
	return true;
}

static const char *type_word(uint8_t type)
{
	switch (type) {
	case IKE_ID_IPV4:
	case IKE_ID_IPV6: return "address";
	case IKE_ID_FQDN: return "fqdn";
	case IKE_ID_USER_FQDN: return "user-fqdn";
	case IKE_ID_DER_DN: return "dn";
	case IKE_ID_KEY_ID: return "key-id";
	default: return "type";
	}
}

/* As `crypto isakmp identity` has it. */
static const char *kind_word(uint8_t type)
{
	switch (type) {
	case IKE_ID_FQDN: return "hostname";
	case IKE_ID_DER_DN: return "dn";
	case IKE_ID_KEY_ID: return "key-id <name>";
	default: return "address";
	}
}

static bool has_other_id(const struct evidence *, const struct ike_record *r)
{
	enum ike_reason cause = cause_of(r);

	return cause == IKE_REASON_ID_MISMATCH || cause == IKE_REASON_PROFILE;
}

/* Whoever sent a name does not say what is typed; an address it came from is no name. */
static const char *match_words(const struct ike_record_id *id, const char *peer, char *buf,
			       size_t size)
{
	switch (id->type) {
	case IKE_ID_IPV4: snprintf(buf, size, "address %s 255.255.255.255", peer); break;
	case IKE_ID_USER_FQDN: snprintf(buf, size, "user <name>"); break;
	default: snprintf(buf, size, "host <name>");
	}
	return buf;
}

static bool peer_id(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = evidence_records_phase1(e, has_other_id);
	const struct ike_record_id *id, *expected;
	char peer[ADDR_TEXT], text[IKE_RECORD_TEXT];

	if (!r)
		return false;
	id = &r->phase1.id_remote;
	expected = &r->phase1.id_expected;
	addr_print(&e->peer, peer, sizeof(peer));
	rules_fill_peer(e, d);
	diagnose_set(d, "type", "%s", type_word(id->type));
	diagnose_set(d, "value", "%s", diagnose_words_id(id, text, sizeof(text)));
	if (cause_of(r) == IKE_REASON_PROFILE)
		diagnose_set(d, "expected", "one that %s%s matches",
			     e->entry && e->entry->profile[0] ? "isakmp profile " : "the profile",
			     e->entry ? e->entry->profile : "");
	else if (expected->type)
		diagnose_set(d, "expected", "%s:%s", type_word(expected->type),
			     diagnose_words_id(expected, text, sizeof(text)));
	else
		diagnose_set(d, "expected", "address:%s", peer);
	diagnose_set(d, "kind", "%s", kind_word(expected->type));
	if (cause_of(r) == IKE_REASON_PROFILE && e->entry && e->entry->profile[0])
		rules_fill_command(d, "crypto isakmp profile %s / match identity %s",
				   e->entry->profile, match_words(id, peer, text, sizeof(text)));
	else
		rules_fill_command(d, "crypto isakmp identity %s (on %s)",
				   kind_word(expected->type), peer);
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "the key or signature is right; it says it is %s",
		       diagnose_words_id(id, text, sizeof(text)));
	return true;
}

/* The peer has read who we are, and says that it is not whom it expects. */
static bool refuses_our_id(const struct evidence *, const struct ike_record *r)
{
	return r->initiator && r->phase1.messages_seen >= 3 &&
	       r->notify == IKE_NOTIFY_INVALID_ID_INFORMATION;
}

/* Our address is refused, and nobody could have seen a NAT that changes it. */
static bool may_hide_nat(const struct ike_record *r)
{
	return !(r->phase1.natt_local && r->phase1.natt_remote) &&
	       (r->phase1.id_local.type == IKE_ID_IPV4 || r->phase1.id_local.type == IKE_ID_IPV6);
}

static bool our_id(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = evidence_records_phase1(e, refuses_our_id);
	const struct ike_record_id *id;
	char peer[ADDR_TEXT], text[IKE_RECORD_TEXT];

	if (!r)
		return false;
	id = &r->phase1.id_local;
	addr_print(&e->peer, peer, sizeof(peer));
	diagnose_set(d, "peer", "This end");
	diagnose_set(d, "type", "%s", type_word(id->type));
	diagnose_set(d, "value", "%s", diagnose_words_id(id, text, sizeof(text)));
	diagnose_set(d, "expected", "another by %s", peer);
	rules_fill_command(d, "crypto isakmp identity %s",
			   id->type == IKE_ID_IPV4 || id->type == IKE_ID_IPV6 ? "hostname"
									      : "address");
	d->sureness = r->notify_proven ? DIAGNOSE_SURE : DIAGNOSE_LIKELY;
	if (may_hide_nat(r))
		rules_fill_either(d, DIAGNOSE_NATT_NEEDED,
				  "crypto isakmp nat-traversal 20 (here and on the peer)");
	rules_fill_saw(d, "%s answers our identity with INVALID_ID_INFORMATION", peer);
	return true;
}

static bool identity(const struct evidence *e, struct diagnosis *d)
{
	return peer_id(e, d) || our_id(e, d);
}

static bool is_notify_of_key(uint16_t notify)
{
	return notify == IKE_NOTIFY_AUTHENTICATION_FAILED ||
	       notify == IKE_NOTIFY_PAYLOAD_MALFORMED ||
	       notify == IKE_NOTIFY_INVALID_HASH_INFORMATION;
}

static bool has_other_key(const struct evidence *, const struct ike_record *r)
{
	if (is_of_group(r) || !has_psk(r) || remedy_of(r))
		return false;
	return r->phase1.undecodable || r->phase1.hash_wrong ||
	       cause_of(r) == IKE_REASON_PSK_MISMATCH ||
	       (r->initiator && r->phase1.messages_seen >= 3 && is_notify_of_key(r->notify));
}

/* Whether the last proof, ours, is what was not answered. */
static bool waits_for_6(const struct evidence *e, const struct ike_record *r)
{
	unsigned missing;

	return evidence_records_waits(e, r, &missing) && missing == 6;
}

static bool is_unproven(const struct evidence *e, const struct ike_record *r)
{
	return has_other_key(e, r) || (waits_for_6(e, r) && has_psk(r) && !r->notify);
}

static void saw_key(const struct evidence *e, const struct ike_record *r, struct diagnosis *d)
{
	char course[TEXT], name[IKE_NAME_TEXT];
	unsigned last = r->aggressive ? r->initiator ? 2 : 3 : r->initiator ? 6 : 5;
	char message[8];

	diagnose_words_message(r, last, message, sizeof(message));
	if (r->phase1.undecodable) {
		rules_fill_saw(d, "%s decrypts to nonsense", message);
		if (r->phase1.bad_payload)
			rules_fill_saw(
				d, " (at payload %s)",
				ike_names_payload(r->phase1.bad_payload, name, sizeof(name)));
	} else if (r->phase1.hash_wrong) {
		rules_fill_saw(d, "the hash in %s is wrong", message);
	} else if (r->notify) {
		rules_fill_saw(d, "it answered our proof with %s",
			       ike_names_notify(r->notify, name, sizeof(name)));
	} else {
		rules_fill_saw(d, "%s", diagnose_words_course(e, r, course, sizeof(course)));
	}
	rules_fill_saw(d, "; policy and Diffie-Hellman agreed before");
}

/* A key found by an address that is not the one the configuration means. */
static bool comes_from_elsewhere(const struct evidence *e)
{
	return e->map && e->seen.family && !addr_eq(&e->seen, &e->peer);
}

static bool key_or_address(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = evidence_records_phase1(e, is_unproven);
	char text[ADDR_TEXT];

	if (!r || !comes_from_elsewhere(e))
		return false;
	rules_fill_peer(e, d);
	diagnose_set(d, "src", "%s", addr_print(&e->seen, text, sizeof(text)));
	rules_fill_either(d, DIAGNOSE_P1_PSK, "show crypto isakmp sa (on the peer: its address)");
	saw_key(e, r, d);
	return true;
}

/* Every message before came through: what is lost now would be lost by its port or its size. */
static void decide_lost(const struct evidence *e, const struct ike_record *r, struct diagnosis *d)
{
	char text[ADDR_TEXT];

	addr_print(&e->peer, text, sizeof(text));
	if (r->path.remote_port == IP_PORT_NATT)
		rules_fill_either(d, DIAGNOSE_P1_WAIT_MSG6,
				  "test crypto path %s (does UDP 4500 pass?)", text);
	else
		rules_fill_either(d, DIAGNOSE_P1_WAIT_MSG6,
				  "debug crypto isakmp (on %s: can it read MM5?)", text);
}

static bool key(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = evidence_records_phase1(e, is_unproven);

	if (!r || comes_from_elsewhere(e))
		return false;
	rules_fill_peer(e, d);
	saw_key(e, r, d);
	if (has_other_key(e, r))
		d->sureness = DIAGNOSE_LIKELY;
	else
		decide_lost(e, r, d);
	return true;
}

static bool waits_for_5(const struct evidence *e, const struct ike_record *r)
{
	unsigned missing;

	return evidence_records_waits(e, r, &missing) && missing == 5;
}

static bool waits_for_am3(const struct evidence *e, const struct ike_record *r)
{
	unsigned missing;

	return r->aggressive && !r->initiator && !is_of_group(r) &&
	       evidence_records_waits(e, r, &missing) && missing == 3 &&
	       !is_notify_of_key(r->notify);
}

/* Of a client: its hash was wrong, or ours was for it, and then it says nothing more. */
static bool is_wrong_group(const struct evidence *e, const struct ike_record *r)
{
	unsigned missing;

	return r->aggressive && !r->initiator && is_of_group(r) &&
	       (r->phase1.hash_wrong || r->phase1.undecodable || is_notify_of_key(r->notify) ||
		(evidence_records_waits(e, r, &missing) && missing == 3));
}

static void fill_course(const struct evidence *e, const struct ike_record *r, struct diagnosis *d)
{
	char course[TEXT];

	rules_fill_peer(e, d);
	rules_fill_saw(d, "%s", diagnose_words_course(e, r, course, sizeof(course)));
}

static bool wait_5(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = evidence_records_phase1(e, waits_for_5);

	if (!r)
		return false;
	fill_course(e, r, d);
	d->sureness = DIAGNOSE_LIKELY;
	return true;
}

/* With certificates nothing is encrypted under a key that could differ. */
static bool wait_6(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = evidence_records_phase1(e, waits_for_6);

	if (!r || has_psk(r))
		return false;
	fill_course(e, r, d);
	diagnose_set(d, "n", "%u", (unsigned)r->messages[4].times);
	d->sureness = DIAGNOSE_LIKELY;
	return true;
}

/* Message 3 is what the initiator does not send when our hash is wrong for it. */
static bool am3_missing(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = evidence_records_phase1(e, waits_for_am3);
	char text[ADDR_TEXT];

	if (!r)
		return false;
	fill_course(e, r, d);
	diagnose_set(d, "n", "3");
	rules_fill_either(d, DIAGNOSE_P1_PSK, "debug crypto isakmp (on %s: does it take our hash?)",
			  addr_print(&e->peer, text, sizeof(text)));
	return true;
}

static bool aggressive_stuck(const struct evidence *e, struct diagnosis *d)
{
	return am3_missing(e, d) || rules_proof_am3_unanswered(e, d);
}

/* Lost on the way would look the same, while message 2 is all that was ever answered with. */
static bool group_key(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = evidence_records_phase1(e, is_wrong_group);
	char group[TEXT], text[ADDR_TEXT];

	if (!r)
		return false;
	fill_course(e, r, d);
	diagnose_words_id(&r->phase1.id_remote, group, TEXT);
	if (!group[0])
		snprintf(group, sizeof(group), "<group>");
	diagnose_set(d, "group", "%s", group);
	/* whoever sent the name does not say what is typed */
	if (!e->config || !config_remote_group(&e->config->remote, group))
		rules_fill_command(d,
				   "crypto isakmp client configuration group <group> / key <key>");
	if (r->phase1.key == IKE_RECORD_KEY_DECOY) {
		d->sureness = DIAGNOSE_SURE;
		rules_fill_saw(d, "%sthere is no group %s", d->saw[0] ? "; " : "", group);
	} else if (r->phase1.hash_wrong || r->phase1.undecodable || is_notify_of_key(r->notify)) {
		d->sureness = DIAGNOSE_LIKELY;
		rules_fill_saw(d, "%sits hash does not hold, or ours not for it",
			       d->saw[0] ? "; " : "");
	} else {
		rules_fill_either(d, DIAGNOSE_P1_AG_STUCK,
				  "debug crypto isakmp (on %s: does it take our hash?)",
				  addr_print(&e->peer, text, sizeof(text)));
	}
	return true;
}

static const struct rules_row rows[] = {
	{DIAGNOSE_NATT_NEEDED, RULES_PROOF, .holds = rules_proof_natt_needed},
	{DIAGNOSE_P1_CERT, RULES_PROOF, .holds = certificate},
	{DIAGNOSE_P1_ID, RULES_PROOF, .holds = identity},
	{DIAGNOSE_P1_PSK_OR_ADDR, RULES_PROOF, .holds = key_or_address},
	{DIAGNOSE_P1_PSK, RULES_PROOF, .holds = key},
	{DIAGNOSE_P1_WAIT_MSG5, RULES_PROOF, .holds = wait_5},
	{DIAGNOSE_P1_WAIT_MSG6, RULES_PROOF, .holds = wait_6},
	{DIAGNOSE_RA_GROUP_KEY, RULES_PROOF, .holds = group_key},
	{DIAGNOSE_P1_AG_STUCK, RULES_PROOF, .holds = aggressive_stuck},
};

const struct rules_table rules_proof = {rows, array_len(rows)};
