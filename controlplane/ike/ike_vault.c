/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_vault.h"

#include "controlplane/ike/dpd.h"
#include "controlplane/ike/ike_contact.h"
#include "controlplane/ike/ike_engine.h"
#include "controlplane/ike/ike_life.h"
#include "controlplane/ike/ike_sa.h"
#include "controlplane/ike/natt.h"

#include <string.h>

enum {
	VERSION = 1,
	DPD_AHEAD = 100, /* numbers that may have been sent since it was written */
};

/* Padding is written as well, so both are zeroed first. */
struct header {
	uint32_t version;
	uint32_t sa_bytes; /* sizeof(struct kept_sa): the programs are alike */
	uint32_t n_sas;
	uint32_t next_conn_id;
	uint64_t next_id;
	uint8_t peer_key[SIPHASH_KEY];
};

/* Followed by its message IDs. */
struct kept_sa {
	uint64_t id;
	uint32_t conn_id;
	uint8_t cookie_i[IKE_COOKIE_LEN];
	uint8_t cookie_r[IKE_COOKIE_LEN];
	struct ike_path path;
	struct ike_policy policy;
	struct ike_keys keys;
	struct ike_id remote_id;
	struct ike_natt_state natt;
	struct ike_dpd_state dpd;
	uint8_t info_seen[IKE_TXN_DIGEST];
	uint64_t created_ms, up_ms, expires_ms, heard_ms;
	uint32_t hasten, children, n_msgids;
	uint16_t fragment_mtu, fragment_id;
	uint8_t exchange;
	bool initiator, replaced, named, initial_contact, fragmentation;
};

static bool is_kept(const struct ike_sa *sa)
{
	return ike_sa_ready(sa) && !sa->path.client && !sa->access.login && !sa->path.who;
}

size_t ike_vault_bytes(const struct ike_engine *engine)
{
	const struct ike_sa *sa;
	size_t bytes = sizeof(struct header);

	TAILQ_FOREACH(sa, &engine->sas, link)
		bytes += sizeof(struct kept_sa) + sa->msgids.n * sizeof(uint32_t);
	return bytes;
}

static void fill(struct kept_sa *kept, const struct ike_sa *sa)
{
	memset(kept, 0, sizeof(*kept));
	*kept = (struct kept_sa){
		.id = sa->id,
		.conn_id = sa->conn_id,
		.path = sa->path,
		.policy = sa->policy,
		.keys = sa->keys,
		.remote_id = sa->remote_id,
		.natt = sa->natt,
		.dpd = sa->dpd,
		.created_ms = sa->created_ms,
		.up_ms = sa->up_ms,
		.expires_ms = sa->expires_ms,
		.heard_ms = sa->heard_ms,
		.hasten = sa->hasten,
		.children = sa->children,
		.n_msgids = (uint32_t)sa->msgids.n,
		.fragment_mtu = sa->fragment_mtu,
		.fragment_id = sa->fragment_id,
		.exchange = sa->main.exchange,
		.initiator = sa->initiator,
		.replaced = sa->replaced,
		.named = sa->named,
		.initial_contact = sa->initial_contact,
		.fragmentation = sa->fragmentation,
	};
	memcpy(kept->cookie_i, sa->cookie_i, IKE_COOKIE_LEN);
	memcpy(kept->cookie_r, sa->cookie_r, IKE_COOKIE_LEN);
	memcpy(kept->info_seen, sa->info_seen, sizeof(kept->info_seen));
	kept->natt.timer = (struct ike_timer){0};
	kept->dpd.timer = (struct ike_timer){0};
}

void ike_vault_write(const struct ike_engine *engine, struct wbuf *w)
{
	struct header header = {
		.version = VERSION,
		.sa_bytes = sizeof(struct kept_sa),
		.next_conn_id = engine->next_conn_id,
		.next_id = engine->next_id,
	};
	const struct ike_sa *sa;
	struct kept_sa kept;

	memcpy(header.peer_key, engine->peer_key, sizeof(header.peer_key));
	TAILQ_FOREACH(sa, &engine->sas, link)
		header.n_sas += is_kept(sa);
	wbuf_bytes(w, &header, sizeof(header));
	TAILQ_FOREACH(sa, &engine->sas, link) {
		if (!is_kept(sa))
			continue;
		fill(&kept, sa);
		wbuf_bytes(w, &kept, sizeof(kept));
		for (size_t i = 0; i < sa->msgids.size; i++)
			if (sa->msgids.rows[i])
				wbuf_bytes(w, &sa->msgids.rows[i], sizeof(uint32_t));
	}
	secret_wipe_bytes(&kept, sizeof(kept));
}

static bool addr_is_good(const struct addr *a)
{
	return a->family == ADDR_V4 || a->family == ADDR_V6;
}

static bool is_good(const struct kept_sa *k)
{
	const struct ike_path *p = &k->path;

	return memchr(p->interface, '\0', sizeof(p->interface)) && addr_is_good(&p->local) &&
	       addr_is_good(&p->remote) && alg_cipher_row(k->keys.cipher) &&
	       alg_hash_row(k->keys.hash) && k->keys.cipher == k->policy.cipher &&
	       k->keys.hash == k->policy.hash && k->keys.skeyid.len <= SECRET_MAX &&
	       k->keys.d.len <= SECRET_MAX && k->keys.a.len <= SECRET_MAX &&
	       k->keys.enc.len <= SECRET_MAX && k->remote_id.len <= IKE_ID_MAX && k->id &&
	       k->n_msgids <= IKE_MSGIDS_MAX && k->natt.version < IKE_VENDOR_COUNT &&
	       alg_group_row(k->policy.group) && alg_auth_row(k->policy.auth) &&
	       (addr_is_none(&p->home) || addr_is_good(&p->home)) &&
	       (k->exchange == IKE_EXCHANGE_MAIN || k->exchange == IKE_EXCHANGE_AGGRESSIVE);
}

static int take_msgids(struct ike_sa *sa, struct rbuf *r, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		const uint8_t *at = rbuf_take(r, sizeof(uint32_t));
		uint32_t msgid;

		if (!at)
			return -1;
		memcpy(&msgid, at, sizeof(msgid));
		if (!msgid || ike_msgids_add(&sa->msgids, msgid))
			return -1;
	}
	return 0;
}

static void take(struct ike_sa *sa, const struct kept_sa *k)
{
	sa->conn_id = k->conn_id;
	sa->policy = k->policy;
	sa->keys = k->keys;
	sa->remote_id = k->remote_id;
	sa->natt = k->natt;
	sa->dpd = k->dpd;
	sa->natt.timer = sa->dpd.timer = (struct ike_timer){0};
	sa->dpd.sent += DPD_AHEAD;
	memcpy(sa->info_seen, k->info_seen, sizeof(sa->info_seen));
	sa->created_ms = k->created_ms;
	sa->up_ms = k->up_ms;
	sa->expires_ms = k->expires_ms;
	sa->heard_ms = k->heard_ms;
	sa->hasten = k->hasten;
	sa->children = k->children;
	sa->fragment_mtu = k->fragment_mtu;
	sa->fragment_id = k->fragment_id;
	sa->main.exchange = k->exchange;
	sa->replaced = k->replaced;
	sa->named = k->named;
	sa->initial_contact = k->initial_contact;
	sa->fragmentation = k->fragmentation;
	sa->access.peer = sa->path.peer;
	sa->announced = true;
}

/* Its timers run again; the peer is told nothing. */
static void resume(struct ike_sa *sa)
{
	ike_txn_resume(&sa->main);
	ike_contact_made(sa->engine, &sa->path.remote);
	ike_life_resume(sa);
	dpd_resume(sa);
	natt_start(sa);
}

static bool adopt_one(struct ike_engine *engine, struct rbuf *r)
{
	const uint8_t *at = rbuf_take(r, sizeof(struct kept_sa));
	struct kept_sa kept;
	struct ike_sa *sa = NULL;
	bool taken = false;

	if (!at)
		return false;
	memcpy(&kept, at, sizeof(kept));
	if (is_good(&kept))
		sa = ike_sa_restore(engine, &kept.path, kept.initiator, kept.cookie_i,
				    kept.cookie_r, kept.id);
	if (sa) {
		take(sa, &kept);
		taken = take_msgids(sa, r, kept.n_msgids) == 0;
	}
	if (taken)
		resume(sa);
	else if (sa)
		ike_sa_end(sa, IKE_REASON_NONE);
	secret_wipe_bytes(&kept, sizeof(kept));
	return taken;
}

size_t ike_vault_adopt(struct ike_engine *engine, struct rbuf *r)
{
	const uint8_t *at = rbuf_take(r, sizeof(struct header));
	struct header header;
	size_t n = 0;

	if (!at)
		return 0;
	memcpy(&header, at, sizeof(header));
	if (header.version != VERSION || header.sa_bytes != sizeof(struct kept_sa))
		return 0;
	memcpy(engine->peer_key, header.peer_key, sizeof(engine->peer_key));
	while (n < header.n_sas && adopt_one(engine, r))
		n++;
	engine->next_id = header.next_id;
	engine->next_conn_id = header.next_conn_id;
	ike_engine_reap(engine);
	return n;
}
