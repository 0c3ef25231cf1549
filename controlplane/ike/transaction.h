/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Transactions under an IKE SA that is up (exchange type 6): one message each way, REQUEST and
 * REPLY or SET and ACK. What is in them is xauth.h's and mode_config.h's.
 */
#pragma once

#include "controlplane/ike/config_payload.h"
#include "controlplane/ike/ike_sa.h"
#include "controlplane/ike/ike_txn.h"
#include "controlplane/ike/ike_work.h"
#include "lib/base/compat.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

struct ike_out;

enum {
	TRANSACTIONS_MAX = 8 /* of one SA, those that only answer duplicates included */
};

struct ike_transaction {
	LIST_ENTRY(ike_transaction) link; /* sa->transactions, newest first */
	struct ike_txn txn;
	uint16_t identifier;
	struct ike_client_config *client; /* what the reply will say, owned; mode config only */
};

/* One of our own, not begun. NULL without memory or randomness, which is counted. */
struct ike_transaction *transaction_create(struct ike_sa *sa);
/* Begins it: the row of ike_steps.c that leads to this state. It may end the SA. */
void transaction_begin(struct ike_transaction *t, enum ike_state next);
/*
 * The peer has started one: its message ID is used up, whatever becomes of it; the exchange gets
 * its place under the SA. NULL without memory or when the ID is not fresh.
 */
struct ike_transaction *transaction_accept(struct ike_sa *sa, uint32_t msgid);
void transaction_destroy(struct ike_transaction *t);

struct ike_transaction *transaction_of(struct ike_txn *txn);
struct ike_transaction *transaction_find(struct ike_sa *sa, uint32_t msgid);
/* Ends one that cannot go on: with the SA, when it was ours to ask. */
void transaction_fail(struct ike_transaction *t, enum ike_reason reason);

/* Pieces of the handlers: the message we send, and the peer's answer to ours. */
void transaction_open(struct ike_out *out, const struct ike_transaction *t,
		      enum config_payload_kind kind);
int must_check transaction_check_answer(const struct ike_work *work, enum config_payload_kind kind,
					struct config_payload *payload);
