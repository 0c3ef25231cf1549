/* SPDX-License-Identifier: BSD-3-Clause */
/* Aggressive mode as responder (RFC 2409 5.4): the handlers of its rows in ike_steps.c. */
#pragma once

#include "controlplane/ike/ike_id.h"
#include "controlplane/ike/ike_work.h"
#include "lib/base/compat.h"

#include <stddef.h>

struct ike_out;

/* The identity in message 1, read before there is an SA. IKE_PARSED or the counter. */
int must_check aggressive_mode_r_peek_id(const struct ike_header *header, const void *data,
					 size_t len, struct ike_id *id);
int aggressive_mode_r_receive_offer(struct ike_work *work);
int aggressive_mode_r_send_choice(struct ike_work *work, struct ike_out *out);
int aggressive_mode_r_receive_auth(struct ike_work *work);
int aggressive_mode_r_verify(struct ike_work *work);
int aggressive_mode_r_finish(struct ike_work *work, struct ike_out *out);
