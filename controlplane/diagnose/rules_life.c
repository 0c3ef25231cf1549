/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/diagnose_words.h"
#include "controlplane/diagnose/evidence_records.h"
#include "controlplane/diagnose/rules.h"
#include "controlplane/diagnose/rules_fill.h"

#include <string.h>

enum {
	TEXT = 64,
	SHORT_TIMES = 3, /* so often phase 1 came up lately, */
	SHORT_S = 600,	 /* for so short a time */
	STALE_MIN = 3,	 /* fewer are answers that were on their way */
	SILENT_MS = 30000,
	SILENT_USED = 5,   /* fewer that came in say nothing of what is usual */
	SILENT_SHARE = 16, /* what is answered less often is one-way by its nature: syslog, flows */
	SILENT_PACKETS = 10,
	SILENT_STILL_MS = 10000,
};

static bool is_overtaken(const struct evidence *e, const struct evidence_note *note)
{
	return evidence_records_up_ms(e) > note->at_ms;
}

static bool dpd_dead(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_note *note = evidence_note(e, EVIDENCE_DPD_DEAD);
	const struct config_isakmp *isakmp = e->config ? &e->config->isakmp : NULL;
	char ago[TEXT];

	if (!note || is_overtaken(e, note))
		return false;
	rules_fill_peer(e, d);
	diagnose_set(d, "n", "%llu", (unsigned long long)note->n);
	/* they are on and have done their work: it is the way that is to be looked at */
	if (isakmp && isakmp->keepalive_s)
		rules_fill_command(d, "ping {peer}");
	else
		rules_fill_command(d, "crypto isakmp keepalive 15 10");
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "asked %llu times without an answer, given up %s ago",
		       (unsigned long long)note->n,
		       diagnose_words_span(e->now_ms - note->at_ms, ago, sizeof(ago)));
	return true;
}

static bool dpd_blocked(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_note *note = evidence_note(e, EVIDENCE_DPD_LOST);

	if (!note || note->at_ms + EVIDENCE_WINDOW_S * 1000ull < e->now_ms)
		return false;
	rules_fill_peer(e, d);
	d->sureness = DIAGNOSE_LIKELY;
	rules_fill_saw(d,
		       "%llu keepalives without an answer, while ESP came in; IKE is filtered, "
		       "or the peer does not speak DPD",
		       (unsigned long long)note->n);
	return true;
}

static bool stale_peer(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_note *note = rules_fill_recent(e, EVIDENCE_STALE_PEER);
	char ago[TEXT];

	if (!note || note->n < STALE_MIN || e->ike_up || is_overtaken(e, note))
		return false;
	rules_fill_peer(e, d);
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "%llu messages of an IKE SA that is not known here, the last one %s ago",
		       (unsigned long long)note->n,
		       diagnose_words_span(e->now_ms - note->at_ms, ago, sizeof(ago)));
	return true;
}

static void fill_next(struct diagnosis *d, const struct addr *next, unsigned at, unsigned of)
{
	char text[ADDR_TEXT];

	diagnose_set(d, "next", "%s", addr_print(next, text, sizeof(text)));
	diagnose_set(d, "i", "%u", at);
	diagnose_set(d, "n", "%u", of);
}

static bool is_silent(const struct evidence *, const struct ike_record *r)
{
	return r->initiator && evidence_records_silent(r);
}

/* Who refuses is not dead, though the entry goes on all the same. */
static bool is_heard(const struct evidence *, const struct ike_record *r)
{
	return !evidence_records_silent(r);
}

/* The note of it goes; that another one is up instead does not. */
static bool is_replaced(const struct evidence *e)
{
	return !addr_is_none(&e->instead) && evidence_records_phase1(e, is_silent);
}

/* Others of the entry are at work, or will be. */
static bool failover(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_note *note = evidence_note(e, EVIDENCE_FAILOVER);
	char next[ADDR_TEXT], ago[TEXT];

	if (note && is_overtaken(e, note))
		note = NULL;
	if (e->ike_up || (!note && !is_replaced(e)) || evidence_records_phase1(e, is_heard))
		return false;
	rules_fill_peer(e, d);
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "it did not answer");
	if (note)
		rules_fill_saw(d, ", and the entry went on %s ago",
			       diagnose_words_span(e->now_ms - note->at_ms, ago, sizeof(ago)));
	if (addr_is_none(&e->instead)) {
		fill_next(d, &note->other, (unsigned)note->n, (unsigned)note->count);
	} else {
		fill_next(d, &e->instead, e->instead_at, e->instead_of);
		rules_fill_saw(d, "; the entry is up with %s",
			       addr_print(&e->instead, next, sizeof(next)));
	}
	return true;
}

/* A dead peer is no fault of a tunnel that is up with another. */
static bool failover_leads(const struct evidence *e, enum diagnose_code cause)
{
	return !addr_is_none(&e->instead) &&
	       (cause == DIAGNOSE_P1_NO_ANSWER || cause == DIAGNOSE_DPD_DEAD);
}

static unsigned policy_number(const struct evidence *e, const struct ike_record *up)
{
	if (up && up->chosen.policy)
		return up->chosen.policy;
	return e->config && e->config->n_policies ? e->config->policies[0].priority : 0;
}

static void fill_policy(const struct evidence *e, const struct ike_record *up, struct diagnosis *d)
{
	unsigned number = policy_number(e, up);

	if (number)
		diagnose_set(d, "policy", "%u", number);
	else
		diagnose_set(d, "policy", "<number>");
}

static bool is_hastened(const struct evidence *e)
{
	return e->config && e->config->platform.hasten > 1;
}

static bool short_life(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *up = evidence_records_newest_up(e);
	char span[TEXT];

	if (!up || e->phase1_lately < SHORT_TIMES || is_hastened(e) || !up->phase1.lifetime_s ||
	    up->phase1.lifetime_s > SHORT_S)
		return false;
	rules_fill_peer(e, d);
	fill_policy(e, up, d);
	diagnose_words_span(e->phase1_span_s * 1000ull, span, sizeof(span));
	diagnose_set(d, "n", "%u", (unsigned)e->phase1_lately);
	diagnose_set(d, "time", "%s", span);
	diagnose_set(d, "lifetime", "%u s", (unsigned)up->phase1.lifetime_s);
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "phase 1 came up %u times in %s; %u s were agreed",
		       (unsigned)e->phase1_lately, span, (unsigned)up->phase1.lifetime_s);
	return true;
}

static bool collision(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_note *note = rules_fill_recent(e, EVIDENCE_COLLISION);
	const struct ike_record *up = evidence_records_newest_up(e);
	char ago[TEXT];

	if (!note)
		return false;
	rules_fill_peer(e, d);
	fill_policy(e, up, d);
	if (up && up->phase1.lifetime_s)
		diagnose_set(d, "s", "%u", (unsigned)up->phase1.lifetime_s);
	else
		diagnose_set(d, "s", "<seconds>");
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "%llu times lately, the last one %s ago; nothing is lost by it",
		       (unsigned long long)(note->count ? note->count : 1),
		       diagnose_words_span(e->now_ms - note->at_ms, ago, sizeof(ago)));
	return true;
}

/*
 * Quick mode that hangs on the IKE SA which the other end has just given up: it is begun again on
 * the one that stays, and what is up carries the traffic.
 */
static bool collision_leads(const struct evidence *e, enum diagnose_code cause)
{
	const struct evidence_note *note = rules_fill_recent(e, EVIDENCE_COLLISION);

	if (cause != DIAGNOSE_P2_NO_ANSWER || !note ||
	    note->at_ms + EVIDENCE_WINDOW_S * 1000ull < e->now_ms)
		return false;
	for (size_t i = 0; i < e->n_sas; i++)
		if (e->sas[i].up && e->sas[i].newest)
			return true;
	return false;
}

/* Of the appliance: sources are forged, or many. */
static bool flood(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_note *note = rules_fill_recent(e, EVIDENCE_HALF_OPEN);
	char from[ADDR_TEXT], ago[TEXT];

	if (!note || note->n < EVIDENCE_FLOOD_MIN ||
	    note->at_ms + EVIDENCE_WINDOW_S * 1000ull < e->now_ms)
		return false;
	diagnose_set(d, "peer", "%s",
		     addr_is_none(&note->other) ? "many addresses"
						: addr_print(&note->other, from, sizeof(from)));
	diagnose_set(d, "n", "%llu", (unsigned long long)note->n);
	d->sureness = DIAGNOSE_LIKELY;
	rules_fill_saw(
		d,
		"%llu negotiations were begun, left alone and put out to make room, the last "
		"one %s ago; configured peers have room of their own",
		(unsigned long long)note->n,
		diagnose_words_span(e->now_ms - note->at_ms, ago, sizeof(ago)));
	return true;
}

static bool malformed(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_note *note = rules_fill_recent(e, EVIDENCE_MALFORMED);
	char ago[TEXT];

	if (!note || !note->n)
		return false;
	rules_fill_peer(e, d);
	diagnose_set(d, "n", "%llu", (unsigned long long)note->n);
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "the last one %s ago",
		       diagnose_words_span(e->now_ms - note->at_ms, ago, sizeof(ago)));
	return true;
}

static uint64_t last_in_ms(const struct evidence *e, const struct evidence_sa *of, uint64_t *n)
{
	uint64_t last = 0;

	for (size_t i = 0; i < e->n_sas; i++) {
		const struct evidence_sa *sa = &e->sas[i];

		if (!selector_eq(&sa->selector, &of->selector))
			continue;
		*n += sa->now.in_packets;
		if (sa->in_last_ms > last)
			last = sa->in_last_ms;
	}
	return last;
}

/* It was answered until a while ago, and the other end of it is still being spoken to. */
static bool went_silent(const struct evidence *e, const struct evidence_sa *sa)
{
	uint64_t n = 0, last = last_in_ms(e, sa, &n);

	return sa->up && sa->newest && n >= SILENT_USED &&
	       n * SILENT_SHARE >= sa->before.out_packets && last &&
	       last + SILENT_MS <= e->now_ms &&
	       sa->now.out_packets - sa->before.out_packets >= SILENT_PACKETS &&
	       sa->out_last_ms + SILENT_STILL_MS >= e->now_ms;
}

static bool silent(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_sa *sa = NULL;
	uint64_t n = 0, last;
	char span[TEXT];

	for (size_t i = 0; i < e->n_sas && !sa; i++)
		if (went_silent(e, &e->sas[i]))
			sa = &e->sas[i];
	if (!sa)
		return false;
	last = last_in_ms(e, sa, &n);
	rules_fill_peer(e, d);
	diagnose_words_span(e->now_ms - last, span, sizeof(span));
	diagnose_set(d, "time", "%s", span);
	diagnose_set(d, "n", "%llu",
		     (unsigned long long)(sa->now.out_packets - sa->before.out_packets));
	d->sureness = DIAGNOSE_LIKELY;
	rules_fill_saw(d, "%llu packets had come in on the tunnel before, the last one %s ago",
		       (unsigned long long)n, span);
	return true;
}

static const struct rules_row rows[] = {
	{DIAGNOSE_P1_STALE_PEER, RULES_LIFE, .holds = stale_peer},
	{DIAGNOSE_DPD_DEAD, RULES_LIFE, .holds = dpd_dead},
	{DIAGNOSE_DPD_BLOCKED, RULES_LIFE, .own = true, .holds = dpd_blocked},
	{DIAGNOSE_PEER_FAILOVER, RULES_LIFE, .holds = failover, .leads = failover_leads},
	{DIAGNOSE_IKE_SHORT_LIFE, RULES_LIFE, .own = true, .holds = short_life},
	{DIAGNOSE_IKE_REKEY_COLLISION, RULES_LIFE, .holds = collision, .leads = collision_leads},
	{DIAGNOSE_IKE_FLOOD, RULES_LIFE, .own = true, .holds = flood},
	{DIAGNOSE_IKE_MALFORMED, RULES_LIFE, .holds = malformed},
	{DIAGNOSE_ESP_SILENT, RULES_LIFE, .holds = silent},
};

const struct rules_table rules_life = {rows, array_len(rows)};
