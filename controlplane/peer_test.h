/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `test crypto peer`: what a negotiation with a peer would come to, beside the SAs in use
 * (trial.h): phase 1, and quick mode when no SA pair with the peer is up. Where one is, nothing is
 * sent that the peer could take for proof of us. One at a time.
 */
#pragma once

#include "controlplane/api_call.h"
#include "controlplane/diagnose/diagnose.h"
#include "controlplane/ike/ike_record.h"

#include <stdint.h>

/*
 * The first tunnel of the peer that parameter "peer" names, which is filled in; NULL after
 * api_call_fail().
 */
const struct tunnel *peer_test_tunnel(struct api_call *call, struct addr *peer);
/*
 * What is wrong with these negotiations alone; a record that has not ended is given up here. NULL =
 * there was none.
 */
void peer_test_diagnose(struct control *c, const struct addr *peer, const struct ike_record *phase1,
			const struct ike_record *quick, struct diagnose_list *out);
/* The roots of a list. */
json_t *peer_test_roots(const struct control *c, const struct diagnose_list *list);
/* test.peer */
json_t *peer_test_call(struct api_call *call);
/* Goes on; answers when it is over. Returns when it wants to run again. */
uint64_t peer_test_turn(struct control *c, uint64_t now_ms);
void peer_test_fini(struct control *c);
