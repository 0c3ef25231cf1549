/* SPDX-License-Identifier: BSD-3-Clause */
/* Puts together all that is known of one peer (controlplane/diagnose/evidence.h). */
#pragma once

#include "controlplane/control.h"
#include "controlplane/diagnose/evidence.h"

/* What struct evidence borrows; it lives as long as that does. */
struct evidence_room {
	struct evidence_sa sas[EVIDENCE_SAS];
	struct evidence_drop drops[EVIDENCE_DROPS_MAX];
	struct evidence_note notes[EVIDENCE_KIND_COUNT];
};

/* Borrows from the place, the configuration and the room. Changes nothing but what is too old. */
void evidence_gather(const struct control *c, struct evidence_place *p, struct evidence_room *room,
		     struct evidence *out);
/* The pairs with a peer: the n most telling of them, those that carry traffic first. */
size_t evidence_gather_pairs(const struct control *c, const struct evidence_place *p,
			     const struct sa_pair **pairs, size_t n);
