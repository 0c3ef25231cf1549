/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/sa_counters.h"

#define relaxed(field) __atomic_load_n(&(field), __ATOMIC_RELAXED)

void sa_counters_add_in(struct sa_counters *c, const struct plane_stats_in *in, uint32_t spi)
{
	if (relaxed(in->spi) != spi)
		return;
	c->in_packets += relaxed(in->packets);
	c->in_bytes += relaxed(in->bytes);
	c->replay_late += relaxed(in->replay_late);
	c->replay_seen += relaxed(in->replay_seen);
	c->auth_failed += relaxed(in->auth_failed);
	c->pad_failed += relaxed(in->pad_failed);
	c->policy_failed += relaxed(in->policy_failed);
	c->invalid_len += relaxed(in->invalid_len);
	c->invalid_prot += relaxed(in->invalid_prot);
	c->other_failed += relaxed(in->other_failed);
	c->inner_fragments += relaxed(in->inner_fragments);
	c->invalid_sa += relaxed(in->invalid_sa);
	c->in_rollover += relaxed(in->rollover);
}

void sa_counters_add_out(struct sa_counters *c, const struct plane_stats_out *out, uint32_t spi)
{
	if (relaxed(out->spi) != spi)
		return;
	c->out_packets += relaxed(out->packets);
	c->out_bytes += relaxed(out->bytes);
	c->send_errors += relaxed(out->send_errors);
	c->fragments += relaxed(out->fragments);
	c->fragmented += relaxed(out->fragmented);
	c->too_big_sent += relaxed(out->too_big_sent);
	c->out_internal += relaxed(out->internal);
	c->out_rollover += relaxed(out->rollover);
	c->fragment_failed += relaxed(out->fragment_failed);
}

void sa_counters_add(struct sa_counters *sum, const struct sa_counters *c)
{
	sum->in_packets += c->in_packets;
	sum->in_bytes += c->in_bytes;
	sum->out_packets += c->out_packets;
	sum->out_bytes += c->out_bytes;
	sum->replay_late += c->replay_late;
	sum->replay_seen += c->replay_seen;
	sum->auth_failed += c->auth_failed;
	sum->pad_failed += c->pad_failed;
	sum->policy_failed += c->policy_failed;
	sum->invalid_len += c->invalid_len;
	sum->invalid_prot += c->invalid_prot;
	sum->other_failed += c->other_failed;
	sum->inner_fragments += c->inner_fragments;
	sum->send_errors += c->send_errors;
	sum->fragments += c->fragments;
	sum->fragmented += c->fragmented;
	sum->too_big_sent += c->too_big_sent;
	sum->invalid_sa += c->invalid_sa;
	sum->in_rollover += c->in_rollover;
	sum->out_internal += c->out_internal;
	sum->out_rollover += c->out_rollover;
	sum->fragment_failed += c->fragment_failed;
}

uint64_t sa_counters_recv_errors(const struct sa_counters *c)
{
	return c->replay_late + c->replay_seen + c->auth_failed + c->pad_failed + c->policy_failed +
	       c->invalid_len + c->invalid_prot + c->other_failed + c->invalid_sa;
}
