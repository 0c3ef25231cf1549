/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A NAT has given its peer another mapping: the pairs of that peer, and of no other, follow.
 * hostile.md H123 and H124: only what a peer has proved leads here.
 */
#pragma once

#include "controlplane/sa_store.h"

/*
 * Every pair of path.peer with UDP encapsulation that is elsewhere is told to its worker. (engine)
 * Returns how many.
 */
size_t sa_move_peer(struct sa_store *s, const struct ike_path *path);
