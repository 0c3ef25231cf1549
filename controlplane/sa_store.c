/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/sa_store.h"

#include "controlplane/id_map.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	FIRST_CONN = 2001
};

static const char *const state_names[SA_STATE_COUNT] = {
	"larval", "installing", "inbound", "up", "rekeying", "draining", "dying", "gone",
};

const char *sa_store_state_name(enum sa_state state)
{
	return state_names[state];
}

/* Row: from; bit: to. */
static const uint16_t moves[SA_STATE_COUNT] = {
	[SA_STATE_LARVAL] = 1 << SA_STATE_INSTALLING | 1 << SA_STATE_GONE,
	[SA_STATE_INSTALLING] = 1 << SA_STATE_INBOUND | 1 << SA_STATE_DYING | 1 << SA_STATE_GONE,
	[SA_STATE_INBOUND] = 1 << SA_STATE_UP | 1 << SA_STATE_DRAINING | 1 << SA_STATE_DYING,
	[SA_STATE_UP] = 1 << SA_STATE_REKEYING | 1 << SA_STATE_DRAINING | 1 << SA_STATE_DYING,
	[SA_STATE_REKEYING] = 1 << SA_STATE_DRAINING | 1 << SA_STATE_DYING,
	[SA_STATE_DRAINING] = 1 << SA_STATE_DYING | 1 << SA_STATE_INBOUND,
	[SA_STATE_DYING] = 1 << SA_STATE_GONE,
};

void sa_store_set_state(struct sa_pair *pair, enum sa_state state)
{
	assert(moves[pair->state] & 1 << state);
	pair->state = state;
}

uint64_t sa_store_now(const struct sa_store *s)
{
	return s->env.now_ms(s->env.ctx);
}

int sa_store_init(struct sa_store *s, const struct plane *plane, struct slots *slots,
		  const struct sa_store_env *env)
{
	const struct plane_params *params = &plane->header->params;

	*s = (struct sa_store){
		.env = *env,
		.plane = plane,
		.slots = slots,
		.n_tunnels = params->n_workers * params->n_tunnels,
		.next_conn = FIRST_CONN,
	};
	LIST_INIT(&s->pairs);
	LIST_INIT(&s->waiting);
	s->by_slot = calloc((size_t)params->n_workers * params->n_slots, sizeof(struct sa_pair *));
	s->tunnels = calloc(s->n_tunnels, sizeof(*s->tunnels));
	if (s->by_slot && s->tunnels)
		return 0;
	sa_store_fini(s);
	return -ENOMEM;
}

void sa_store_fini(struct sa_store *s)
{
	while (!LIST_EMPTY(&s->pairs)) {
		struct sa_pair *pair = LIST_FIRST(&s->pairs);

		LIST_REMOVE(pair, link);
		sa_store_release_held(s, pair);
		free(pair);
	}
	free(s->by_slot);
	free(s->tunnels);
	*s = (struct sa_store){0};
}

static struct sa_pair **slot_of(const struct sa_store *s, uint32_t spi_in)
{
	size_t row = plane_spi_worker(spi_in);

	return &s->by_slot[row * s->plane->header->params.n_slots + plane_spi_slot(spi_in)];
}

struct sa_pair *sa_store_find(const struct sa_store *s, uint32_t spi_in)
{
	const struct plane_params *params = &s->plane->header->params;
	struct sa_pair *pair = NULL;

	if (plane_spi_worker(spi_in) < params->n_workers &&
	    plane_spi_slot(spi_in) < params->n_slots)
		pair = *slot_of(s, spi_in);
	return pair && pair->spi_in == spi_in ? pair : NULL;
}

struct sa_pair *sa_store_at(const struct sa_store *s, unsigned worker, uint32_t slot)
{
	const struct plane_params *params = &s->plane->header->params;

	if (worker >= params->n_workers || slot >= params->n_slots)
		return NULL;
	return s->by_slot[(size_t)worker * params->n_slots + slot];
}

static size_t bucket_of(const struct addr *remote)
{
	return (id_map_hash(ID_MAP_SEED, remote->b, sizeof(remote->b)) >> 20) % SA_STORE_BUCKETS;
}

const struct sa_pair_list *sa_store_peer(const struct sa_store *s, const struct addr *remote)
{
	return &s->peers[bucket_of(remote)];
}

static bool has_path(const struct sa_pair *pair)
{
	return !addr_is_none(&pair->path.remote);
}

void sa_store_set_path(struct sa_store *s, struct sa_pair *pair, const struct ike_path *path)
{
	if (has_path(pair))
		LIST_REMOVE(pair, peer_link);
	pair->path = *path;
	if (has_path(pair))
		LIST_INSERT_HEAD(&s->peers[bucket_of(&path->remote)], pair, peer_link);
}

void sa_store_set_waits(struct sa_store *s, struct sa_pair *pair, bool waits)
{
	if (pair->waits == waits)
		return;
	pair->waits = waits;
	if (waits)
		LIST_INSERT_HEAD(&s->waiting, pair, wait_link);
	else
		LIST_REMOVE(pair, wait_link);
}

struct sa_tunnel *sa_store_tunnel(const struct sa_store *s, const struct sa_pair *pair)
{
	return pair->tunnel == UINT32_MAX ? NULL : &s->tunnels[pair->tunnel];
}

void sa_store_tell(struct sa_store *s, enum sa_store_event what, const struct sa_pair *pair,
		   enum ike_reason reason)
{
	s->env.event(s->env.ctx, what, pair, reason);
}

struct sa_pair *sa_store_current(const struct sa_store *s, uint32_t tunnel, unsigned lane)
{
	struct sa_pair *pair;

	LIST_FOREACH(pair, &s->tunnels[tunnel].pairs, tunnel_link)
		if (pair->current && pair->lane == lane)
			return pair;
	return NULL;
}

static unsigned n_pairs_of(const struct sa_store *s, uint32_t tunnel)
{
	const struct sa_pair *pair;
	unsigned n = 0;

	LIST_FOREACH(pair, &s->tunnels[tunnel].pairs, tunnel_link)
		n++;
	return n;
}

uint32_t sa_store_alloc(struct sa_store *s, uint32_t child)
{
	uint32_t tunnel = tunnels_child_handle(child);
	unsigned lane = tunnels_child_lane(child), worker;
	const struct tunnel *t = s->env.tunnel(s->env.ctx, tunnel);
	struct sa_pair *pair;

	if (!t || lane >= t->n_lanes || n_pairs_of(s, tunnel) >= SA_STORE_PAIRS_MAX)
		return 0;
	worker = tunnels_worker(t, lane);
	pair = calloc(1, sizeof(*pair));
	if (!pair)
		return 0;
	pair->spi_in = slots_alloc(s->slots, worker);
	if (!pair->spi_in) {
		free(pair);
		return 0;
	}
	pair->tunnel = tunnel;
	pair->lane = (uint8_t)lane;
	pair->worker = worker;
	pair->index = t->index;
	pair->created_ms = sa_store_now(s);
	pair->soft_ms = UINT64_MAX;
	pair->hard_ms = UINT64_MAX;
	LIST_INSERT_HEAD(&s->pairs, pair, link);
	LIST_INSERT_HEAD(&s->tunnels[tunnel].pairs, pair, tunnel_link);
	*slot_of(s, pair->spi_in) = pair;
	s->n_pairs++;
	return pair->spi_in;
}

int sa_store_adopt(struct sa_store *s, const struct sa_pair *kept)
{
	uint32_t next = kept->conn_in > kept->conn_out ? kept->conn_in : kept->conn_out;
	struct sa_pair *pair;

	if (sa_store_at(s, plane_spi_worker(kept->spi_in), plane_spi_slot(kept->spi_in)))
		return -EEXIST;
	pair = malloc(sizeof(*pair));
	if (!pair)
		return -ENOMEM;
	*pair = *kept;
	pair->held = NULL;
	pair->waits = false;
	pair->path = (struct ike_path){0};
	LIST_INSERT_HEAD(&s->pairs, pair, link);
	LIST_INSERT_HEAD(&s->tunnels[pair->tunnel].pairs, pair, tunnel_link);
	*slot_of(s, pair->spi_in) = pair;
	sa_store_set_path(s, pair, &kept->path);
	s->n_pairs++;
	if (s->next_conn <= next)
		s->next_conn = next + 1;
	return 0;
}

void sa_store_release_held(struct sa_store *s, struct sa_pair *pair)
{
	if (!pair->held)
		return;
	secret_wipe_bytes(pair->held, sizeof(*pair->held));
	free(pair->held);
	pair->held = NULL;
	sa_store_set_waits(s, pair, false);
}

void sa_store_gone(struct sa_store *s, struct sa_pair *pair)
{
	struct sa_tunnel *st = sa_store_tunnel(s, pair);

	sa_store_set_state(pair, SA_STATE_GONE);
	sa_store_release_held(s, pair);
	if (st) {
		sa_counters_add(&st->gone, &pair->last);
		LIST_REMOVE(pair, tunnel_link);
	}
	*slot_of(s, pair->spi_in) = NULL;
	slots_free(s->slots, pair->spi_in);
	LIST_REMOVE(pair, link);
	if (has_path(pair))
		LIST_REMOVE(pair, peer_link);
	s->n_pairs--;
	free(pair);
}

void sa_store_cancel(struct sa_store *s, uint32_t spi_in)
{
	struct sa_pair *pair = sa_store_find(s, spi_in);

	if (pair && pair->state == SA_STATE_LARVAL)
		sa_store_gone(s, pair);
}
