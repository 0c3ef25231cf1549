/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One exchange in progress: phase 1 of an IKE SA, one quick mode or one transaction. It knows its
 * message ID, state, IV, the last messages seen (to recognise duplicates) and the last message sent
 * (to send it again). Retransmission: the sender of a message that wants an answer sends it 5
 * times, 2, 4, 8 and 16 s apart, and gives up 32 s after the last.
 */
#pragma once

#include "controlplane/ike/ike_msg.h"
#include "controlplane/ike/ike_state.h"
#include "controlplane/ike/ike_timer.h"
#include "lib/base/compat.h"
#include "lib/crypto/prim.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ike_engine;
struct ike_sa;
struct ike_step;
struct ike_txn;
struct ike_work;

enum {
	IKE_TXN_DIGEST = 32,
	IKE_TXN_SENDS = 5,	      /* transmissions of one message before giving up */
	IKE_TXN_FIRST_WAIT_MS = 2000, /* doubled after each */
	IKE_TXN_ANSWERS = 3,	      /* times a stored reply answers a duplicate (H086) */
	IKE_TXN_EMBRYONIC_MS = 30000, /* life of what a responder has not seen confirmed (H103) */
	IKE_TXN_HELD_MS = 30000,      /* the longest wait for an installation */
	IKE_TXN_LINGER_MS = 30000,    /* a finished quick mode answers duplicates this long */
	IKE_DATAGRAM_CHAIN = 32,      /* payloads named in debug */
};

/* A message as it went out, non-ESP marker included, and the way it went. */
struct ike_datagram {
	struct ike_path path;
	uint16_t fragment_mtu;	   /* larger IP packets leave in pieces; 0 = whole in any case */
	uint16_t fragment_id;	   /* the same whenever it is sent again */
	uint8_t fragment_exchange; /* in the headers of the pieces */
	uint8_t n_chain;	   /* for debug: payloads in clear, 0 = nobody asked */
	uint8_t chain[IKE_DATAGRAM_CHAIN];
	uint32_t msgid;
	size_t len;
	uint8_t data[];
};

typedef void (*ike_txn_end_fn)(struct ike_txn *txn);

struct ike_txn {
	struct ike_sa *sa;
	uint8_t exchange;     /* enum ike_exchange */
	uint32_t msgid;	      /* 0 in phase 1 */
	bool initiator;	      /* our role in this exchange */
	enum ike_state state; /* written by ike_txn_set_state() only */
	uint8_t iv[PRIM_IV_MAX];
	uint8_t seen[2]
		    [IKE_TXN_DIGEST]; /* digests of the last two messages accepted, newest first */
	uint8_t n_seen;
	uint8_t answers;	   /* duplicates of seen[0] answered */
	uint8_t sends;		   /* transmissions of last */
	struct ike_datagram *last; /* owned; NULL when there is nothing to send again */
	const struct ike_step
		*held;		/* last waits for an installation; then this step is completed */
	struct ike_work *work;	/* message being worked on by another thread, owned by the engine */
	uint64_t give_up_ms;	/* 0 = when the retransmissions are used up */
	struct ike_timer timer; /* retransmission, giving up, end of lingering */
	ike_txn_end_fn give_up; /* nobody answered, or lingering is over */
	enum ike_reason hint;	/* what the peer said without proof, for the report of a failure */
};

void ike_txn_init(struct ike_txn *txn, struct ike_sa *sa, uint8_t exchange, uint32_t msgid,
		  bool initiator, ike_txn_end_fn give_up);
/* Stops timer and work, frees what it owns. */
void ike_txn_fini(struct ike_txn *txn);

void ike_txn_set_state(struct ike_txn *txn, enum ike_state next);
/* Phase 1 of an SA that was up in another process: it is up. */
void ike_txn_resume(struct ike_txn *txn);
/* A job or an installation is pending: no message may be taken. */
bool ike_txn_busy(const struct ike_txn *txn);

/* SHA-256 of a datagram. */
int must_check ike_txn_digest(const void *data, size_t len, uint8_t digest[IKE_TXN_DIGEST]);
void ike_txn_saw(struct ike_txn *txn, const uint8_t digest[IKE_TXN_DIGEST]);
bool ike_txn_is_duplicate(const struct ike_txn *txn, const uint8_t digest[IKE_TXN_DIGEST]);
/*
 * Sends the stored reply again if digest is the message it answers and it was not sent too often.
 */
void ike_txn_answer_again(struct ike_txn *txn, const uint8_t digest[IKE_TXN_DIGEST]);

/* Replaces the stored message; datagram is owned from now on, NULL for none. */
void ike_txn_store(struct ike_txn *txn, struct ike_datagram *datagram);
/* Sends the stored message for the first time. */
void ike_txn_send(struct ike_txn *txn);
/* After ike_txn_send(): repeat until answered. */
void ike_txn_arm_retransmit(struct ike_txn *txn);
/* Only wait: give_up at give_up_ms. */
void ike_txn_arm_wait(struct ike_txn *txn);
/* The stored message waits for an installation: give_up when that is never answered. */
void ike_txn_arm_held(struct ike_txn *txn);
void ike_txn_disarm(struct ike_txn *txn);
