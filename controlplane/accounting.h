/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is reported to the RADIUS servers (RFC 2866): start, updates and stop of a session, and that
 * the appliance comes and goes. What is owed is kept in a file: after a crash the next run stops
 * the sessions of this one.
 */
#pragma once

#include "controlplane/control.h"

/* Numbers of sessions that no earlier run of the program has given out. */
void accounting_init(struct control *c);
void accounting_fini(struct control *c);
/* Keeps what is owed in a file of this directory. Before the sandbox; it goes on without. */
void accounting_keep(struct control *c, const char *run_dir);
/*
 * The configuration is a new one: when it wants accounting for the first time, what earlier runs
 * owe is sent, and that the appliance is on.
 */
void accounting_reconfigured(struct control *c);
/* The appliance goes off, behind the stops of all sessions. */
void accounting_off(struct control *c);
/* A server has taken a record. */
void accounting_taken(struct control *c, const struct radius_request *record);
/* The session has its address: a start, when its crypto map wants accounting. */
void accounting_start(struct control *c, struct session *session);
/* Once a second: notes what has been carried; an update when one is due. */
void accounting_round(struct control *c, struct session *session, uint64_t now_ms);
/* A stop, when a start was sent. */
void accounting_stop(struct control *c, struct session *session, enum ike_reason reason);
