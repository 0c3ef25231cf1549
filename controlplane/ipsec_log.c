/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ipsec_log.h"

#include "controlplane/sa_query.h"

#include <stdio.h>

enum {
	PROXY_TEXT = 128,
	TRANSFORM_TEXT = 64,
	CIPHER_BITS = 8
};

static bool wanted(const struct control *c)
{
	return debug_log_wants(c->log, IKE_TOPIC_IPSEC);
}

static const char *addr_text(const struct addr *a, char *buf)
{
	return addr_print(a, buf, ADDR_TEXT);
}

/* "10.1.1.0/255.255.255.0/0/0" */
static const char *proxy_text(const struct prefix *p, uint8_t protocol, uint16_t port, char *buf)
{
	char net[ADDR_TEXT], mask[ADDR_TEXT];
	struct addr m = prefix_mask(p);

	snprintf(buf, PROXY_TEXT, "%s/%s/%u/%u", addr_text(&p->addr, net), addr_text(&m, mask),
		 protocol, port);
	return buf;
}

/* One "(key eng. msg.)" block as IOS prints it for requests, proposals and new SAs. */
struct key_message {
	const char *what;
	const struct addr *src;
	const struct addr *dst;
	const struct selector *selector; /* as seen from src */
	const struct alg_suite *suite;	 /* NULL = not known yet */
	uint32_t lifetime_s;
	uint32_t lifetime_kb;
	uint32_t spi;
	uint32_t conn_id;
};

static void print_message(struct control *c, const struct addr *peer, const struct key_message *m)
{
	char src[ADDR_TEXT], dst[ADDR_TEXT], from[PROXY_TEXT], to[PROXY_TEXT];
	char transform[TRANSFORM_TEXT] = "NONE";
	const struct selector *s = m->selector;

	if (m->suite)
		alg_suite_print(*m->suite, transform, sizeof(transform));
	debug_log_debug(c->log, IKE_TOPIC_IPSEC, peer,
			"IPSEC(%s): ,\n"
			"  (key eng. msg.) src= %s, dest= %s,\n"
			"    src_proxy= %s, dest_proxy= %s,\n"
			"    protocol= ESP, transform= %s ,\n"
			"    lifedur= %us and %ukb,\n"
			"    spi= 0x%X(%u), conn_id= %u, keysize= %u, flags= 0x4",
			m->what, addr_text(m->src, src), addr_text(m->dst, dst),
			proxy_text(&s->local, s->protocol, s->local_port, from),
			proxy_text(&s->remote, s->protocol, s->remote_port, to), transform,
			m->lifetime_s, m->lifetime_kb, m->spi, m->spi, m->conn_id,
			m->suite ? alg_cipher_row(m->suite->cipher)->key_bytes * CIPHER_BITS : 0);
}

void ipsec_log_request(struct control *c, const struct tunnel *t, const struct addr *peer)
{
	struct key_message m = {
		.what = "sa_request",
		.src = &t->local,
		.dst = peer,
		.selector = &t->selector,
		.suite = t->n_suites ? &t->suites[0] : NULL,
		.lifetime_s = t->lifetime_s,
		.lifetime_kb = t->lifetime_kb,
	};

	if (wanted(c))
		print_message(c, peer, &m);
}

void ipsec_log_proposal(struct control *c, const struct ike_path *path,
			const struct selector *offered, bool found)
{
	struct key_message m = {
		.what = "validate_proposal_request",
		.src = &path->local,
		.dst = &path->remote,
		.selector = offered,
	};

	if (!wanted(c))
		return;
	print_message(c, &path->remote, &m);
	if (!found)
		debug_log_debug(
			c->log, IKE_TOPIC_IPSEC, &path->remote,
			"IPSEC(validate_transform_proposal): proxy identities not supported");
}

void ipsec_log_spi(struct control *c, uint32_t spi)
{
	debug_log_debug(c->log, IKE_TOPIC_IPSEC, NULL,
			"IPSEC(spi_response): getting spi 0x%X(%u) for prot 3", spi, spi);
}

static void print_sa(struct control *c, const struct sa_pair *pair, const char *what, bool inbound)
{
	const struct addr *dst = inbound ? &pair->path.local : &pair->path.remote;
	uint32_t spi = inbound ? pair->spi_in : pair->spi_out;
	char text[ADDR_TEXT], transform[TRANSFORM_TEXT];

	debug_log_debug(c->log, IKE_TOPIC_IPSEC, &pair->path.remote,
			"IPSEC(%s): sa %s,\n"
			"  (sa) sa_dest= %s, sa_prot= 50,\n"
			"    sa_spi= 0x%X(%u),\n"
			"    sa_trans= %s , sa_conn_id= %u",
			what, what[0] == 'c' ? "created" : "deleted", addr_text(dst, text), spi,
			spi, alg_suite_print(pair->suite, transform, sizeof(transform)),
			inbound ? pair->conn_in : pair->conn_out);
}

static void print_rekey_timer(struct control *c, const struct sa_pair *pair)
{
	if (pair->hard_ms != UINT64_MAX)
		debug_log_debug(c->log, IKE_TOPIC_IPSEC, &pair->path.remote,
				"IPSEC: Starting P2 rekey timer: %llu seconds.",
				(unsigned long long)(pair->soft_ms - pair->created_ms) / 1000);
}

static void print_session(struct control *c, const struct sa_pair *pair, const char *state)
{
	char peer[ADDR_TEXT];

	addr_text(&pair->path.remote, peer);
	debug_log_event(c->log, DEBUG_LOG_SESSION, "Crypto tunnel is %s. Peer %s:%u       Id: %s",
			state, peer, pair->path.remote_port, peer);
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

void ipsec_log_store(struct control *c, enum sa_store_event event, const struct sa_pair *pair,
		     enum ike_reason reason)
{
	size_t up = sa_query_up(&c->store, &pair->path);

	switch (event) {
	case SA_STORE_CREATED:
		print_sa(c, pair, "create_sa", true);
		print_sa(c, pair, "create_sa", false);
		print_rekey_timer(c, pair);
		break;
	case SA_STORE_DELETED:
		print_sa(c, pair, "delete_sa", true);
		print_sa(c, pair, "delete_sa", false);
		debug_log_debug(c->log, IKE_TOPIC_IPSEC, &pair->path.remote,
				"IPSEC(delete_sa): reason: %s", ike_reason_text(reason));
		if (reason == IKE_REASON_IDLE)
			print_idle(c, pair);
		break;
	case SA_STORE_TUNNEL_UP:
		if (up == 1)
			print_session(c, pair, "UP  ");
		break;
	case SA_STORE_TUNNEL_DOWN:
		/* the pair itself still counts: it is being removed */
		if (up == 1)
			print_session(c, pair, "DOWN");
		break;
	case SA_STORE_REFUSED: print_refused(c, pair, reason); break;
	}
}
