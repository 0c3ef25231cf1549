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
		if (is_up(pair) && l->n_up < store->n_pairs)
			l->rows[l->n_up++] = (struct losses_row){.peer = pair->path.remote,
								 .spi_in = pair->spi_in};
}

static int by_peer(const void *a, const void *b)
{
	const struct losses_row *x = a, *y = b;

	return memcmp(&x->peer, &y->peer, sizeof(x->peer));
}

void losses_end(struct losses *l, const struct sa_store *store)
{
	for (size_t i = 0; i < l->n_up; i++)
		if (!is_up(sa_store_find(store, l->rows[i].spi_in)))
			l->rows[l->n_lost++] = l->rows[i];
	if (l->n_lost)
		qsort(l->rows, l->n_lost, sizeof(*l->rows), by_peer);
	for (size_t i = 0; i < l->n_lost; i++)
		l->n_peers += !i || !addr_eq(&l->rows[i].peer, &l->rows[i - 1].peer);
	free(l->rows);
	l->rows = NULL;
}
