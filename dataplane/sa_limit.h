/* SPDX-License-Identifier: BSD-3-Clause */
/* The end of an outbound SA: by the clock, by bytes, by sequence numbers (RFC 4303 3.3.3). */
#pragma once

#include "dataplane/worker_state.h"

/* Says so to the control plane when a limit is passed, and why the packet may not go. */
enum drop_reason sa_limit_passed(struct worker *w, struct sa_out *sa);

/* DROP_NONE while the SA may send one packet more. */
static inline enum drop_reason sa_limit_out(struct worker *w, struct sa_out *sa)
{
	if (likely(sa->seq < sa->seq_limit && sa->bytes < sa->bytes_limit &&
		   w->now_ms < sa->hard_ms))
		return DROP_NONE;
	return sa_limit_passed(w, sa);
}
