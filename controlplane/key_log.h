/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Keys of IKE and ESP SAs for Wireshark, as event key.line to the clients that asked for them
 * (keys.watch): lines of its tables "ikev1_decryption_table" and "esp_sa". Off unless somebody who
 * may do everything asks; beginning and end stand in the log. Keeps nothing.
 */
#pragma once

#include "lib/plane/plane_msg.h"

#include <stdbool.h>
#include <stdint.h>

struct api_client;
struct control;

/* The client wants them or no longer; to begin with those of the IKE SAs there are. */
void key_log_watch(struct control *c, struct api_client *client, bool on);
/* Phase 1 has come up. */
void key_log_ike(struct control *c, uint64_t ike_sa);
/* A message that installs an SA, before its keys are wiped; others are ignored. */
void key_log_sa(struct control *c, const struct plane_msg *msg);
