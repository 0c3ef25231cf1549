/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Event lines as IOS words them (debug-formats section 6): IKE failures, links.
 */
#pragma once

#include "controlplane/control.h"

void notices_ike(struct control *c, const struct ike_event *event);
/* A negotiation with a peer was begun: `first` from phase 1 on. */
void notices_initiated(struct control *c, const struct tunnel *t, const struct addr *peer,
		       bool first);
/* Traffic wants a tunnel that cannot be begun from here. */
void notices_no_policy(struct control *c, const struct tunnel *t);
/* A NAT has moved a peer, and its SAs have followed. */
void notices_moved(struct control *c, const struct ike_path *path);
/* The link state of an interface changed. */
void notices_link(struct control *c, const char *interface);
/* The device of an interface in the statistics segment, NULL when there is none. */
const struct plane_stats_device *notices_device(const struct control *c, const char *interface);
