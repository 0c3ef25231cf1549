/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/diagnose_words.h"
#include "controlplane/diagnose/evidence_records.h"
#include "controlplane/diagnose/rules.h"
#include "controlplane/diagnose/rules_client.h"
#include "controlplane/diagnose/rules_fill.h"
#include "controlplane/ike/config_payload.h"

#include <stdio.h>

enum {
	TEXT = RULES_FILL_TEXT,
	MINUTE_S = 60,
};

/* The end of the last login that got through, 0 = none. */
static uint64_t let_in_ms(const struct evidence *e)
{
	uint64_t at = 0;

	for (size_t i = 0; i < e->n_login; i++)
		if (e->login[i].up && e->login[i].changed_ms > at)
			at = e->login[i].changed_ms;
	return at;
}

/* What was noted of a login lately; whoever was let in since has no cause to ask. */
static const struct evidence_note *note_of(const struct evidence *e, enum evidence_note_kind kind)
{
	const struct evidence_note *note = rules_fill_recent(e, kind);

	return note && note->at_ms >= let_in_ms(e) ? note : NULL;
}

static void saw_when(const struct evidence *e, const struct evidence_note *note,
		     struct diagnosis *d)
{
	char ago[TEXT];

	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "%s ago", diagnose_words_span(e->now_ms - note->at_ms, ago, sizeof(ago)));
}

/* A peer that is no client is asked who its user is, and does not know what that means. */
static bool login_of_site(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = e->n_login ? &e->login[0] : NULL;
	char span[TEXT];

	if (!r || !e->entry || e->entry->dynamic[0] || e->client || r->up || !r->login.asked ||
	    (r->login.answered && r->login.user[0]) ||
	    e->now_ms < r->started_ms + EVIDENCE_RECORDS_GRACE_MS)
		return false;
	rules_fill_peer(e, d);
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d,
		       "it was asked for a user %s ago and has %s; it is the peer of "
		       "crypto map %s %u",
		       diagnose_words_span(e->now_ms - r->started_ms, span, sizeof(span)),
		       r->login.answered ? "named none" : "not answered",
		       e->map ? e->map->name : "", (unsigned)e->entry->sequence);
	return true;
}

static bool server_is_silent(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_note *note = note_of(e, EVIDENCE_AAA_TIMEOUT);
	char server[ADDR_TEXT] = "<server>";

	if (!note)
		return false;
	if (note->other.family)
		addr_print(&note->other, server, sizeof(server));
	diagnose_set(d, "user", "%s", note->text);
	diagnose_set(d, "server", "%s", server);
	diagnose_set(d, "n", "%llu", (unsigned long long)note->n);
	diagnose_set(d, "command", "ping %s", server);
	rules_fill_saw(d, "nothing came back from %s; the last login was given up ", server);
	saw_when(e, note, d);
	return true;
}

static bool has_servers(const struct evidence *e)
{
	return e->config && e->config->remote.n_servers;
}

static bool login_refused(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_note *note = note_of(e, EVIDENCE_USER_REFUSED);

	if (!note)
		return false;
	diagnose_set(d, "user", "%s", note->text);
	if (has_servers(e))
		diagnose_set(d, "command", "debug radius");
	else
		diagnose_set(d, "command", "username %s password <password>", note->text);
	rules_fill_saw(d, "user or password is wrong; it was refused %llu times, the last time ",
		       (unsigned long long)note->count);
	saw_when(e, note, d);
	return true;
}

static bool user_limit(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_note *note = note_of(e, EVIDENCE_USER_LIMIT);

	if (!note)
		return false;
	diagnose_set(d, "user", "%s", note->text);
	diagnose_set(d, "n", "%llu", (unsigned long long)note->n);
	diagnose_set(d, "limit", "%llu", (unsigned long long)note->n);
	rules_client_command(e, d, "max-logins <n>", "vpn-simultaneous-logins <n>");
	rules_fill_saw(d, "another login of %s was refused ", note->text);
	saw_when(e, note, d);
	return true;
}

/* With one session a user the newest login wins. */
static bool login_replaced(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_note *note = note_of(e, EVIDENCE_LOGIN_REPLACED);
	char place[ADDR_TEXT] = "elsewhere";

	if (!note)
		return false;
	if (note->other.family)
		addr_print(&note->other, place, sizeof(place));
	diagnose_set(d, "user", "%s", note->text);
	diagnose_set(d, "n", "1");
	diagnose_set(d, "limit", "1");
	rules_client_command(e, d, "max-logins <n>", "vpn-simultaneous-logins <n>");
	rules_fill_saw(d, "session of %s replaced by login from %s ", note->text, place);
	saw_when(e, note, d);
	return true;
}

static bool one_session_more(const struct evidence *e, struct diagnosis *d)
{
	return user_limit(e, d) || login_replaced(e, d);
}

static bool session_limit(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_note *note = note_of(e, EVIDENCE_GROUP_LIMIT);

	if (note)
		rules_fill_command(d, "crypto isakmp client configuration group %s / max-users <n>",
				   note->text);
	else
		note = note_of(e, EVIDENCE_SESSION_LIMIT);
	if (!note)
		return false;
	diagnose_set(d, "n", "%llu", (unsigned long long)note->n);
	rules_fill_saw(d, "login of %s was refused ",
		       note->kind == EVIDENCE_GROUP_LIMIT ? "another user" : note->text);
	saw_when(e, note, d);
	return true;
}

static bool protocol(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_note *note = note_of(e, EVIDENCE_PROTOCOL);

	if (!note)
		return false;
	diagnose_set(d, "policy", "%s", note->text);
	rules_fill_command(d, "group-policy %s attributes / vpn-tunnel-protocol ipsec", note->text);
	rules_fill_saw(d, "a client of it was refused ");
	saw_when(e, note, d);
	return true;
}

static bool pool_empty(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_note *note = note_of(e, EVIDENCE_POOL_EMPTY);

	if (!note)
		return false;
	rules_fill_peer(e, d);
	diagnose_set(d, "pool", "%s", note->text);
	diagnose_set(d, "n", "%llu", (unsigned long long)note->n);
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "a client asked for an address, and all %llu of pool %s are given out",
		       (unsigned long long)note->n, note->text);
	return true;
}

static bool old_draft(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = e->n_login ? &e->login[0] : NULL;

	if (!r || r->up || !r->login.old_draft)
		return false;
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "its transaction is of a version that is not ours (draft 06)");
	return true;
}

static bool asked_for(const struct ike_record_login *l, uint16_t attribute)
{
	for (size_t i = 0; i < l->n_requested; i++)
		if (l->requested[i] == attribute)
			return true;
	return false;
}

static bool no_dns(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = e->n_login ? &e->login[0] : NULL;

	if (!r || !r->up || r->login.got_dns || !asked_for(&r->login, CONFIG_PAYLOAD_IP4_DNS))
		return false;
	rules_fill_peer(e, d);
	diagnose_set(d, "group", "%s", r->login.group);
	d->sureness = DIAGNOSE_SURE;
	rules_client_command(e, d, "dns <server>", "dns-server value <server>");
	rules_fill_saw(d, "it asked for one, and group %s has none", r->login.group);
	return true;
}

static bool ended_idle(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_note *note = note_of(e, EVIDENCE_IDLE);
	char peer[ADDR_TEXT];

	if (!note)
		return false;
	diagnose_set(d, "user", "%s",
		     note->text[0] ? note->text : addr_print(&e->peer, peer, sizeof(peer)));
	diagnose_set(d, "n", "%llu", (unsigned long long)note->n / MINUTE_S);
	if (note->text[0])
		rules_client_command(e, d, "idle-time <s>", "vpn-idle-timeout <min>");
	else
		rules_fill_command(d, "crypto ipsec security-association idle-time <seconds>");
	rules_fill_saw(d, "no traffic for %llu s, ended ", (unsigned long long)note->n);
	saw_when(e, note, d);
	return true;
}

static bool ended_by_time(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_note *note = note_of(e, EVIDENCE_SESSION_END);
	char span[TEXT];

	if (!note)
		return false;
	diagnose_set(d, "user", "%s", note->text);
	diagnose_set(d, "n", "%s", diagnose_words_span(note->n * 1000, span, sizeof(span)));
	rules_client_command(e, d, "max-time <s>", "vpn-session-timeout <min>");
	rules_fill_saw(d, "its time was over ");
	saw_when(e, note, d);
	return true;
}

static const struct rules_row rows[] = {
	{DIAGNOSE_RA_XAUTH_L2L, RULES_LOGIN, .holds = login_of_site},
	{DIAGNOSE_RA_MODECFG_V2, RULES_LOGIN, .holds = old_draft},
	{DIAGNOSE_RA_AAA_TIMEOUT, RULES_LOGIN, .holds = server_is_silent},
	{DIAGNOSE_RA_XAUTH, RULES_LOGIN, .holds = login_refused},
	{DIAGNOSE_RA_PROTO, RULES_LOGIN, .holds = protocol},
	{DIAGNOSE_RA_SESSION_MAX, RULES_LOGIN, .holds = session_limit},
	{DIAGNOSE_RA_SIM_LOGIN, RULES_LOGIN, .holds = one_session_more},
	{DIAGNOSE_RA_POOL_EMPTY, RULES_LOGIN, .holds = pool_empty},
	{DIAGNOSE_RA_NO_DNS, RULES_LOGIN, .own = true, .holds = no_dns},
	{DIAGNOSE_RA_IDLE, RULES_LOGIN, .own = true, .holds = ended_idle},
	{DIAGNOSE_RA_LIFETIME, RULES_LOGIN, .own = true, .holds = ended_by_time},
};

const struct rules_table rules_login = {rows, array_len(rows)};
