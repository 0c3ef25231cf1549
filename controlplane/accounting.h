/* SPDX-License-Identifier: BSD-3-Clause */
/* What is reported of a session to the RADIUS servers: start, updates, stop (RFC 2866). */
#pragma once

#include "controlplane/control.h"

/* Numbers of sessions that no earlier run of the program has given out. */
void accounting_init(struct control *c);
/* The session has its address: a start, when its crypto map wants accounting. */
void accounting_start(struct control *c, struct session *session);
/* An update when one is due. */
void accounting_round(struct control *c, struct session *session, uint64_t now_ms);
/* A stop, when a start was sent. */
void accounting_stop(struct control *c, struct session *session, enum ike_reason reason);
