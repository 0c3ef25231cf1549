/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/evidence_samples.h"

#include "controlplane/control.h"
#include "controlplane/sa_query.h"

#include <errno.h>
#include <stdlib.h>

int evidence_samples_init(struct evidence_samples *s, uint32_t n_handles)
{
	*s = (struct evidence_samples){
		.no_sa = calloc(n_handles, sizeof(*s->no_sa)),
		.n_handles = n_handles,
	};
	return s->no_sa ? 0 : -ENOMEM;
}

void evidence_samples_fini(struct evidence_samples *s)
{
	for (size_t i = 0; i < EVIDENCE_SAMPLE_BUCKETS; i++) {
		struct evidence_sample *sample;

		while ((sample = LIST_FIRST(&s->buckets[i]))) {
			LIST_REMOVE(sample, link);
			free(sample);
		}
	}
	free(s->no_sa);
	s->no_sa = NULL;
}

/* Slots are given out in order. */
static size_t bucket_of(uint32_t spi)
{
	return plane_spi_slot(spi) % EVIDENCE_SAMPLE_BUCKETS;
}

static struct evidence_sample *find(const struct evidence_samples *s, uint32_t spi)
{
	struct evidence_sample *sample;

	LIST_FOREACH(sample, &s->buckets[bucket_of(spi)], link)
		if (sample->spi_in == spi)
			return sample;
	return NULL;
}

struct evidence_counters evidence_samples_now(const struct sa_store *store,
					      const struct sa_pair *pair)
{
	const struct sa_counters c = sa_query_counters(store, pair);

	return (struct evidence_counters){
		.in_packets = c.in_packets,
		.in_bytes = c.in_bytes,
		.out_packets = c.out_packets,
		.out_bytes = c.out_bytes,
		.replay_late = c.replay_late,
		.replay_seen = c.replay_seen,
		.auth_failed = c.auth_failed,
		.pad_failed = c.pad_failed,
		.policy_failed = c.policy_failed,
		.other_failed = c.invalid_len + c.invalid_prot + c.other_failed + c.invalid_sa,
		.send_errors = c.send_errors,
		.too_big_sent = c.too_big_sent,
	};
}

struct evidence_counters evidence_samples_before(const struct evidence_samples *s,
						 const struct sa_pair *pair,
						 const struct evidence_counters *now)
{
	const struct evidence_sample *sample = find(s, pair->spi_in);
	struct evidence_counters before = {0};

	if (!sample || sample->n < EVIDENCE_RATE_SLOTS)
		return before;
	before = sample->ring[sample->n % EVIDENCE_RATE_SLOTS];
	/* they were cleared meanwhile */
	if (before.in_packets > now->in_packets || before.out_packets > now->out_packets)
		before = (struct evidence_counters){0};
	return before;
}

static uint64_t top_of(const struct sa_store *store, const struct sa_pair *pair)
{
	const struct plane_stats_in *in = sa_query_in(store, pair);

	return in ? __atomic_load_n(&in->top, __ATOMIC_RELAXED) : 0;
}

static void sample_pair(struct control *c, const struct sa_pair *pair)
{
	struct evidence_samples *s = &c->evidence_samples;
	struct evidence_sample *sample = find(s, pair->spi_in);
	struct size_counts now, before = {0};

	if (!sample) {
		sample = calloc(1, sizeof(*sample));
		if (!sample)
			return;
		sample->spi_in = pair->spi_in;
		LIST_INSERT_HEAD(&s->buckets[bucket_of(pair->spi_in)], sample, link);
	}
	sample->round = s->round;
	now = (struct size_counts){evidence_samples_now(&c->store, pair), top_of(&c->store, pair)};
	if (sample->n)
		before = (struct size_counts){sample->ring[(sample->n - 1) % EVIDENCE_RATE_SLOTS],
					      sample->top};
	size_watch_counted(c, pair, &before, &now);
	sample->ring[sample->n++ % EVIDENCE_RATE_SLOTS] = now.c;
	sample->top = now.top;
}

static void drop_old(struct evidence_samples *s)
{
	for (size_t i = 0; i < EVIDENCE_SAMPLE_BUCKETS; i++) {
		struct evidence_sample *sample = LIST_FIRST(&s->buckets[i]), *next;

		for (; sample; sample = next) {
			next = LIST_NEXT(sample, link);
			if (sample->round == s->round)
				continue;
			LIST_REMOVE(sample, link);
			free(sample);
		}
	}
}

static void count_waiting(struct control *c, const struct tunnel *t, uint64_t now_ms)
{
	uint32_t *before = &c->evidence_samples.no_sa[t->handle];
	uint32_t now = sa_query_no_sa(&c->store, t), n = now - *before;
	struct evidence_place *p;

	*before = now;
	/* the workers count from before this process began */
	if (!n || !t->n_peers || c->evidence_samples.round == 1)
		return;
	p = evidence_book_named(&c->evidence, acquire_peer(&c->acquire, t));
	if (!p)
		return;
	evidence_rate_add(&p->waiting, now_ms, n);
	evidence_book_due(&c->evidence, p, now_ms);
}

void evidence_samples_run(struct control *c, uint64_t now_ms)
{
	struct evidence_samples *s = &c->evidence_samples;
	const struct sa_pair *pair;

	if (now_ms < s->next_ms)
		return;
	s->next_ms = now_ms + EVIDENCE_RATE_MS;
	s->round++;
	LIST_FOREACH(pair, &c->store.pairs, link)
		if (pair->state >= SA_STATE_INBOUND && pair->state <= SA_STATE_DRAINING)
			sample_pair(c, pair);
	drop_old(s);
	for (size_t i = 0; i < c->tunnels.n; i++)
		count_waiting(c, &c->tunnels.rows[i], now_ms);
}
