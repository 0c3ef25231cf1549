/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How the engine says what happens, for `debug crypto isakmp|ipsec|ikev1`: ike_say() with a row of
 * the table (ike_say.h), and functions for what takes more than a row. Costs one test of a mask
 * when nobody listens.
 */
#pragma once

#include "controlplane/ike/ike.h"
#include "controlplane/ike/ike_proposal.h"
#include "controlplane/ike/ike_sa.h"
#include "controlplane/ike/ike_say.h"
#include "controlplane/ike/ike_steps.h"
#include "lib/base/compat.h"

#include <stddef.h>

struct ike_work;

/* ike_say(sa, IKE_SAY_KEY_FOUND), ike_say(sa, IKE_SAY_QM_NONCE, msgid): arguments by their type. */
#define ike_say(sa, say, ...)                                                                      \
	do {                                                                                       \
		if (unlikely((sa)->engine->debug))                                                 \
			ike_debug_say(sa, say, (const struct ike_arg[11]){IKE_ARGS(__VA_ARGS__)}); \
	} while (0)

static inline bool ike_debug_on(const struct ike_engine *engine)
{
	return unlikely(engine->debug);
}

/* Of ike_say(): args are ten. */
void ike_debug_say(const struct ike_sa *sa, enum ike_say say, const struct ike_arg *args);
/* "Input = ..." and "Old State = ...  New State = ..." */
void ike_debug_move(const struct ike_sa *sa, const char *input, const char *from, const char *to);

/* A peer without any SA so far. */
void ike_debug_peer(const struct ike_sa *sa);
/* Its SA pair stands: called when children has counted it. */
void ike_debug_peer_pair(const struct ike_sa *sa);
void ike_debug_received(const struct ike_sa *sa, const struct ike_path *path);
/* Opened: what is in it. */
void ike_debug_opened(const struct ike_work *work);
/* On its way, for the first time or again. */
void ike_debug_sending(const struct ike_sa *sa, const struct ike_datagram *datagram,
		       enum ike_state state, bool again);
/* Message and answer are through, or refused. */
void ike_debug_return(const struct ike_sa *sa, const struct ike_step *step, bool good);
/* The state lines of a step: before its handlers run, between them, and when its reply is out. */
void ike_debug_arrived(const struct ike_sa *sa, const struct ike_txn *txn, uint32_t msgid,
		       const struct ike_step *step);
void ike_debug_process(const struct ike_work *work);
void ike_debug_completing(const struct ike_txn *txn, const struct ike_step *step);
void ike_debug_completed(const struct ike_txn *txn, enum ike_state before,
			 const struct ike_step *step);

/* Quick mode is through: the node, and its last state. */
void ike_debug_quick_done(const struct ike_txn *txn);

/* Phase 1. */
void ike_debug_method(const struct ike_sa *sa, bool early, uint8_t id_type);
void ike_debug_own_id(const struct ike_sa *sa, const struct ike_id *id, unsigned next_payload);
/* The peer's; of message 1 of aggressive mode with its fields. */
void ike_debug_peer_id(const struct ike_sa *sa, const struct ike_id *id, bool first);
/* Which tunnel group it is. */
void ike_debug_landed(const struct ike_sa *sa);
void ike_debug_nat(const struct ike_sa *sa, bool local, bool remote);
/* PHASE 1 COMPLETED and what goes with it; once an SA. */
void ike_debug_up(struct ike_sa *sa);
/* An ike_proposal_check_fn each; ctx is the SA, in phase 2 the work. */
void ike_debug_check_p1(void *ctx, const struct ike_proposal_check *check);
void ike_debug_check_p2(void *ctx, const struct ike_proposal_check *check);
/* The transform the peer chose from ours. */
void ike_debug_accepted_p1(const struct ike_sa *sa, const struct ike_sa_offer *offer,
			   const struct ike_choice *choice);
void ike_debug_accepted_p2(const struct ike_sa *sa, const struct ike_sa_offer *offer);

/* Quick mode: ike_debug_child.c. */
enum {
	IKE_DEBUG_PROXY = 128
};
/* "10.1.1.0/255.255.255.0/0/0" */
const char *ike_debug_proxy(const struct prefix *p, uint8_t protocol, uint16_t port,
			    char buf[IKE_DEBUG_PROXY]);
/* The ID payloads as they come, decoded; the second time what the others say later. */
void ike_debug_proxy_seen(const struct ike_work *work, const struct ike_id *id, bool local);
void ike_debug_proxies(const struct ike_work *work);
void ike_debug_spi(const struct ike_sa *sa, const struct ike_child_config *config, uint32_t spi,
		   bool initiator);
void ike_debug_own_proxies(const struct ike_sa *sa, const struct selector *s, bool initiator);
void ike_debug_loading(const struct ike_sa *sa, const struct ike_child *child);
void ike_debug_child_up(const struct ike_txn *txn, const struct ike_child *child);
