/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Informational exchanges (RFC 2409 5.7): notifies and deletes, both ways. What comes in clear is
 * never acted on, only remembered as a hint for the report of a failure; no notify is ever
 * answered by one.
 */
#pragma once

#include "controlplane/ike/ike_msg.h"
#include "controlplane/ike/ike_sa.h"
#include "lib/base/compat.h"

#include <stddef.h>
#include <stdint.h>

struct ike_out;
struct ike_work;

/* Handlers of the rows (ike_steps.c). act runs only when every payload of the message was good. */
int info_mode_receive(struct ike_work *work);
int info_mode_receive_early(struct ike_work *work);
int info_mode_act(struct ike_work *work, struct ike_out *out);

/*
 * A message ID that was used: the last R-U-THERE is answered again, DUP; anything else is REPLAY.
 */
int must_check info_mode_replayed(struct ike_sa *sa, const void *data, size_t len);
/* A message in clear that names this SA. */
void info_mode_hint(struct ike_sa *sa, const struct ike_header *header, const void *data,
		    size_t len);
