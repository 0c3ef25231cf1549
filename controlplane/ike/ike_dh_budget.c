/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_dh_budget.h"

#include "controlplane/ike/ike_payload.h"

/* A share is the time at which it will be whole again: so far ahead, and nothing of it is left. */
static bool is_left(uint64_t whole_ms, uint64_t now, uint64_t each_ms, uint64_t burst)
{
	return whole_ms <= now + (burst - 1) * each_ms;
}

static void take(uint64_t *whole_ms, uint64_t now, uint64_t each_ms)
{
	*whole_ms = (*whole_ms > now ? *whole_ms : now) + each_ms;
}

int ike_dh_budget_take(struct ike_engine *engine, const struct addr *remote, bool named)
{
	struct ike_dh_shares *shares = &engine->dh_shares;
	uint64_t *own = &(named ? shares->named : shares->other)[ike_engine_bucket(engine, remote)];
	uint64_t now = ike_engine_now(engine);

	if (!is_left(*own, now, IKE_DH_ADDRESS_MS, IKE_DH_ADDRESS_BURST))
		return IKE_COUNT_DH_ADDRESS;
	if (!named && !is_left(shares->all, now, IKE_DH_ALL_MS, IKE_DH_ALL_BURST))
		return IKE_COUNT_DH_ALL;
	take(own, now, IKE_DH_ADDRESS_MS);
	if (!named)
		take(&shares->all, now, IKE_DH_ALL_MS);
	return IKE_PARSED;
}
