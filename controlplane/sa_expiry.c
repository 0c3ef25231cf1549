/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/sa_expiry.h"

#include "controlplane/lanes.h"
#include "controlplane/sa_install.h"
#include "controlplane/sa_query.h"
#include "controlplane/sa_remove.h"

#include <errno.h>

static bool pair_carried(const struct sa_store *s, const struct sa_pair *pair)
{
	struct sa_counters c = sa_query_counters(s, pair);

	return c.in_packets || c.out_packets || pair->cleared_in_bytes || pair->cleared_out_bytes;
}

/* Of parallel pairs one with traffic keeps them all: an empty lane would only be filled again. */
static bool carried(const struct sa_store *s, const struct sa_pair *pair)
{
	const struct tunnel *t = s->env.tunnel(s->env.ctx, pair->tunnel);
	const struct sa_pair *other;

	if (!t || t->n_lanes < 2)
		return pair_carried(s, pair);
	LIST_FOREACH(other, &s->tunnels[pair->tunnel].pairs, tunnel_link)
		if (pair_carried(s, other))
			return true;
	return false;
}

static uint64_t last_ms(const struct sa_store *s, const struct tunnel *t,
			const struct sa_pair *pair)
{
	uint64_t last = sa_query_last_ms(s, pair);
	const struct sa_pair *other;

	if (t->n_lanes < 2)
		return last;
	LIST_FOREACH(other, &s->tunnels[pair->tunnel].pairs, tunnel_link)
		if (other->state >= SA_STATE_UP && sa_query_last_ms(s, other) > last)
			last = sa_query_last_ms(s, other);
	return last;
}

static bool idle(const struct sa_store *s, const struct sa_pair *pair, uint64_t now)
{
	const struct tunnel *t = s->env.tunnel(s->env.ctx, pair->tunnel);

	return t && t->idle_s && now - last_ms(s, t, pair) >= t->idle_s * 1000ull;
}

static uint64_t last_in_ms(const struct sa_store *s, const struct sa_pair *pair)
{
	const struct plane_stats_in *in = sa_query_in(s, pair);

	return in ? __atomic_load_n(&in->last_ms, __ATOMIC_RELAXED) : 0;
}

static bool drained(const struct sa_store *s, const struct sa_pair *pair, uint64_t now)
{
	return now >= pair->drain_ms && now >= last_in_ms(s, pair) + SA_STORE_QUIET_MS;
}

/*
 * Long after the collision the peer sends on the pair that lost, and on it alone: messages that
 * overtook each other made it see another collision, or none. Should both ends be about to follow
 * each other, the one that comes to the higher SPI does.
 */
static bool peer_prefers(const struct sa_store *s, const struct sa_pair *pair)
{
	const struct sa_pair *rival = sa_store_current(s, pair->tunnel, pair->lane);
	uint64_t last = last_in_ms(s, pair), wait_ms = SA_EXPIRY_ROUND_MS;

	if (rival && sa_install_is_better(rival, pair))
		wait_ms = SA_STORE_COLLISION_MS;
	return pair->lost && pair->held && !pair->silent &&
	       last >= pair->lost_ms + SA_STORE_COLLISION_MS &&
	       (!rival || last >= last_in_ms(s, rival) + wait_ms);
}

/* Asks for a successor, and again until there is one. */
static void rekey(struct sa_store *s, struct sa_pair *pair)
{
	if (pair->state == SA_STATE_UP)
		sa_store_set_state(pair, SA_STATE_REKEYING);
	if (pair->state != SA_STATE_REKEYING)
		return;
	pair->want_ms = sa_store_now(s) + SA_STORE_RETRY_MS;
	s->env.want(s->env.ctx, pair->tunnel, pair->lane, &pair->path);
}

static void serve(struct sa_store *s, struct sa_pair *pair, uint64_t now)
{
	switch (pair->state) {
	case SA_STATE_INBOUND:
		if (now >= pair->created_ms + SA_STORE_LARVAL_MS)
			sa_remove_pair(s, pair, IKE_REASON_NO_ANSWER, false);
		break;
	case SA_STATE_UP:
		if (pair->held && now >= pair->created_ms + 2 * SA_STORE_COLLISION_MS)
			sa_store_release_held(s, pair);
		if (idle(s, pair, now))
			sa_remove_pair(s, pair, IKE_REASON_IDLE, false);
		else if (now >= pair->soft_ms && carried(s, pair))
			rekey(s, pair);
		lanes_serve(s, pair);
		break;
	case SA_STATE_REKEYING:
		if (now >= pair->want_ms)
			rekey(s, pair);
		lanes_serve(s, pair);
		break;
	case SA_STATE_DRAINING:
		if (peer_prefers(s, pair))
			sa_install_follow(s, pair);
		else if (drained(s, pair, now))
			sa_remove_pair(s, pair, IKE_REASON_REPLACED, false);
		break;
	case SA_STATE_DYING:
		if (!pair->removal_sent)
			sa_remove_send(s, pair);
		break;
	default: break;
	}
}

static void serve_failed(struct sa_store *s, struct sa_pair *pair)
{
	uint32_t spi_in = pair->spi_in;

	s->env.installed(s->env.ctx, spi_in, -ENOMEM);
	sa_store_cancel(s, spi_in);
}

uint64_t sa_expiry_run(struct sa_store *s)
{
	uint64_t now = s->env.now_ms(s->env.ctx);
	uint64_t due = now + SA_EXPIRY_ROUND_MS;
	struct sa_pair *pair = LIST_FIRST(&s->pairs), *next;

	for (; pair; pair = next) {
		next = LIST_NEXT(pair, link);
		if (pair->soft_ms > now && pair->soft_ms < due && pair->state == SA_STATE_UP)
			due = pair->soft_ms;
		if (pair->failed)
			serve_failed(s, pair);
		else if (now >= pair->hard_ms && pair->state < SA_STATE_DYING)
			sa_remove_pair(s, pair, IKE_REASON_EXPIRED, false);
		else
			serve(s, pair, now);
	}
	if (due < now + SA_EXPIRY_ROUND_MIN_MS)
		due = now + SA_EXPIRY_ROUND_MIN_MS;
	return LIST_EMPTY(&s->pairs) ? UINT64_MAX : due;
}

void sa_expiry_renew(struct sa_store *s, uint32_t tunnel)
{
	struct sa_pair *pair;

	LIST_FOREACH(pair, &s->tunnels[tunnel].pairs, tunnel_link)
		pair->soft_ms = 0;
}

void sa_expiry_limit(struct sa_store *s, unsigned worker, const struct plane_expire *expire)
{
	struct sa_pair *pair = sa_store_at(s, worker, expire->pair);

	if (!pair || (expire->outbound ? pair->spi_out : pair->spi_in) != expire->spi)
		return;
	if (expire->hard)
		sa_remove_pair(s, pair, IKE_REASON_EXPIRED, false);
	else
		rekey(s, pair);
}
