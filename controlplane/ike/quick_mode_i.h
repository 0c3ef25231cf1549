/* SPDX-License-Identifier: BSD-3-Clause */
/* Quick mode as initiator: the handlers of its steps (ike_steps.c says when they run). */
#pragma once

struct ike_out;
struct ike_work;

int quick_mode_i_send_offer(struct ike_work *work, struct ike_out *out);
int quick_mode_i_receive_choice(struct ike_work *work);
int quick_mode_i_send_confirm(struct ike_work *work, struct ike_out *out);
