/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * XAUTH as the gateway (draft-ietf-ipsec-isakmp-xauth-06): phase 1 is up, and before anything else
 * the peer's user gives name and password. Generic type only. Three wrong ones end the IKE SA.
 */
#pragma once

#include "controlplane/ike/ike.h"
#include "controlplane/ike/ike_sa.h"

struct ike_out;
struct ike_txn;
struct ike_work;

enum {
	XAUTH_TRIES = 3,
	XAUTH_DECIDE_MS = 60000, /* the longest wait for the environment's answer */
};

/* Asks the user of an SA that has just come up. */
void xauth_start(struct ike_sa *sa);
/* The environment has decided. */
void xauth_verdict(struct ike_sa *sa, enum ike_reason verdict);

/* Handlers of the rows (ike_steps.c). */
int xauth_send_request(struct ike_work *work, struct ike_out *out);
int xauth_receive_reply(struct ike_work *work);
int xauth_take_reply(struct ike_work *work, struct ike_out *out);
void xauth_judge(struct ike_txn *txn);
int xauth_send_status(struct ike_work *work, struct ike_out *out);
int xauth_receive_ack(struct ike_work *work);
int xauth_take_ack(struct ike_work *work, struct ike_out *out);
void xauth_done(struct ike_txn *txn);
