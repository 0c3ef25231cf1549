/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ipsec_log.h"

#include "controlplane/ike/ike_debug.h"
#include "controlplane/sa_query.h"

#include <stdio.h>

enum {
	TRANSFORM_TEXT = 64,
	AUDIT_TEXT = 320,
	CIPHER_BITS = 8
};

static const char *addr_text(const struct addr *a, char *buf)
{
	return addr_print(a, buf, ADDR_TEXT);
}

static bool wanted(const struct control *c, enum ike_topic topic)
{
	return unlikely(debug_log_wants(c->log, topic));
}

/* Who it is about. */
struct about {
	const struct addr *peer;
	const struct addr *local;
	uint32_t spi;
};

static void say(const struct control *c, const struct about *about, enum ike_say id,
		const struct ike_arg *args, size_t n)
{
	const struct ike_said said = {
		.id = id,
		.args = args,
		.n = n,
		.spi = about->spi,
		.peer = about->peer,
		.local = about->local,
	};

	debug_log_say(c->log, &said);
}

#define SAY(c, about, id, ...) \
	say(c, about, id, (const struct ike_arg[11]){IKE_ARGS(__VA_ARGS__)}, 10)

static unsigned proxy_type(const struct prefix *p)
{
	return prefix_is_host(p, &p->addr) ? IKE_ID_IPV4 : IKE_ID_IPV4_SUBNET;
}

/* One "(key eng. msg.)" block for requests and proposals. */
static void key_message(struct control *c, const struct about *about, enum ike_say id,
			const struct selector *s, const struct tunnel *t)
{
	const struct alg_suite *suite = t && t->n_suites ? &t->suites[0] : NULL;
	char local[IKE_DEBUG_PROXY], remote[IKE_DEBUG_PROXY];
	char transform[TRANSFORM_TEXT] = "NONE";

	if (suite)
		alg_suite_print(*suite, transform, sizeof(transform));
	SAY(c, about, id, ike_debug_proxy(&s->local, s->protocol, s->local_port, local),
	    ike_debug_proxy(&s->remote, s->protocol, s->remote_port, remote), transform,
	    t ? t->lifetime_s : 0, t ? t->lifetime_kb : 0, 0, 0,
	    suite ? alg_cipher_row(suite->cipher)->key_bytes * CIPHER_BITS : 0,
	    proxy_type(&s->local), proxy_type(&s->remote));
}

void ipsec_log_request(struct control *c, const struct tunnel *t, const struct addr *peer,
		       bool first)
{
	const struct about about = {.peer = peer, .local = &t->local};
	const struct selector *s = &t->selector;

	if (wanted(c, IKE_TOPIC_ISAKMP))
		SAY(c, &about, IKE_SAY_KEY_ACQUIRE, 0);
	if (wanted(c, IKE_TOPIC_IPSEC)) {
		key_message(c, &about, IKE_SAY_SA_REQUEST, s, t);
		SAY(c, &about, IKE_SAY_MAP_CHECK, s->protocol, &s->local.addr, s->local_port,
		    &s->remote.addr, s->remote_port, t->map, t->sequence);
	}
	if (wanted(c, IKE_TOPIC_ISAKMP))
		SAY(c, &about, first ? IKE_SAY_NEW_PHASE1 : IKE_SAY_NEW_PHASE2, t->interface,
		    &s->local.addr, &s->remote.addr, t->map);
}

void ipsec_log_no_keys(const struct control *c, const struct ike_path *path)
{
	const struct about about = {.peer = &path->remote, .local = &path->local};

	SAY(c, &about, IKE_SAY_NO_KEYS);
}

/* The group of a peer without a name is its address. */
static void map_lines(struct control *c, const struct ike_path *path,
		      const struct selector *offered, const struct tunnel *t)
{
	const struct about about = {.peer = &path->remote, .local = &path->local};
	struct addr local = prefix_mask(&offered->local);
	struct addr remote = prefix_mask(&offered->remote);

	SAY(c, &about, IKE_SAY_QM_NOT_REKEYED);
	if (t) {
		SAY(c, &about, IKE_SAY_QM_MAP_CHECK, t->map, t->sequence);
		SAY(c, &about, IKE_SAY_QM_MAP_MATCH, t->map, t->sequence);
	} else {
		SAY(c, &about, IKE_SAY_QM_MAP_NONE, &offered->remote.addr, &remote,
		    &offered->local.addr, &local, offered->protocol, offered->local_port,
		    offered->remote_port, path->interface);
	}
}

void ipsec_log_proposal(struct control *c, const struct ike_path *path,
			const struct selector *offered, const struct tunnel *t)
{
	const struct about about = {.peer = &path->remote, .local = &path->local};

	if (wanted(c, IKE_TOPIC_ISAKMP))
		map_lines(c, path, offered, t);
	if (!wanted(c, IKE_TOPIC_IPSEC))
		return;
	key_message(c, &about, IKE_SAY_PROPOSAL_PART, offered, t);
	if (!t)
		SAY(c, &about, IKE_SAY_NO_PROXIES);
}

static void print_sa(struct control *c, const struct sa_pair *pair, enum ike_say id, bool inbound)
{
	uint32_t spi = inbound ? pair->spi_in : pair->spi_out;
	const struct about about = {&pair->path.remote, &pair->path.local, spi};
	char transform[TRANSFORM_TEXT];

	SAY(c, &about, id, inbound ? &pair->path.local : &pair->path.remote, spi,
	    alg_suite_print(pair->suite, transform, sizeof(transform)),
	    inbound ? pair->conn_in : pair->conn_out, inbound ? "inbound" : "outbound");
}

static void print_rekey_timer(struct control *c, const struct sa_pair *pair)
{
	const struct about about = {&pair->path.remote, &pair->path.local, pair->spi_in};

	if (pair->hard_ms == UINT64_MAX)
		return;
	SAY(c, &about, IKE_SAY_P2_TIMER, (pair->soft_ms - pair->created_ms) / 1000);
	SAY(c, &about, IKE_SAY_P2_TIMER_IPSEC, (pair->soft_ms - pair->created_ms) / 1000);
}

static void print_up(struct control *c, const struct sa_pair *pair)
{
	const struct session *session = sessions_find(&c->sessions, pair->path.peer);
	char ios[AUDIT_TEXT], asa[AUDIT_TEXT], peer[ADDR_TEXT];

	addr_text(&pair->path.remote, peer);
	snprintf(ios, sizeof(ios), "Crypto tunnel is UP  . Peer %s:%u       Id: %s", peer,
		 pair->path.remote_port, peer);
	snprintf(asa, sizeof(asa), "Group = %s, IP = %s, PHASE 2 COMPLETED (msgid=%08x)",
		 session && session->group[0] ? session->group : peer, peer, (unsigned)pair->msgid);
	debug_log_event_of(c->log, DEBUG_LOG_SESSION_UP, 0, ios, asa);
}

static void print_down(struct control *c, const struct sa_pair *pair)
{
	char peer[ADDR_TEXT];

	addr_text(&pair->path.remote, peer);
	debug_log_event(c->log, DEBUG_LOG_SESSION, "Crypto tunnel is DOWN. Peer %s:%u       Id: %s",
			peer, pair->path.remote_port, peer);
}

static void print_idle(struct control *c, const struct sa_pair *pair)
{
	const struct tunnel *t = tunnels_find(&c->tunnels, pair->tunnel);
	char peer[ADDR_TEXT];

	if (t)
		debug_log_event(c->log, DEBUG_LOG_SESSION, "SA to %s idle %u s, deleted",
				addr_text(&pair->path.remote, peer), t->idle_s);
}

static void print_refused(struct control *c, const struct sa_pair *pair, enum ike_reason reason)
{
	const struct tunnel *t = tunnels_find(&c->tunnels, pair->tunnel);
	char peer[ADDR_TEXT];

	if (t)
		debug_log_event(c->log, DEBUG_LOG_PARALLEL,
				"Peer %s does not want parallel SAs: %s; crypto map %s %u goes on "
				"with one until there is a new ISAKMP SA",
				addr_text(&pair->path.remote, peer), ike_reason_text(reason),
				t->map, t->sequence);
}

static void print_deleted(struct control *c, const struct sa_pair *pair, enum ike_reason reason)
{
	const struct about about = {&pair->path.remote, &pair->path.local, pair->spi_in};

	print_sa(c, pair, IKE_SAY_SA_DELETED, true);
	print_sa(c, pair, IKE_SAY_SA_DELETED, false);
	SAY(c, &about, IKE_SAY_SA_DELETED_WHY, ike_reason_text(reason));
}

/* 602303, 602304 and 602301: who has an SA, since when, until when (R098). */
static void audit(struct control *c, const struct sa_pair *pair, bool created, bool inbound)
{
	const struct session *session = sessions_find(&c->sessions, pair->path.peer);
	uint32_t spi = inbound ? pair->spi_in : pair->spi_out;
	char ios[AUDIT_TEXT], asa[AUDIT_TEXT], transform[TRANSFORM_TEXT];
	char local[ADDR_TEXT], remote[ADDR_TEXT];

	addr_text(&pair->path.local, local);
	addr_text(&pair->path.remote, remote);
	snprintf(ios, sizeof(ios),
		 "sa %s, (sa) sa_dest= %s, sa_prot= 50, sa_spi= 0x%X(%u), sa_trans= %s , "
		 "sa_conn_id= %u",
		 created ? "created" : "deleted", inbound ? local : remote, spi, spi,
		 alg_suite_print(pair->suite, transform, sizeof(transform)),
		 inbound ? pair->conn_in : pair->conn_out);
	snprintf(asa, sizeof(asa),
		 "IPSEC: An %s %s SA (SPI= 0x%08X) between %s and %s (user= %s) has been %s.",
		 inbound ? "inbound" : "outbound", session ? "remote access" : "LAN-to-LAN", spi,
		 local, remote, session && session->user[0] ? session->user : remote,
		 created ? "created" : "deleted");
	debug_log_event_of(c->log, created ? DEBUG_LOG_SA_CREATED : DEBUG_LOG_SA_DELETED, 0, ios,
			   asa);
}

static void print_engine(struct control *c, const struct sa_pair *pair, bool created)
{
	const struct about about = {&pair->path.remote, &pair->path.local, pair->spi_in};
	char transform[TRANSFORM_TEXT], library[TRANSFORM_TEXT];

	if (!wanted(c, IKE_TOPIC_ENGINE))
		return;
	snprintf(library, sizeof(library), "intel-ipsec-mb %s", c->versions.ipsec_mb);
	alg_suite_print(pair->suite, transform, sizeof(transform));
	if (created)
		SAY(c, &about, IKE_SAY_ENGINE_CREATE, pair->conn_in, pair->conn_out,
		    (const char *)transform, (const char *)library, pair->worker);
	else
		SAY(c, &about, IKE_SAY_ENGINE_DELETE, pair->conn_in, pair->conn_out);
}

void ipsec_log_store(struct control *c, enum sa_store_event event, const struct sa_pair *pair,
		     enum ike_reason reason)
{
	bool debug = wanted(c, IKE_TOPIC_IPSEC) || wanted(c, IKE_TOPIC_ISAKMP);
	size_t up = sa_query_up(&c->store, &pair->path);

	switch (event) {
	case SA_STORE_CREATED:
		audit(c, pair, true, true);
		audit(c, pair, true, false);
		print_engine(c, pair, true);
		if (!debug)
			break;
		print_sa(c, pair, IKE_SAY_SA_CREATED, true);
		print_sa(c, pair, IKE_SAY_SA_CREATED, false);
		print_rekey_timer(c, pair);
		break;
	case SA_STORE_DELETED:
		audit(c, pair, false, true);
		audit(c, pair, false, false);
		print_engine(c, pair, false);
		if (debug)
			print_deleted(c, pair, reason);
		if (reason == IKE_REASON_IDLE)
			print_idle(c, pair);
		break;
	case SA_STORE_TUNNEL_UP:
		if (up == 1)
			print_up(c, pair);
		break;
	case SA_STORE_TUNNEL_DOWN:
		/* the pair itself still counts: it is being removed */
		if (up == 1)
			print_down(c, pair);
		break;
	case SA_STORE_REFUSED: print_refused(c, pair, reason); break;
	}
}
