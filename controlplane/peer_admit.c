/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/peer_admit.h"

#include "controlplane/sa_remove.h"
#include "lib/crypto/pki_cert.h"
#include "lib/crypto/pki_match.h"
#include "lib/crypto/pki_verify.h"
#include "lib/net/ip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool text_is(const struct ike_id *id, const char *text)
{
	return strlen(text) == id->len && strncasecmp((const char *)id->data, text, id->len) == 0;
}

/* The identity ends with a separator and the text, and has something before it. */
static bool is_in(const struct ike_id *id, char separator, const char *text)
{
	size_t len = strlen(text);

	return id->len > len + 1 && id->data[id->len - len - 1] == separator &&
	       strncasecmp((const char *)id->data + id->len - len, text, len) == 0;
}

static bool address_in(const struct ike_id *id, const struct prefix *net)
{
	struct addr a = {.family = ADDR_V4};

	if (id->type != IKE_ID_IPV4 || id->len != 4)
		return false;
	memcpy(a.b, id->data, 4);
	return prefix_contains(net, &a);
}

/* A certificate map: all rules of one of its numbers hold. */
static bool in_cert_map(const struct config *c, const char *name, const struct proof *proof)
{
	for (size_t i = 0; proof->n_certs && i < c->n_cert_maps; i++) {
		const struct config_cert_map *map = &c->cert_maps[i];
		struct pki_match_rule rules[CONFIG_CERT_RULES];

		if (strcmp(map->name, name) != 0)
			continue;
		for (size_t k = 0; k < map->n_rules; k++)
			rules[k] = (struct pki_match_rule){
				.field = (enum pki_match_field)map->rules[k].field,
				.op = (enum pki_match_op)map->rules[k].op,
				.text = map->rules[k].text,
			};
		if (pki_match(proof->certs[0], rules, map->n_rules))
			return true;
	}
	return false;
}

static bool has_subject(const struct proof *proof, const char *text)
{
	const struct pki_match_rule rule = {PKI_MATCH_SUBJECT, PKI_MATCH_EQ, text};

	return proof->n_certs && pki_match(proof->certs[0], &rule, 1);
}

static bool is_who(const struct config *c, const struct config_who *who, const struct proof *proof)
{
	const struct ike_id *id = &proof->id;

	switch ((enum config_who_kind)who->kind) {
	case CONFIG_WHO_ADDRESS: return address_in(id, &who->net);
	case CONFIG_WHO_HOST: return id->type == IKE_ID_FQDN && text_is(id, who->text);
	case CONFIG_WHO_DOMAIN: return id->type == IKE_ID_FQDN && is_in(id, '.', who->text);
	case CONFIG_WHO_USER: return id->type == IKE_ID_USER_FQDN && text_is(id, who->text);
	case CONFIG_WHO_USER_DOMAIN:
		return id->type == IKE_ID_USER_FQDN && is_in(id, '@', who->text);
	case CONFIG_WHO_GROUP: return id->type == IKE_ID_KEY_ID && text_is(id, who->text);
	case CONFIG_WHO_DN: return has_subject(proof, who->text);
	case CONFIG_WHO_CERTIFICATE: return in_cert_map(c, who->text, proof);
	}
	return false;
}

static bool is_any(const struct config *c, const struct config_who *rows, size_t n,
		   const struct proof *proof)
{
	for (size_t i = 0; i < n; i++)
		if (is_who(c, &rows[i], proof))
			return true;
	return false;
}

static bool profile_takes(const struct control *c, const struct config_profile *p,
			  const struct addr *local, const struct proof *proof)
{
	const struct pki *pki;

	if (!addr_is_none(&p->local) && !addr_eq(&p->local, local))
		return false;
	if (config_profile_wants_cert(p) && !proof->n_certs)
		return false;
	if (!is_any(&c->config, p->matches, p->n_matches, proof))
		return false;
	if (!p->n_trustpoints)
		return true;
	pki = pki_store_of(&c->pki, p->name);
	return pki && pki_verify_chain(pki, proof->certs, proof->n_certs) == PKI_GOOD;
}

static bool identity_takes(const struct control *c, const char *name, const struct proof *proof)
{
	const struct config_crypto_identity *identity = config_profile_identity(&c->config, name);

	return identity && is_any(&c->config, identity->matches, identity->n_matches, proof);
}

/* Its pre-shared key is for this address alone. */
static bool is_keyed(const struct config *c, const struct addr *remote)
{
	const struct config_isakmp_key *key = config_model_key(c, remote);
	const struct config_isakmp_peer *peer = config_model_isakmp_peer(c, remote);
	struct prefix host = prefix_make(remote, UINT8_MAX);

	return (peer && peer->password[0]) || (key && prefix_eq(&key->peer, &host));
}

static bool names_address(const struct proof *proof, const struct addr *a)
{
	return pki_cert_der_has_id(proof->certs[0],
				   a->family == ADDR_V6 ? PKI_ID_IPV6 : PKI_ID_IPV4, a->b,
				   addr_len_bytes(a));
}

bool peer_admit_tunnel(const struct control *c, const struct ike_path *path, const struct tunnel *t,
		       enum ike_reason *why)
{
	const struct proof *proof = proofs_find(&c->proofs, path->who);
	const struct config_profile *profile = config_profile_find(&c->config, t->profile);

	*why = IKE_REASON_PROFILE;
	if (t->profile[0] && !(proof && profile && profile_takes(c, profile, &path->local, proof)))
		return false;
	if (t->identity[0] && !(proof && identity_takes(c, t->identity, proof)))
		return false;
	if (path->who && !proof)
		return false;
	if (t->profile[0] || t->identity[0] || t->template[0] || !proof || !proof->n_certs)
		return true;
	*why = is_keyed(&c->config, &path->remote) ? IKE_REASON_CERT_KEYED : IKE_REASON_CERT_PEER;
	return *why == IKE_REASON_CERT_PEER && names_address(proof, &path->remote);
}

static bool has_templates(const struct control *c, const struct addr *local)
{
	for (size_t i = 0; i < c->tunnels.n_templates; i++)
		if (addr_eq(&c->tunnels.templates[i].t.local, local))
			return true;
	return false;
}

/* Some entry for the address, or else a dynamic one, is for this peer. */
static bool is_wanted(const struct control *c, const struct ike_path *path, bool called,
		      enum ike_reason *why)
{
	const struct tunnels_peer *row = tunnels_peers_first(&c->tunnels.by_peer, &path->remote);
	bool asked = false;
	enum ike_reason reason;

	for (; row; row = tunnels_peers_next(row)) {
		if (!addr_eq(&row->tunnel->local, &path->local))
			continue;
		if (peer_admit_tunnel(c, path, row->tunnel, asked ? &reason : why))
			return true;
		asked = true;
	}
	for (size_t i = 0; !called && i < c->tunnels.n_templates; i++) {
		const struct tunnel *t = &c->tunnels.templates[i].t;

		if (!addr_eq(&t->local, &path->local))
			continue;
		if (peer_admit_tunnel(c, path, t, asked ? &reason : why))
			return true;
		asked = true;
	}
	/* who has no entry at all learns it in quick mode */
	return !asked;
}

/* The first profile that takes the peer: that of an entry for it, or else any. */
static const struct config_profile *profile_of(const struct control *c, const struct ike_path *path,
					       const struct proof *proof)
{
	for (size_t i = 0; i < c->config.n_profiles; i++)
		if (profile_takes(c, &c->config.profiles[i], &path->local, proof))
			return &c->config.profiles[i];
	return NULL;
}

/* The pre-shared key for an address, "" = none. */
static const char *key_of(const struct config *c, const struct addr *remote)
{
	const struct config_isakmp_key *key = config_model_key(c, remote);
	const struct config_isakmp_peer *peer = config_model_isakmp_peer(c, remote);

	if (peer && peer->password[0])
		return peer->password;
	return key ? key->key : "";
}

/* It has given a name that it need not have to be let in, and that somebody else has a key for. */
static bool is_anothers_name(const struct config *c, const struct ike_path *path,
			     const struct ike_proof *in)
{
	const char *own = key_of(c, ike_path_home(path));
	const struct ike_id *id = in->id;
	const struct config_isakmp_key *key =
		config_model_host_key(c, (const char *)id->data, id->len);

	if (in->n_certs || in->by_name)
		return false;
	if ((id->type == IKE_ID_FQDN || id->type == IKE_ID_USER_FQDN) && key)
		return strcmp(key->key, own) != 0;
	for (size_t i = 0; id->type == IKE_ID_KEY_ID && i < c->remote.n_groups; i++)
		if (text_is(id, c->remote.groups[i].name))
			return strcmp(c->remote.groups[i].key, own) != 0;
	return false;
}

int peer_admit(struct control *c, const struct ike_path *path, const struct ike_proof *in,
	       struct ike_admission *out, enum ike_reason *why)
{
	const struct config_profile *profile;
	struct ike_path as = *path;
	struct proof *proof;

	*why = IKE_REASON_ID_MISMATCH;
	if (is_anothers_name(&c->config, path, in))
		return -EACCES;
	*why = IKE_REASON_NONE;
	if (!in->n_certs && !c->config.n_profiles && !c->config.n_identities) {
		as.who = 0;
		return is_wanted(c, &as, in->called, why) ? 0 : -EACCES;
	}
	proof = proofs_add(&c->proofs, in, &path->remote, c->now_ms());
	*why = IKE_REASON_LIMIT;
	if (!proof)
		return -EACCES;
	as.who = proof->who;
	if (!is_wanted(c, &as, in->called, why)) {
		proofs_remove(&c->proofs, proof);
		return -EACCES;
	}
	*out = (struct ike_admission){.who = proof->who};
	profile = profile_of(c, path, proof);
	if (!profile)
		return 0;
	out->own_dpd = profile->keepalive_off || profile->keepalive_s;
	out->dpd_s = profile->keepalive_s;
	out->dpd_retry_s = profile->keepalive_retry_s;
	return 0;
}

/* The profile of the first entry for the address, or the first one that names the address. */
static const struct config_profile *expected(const struct control *c, const struct ike_path *path)
{
	const struct tunnels_peer *row = tunnels_peers_first(&c->tunnels.by_peer, &path->remote);

	for (; row; row = tunnels_peers_next(row))
		if (addr_eq(&row->tunnel->local, &path->local))
			return config_profile_find(&c->config, row->tunnel->profile);
	for (size_t i = 0; i < c->config.n_profiles; i++) {
		const struct config_profile *p = &c->config.profiles[i];

		for (size_t k = 0; k < p->n_matches; k++)
			if (p->matches[k].kind == CONFIG_WHO_ADDRESS && p->matches[k].net.len &&
			    prefix_contains(&p->matches[k].net, &path->remote) &&
			    (addr_is_none(&p->local) || addr_eq(&p->local, &path->local)))
				return p;
	}
	return NULL;
}

static void show_self(const struct config *c, const struct config_profile *p,
		      const struct addr *local, struct ike_id *id)
{
	const char *text = p->self_text[0] ? p->self_text : c->hostname;

	if (!p->self)
		return;
	*id = (struct ike_id){.protocol = IP_PROTO_UDP, .port = IP_PORT_IKE};
	if (p->self == CONFIG_SELF_ADDRESS) {
		id->type = local->family == ADDR_V6 ? IKE_ID_IPV6 : IKE_ID_IPV4;
		id->len = (uint16_t)addr_len_bytes(local);
		memcpy(id->data, local->b, id->len);
		return;
	}
	id->type = p->self == CONFIG_SELF_FQDN ? IKE_ID_FQDN : IKE_ID_USER_FQDN;
	id->len = (uint16_t)strlen(text);
	memcpy(id->data, text, id->len);
}

void peer_admit_config(const struct control *c, const struct ike_path *path, struct ike_peer *out)
{
	const struct config_profile *p = expected(c, path);
	bool certs = p && config_profile_wants_cert(p);
	bool others = has_templates(c, &path->local);

	if (p && p->n_trustpoints && !others && out->pki)
		out->pki = pki_store_of(&c->pki, p->name);
	if (p && (p->keepalive_off || p->keepalive_s)) {
		out->dpd_s = p->keepalive_s;
		out->dpd_retry_s = p->keepalive_retry_s;
	}
	if (p)
		show_self(&c->config, p, &path->local, &out->local_id);
	if (!tunnels_know(&c->tunnels, &path->remote))
		return;
	out->keyed = !p && is_keyed(&c->config, &path->remote);
	/* behind its address there may be clients that come with something else */
	if (others)
		return;
	if (out->keyed)
		out->pki = NULL;
	else if (certs && !is_keyed(&c->config, &path->remote))
		secret_wipe(&out->psk);
}

static bool same_rows(const void *a, size_t n_a, const void *b, size_t n_b, size_t row_bytes)
{
	return n_a == n_b && (!n_a || memcmp(a, b, n_a * row_bytes) == 0);
}

#define SAME(list) \
	same_rows(before->list, before->n_##list, now->list, now->n_##list, sizeof(*before->list))

bool peer_admit_differs(const struct config *before, const struct config *now)
{
	return !(SAME(profiles) && SAME(identities) && SAME(cert_maps));
}

void peer_admit_reconfigured(struct control *c, const struct config *before)
{
	struct sa_pair *pair = LIST_FIRST(&c->store.pairs), *next;
	enum ike_reason why;

	if (!peer_admit_differs(before, &c->config))
		return;
	for (; pair; pair = next) {
		const struct tunnel *t = tunnels_find(&c->tunnels, pair->tunnel);

		next = LIST_NEXT(pair, link);
		if (t && pair->state != SA_STATE_LARVAL && pair->state != SA_STATE_DYING &&
		    !peer_admit_tunnel(c, &pair->path, t, &why))
			sa_remove_pair(&c->store, pair, why, false);
	}
}
