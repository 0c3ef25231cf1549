/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/capture_talk.h"

#include "controlplane/diagnose/capture_esp.h"
#include "controlplane/diagnose/capture_open.h"
#include "controlplane/ike/ike_id.h"
#include "controlplane/ike/ike_payload.h"
#include "controlplane/ike/ike_proposal.h"
#include "controlplane/ike/ike_vendor.h"

#include <stdio.h>
#include <string.h>

enum {
	ANSWER_MS = 60000, /* what comes later is about something else */
};

static const uint8_t no_cookie[IKE_COOKIE_LEN];

static bool is_sealed(const struct ike_header *h)
{
	return h->flags & IKE_FLAG_ENCRYPTED;
}

static struct capture_talk *talk_of(struct capture *c, const struct capture_packet *p,
				    const struct ike_header *h, enum capture_side *side)
{
	for (size_t i = 0; i < c->n_talks; i++) {
		struct ike_record *r = &c->talks[i].record;

		if (memcmp(r->cookie_i, h->cookie_i, IKE_COOKIE_LEN) != 0)
			continue;
		*side = addr_eq(&r->path.local, &p->src) ? CAPTURE_BEGAN : CAPTURE_ANSWERS;
		if (addr_eq(&r->path.local, *side ? &p->dst : &p->src) &&
		    addr_eq(&r->path.remote, *side ? &p->src : &p->dst))
			return &c->talks[i];
	}
	return NULL;
}

static struct ike_record begin(const struct capture *c, const struct capture_packet *p,
			       const struct ike_header *h, enum ike_record_kind kind)
{
	struct ike_record r = {
		.kind = kind,
		.path = {.local = p->src,
			 .remote = p->dst,
			 .local_port = p->src_port,
			 .remote_port = p->dst_port},
		.started_ms = c->now_ms,
		.changed_ms = c->now_ms,
		.initiator = true,
		.aggressive = h->exchange == IKE_EXCHANGE_AGGRESSIVE,
	};

	memcpy(r.cookie_i, h->cookie_i, IKE_COOKIE_LEN);
	memcpy(r.cookie_r, h->cookie_r, IKE_COOKIE_LEN);
	return r;
}

static struct capture_talk *begin_talk(struct capture *c, const struct capture_packet *p,
				       const struct ike_header *h)
{
	struct capture_talk *t = &c->talks[c->next_talk];

	c->next_talk = (c->next_talk + 1) % CAPTURE_TALKS;
	if (c->n_talks < CAPTURE_TALKS)
		c->n_talks++;
	else
		c->lost_talks++;
	memset(t, 0, sizeof(*t));
	t->record = begin(c, p, h, IKE_RECORD_PHASE1);
	return t;
}

static void note(struct capture *c, struct ike_record *r, unsigned number, enum capture_side side)
{
	struct ike_record_message *m = &r->messages[number - 1];
	uint64_t after = c->now_ms - r->started_ms;

	m->ours = side == CAPTURE_BEGAN;
	m->last_ms = after < UINT32_MAX ? (uint32_t)after : UINT32_MAX;
	if (!m->times)
		m->first_ms = m->last_ms;
	if (m->times < UINT8_MAX)
		m->times++;
	r->changed_ms = c->now_ms;
}

static void keep(struct capture_body *body, const struct ike_payload *p)
{
	if (!p || p->len > sizeof(body->b))
		return;
	body->len = (uint16_t)p->len;
	memcpy(body->b, p->body, p->len);
}

static void keep_nonce(struct ike_nonce *nonce, const struct ike_payload *p)
{
	if (!p || ike_payload_check_nonce(p) != IKE_PARSED)
		return;
	nonce->len = (uint16_t)p->len;
	memcpy(nonce->b, p->body, p->len);
}

static void keep_id(struct ike_record_id *out, const struct ike_payload *p)
{
	char text[IKE_ID_TEXT];
	struct ike_id id;

	if (!p || ike_id_parse(p, &id) != IKE_PARSED)
		return;
	out->type = id.type;
	snprintf(out->text, sizeof(out->text), "%s", ike_id_print(&id, text, sizeof(text)));
}

static void keep_offer(struct ike_record *r, const struct ike_payload *sa, enum capture_side side)
{
	struct ike_sa_offer offer;

	if (ike_proposal_parse(sa, IKE_PHASE_1, &offer) != IKE_PARSED)
		return;
	if (side == CAPTURE_BEGAN)
		ike_record_terms_keep(r, &offer);
	else if (offer.n_transforms)
		r->chosen = ike_record_terms_offered(&offer, 0);
}

static bool is_natt(enum ike_vendor vendor)
{
	return vendor == IKE_VENDOR_NATT_RFC || vendor == IKE_VENDOR_NATT_03 ||
	       vendor == IKE_VENDOR_NATT_02N || vendor == IKE_VENDOR_NATT_02;
}

static void keep_vendors(struct ike_record *r, const struct ike_msg *msg, enum capture_side side)
{
	const struct ike_payload *p;

	for (size_t i = 0; (p = ike_msg_get(msg, IKE_PAYLOAD_VENDOR, i)); i++) {
		enum ike_vendor vendor = ike_vendor_find(p->body, p->len);

		if (vendor == IKE_VENDOR_COUNT)
			continue;
		if (side == CAPTURE_ANSWERS)
			r->phase1.peer_vendors |= (uint16_t)(1u << vendor);
		else if (vendor == IKE_VENDOR_UNITY)
			r->phase1.unity = true;
		if (is_natt(vendor) && side == CAPTURE_BEGAN)
			r->phase1.natt_local = true;
		else if (is_natt(vendor))
			r->phase1.natt_remote = true;
	}
}

/* Only what comes first counts: a repeated message says the same, a forged one comes later. */
static void keep_clear(struct capture_talk *t, const struct ike_msg *msg,
		       const struct capture_packet *p, unsigned number, enum capture_side side)
{
	const struct ike_payload *sa = ike_msg_get(msg, IKE_PAYLOAD_SA, 0);
	struct capture_shown *end = &t->ends[side];
	struct ike_record *r = &t->record;

	if (r->messages[number - 1].times)
		return;
	if (sa)
		keep_offer(r, sa, side);
	if (number == 1)
		keep(&t->sa, sa);
	keep(&end->public, ike_msg_get(msg, IKE_PAYLOAD_KE, 0));
	keep(&end->id, ike_msg_get(msg, IKE_PAYLOAD_ID, 0));
	keep(&end->hash, ike_msg_get(msg, IKE_PAYLOAD_HASH, 0));
	keep_nonce(&end->nonce, ike_msg_get(msg, IKE_PAYLOAD_NONCE, 0));
	keep_id(side ? &r->phase1.id_remote : &r->phase1.id_local,
		ike_msg_get(msg, IKE_PAYLOAD_ID, 0));
	keep_vendors(r, msg, side);
	capture_esp_natd(t, msg, p, side);
}

/* Which message of its mode this is, 0 = none that is known. */
static unsigned number_of(const struct ike_header *h, const struct ike_msg *msg,
			  enum capture_side side)
{
	bool opaque = is_sealed(h) || ike_msg_get(msg, IKE_PAYLOAD_FRAGMENT, 0);

	if (h->exchange == IKE_EXCHANGE_AGGRESSIVE) {
		if (!opaque && ike_msg_get(msg, IKE_PAYLOAD_SA, 0))
			return side ? 2 : 1;
		return side ? 0 : 3;
	}
	if (opaque)
		return side ? 6 : 5;
	if (ike_msg_get(msg, IKE_PAYLOAD_SA, 0))
		return side ? 2 : 1;
	return ike_msg_get(msg, IKE_PAYLOAD_KE, 0) ? side ? 4 : 3 : 0;
}

static bool is_first(const struct ike_header *h)
{
	return !is_sealed(h) && memcmp(h->cookie_r, no_cookie, IKE_COOKIE_LEN) == 0;
}

void capture_talk_phase1(struct capture *c, struct capture_pair *pair,
			 const struct capture_packet *p, const struct ike_header *h)
{
	enum capture_side side = CAPTURE_BEGAN;
	struct capture_talk *t = talk_of(c, p, h, &side);
	struct ike_msg msg = {.header = *h};
	unsigned number;

	if (!is_sealed(h) && ike_msg_parse_chain(&msg, h, p->data + IKE_HEADER_LEN,
						 p->len - IKE_HEADER_LEN) != IKE_PARSED) {
		pair->malformed++;
		return;
	}
	number = number_of(h, &msg, side);
	if (!t && is_first(h) && number == 1)
		t = begin_talk(c, p, h);
	if (!t)
		c->begun_before++;
	if (!t || !number || t->record.aggressive != (h->exchange == IKE_EXCHANGE_AGGRESSIVE))
		return;
	if (!is_sealed(h))
		keep_clear(t, &msg, p, number, side);
	else if (!t->record.messages[number - 1].times &&
		 capture_open_phase1(c, t, number, h, p, &msg))
		keep_id(side ? &t->record.phase1.id_remote : &t->record.phase1.id_local,
			ike_msg_get(&msg, IKE_PAYLOAD_ID, 0));
	if (side == CAPTURE_ANSWERS)
		memcpy(t->record.cookie_r, h->cookie_r, IKE_COOKIE_LEN);
	note(c, &t->record, number, side);
	if (number > t->record.phase1.messages_seen)
		t->record.phase1.messages_seen = (uint8_t)number;
	/* a NAT was found, and they went on at port 4500 */
	t->record.path.local_port = side ? p->dst_port : p->src_port;
	t->record.path.remote_port = side ? p->src_port : p->dst_port;
}

/* The last error it tells of, 0 = none. */
static uint16_t error_of(const struct ike_msg *msg)
{
	const struct ike_payload *p;
	struct ike_notify notify;
	uint16_t error = 0;

	for (size_t i = 0; (p = ike_msg_get(msg, IKE_PAYLOAD_NOTIFY, i)); i++)
		if (ike_payload_parse_notify(p, &notify) == IKE_PARSED &&
		    notify.type < IKE_NOTIFY_CONNECTED && notify.type)
			error = notify.type;
	return error;
}

static void take_notify(struct capture_talk *t, const struct ike_msg *msg, enum capture_side side)
{
	uint16_t error = error_of(msg);

	if (!error)
		return;
	t->ends[side].notify = error;
	t->ends[side].notify_after = t->record.phase1.messages_seen;
}

static bool is_of(const struct capture_quick *q, const struct capture_packet *p,
		  const struct ike_header *h)
{
	return memcmp(q->record.cookie_i, h->cookie_i, IKE_COOKIE_LEN) == 0 &&
	       memcmp(q->record.cookie_r, h->cookie_r, IKE_COOKIE_LEN) == 0 &&
	       (addr_eq(&q->record.path.local, &p->src) ||
		addr_eq(&q->record.path.remote, &p->src));
}

/* What the answerer says instead of message 2; unread it may be about something else. */
static void answer_quicks(struct capture *c, const struct capture_packet *p,
			  const struct ike_header *h, const struct ike_msg *msg)
{
	for (size_t i = 0; i < c->n_quicks; i++) {
		struct capture_quick *q = &c->quicks[i];

		if (!is_of(q, p, h) || q->record.messages[1].times ||
		    !addr_eq(&q->record.path.remote, &p->src) ||
		    c->now_ms - q->record.changed_ms >= ANSWER_MS)
			continue;
		if (!msg) {
			q->sealed++;
		} else if (error_of(msg)) {
			q->record.notify = error_of(msg);
			q->record.notify_proven = true;
		}
	}
}

static void take_sealed(struct capture *c, struct capture_talk *t, enum capture_side side,
			const struct capture_packet *p, const struct ike_header *h)
{
	struct ike_msg msg;
	bool opened = capture_open_phase2(c, t, h, p, &msg);

	if (t && !t->record.up && opened)
		take_notify(t, &msg, side);
	else if (t && !t->record.up)
		t->ends[side].sealed++;
	answer_quicks(c, p, h, opened ? &msg : NULL);
}

/* Deletes want no answer, and are not sent one after the other for long. */
static void ask(struct capture *c, struct capture_pair *pair, const struct capture_packet *p)
{
	struct capture_asked *asked = &pair->asked[!addr_eq(&pair->ends[0], &p->src)];

	if (!asked->times || c->now_ms - asked->last_ms > ANSWER_MS)
		*asked = (struct capture_asked){.first_ms = c->now_ms};
	asked->times++;
	asked->last_ms = c->now_ms;
}

static void take_info(struct capture *c, struct capture_pair *pair, const struct capture_packet *p,
		      const struct ike_header *h)
{
	enum capture_side side = CAPTURE_BEGAN;
	struct capture_talk *t = talk_of(c, p, h, &side);
	struct ike_msg msg;

	if (is_sealed(h) && (!t || t->record.up))
		ask(c, pair, p);
	if (is_sealed(h)) {
		take_sealed(c, t, side, p, h);
	} else if (ike_msg_parse_chain(&msg, h, p->data + IKE_HEADER_LEN,
				       p->len - IKE_HEADER_LEN) != IKE_PARSED) {
		pair->malformed++;
	} else if (t && !t->record.up) {
		take_notify(t, &msg, side);
	}
}

/* FNV-1a: to know a message again, nothing more. */
static uint64_t digest(const struct capture_packet *p)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < p->len; i++)
		h = (h ^ p->data[i]) * 0x100000001b3u;
	return h;
}

static struct capture_quick *quick_of(struct capture *c, const struct capture_packet *p,
				      const struct ike_header *h)
{
	struct capture_quick *q;

	for (size_t i = 0; i < c->n_quicks; i++)
		if (c->quicks[i].msgid == h->msgid && is_of(&c->quicks[i], p, h))
			return &c->quicks[i];
	q = &c->quicks[c->next_quick];
	c->next_quick = (c->next_quick + 1) % CAPTURE_QUICKS;
	if (c->n_quicks < CAPTURE_QUICKS)
		c->n_quicks++;
	*q = (struct capture_quick){.msgid = h->msgid, .first = digest(p)};
	q->record = begin(c, p, h, IKE_RECORD_QUICK);
	return q;
}

/* As who began it sees it. */
static void keep_proxies(struct ike_record *r, const struct ike_msg *msg)
{
	const struct ike_payload *ours = ike_msg_get(msg, IKE_PAYLOAD_ID, 0);
	const struct ike_payload *others = ike_msg_get(msg, IKE_PAYLOAD_ID, 1);
	struct ike_id local, remote;

	r->quick.ours.local = prefix_make(&r->path.local, UINT8_MAX);
	r->quick.ours.remote = prefix_make(&r->path.remote, UINT8_MAX);
	if (ours && others && ike_id_parse_proxy(ours, &local) == IKE_PARSED &&
	    ike_id_parse_proxy(others, &remote) == IKE_PARSED &&
	    ike_id_selector(&local, &remote, &r->quick.ours) != IKE_PARSED)
		r->quick.range = true;
}

static void keep_quick(struct ike_record *r, const struct ike_msg *msg)
{
	const struct ike_payload *sa = ike_msg_get(msg, IKE_PAYLOAD_SA, 0);
	struct ike_sa_offer offer;

	if (!sa || ike_proposal_parse(sa, IKE_PHASE_2, &offer) != IKE_PARSED)
		return;
	ike_record_terms_keep(r, &offer);
	r->quick.group_wanted = r->n_offers_kept ? r->offers[0].group : 0;
	keep_proxies(r, msg);
}

static void take_quick(struct capture *c, const struct capture_talk *t,
		       const struct capture_packet *p, const struct ike_header *h)
{
	struct capture_quick *q = quick_of(c, p, h);
	struct ike_msg msg;
	unsigned number = 2;

	if (addr_eq(&q->record.path.local, &p->src))
		number = q->first == digest(p) ? 1 : 3;
	if (number == 1 && !q->record.messages[0].times && capture_open_phase2(c, t, h, p, &msg))
		keep_quick(&q->record, &msg);
	note(c, &q->record, number, number == 2 ? CAPTURE_ANSWERS : CAPTURE_BEGAN);
	q->record.up = q->record.up || number == 3;
	if (q->record.up)
		q->record.ended_ms = c->now_ms;
}

/* Transactions and quick modes come after a phase 1 that both ends took for good. */
void capture_talk_phase2(struct capture *c, struct capture_pair *pair,
			 const struct capture_packet *p, const struct ike_header *h)
{
	enum capture_side side;
	struct capture_talk *t;

	if (h->exchange == IKE_EXCHANGE_INFO) {
		take_info(c, pair, p, h);
		return;
	}
	t = talk_of(c, p, h, &side);
	if (t && !t->record.up) {
		t->record.up = true;
		t->record.ended_ms = c->now_ms;
	}
	if (h->exchange == IKE_EXCHANGE_QUICK)
		take_quick(c, t, p, h);
}
