/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/sa_limit.h"

#include "dataplane/notice.h"

/* The counterpart of announce_limit() in inbound.c, for bytes and sequence numbers. */
static void announce(struct worker *w, struct sa_out *sa)
{
	bool by_seq = sa->seq >= sa->seq_limit;
	struct plane_expire e = {
		.spi = sa->spi,
		.pair = sa->pair,
		.tunnel = sa->tunnel,
		.hard = sa->bytes >= sa->hard_bytes || sa->seq >= sa->seq_hard,
		.outbound = 1,
		.why = by_seq ? PLANE_EXPIRE_SEQUENCE : PLANE_EXPIRE_BYTES,
	};
	bool sent = notice_expire(w, &e);

	sa->dead = e.hard;
	sa->hard_due = e.hard && !sent;
	if (sent && by_seq)
		sa->seq_limit = sa->seq_hard;
	else if (sent)
		sa->bytes_limit = sa->hard_bytes;
}

enum drop_reason sa_limit_passed(struct worker *w, struct sa_out *sa)
{
	if (w->now_ms >= sa->hard_ms)
		return DROP_SA_EXPIRED;
	if (!sa->dead || sa->hard_due)
		announce(w, sa);
	if (sa->seq >= sa->seq_hard)
		return DROP_SEQ_EXHAUSTED;
	return sa->bytes >= sa->hard_bytes ? DROP_SA_EXPIRED : DROP_NONE;
}
