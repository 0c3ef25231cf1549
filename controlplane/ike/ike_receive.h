/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What happens to a message: SA and exchange found, duplicate recognised, step row found,
 * decrypted, HASH and grammar checked, handlers run, reply sealed and sent, state and timer set.
 */
#pragma once

#include "controlplane/ike/ike_engine.h"
#include "controlplane/ike/ike_work.h"

#include <stddef.h>
#include <stdint.h>

/* One ISAKMP message, without non-ESP marker. What is wrong with it is counted, once. */
void ike_receive_message(struct ike_engine *engine, const struct ike_path *path, const void *data,
			 size_t len);
/* Phase 1 is done: takes what came while its last message was being checked. */
void ike_receive_early(struct ike_sa *sa);
/*
 * A message that belongs to a row: open it and let the row's handlers run. txn is NULL for a new
 * quick mode and for informational messages. IKE_PARSED, also when the handlers refused it.
 */
int must_check ike_receive_take(struct ike_engine *engine, struct ike_sa *sa, struct ike_txn *txn,
				const struct ike_step *step, const struct ike_path *path,
				const void *data, size_t len);
/* Runs the row that starts an exchange as initiator towards a state; owns work from then on. */
void ike_receive_start(struct ike_work *work, struct ike_txn *txn, enum ike_state next);
/*
 * Whether the configuration names somebody at that address. What an SA may negotiate goes by the
 * address of its peer: whoever could move there would stand for the other one. A key or a map for
 * any address stands for nobody.
 */
bool ike_receive_is_taken(const struct ike_engine *engine, const struct ike_path *path);
/* The installation a held reply waited for is confirmed: send it and complete the step. */
void ike_receive_release(struct ike_txn *txn);
