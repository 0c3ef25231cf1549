/* SPDX-License-Identifier: BSD-3-Clause */
/* What is wrong with the appliance itself, whoever the peer: the same as rules.h, over this. */
#pragma once

#include "controlplane/diagnose/diagnose.h"

#include <stdint.h>

struct box_evidence {
	uint64_t no_buffer; /* packets without a buffer in the last EVIDENCE_WINDOW_S */
	uint64_t pairs;	    /* of SAs: places taken, and all */
	uint64_t pairs_most;
};

void box_rules(const struct box_evidence *e, struct diagnose_list *out);
