/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Remote access clients, from their first message to the end of their session: which group and
 * which crypto map they come under, whether they may log in, which address and what else they get,
 * how long they may stay, what is reported of them. Joins sessions.h, pools.h and aaa.h with the
 * engine and the configuration.
 */
#pragma once

#include "controlplane/control.h"

void remote_access_init(struct control *c);
void remote_access_fini(struct control *c);

/* The crypto map that a peer comes in under; NULL when there is none. */
const struct config_map *remote_access_map(const struct config *config,
					   const struct ike_path *path);
/* (engine) ike_env.user and ike_env.client. */
void remote_access_user(struct control *c, const struct ike_user *user);
int remote_access_client(struct control *c, const struct ike_client_request *request,
			 struct ike_client_config *out, enum ike_reason *why);
/* (engine) What becomes of IKE SAs, and of the pairs of a client. */
void remote_access_event(struct control *c, const struct ike_event *event);
void remote_access_pair_deleted(struct control *c, const struct sa_pair *pair);

/* Once a second: traffic, times, accounting. */
void remote_access_round(struct control *c, uint64_t now_ms);
/* Each turn; returns the next time. */
uint64_t remote_access_turn(struct control *c);
/* The configuration is a new one: clients of groups that are gone go. */
void remote_access_reconfigured(struct control *c);
/* The appliance goes down: every session is over; what is reported of that must not take long. */
void remote_access_shutdown(struct control *c);
/* Ends sessions: all, or those of a user. Returns how many. */
size_t remote_access_clear(struct control *c, const char *user, enum ike_reason reason);
/* What the Cisco client calls a reason: 412, 413, 426 or 433 (R083). */
unsigned remote_access_client_reason(enum ike_reason reason);
