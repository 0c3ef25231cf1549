/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The message IDs used under one IKE SA. None may come twice (H084), so all are remembered, up to a
 * limit at which phase 1 has to be negotiated anew.
 */
#pragma once

#include "lib/base/compat.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	IKE_MSGIDS_MAX = 4096
};

struct ike_msgids {
	uint32_t *rows; /* owned, open addressing; 0 = empty, which is no valid message ID */
	size_t n;
	size_t size; /* a power of two */
};

void ike_msgids_fini(struct ike_msgids *ids);
bool ike_msgids_has(const struct ike_msgids *ids, uint32_t msgid);
/* 0, -EEXIST, -ENOSPC at the limit, -ENOMEM. */
int must_check ike_msgids_add(struct ike_msgids *ids, uint32_t msgid);
