/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/lanes.h"

#include "controlplane/sa_query.h"
#include "controlplane/sa_remove.h"

enum {
	AGAIN_MS = 60000, /* after a failure of our own */
	WHOLE = 1000,
	WORN = 600, /* of WHOLE: a pair with so much behind it is being rekeyed, not doubled */
};

static bool is_up(const struct sa_pair *pair)
{
	return pair->state == SA_STATE_UP || pair->state == SA_STATE_REKEYING;
}

/* How much of its lifetimes a pair has behind it, of WHOLE: both ends see nearly the same. */
static uint64_t wear(const struct sa_store *s, const struct sa_pair *pair)
{
	uint64_t span = pair->hard_ms - pair->created_ms, by_time = 0, by_kb = 0, left;

	if (pair->hard_ms != UINT64_MAX && span)
		by_time = (sa_store_now(s) - pair->created_ms) * WHOLE / span;
	if (pair->lifetime_kb) {
		left = sa_query_remaining_kb(s, pair, false);
		if (sa_query_remaining_kb(s, pair, true) < left)
			left = sa_query_remaining_kb(s, pair, true);
		by_kb = (pair->lifetime_kb - left) * WHOLE / pair->lifetime_kb;
	}
	return by_time > by_kb ? by_time : by_kb;
}

static unsigned n_negotiating(const struct sa_tunnel *st, unsigned lane)
{
	const struct sa_pair *pair;
	unsigned n = 0;

	LIST_FOREACH(pair, &st->pairs, tunnel_link)
		n += pair->lane == lane && pair->state <= SA_STATE_INBOUND && !pair->lost;
	return n;
}

unsigned lanes_choose(const struct sa_store *s, const struct tunnel *t)
{
	const struct sa_tunnel *st = &s->tunnels[t->handle];
	unsigned best = t->n_lanes, empty = t->n_lanes;
	uint64_t most = 0;

	for (unsigned lane = 0; lane < t->n_lanes && !st->refused; lane++) {
		const struct sa_pair *current = sa_store_current(s, t->handle, lane);
		/* a successor that we asked for may become a rival of theirs, which is decided */
		unsigned ours = current && current->state == SA_STATE_REKEYING;

		if (n_negotiating(st, lane) > ours)
			continue;
		if (!current && empty == t->n_lanes)
			empty = lane;
		if (current && (best == t->n_lanes || wear(s, current) > most)) {
			best = lane;
			most = wear(s, current);
		}
	}
	if (empty < t->n_lanes && most < WORN)
		return empty;
	return best < t->n_lanes ? best : 0;
}

/*
 * The pair of lane 0 may be an old one to the peer, that it does not send on any more, or none: so
 * it is renewed unless it was alone.
 */
static void fall_back(struct sa_store *s, struct sa_tunnel *st, const struct sa_pair *pair,
		      enum ike_reason reason)
{
	const struct sa_pair *first = sa_store_current(s, pair->tunnel, 0), *other;
	bool alone = reason != IKE_REASON_PEER_DELETED;

	LIST_FOREACH(other, &st->pairs, tunnel_link)
		alone &= !other->current || other == first;
	st->refused_spi = alone ? 0 : first ? first->spi_in : UINT32_MAX;
	st->fill_ms = 0;
	st->refused = true;
	st->refused_ms = sa_store_now(s);
	st->refused_ike = pair->ike_sa;
	st->judge_ms = 0;
	sa_store_tell(s, SA_STORE_REFUSED, pair, reason);
}

/* Whether a pair beside others was our wish and is so new that a DELETE is its answer. */
static bool is_on_probation(const struct sa_store *s, const struct sa_tunnel *st)
{
	const struct sa_pair *pair;

	LIST_FOREACH(pair, &st->pairs, tunnel_link)
		if (pair->lane && pair->current && pair->initiator && !pair->predecessor &&
		    sa_store_now(s) < pair->created_ms + LANES_PROBATION_MS)
			return true;
	return false;
}

void lanes_deleted(struct sa_store *s, const struct sa_pair *pair)
{
	struct sa_tunnel *st = sa_store_tunnel(s, pair);

	if (!st || !pair->current || st->refused || st->judge_ms)
		return;
	if (is_on_probation(s, st))
		st->judge_ms = sa_store_now(s) + LANES_JUDGE_MS;
}

bool lanes_failed(struct sa_store *s, uint32_t tunnel, unsigned lane, const struct ike_path *peer,
		  enum ike_reason reason)
{
	static const bool by_peer[IKE_REASON_COUNT] = {
		[IKE_REASON_NO_ANSWER] = true,
		[IKE_REASON_NO_PROPOSAL_P2_PEER] = true,
		[IKE_REASON_PROXY_MISMATCH_PEER] = true,
		[IKE_REASON_PFS_MISMATCH] = true,
	};
	const struct sa_pair *first = sa_store_current(s, tunnel, 0);
	struct sa_tunnel *st = &s->tunnels[tunnel];

	if (!st->refused)
		st->fill_ms = sa_store_now(s) + AGAIN_MS;
	/* a successor that does not come is asked for again */
	if (!by_peer[reason] || st->refused || !first || !ike_path_same_peer(&first->path, peer) ||
	    sa_store_current(s, tunnel, lane))
		return false;
	fall_back(s, st, first, reason);
	return true;
}

void lanes_forgive(struct sa_store *s, uint32_t tunnel)
{
	struct sa_tunnel *st = &s->tunnels[tunnel];

	st->refused = false;
	st->refused_spi = 0;
	st->judge_ms = 0;
	st->fill_ms = 0;
}

/* Lanes that the tunnel does not have (any more), or that lead to another peer than lane 0. */
static void prune(struct sa_store *s, const struct sa_tunnel *st, const struct tunnel *t,
		  const struct sa_pair *first)
{
	struct sa_pair *pair, *next;

	for (pair = LIST_FIRST(&st->pairs); pair; pair = next) {
		next = LIST_NEXT(pair, tunnel_link);
		if (!pair->lane || !pair->current || !is_up(pair))
			continue;
		if ((st->refused && pair->initiator) || pair->lane >= t->n_lanes ||
		    !ike_path_same_peer(&pair->path, &first->path))
			sa_remove_pair(s, pair, IKE_REASON_REPLACED, false);
	}
}

/* When the peer last negotiated a pair. */
static uint64_t heard_ms(const struct sa_tunnel *st)
{
	const struct sa_pair *pair;
	uint64_t newest = 0;

	LIST_FOREACH(pair, &st->pairs, tunnel_link)
		if (!pair->initiator && pair->created_ms > newest)
			newest = pair->created_ms;
	return newest;
}

/* Of the peer that another pair of the tunnel has. */
static void ask(struct sa_store *s, struct sa_tunnel *st, const struct sa_pair *pair, unsigned lane)
{
	if (sa_store_now(s) < st->fill_ms)
		return;
	st->fill_ms = sa_store_now(s) + SA_STORE_RETRY_MS;
	s->env.want(s->env.ctx, pair->tunnel, lane, &pair->path);
}

/* One after the other: a peer that wants one SA is bothered with one more only. */
static void fill(struct sa_store *s, struct sa_tunnel *st, const struct tunnel *t,
		 const struct sa_pair *first)
{
	unsigned lane = 1;

	while (lane < t->n_lanes && sa_store_current(s, t->handle, lane))
		lane++;
	if (lane >= t->n_lanes ||
	    (!first->initiator && sa_store_now(s) < heard_ms(st) + LANES_PATIENCE_MS))
		return;
	ask(s, st, first, lane);
}

void lanes_serve(struct sa_store *s, struct sa_pair *pair)
{
	const struct tunnel *t = s->env.tunnel(s->env.ctx, pair->tunnel);
	struct sa_tunnel *st = sa_store_tunnel(s, pair);
	struct sa_pair *first;

	if (!t || !st || !is_up(pair) || (t->n_lanes < 2 && !pair->lane))
		return;
	if (st->judge_ms && sa_store_now(s) >= st->judge_ms)
		fall_back(s, st, pair, IKE_REASON_PEER_DELETED);
	first = sa_store_current(s, pair->tunnel, 0);
	if (st->refused_spi && first && is_up(first) && first->spi_in != st->refused_spi)
		st->refused_spi = 0;
	/* no packet asks for lane 0 while another pair carries what is its */
	if (st->refused_spi || (!first && !st->judge_ms))
		ask(s, st, pair, 0);
	if (!first || !is_up(first) || st->judge_ms || st->refused_spi)
		return;
	if (st->refused && first->created_ms > st->refused_ms && first->ike_sa != st->refused_ike)
		lanes_forgive(s, t->handle);
	prune(s, st, t, first);
	if (!st->refused)
		fill(s, st, t, first);
}
