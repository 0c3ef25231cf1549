/* SPDX-License-Identifier: BSD-3-Clause */
/* Which attributes of mode config we give, as a table; what a client asks for is looked up. */
#pragma once

#include "controlplane/ike/ike.h"
#include "controlplane/ike/ike_build.h"
#include "controlplane/ike/ike_sa.h"
#include "lib/base/rbuf.h"

/*
 * Of what the client asks for, what there is: each once, in its order. Others are logged as
 * "Unsupported Attr" and left out. sa is for the debug lines.
 */
void mode_config_attrs_reply(struct ike_build *b, const struct ike_sa *sa,
			     const struct ike_client_config *client, struct rbuf asked);
/* All there is. */
void mode_config_attrs_all(struct ike_build *b, const struct ike_sa *sa,
			   const struct ike_client_config *client);
