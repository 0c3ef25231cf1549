/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/sa_move.h"

static bool follows(const struct sa_pair *pair, const struct ike_path *path)
{
	if (pair->state < SA_STATE_INSTALLING || pair->state > SA_STATE_DRAINING)
		return false;
	if (!pair->udp || !pair->nat_remote || !path->peer || pair->path.peer != path->peer)
		return false;
	return pair->path.remote_port != path->remote_port ||
	       !addr_eq(&pair->path.remote, &path->remote);
}

static bool send_move(struct sa_store *s, const struct sa_pair *pair, const struct ike_path *path)
{
	struct plane_msg msg = {
		.type = PLANE_SA_MOVE,
		.move =
			{
				.pair = plane_spi_slot(pair->spi_in),
				.tunnel = pair->index,
				.spi_in = pair->spi_in,
				.spi_out = pair->out_installed ? pair->spi_out : 0,
				.remote = path->remote,
				.remote_port = path->remote_port,
			},
	};

	return s->env.send(s->env.ctx, pair->worker, &msg, NULL, NULL, 0) == 0;
}

size_t sa_move_peer(struct sa_store *s, const struct ike_path *path)
{
	struct ike_path there;
	struct sa_pair *pair;
	size_t n = 0;

	LIST_FOREACH(pair, &s->pairs, link) {
		if (!follows(pair, path) || !send_move(s, pair, path))
			continue;
		there = pair->path;
		if (addr_is_none(&there.home))
			there.home = there.remote;
		there.remote = path->remote;
		there.remote_port = path->remote_port;
		sa_store_set_path(s, pair, &there);
		if (pair->held) {
			pair->held->sa.remote = path->remote;
			pair->held->sa.remote_port = path->remote_port;
		}
		n++;
	}
	return n;
}
