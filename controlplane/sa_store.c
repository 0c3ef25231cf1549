/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/sa_store.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	FIRST_CONN = 2001,
	BYTES_PER_KB = 1024
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
	[SA_STATE_DRAINING] = 1 << SA_STATE_DYING,
	[SA_STATE_DYING] = 1 << SA_STATE_GONE,
};

static void set_state(struct sa_pair *pair, enum sa_state state)
{
	assert(moves[pair->state] & 1 << state);
	pair->state = state;
}

static uint64_t now(const struct sa_store *s)
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

static struct sa_tunnel *tunnel_of(const struct sa_store *s, const struct sa_pair *pair)
{
	return pair->tunnel == UINT32_MAX ? NULL : &s->tunnels[pair->tunnel];
}

static void event(struct sa_store *s, enum sa_store_event what, const struct sa_pair *pair,
		  enum ike_reason reason)
{
	s->env.event(s->env.ctx, what, pair, reason);
}

uint32_t sa_store_alloc(struct sa_store *s, uint32_t tunnel)
{
	const struct tunnel *t = s->env.tunnel(s->env.ctx, tunnel);
	struct sa_tunnel *st = &s->tunnels[tunnel];
	struct sa_pair *pair;

	if (!t)
		return 0;
	pair = calloc(1, sizeof(*pair));
	if (!pair)
		return 0;
	pair->spi_in = slots_alloc(s->slots, t->worker);
	if (!pair->spi_in) {
		free(pair);
		return 0;
	}
	pair->tunnel = tunnel;
	pair->worker = t->worker;
	pair->index = t->index;
	pair->predecessor = st->current ? st->current->spi_in : 0;
	pair->created_ms = now(s);
	pair->soft_ms = UINT64_MAX;
	pair->hard_ms = UINT64_MAX;
	LIST_INSERT_HEAD(&s->pairs, pair, link);
	LIST_INSERT_HEAD(&st->pairs, pair, tunnel_link);
	*slot_of(s, pair->spi_in) = pair;
	s->n_pairs++;
	return pair->spi_in;
}

/* The worker has nothing of it any more: the slot is free and its counters join the tunnel's. */
static void gone(struct sa_store *s, struct sa_pair *pair)
{
	struct sa_tunnel *st = tunnel_of(s, pair);

	set_state(pair, SA_STATE_GONE);
	if (st) {
		sa_counters_add(&st->gone, &pair->last);
		LIST_REMOVE(pair, tunnel_link);
	}
	*slot_of(s, pair->spi_in) = NULL;
	slots_free(s->slots, pair->spi_in);
	LIST_REMOVE(pair, link);
	s->n_pairs--;
	free(pair);
}

void sa_store_cancel(struct sa_store *s, uint32_t spi_in)
{
	struct sa_pair *pair = sa_store_find(s, spi_in);

	if (pair && pair->state == SA_STATE_LARVAL)
		gone(s, pair);
}

static uint64_t percent(uint64_t value, const struct sa_pair *pair)
{
	return value * (pair->initiator ? SA_STORE_SOFT_INITIATOR : SA_STORE_SOFT_RESPONDER) / 100;
}

static void take_child(struct sa_store *s, struct sa_pair *pair, const struct ike_child *child,
		       const struct tunnel *t)
{
	pair->spi_out = child->spi_out;
	pair->ike_sa = child->ike_sa;
	pair->path = child->path;
	pair->selector = child->selector;
	pair->suite = child->suite;
	pair->transport = child->transport;
	pair->udp = child->udp;
	pair->initiator = child->initiator;
	pair->pfs_group = child->pfs_group;
	pair->lifetime_s = child->lifetime_s;
	pair->lifetime_kb = child->lifetime_kb;
	pair->replay_window = t->replay_window;
	pair->conn_in = s->next_conn++;
	pair->conn_out = s->next_conn++;
	pair->created_ms = now(s);
	if (!child->lifetime_s)
		return;
	pair->hard_ms = pair->created_ms + child->lifetime_s * 1000ull;
	pair->soft_ms = pair->created_ms + percent(child->lifetime_s * 1000ull, pair);
}

/* Key material is cipher key, salt, integrity key (alg_suite_keymat_bytes). */
static void set_keys(struct plane_sa *sa, struct alg_suite suite, const struct secret *keymat)
{
	const struct alg_cipher_row *cipher = alg_cipher_row(suite.cipher);

	sa->key_bytes = cipher->key_bytes;
	sa->salt_bytes = cipher->salt_bytes;
	sa->auth_bytes = alg_hash_row(suite.hash)->key_bytes;
	memcpy(sa->key, keymat->b, sa->key_bytes);
	memcpy(sa->salt, keymat->b + sa->key_bytes, sa->salt_bytes);
	memcpy(sa->auth, keymat->b + sa->key_bytes + sa->salt_bytes, sa->auth_bytes);
}

static void fill_sa(struct plane_sa *sa, const struct sa_pair *pair, uint32_t tunnel_flags)
{
	*sa = (struct plane_sa){
		.pair = plane_spi_slot(pair->spi_in),
		.tunnel = pair->index,
		.local = pair->path.local,
		.remote = pair->path.remote,
		.local_port = pair->udp ? pair->path.local_port : 0,
		.remote_port = pair->udp ? pair->path.remote_port : 0,
		.selector = pair->selector,
		.suite = pair->suite,
		.replay_window = pair->replay_window,
		.flags = tunnel_flags | (pair->udp ? PLANE_SA_UDP : 0) |
			 (pair->transport ? PLANE_SA_TRANSPORT : 0),
		.soft_bytes = percent(pair->lifetime_kb * (uint64_t)BYTES_PER_KB, pair),
		.hard_bytes = pair->lifetime_kb * (uint64_t)BYTES_PER_KB,
		.hard_ms = pair->hard_ms == UINT64_MAX ? 0 : pair->hard_ms,
	};
}

static void on_in_installed(void *ctx, uint64_t arg, const struct plane_ack *ack)
{
	struct sa_store *s = ctx;
	struct sa_pair *pair = sa_store_find(s, (uint32_t)arg);

	if (!pair)
		return;
	if (pair->state != SA_STATE_INSTALLING) {
		s->env.installed(s->env.ctx, pair->spi_in, -ECANCELED);
		return;
	}
	s->env.installed(s->env.ctx, pair->spi_in, ack->error);
	/* the engine has given the SPI up, and the worker has nothing to remove */
	if (ack->error) {
		gone(s, pair);
		return;
	}
	set_state(pair, SA_STATE_INBOUND);
}

void sa_store_install_in(struct sa_store *s, const struct ike_child *child)
{
	struct sa_pair *pair = sa_store_find(s, child->spi_in);
	const struct tunnel *t = s->env.tunnel(s->env.ctx, child->tunnel);
	struct plane_msg msg = {.type = PLANE_SA_IN_INSTALL};

	if (!pair || pair->state != SA_STATE_LARVAL)
		return;
	pair->failed = !t || pair->tunnel != child->tunnel;
	if (pair->failed)
		return;
	take_child(s, pair, child, t);
	fill_sa(&msg.sa, pair, t->sa_flags);
	msg.sa.spi = pair->spi_in;
	set_keys(&msg.sa, pair->suite, &child->key_in);
	if (s->env.send(s->env.ctx, pair->worker, &msg, on_in_installed, s, pair->spi_in) < 0)
		pair->failed = true;
	else
		set_state(pair, SA_STATE_INSTALLING);
}

/* What is left in the segment of the outbound half, before the worker forgets it. */
static void keep_out(struct sa_store *s, struct sa_pair *pair)
{
	const struct plane_stats_out *out = plane_stats_out_of(s->plane, pair->worker);
	struct sa_counters c = {0};

	if (!pair->out_installed)
		return;
	sa_counters_add_out(&c, &out[plane_spi_slot(pair->spi_in)], pair->spi_out);
	sa_counters_add(&pair->last, &c);
	pair->last_out_packets = c.out_packets;
	pair->last_out_bytes = c.out_bytes;
	pair->out_installed = false;
}

/* What went out between keep_out() and the moment the worker did it. */
static void keep_rest_out(struct sa_pair *pair, const struct plane_ack *ack)
{
	uint64_t packets = pair->cleared_out_packets + pair->last_out_packets;
	uint64_t bytes = pair->cleared_out_bytes + pair->last_out_bytes;

	if (ack->packets <= packets || ack->bytes < bytes)
		return;
	pair->last.out_packets += ack->packets - packets;
	pair->last.out_bytes += ack->bytes - bytes;
}

static void keep_in(struct sa_store *s, struct sa_pair *pair)
{
	const struct plane_stats_in *in = plane_stats_in_of(s->plane, pair->worker);
	struct sa_counters c = {0};

	sa_counters_add_in(&c, &in[plane_spi_slot(pair->spi_in)], pair->spi_in);
	sa_counters_add(&pair->last, &c);
	pair->last_in_packets = c.in_packets;
	pair->last_in_bytes = c.in_bytes;
}

static void keep_rest_in(struct sa_pair *pair, const struct plane_ack *ack)
{
	uint64_t packets = pair->cleared_in_packets + pair->last_in_packets;
	uint64_t bytes = pair->cleared_in_bytes + pair->last_in_bytes;

	if (ack->packets <= packets || ack->bytes < bytes)
		return;
	pair->last.in_packets += ack->packets - packets;
	pair->last.in_bytes += ack->bytes - bytes;
}

static void drain(struct sa_store *s, struct sa_pair *pair, uint64_t grace_ms)
{
	pair->drain_ms = now(s) + grace_ms;
	set_state(pair, SA_STATE_DRAINING);
}

/* If the worker refused before it touched the pair it had, it goes on with that. */
static void not_switched(struct sa_store *s, struct sa_pair *pair, struct sa_pair *old)
{
	const struct plane_stats_out *out = plane_stats_out_of(s->plane, pair->worker);

	pair->out_installed = false;
	sa_store_remove(s, pair, IKE_REASON_INTERNAL, false);
	if (!old || (old->state != SA_STATE_UP && old->state != SA_STATE_REKEYING) ||
	    out[plane_spi_slot(old->spi_in)].spi != old->spi_out)
		return;
	old->out_installed = true;
	old->last = (struct sa_counters){0};
	s->tunnels[old->tunnel].current = old;
}

static void on_out_installed(void *ctx, uint64_t arg, const struct plane_ack *ack)
{
	struct sa_store *s = ctx;
	struct sa_pair *pair = sa_store_find(s, (uint32_t)arg), *other;
	struct sa_tunnel *st = pair ? tunnel_of(s, pair) : NULL;
	bool first = true;

	if (!pair || !st || pair->state != SA_STATE_INBOUND)
		return;
	other = sa_store_find(s, pair->replaces);
	if (ack->error) {
		not_switched(s, pair, other);
		return;
	}
	if (other)
		keep_rest_out(other, ack);
	set_state(pair, SA_STATE_UP);
	LIST_FOREACH(other, &st->pairs, tunnel_link) {
		if (other == pair ||
		    (other->state != SA_STATE_UP && other->state != SA_STATE_REKEYING))
			continue;
		drain(s, other, SA_STORE_GRACE_MS);
		first = false;
	}
	event(s, SA_STORE_CREATED, pair, IKE_REASON_NONE);
	if (first)
		event(s, SA_STORE_TUNNEL_UP, pair, IKE_REASON_NONE);
}

static uint32_t highest_spi(const struct sa_pair *pair)
{
	return pair->spi_in > pair->spi_out ? pair->spi_in : pair->spi_out;
}

/* Both ends began a successor of the same pair; the same two SPIs lie at both ends, so both agree. */
static bool loses_collision(const struct sa_tunnel *st, const struct sa_pair *pair)
{
	const struct sa_pair *rival = st->current;

	return rival && rival->initiator != pair->initiator && rival->spi_in != pair->predecessor &&
	       rival->predecessor == pair->predecessor && highest_spi(rival) > highest_spi(pair);
}

void sa_store_install_out(struct sa_store *s, const struct ike_child *child)
{
	struct sa_pair *pair = sa_store_find(s, child->spi_in), *old;
	const struct tunnel *t = s->env.tunnel(s->env.ctx, child->tunnel);
	struct sa_tunnel *st = pair ? tunnel_of(s, pair) : NULL;
	struct plane_msg msg = {.type = PLANE_SA_OUT_INSTALL};

	if (!st || !t || pair->state != SA_STATE_INBOUND)
		return;
	if (loses_collision(st, pair)) {
		drain(s, pair, SA_STORE_GRACE_MS);
		event(s, SA_STORE_CREATED, pair, IKE_REASON_NONE);
		return;
	}
	pair->mtu = st->mtu;
	fill_sa(&msg.sa, pair, t->sa_flags);
	msg.sa.spi = pair->spi_out;
	msg.sa.mtu = pair->mtu;
	set_keys(&msg.sa, pair->suite, &child->key_out);
	if (s->env.send(s->env.ctx, pair->worker, &msg, on_out_installed, s, pair->spi_in) < 0)
		return;
	old = st->current;
	if (old) {
		keep_out(s, old);
		pair->replaces = old->spi_in;
	}
	pair->out_installed = true;
	st->current = pair;
}

static void removed(struct sa_store *s, struct sa_pair *pair)
{
	if (--pair->acks == 0 && pair->state == SA_STATE_DYING && pair->removal_sent)
		gone(s, pair);
}

static void on_in_removed(void *ctx, uint64_t arg, const struct plane_ack *ack)
{
	struct sa_pair *pair = sa_store_find(ctx, (uint32_t)arg);

	if (!pair)
		return;
	keep_rest_in(pair, ack);
	removed(ctx, pair);
}

static void on_out_removed(void *ctx, uint64_t arg, const struct plane_ack *ack)
{
	struct sa_pair *pair = sa_store_find(ctx, (uint32_t)arg);

	if (!pair)
		return;
	keep_rest_out(pair, ack);
	removed(ctx, pair);
}

static int send_remove(struct sa_store *s, const struct sa_pair *pair, enum plane_type type,
		       plane_client_ack_fn fn)
{
	struct plane_msg msg = {.type = type};

	msg.remove.spi = type == PLANE_SA_IN_REMOVE ? pair->spi_in : pair->spi_out;
	msg.remove.pair = plane_spi_slot(pair->spi_in);
	msg.remove.tunnel = pair->index;
	return s->env.send(s->env.ctx, pair->worker, &msg, fn, s, pair->spi_in);
}

void sa_store_send_removal(struct sa_store *s, struct sa_pair *pair)
{
	if (pair->out_installed) {
		if (send_remove(s, pair, PLANE_SA_OUT_REMOVE, on_out_removed) < 0)
			return;
		keep_out(s, pair);
		pair->acks++;
	}
	if (send_remove(s, pair, PLANE_SA_IN_REMOVE, on_in_removed) < 0)
		return;
	keep_in(s, pair);
	pair->removal_sent = true;
	pair->acks++;
}

/* The tunnel has no pair for its traffic any more, unless another one already took over. */
static void unlink_current(struct sa_store *s, struct sa_pair *pair, enum ike_reason reason)
{
	struct sa_tunnel *st = tunnel_of(s, pair);

	if (!st || st->current != pair)
		return;
	st->current = NULL;
	if (pair->state == SA_STATE_UP || pair->state == SA_STATE_REKEYING)
		event(s, SA_STORE_TUNNEL_DOWN, pair, reason);
}

void sa_store_remove(struct sa_store *s, struct sa_pair *pair, enum ike_reason reason, bool silent)
{
	if (pair->state == SA_STATE_LARVAL || pair->state == SA_STATE_DYING)
		return;
	if (!silent && !pair->silent)
		s->env.delete_child(s->env.ctx, &pair->path, pair->spi_in);
	unlink_current(s, pair, reason);
	event(s, SA_STORE_DELETED, pair, reason);
	set_state(pair, SA_STATE_DYING);
	sa_store_send_removal(s, pair);
}

void sa_store_rekey(struct sa_store *s, struct sa_pair *pair)
{
	if (pair->state == SA_STATE_UP)
		set_state(pair, SA_STATE_REKEYING);
	if (pair->state != SA_STATE_REKEYING)
		return;
	pair->want_ms = now(s) + SA_STORE_RETRY_MS;
	s->env.want(s->env.ctx, pair->tunnel, &pair->path.remote);
}

/* Only our outbound half goes at once; packets the peer sent before its DELETE are still welcome. */
static void peer_deleted(struct sa_store *s, struct sa_pair *pair)
{
	unlink_current(s, pair, IKE_REASON_PEER_DELETED);
	if (pair->out_installed && send_remove(s, pair, PLANE_SA_OUT_REMOVE, on_out_removed) == 0) {
		keep_out(s, pair);
		pair->acks++;
	}
	pair->silent = true;
	if (pair->state != SA_STATE_DRAINING)
		set_state(pair, SA_STATE_DRAINING);
	pair->drain_ms = now(s) + SA_STORE_DELETED_GRACE_MS;
	pair->hard_ms = pair->drain_ms;
}

void sa_store_peer_deleted(struct sa_store *s, const struct addr *peer, uint32_t spi_out)
{
	struct sa_pair *pair;

	LIST_FOREACH(pair, &s->pairs, link) {
		if (pair->spi_out != spi_out || !addr_eq(&pair->path.remote, peer) ||
		    pair->state < SA_STATE_INBOUND || pair->state > SA_STATE_DRAINING)
			continue;
		peer_deleted(s, pair);
		return;
	}
}
