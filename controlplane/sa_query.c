/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/sa_query.h"

#define relaxed(field) __atomic_load_n(&(field), __ATOMIC_RELAXED)

enum {
	BYTES_PER_KB = 1024,
	MS_PER_S = 1000
};

const struct plane_stats_in *sa_query_in(const struct sa_store *s, const struct sa_pair *pair)
{
	const struct plane_stats_in *in =
		&plane_stats_in_of(s->plane, pair->worker)[plane_spi_slot(pair->spi_in)];

	return relaxed(in->spi) == pair->spi_in ? in : NULL;
}

const struct plane_stats_out *sa_query_out(const struct sa_store *s, const struct sa_pair *pair)
{
	const struct plane_stats_out *out =
		&plane_stats_out_of(s->plane, pair->worker)[plane_spi_slot(pair->spi_in)];

	return pair->out_installed && relaxed(out->spi) == pair->spi_out ? out : NULL;
}

struct sa_counters sa_query_counters(const struct sa_store *s, const struct sa_pair *pair)
{
	const struct plane_stats_in *in = sa_query_in(s, pair);
	const struct plane_stats_out *out = sa_query_out(s, pair);
	struct sa_counters c = pair->last;

	if (in && !pair->removal_sent)
		sa_counters_add_in(&c, in, pair->spi_in);
	if (out)
		sa_counters_add_out(&c, out, pair->spi_out);
	return c;
}

struct sa_pair *sa_query_first(const struct sa_store *s, uint32_t tunnel)
{
	struct sa_pair *pair, *first = NULL;

	LIST_FOREACH(pair, &s->tunnels[tunnel].pairs, tunnel_link)
		if (pair->current && (!first || pair->lane < first->lane))
			first = pair;
	return first;
}

uint32_t sa_query_no_sa(const struct sa_store *s, const struct tunnel *t)
{
	uint32_t n = 0;

	for (unsigned i = 0; i < tunnels_n_workers(t); i++)
		n += relaxed(plane_stats_tunnel_of(s->plane, tunnels_worker(t, i))[t->index].no_sa);
	return n;
}

struct sa_counters sa_query_tunnel(const struct sa_store *s, const struct tunnel *t)
{
	const struct sa_tunnel *st = &s->tunnels[t->handle];
	struct sa_counters sum = st->gone;
	const struct sa_pair *pair;

	LIST_FOREACH(pair, &st->pairs, tunnel_link) {
		struct sa_counters c = sa_query_counters(s, pair);

		sa_counters_add(&sum, &c);
	}
	sum.send_errors += sa_query_no_sa(s, t) - st->no_sa_base;
	return sum;
}

bool sa_query_heard(const struct sa_store *s, const struct ike_path *peer, uint64_t since_ms,
		    bool *sent)
{
	const struct sa_pair *pair;
	bool heard = false;

	*sent = false;
	LIST_FOREACH(pair, sa_store_peer(s, &peer->remote), peer_link) {
		const struct plane_stats_in *in;
		const struct plane_stats_out *out;

		if (pair->state < SA_STATE_INBOUND || !ike_path_same_peer(&pair->path, peer))
			continue;
		in = sa_query_in(s, pair);
		out = sa_query_out(s, pair);
		heard |= in && relaxed(in->packets) && relaxed(in->last_ms) >= since_ms;
		*sent |= out && relaxed(out->packets) && relaxed(out->last_ms) >= since_ms;
	}
	return heard;
}

uint64_t sa_query_last_ms(const struct sa_store *s, const struct sa_pair *pair)
{
	const struct plane_stats_in *in = sa_query_in(s, pair);
	const struct plane_stats_out *out = sa_query_out(s, pair);
	uint64_t last = pair->created_ms;

	if (in && relaxed(in->last_ms) > last)
		last = relaxed(in->last_ms);
	if (out && relaxed(out->last_ms) > last)
		last = relaxed(out->last_ms);
	return last;
}

uint64_t sa_query_remaining_s(const struct sa_pair *pair, uint64_t now_ms)
{
	if (pair->hard_ms == UINT64_MAX || pair->hard_ms <= now_ms)
		return 0;
	return (pair->hard_ms - now_ms) / MS_PER_S;
}

uint64_t sa_query_remaining_kb(const struct sa_store *s, const struct sa_pair *pair, bool outbound)
{
	struct sa_counters c = sa_query_counters(s, pair);
	uint64_t used = outbound ? c.out_bytes + pair->cleared_out_bytes
				 : c.in_bytes + pair->cleared_in_bytes;
	uint64_t used_kb = (used + BYTES_PER_KB - 1) / BYTES_PER_KB;

	return used_kb < pair->lifetime_kb ? pair->lifetime_kb - used_kb : 0;
}

size_t sa_query_up(const struct sa_store *s, const struct ike_path *peer)
{
	const struct sa_pair *pair;
	size_t n = 0;

	LIST_FOREACH(pair, sa_store_peer(s, &peer->remote), peer_link) {
		n += (pair->state == SA_STATE_UP || pair->state == SA_STATE_REKEYING) &&
		     ike_path_same_peer(&pair->path, peer);
	}
	return n;
}
