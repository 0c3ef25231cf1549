/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Subinterfaces: ports that share the device of a main interface and are told apart by the VLAN tag
 * of the frame (IEEE 802.1Q). To everything above the link they are ports like any other. One tag;
 * frames with none, or with the priority tag 0, are the main interface's or those of the
 * subinterface whose VLAN is native.
 */
#pragma once

#include "dataplane/dataplane.h"
#include "lib/base/drop.h"
#include "lib/plane/plane_msg.h"

#include <rte_mbuf.h>

enum {
	VLAN_TAG = 4, /* bytes */
	VLAN_MAX = 4094,
};

/*
 * The subinterface of that name, made if there is none, on its VLAN (on none when the message names
 * no parent). Main thread. Its index, or -ENODEV (no such main interface), -ENOSPC, -ENOMEM.
 */
int must_check vlan_attach(struct dataplane *dp, const struct plane_interface *want);
void vlan_fini(struct dataplane *dp);

/*
 * Takes the tag of a frame off, data at the Ethernet header before and after; *port becomes the
 * port it is for. DROP_NONE or the reason.
 */
enum drop_reason must_check vlan_untag(const struct dataplane *dp, struct rte_mbuf *m,
				       unsigned *port);
/* Puts a tag into a frame. False without headroom. */
bool must_check vlan_tag(struct rte_mbuf *m, uint16_t vlan);
