/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The lines of `debug crypto isakmp` and `debug crypto ipsec` in the style of IOS: "ISAKMP
 * (0:1001): ...". Costs one test of a mask when it is off. Never a key; peer's bytes are escaped.
 */
#pragma once

#include "controlplane/ike/ike.h"
#include "controlplane/ike/ike_proposal.h"
#include "controlplane/ike/ike_sa.h"
#include "controlplane/ike/ike_steps.h"
#include "lib/base/compat.h"

#include <stddef.h>

#define ike_debug(sa, ...)                                                  \
	do {                                                                \
		if (unlikely(ike_debug_on((sa)->engine, IKE_TOPIC_ISAKMP))) \
			ike_debug_line(sa, __VA_ARGS__);                    \
	} while (0)

/* Text of an address for the arguments of one ike_debug() line. */
#define ike_debug_addr(addr) addr_print(addr, (char[ADDR_TEXT]){0}, ADDR_TEXT)

static inline bool ike_debug_on(const struct ike_engine *engine, enum ike_topic topic)
{
	return engine->debug & (1u << topic);
}

/* The same without the number of the SA in front. */
#define ike_debug_plain(sa, ...)                                            \
	do {                                                                \
		if (unlikely(ike_debug_on((sa)->engine, IKE_TOPIC_ISAKMP))) \
			ike_debug_bare(sa, __VA_ARGS__);                    \
	} while (0)

void ike_debug_line(const struct ike_sa *sa, const char *fmt, ...) printf_like(2, 3);
void ike_debug_bare(const struct ike_sa *sa, const char *fmt, ...) printf_like(2, 3);
/* "Input = ..." and "Old State = ...  New State = ..." */
void ike_debug_move(const struct ike_sa *sa, const char *input, const char *from, const char *to);

void ike_debug_sending(const struct ike_sa *sa, const struct ike_path *path, enum ike_state state);
void ike_debug_received(const struct ike_sa *sa, const struct ike_path *path);
/* The state lines of a step: before its handlers run, and when its reply is out. */
void ike_debug_arrived(const struct ike_sa *sa, const struct ike_txn *txn, uint32_t msgid,
		       const struct ike_step *step);
void ike_debug_completed(const struct ike_txn *txn, enum ike_state before,
			 const struct ike_step *step);
void ike_debug_id(const struct ike_sa *sa, const struct ike_id *id, const char *what,
		  unsigned next_payload);

/* An ike_proposal_check_fn each; ctx is the SA. */
void ike_debug_check_p1(void *ctx, const struct ike_proposal_check *check);
void ike_debug_check_p2(void *ctx, const struct ike_proposal_check *check);
/* The transform the peer chose from ours. */
void ike_debug_accepted_p1(const struct ike_sa *sa, const struct ike_sa_offer *offer,
			   const struct ike_choice *choice);
void ike_debug_accepted_p2(const struct ike_sa *sa, const struct ike_sa_offer *offer);
void ike_debug_children(const struct ike_sa *sa, const struct ike_child *child);
