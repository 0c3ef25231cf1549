/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_fragment.h"

#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_engine.h"
#include "controlplane/ike/ike_sa.h"
#include "controlplane/ike/phase1.h"
#include "lib/base/rbuf.h"
#include "lib/base/wbuf.h"
#include "lib/net/ip.h"

#include <stdlib.h>
#include <string.h>

enum {
	FRONT = 8, /* payload header, id, number, flags */
	FLAG_LAST = 1,
	MARKER_LEN = 4,
	IP_UDP_LEN = 28,
	VERSION = 0x10
};

struct piece {
	uint8_t *data; /* owned */
	uint16_t len;
};

struct ike_fragments {
	TAILQ_ENTRY(ike_fragments) link; /* oldest first */
	struct ike_sa *sa;
	struct ike_path path; /* all pieces come this way */
	uint8_t cookie_r[IKE_COOKIE_LEN];
	uint16_t id;
	uint8_t n;
	uint8_t highest;
	uint8_t last; /* number of the last one, 0 = it has not come */
	size_t bytes;
	struct ike_timer timer;
	struct piece pieces[IKE_FRAGMENT_PIECES]; /* of number n: n - 1 */
};

/* One piece as it stands in its datagram. */
struct fragment {
	uint16_t id;
	uint8_t number;
	bool last;
	const uint8_t *data;
	size_t len;
};

void ike_fragment_forget(struct ike_sa *sa)
{
	struct ike_fragments *f = sa->fragments;

	if (!f)
		return;
	ike_timer_disarm(&sa->engine->timers, &f->timer);
	TAILQ_REMOVE(&sa->engine->fragments, f, link);
	sa->engine->n_fragments--;
	for (size_t i = 0; i < f->highest; i++)
		free(f->pieces[i].data);
	free(f);
	sa->fragments = NULL;
}

static void expire(void *ctx, struct ike_timer *timer)
{
	struct ike_fragments *f = container_of(timer, struct ike_fragments, timer);

	ike_engine_count(ctx, IKE_COUNT_FRAG_INCOMPLETE);
	ike_fragment_forget(f->sa);
}

/* The only payload of the message, to its end. */
static int parse(struct fragment *out, const void *data, size_t len)
{
	struct rbuf b = rbuf_of(data, len);
	uint8_t next, reserved, flags;
	uint16_t payload_len;

	rbuf_take(&b, IKE_HEADER_LEN);
	next = rbuf_u8(&b);
	reserved = rbuf_u8(&b);
	payload_len = rbuf_u16(&b);
	out->id = rbuf_u16(&b);
	out->number = rbuf_u8(&b);
	flags = rbuf_u8(&b);
	out->last = flags & FLAG_LAST;
	out->len = b.left;
	out->data = rbuf_take(&b, b.left);
	if (b.bad || out->len == 0 || payload_len != len - IKE_HEADER_LEN)
		return IKE_COUNT_FRAG_BAD;
	if (next || reserved || flags & ~FLAG_LAST || !out->id || !out->number)
		return IKE_COUNT_FRAG_BAD;
	return IKE_PARSED;
}

/* The vendor IDs said so, or may say so in the very message that comes in pieces. */
static bool expected(const struct ike_sa *sa, const struct ike_header *header)
{
	static const uint8_t zero[IKE_COOKIE_LEN];

	if (memcmp(header->cookie_r, zero, sizeof(zero)) == 0)
		return false;
	if (sa->initiator && memcmp(sa->cookie_r, zero, sizeof(zero)) == 0)
		return sa->hs && sa->hs->config.fragmentation;
	return sa->fragmentation;
}

/* Whoever has authenticated does not wait for those who have not. */
static bool make_room(struct ike_engine *engine)
{
	struct ike_fragments *f;

	if (engine->n_fragments < IKE_FRAGMENT_MESSAGES)
		return true;
	TAILQ_FOREACH(f, &engine->fragments, link) {
		if (ike_sa_up(f->sa))
			continue;
		ike_engine_count(engine, IKE_COUNT_FRAG_INCOMPLETE);
		ike_fragment_forget(f->sa);
		return true;
	}
	return false;
}

static int begin(struct ike_sa *sa, const struct ike_path *path, const struct ike_header *header,
		 uint16_t id)
{
	struct ike_engine *engine = sa->engine;
	struct ike_fragments *f;

	if (!make_room(engine))
		return IKE_COUNT_FRAG_LIMIT;
	f = calloc(1, sizeof(*f));
	if (!f)
		return IKE_COUNT_INTERNAL;
	f->sa = sa;
	f->path = *path;
	f->id = id;
	memcpy(f->cookie_r, header->cookie_r, sizeof(f->cookie_r));
	f->timer.fire = expire;
	ike_timer_arm(&engine->timers, &f->timer, ike_engine_now(engine) + IKE_FRAGMENT_WAIT_MS);
	TAILQ_INSERT_TAIL(&engine->fragments, f, link);
	engine->n_fragments++;
	sa->fragments = f;
	return IKE_PARSED;
}

static bool same_way(const struct ike_path *a, const struct ike_path *b)
{
	return addr_eq(&a->remote, &b->remote) && a->remote_port == b->remote_port &&
	       a->local_port == b->local_port;
}

/*
 * Whether the piece can belong to what is there. It cannot be known which of two is the peer's, so
 * the newer one is believed, unless it comes another way than the SA is used to.
 */
static int match(const struct ike_sa *sa, const struct ike_path *path,
		 const struct ike_header *header, const struct fragment *piece)
{
	const struct ike_fragments *f = sa->fragments;
	const struct piece *p = &f->pieces[piece->number - 1];

	if (!same_way(&f->path, path))
		return IKE_COUNT_FRAG_SOURCE;
	if (f->id != piece->id || memcmp(f->cookie_r, header->cookie_r, IKE_COOKIE_LEN) != 0)
		return IKE_COUNT_FRAG_CONFLICT;
	if (f->last ? piece->number > f->last || piece->last != (piece->number == f->last)
		    : piece->last && piece->number < f->highest)
		return IKE_COUNT_FRAG_CONFLICT;
	if (!p->data)
		return IKE_PARSED;
	if (p->len != piece->len || memcmp(p->data, piece->data, p->len) != 0)
		return IKE_COUNT_FRAG_CONFLICT;
	return IKE_COUNT_DUP;
}

static int add(struct ike_fragments *f, const struct fragment *piece)
{
	struct piece *p = &f->pieces[piece->number - 1];

	if (f->bytes + piece->len > IKE_DATAGRAM_MAX)
		return IKE_COUNT_FRAG_TOO_BIG;
	p->data = malloc(piece->len);
	if (!p->data)
		return IKE_COUNT_INTERNAL;
	memcpy(p->data, piece->data, piece->len);
	p->len = (uint16_t)piece->len;
	f->bytes += piece->len;
	f->n++;
	if (piece->number > f->highest)
		f->highest = piece->number;
	if (piece->last)
		f->last = piece->number;
	return IKE_PARSED;
}

static int join(const struct ike_fragments *f, struct ike_fragment_whole *out)
{
	size_t at = 0;

	out->data = malloc(f->bytes);
	if (!out->data)
		return IKE_COUNT_INTERNAL;
	for (size_t i = 0; i < f->last; i++) {
		memcpy(out->data + at, f->pieces[i].data, f->pieces[i].len);
		at += f->pieces[i].len;
	}
	out->len = at;
	return IKE_PARSED;
}

/* A context for the piece: the one there is, or a new one when that cannot be meant. */
static int enter(struct ike_sa *sa, const struct ike_path *path, const struct ike_header *header,
		 const struct fragment *piece)
{
	int verdict = sa->fragments ? match(sa, path, header, piece) : IKE_PARSED;

	if (verdict == IKE_COUNT_DUP ||
	    (verdict == IKE_COUNT_FRAG_SOURCE && !same_way(&sa->path, path)))
		return verdict;
	if (verdict != IKE_PARSED) {
		ike_engine_count(sa->engine, (enum ike_counter)verdict);
		ike_fragment_forget(sa);
	}
	return sa->fragments ? IKE_PARSED : begin(sa, path, header, piece->id);
}

int ike_fragment_receive(struct ike_sa *sa, const struct ike_path *path,
			 const struct ike_header *header, const void *data, size_t len,
			 struct ike_fragment_whole *out)
{
	struct fragment piece;
	int verdict;

	*out = (struct ike_fragment_whole){0};
	if (!expected(sa, header))
		return IKE_COUNT_FRAG_UNEXPECTED;
	verdict = parse(&piece, data, len);
	if (verdict != IKE_PARSED)
		return verdict;
	if (piece.number > IKE_FRAGMENT_PIECES)
		return IKE_COUNT_FRAG_LIMIT;
	verdict = enter(sa, path, header, &piece);
	if (verdict != IKE_PARSED)
		return verdict;
	ike_say(sa, IKE_SAY_FRAGMENT, piece.number, piece.last ? ", the last one" : "");
	verdict = add(sa->fragments, &piece);
	if (verdict == IKE_PARSED && sa->fragments->n < sa->fragments->last)
		return IKE_PARSED;
	if (verdict == IKE_PARSED && !sa->fragments->last)
		return IKE_PARSED;
	if (verdict == IKE_PARSED)
		verdict = join(sa->fragments, out);
	ike_fragment_forget(sa);
	return verdict;
}

/* The header of a piece, and the fragment payload up to its data. */
static void write_front(struct wbuf *w, const struct ike_datagram *d, const uint8_t *cookies,
			const struct fragment *piece)
{
	wbuf_bytes(w, cookies, 2 * IKE_COOKIE_LEN);
	wbuf_u8(w, IKE_PAYLOAD_FRAGMENT);
	wbuf_u8(w, VERSION);
	wbuf_u8(w, d->fragment_exchange);
	wbuf_u8(w, 0);
	wbuf_u32(w, 0);
	wbuf_u32(w, (uint32_t)(IKE_HEADER_LEN + FRONT + piece->len));
	wbuf_u8(w, 0);
	wbuf_u8(w, 0);
	wbuf_u16(w, (uint16_t)(FRONT + piece->len));
	wbuf_u16(w, piece->id);
	wbuf_u8(w, piece->number);
	wbuf_u8(w, piece->last ? FLAG_LAST : 0);
}

static void send_piece(struct ike_engine *engine, const struct ike_datagram *d, size_t marker,
		       const struct fragment *piece)
{
	uint8_t buf[IKE_FRAGMENT_MTU];
	struct wbuf w = wbuf_of(buf, sizeof(buf));

	wbuf_bytes(&w, d->data, marker);
	write_front(&w, d, d->data + marker, piece);
	wbuf_bytes(&w, piece->data, piece->len);
	if (!w.bad)
		ike_engine_send(engine, &d->path, buf, w.len);
}

void ike_fragment_send(struct ike_engine *engine, const struct ike_datagram *d)
{
	size_t marker = d->path.local_port == IP_PORT_NATT ? MARKER_LEN : 0;
	struct fragment piece = {.id = d->fragment_id, .data = d->data + marker};
	size_t left = d->len - marker, most;

	if (!d->fragment_mtu || IP_UDP_LEN + d->len <= d->fragment_mtu) {
		ike_engine_send(engine, &d->path, d->data, d->len);
		return;
	}
	most = d->fragment_mtu - IP_UDP_LEN - marker - IKE_HEADER_LEN - FRONT;
	while (left) {
		piece.number++;
		piece.len = left < most ? left : most;
		left -= piece.len;
		piece.last = left == 0;
		send_piece(engine, d, marker, &piece);
		piece.data += piece.len;
	}
}
