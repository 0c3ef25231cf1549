/* SPDX-License-Identifier: BSD-3-Clause */
/* A provocation for each reason of drop_reasons.def that a worker can have. */
#pragma once

#include "tests/plane/drops_scene.h"

/*
 * Makes worker 0 drop for that reason, when it runs next or at once: how many packets, each counted
 * once. 0: no worker has this reason, or none that can be provoked.
 */
unsigned drops_provoke(struct drops_scene *s, enum drop_reason reason);
