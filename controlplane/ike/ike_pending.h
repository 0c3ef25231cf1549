/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SA pairs the environment wants and that wait: for phase 1, or for a place among the quick modes
 * of an IKE SA. Every pair starts here; most leave at once.
 */
#pragma once

#include "controlplane/ike/ike_engine.h"
#include "lib/base/compat.h"

#include <stdint.h>
#include <sys/queue.h>

/* 0, -EALREADY when the tunnel waits or is being negotiated, -ENOMEM. */
int must_check ike_pending_add(struct ike_engine *engine, const struct ike_path *path,
			       const struct ike_child_config *config);
/*
 * Starts what can be started for the peer of this path: quick modes under the best SA, or phase 1
 * when there is none. What cannot ever be started is reported as failed.
 */
void ike_pending_run(struct ike_engine *engine, const struct ike_path *path);
/*
 * Phase 1 failed: reports everything that waits for this peer, unless another phase 1 is under
 * way.
 */
void ike_pending_fail(struct ike_engine *engine, const struct ike_path *path,
		      enum ike_reason reason);
/*
 * The peer of from is reached another way now, and so is what waits for it (what waits for
 * whoever is at the old address stays).
 */
void ike_pending_moved(struct ike_engine *engine, const struct ike_path *from,
		       const struct ike_path *to);
void ike_pending_init(struct ike_engine *engine);
void ike_pending_fini(struct ike_engine *engine);
