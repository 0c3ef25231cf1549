/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The initiator's side of a choice: what comes back must be what we offered. Choosing from the
 * reply with our own offer as the policy finds the algorithms; what choosing is lenient about is
 * compared here.
 */
#include "controlplane/ike/ike_proposal.h"

static bool single(const struct ike_sa_offer *reply)
{
	return reply->n_proposals == 1 && reply->n_transforms == 1;
}

static bool lifetime_same(bool has, uint64_t value, uint32_t offered)
{
	return has ? offered != 0 && value == offered : offered == 0;
}

int ike_proposal_verify_p1(const struct ike_sa_offer *reply, const struct ike_policy *policies,
			   size_t n_policies, struct ike_choice *out)
{
	const struct ike_transform *t = &reply->transforms[0];

	if (!single(reply) || t->has_kilobytes)
		return IKE_COUNT_NO_PROPOSAL;
	for (size_t i = 0; i < n_policies; i++) {
		if (!lifetime_same(t->has_seconds, t->seconds, policies[i].lifetime_s))
			continue;
		if (ike_proposal_select_p1(reply, &policies[i], 1, NULL, NULL, out) != IKE_PARSED)
			continue;
		out->policy = policies[i];
		out->policy_index = i;
		out->lifetime_s = policies[i].lifetime_s;
		return IKE_PARSED;
	}
	return IKE_COUNT_NO_PROPOSAL;
}

int ike_proposal_verify_p2(const struct ike_sa_offer *reply, const struct ike_child_config *config,
			   enum ike_encapsulation encapsulation, struct ike_choice *out)
{
	const struct ike_transform *t = &reply->transforms[0];
	bool udp = encapsulation != ike_proposal_encapsulation(config->transport, false, false);

	if (!single(reply) || t->encapsulation != encapsulation || t->group != config->pfs_group)
		return IKE_COUNT_NO_PROPOSAL;
	if (!lifetime_same(t->has_seconds, t->seconds, config->lifetime_s) ||
	    !lifetime_same(t->has_kilobytes, t->kilobytes, config->lifetime_kb))
		return IKE_COUNT_NO_PROPOSAL;
	if (ike_proposal_select_p2(reply, config, udp, NULL, NULL, out) != IKE_PARSED)
		return IKE_COUNT_NO_PROPOSAL;
	out->lifetime_s = config->lifetime_s;
	out->lifetime_kb = config->lifetime_kb;
	return IKE_PARSED;
}
