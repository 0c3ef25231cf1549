/* SPDX-License-Identifier: BSD-3-Clause */
/* What mends a refused quick mode, as lines to be typed: of rules_quick.c. */
#pragma once

#include "controlplane/diagnose/evidence.h"

/* "esp-aes 256 esp-sha-hmac", the sets of an entry as they are configured. */
char *rules_quick_remedy_sets(const struct evidence *e, const struct config_map_entry *entry,
			      char *buf, size_t size);
/* What a peer offers in the same words; empty when one of them has no words here. */
char *rules_quick_remedy_offers(const struct ike_record *r, char *buf, size_t size);
/* The entry takes the first offer of the peer, too. False when no line could do that. */
bool rules_quick_remedy_transform(const struct evidence *e, const struct config_map_entry *entry,
				  const struct ike_record *r, struct diagnosis *d);
