/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/box_watch.h"

#include "controlplane/control.h"
#include "controlplane/diagnose_tell.h"

/* Nobody's place: what is said is about this box. */
static const struct evidence_place nobody = {.class = EVIDENCE_NAMED};

static uint64_t no_buffers(const struct control *c)
{
	uint64_t n =
		__atomic_load_n(&c->plane->stats_main->drops[DROP_NO_BUFFER], __ATOMIC_RELAXED);

	for (unsigned w = 0; w < c->plane->header->params.n_workers; w++)
		n += __atomic_load_n(&c->plane->stats_worker[w].drops[DROP_NO_BUFFER],
				     __ATOMIC_RELAXED);
	return n;
}

/* Counters may be cleared; what was there before the first look is old. */
static void count(struct control *c, uint64_t now_ms)
{
	struct box_watch *w = &c->box;
	uint64_t n = no_buffers(c), more = n > w->counted ? n - w->counted : 0;

	if (w->began && more)
		evidence_rate_add(&w->no_buffer, now_ms,
				  more > UINT32_MAX ? UINT32_MAX : (uint32_t)more);
	w->counted = n;
	w->began = true;
}

static void gather(const struct control *c, uint64_t now_ms, struct box_evidence *out)
{
	const struct plane_params *p = &c->plane->header->params;

	*out = (struct box_evidence){
		.no_buffer = evidence_rate_sum(&c->box.no_buffer, now_ms),
		.pairs_most = (uint64_t)p->n_workers * p->n_slots,
	};
	for (unsigned w = 0; w < p->n_workers; w++)
		out->pairs += slots_used(c->slots, w);
}

static void look(struct control *c, uint64_t now_ms)
{
	struct diagnose_found *f = &c->box.found;
	struct diagnose_list list = {.n = 0};
	enum diagnose_code code;
	struct box_evidence e;

	gather(c, now_ms, &e);
	box_rules(&e, &list);
	code = list.n ? list.items[0].code : DIAGNOSE_NONE;
	if (f->d.code != code) {
		if (f->d.code != DIAGNOSE_NONE)
			diagnose_tell_cleared(c, &nobody, f);
		if (code != DIAGNOSE_NONE)
			diagnose_tell_found(c, &nobody, &list.items[0], NULL);
		f->since_ms = now_ms;
	}
	f->d = list.items[0];
	f->d.code = code;
}

uint64_t box_watch_turn(struct control *c, uint64_t now_ms)
{
	if (now_ms < c->box.next_ms)
		return c->box.next_ms;
	count(c, now_ms);
	look(c, now_ms);
	c->box.next_ms = now_ms + EVIDENCE_RATE_MS;
	return c->box.next_ms;
}
