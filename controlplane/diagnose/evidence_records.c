/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/evidence_records.h"

/* Ended by somebody's will, or by a later one: says nothing about a fault. */
static bool is_quiet(enum ike_reason reason)
{
	switch (reason) {
	case IKE_REASON_SHUTDOWN:
	case IKE_REASON_CLEARED:
	case IKE_REASON_REPLACED:
	case IKE_REASON_CONFIG_CHANGED:
	case IKE_REASON_INITIAL_CONTACT:
	case IKE_REASON_PEER_DELETED:
	case IKE_REASON_EXPIRED:
	case IKE_REASON_IDLE: return true;
	default: return false;
	}
}

static bool has_failed(const struct evidence *e, const struct ike_record *r)
{
	unsigned number;

	if (r->up)
		return false;
	if (r->ended_ms)
		return !is_quiet(r->reason);
	if (e->now_ms < r->started_ms + EVIDENCE_RECORDS_GRACE_MS)
		return false;
	return r->hint || evidence_records_waits(e, r, &number);
}

static uint64_t last_ms(const struct ike_record *r)
{
	return r->ended_ms ? r->ended_ms : r->changed_ms;
}

const struct ike_record *evidence_records_newest_up(const struct evidence *e)
{
	const struct ike_record *newest = NULL;

	for (size_t i = 0; i < e->n_phase1; i++)
		if (e->phase1[i].up && (!newest || last_ms(&e->phase1[i]) > last_ms(newest)))
			newest = &e->phase1[i];
	return newest;
}

/* One that stands and whose record is not kept any more came up before all that are kept. */
uint64_t evidence_records_up_ms(const struct evidence *e)
{
	const struct ike_record *newest = evidence_records_newest_up(e);
	uint64_t age_ms = e->ike_age_s * 1000ull;

	if (newest)
		return last_ms(newest);
	return e->ike_up && e->now_ms > age_ms ? e->now_ms - age_ms : 0;
}

static bool port_meets(uint16_t a, uint16_t b)
{
	return !a || !b || a == b;
}

bool evidence_records_overlap(const struct selector *a, const struct selector *b)
{
	return (prefix_covers(&a->local, &b->local) || prefix_covers(&b->local, &a->local)) &&
	       (prefix_covers(&a->remote, &b->remote) || prefix_covers(&b->remote, &a->remote)) &&
	       port_meets(a->protocol, b->protocol) && port_meets(a->local_port, b->local_port) &&
	       port_meets(a->remote_port, b->remote_port);
}

/* What a quick mode was about, as seen from here; NULL = it came to no proxies. */
static const struct selector *about(const struct ike_record *r)
{
	const struct selector *s = r->quick.has_offered ? &r->quick.offered : &r->quick.ours;

	return s->local.addr.family ? s : NULL;
}

/* The same proxies, or others in their place: somebody has changed them. */
static bool settles(const struct ike_record *good, const struct ike_record *bad)
{
	const struct selector *a = about(good), *b = about(bad);

	if (last_ms(good) < bad->started_ms)
		return false;
	if (good->quick.known && bad->quick.known && good->quick.tunnel == bad->quick.tunnel)
		return true;
	return !a || !b || evidence_records_overlap(a, b) ||
	       last_ms(good) > last_ms(bad) + EVIDENCE_RECORDS_RETRY_MS;
}

static bool has_pair(const struct evidence *e, const struct ike_record *r)
{
	const struct selector *s = about(r);

	for (size_t i = 0; i < e->n_sas && s; i++)
		if (e->sas[i].up && selector_eq(&e->sas[i].selector, s) &&
		    e->now_ms - e->sas[i].age_s * 1000ull > last_ms(r))
			return true;
	return false;
}

static bool is_settled(const struct evidence *e, const struct ike_record *r)
{
	if (r->kind == IKE_RECORD_PHASE1)
		return evidence_records_up_ms(e) >= r->started_ms;
	for (size_t i = 0; i < e->n_quick; i++)
		if (e->quick[i].up && settles(&e->quick[i], r))
			return true;
	return has_pair(e, r);
}

static bool is_beside(const struct ike_record *newer, const struct ike_record *older)
{
	if (last_ms(older) + EVIDENCE_RECORDS_BESIDE_MS < newer->started_ms)
		return false;
	return newer->kind != IKE_RECORD_PHASE1 ||
	       newer->phase1.messages_seen <= older->phase1.messages_seen;
}

/* Whoever forges a source can cause it. */
static bool is_forgeable(const struct ike_record *r)
{
	return r->kind == IKE_RECORD_PHASE1 && !r->initiator && r->phase1.messages_seen <= 2;
}

/* While the peer is up, that says nothing of the peer. */
static bool is_hearsay(const struct evidence *e, const struct ike_record *r)
{
	return e->ike_up && is_forgeable(r);
}

static bool is_further(const struct ike_record *r, uint64_t at_ms)
{
	return r->phase1.messages_seen > 2 && last_ms(r) + EVIDENCE_RECORDS_BESIDE_MS >= at_ms;
}

/* Nor does it hide how far the peer itself came a moment before. */
static bool is_outweighed(const struct ike_record *newer, const struct ike_record *older)
{
	return is_forgeable(newer) && is_further(older, last_ms(newer));
}

/* Which of two says more: the newer one. NULL says nothing. */
static bool is_rather(const struct ike_record *r, const struct ike_record *than)
{
	if (!r || !than)
		return r;
	return last_ms(r) > last_ms(than) ? !is_outweighed(r, than) : is_outweighed(than, r);
}

static const struct ike_record *choose(const struct evidence *e, const struct ike_record *records,
				       size_t n, evidence_records_fn fn)
{
	const struct ike_record *newest[2] = {NULL, NULL}; /* by role */
	const struct ike_record *first, *second;
	bool rather;

	for (size_t i = 0; i < n; i++) {
		const struct ike_record *r = &records[i];
		const struct ike_record **place = &newest[r->initiator];

		if (is_rather(r, *place) && has_failed(e, r) && !is_settled(e, r) &&
		    !is_hearsay(e, r))
			*place = r;
	}
	rather = is_rather(newest[1], newest[0]);
	first = newest[rather];
	second = newest[!rather];
	if (first && fn(e, first))
		return first;
	return second && is_beside(first, second) && fn(e, second) ? second : NULL;
}

const struct ike_record *evidence_records_phase1(const struct evidence *e, evidence_records_fn fn)
{
	return choose(e, e->phase1, e->n_phase1, fn);
}

const struct ike_record *evidence_records_quick(const struct evidence *e, evidence_records_fn fn)
{
	return choose(e, e->quick, e->n_quick, fn);
}

bool evidence_records_silent(const struct ike_record *r)
{
	for (size_t i = 0; i < IKE_RECORD_MESSAGES; i++)
		if (r->messages[i].times && !r->messages[i].ours)
			return false;
	return !r->notify;
}

bool evidence_records_waits(const struct evidence *e, const struct ike_record *r, unsigned *number)
{
	const struct ike_record_message *last = NULL;

	for (size_t i = 0; i < IKE_RECORD_MESSAGES; i++) {
		if (!r->messages[i].times)
			continue;
		last = &r->messages[i];
		*number = (unsigned)i + 2;
	}
	if (!last || !last->ours || r->up)
		return false;
	return r->ended_ms || last->times >= EVIDENCE_RECORDS_TRIES ||
	       e->now_ms >= r->started_ms + last->first_ms + EVIDENCE_RECORDS_GRACE_MS;
}

bool evidence_records_further(const struct evidence *e, uint64_t at_ms)
{
	for (size_t i = 0; i < e->n_phase1; i++)
		if (is_further(&e->phase1[i], at_ms))
			return true;
	return false;
}

static bool is_of_ike(uint8_t kind)
{
	return kind == EVIDENCE_STALE_PEER || kind == EVIDENCE_IKE_OFF ||
	       kind == EVIDENCE_MALFORMED || kind == EVIDENCE_AGGRESSIVE;
}

bool evidence_records_heard_since(const struct evidence *e, uint64_t since_ms)
{
	for (size_t i = 0; i < e->n_phase1; i++)
		if (!evidence_records_silent(&e->phase1[i]) && e->phase1[i].changed_ms >= since_ms)
			return true;
	for (size_t i = 0; i < e->n_notes; i++)
		if (is_of_ike(e->notes[i].kind) && e->notes[i].at_ms >= since_ms)
			return true;
	return false;
}
