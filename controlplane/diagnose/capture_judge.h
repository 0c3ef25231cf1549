/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A capture before the rules, from one end of a pair and from the other: what each end could know,
 * less its configuration and what was encrypted.
 */
#pragma once

#include "controlplane/diagnose/capture.h"

/* A negotiation as this end sees it. */
struct ike_record capture_judge_talk(const struct capture_talk *t, enum capture_side side);
/* A message is there and one before it is not: one direction was not captured, or the capture lost
 * some. Nothing is concluded from a negotiation that has not come up then. */
bool capture_judge_has_gap(const struct ike_record *r);
/* Everything that can be said from pair->ends[side]. */
void capture_judge(const struct capture *c, const struct capture_pair *pair, enum capture_side side,
		   struct diagnose_list *out);
