/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/evidence.h"

const struct evidence_note *evidence_note(const struct evidence *e, enum evidence_note_kind kind)
{
	for (size_t i = 0; i < e->n_notes; i++)
		if (e->notes[i].kind == kind)
			return &e->notes[i];
	return NULL;
}

const struct evidence_drop *evidence_drop(const struct evidence *e, enum drop_reason reason)
{
	for (size_t i = 0; i < e->n_drops; i++)
		if (e->drops[i].reason == reason)
			return &e->drops[i];
	return NULL;
}
