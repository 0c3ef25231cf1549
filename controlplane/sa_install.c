/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/sa_install.h"

#include "controlplane/lanes.h"
#include "controlplane/sa_remove.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	BYTES_PER_KB = 1024,
	REPLAY_WITH_ESN = 64 /* where it is switched off otherwise */
};

static uint64_t percent(uint64_t value, const struct sa_pair *pair)
{
	return value * (pair->initiator ? SA_STORE_SOFT_INITIATOR : SA_STORE_SOFT_RESPONDER) / 100;
}

/*
 * The newest pair of a lane that is certain: what the two ends have of each other's messages in
 * the order they were sent makes both call the same pair the predecessor of another. Our own is
 * certain when the peer's answer has come, the peer's when its last message has.
 */
static const struct sa_pair *newest(const struct sa_store *s, uint32_t tunnel, unsigned lane)
{
	const struct sa_pair *best = sa_store_current(s, tunnel, lane), *pair;

	LIST_FOREACH(pair, &s->tunnels[tunnel].pairs, tunnel_link) {
		bool ours = pair->initiator && !pair->lost &&
			    (pair->state == SA_STATE_INSTALLING || pair->state == SA_STATE_INBOUND);

		if (ours && pair->lane == lane && (!best || pair->conn_in > best->conn_in))
			best = pair;
	}
	return best;
}

/*
 * Without integrity a forged number would move the window; extended numbers cannot be without one
 * (RFC 4303 3.3.3).
 */
static uint32_t window_of(const struct ike_child *child, const struct tunnel *t)
{
	if (alg_suite_bare(child->suite))
		return 0;
	return child->esn && !t->replay_window ? REPLAY_WITH_ESN : t->replay_window;
}

static void take_child(struct sa_store *s, struct sa_pair *pair, const struct ike_child *child,
		       const struct tunnel *t)
{
	const struct sa_pair *before = newest(s, pair->tunnel, pair->lane);
	uint64_t life_ms;

	pair->predecessor = before ? before->spi_in : 0;
	pair->spi_out = child->spi_out;
	pair->ike_sa = child->ike_sa;
	sa_store_set_path(s, pair, &child->path);
	pair->selector = child->selector;
	pair->suite = child->suite;
	pair->esn = child->esn;
	pair->transport = child->transport;
	pair->udp = child->udp;
	pair->nat_remote = child->nat_remote;
	pair->initiator = child->initiator;
	pair->pfs_group = child->pfs_group;
	pair->msgid = child->msgid;
	pair->lifetime_s = child->lifetime_s;
	pair->lifetime_kb = child->lifetime_kb;
	pair->replay_window = window_of(child, t);
	pair->conn_in = s->next_conn++;
	pair->conn_out = s->next_conn++;
	pair->created_ms = sa_store_now(s);
	life_ms = child->lifetime_s * 1000ull;
	if (!life_ms)
		return;
	pair->hard_ms = pair->created_ms + life_ms;
	pair->soft_ms = pair->created_ms + percent(life_ms, pair) / (t->hasten ? t->hasten : 1);
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

static void fill_sa(struct plane_sa *sa, const struct sa_pair *pair, const struct tunnel *t)
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
		.lane = t->spread == PLANE_SPREAD_PER_CLASS ? pair->lane : 0,
		.flags = t->sa_flags | (pair->udp ? PLANE_SA_UDP : 0) |
			 (pair->udp && pair->nat_remote ? PLANE_SA_FOLLOW : 0) |
			 (t->dynamic ? PLANE_SA_DYNAMIC : 0) |
			 (pair->transport ? PLANE_SA_TRANSPORT : 0) |
			 (pair->esn ? PLANE_SA_ESN : 0),
		.soft_bytes = percent(pair->lifetime_kb * (uint64_t)BYTES_PER_KB, pair),
		.hard_bytes = pair->lifetime_kb * (uint64_t)BYTES_PER_KB,
		.hard_ms = pair->hard_ms == UINT64_MAX ? 0 : pair->hard_ms,
	};
}

/* More of them than a peer can mean: the oldest one goes after all. */
static void bound_draining(struct sa_store *s, const struct sa_tunnel *st)
{
	struct sa_pair *pair, *oldest = NULL;
	size_t n = 0;

	LIST_FOREACH(pair, &st->pairs, tunnel_link) {
		if (pair->state != SA_STATE_DRAINING || pair->drain_ms != UINT64_MAX)
			continue;
		n++;
		if (!oldest || pair->created_ms < oldest->created_ms)
			oldest = pair;
	}
	if (n > SA_STORE_DRAINING_MAX)
		oldest->drain_ms = sa_store_now(s) + SA_STORE_GRACE_MS;
}

static bool is_parallel(const struct sa_store *s, const struct sa_pair *pair)
{
	const struct tunnel *t = s->env.tunnel(s->env.ctx, pair->tunnel);

	return t && t->n_lanes > 1;
}

/*
 * We delete what we wanted a successor of. What the peer has put another pair beside it may go on
 * using, and of parallel pairs it may send on any.
 */
static void drain(struct sa_store *s, struct sa_pair *pair, bool forever)
{
	const struct sa_tunnel *st = sa_store_tunnel(s, pair);

	pair->drain_ms = forever ? UINT64_MAX : sa_store_now(s) + SA_STORE_GRACE_MS;
	sa_store_set_state(pair, SA_STATE_DRAINING);
	if (forever && st)
		bound_draining(s, st);
}

/* A pair that lost a collision only receives, as soon as it can. */
static void yield_to_rival(struct sa_store *s, struct sa_pair *pair)
{
	if (!pair->lost || pair->state != SA_STATE_INBOUND)
		return;
	drain(s, pair, is_parallel(s, pair));
	sa_store_tell(s, SA_STORE_CREATED, pair, IKE_REASON_NONE);
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
	if (!ack->error)
		sa_store_set_state(pair, SA_STATE_INBOUND);
	else if (pair->out_installed)
		sa_remove_pair(s, pair, IKE_REASON_INTERNAL, true);
	else
		sa_store_gone(s, pair);
	/* the engine may ask for the outbound half at once */
	s->env.installed(s->env.ctx, (uint32_t)arg, ack->error);
	pair = sa_store_find(s, (uint32_t)arg);
	if (pair)
		yield_to_rival(s, pair);
}

void sa_install_in(struct sa_store *s, const struct ike_child *child)
{
	struct sa_pair *pair = sa_store_find(s, child->spi_in);
	const struct tunnel *t = s->env.tunnel(s->env.ctx, tunnels_child_handle(child->tunnel));
	struct plane_msg msg = {.type = PLANE_SA_IN_INSTALL};

	if (!pair || pair->state != SA_STATE_LARVAL)
		return;
	pair->failed = !t || pair->tunnel != tunnels_child_handle(child->tunnel);
	if (pair->failed)
		return;
	take_child(s, pair, child, t);
	fill_sa(&msg.sa, pair, t);
	msg.sa.spi = pair->spi_in;
	set_keys(&msg.sa, pair->suite, &child->key_in);
	if (s->env.send(s->env.ctx, pair->worker, &msg, on_in_installed, s, pair->spi_in) < 0)
		pair->failed = true;
	else
		sa_store_set_state(pair, SA_STATE_INSTALLING);
}

/* If the worker refused before it touched the pair it had, it goes on with that. */
static void not_switched(struct sa_store *s, struct sa_pair *pair, struct sa_pair *old)
{
	const struct plane_stats_out *out = plane_stats_out_of(s->plane, pair->worker);

	pair->out_installed = false;
	sa_remove_pair(s, pair, IKE_REASON_INTERNAL, false);
	if (!old || (old->state != SA_STATE_UP && old->state != SA_STATE_REKEYING) ||
	    out[plane_spi_slot(old->spi_in)].spi != old->spi_out)
		return;
	old->out_installed = true;
	old->last = (struct sa_counters){0};
	old->current = true;
}

static void on_out_installed(void *ctx, uint64_t arg, const struct plane_ack *ack)
{
	struct sa_store *s = ctx;
	struct sa_pair *pair = sa_store_find(s, (uint32_t)arg), *other;
	struct sa_tunnel *st = pair ? sa_store_tunnel(s, pair) : NULL;
	bool first = true;

	if (!pair || !st || pair->state != SA_STATE_INBOUND)
		return;
	other = sa_store_find(s, pair->replaces);
	if (ack->error) {
		not_switched(s, pair, other);
		return;
	}
	if (other)
		sa_remove_keep_rest_out(other, ack);
	sa_store_set_state(pair, SA_STATE_UP);
	LIST_FOREACH(other, &st->pairs, tunnel_link) {
		if (other == pair ||
		    (other->state != SA_STATE_UP && other->state != SA_STATE_REKEYING))
			continue;
		first = false;
		if (other->lane == pair->lane)
			drain(s, other, !pair->initiator && other->state == SA_STATE_UP);
	}
	sa_store_tell(s, SA_STORE_CREATED, pair, IKE_REASON_NONE);
	if (first)
		sa_store_tell(s, SA_STORE_TUNNEL_UP, pair, IKE_REASON_NONE);
	st->fill_ms = 0;
	lanes_serve(s, pair);
}

/* Both SPIs of a pair, the higher one before the other: the same number at both ends. */
static uint64_t both_spis(const struct sa_pair *pair)
{
	uint64_t high = pair->spi_in > pair->spi_out ? pair->spi_in : pair->spi_out;
	uint64_t low = pair->spi_in > pair->spi_out ? pair->spi_out : pair->spi_in;

	return high << 32 | low;
}

/*
 * Where even those are equal, the pair that the end of the higher address began is the better one.
 */
bool sa_install_is_better(const struct sa_pair *pair, const struct sa_pair *than)
{
	uint64_t mine = both_spis(pair), other = both_spis(than);
	const struct ike_path *path = &pair->path;
	bool ours = memcmp(path->local.b, path->remote.b, sizeof(path->local.b)) > 0;

	return mine != other ? mine > other : pair->initiator == ours;
}

static bool collide(const struct sa_pair *rival, const struct sa_pair *pair)
{
	return rival->initiator != pair->initiator && rival->spi_in != pair->predecessor &&
	       rival->predecessor == pair->predecessor;
}

/*
 * Both ends began a successor of the same pair; the same two SPIs lie at both ends, so both agree.
 * What has a successor already has lost, too.
 */
static bool loses_collision(const struct sa_pair *rival, const struct sa_pair *pair)
{
	if (rival->predecessor == pair->spi_in)
		return true;
	return collide(rival, pair) && sa_install_is_better(rival, pair);
}

/* Sends the outbound half; false when it stays held, because memory was short. */
static bool switch_outbound(struct sa_store *s, struct sa_tunnel *st, struct sa_pair *pair,
			    struct plane_msg *msg)
{
	struct sa_pair *old = sa_store_current(s, pair->tunnel, pair->lane);

	if (old && loses_collision(old, pair)) {
		pair->lost = true;
		pair->lost_ms = sa_store_now(s);
		yield_to_rival(s, pair);
		return true;
	}
	msg->sa.mtu = pair->mtu = st->mtu;
	if (s->env.send(s->env.ctx, pair->worker, msg, on_out_installed, s, pair->spi_in) < 0)
		return false;
	if (old) {
		sa_remove_keep_out(s, old);
		pair->replaces = old->spi_in;
		old->current = false;
		old->lost = collide(old, pair);
		old->lost_ms = sa_store_now(s);
	}
	pair->out_installed = true;
	pair->current = true;
	return true;
}

/*
 * Our last message of quick mode is on its way and the peer may use its new inbound SA only when it
 * has read it (strongSwan does); as long as the old pair carries the traffic nothing is lost by
 * waiting for a sign of life on the new one.
 */
static bool must_wait(const struct sa_store *s, struct sa_pair *pair)
{
	const struct sa_pair *old = sa_store_current(s, pair->tunnel, pair->lane);

	pair->switch_ms = sa_store_now(s) + SA_INSTALL_HOLD_MS;
	return pair->initiator && old && old->out_installed;
}

static void hold(struct sa_store *s, struct sa_pair *pair, const struct plane_msg *msg)
{
	pair->held = malloc(sizeof(*pair->held));
	if (!pair->held)
		return;
	*pair->held = *msg;
	sa_store_set_waits(s, pair, must_wait(s, pair));
}

void sa_install_out(struct sa_store *s, const struct ike_child *child)
{
	struct sa_pair *pair = sa_store_find(s, child->spi_in);
	const struct tunnel *t = s->env.tunnel(s->env.ctx, tunnels_child_handle(child->tunnel));
	struct sa_tunnel *st = pair ? sa_store_tunnel(s, pair) : NULL;
	struct plane_msg msg = {.type = PLANE_SA_OUT_INSTALL};

	/* while the inbound half is being installed too: the worker takes commands in order */
	if (!st || !t || pair->held ||
	    (pair->state != SA_STATE_INBOUND && pair->state != SA_STATE_INSTALLING))
		return;
	fill_sa(&msg.sa, pair, t);
	msg.sa.spi = pair->spi_out;
	set_keys(&msg.sa, pair->suite, &child->key_out);
	hold(s, pair, &msg);
	if (!pair->waits)
		switch_outbound(s, st, pair, &msg);
	secret_wipe_bytes(&msg, sizeof(msg));
}

static bool peer_is_ready(const struct sa_store *s, const struct sa_pair *pair)
{
	const struct plane_stats_in *in = plane_stats_in_of(s->plane, pair->worker);
	const struct sa_pair *old = sa_store_current(s, pair->tunnel, pair->lane);

	in += plane_spi_slot(pair->spi_in);
	return sa_store_now(s) >= pair->switch_ms || !old || !old->out_installed ||
	       (__atomic_load_n(&in->spi, __ATOMIC_RELAXED) == pair->spi_in &&
		__atomic_load_n(&in->packets, __ATOMIC_RELAXED));
}

uint64_t sa_install_run(struct sa_store *s)
{
	struct sa_pair *pair, *next;

	for (pair = LIST_FIRST(&s->waiting); pair; pair = next) {
		struct sa_tunnel *st = sa_store_tunnel(s, pair);
		struct plane_msg msg;

		next = LIST_NEXT(pair, wait_link);
		/* one switch may have ended the wait of another */
		if (!pair->waits || !st || pair->state != SA_STATE_INBOUND ||
		    !peer_is_ready(s, pair))
			continue;
		msg = *pair->held;
		if (switch_outbound(s, st, pair, &msg))
			sa_store_set_waits(s, pair, false);
		secret_wipe_bytes(&msg, sizeof(msg));
	}
	return LIST_EMPTY(&s->waiting) ? UINT64_MAX : sa_store_now(s) + SA_INSTALL_POLL_MS;
}

void sa_install_follow(struct sa_store *s, struct sa_pair *pair)
{
	const struct sa_pair *rival = sa_store_current(s, pair->tunnel, pair->lane);

	sa_store_set_state(pair, SA_STATE_INBOUND);
	pair->lost = false;
	pair->predecessor = rival ? rival->spi_in : 0;
	pair->switch_ms = sa_store_now(s);
	sa_store_set_waits(s, pair, true);
}
