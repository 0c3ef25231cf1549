/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/reorder_watch.h"

#include "controlplane/sa_query.h"

#include <string.h>

#define relaxed(field) __atomic_load_n(&(field), __ATOMIC_RELAXED)

enum {
	MS = 1000,
	PERIOD_MS = 60000,
	FIRST_PERIOD_MS = 10000,
};

/* Counters as they are now. */
static struct sa_refused read_now(const struct plane_stats_in *in)
{
	return (struct sa_refused){
		.verified = relaxed(in->late_verified),
		.forged = relaxed(in->late_forged),
		.unchecked = relaxed(in->late_unchecked),
		.seen = relaxed(in->replay_seen),
	};
}

/* Since then; a counter that was cleared meanwhile counts from zero. */
static uint32_t since(uint32_t now, uint32_t then)
{
	return now >= then ? now - then : now;
}

static struct sa_refused refused_since(const struct sa_refused *now, const struct sa_refused *then)
{
	return (struct sa_refused){
		.verified = since(now->verified, then->verified),
		.forged = since(now->forged, then->forged),
		.unchecked = since(now->unchecked, then->unchecked),
		.seen = since(now->seen, then->seen),
	};
}

/* The sample says how many of those not checked are authentic. */
static uint64_t late_of(const struct sa_refused *r)
{
	if (!r->verified)
		return 0;
	return r->verified +
	       (uint64_t)r->unchecked * r->verified / ((uint64_t)r->verified + r->forged);
}

static uint32_t seconds_of(const struct sa_pair *pair, uint64_t now_ms)
{
	/* nobody may have looked since it was created */
	uint64_t since_ms = pair->reorder.since_ms ? pair->reorder.since_ms : pair->created_ms;
	uint64_t ms = now_ms - since_ms;

	return ms < MS ? 1 : (uint32_t)(ms / MS);
}

/* The map entry when it has a window of its own. */
static const char *own_map(const struct control *c, const struct tunnel *t)
{
	const struct config_map *map = config_model_map(&c->config, t->map);
	const struct config_map_entry *e = map ? config_model_map_entry(map, t->sequence) : NULL;

	return e && e->replay_window != CONFIG_REPLAY_INHERIT ? t->map : NULL;
}

struct reorder_facts reorder_watch_facts(const struct control *c, const struct tunnel *t,
					 const struct sa_pair *pair)
{
	const struct plane_stats_in *in = sa_query_in(&c->store, pair);
	const struct sa_reorder *mark = &pair->reorder;
	struct reorder_facts f = {
		.window = pair->replay_window,
		.configured = t->replay_window,
		.seconds = mark->last_seconds,
		.map = own_map(c, t),
		.sequence = t->sequence,
	};
	struct sa_refused now, refused = mark->last;

	if (!in)
		return f;
	now = read_now(in);
	now = refused_since(&now, &mark->base);
	if (now.verified || now.seen) {
		refused = now;
		f.seconds = seconds_of(pair, c->now_ms());
	}
	f.late = late_of(&refused);
	f.seen = refused.seen;
	f.distance = relaxed(in->late_most);
	return f;
}

static void begin_period(struct sa_pair *pair, const struct plane_stats_in *in, uint64_t now_ms)
{
	struct sa_reorder *mark = &pair->reorder;
	struct sa_refused now = read_now(in), refused = refused_since(&now, &mark->base);

	if (refused.verified || refused.seen) {
		mark->last = refused;
		mark->last_seconds = seconds_of(pair, now_ms);
	}
	mark->base = now;
	mark->since_ms = now_ms;
}

static void log_late(struct control *c, const struct sa_pair *pair)
{
	const struct tunnel *t = tunnels_find(&c->tunnels, pair->tunnel);
	char peer[ADDR_TEXT], text[REORDER_ADVICE_TEXT];
	struct reorder_facts f;

	if (!t)
		return;
	f = reorder_watch_facts(c, t, pair);
	debug_log_event(c->log, DEBUG_LOG_REORDER, "decrypt: connection id=%u, peer %s: %s",
			pair->conn_in, addr_print(&pair->path.remote, peer, sizeof(peer)),
			reorder_advice_late(&f, text, sizeof(text)));
}

static void watch(struct control *c, struct sa_pair *pair, uint64_t now_ms)
{
	const struct plane_stats_in *in = sa_query_in(&c->store, pair);
	struct sa_reorder *mark = &pair->reorder;
	bool lately = mark->logged_ms && now_ms - mark->logged_ms < 2 * PERIOD_MS;

	if (!in)
		return;
	if (!mark->since_ms)
		mark->since_ms = pair->created_ms;
	if (now_ms - mark->since_ms < (lately ? PERIOD_MS : FIRST_PERIOD_MS))
		return;
	if (relaxed(in->late_verified) != mark->base.verified) {
		log_late(c, pair);
		mark->logged_ms = now_ms;
	}
	begin_period(pair, in, now_ms);
}

void reorder_watch_round(struct control *c, uint64_t now_ms)
{
	struct sa_pair *pair;

	LIST_FOREACH(pair, &c->store.pairs, link) {
		if (pair->state >= SA_STATE_INBOUND && pair->state <= SA_STATE_DRAINING)
			watch(c, pair, now_ms);
	}
}
