/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/evidence_login.h"

#include "controlplane/evidence_notes.h"
#include "lib/config/config_tunnel_group.h"

#include <stdio.h>
#include <string.h>

enum {
	MS = 1000
};

/* NULL without memory. */
static struct evidence_note *note(struct control *c, const struct ike_path *path,
				  enum evidence_note_kind kind, const char *text)
{
	struct evidence_place *p = evidence_book_at(&c->evidence, path);
	struct evidence_note *n;

	if (!p)
		return NULL;
	n = evidence_notes_put(&c->evidence, p, kind, c->now_ms());
	n->count++;
	snprintf(n->text, sizeof(n->text), "%s", text);
	return n;
}

static void note_number(struct control *c, const struct ike_path *path,
			enum evidence_note_kind kind, const char *text, uint64_t number)
{
	struct evidence_note *n = note(c, path, kind, text);

	if (n)
		n->n = number;
}

/* The one that was asked first and says nothing. */
static void note_silence(struct control *c, const struct ike_user *user)
{
	struct evidence_note *n = note(c, &user->path, EVIDENCE_AAA_TIMEOUT, user->name);

	for (size_t i = 0; n && i < c->aaa.n_servers; i++) {
		const struct config_radius_server *server = &c->aaa.servers[i].config;

		if (!c->aaa.servers[i].dead_until_ms)
			continue;
		n->other = server->address;
		n->n = (uint64_t)server->timeout_s * (server->retransmit + 1u);
		return;
	}
}

void evidence_login_user(struct control *c, const struct ike_user *user, enum ike_reason verdict)
{
	if (verdict == IKE_REASON_USER_REFUSED || verdict == IKE_REASON_USER_HELD)
		note_number(c, &user->path, EVIDENCE_USER_REFUSED, user->name, 0);
	else if (verdict == IKE_REASON_USER_TIMEOUT)
		note_silence(c, user);
}

void evidence_login_limit(struct control *c, const struct ike_path *path,
			  const struct config_group *group, const char *user)
{
	const struct config_remote *remote = &c->config.remote;
	uint32_t logins = config_tunnel_group_user(remote, group, user).logins;

	if (sessions_count(&c->sessions, group->name, user) >= logins)
		note_number(c, path, EVIDENCE_USER_LIMIT, user, logins);
	else if (group->max_users &&
		 sessions_count(&c->sessions, group->name, NULL) >= group->max_users)
		note_number(c, path, EVIDENCE_GROUP_LIMIT, group->name, group->max_users);
	else
		note_number(c, path, EVIDENCE_SESSION_LIMIT, user, remote->max_sessions);
}

void evidence_login_protocol(struct control *c, const struct ike_path *path,
			     const struct config_group *group)
{
	const struct config_tunnel_group *t =
		config_tunnel_group_find(&c->config.remote, group->name);

	note(c, path, EVIDENCE_PROTOCOL, t && t->policy[0] ? t->policy : CONFIG_GROUP_POLICY_ALL);
}

static uint64_t used(const struct control *c, const char *name)
{
	const struct config_remote *remote = &c->config.remote;
	uint64_t n = 0;

	for (size_t i = 0; i < remote->n_pools; i++)
		for (size_t k = 0;
		     !strcmp(remote->pools[i].name, name) && k < remote->pools[i].n_ranges; k++)
			n += pools_used(&c->pools, &remote->pools[i].ranges[k]);
	return n;
}

void evidence_login_pool(struct control *c, const struct ike_path *path,
			 const struct config_group *group)
{
	const char *pool = group->n_pools ? group->pools[0] : "";

	note_number(c, path, EVIDENCE_POOL_EMPTY, pool, used(c, pool));
}

/* Where the same user has logged in since. */
static struct addr newest_place(const struct control *c, const struct session *session)
{
	struct addr place = {0};
	const struct session *s;

	TAILQ_FOREACH(s, &c->sessions.all, link)
		if (s != session && !strcmp(s->user, session->user) &&
		    !strcmp(s->group, session->group))
			place = s->path.remote;
	return place;
}

void evidence_login_ended(struct control *c, const struct session *session, enum ike_reason reason)
{
	struct evidence_note *n;

	if (reason == IKE_REASON_IDLE) {
		note_number(c, &session->path, EVIDENCE_IDLE, session->user, session->idle_s);
	} else if (reason == IKE_REASON_SESSION_TIMEOUT) {
		note_number(c, &session->path, EVIDENCE_SESSION_END, session->user,
			    (c->now_ms() - session->started_ms) / MS);
	} else if (reason == IKE_REASON_LOGIN_REPLACED) {
		n = note(c, &session->path, EVIDENCE_LOGIN_REPLACED, session->user);
		if (n)
			n->other = newest_place(c, session);
	}
}
