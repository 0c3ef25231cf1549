/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The IKE SAs that are up, as bytes that the next process of this appliance goes on with: keys,
 * cookies, message IDs used, numbers of dead peer detection, NAT traversal and times. The peer
 * notices nothing. Exchanges in progress are not among them: who began one begins it again. Nor
 * are clients, who dial again, and peers whose proof lies elsewhere (ike_path.who).
 */
#pragma once

#include "controlplane/ike/ike.h"
#include "lib/base/compat.h"
#include "lib/base/rbuf.h"
#include "lib/base/wbuf.h"

#include <stddef.h>

/* Bytes wanted at most by ike_vault_write(). */
size_t ike_vault_bytes(const struct ike_engine *engine);
/* Writes them; they hold keys. What does not fit is marked in the buffer. */
void ike_vault_write(const struct ike_engine *engine, struct wbuf *w);
/*
 * Takes them into an engine that has no SA yet, whose clock is that of the other process. Returns
 * how many; 0 as well for what another version has written. The bytes are believed as little as
 * anything: one that makes no sense ends the reading.
 */
size_t ike_vault_adopt(struct ike_engine *engine, struct rbuf *r);
