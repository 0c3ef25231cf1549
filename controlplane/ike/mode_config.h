/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Mode config as the gateway (draft-dukes-ike-mode-cfg-02 with Cisco's Unity attributes): a client
 * asks for an address and more and gets it (pull), or gets it unasked (push).
 */
#pragma once

#include "controlplane/ike/ike_sa.h"

struct ike_out;
struct ike_txn;
struct ike_work;

/* The client may be given an address now: sends it, when that is our part and not done yet. */
void mode_config_push(struct ike_sa *sa);

/* Handlers of the rows (ike_steps.c). */
int mode_config_receive(struct ike_work *work);
int mode_config_send_reply(struct ike_work *work, struct ike_out *out);
int mode_config_send_set(struct ike_work *work, struct ike_out *out);
int mode_config_receive_ack(struct ike_work *work);
int mode_config_take_ack(struct ike_work *work, struct ike_out *out);
void mode_config_done(struct ike_txn *txn);
