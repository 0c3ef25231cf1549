/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `test crypto path`: whether UDP 500 and 4500 pass to a peer and back (a phase 1 to each, beside
 * the SAs in use: trial.h), whether ESP does, and the largest packet that crosses the tunnel
 * (path_search.h, with pings through it). One at a time.
 */
#pragma once

#include "controlplane/api_call.h"

#include <stdint.h>

/* test.path */
json_t *path_test_call(struct api_call *call);
/* Goes on; answers when it is over. Returns when it wants to run again. */
uint64_t path_test_turn(struct control *c, uint64_t now_ms);
void path_test_fini(struct control *c);
