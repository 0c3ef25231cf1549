/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/deliver.h"

#include "dataplane/classify.h"
#include "dataplane/filter.h"
#include "dataplane/transmit.h"

static bool is_open(const struct worker *w, unsigned port)
{
	const struct port *p = &w->dp->ports[port];

	return p->up && w->id < p->n_tx_queues && !w->qos &&
	       policy_empty(w->policy, (uint8_t)port) &&
	       !(w->filter && filter_looks_behind(w->filter, w->dp->ports, port));
}

static void send(struct worker *w, struct deliver *d)
{
	if (d->n)
		transmit_frames(w, d->port, d->m, d->n, d->bytes);
	w->stats->forwarded_clear += d->n;
	d->n = 0;
	d->bytes = 0;
}

void deliver_turn(struct worker *w, struct deliver *d, unsigned port)
{
	send(w, d);
	d->port = port;
	d->open = is_open(w, port);
}

void deliver_end(struct worker *w, struct deliver *d)
{
	send(w, d);
	if (unlikely(d->n_others))
		classify_packets(w, d->others, d->n_others);
}
