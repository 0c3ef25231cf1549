/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/tunnels_peers.h"

#include "controlplane/tunnels.h"

#include <errno.h>
#include <stdlib.h>

static struct tunnels_peer_list *bucket_of(const struct tunnels_peers *p, const struct addr *peer)
{
	uint64_t h = id_map_hash(ID_MAP_SEED, peer->b, sizeof(peer->b));

	return &p->buckets[(h >> 20) & (p->n_buckets - 1)];
}

int tunnels_peers_init(struct tunnels_peers *p, const struct tunnel *tunnels, size_t n)
{
	struct tunnels_peer *row;
	size_t n_rows = 0;

	*p = (struct tunnels_peers){.n_buckets = 1};
	for (size_t i = 0; i < n; i++)
		n_rows += tunnels[i].n_peers;
	while (p->n_buckets < n_rows)
		p->n_buckets *= 2;
	p->rows = calloc(n_rows + 1, sizeof(*p->rows));
	p->buckets = calloc(p->n_buckets, sizeof(*p->buckets));
	if (!p->rows || !p->buckets)
		return -ENOMEM;
	/* each goes to the head of its list: the last one first */
	row = p->rows;
	for (size_t i = n; i-- > 0;) {
		for (size_t k = tunnels[i].n_peers; k-- > 0; row++) {
			row->addr = tunnels[i].peers[k];
			row->tunnel = &tunnels[i];
			SLIST_INSERT_HEAD(bucket_of(p, &row->addr), row, link);
		}
	}
	return 0;
}

void tunnels_peers_fini(struct tunnels_peers *p)
{
	free(p->rows);
	free(p->buckets);
	*p = (struct tunnels_peers){0};
}

static const struct tunnels_peer *from(const struct tunnels_peer *row, const struct addr *peer)
{
	while (row && !addr_eq(&row->addr, peer))
		row = SLIST_NEXT(row, link);
	return row;
}

const struct tunnels_peer *tunnels_peers_first(const struct tunnels_peers *p,
					       const struct addr *peer)
{
	return p->buckets ? from(SLIST_FIRST(bucket_of(p, peer)), peer) : NULL;
}

const struct tunnels_peer *tunnels_peers_next(const struct tunnels_peer *row)
{
	return from(SLIST_NEXT(row, link), &row->addr);
}
