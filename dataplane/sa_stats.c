/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/sa_stats.h"

#include <rte_prefetch.h>

enum {
	PREFETCH = 8, /* SAs ahead */
};

static void publish_in(struct sa_in *sa)
{
	struct plane_stats_in *stats = sa->stats;

	sa->queued = false;
	if (!sa->spi)
		return;
	stats->packets = sa->packets - sa->packets_cleared;
	stats->bytes = sa->bytes - sa->bytes_cleared;
	stats->top = sa->replay.top;
	stats->bitmap = replay_bitmap(&sa->replay);
	stats->last_ms = sa->last_ms;
}

static void publish_out(struct sa_out *sa)
{
	struct plane_stats_out *stats = sa->stats;

	sa->queued = false;
	if (!sa->spi)
		return;
	stats->packets = sa->packets - sa->packets_cleared;
	stats->bytes = sa->bytes - sa->bytes_cleared;
	stats->seq = sa->seq;
	stats->last_ms = sa->last_ms;
}

/* Slots leave the queue in the order they joined. */
static unsigned due(const struct sa_queue *q, unsigned most)
{
	return q->due - q->tail < most ? q->due - q->tail : most;
}

static uint32_t ahead(const struct sa_queue *q, unsigned i, unsigned n)
{
	return q->slots[(q->tail + (i + PREFETCH < n ? i + PREFETCH : i)) & q->mask];
}

void sa_stats_publish(struct sa_table *t, unsigned most)
{
	struct sa_queue *in = &t->touched_in, *out = &t->touched_out;
	unsigned n_in = due(in, most), n_out = due(out, most);

	for (unsigned i = 0; i < n_in; i++) {
		const struct sa_in *next = &t->in[ahead(in, i, n_in)];

		rte_prefetch0(&next->replay);
		rte_prefetch0(&next->stats);
		rte_prefetch0(&t->stats_in[next - t->in]);
		publish_in(&t->in[in->slots[(in->tail + i) & in->mask]]);
	}
	in->tail += n_in;
	for (unsigned i = 0; i < n_out; i++) {
		const struct sa_out *next = &t->out[ahead(out, i, n_out)];

		rte_prefetch0(&next->seq);
		rte_prefetch0(&next->stats);
		rte_prefetch0(&t->stats_out[next - t->out]);
		publish_out(&t->out[out->slots[(out->tail + i) & out->mask]]);
	}
	out->tail += n_out;
}
