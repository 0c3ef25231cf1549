/* SPDX-License-Identifier: BSD-3-Clause */
/* Notes (evidence_notes.h) of logins that were refused and sessions that ended. */
#pragma once

#include "controlplane/control.h"
#include "lib/config/config_remote.h"

/* What the answer to a login was: NONE is noted by nobody. */
void evidence_login_user(struct control *c, const struct ike_user *user, enum ike_reason verdict);
/* One login, or one session, too many. */
void evidence_login_limit(struct control *c, const struct ike_path *path,
			  const struct config_group *group, const char *user);
/* vpn-tunnel-protocol of its policy has no IPsec. */
void evidence_login_protocol(struct control *c, const struct ike_path *path,
			     const struct config_group *group);
/* No address was left. */
void evidence_login_pool(struct control *c, const struct ike_path *path,
			 const struct config_group *group);
/* The end of a session, when its user will ask why. */
void evidence_login_ended(struct control *c, const struct session *session, enum ike_reason reason);
