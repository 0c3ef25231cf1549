/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_methods.h"

#include <string.h>

static void add(json_t *list, const char *name, uint64_t limit, uint64_t used)
{
	json_array_append_new(list, json_pack("{s:s,s:I,s:I}", "name", name, "limit",
					      (json_int_t)limit, "used", (json_int_t)used));
}

json_t *api_show_limits_capacity(struct api_call *call)
{
	const struct control *c = call->control;
	const struct plane_params *p = &c->plane->header->params;
	json_t *list = json_array();
	const struct config_remote *r = &c->config.remote;
	uint64_t slots = 0, addresses = 0, given = 0;

	for (unsigned w = 0; w < p->n_workers; w++)
		slots += slots_used(c->slots, w);
	add(list, "tunnels", (uint64_t)p->n_workers * p->n_tunnels, c->tunnels.n + c->dynamic.n);
	add(list, "ipsec_sa_pairs", (uint64_t)p->n_workers * p->n_slots, slots);
	for (size_t i = 0; i < r->n_pools; i++)
		for (size_t k = 0; k < r->pools[i].n_ranges; k++) {
			const struct config_range *range = &r->pools[i].ranges[k];

			addresses += (uint64_t)range->high - range->low + 1;
			given += pools_used(&c->pools, range);
		}
	add(list, "pool_addresses", addresses, given);
	return json_pack("{s:o}", "resources", list);
}

json_t *api_show_limits_lifetime(struct api_call *call)
{
	const struct config_lifetime *l = &call->control->config.ipsec.lifetime;

	return json_pack("{s:I,s:I}", "seconds", (json_int_t)l->seconds, "kilobytes",
			 (json_int_t)l->kilobytes);
}

struct count {
	json_int_t all;
	json_int_t negotiating;
	json_int_t quick_modes;
};

static void count_sa(void *ctx, const struct ike_sa_info *sa)
{
	struct count *n = ctx;

	n->all++;
	n->negotiating += strcmp(sa->state, "QM_IDLE") != 0;
	n->quick_modes += sa->pending;
}

/* What was refused for want of a place, by the place. */
json_t *api_show_limits_admission(struct api_call *call)
{
	const struct ike_engine *engine = call->control->engine;
	struct count n = {0};

	ike_engine_each(engine, count_sa, &n);
	return json_pack("{s:I,s:I,s:I,s:I,s:I}", "ike_sas", n.all, "in_negotiation", n.negotiating,
			 "quick_modes", n.quick_modes, "refused_half_open",
			 (json_int_t)ike_engine_counter(engine, IKE_COUNT_HALF_OPEN),
			 "refused_quick_modes",
			 (json_int_t)ike_engine_counter(engine, IKE_COUNT_QM_LIMIT));
}
