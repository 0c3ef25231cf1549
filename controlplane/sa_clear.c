/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/sa_clear.h"

#include "controlplane/sa_query.h"
#include "controlplane/sa_remove.h"

#include <string.h>

static bool has_spi(const struct sa_clear_filter *f, const struct sa_pair *pair)
{
	return (f->spi == pair->spi_in && (!f->to || addr_eq(f->to, &pair->path.local))) ||
	       (f->spi == pair->spi_out && (!f->to || addr_eq(f->to, &pair->path.remote)));
}

static bool matches(const struct sa_store *s, const struct sa_clear_filter *f,
		    const struct sa_pair *pair)
{
	if (f->peer && !addr_eq(f->peer, &pair->path.remote))
		return false;
	if (f->path && !ike_path_same_peer(f->path, &pair->path))
		return false;
	if (f->tunnel && f->tunnel->handle != pair->tunnel)
		return false;
	if (f->spi && !has_spi(f, pair))
		return false;
	if (f->except_ike_sa && f->except_ike_sa == pair->ike_sa)
		return false;
	if (f->map) {
		const struct tunnel *t = s->env.tunnel(s->env.ctx, pair->tunnel);

		return t && strcmp(t->map, f->map) == 0;
	}
	return true;
}

size_t sa_clear_pairs(struct sa_store *s, const struct sa_clear_filter *filter,
		      enum ike_reason reason, bool silent)
{
	struct sa_pair *pair = LIST_FIRST(&s->pairs), *next;
	size_t n = 0;

	for (; pair; pair = next) {
		next = LIST_NEXT(pair, link);
		if (pair->state == SA_STATE_LARVAL || pair->state == SA_STATE_DYING ||
		    !matches(s, filter, pair))
			continue;
		sa_remove_pair(s, pair, reason, silent);
		n++;
	}
	return n;
}

void sa_clear_tunnel(struct sa_store *s, const struct tunnel *t)
{
	struct sa_tunnel *st = &s->tunnels[t->handle];

	while (!LIST_EMPTY(&st->pairs)) {
		struct sa_pair *pair = LIST_FIRST(&st->pairs);

		LIST_REMOVE(pair, tunnel_link);
		sa_remove_pair(s, pair, IKE_REASON_CONFIG_CHANGED, false);
		pair->tunnel = UINT32_MAX;
	}
	*st = (struct sa_tunnel){.no_sa_base = sa_query_no_sa(s, t)};
}

void sa_clear_counters(struct sa_store *s)
{
	struct sa_pair *pair;

	LIST_FOREACH(pair, &s->pairs, link) {
		struct sa_counters c = sa_query_counters(s, pair);

		pair->cleared_in_packets += c.in_packets;
		pair->cleared_out_packets += c.out_packets;
		pair->cleared_in_bytes += c.in_bytes;
		pair->cleared_out_bytes += c.out_bytes;
		pair->last = (struct sa_counters){0};
	}
	for (uint32_t i = 0; i < s->n_tunnels; i++) {
		s->tunnels[i].gone = (struct sa_counters){0};
		s->tunnels[i].no_sa_base = 0;
		s->tunnels[i].mtus_received = 0;
	}
}
