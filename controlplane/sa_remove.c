/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/sa_remove.h"

#include "controlplane/lanes.h"

void sa_remove_keep_out(struct sa_store *s, struct sa_pair *pair)
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

void sa_remove_keep_rest_out(struct sa_pair *pair, const struct plane_ack *ack)
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

static void removed(struct sa_store *s, struct sa_pair *pair)
{
	if (--pair->acks == 0 && pair->state == SA_STATE_DYING && pair->removal_sent)
		sa_store_gone(s, pair);
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
	sa_remove_keep_rest_out(pair, ack);
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

void sa_remove_send(struct sa_store *s, struct sa_pair *pair)
{
	if (pair->out_installed) {
		if (send_remove(s, pair, PLANE_SA_OUT_REMOVE, on_out_removed) < 0)
			return;
		sa_remove_keep_out(s, pair);
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
	struct sa_tunnel *st = sa_store_tunnel(s, pair);
	const struct sa_pair *other;

	if (!st || !pair->current)
		return;
	pair->current = false;
	/* no lane that goes as soon as it comes keeps the two ends busy */
	if (pair->lane && st->fill_ms < sa_store_now(s) + SA_STORE_RETRY_MS)
		st->fill_ms = sa_store_now(s) + SA_STORE_RETRY_MS;
	LIST_FOREACH(other, &st->pairs, tunnel_link)
		if (other->current)
			return;
	/* whoever deletes all of them had nothing against several */
	st->judge_ms = 0;
	if (pair->state == SA_STATE_UP || pair->state == SA_STATE_REKEYING)
		sa_store_tell(s, SA_STORE_TUNNEL_DOWN, pair, reason);
}

void sa_remove_pair(struct sa_store *s, struct sa_pair *pair, enum ike_reason reason, bool silent)
{
	if (pair->state == SA_STATE_LARVAL || pair->state == SA_STATE_DYING)
		return;
	if (!silent && !pair->silent)
		s->env.delete_child(s->env.ctx, &pair->path, pair->spi_in);
	unlink_current(s, pair, reason);
	sa_store_tell(s, SA_STORE_DELETED, pair, reason);
	sa_store_set_state(pair, SA_STATE_DYING);
	sa_remove_send(s, pair);
}

/*
 * Only our outbound half goes at once; packets the peer sent before its DELETE are still welcome.
 */
static void peer_deleted(struct sa_store *s, struct sa_pair *pair)
{
	lanes_deleted(s, pair);
	unlink_current(s, pair, IKE_REASON_PEER_DELETED);
	if (pair->out_installed && send_remove(s, pair, PLANE_SA_OUT_REMOVE, on_out_removed) == 0) {
		sa_remove_keep_out(s, pair);
		pair->acks++;
	}
	pair->silent = true;
	if (pair->state != SA_STATE_DRAINING)
		sa_store_set_state(pair, SA_STATE_DRAINING);
	pair->drain_ms = sa_store_now(s) + SA_STORE_DELETED_GRACE_MS;
	pair->hard_ms = pair->drain_ms;
}

void sa_remove_by_peer(struct sa_store *s, const struct ike_path *peer, uint32_t spi_out)
{
	struct sa_pair *pair;

	LIST_FOREACH(pair, sa_store_peer(s, &peer->remote), peer_link) {
		if (pair->spi_out != spi_out || !ike_path_same_peer(&pair->path, peer) ||
		    pair->state < SA_STATE_INBOUND || pair->state > SA_STATE_DRAINING)
			continue;
		/* said twice, it lengthens nothing */
		if (pair->silent)
			return;
		peer_deleted(s, pair);
		return;
	}
}
