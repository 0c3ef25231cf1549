/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/evidence_notes.h"

#include <stdlib.h>
#include <string.h>

enum {
	MS = 1000,
	COUNTED_S = 300,
	KEPT_S = 3600,
};

/* How long a note says something; what is not here is kept for an hour. */
static const uint16_t kept_s[EVIDENCE_KIND_COUNT] = {
	[EVIDENCE_DPD_LOST] = EVIDENCE_WINDOW_S,
	[EVIDENCE_COLLISION] = COUNTED_S,
	[EVIDENCE_STALE_PEER] = COUNTED_S,
	[EVIDENCE_IKE_OFF] = COUNTED_S,
	[EVIDENCE_MALFORMED] = COUNTED_S,
	[EVIDENCE_HALF_OPEN] = COUNTED_S,
	[EVIDENCE_AGGRESSIVE] = COUNTED_S,
	[EVIDENCE_NO_ROUTE] = COUNTED_S,
	[EVIDENCE_IKEV2] = COUNTED_S,
};

static bool is_old(const struct evidence_note *note, uint64_t now_ms)
{
	uint32_t s = kept_s[note->kind] ? kept_s[note->kind] : KEPT_S;

	return now_ms - note->at_ms > (uint64_t)s * MS;
}

static struct evidence_note *find(struct evidence_place *p, enum evidence_note_kind kind)
{
	for (size_t i = 0; i < p->n_notes; i++)
		if (p->notes[i].kind == kind)
			return &p->notes[i];
	return NULL;
}

static struct evidence_note *add(struct evidence_place *p, enum evidence_note_kind kind)
{
	struct evidence_note *rows = realloc(p->notes, (p->n_notes + 1u) * sizeof(*rows));

	if (!rows)
		return NULL;
	p->notes = rows;
	rows[p->n_notes] = (struct evidence_note){.kind = (uint8_t)kind};
	return &rows[p->n_notes++];
}

struct evidence_note *evidence_notes_put(struct evidence_book *b, struct evidence_place *p,
					 enum evidence_note_kind kind, uint64_t now_ms)
{
	struct evidence_note *note = find(p, kind);

	if (note && is_old(note, now_ms))
		*note = (struct evidence_note){.kind = (uint8_t)kind};
	if (!note)
		note = add(p, kind);
	if (!note) {
		b->spare = (struct evidence_note){0};
		return &b->spare;
	}
	note->at_ms = now_ms;
	evidence_book_touch(b, p, now_ms);
	return note;
}

void evidence_notes_count(struct evidence_book *b, struct evidence_place *p,
			  enum evidence_note_kind kind, uint64_t now_ms, uint64_t n)
{
	struct evidence_note *note = evidence_notes_put(b, p, kind, now_ms);

	note->n += n;
	note->count++;
}

void evidence_notes_clear(struct evidence_place *p, enum evidence_note_kind kind)
{
	struct evidence_note *note = find(p, kind);

	if (note)
		*note = p->notes[--p->n_notes];
}

void evidence_notes_prune(struct evidence_place *p, uint64_t now_ms)
{
	for (size_t i = p->n_notes; i-- > 0;)
		if (is_old(&p->notes[i], now_ms))
			p->notes[i] = p->notes[--p->n_notes];
}
