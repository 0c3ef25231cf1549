/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_methods.h"
#include "controlplane/lanes.h"
#include "controlplane/losses.h"
#include "controlplane/sa_clear.h"
#include "lib/rpc/rpc.h"

#include <string.h>

json_t *api_clear_isakmp(struct api_call *call)
{
	const json_t *id = json_object_get(call->params, "conn_id");
	struct addr peer;
	int has_peer = api_call_addr(call, "peer", &peer);
	size_t n;

	if (has_peer < 0)
		return NULL;

	if (id && (!json_is_integer(id) || json_integer_value(id) < 0))
		return api_call_fail(call, RPC_INVALID_PARAMS, "conn_id must be a number");
	/* 0 is in the range of the command and nobody's connection id */
	if (id && json_integer_value(id) == 0)
		n = 0;
	else
		n = ike_engine_clear(call->control->engine, (uint32_t)json_integer_value(id),
				     has_peer ? &peer : NULL);
	return json_pack("{s:I}", "cleared", (json_int_t)n);
}

/* What a peer did not want once it is offered again. */
static void forgive(struct control *c, const struct sa_clear_filter *filter)
{
	for (size_t i = 0; i < c->tunnels.n; i++) {
		const struct tunnel *t = &c->tunnels.rows[i];

		if ((!filter->map || strcmp(filter->map, t->map) == 0) &&
		    (!filter->peer || tunnels_has_peer(t, filter->peer)))
			lanes_forgive(&c->store, t->handle);
	}
}

json_t *api_clear_sa(struct api_call *call)
{
	const json_t *spi = json_object_get(call->params, "spi");
	struct sa_clear_filter filter = {.map = api_call_text(call, "map")};
	struct addr peer, to;
	int has_peer = api_call_addr(call, "peer", &peer);
	int has_to = api_call_addr(call, "to", &to);
	struct losses lost;
	size_t n;

	if (has_peer < 0 || has_to < 0)
		return NULL;
	if (spi && (json_integer_value(spi) <= 0 || json_integer_value(spi) > UINT32_MAX))
		return api_call_fail(call, RPC_INVALID_PARAMS, "spi must be a number");
	if (filter.map && !config_model_map(&call->control->config, filter.map))
		return api_call_fail(call, RPC_FAILED, "there is no crypto map %s", filter.map);
	filter.peer = has_peer ? &peer : NULL;
	filter.to = has_to ? &to : NULL;
	filter.spi = (uint32_t)json_integer_value(spi);
	losses_begin(&lost, &call->control->store);
	n = sa_clear_pairs(&call->control->store, &filter, IKE_REASON_CLEARED, false);
	/* orphans have no SPI of a known tunnel to be named by */
	if (!filter.spi)
		forgive(call->control, &filter);
	if (!filter.spi)
		n += orphans_remove_matching(&call->control->orphans, &call->control->tunnels,
					     filter.peer, filter.map);
	losses_end(&lost, &call->control->store);
	return json_pack("{s:I,s:I}", "cleared", (json_int_t)n, "peers", (json_int_t)lost.n_peers);
}

static int clear_workers(struct control *c, uint32_t which)
{
	int err = 0;

	for (unsigned w = 0; !err && w < c->plane->header->params.n_workers; w++) {
		struct plane_msg msg = {.type = PLANE_COUNTERS_CLEAR, .counters = which};

		err = plane_client_send(c->client, (int)w, &msg, NULL, NULL, 0);
	}
	return err;
}

/* What has no command to be zeroed counts from here on. */
static void clear_drops(struct control *c)
{
	for (size_t i = 0; i < DROP_COUNT; i++)
		c->drops_base[i] =
			__atomic_load_n(&c->plane->stats_main->drops[i], __ATOMIC_RELAXED);
	for (size_t i = 0; i < IKE_COUNTER_COUNT; i++)
		c->ike_base[i] = ike_engine_counter(c->engine, i);
}

json_t *api_clear_counters(struct api_call *call)
{
	struct control *c = call->control;
	const char *of = api_call_text(call, "of");
	uint32_t which = PLANE_COUNTERS_DROPS | PLANE_COUNTERS_ACL | PLANE_COUNTERS_CLASS;

	if (of && strcmp(of, "sa") == 0)
		which = PLANE_COUNTERS_SA;
	else if (of && strcmp(of, "access-list") == 0)
		which = PLANE_COUNTERS_ACL;
	else if (of)
		return api_call_fail(call, RPC_INVALID_PARAMS, "of must be sa or access-list");
	if (which & PLANE_COUNTERS_SA)
		sa_clear_counters(&c->store);
	if (clear_workers(c, which) < 0)
		return NULL;
	if (which & PLANE_COUNTERS_CLASS)
		qos_meter_clear(&c->qos_meter);
	if (which & PLANE_COUNTERS_DROPS)
		clear_drops(c);
	return json_object();
}

json_t *api_clear_arp(struct api_call *call)
{
	struct plane_msg msg = {.type = PLANE_ARP_CLEAR};

	return control_send_main(call->control, &msg) == 0 ? json_object() : NULL;
}
