/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/evidence_events.h"

#include "controlplane/evidence_notes.h"

#include <string.h>

enum {
	MS = 1000,
	MARKER = 4,
	VERSION_AT = 17, /* of an ISAKMP header */
	EXCHANGE_AT = 18,
	FLAGS_AT = 19,
	FLAG_ENCRYPTED = 1,
	VERSION_2 = 0x20,
	INFORMATIONAL = 5,
	PORT_NATT = 4500,
};

/* Of a datagram, before anybody has looked at it. */
struct head {
	uint8_t version;
	uint8_t exchange;
	bool encrypted;
};

/*
 * What a rejected datagram says of its sender. What is wrong inside an encrypted message says no
 * more than that the keys differ.
 */
static const struct rejection {
	enum ike_counter counter;
	enum evidence_note_kind kind;
	bool any; /* in encrypted ones, too */
} rejections[] = {
	{IKE_COUNT_NO_SA, EVIDENCE_STALE_PEER, true},
	{IKE_COUNT_HALF_OPEN, EVIDENCE_HALF_OPEN, true},
	{IKE_COUNT_RUNT, EVIDENCE_MALFORMED, false},
	{IKE_COUNT_LEN_MISMATCH, EVIDENCE_MALFORMED, true},
	{IKE_COUNT_TOO_BIG, EVIDENCE_MALFORMED, true},
	{IKE_COUNT_BAD_VERSION, EVIDENCE_MALFORMED, true},
	{IKE_COUNT_BAD_EXCHANGE, EVIDENCE_MALFORMED, true},
	{IKE_COUNT_BAD_FLAGS, EVIDENCE_MALFORMED, true},
	{IKE_COUNT_BAD_COOKIE, EVIDENCE_MALFORMED, true},
	{IKE_COUNT_PAYLOAD_LEN, EVIDENCE_MALFORMED, false},
	{IKE_COUNT_CHAIN, EVIDENCE_MALFORMED, false},
	{IKE_COUNT_MISSING_PAYLOAD, EVIDENCE_MALFORMED, false},
	{IKE_COUNT_DUP_PAYLOAD, EVIDENCE_MALFORMED, false},
	{IKE_COUNT_TOO_MANY, EVIDENCE_MALFORMED, false},
	{IKE_COUNT_UNKNOWN_PAYLOAD, EVIDENCE_MALFORMED, false},
	{IKE_COUNT_RESERVED, EVIDENCE_MALFORMED, false},
	{IKE_COUNT_SA_MALFORMED, EVIDENCE_MALFORMED, false},
	{IKE_COUNT_BAD_DOI, EVIDENCE_MALFORMED, false},
	{IKE_COUNT_ATTR, EVIDENCE_MALFORMED, false},
	{IKE_COUNT_LIFETIME, EVIDENCE_MALFORMED, false},
	{IKE_COUNT_NONCE_LEN, EVIDENCE_MALFORMED, false},
	{IKE_COUNT_KE_LEN, EVIDENCE_MALFORMED, false},
};

static struct head head_of(const struct ike_path *path, const uint8_t *data, size_t len)
{
	size_t at = path->local_port == PORT_NATT ? MARKER : 0;

	if (len <= at + FLAGS_AT)
		return (struct head){0};
	return (struct head){
		.version = data[at + VERSION_AT],
		.exchange = data[at + EXCHANGE_AT],
		.encrypted = data[at + FLAGS_AT] & FLAG_ENCRYPTED,
	};
}

/* Who has lost its SAs says so with cookies that are zero; and anybody can: that is no fault. */
static bool says_something(const struct rejection *r, const struct head *head)
{
	if (r->counter == IKE_COUNT_BAD_COOKIE && head->exchange == INFORMATIONAL)
		return false;
	return r->any || !head->encrypted;
}

static enum evidence_note_kind kind_of(const struct rejection *r, const struct head *head)
{
	return r->counter == IKE_COUNT_BAD_VERSION && head->version == VERSION_2 ? EVIDENCE_IKEV2
										 : r->kind;
}

/* Anybody can begin in the name of others: that they are so many is said of nobody. */
static void note_flood(struct control *c, const struct addr *from)
{
	struct evidence_place *p = evidence_book_make_box(&c->evidence);
	struct evidence_note *note;

	if (!p)
		return;
	note = evidence_notes_put(&c->evidence, p, EVIDENCE_HALF_OPEN, c->now_ms());
	if (!note->n++)
		note->other = *from;
	else if (!addr_eq(&note->other, from))
		note->other = (struct addr){0};
}

static void note_rejected(struct control *c, const struct ike_path *path,
			  enum evidence_note_kind kind)
{
	struct evidence_place *p;

	if (kind == EVIDENCE_HALF_OPEN) {
		note_flood(c, &path->remote);
		return;
	}
	p = evidence_book_at(&c->evidence, path);
	if (p)
		evidence_notes_count(&c->evidence, p, kind, c->now_ms(), 1);
}

void evidence_events_datagram(struct control *c, const struct ike_path *path, const uint8_t *data,
			      size_t len)
{
	uint64_t before[array_len(rejections)];
	const struct head head = head_of(path, data, len);

	evidence_book_heard(&c->evidence, path);
	for (size_t i = 0; i < array_len(rejections); i++)
		before[i] = ike_engine_counter(c->engine, rejections[i].counter);
	ike_engine_receive(c->engine, path, data, len);
	for (size_t i = 0; i < array_len(rejections); i++)
		if (ike_engine_counter(c->engine, rejections[i].counter) != before[i] &&
		    says_something(&rejections[i], &head))
			note_rejected(c, path, kind_of(&rejections[i], &head));
}

static void on_up(struct control *c, struct evidence_place *p)
{
	static const enum evidence_note_kind over[] = {
		EVIDENCE_DPD_DEAD,   EVIDENCE_DPD_LOST, EVIDENCE_STALE_PEER, EVIDENCE_IKE_OFF,
		EVIDENCE_AGGRESSIVE, EVIDENCE_IKEV2,	EVIDENCE_HIDDEN,
	};

	for (size_t i = 0; i < array_len(over); i++)
		evidence_notes_clear(p, over[i]);
	evidence_book_touch(&c->evidence, p, c->now_ms());
}

/* Both ends may begin at once, too: that is no renewal. */
static bool is_renewed(const struct control *c, uint32_t child)
{
	const struct tunnel *t = tunnels_find(&c->tunnels, tunnels_child_handle(child));

	return t && sa_store_current(&c->store, t->handle, tunnels_child_lane(child));
}

void evidence_events_ike(struct control *c, const struct ike_event *e)
{
	struct evidence_book *b = &c->evidence;
	struct evidence_place *p = evidence_book_at(b, &e->path);
	uint64_t now = c->now_ms();

	if (!p)
		return;
	switch (e->type) {
	case IKE_EVENT_UP: on_up(c, p); break;
	case IKE_EVENT_DPD_LOST:
		evidence_notes_put(b, p, EVIDENCE_DPD_LOST, now)->n = e->tries;
		break;
	case IKE_EVENT_COLLISION:
		if (!e->tunnel || is_renewed(c, e->tunnel))
			evidence_notes_count(b, p, EVIDENCE_COLLISION, now, 1);
		break;
	case IKE_EVENT_HINT:
		if (e->reason == IKE_REASON_NATT_NEEDED)
			evidence_notes_put(b, p, EVIDENCE_HIDDEN, now)->n = e->path.remote_port;
		break;
	case IKE_EVENT_SIZED: size_watch_answered(c, e); break;
	case IKE_EVENT_AGGRESSIVE: evidence_notes_count(b, p, EVIDENCE_AGGRESSIVE, now, 1); break;
	case IKE_EVENT_DOWN:
		evidence_book_touch(b, p, now);
		if (e->reason != IKE_REASON_DPD_DEAD)
			break;
		evidence_notes_clear(p, EVIDENCE_DPD_LOST);
		evidence_notes_put(b, p, EVIDENCE_DPD_DEAD, now)->n = e->tries;
		break;
	default: break;
	}
}

static size_t place_in_list(const struct tunnel *t, const struct addr *peer)
{
	size_t i = 0;

	while (i < t->n_peers && !addr_eq(&t->peers[i], peer))
		i++;
	return i + 1;
}

void evidence_events_failover(struct control *c, const struct ike_path *path)
{
	struct evidence_place *p = evidence_book_named(&c->evidence, &path->remote);
	const struct tunnels_peer *row = tunnels_peers_first(&c->tunnels.by_peer, &path->remote);

	for (; p && row; row = tunnels_peers_next(row)) {
		const struct addr *next = acquire_peer(&c->acquire, row->tunnel);
		struct evidence_note *note;

		if (addr_eq(next, &path->remote))
			continue;
		note = evidence_notes_put(&c->evidence, p, EVIDENCE_FAILOVER, c->now_ms());
		note->other = *next;
		note->n = place_in_list(row->tunnel, next);
		note->count = row->tunnel->n_peers;
		return;
	}
}

void evidence_events_wanted(struct control *c, const struct tunnel *t)
{
	struct evidence_place *p = evidence_book_named(&c->evidence, acquire_peer(&c->acquire, t));

	if (!p)
		return;
	p->wanted_ms = c->now_ms();
	evidence_book_due(&c->evidence, p, p->wanted_ms + MS);
}

void evidence_events_idle(struct control *c, const struct tunnel *t, const struct ike_path *path)
{
	struct evidence_place *p = evidence_book_at(&c->evidence, path);

	if (p)
		evidence_notes_put(&c->evidence, p, EVIDENCE_IDLE, c->now_ms())->n = t->idle_s;
}

void evidence_events_path_mtu(struct control *c, const struct ike_path *path, uint32_t mtu)
{
	struct evidence_place *p = evidence_book_at(&c->evidence, path);

	if (p)
		evidence_notes_put(&c->evidence, p, EVIDENCE_PATH_MTU, c->now_ms())->n = mtu;
}
