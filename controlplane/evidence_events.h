/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Notes (evidence_notes.h) of what the engine, the peers' datagrams and the path tell. All
 * may be called inside engine callbacks, but for the datagram.
 */
#pragma once

#include "controlplane/control.h"

#include <stddef.h>

/* Gives the datagram to the engine, and notes what was rejected of it. */
void evidence_events_datagram(struct control *c, const struct ike_path *path, const uint8_t *data,
			      size_t len);
void evidence_events_ike(struct control *c, const struct ike_event *e);
/* Those that asked this peer ask another one now. */
void evidence_events_failover(struct control *c, const struct ike_path *path);
/* A packet wants a tunnel. */
void evidence_events_wanted(struct control *c, const struct tunnel *t);
/* An idle tunnel was taken down. */
void evidence_events_idle(struct control *c, const struct tunnel *t, const struct ike_path *path);
void evidence_events_path_mtu(struct control *c, const struct ike_path *path, uint32_t mtu);
