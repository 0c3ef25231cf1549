/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * THE STEP TABLE: one row for each message that may come, or that we start an exchange with. The
 * engine (ike_receive.c) finds the row, checks the grammar, decrypts, verifies HASH, then runs
 * receive -> Diffie-Hellman job -> verify -> commit and does what the rest of the row says.
 */
#pragma once

#include "controlplane/ike/ike_msg.h"
#include "controlplane/ike/ike_state.h"

#include <stdbool.h>
#include <stdint.h>

struct ike_out;
struct ike_txn;
struct ike_work;

enum ike_step_hash {
	IKE_STEP_CLEAR,	 /* not encrypted */
	IKE_STEP_OPAQUE, /* encrypted; the handler authenticates it (HASH_I, HASH_R) */
	IKE_STEP_EITHER, /* encrypted or not, as the peer likes; otherwise the same */
	IKE_STEP_HASH1,	 /* encrypted; prf(SKEYID_a, message ID | rest) */
	IKE_STEP_HASH2,	 /* the same with Ni_b in front of the rest */
	IKE_STEP_HASH3,	 /* prf(SKEYID_a, 0 | message ID | Ni_b | Nr_b) */
};

enum ike_step_timer {
	IKE_STEP_IDLE,	 /* nothing to wait for */
	IKE_STEP_REPEAT, /* our message is repeated until it is answered */
	IKE_STEP_WAIT,	 /* the peer repeats; we give up when its time is over */
	IKE_STEP_LINGER, /* finished; kept for duplicates */
};

/*
 * Reads and verifies into work; changes nothing of the SA. IKE_PARSED, or the counter of what is
 * wrong (and work->notify, work->reason when it should have consequences). A verify handler may
 * order a signature to be checked and return IKE_AGAIN: it is called again with the result.
 */
typedef int (*ike_step_receive_fn)(struct ike_work *work);
/*
 * Takes over what was verified and writes the reply. 0, or -errno: the exchange fails closed; or
 * IKE_STEP_AGAIN, with nothing written, after ordering a signature that the reply needs.
 */
typedef int (*ike_step_commit_fn)(struct ike_work *work, struct ike_out *out);
/* The reply is out and the state is the new one. */
typedef void (*ike_step_done_fn)(struct ike_txn *txn);

struct ike_step {
	uint8_t exchange;     /* enum ike_exchange */
	bool initiator;	      /* our role in it */
	enum ike_state state; /* in which it may come */
	int message;	      /* enum ike_message, -1: no message, we start here */
	enum ike_step_hash hash;
	const char *arrived; /* "IKE_I_MM2": name in debug between arrival and reply */
	ike_step_receive_fn receive;
	ike_step_commit_fn commit;
	enum ike_state next;
	enum ike_step_timer timer;
	ike_step_done_fn done; /* may be NULL */
	/* What only the result of the job can show, checked behind it like receive; may be NULL. */
	ike_step_receive_fn verify;
};

enum {
	IKE_STEP_NO_MESSAGE = -1,
	IKE_STEP_AGAIN = 1, /* of a commit handler */
};

/* NULL when nothing of the kind may come now. */
const struct ike_step *ike_steps_find(uint8_t exchange, bool initiator, enum ike_state state);
/* The row that starts an exchange as initiator and leads to a state. */
const struct ike_step *ike_steps_start(uint8_t exchange, enum ike_state next);
