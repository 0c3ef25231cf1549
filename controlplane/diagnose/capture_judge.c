/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/capture_judge.h"

#include "controlplane/diagnose/capture_esp.h"
#include "controlplane/diagnose/evidence.h"
#include "controlplane/diagnose/evidence_records.h"
#include "controlplane/diagnose/rules_fill.h"

#include <string.h>

enum {
	ASKED_MS = 4000, /* two seconds between them is the least that is configured */
	ASKED_DEAD = 5,
};

/* One end's view while it is put together; records newest first. */
struct view {
	struct ike_record phase1[EVIDENCE_RECORDS];
	struct ike_record quick[EVIDENCE_RECORDS];
	size_t n_phase1;
	size_t n_quick;
	const struct capture_talk
		*refused; /* newest phase 1 whose proof was answered, unreadably */
	const struct capture_quick *sealed; /* newest quick mode that was */
	uint64_t received;
};

static void turn(struct ike_record *r)
{
	struct addr local = r->path.local;
	uint16_t port = r->path.local_port;

	r->path.local = r->path.remote;
	r->path.remote = local;
	r->path.local_port = r->path.remote_port;
	r->path.remote_port = port;
	r->initiator = false;
	for (size_t i = 0; i < IKE_RECORD_MESSAGES; i++)
		r->messages[i].ours = r->messages[i].times && !r->messages[i].ours;
}

static void turn_phase1(struct ike_record *r)
{
	struct ike_record_id id = r->phase1.id_local;
	bool natt = r->phase1.natt_local, nat = r->phase1.nat_local;

	turn(r);
	r->phase1.id_local = r->phase1.id_remote;
	r->phase1.id_remote = id;
	r->phase1.natt_local = r->phase1.natt_remote;
	r->phase1.natt_remote = natt;
	r->phase1.nat_local = r->phase1.nat_remote;
	r->phase1.nat_remote = nat;
}

/* An error that they went on after was somebody else's, or of no weight. */
static uint16_t notify_of(const struct capture_talk *t, enum capture_side side)
{
	const struct capture_shown *end = &t->ends[side];

	return end->notify_after >= t->record.phase1.messages_seen ? end->notify : 0;
}

static unsigned last_of(const struct ike_record *r)
{
	return r->aggressive ? 3 : IKE_RECORD_MESSAGES;
}

/*
 * An encrypted message instead of the next one, after the first in which the other end proved
 * itself. Whoever gets further has the same key: what comes then says nothing of it.
 */
static bool is_refused(const struct capture_talk *t, enum capture_side by)
{
	unsigned seen = t->record.phase1.messages_seen;

	if (t->record.up || !t->ends[by].sealed)
		return false;
	return t->record.aggressive ? by == CAPTURE_BEGAN && seen == 2
				    : by == CAPTURE_ANSWERS && seen == 5;
}

bool capture_judge_has_gap(const struct ike_record *r)
{
	bool later = false;

	for (size_t i = IKE_RECORD_MESSAGES; i > 0; i--) {
		if (!r->messages[i - 1].times && later)
			return true;
		later = later || r->messages[i - 1].times;
	}
	return false;
}

/* Repeated in vain; that a capture ends soon after does not make it less so. */
static bool is_given_up(const struct ike_record *r)
{
	for (size_t i = IKE_RECORD_MESSAGES; i > 0; i--)
		if (r->messages[i - 1].times)
			return !r->up && r->messages[i - 1].times >= EVIDENCE_RECORDS_TRIES;
	return false;
}

struct ike_record capture_judge_talk(const struct capture_talk *t, enum capture_side side)
{
	struct ike_record r = t->record;

	r.phase1.nat_local = t->nat[CAPTURE_BEGAN];
	r.phase1.nat_remote = t->nat[CAPTURE_ANSWERS];
	if (side == CAPTURE_ANSWERS)
		turn_phase1(&r);
	r.notify = notify_of(t, !side);
	r.notify_sent = notify_of(t, side);
	r.phase1.hash_wrong = t->record.aggressive && t->ends[side].proof == CAPTURE_HOLDS &&
			      t->ends[!side].proof == CAPTURE_DIFFERS;
	if (!r.up && r.phase1.messages_seen == last_of(&r) && !r.notify && !r.notify_sent &&
	    !t->ends[0].sealed && !t->ends[1].sealed && !r.phase1.hash_wrong)
		r.up = true;
	if (r.up || r.notify || r.notify_sent || is_refused(t, CAPTURE_BEGAN) ||
	    is_refused(t, CAPTURE_ANSWERS) || is_given_up(&r))
		r.ended_ms = r.changed_ms;
	return r;
}

/* The i-th newest of a ring that was filled up to next. */
static size_t newest(size_t i, size_t n, size_t next)
{
	return (next + n - 1 - i) % n;
}

/* Who encrypts has seen the public value of the other end. */
static bool lacks_messages(const struct capture_talk *t)
{
	unsigned keyed = t->record.aggressive ? 2 : 4;

	return capture_judge_has_gap(&t->record) ||
	       ((t->ends[CAPTURE_BEGAN].sealed || t->ends[CAPTURE_ANSWERS].sealed) &&
		t->record.phase1.messages_seen < keyed);
}

static void view_talks(struct view *v, const struct capture *c, const struct capture_pair *pair,
		       enum capture_side side)
{
	for (size_t i = 0; i < c->n_talks && v->n_phase1 < EVIDENCE_RECORDS; i++) {
		const struct capture_talk *t = &c->talks[newest(i, c->n_talks, c->next_talk)];
		enum capture_side here;

		if (!capture_is_between(&t->record, pair) || (!t->record.up && lacks_messages(t)))
			continue;
		here = addr_eq(&t->record.path.local, &pair->ends[side]) ? CAPTURE_BEGAN
									 : CAPTURE_ANSWERS;
		if (!v->n_phase1 && is_refused(t, !here))
			v->refused = t;
		v->phase1[v->n_phase1++] = capture_judge_talk(t, here);
	}
}

/* What was not answered once, and not repeated, may be a capture that began or ended there. */
static bool tells(const struct capture_quick *q)
{
	const struct ike_record *r = &q->record;

	return r->up || r->notify || (is_given_up(r) && !capture_judge_has_gap(r));
}

static void view_quicks(struct view *v, const struct capture *c, const struct capture_pair *pair,
			enum capture_side side)
{
	bool any = false;

	for (size_t i = 0; i < c->n_quicks && v->n_quick < EVIDENCE_RECORDS; i++) {
		const struct capture_quick *q = &c->quicks[newest(i, c->n_quicks, c->next_quick)];
		bool sealed = q->sealed && !q->record.messages[1].times && !q->record.notify;
		bool began = addr_eq(&q->record.path.local, &pair->ends[side]);

		if (!capture_is_between(&q->record, pair))
			continue;
		if (!any && sealed && began)
			v->sealed = q;
		any = true;
		if (sealed || !tells(q))
			continue; /* sealed: answered, which to the rules would be silence */
		v->quick[v->n_quick] = q->record;
		if (!began)
			turn(&v->quick[v->n_quick]);
		v->quick[v->n_quick].ended_ms = q->record.changed_ms;
		v->n_quick++;
	}
}

static struct diagnosis *stuck_in(struct diagnose_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].code == DIAGNOSE_P1_PSK ||
		    list->items[i].code == DIAGNOSE_P1_AG_STUCK)
			return &list->items[i];
	return NULL;
}

/* The rules see silence, and would have it that the message may have been lost. */
static void say_refused(const struct evidence *e, const struct view *v, struct diagnose_list *out)
{
	enum capture_side here = v->phase1[0].initiator ? CAPTURE_BEGAN : CAPTURE_ANSWERS;
	struct diagnosis *d = stuck_in(out);
	char text[ADDR_TEXT];

	if (!d)
		d = diagnose_add(out, DIAGNOSE_P1_PSK);
	*d = (struct diagnosis){.code = DIAGNOSE_P1_PSK, .peer = e->peer};
	rules_fill_peer(e, d);
	rules_fill_saw(d,
		       "it answered our proof with an encrypted message that is not the next one; "
		       "policy and Diffie-Hellman agreed before");
	if (v->refused->ends[here].proof == CAPTURE_HOLDS)
		rules_fill_saw(d, "; the key given is the one of this end");
	rules_fill_either(d, DIAGNOSE_P1_ID, "the log of %s (does it take the key, or our name?)",
			  addr_print(&e->peer, text, sizeof(text)));
}

static void say_sealed(const struct evidence *e, const struct view *v, struct diagnose_list *out)
{
	char text[ADDR_TEXT];
	struct diagnosis *d = diagnose_add(out, DIAGNOSE_P2_PEER_REFUSED);

	d->peer = e->peer;
	d->sureness = DIAGNOSE_LIKELY;
	rules_fill_peer(e, d);
	diagnose_set(d, "notify", "in an encrypted message");
	addr_print(&e->peer, text, sizeof(text));
	rules_fill_command(d, "debug crypto isakmp (on %s: proxies, transform or PFS)", text);
	rules_fill_saw(d, "%u QM1 sent, and instead of QM2 an encrypted message came",
		       (unsigned)v->sealed->record.messages[0].times);
}

/* Deletes want no answer either, but come at once: asked again and again, that is a keepalive. */
static bool is_unanswered(const struct capture_asked *asked)
{
	return asked->times >= EVIDENCE_RECORDS_TRIES &&
	       asked->last_ms - asked->first_ms >= ASKED_MS;
}

/* Whether ESP came meanwhile says if the peer is dead; without, a few may be on their way. */
static size_t note_asked(const struct capture_pair *pair, enum capture_side side,
			 struct evidence_note *note)
{
	const struct capture_asked *asked = &pair->asked[side];
	bool lives = pair->esp.last_ms[!side] > asked->first_ms;

	if (!is_unanswered(asked) || !pair->ike[!side] || (!lives && asked->times < ASKED_DEAD))
		return 0;
	*note = (struct evidence_note){
		.kind = lives ? EVIDENCE_DPD_LOST : EVIDENCE_DPD_DEAD,
		.at_ms = asked->last_ms,
		.n = asked->times,
		.count = 1,
	};
	return 1;
}

static void judge(const struct capture *c, const struct capture_pair *pair, enum capture_side side,
		  struct view *v, struct diagnose_list *out)
{
	struct evidence_note note;
	struct evidence_sa sa;
	const struct evidence e = {
		.now_ms = c->now_ms,
		.sas = &sa,
		.n_sas = capture_esp_view(c, pair, side, &sa),
		.notes = &note,
		.n_notes = note_asked(pair, side, &note),
		.local = pair->ends[side],
		.peer = pair->ends[!side],
		.seen = pair->ends[!side],
		.phase1 = v->phase1,
		.n_phase1 = v->n_phase1,
		.quick = v->quick,
		.n_quick = v->n_quick,
		.ike_up = v->n_phase1 && v->phase1[0].up,
		.ike_age_s = v->n_phase1 && v->phase1[0].up
				     ? (uint32_t)((c->now_ms - v->phase1[0].ended_ms) / 1000)
				     : 0,
		.ike_received = pair->ike[!side],
	};

	diagnose_peer(&e, out);
	if (v->refused)
		say_refused(&e, v, out);
	if (v->sealed)
		say_sealed(&e, v, out);
}

void capture_judge(const struct capture *c, const struct capture_pair *pair, enum capture_side side,
		   struct diagnose_list *out)
{
	struct view v = {.n_phase1 = 0};

	view_talks(&v, c, pair, side);
	view_quicks(&v, c, pair, side);
	judge(c, pair, side, &v, out);
}
