/* SPDX-License-Identifier: BSD-3-Clause */
/* Main mode as initiator: the handlers of its steps (ike_steps.c says when they run). */
#pragma once

struct ike_out;
struct ike_work;

int main_mode_i_send_offer(struct ike_work *work, struct ike_out *out);
int main_mode_i_receive_choice(struct ike_work *work);
int main_mode_i_send_ke(struct ike_work *work, struct ike_out *out);
int main_mode_i_receive_ke(struct ike_work *work);
int main_mode_i_send_auth(struct ike_work *work, struct ike_out *out);
int main_mode_i_receive_auth(struct ike_work *work);
int main_mode_i_finish(struct ike_work *work, struct ike_out *out);
