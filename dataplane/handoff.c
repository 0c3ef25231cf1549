/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/handoff.h"

#include "dataplane/capture.h"
#include "dataplane/classify.h"
#include "dataplane/counters.h"
#include "dataplane/transmit.h"
#include "dataplane/worker.h"

#include <rte_ring.h>

void handoff_send(struct worker *w, struct rte_mbuf *m, unsigned owner, enum packet_inject what)
{
	packet_meta(m)->inject = (uint8_t)what;
	if (unlikely(w->capture))
		capture_hand_over(w, m);
	if (rte_ring_enqueue(w->dp->handoff[owner], m)) {
		if (unlikely(w->capture))
			capture_handed(w, m);
		counters_drop(w, m, DROP_HANDOFF_FULL);
		return;
	}
	w->stats->handoff_sent++;
	w->ring_workers[owner] = w->ring_any = true;
}

/*
 * Whether the policy that sent a packet here is still in force. If not the packet asks again, as
 * one that has been let in and whose TTL was lowered already. The sender may have begun its round
 * later, with a policy that this one has not seen yet: the older must not judge the packet.
 */
static bool still_holds(struct worker *w, struct packet_meta *meta)
{
	if (likely(meta->seq == policy_serial(w->policy)))
		return true;
	worker_take_policy(w);
	if (meta->seq == policy_serial(w->policy))
		return true;
	meta->flags |= PACKET_OURS | PACKET_AGAIN;
	return false;
}

unsigned handoff_take(struct worker *w, struct rte_ring *ring)
{
	struct rte_mbuf *m[DATAPLANE_BURST], *fresh[DATAPLANE_BURST];
	unsigned n = rte_ring_dequeue_burst(ring, (void **)m, DATAPLANE_BURST, NULL), n_fresh = 0;

	for (unsigned i = 0; i < n; i++) {
		struct packet_meta *meta = packet_meta(m[i]);

		if (unlikely(w->capture))
			capture_handed(w, m[i]);
		switch (meta->inject) {
		case PACKET_INJECT_TX: transmit_frame(w, m[i]); break;
		case PACKET_INJECT_INBOUND: counters_lane_push(w, &w->inbound, m[i]); break;
		case PACKET_INJECT_PROTECT:
			if (still_holds(w, meta))
				counters_lane_push(w, &w->protect, m[i]);
			else
				fresh[n_fresh++] = m[i];
			break;
		case PACKET_INJECT_FRAGMENT: classify_fragment(w, m[i]); break;
		default: fresh[n_fresh++] = m[i]; break;
		}
	}
	classify_packets(w, fresh, n_fresh);
	return n;
}
