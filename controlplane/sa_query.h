/* SPDX-License-Identifier: BSD-3-Clause */
/* What the SA store knows, for `show`, for liveness and for lifetimes. Changes nothing. */
#pragma once

#include "controlplane/sa_store.h"

#include <stdbool.h>
#include <stdint.h>

/* A pair's counters, those of a half already removed included. */
struct sa_counters sa_query_counters(const struct sa_store *s, const struct sa_pair *pair);
/* The pair that stands for a tunnel: of lane 0, else of any lane, else NULL. */
struct sa_pair *sa_query_first(const struct sa_store *s, uint32_t tunnel);
/*
 * Over all pairs a tunnel ever had since its counters were cleared; its drops without SA included.
 */
struct sa_counters sa_query_tunnel(const struct sa_store *s, const struct tunnel *t);
/* Packets the workers ever dropped for want of an SA of the tunnel. */
uint32_t sa_query_no_sa(const struct sa_store *s, const struct tunnel *t);
/* The segment's blocks of a pair, NULL when they belong to another SA (or to none) by now. */
const struct plane_stats_in *sa_query_in(const struct sa_store *s, const struct sa_pair *pair);
const struct plane_stats_out *sa_query_out(const struct sa_store *s, const struct sa_pair *pair);
/* Whether anything good came from the peer on ESP since then; *sent: whether something went out. */
bool sa_query_heard(const struct sa_store *s, const struct ike_path *peer, uint64_t since_ms,
		    bool *sent);
/* clock_now_ms() of the last packet either way, the pair's creation when there was none. */
uint64_t sa_query_last_ms(const struct sa_store *s, const struct sa_pair *pair);
/* What is left of the lifetimes; 0 also when they are over. */
uint64_t sa_query_remaining_s(const struct sa_pair *pair, uint64_t now_ms);
uint64_t sa_query_remaining_kb(const struct sa_store *s, const struct sa_pair *pair, bool outbound);
/* Pairs of any tunnel that carry traffic with this peer. */
size_t sa_query_up(const struct sa_store *s, const struct ike_path *peer);
