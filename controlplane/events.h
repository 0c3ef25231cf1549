/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What happens outside and what it does here: messages of the data plane and events of the engine.
 */
#pragma once

#include "controlplane/control.h"

/* A message of a worker, or of culvertd's main thread (PLANE_CLIENT_MAIN). */
void events_plane(void *control, int from, const struct plane_msg *msg);
/* An IKE datagram from the network. */
void events_datagram(void *control, const struct plane_datagram *head, const uint8_t *data);
/* An event of the engine; called from inside it. */
void events_ike(struct control *c, const struct ike_event *event);
