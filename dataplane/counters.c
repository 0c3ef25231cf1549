/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/counters.h"

#include "dataplane/capture.h"

void counters_drop(struct worker *w, struct rte_mbuf *m, enum drop_reason reason)
{
	const struct packet_meta *meta = packet_meta(m);

	w->stats->drops[reason]++;
	if (!(meta->flags & PACKET_OURS))
		w->stats->ports[meta->in_port].rx_drops++;
	if (unlikely(w->capture))
		capture_dropped(w, m, reason);
	rte_pktmbuf_free(m);
}
