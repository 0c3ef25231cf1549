/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ICMP addressed to the appliance itself: echo is answered, "fragmentation needed" about ESP of
 * ours is reported, everything else is refused. Bytes only.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/base/drop.h"
#include "lib/plane/plane_msg.h"

#include <stddef.h>
#include <stdint.h>

enum local_verdict {
	LOCAL_DROP,	/* *reason says why */
	LOCAL_REPLY,	/* the packet was made its own answer, *len bytes long */
	LOCAL_PATH_MTU, /* *path_mtu is filled */
};

/* packet is IPv4 with a verified header; *len bytes are there. */
enum local_verdict local_icmp(uint8_t *packet, size_t *len, struct plane_path_mtu *path_mtu,
			      enum drop_reason *reason);
