/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Watches what the replay windows refuse, in periods of a minute (ten seconds when it begins), and
 * logs one sentence an SA and period while authentic packets come too late.
 */
#pragma once

#include "controlplane/control.h"
#include "controlplane/reorder_advice.h"

/* Once a second or so, over all pairs. */
void reorder_watch_round(struct control *c, uint64_t now_ms);
/*
 * What was refused in the period that runs, or if that is nothing in the last one that had any. The
 * texts belong to the tunnel.
 */
struct reorder_facts reorder_watch_facts(const struct control *c, const struct tunnel *t,
					 const struct sa_pair *pair);
