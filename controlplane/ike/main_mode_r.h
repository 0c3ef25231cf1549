/* SPDX-License-Identifier: BSD-3-Clause */
/* Main mode as responder: the handlers of its steps (ike_steps.c says when they run). */
#pragma once

struct ike_out;
struct ike_work;

int main_mode_r_receive_offer(struct ike_work *work);
int main_mode_r_send_choice(struct ike_work *work, struct ike_out *out);
int main_mode_r_receive_ke(struct ike_work *work);
int main_mode_r_send_ke(struct ike_work *work, struct ike_out *out);
int main_mode_r_receive_auth(struct ike_work *work);
int main_mode_r_send_auth(struct ike_work *work, struct ike_out *out);
