/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/provider.h"

#include "controlplane/events.h"
#include "controlplane/ipsec_log.h"
#include "controlplane/lanes.h"
#include "controlplane/notices.h"
#include "controlplane/peer_admit.h"
#include "controlplane/peer_config.h"
#include "controlplane/remote_access.h"
#include "controlplane/sa_install.h"
#include "controlplane/sa_query.h"
#include "controlplane/sa_remove.h"
#include "lib/net/ip.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Behind a NAT somebody must speak: the mapping is gone otherwise (R051). */
enum {
	NAT_KEEPALIVE_DEFAULT_S = 20
};

static uint64_t now_ms(void *ctx)
{
	const struct control *c = ctx;

	return c->now_ms();
}

static int random_bytes(void *ctx, void *out, size_t len)
{
	(void)ctx;
	return secret_random(out, len);
}

static void send_either(struct control *c, const struct ike_path *path, const void *data,
			size_t len, bool whole)
{
	struct plane_datagram head = {
		.whole = whole,
		.len = (uint32_t)len,
		.local_port = path->local_port,
		.remote_port = path->remote_port,
		.local = path->local,
		.remote = path->remote,
	};

	memcpy(head.interface, path->interface, sizeof(head.interface));
	plane_client_send_datagram(c->client, &head, data);
}

static void send_datagram(void *ctx, const struct ike_path *path, const void *data, size_t len)
{
	send_either(ctx, path, data, len, false);
}

static void send_whole(void *ctx, const struct ike_path *path, const void *data, size_t len)
{
	send_either(ctx, path, data, len, true);
}

static void add_policy(struct ike_peer *out, const struct config_isakmp_policy *p, uint16_t auth)
{
	if (out->n_policies == IKE_POLICIES_MAX)
		return;
	out->policies[out->n_policies++] = (struct ike_policy){
		.priority = p->priority,
		.cipher = (uint8_t)p->cipher,
		.hash = (uint8_t)p->hash,
		.auth = auth,
		.group = p->group,
		.lifetime_s = p->lifetime_s,
	};
}

/* Whether a policy of the configuration stands for this method on the wire. */
static bool policy_means(const struct config_isakmp_policy *p, const struct alg_auth_row *auth)
{
	const struct alg_auth_row *configured = alg_auth_row((uint16_t)p->auth);

	if (auth->logs_in || !configured)
		return false;
	return configured->curve ? auth->curve != 0 : auth->id == configured->id;
}

/* A decoy gets one that nobody has. */
static bool has_psk(const struct ike_peer *peer)
{
	return peer->psk.len > 0 || peer->decoy;
}

/* What there is no key or certificate for is neither offered nor accepted. */
static void take_policies(const struct config *config, struct ike_peer *out)
{
	const struct alg_auth_row *auth;

	for (size_t i = 0; i < config->n_policies; i++)
		for (size_t k = 0; (auth = alg_auth_at(k)); k++)
			if (policy_means(&config->policies[i], auth) &&
			    (auth->psk ? has_psk(out)
				       : out->pki && pki_choose(out->pki, auth, NULL, 0)))
				add_policy(out, &config->policies[i], auth->id);
}

static void set_identity(struct ike_id *id, const struct config *config, const struct addr *local)
{
	const struct config_isakmp *isakmp = &config->isakmp;

	if (isakmp->identity == CONFIG_IDENTITY_DN) {
		id->type = IKE_ID_DER_DN; /* of the certificate that will be shown */
		return;
	}
	if (isakmp->identity == CONFIG_IDENTITY_HOSTNAME) {
		id->type = IKE_ID_FQDN;
		id->len = (uint16_t)strlen(config->hostname);
		memcpy(id->data, config->hostname, id->len);
	} else if (isakmp->identity == CONFIG_IDENTITY_KEY_ID) {
		id->type = IKE_ID_KEY_ID;
		id->len = (uint16_t)strlen(isakmp->key_id);
		memcpy(id->data, isakmp->key_id, id->len);
	} else {
		id->type = local->family == ADDR_V6 ? IKE_ID_IPV6 : IKE_ID_IPV4;
		id->len = (uint16_t)addr_len_bytes(local);
		memcpy(id->data, local->b, id->len);
	}
	id->protocol = IP_PROTO_UDP;
	id->port = IP_PORT_IKE;
}

/* 0 = not configured. */
static uint16_t mtu_of(const struct config *config, const char *interface)
{
	for (size_t i = 0; i < config->n_interfaces; i++)
		if (strcmp(config->interfaces[i].name, interface) == 0)
			return config->interfaces[i].mtu;
	return 0;
}

/* What is configured of a peer is found by the address where it was when it proved itself. */
static struct ike_path at_home(const struct ike_path *path)
{
	struct ike_path known = *path;

	known.remote = *ike_path_home(path);
	return known;
}

static int peer(void *ctx, const struct ike_path *from, const struct ike_id *id,
		struct ike_peer *out)
{
	const struct ike_path known = at_home(from), *path = &known;
	const struct control *c = ctx;
	const struct config_isakmp *isakmp = &c->config.isakmp;
	int rc;

	if (!config_model_isakmp(&c->config, path->interface))
		return -ENOENT;
	*out = (struct ike_peer){
		.named = tunnels_know(&c->tunnels, &path->remote),
		.nat_traversal = isakmp->nat_traversal,
		.nat_keepalive_s =
			isakmp->nat_keepalive_s ? isakmp->nat_keepalive_s : NAT_KEEPALIVE_DEFAULT_S,
		.hasten = c->config.platform.hasten,
		.dpd_s = isakmp->keepalive_s,
		.dpd_retry_s = isakmp->keepalive_retry_s,
		.dpd_periodic = isakmp->keepalive_periodic,
		.fragmentation = isakmp->fragmentation,
		.mtu = mtu_of(&c->config, path->interface),
	};
	out->pki = c->pki.pki;
	set_identity(&out->local_id, &c->config, &path->local);
	rc = peer_config_find(&c->config, path, id, out);
	peer_admit_config(c, path, out);
	if (rc == 0)
		take_policies(&c->config, out);
	if (rc == 0 && out->n_policies == 0 && !has_psk(out)) {
		ipsec_log_no_keys(c, path);
		rc = -ENOENT;
	}
	return rc;
}

void provider_fill_child(const struct tunnel *t, unsigned lane, struct ike_child_config *out)
{
	*out = (struct ike_child_config){
		.tunnel = tunnels_child(t->handle, lane),
		.sequence = t->sequence,
		.selector = t->selector,
		.n_suites = t->n_suites,
		.esn = t->esn,
		.transport = t->transport,
		.pfs_group = t->pfs_group,
		.lifetime_s = t->lifetime_s,
		.lifetime_kb = t->lifetime_kb,
	};
	memcpy(out->suites, t->suites, sizeof(out->suites));
}

/* A client is not what a static entry means, even behind the NAT of its peer (R037, R039). */
static const struct tunnel *match(struct control *c, const struct ike_path *path,
				  const struct selector *offered, const struct ike_fit *fit,
				  enum ike_reason *why)
{
	const struct tunnel *t = NULL;
	enum ike_reason refusal = IKE_REASON_NONE;

	*why = IKE_REASON_NO_MAP;
	if (!path->client && !sessions_find(&c->sessions, path->peer))
		t = tunnels_match(&c->tunnels, &path->local, ike_path_home(path), offered, why);
	if (t && !peer_admit_tunnel(c, path, t, &refusal)) {
		t = NULL;
		*why = IKE_REASON_NO_MAP;
	}
	if (!t && *why == IKE_REASON_NO_MAP)
		t = dynamic_match(c, path, offered, fit, why);
	if (!t && refusal)
		*why = refusal;
	return t;
}

static int child(void *ctx, const struct ike_path *path, const struct selector *offered,
		 const struct ike_fit *fit, struct ike_child_config *out, enum ike_reason *why)
{
	struct control *c = ctx;
	const struct tunnel *t = match(c, path, offered, fit, why);

	ipsec_log_proposal(c, path, offered, t);
	if (!t)
		return -ENOENT;
	provider_fill_child(t, lanes_choose(&c->store, t), out);
	return 0;
}

static int admit(void *ctx, const struct ike_path *path, const struct ike_proof *proof,
		 struct ike_admission *out, enum ike_reason *why)
{
	return peer_admit(ctx, path, proof, out, why);
}

static bool may_have(void *ctx, const struct ike_path *path, uint32_t lane_of)
{
	struct control *c = ctx;
	const struct tunnel *t = tunnels_find(&c->tunnels, tunnels_child_handle(lane_of));
	enum ike_reason why;

	return t && peer_admit_tunnel(c, path, t, &why);
}

static uint32_t spi_alloc(void *ctx, uint32_t lane_of)
{
	struct control *c = ctx;
	uint32_t spi = sa_store_alloc(&c->store, lane_of);

	if (!spi)
		debug_log_event(c->log, DEBUG_LOG_SA_LIMIT,
				"no room for another SA: the limit of this worker is %u, of one "
				"tunnel %u",
				c->plane->header->params.n_slots, SA_STORE_PAIRS_MAX);
	return spi;
}

static void spi_free(void *ctx, uint32_t spi)
{
	struct control *c = ctx;

	sa_store_cancel(&c->store, spi);
}

static void install_in(void *ctx, const struct ike_child *ch)
{
	struct control *c = ctx;

	sa_install_in(&c->store, ch);
}

static void install_out(void *ctx, const struct ike_child *ch)
{
	struct control *c = ctx;

	sa_install_out(&c->store, ch);
}

static void child_deleted(void *ctx, const struct ike_path *path, uint32_t spi_out)
{
	struct control *c = ctx;

	sa_remove_by_peer(&c->store, path, spi_out);
}

static bool heard(void *ctx, const struct ike_path *path, uint64_t since_ms, bool *sent)
{
	const struct control *c = ctx;

	return sa_query_heard(&c->store, path, since_ms, sent);
}

static void user(void *ctx, const struct ike_user *who)
{
	remote_access_user(ctx, who);
}

static int client(void *ctx, const struct ike_client_request *request,
		  struct ike_client_config *out, enum ike_reason *why)
{
	return remote_access_client(ctx, request, out, why);
}

static void event(void *ctx, const struct ike_event *e)
{
	events_ike(ctx, e);
}

static int job(void *ctx, void (*work)(void *arg), void (*done)(void *arg), void *arg)
{
	struct control *c = ctx;

	return c->loop ? loop_job(c->loop, work, done, arg) : -ENOSYS;
}

static void debug(void *ctx, const struct ike_said *said)
{
	struct control *c = ctx;

	debug_log_say(c->log, said);
}

static void record(void *ctx, const struct ike_record *r)
{
	struct control *c = ctx;

	evidence_book_record(&c->evidence, r);
}

struct ike_env provider_env(struct control *c)
{
	return (struct ike_env){
		.ctx = c,
		.now_ms = now_ms,
		.random = random_bytes,
		.send = send_datagram,
		.send_whole = send_whole,
		.peer = peer,
		.admit = admit,
		.may_have = may_have,
		.child = child,
		.spi_alloc = spi_alloc,
		.spi_free = spi_free,
		.install_in = install_in,
		.install_out = install_out,
		.child_deleted = child_deleted,
		.heard = heard,
		.event = event,
		.user = user,
		.client = client,
		.job = job,
		.debug = debug,
		.record = record,
	};
}

int provider_initiate_lane(struct control *c, const struct tunnel *t, unsigned lane,
			   const struct addr *remote, uint64_t peer)
{
	struct ike_child_config config;
	bool reaches;
	int err;
	struct ike_path path = {
		.local = t->local,
		.remote = *remote,
		.local_port = IP_PORT_IKE,
		.remote_port = IP_PORT_IKE,
		.peer = peer,
	};

	if (!config_model_isakmp(&c->config, t->interface) || c->stop_ms)
		return -ENETDOWN;
	memcpy(path.interface, t->interface, sizeof(path.interface));
	provider_fill_child(t, lane, &config);
	reaches = ike_engine_reaches(c->engine, &path);
	ipsec_log_request(c, t, remote, !reaches);
	err = ike_engine_initiate(c->engine, &path, &config);
	if (err == 0)
		notices_initiated(c, t, remote, !reaches);
	return err;
}

int provider_initiate(void *ctx, const struct tunnel *t, const struct addr *remote, uint64_t peer)
{
	return provider_initiate_lane(ctx, t, 0, remote, peer);
}
