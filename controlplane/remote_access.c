/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/remote_access.h"

#include "controlplane/accounting.h"
#include "controlplane/client_config.h"
#include "controlplane/evidence_login.h"
#include "controlplane/remote_access_env.h"
#include "controlplane/sa_clear.h"
#include "controlplane/sa_query.h"
#include "lib/base/log.h"
#include "lib/config/config_tunnel_group.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	S_PER_MINUTE = 60,
	USER_TEXT = 1024,
};

/* The map of an interface, if its tunnels end at this address; NULL interface: none. */
static const struct config_map *map_at(const struct config *config,
				       const struct config_interface *interface,
				       const struct addr *local)
{
	const struct config_map *map =
		interface ? config_model_map(config, interface->crypto_map) : NULL;

	if (map && map->local_interface[0])
		interface = config_model_interface(config, map->local_interface);
	return map && interface && addr_eq(&interface->address, local) ? map : NULL;
}

/*
 * Packets for our addresses come in anywhere: where they came from does not decide who must log in
 * for what ends at the address.
 */
const struct config_map *remote_access_map(const struct config *config, const struct ike_path *path)
{
	const struct config_interface *named = config_model_interface(config, path->interface);
	const struct config_map *map = map_at(config, named, &path->local);

	for (size_t i = 0; !map && i < config->n_interfaces; i++)
		map = map_at(config, &config->interfaces[i], &path->local);
	return map;
}

unsigned remote_access_client_reason(enum ike_reason reason)
{
	static const uint16_t numbers[IKE_REASON_COUNT] = {
		[IKE_REASON_NO_ANSWER] = 412,	    [IKE_REASON_DPD_DEAD] = 412,
		[IKE_REASON_INITIAL_CONTACT] = 412, [IKE_REASON_USER_REFUSED] = 413,
		[IKE_REASON_USER_TIMEOUT] = 413,    [IKE_REASON_USER_LIMIT] = 413,
		[IKE_REASON_USER_HELD] = 413,	    [IKE_REASON_LOGINS_FULL] = 413,
		[IKE_REASON_NO_GROUP] = 413,	    [IKE_REASON_AUTH_FAILED] = 413,
		[IKE_REASON_PSK_MISMATCH] = 413,    [IKE_REASON_EXPIRED] = 426,
		[IKE_REASON_SESSION_TIMEOUT] = 426,
	};

	return numbers[reason] ? numbers[reason] : 433;
}

static char *user_text(char *buf, size_t size, const char *what, const struct ike_path *path,
		       const char *user, const char *group, const char *rest)
{
	char name[2 * IKE_USER_MAX], peer[ADDR_TEXT], local[ADDR_TEXT];

	snprintf(buf, size,
		 "(Server) %s User=%s Group=%s Client_public_addr=%s Server_public_addr=%s%s", what,
		 log_escape(name, sizeof(name), user, strlen(user)), group,
		 addr_print(&path->remote, peer, sizeof(peer)),
		 addr_print(&path->local, local, sizeof(local)), rest);
	return buf;
}

static void log_user(struct control *c, const char *what, const struct ike_path *path,
		     const char *user, const char *group, const char *rest)
{
	char text[USER_TEXT];

	debug_log_event(c->log, DEBUG_LOG_CLIENT, "%s",
			user_text(text, sizeof(text), what, path, user, group, rest));
}

static void log_conflict(struct control *c, const struct ike_path *path, const char *user,
			 const char *group)
{
	static const char why[] =
		"Tunnel Rejected: Conflicting protocols specified by tunnel-group and group-policy";
	char ios[USER_TEXT], asa[USER_TEXT], rest[160], name[2 * IKE_USER_MAX], peer[ADDR_TEXT];

	snprintf(rest, sizeof(rest), ": %s (vpn-tunnel-protocol has no ipsec)", why);
	user_text(ios, sizeof(ios), "Session refused", path, user, group, rest);
	snprintf(asa, sizeof(asa), "Group = %s, Username = %s, IP = %s, %s", group,
		 log_escape(name, sizeof(name), user, strlen(user)),
		 addr_print(&path->remote, peer, sizeof(peer)), why);
	debug_log_event_of(c->log, DEBUG_LOG_PROTOCOL, 0, ios, asa);
}

/* The end of a session as far as it is ours: the table, the address, the accounts, the log. */
static void close_session(struct control *c, struct session *session, enum ike_reason reason)
{
	char rest[160], address[ADDR_TEXT];

	evidence_login_ended(c, session, reason);
	accounting_stop(c, session, reason);
	if (!addr_is_none(&session->address.addr))
		pools_release(&c->pools, &session->address.addr, session->peer);
	snprintf(rest, sizeof(rest), " Assigned_client_addr=%s Reason=%u (%s)",
		 addr_print(&session->address.addr, address, sizeof(address)),
		 remote_access_client_reason(reason), ike_reason_text(reason));
	log_user(c, "Connection DOWN", &session->path, session->user, session->group, rest);
	sessions_remove(&c->sessions, session);
}

/* Not from inside the engine. */
static void end_session(struct control *c, struct session *session, enum ike_reason reason)
{
	struct ike_path path = session->path;
	struct sa_clear_filter filter = {.path = &path};

	sa_clear_pairs(&c->store, &filter, reason, false);
	close_session(c, session, reason);
	ike_engine_end_peer(c->engine, path.peer, reason);
}

static struct session_limits limits_of(const struct control *c, const struct config_group *group,
				       const char *user)
{
	return (struct session_limits){
		.logins = config_tunnel_group_user(&c->config.remote, group, user).logins,
		.group = group->max_users,
		.all = c->config.remote.max_sessions,
		.replace_oldest = group->replace_oldest,
	};
}

/* `vpn-tunnel-protocol` of the policy, or of the user, has no IPsec. */
static bool is_refused(struct control *c, const struct ike_path *path,
		       const struct config_group *group, const char *user)
{
	if (!config_tunnel_group_user(&c->config.remote, group, user).refused)
		return false;
	log_conflict(c, path, user, group->name);
	evidence_login_protocol(c, path, group);
	return true;
}

static void log_limit(struct control *c, const struct ike_path *path, const char *user,
		      const struct config_group *group)
{
	char rest[160];

	snprintf(rest, sizeof(rest),
		 ": the user or the group has as many sessions as it may have (max-logins %u, "
		 "max-users %u)",
		 group->max_logins, group->max_users);
	log_user(c, "Session refused", path, user, group->name, rest);
	evidence_login_limit(c, path, group, user);
}

/* A session for a peer that has shown who it is; what its peer number had before goes. */
static struct session *open_session(struct control *c, const struct ike_path *path, uint64_t ike_sa,
				    const struct config_group *group, const char *user)
{
	const struct config_user_limits limits =
		config_tunnel_group_user(&c->config.remote, group, user);
	struct session *session = sessions_get(&c->sessions, path->peer);
	struct sa_clear_filter filter = {.path = path, .except_ike_sa = ike_sa};

	if (session && strcmp(session->user, user) == 0) {
		sessions_hold(session, ike_sa);
		return session;
	}
	if (session) {
		sa_clear_pairs(&c->store, &filter, IKE_REASON_LOGIN_REPLACED, true);
		close_session(c, session, IKE_REASON_LOGIN_REPLACED);
	}
	session = sessions_add(&c->sessions, path, ike_sa, c->now_ms());
	if (!session)
		return NULL;
	memcpy(session->group, group->name, strnlen(group->name, sizeof(session->group) - 1));
	memcpy(session->user, user, strnlen(user, sizeof(session->user) - 1));
	session->idle_s = limits.idle_s;
	session->limit_s = limits.max_s;
	session->interim_s = c->config.remote.update_minutes * S_PER_MINUTE;
	return session;
}

static void apply_reply(struct session *session, const struct radius_reply *reply)
{
	session->framed = reply->framed;
	session->idle_s = reply->idle_s ? reply->idle_s : session->idle_s;
	session->limit_s = reply->session_s ? reply->session_s : session->limit_s;
	session->interim_s = reply->interim_s ? reply->interim_s : session->interim_s;
	session->class_len = reply->class_len;
	memcpy(session->class_bytes, reply->class_bytes, sizeof(session->class_bytes));
}

/* The password is right: whether the user may have a session, and that session. */
static enum ike_reason admit(struct control *c, const struct ike_user *user,
			     const struct aaa_answer *answer)
{
	const struct config_group *group = config_remote_group(&c->config.remote, user->group);
	struct session_limits limits;
	struct session *session;

	/* a peer under a key of its own has no group: nothing is kept of it */
	if (!user->group[0])
		return IKE_REASON_NONE;
	if (!group || is_refused(c, &user->path, group, user->name))
		return IKE_REASON_NO_GROUP;
	limits = limits_of(c, group, user->name);
	if (sessions_admit(&c->sessions, &limits, user->path.peer, group->name, user->name)) {
		log_limit(c, &user->path, user->name, group);
		return IKE_REASON_USER_LIMIT;
	}
	session = open_session(c, &user->path, user->ike_sa, group, user->name);
	if (!session)
		return IKE_REASON_INTERNAL;
	apply_reply(session, &answer->reply);
	return IKE_REASON_NONE;
}

static void on_answer(void *ctx, const struct ike_user *user, const struct aaa_answer *answer)
{
	struct control *c = ctx;
	enum ike_reason verdict = answer->verdict;
	char rest[400] = "";

	if (verdict == IKE_REASON_NONE)
		verdict = admit(c, user, answer);
	if (verdict != IKE_REASON_NONE)
		snprintf(rest, sizeof(rest), " Reason=%u (%s)",
			 remote_access_client_reason(verdict), ike_reason_text(verdict));
	if (answer->reply.message[0])
		snprintf(rest + strlen(rest), sizeof(rest) - strlen(rest), " Server says: %s",
			 answer->reply.message);
	log_user(c, verdict == IKE_REASON_NONE ? "Authentication PASSED" : "Authentication FAILED",
		 &user->path, user->name, user->group, rest);
	evidence_login_user(c, user, verdict);
	ike_engine_user(c->engine, user->ike_sa, verdict);
}

/* By the methods of the group, or by the list of the map. */
void remote_access_user(struct control *c, const struct ike_user *user)
{
	const struct config_remote *remote = &c->config.remote;
	const struct config_map *map = remote_access_map(&c->config, &user->path);
	const struct config_group *group = config_remote_group(remote, user->group);
	struct config_aaa_list list = {0};

	if (group && group->login == CONFIG_LOGIN_YES)
		list = config_tunnel_group_methods(remote, group->servers);
	else if (map && map->authentication[0])
		list = config_tunnel_group_methods(remote, map->authentication);
	if (group && group->fallback && list.n_methods == 1 && list.servers[0])
		list.methods[list.n_methods++] = CONFIG_METHOD_LOCAL;
	aaa_login(&c->aaa, remote, &list, user, c->config.hostname);
}

/* An address for the session. 0, or -ENOSPC and why. */
static int give_address(struct control *c, struct session *session,
			const struct ike_client_request *request, const struct config_group *group)
{
	const struct pools_request want = {
		.config = &c->config.remote,
		.group = group,
		.peer = session->peer,
		.user = session->user,
		.framed = session->framed,
		.wanted = request->wanted,
	};
	const char(*pools)[CONFIG_REMOTE_NAME];
	char rest[80], text[ADDR_TEXT];
	struct addr address;
	size_t n_pools;
	int err;

	if (!addr_is_none(&session->address.addr))
		return 0;
	err = pools_take(&c->pools, &want, &address);
	if (err < 0) {
		n_pools = config_remote_group_pools(&c->config.remote, group, &pools);
		debug_log_event(c->log, DEBUG_LOG_POOL,
				"Pool %s exhausted (%zu addresses in use in all): client %s of "
				"group %s refused",
				n_pools ? pools[0] : "(none)", c->pools.n_used,
				addr_print(&request->path.remote, text, sizeof(text)), group->name);
		evidence_login_pool(c, &request->path, group);
		return err;
	}
	session->address = prefix_make(&address, UINT8_MAX);
	snprintf(rest, sizeof(rest), " Assigned_client_addr=%s",
		 addr_print(&address, text, sizeof(text)));
	log_user(c, "Connection UP", &session->path, session->user, session->group, rest);
	accounting_start(c, session);
	return 0;
}

/* The session of who asks for an address; without XAUTH this is where it begins. */
static struct session *session_of(struct control *c, const struct ike_client_request *request,
				  const struct config_group *group, enum ike_reason *why)
{
	struct session *session = sessions_get(&c->sessions, request->path.peer);
	struct session_limits limits = limits_of(c, group, request->user);

	if (session && strcmp(session->user, request->user) == 0)
		return session;
	*why = sessions_admit(&c->sessions, &limits, request->path.peer, group->name,
			      request->user);
	if (*why != IKE_REASON_NONE) {
		log_limit(c, &request->path, request->user, group);
		return NULL;
	}
	session = open_session(c, &request->path, request->ike_sa, group, request->user);
	if (!session)
		*why = IKE_REASON_INTERNAL;
	return session;
}

int remote_access_client(struct control *c, const struct ike_client_request *request,
			 struct ike_client_config *out, enum ike_reason *why)
{
	const struct config_group *group = config_remote_group(&c->config.remote, request->group);
	struct session *session;

	memset(out, 0, sizeof(*out));
	*why = IKE_REASON_NO_GROUP;
	if (!group || !request->path.peer || is_refused(c, &request->path, group, request->user))
		return -EACCES;
	session = session_of(c, request, group, why);
	if (!session)
		return -EACCES;
	if (give_address(c, session, request, group) < 0) {
		*why = IKE_REASON_POOL_EMPTY;
		return -ENOSPC;
	}
	sessions_hold(session, request->ike_sa);
	client_config_fill(&c->config, group, out);
	out->address = session->address.addr;
	*why = IKE_REASON_NONE;
	return 0;
}

static void on_down(struct control *c, const struct ike_event *e)
{
	struct session *session = sessions_get(&c->sessions, e->path.peer);
	struct sa_clear_filter filter = {.path = &e->path};

	aaa_abandon(&c->aaa, e->ike_sa);
	if (!session || sessions_let_go(session, e->ike_sa))
		return;
	sa_clear_pairs(&c->store, &filter, e->reason, true);
	close_session(c, session, e->reason);
}

void remote_access_event(struct control *c, const struct ike_event *event)
{
	struct session *session = sessions_get(&c->sessions, event->path.peer);

	if (event->type == IKE_EVENT_DOWN || event->type == IKE_EVENT_FAILED)
		on_down(c, event);
	else if (session && event->type == IKE_EVENT_UP)
		sessions_hold(session, event->ike_sa);
	else if (session && event->type == IKE_EVENT_MOVED)
		session->path = event->path;
}

static struct session_traffic traffic_of(const struct control *c, const struct sa_pair *pair)
{
	const struct plane_stats_in *in = sa_query_in(&c->store, pair);
	const struct plane_stats_out *out = sa_query_out(&c->store, pair);
	struct sa_counters n = sa_query_counters(&c->store, pair);
	struct session_traffic t = {
		.in_bytes = n.in_bytes + pair->cleared_in_bytes,
		.out_bytes = n.out_bytes + pair->cleared_out_bytes,
		.in_packets = n.in_packets + pair->cleared_in_packets,
		.out_packets = n.out_packets + pair->cleared_out_packets,
	};

	if (in && n.in_packets)
		t.last_ms = __atomic_load_n(&in->last_ms, __ATOMIC_RELAXED);
	if (out && n.out_packets && __atomic_load_n(&out->last_ms, __ATOMIC_RELAXED) > t.last_ms)
		t.last_ms = __atomic_load_n(&out->last_ms, __ATOMIC_RELAXED);
	return t;
}

void remote_access_pair_deleted(struct control *c, const struct sa_pair *pair)
{
	struct session_traffic t = traffic_of(c, pair);

	sessions_traffic_add(&c->sessions, pair->path.peer, &t, true);
}

static void measure(struct control *c)
{
	const struct sa_pair *pair;

	sessions_traffic_begin(&c->sessions);
	LIST_FOREACH(pair, &c->store.pairs, link) {
		struct session_traffic t;

		/* of a dying one all was added when its removal began */
		if (!pair->path.peer || pair->state < SA_STATE_INBOUND ||
		    pair->state >= SA_STATE_DYING)
			continue;
		t = traffic_of(c, pair);
		sessions_traffic_add(&c->sessions, pair->path.peer, &t, false);
	}
}

void remote_access_shutdown(struct control *c)
{
	measure(c);
	c->aaa.stopping = true;
	while (!TAILQ_EMPTY(&c->sessions.all))
		close_session(c, TAILQ_FIRST(&c->sessions.all), IKE_REASON_SHUTDOWN);
	accounting_off(c);
}

void remote_access_round(struct control *c, uint64_t now_ms)
{
	struct session *session, *next;

	if (!c->sessions.n)
		return;
	measure(c);
	for (session = TAILQ_FIRST(&c->sessions.all); session; session = next) {
		enum ike_reason reason = sessions_due(session, now_ms);

		next = TAILQ_NEXT(session, link);
		if (reason != IKE_REASON_NONE)
			end_session(c, session, reason);
		else
			accounting_round(c, session, now_ms);
	}
}

uint64_t remote_access_turn(struct control *c)
{
	return aaa_turn(&c->aaa);
}

void remote_access_reconfigured(struct control *c)
{
	struct session *session;

	aaa_configure(&c->aaa, &c->config.remote);
	accounting_reconfigured(c);
	TAILQ_FOREACH(session, &c->sessions.all, link)
		if (!config_remote_group(&c->config.remote, session->group))
			session->ending = IKE_REASON_CONFIG_CHANGED;
}

size_t remote_access_clear(struct control *c, const char *user, enum ike_reason reason)
{
	struct session *session, *next;
	size_t n = 0;

	for (session = TAILQ_FIRST(&c->sessions.all); session; session = next) {
		next = TAILQ_NEXT(session, link);
		if (user && strcmp(user, session->user) != 0)
			continue;
		end_session(c, session, reason);
		n++;
	}
	return n;
}

void remote_access_init(struct control *c)
{
	struct aaa_env env = remote_access_env(c);

	env.answer = on_answer;
	sessions_init(&c->sessions);
	pools_init(&c->pools);
	aaa_init(&c->aaa, &env);
	accounting_init(c);
}

void remote_access_fini(struct control *c)
{
	aaa_fini(&c->aaa);
	accounting_fini(c);
	sessions_fini(&c->sessions);
	pools_fini(&c->pools);
}
