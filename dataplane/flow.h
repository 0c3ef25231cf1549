/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the policy said of the flows of late: one compare instead of a walk through the classifier.
 * Belongs to one worker. A verdict holds for the policy it came from alone; another flow in the
 * same place takes the place, so nothing here is a limit.
 */
#pragma once

#include "dataplane/policy.h"

enum {
	FLOW_PLACES = 4096
};

struct flow {
	struct policy_key key;
	struct policy_verdict verdict;
	uint32_t epoch; /* of the policy it is for */
};

struct flow_cache {
	uint64_t serial; /* of the policy of this epoch */
	uint32_t epoch;	 /* never 0 after the first flow_begin() */
	struct flow flows[FLOW_PLACES];
};

/* Zeroed memory is an empty cache. Before the lookups of a round, with the policy of the round. */
void flow_begin(struct flow_cache *c, const struct policy *policy);
/* policy_lookup() of the same policy; n is at most POLICY_BURST. */
void flow_lookup(struct flow_cache *c, const struct policy *policy, const struct policy_key *keys,
		 struct policy_verdict *verdicts, unsigned n);
