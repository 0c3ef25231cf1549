/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/sessions.h"

#include <stdlib.h>
#include <string.h>

enum {
	MS_PER_S = 1000
};

void sessions_init(struct sessions *s)
{
	memset(s, 0, sizeof(*s));
	TAILQ_INIT(&s->all);
}

void sessions_fini(struct sessions *s)
{
	while (!TAILQ_EMPTY(&s->all))
		sessions_remove(s, TAILQ_FIRST(&s->all));
}

/* Peer numbers are the output of a keyed hash: their low bit is not. */
static size_t bucket_of(uint64_t peer)
{
	return (peer >> 1) % SESSIONS_BUCKETS;
}

struct session *sessions_get(struct sessions *s, uint64_t peer)
{
	struct session *session;

	LIST_FOREACH(session, &s->buckets[bucket_of(peer)], bucket_link)
		if (session->peer == peer)
			return session;
	return NULL;
}

const struct session *sessions_find(const struct sessions *s, uint64_t peer)
{
	const struct session *session;

	LIST_FOREACH(session, &s->buckets[bucket_of(peer)], bucket_link)
		if (session->peer == peer)
			return session;
	return NULL;
}

uint32_t sessions_count(const struct sessions *s, const char *group, const char *user)
{
	const struct session *session;
	uint32_t n = 0;

	TAILQ_FOREACH(session, &s->all, link)
		n += !strcmp(session->group, group) && (!user || !strcmp(session->user, user));
	return n;
}

enum ike_reason sessions_admit(struct sessions *s, const struct session_limits *limits,
			       uint64_t peer, const char *group, const char *user)
{
	struct session *session, *oldest = NULL;
	uint32_t n_group = 0, n_user = 0, n_all = 0;

	if (!limits->logins)
		return IKE_REASON_USER_LIMIT;
	TAILQ_FOREACH(session, &s->all, link) {
		if (session->peer == peer || session->ending != IKE_REASON_NONE)
			continue;
		n_all++;
		if (strcmp(session->group, group) != 0)
			continue;
		n_group++;
		if (!user[0] || strcmp(session->user, user) != 0)
			continue;
		n_user++;
		oldest = oldest ? oldest : session;
	}
	if (oldest && n_user >= limits->logins && limits->replace_oldest) {
		oldest->ending = IKE_REASON_LOGIN_REPLACED;
		return IKE_REASON_NONE;
	}
	return n_user >= limits->logins || (limits->group && n_group >= limits->group) ||
			       (limits->all && n_all >= limits->all)
		       ? IKE_REASON_USER_LIMIT
		       : IKE_REASON_NONE;
}

struct session *sessions_add(struct sessions *s, const struct ike_path *path, uint64_t ike_sa,
			     uint64_t now_ms)
{
	struct session *session = calloc(1, sizeof(*session));

	if (!session)
		return NULL;
	session->peer = path->peer;
	session->path = *path;
	sessions_hold(session, ike_sa);
	session->number = ++s->last_number;
	session->started_ms = now_ms;
	session->traffic_ms = now_ms;
	session->ending = IKE_REASON_NONE;
	LIST_INSERT_HEAD(&s->buckets[bucket_of(session->peer)], session, bucket_link);
	TAILQ_INSERT_TAIL(&s->all, session, link);
	s->n++;
	return session;
}

void sessions_hold(struct session *session, uint64_t ike_sa)
{
	size_t at = 0;

	session->ike_sa = ike_sa;
	for (size_t i = 0; i < SESSION_IKE_SAS; i++) {
		if (session->ike_sas[i] == ike_sa)
			return;
		if (session->ike_sas[i] == 0)
			at = i;
	}
	session->ike_sas[at] = ike_sa;
}

bool sessions_let_go(struct session *session, uint64_t ike_sa)
{
	bool left = false;

	for (size_t i = 0; i < SESSION_IKE_SAS; i++) {
		if (session->ike_sas[i] == ike_sa)
			session->ike_sas[i] = 0;
		left |= session->ike_sas[i] != 0;
	}
	return left;
}

void sessions_remove(struct sessions *s, struct session *session)
{
	LIST_REMOVE(session, bucket_link);
	TAILQ_REMOVE(&s->all, session, link);
	s->n--;
	free(session);
}

static bool over(uint64_t since_ms, uint32_t seconds, uint64_t now_ms)
{
	return seconds && now_ms >= since_ms + (uint64_t)seconds * MS_PER_S;
}

enum ike_reason sessions_due(const struct session *session, uint64_t now_ms)
{
	if (session->ending != IKE_REASON_NONE)
		return session->ending;
	if (over(session->started_ms, session->limit_s, now_ms))
		return IKE_REASON_SESSION_TIMEOUT;
	return over(session->traffic_ms, session->idle_s, now_ms) ? IKE_REASON_IDLE
								  : IKE_REASON_NONE;
}

void sessions_traffic_begin(struct sessions *s)
{
	struct session *session;

	TAILQ_FOREACH(session, &s->all, link) {
		session->in_bytes = session->gone_in_bytes;
		session->out_bytes = session->gone_out_bytes;
		session->in_packets = session->gone_in_packets;
		session->out_packets = session->gone_out_packets;
	}
}

void sessions_traffic_add(struct sessions *s, uint64_t peer, const struct session_traffic *traffic,
			  bool gone)
{
	struct session *session = peer ? sessions_get(s, peer) : NULL;

	if (!session)
		return;
	if (traffic->last_ms > session->traffic_ms)
		session->traffic_ms = traffic->last_ms;
	if (gone) {
		session->gone_in_bytes += traffic->in_bytes;
		session->gone_out_bytes += traffic->out_bytes;
		session->gone_in_packets += traffic->in_packets;
		session->gone_out_packets += traffic->out_packets;
		return;
	}
	session->in_bytes += traffic->in_bytes;
	session->out_bytes += traffic->out_bytes;
	session->in_packets += traffic->in_packets;
	session->out_packets += traffic->out_packets;
}
