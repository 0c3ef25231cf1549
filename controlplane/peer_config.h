/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who may negotiate with us and under which pre-shared key: by address in main mode, by the name a
 * peer gives in aggressive mode. One question over the whole configuration, without side effects.
 */
#pragma once

#include "controlplane/ike/ike.h"
#include "lib/base/compat.h"
#include "lib/config/config_model.h"

/*
 * Fills in what the keys, groups and peers of the configuration say: psk, named, aggressive, decoy,
 * hybrid, hybrid_decoy, xauth, client, push, group, any_id, any_name, dpd_* where a group says it,
 * and local_id where a peer has one of its own; takes pki away where only a key counts, which is
 * the key of a name or was given for aggressive mode. id: as env->peer() gets it. Everything else
 * of out is left alone. 0, or -ENOENT when nothing is configured.
 */
int must_check peer_config_find(const struct config *config, const struct ike_path *path,
				const struct ike_id *id, struct ike_peer *out);
