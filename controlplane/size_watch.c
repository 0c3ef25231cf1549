/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/size_watch.h"

#include "controlplane/control.h"
#include "controlplane/evidence_notes.h"
#include "lib/crypto/alg.h"

#include <errno.h>
#include <stdio.h>

enum {
	ANSWER_MS = 1500,
	BUSY_MS = 500,
	WHOLE_MS = 60000,
	AGAIN_MS = 120000,
	LEAST = 576, /* every way takes so much */
};

static struct size_watched *find(struct control *c, const struct addr *peer)
{
	for (size_t i = 0; i < SIZE_WATCH_MAX; i++)
		if (addr_eq(&c->size_watch.all[i].peer, peer))
			return &c->size_watch.all[i];
	return NULL;
}

static struct esp_shape shape_of(const struct sa_pair *pair)
{
	const struct alg_cipher_row *cipher = alg_cipher_row(pair->suite.cipher);

	return (struct esp_shape){
		.outer = pair->udp ? ESP_OUTER_UDP : ESP_OUTER_V4,
		.iv = cipher->iv_bytes,
		.block = cipher->block_bytes,
		.icv = alg_suite_icv_bytes(pair->suite),
	};
}

static void begin(struct control *c, const struct sa_pair *pair, struct evidence_place *p,
		  uint16_t used, uint16_t most)
{
	static const struct addr none;
	struct size_watched *w = find(c, &p->addr) ? NULL : find(c, &none);
	uint64_t now = c->now_ms();

	if (!w)
		return;
	p->sized_ms = now;
	*w = (struct size_watched){
		.peer = p->addr,
		.path = pair->path,
		.shape = shape_of(pair),
		.used = used,
		.due_ms = now,
		.end_ms = now + WHOLE_MS,
	};
	size_search_begin(&w->search, most);
}

void size_watch_counted(struct control *c, const struct sa_pair *pair,
			const struct size_counts *before, const struct size_counts *now)
{
	const struct tunnel *t = tunnels_find(&c->tunnels, pair->tunnel);
	uint16_t mtu = pair->mtu ? (uint16_t)pair->mtu : (uint16_t)(t ? t->mtu : 0);
	struct evidence_place *p;
	uint16_t used;

	if (!t || pair->path.client || pair->transport ||
	    !(t->sa_flags & (PLANE_SA_DF_COPY | PLANE_SA_DF_SET)))
		return;
	used = size_search_suspect(before, now);
	if (!used || mtu <= LEAST)
		return;
	p = evidence_book_named(&c->evidence, ike_path_home(&pair->path));
	if (p && (!p->sized_ms || c->now_ms() - p->sized_ms >= AGAIN_MS))
		begin(c, pair, p, used, mtu);
}

void size_watch_answered(struct control *c, const struct ike_event *e)
{
	struct size_watched *w = find(c, ike_path_home(&e->path));

	if (!w || !w->number || w->number != e->number)
		return;
	w->number = 0;
	w->due_ms = c->now_ms();
	size_search_take(&w->search, true);
}

/* Of inner packets, as hosts send them. */
static void tell(struct control *c, const struct size_watched *w)
{
	struct evidence_place *p = evidence_book_named(&c->evidence, &w->peer);
	const struct size_search *s = &w->search;
	uint32_t crosses = esp_inner_max(w->shape, s->path.largest);
	struct evidence_note *note;

	if (!p)
		return;
	if (size_search_lost(s) && crosses < w->used) {
		note = evidence_notes_put(&c->evidence, p, EVIDENCE_SIZE_LOST, c->now_ms());
		note->count = crosses;
		note->n = crosses + 1;
		snprintf(note->text, sizeof(note->text), "keepalives");
	} else if (size_search_good(s)) {
		evidence_notes_clear(p, EVIDENCE_SIZE_LOST);
		evidence_book_touch(&c->evidence, p, c->now_ms());
	}
}

/* False when it is over. */
static bool go_on(struct control *c, struct size_watched *w, uint64_t now)
{
	int err;

	if (w->number) {
		w->number = 0;
		size_search_take(&w->search, false);
	}
	if (!w->search.size || now >= w->end_ms)
		return false;
	err = ike_engine_sized(c->engine, &w->path, w->search.size, &w->number);
	if (err)
		w->number = 0;
	w->due_ms = now + (err == -EBUSY ? BUSY_MS : ANSWER_MS);
	return !err || err == -EBUSY;
}

uint64_t size_watch_turn(struct control *c, uint64_t now)
{
	uint64_t next = UINT64_MAX;

	for (size_t i = 0; i < SIZE_WATCH_MAX; i++) {
		struct size_watched *w = &c->size_watch.all[i];

		if (addr_is_none(&w->peer))
			continue;
		if (now >= w->due_ms && !go_on(c, w, now)) {
			tell(c, w);
			*w = (struct size_watched){0};
			continue;
		}
		if (w->due_ms < next)
			next = w->due_ms;
	}
	return next;
}
