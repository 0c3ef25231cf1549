/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules of the stage of the offer that compare policies (rules_offer.c has the order). */
#pragma once

#include "controlplane/diagnose/evidence.h"

/* One attribute alone differs. */
bool rules_offer_policy_hash(const struct evidence *e, struct diagnosis *d);
bool rules_offer_policy_encryption(const struct evidence *e, struct diagnosis *d);
bool rules_offer_policy_authentication(const struct evidence *e, struct diagnosis *d);
bool rules_offer_policy_group(const struct evidence *e, struct diagnosis *d);
/* Several, or there is nothing to compare with. */
bool rules_offer_policy_any(const struct evidence *e, struct diagnosis *d);
/* The peer refused ours. */
bool rules_offer_policy_rejected(const struct evidence *e, struct diagnosis *d);
/* Why it was bound to be refused. */
bool rules_offer_policy_client(const struct evidence *e, struct diagnosis *d);
bool rules_offer_policy_unavailable(const struct evidence *e, struct diagnosis *d);
