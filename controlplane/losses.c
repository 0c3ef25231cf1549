/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/losses.h"

#include <stdlib.h>
#include <string.h>

static bool is_up(const struct sa_pair *pair)
{
	return pair && (pair->state == SA_STATE_UP || pair->state == SA_STATE_REKEYING);
}

void losses_begin(struct losses *l, const struct sa_store *store)
{
	const struct sa_pair *pair;

	*l = (struct losses){.rows = store->n_pairs ? calloc(store->n_pairs, sizeof(*l->rows))
						    : NULL};
	if (!l->rows)
		return;
	LIST_FOREACH(pair, &store->pairs, link)
		if (is_up(pair) && l->n_rows < store->n_pairs)
			l->rows[l->n_rows++] = (struct losses_row){.peer = pair->path.remote,
								   .tunnel = pair->tunnel,
								   .spi_in = pair->spi_in};
}

static int by_tunnel(const void *a, const void *b)
{
	const struct losses_row *x = a, *y = b;

	return x->tunnel < y->tunnel ? -1 : x->tunnel > y->tunnel;
}

static int by_peer(const void *a, const void *b)
{
	const struct losses_row *x = a, *y = b;

	return memcmp(&x->peer, &y->peer, sizeof(x->peer));
}

static void count_tunnels(struct losses *l)
{
	bool all_gone = true;

	qsort(l->rows, l->n_rows, sizeof(*l->rows), by_tunnel);
	for (size_t i = 0; i < l->n_rows; i++) {
		all_gone &= l->rows[i].gone;
		if (i + 1 < l->n_rows && l->rows[i + 1].tunnel == l->rows[i].tunnel)
			continue;
		l->n_up++;
		l->n_lost += all_gone;
		all_gone = true;
	}
}

static void count_peers(struct losses *l)
{
	const struct addr *last = NULL;

	qsort(l->rows, l->n_rows, sizeof(*l->rows), by_peer);
	for (size_t i = 0; i < l->n_rows; i++) {
		if (!l->rows[i].gone || (last && addr_eq(last, &l->rows[i].peer)))
			continue;
		last = &l->rows[i].peer;
		l->n_peers++;
	}
}

void losses_end(struct losses *l, const struct sa_store *store)
{
	for (size_t i = 0; i < l->n_rows; i++)
		l->rows[i].gone = !is_up(sa_store_find(store, l->rows[i].spi_in));
	if (l->n_rows) {
		count_tunnels(l);
		count_peers(l);
	}
	free(l->rows);
	l->rows = NULL;
}
