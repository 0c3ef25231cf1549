/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose_watch.h"

#include "controlplane/control.h"
#include "controlplane/diagnose_tell.h"
#include "controlplane/evidence_gather.h"

#include <stdlib.h>
#include <string.h>

enum {
	PAUSE_MS = 20, /* between batches */
};

static void on_gone(void *ctx, const struct evidence_place *p)
{
	for (size_t i = 0; i < p->n_found; i++)
		if (!p->found[i].d.under)
			diagnose_tell_cleared(ctx, p, &p->found[i]);
}

void diagnose_watch_init(struct control *c)
{
	c->diagnose = (struct diagnose_watch){.rules = diagnose_peer};
	c->evidence.gone = on_gone;
	c->evidence.ctx = c;
}

static const struct diagnose_found *find(const struct evidence_place *p, const struct diagnosis *d)
{
	for (size_t i = 0; i < p->n_found; i++)
		if (diagnose_same(&p->found[i].d, d))
			return &p->found[i];
	return NULL;
}

static bool has(const struct diagnose_list *list, const struct diagnosis *d)
{
	for (size_t i = 0; i < list->n; i++)
		if (!list->items[i].under && diagnose_same(&list->items[i], d))
			return true;
	return false;
}

/* A root that went, of the same entry and not told of yet: the new one took its place. */
static const struct diagnose_found *replaced_by(const struct evidence_place *p,
						const struct diagnose_list *list,
						const struct diagnosis *d, bool *told)
{
	for (size_t i = 0; i < p->n_found; i++) {
		const struct diagnosis *old = &p->found[i].d;

		if (told[i] || old->under || has(list, old) || old->sequence != d->sequence ||
		    strcmp(old->map, d->map) != 0)
			continue;
		told[i] = true;
		return &p->found[i];
	}
	return NULL;
}

static void tell(struct control *c, const struct evidence_place *p,
		 const struct diagnose_list *list)
{
	bool told[DIAGNOSE_MAX] = {false};

	for (size_t i = 0; i < list->n; i++) {
		const struct diagnosis *d = &list->items[i];
		const struct diagnose_found *old = d->under ? NULL : find(p, d);

		if (!d->under && (!old || old->d.under))
			diagnose_tell_found(c, p, d, replaced_by(p, list, d, told));
	}
	for (size_t i = 0; i < p->n_found; i++)
		if (!told[i] && !p->found[i].d.under && !has(list, &p->found[i].d))
			diagnose_tell_cleared(c, p, &p->found[i]);
}

/* Without memory what stood before stands. */
static void keep(struct evidence_place *p, const struct diagnose_list *list, uint64_t now_ms)
{
	struct diagnose_found *rows = NULL;

	if (list->n) {
		rows = calloc(list->n, sizeof(*rows));
		if (!rows)
			return;
	}
	for (size_t i = 0; i < list->n; i++) {
		const struct diagnose_found *old = find(p, &list->items[i]);

		rows[i].d = list->items[i];
		rows[i].since_ms = old ? old->since_ms : now_ms;
	}
	free(p->found);
	p->found = rows;
	p->n_found = list->n;
}

static bool is_up(const struct evidence *e)
{
	for (size_t i = 0; i < e->n_sas; i++)
		if (e->sas[i].up)
			return true;
	return false;
}

/* Between one try and the next nothing may be seen to be wrong, which is no reason to say so. */
static bool is_held(const struct evidence_place *p, const struct evidence *e,
		    const struct diagnose_list *list)
{
	return p->n_found && !list->n && !is_up(e) && e->now_ms - p->found_ms < DIAGNOSE_HOLD_MS;
}

static bool in_progress(const struct ike_record *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!rows[i].ended_ms)
			return true;
	return false;
}

static bool is_watched(const struct evidence_place *p, const struct evidence *e)
{
	return e->n_sas || p->n_found || e->n_notes || e->wanted ||
	       in_progress(e->phase1, e->n_phase1) || in_progress(e->quick, e->n_quick) ||
	       in_progress(e->login, e->n_login);
}

void diagnose_watch_look(struct control *c, struct evidence_place *p)
{
	struct diagnose_list list = {.n = 0};
	struct evidence_room room;
	struct evidence e;

	evidence_gather(c, p, &room, &e);
	p->looked_ms = e.now_ms;
	p->due_ms = UINT64_MAX;
	c->diagnose.rules(&e, &list);
	if (list.n)
		p->found_ms = e.now_ms;
	if (!is_held(p, &e, &list)) {
		tell(c, p, &list);
		keep(p, &list, e.now_ms);
	}
	if (is_watched(p, &e))
		evidence_book_due(&c->evidence, p, e.now_ms + DIAGNOSE_EVERY_MS);
}

static uint64_t due_of(const struct evidence_place *p)
{
	uint64_t apart = p->looked_ms ? p->looked_ms + DIAGNOSE_APART_MS : 0;

	return p->due_ms > apart ? p->due_ms : apart;
}

static bool is_stale(const struct evidence_place *p, uint64_t now_ms)
{
	return p->class == EVIDENCE_STRANGER && now_ms - p->used_ms >= DIAGNOSE_STRANGER_MS;
}

/* So long after a flood its negotiations end one by one, as if each were somebody's. */
static bool is_flooded(const struct control *c, uint64_t now_ms)
{
	const struct evidence_place *box = evidence_book_box(&c->evidence);

	for (size_t i = 0; box && i < box->n_notes; i++)
		if (box->notes[i].kind == EVIDENCE_HALF_OPEN &&
		    box->notes[i].n >= EVIDENCE_FLOOD_MIN &&
		    now_ms - box->notes[i].at_ms < DIAGNOSE_FLOOD_MS)
			return true;
	return false;
}

/* Those of a class that are due; returns when the next one is. */
static uint64_t look_at_class(struct control *c, enum evidence_class class, uint64_t now_ms,
			      size_t *left)
{
	struct evidence_place *p = TAILQ_FIRST(&c->evidence.places[class]), *following;
	bool drowned = class == EVIDENCE_STRANGER && is_flooded(c, now_ms);
	uint64_t next = UINT64_MAX;

	for (; p; p = following) {
		uint64_t due = due_of(p);

		following = TAILQ_NEXT(p, link);
		if (due <= now_ms && (is_stale(p, now_ms) || drowned)) {
			evidence_book_forget(&c->evidence, p);
			continue;
		}
		if (due <= now_ms && *left) {
			diagnose_watch_look(c, p);
			(*left)--;
			due = due_of(p);
		}
		if (p->due_ms != UINT64_MAX && due < next)
			next = due;
	}
	return next;
}

uint64_t diagnose_watch_turn(struct control *c, uint64_t now_ms)
{
	struct diagnose_watch *w = &c->diagnose;
	uint64_t next = UINT64_MAX;
	size_t left = DIAGNOSE_BATCH;

	if (c->evidence.due_ms > now_ms || w->next_ms > now_ms)
		return c->evidence.due_ms > w->next_ms ? c->evidence.due_ms : w->next_ms;
	for (size_t i = 0; i < EVIDENCE_CLASS_COUNT; i++) {
		uint64_t due = look_at_class(c, i, now_ms, &left);

		next = due < next ? due : next;
	}
	c->evidence.due_ms = next;
	w->next_ms = now_ms + PAUSE_MS;
	return next > w->next_ms ? next : w->next_ms;
}

static size_t forget(struct control *c, struct evidence_place *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_found; i++)
		n += !p->found[i].d.under;
	evidence_book_forget(&c->evidence, p);
	return n;
}

size_t diagnose_watch_clear(struct control *c, const struct addr *peer)
{
	struct evidence_place *p, *next;
	size_t n = 0;

	for (size_t i = 0; i < EVIDENCE_CLASS_COUNT; i++)
		for (p = TAILQ_FIRST(&c->evidence.places[i]); p; p = next) {
			next = TAILQ_NEXT(p, link);
			if (!peer || addr_eq(&p->addr, peer) || addr_eq(&p->path.remote, peer))
				n += forget(c, p);
		}
	return n;
}
