/* SPDX-License-Identifier: BSD-3-Clause */
/* Aggressive mode as initiator (RFC 2409 5.4): the handlers of its rows in ike_steps.c. */
#pragma once

struct ike_out;
struct ike_work;

int aggressive_mode_i_send_offer(struct ike_work *work, struct ike_out *out);
int aggressive_mode_i_receive_choice(struct ike_work *work);
int aggressive_mode_i_verify(struct ike_work *work);
int aggressive_mode_i_send_auth(struct ike_work *work, struct ike_out *out);
