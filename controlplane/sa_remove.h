/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SAs out of the data plane: DELETE to the peer, removal by the worker, and only with its
 * acknowledgement the end of the record. Counters are kept on the way.
 */
#pragma once

#include "controlplane/sa_store.h"

/*
 * Removes a pair, with a DELETE to the peer unless silent or the peer deleted it itself; may be
 * called from engine callbacks only when silent.
 */
void sa_remove_pair(struct sa_store *s, struct sa_pair *pair, enum ike_reason reason, bool silent);
/* Sends the removal of a dying pair (again, if memory was short). */
void sa_remove_send(struct sa_store *s, struct sa_pair *pair);
/* The peer deleted the pair it receives on with this SPI; may be called from engine callbacks. */
void sa_remove_by_peer(struct sa_store *s, const struct ike_path *peer, uint32_t spi_out);

/* Takes over what the segment says of the outbound half, before the worker forgets it. */
void sa_remove_keep_out(struct sa_store *s, struct sa_pair *pair);
/* And what went out between that and the moment the worker did it. */
void sa_remove_keep_rest_out(struct sa_pair *pair, const struct plane_ack *ack);
