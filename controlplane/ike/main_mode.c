/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/main_mode.h"

#include "controlplane/ike/dpd.h"
#include "controlplane/ike/ike_contact.h"
#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_life.h"
#include "controlplane/ike/ike_receive.h"
#include "controlplane/ike/info_mode.h"
#include "controlplane/ike/natt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct ike_handshake *main_mode_handshake_create(struct ike_peer *config)
{
	struct ike_handshake *hs = calloc(1, sizeof(*hs));

	secret_wipe(&config->psk);
	if (hs)
		hs->config = *config;
	return hs;
}

void main_mode_handshake_destroy(struct ike_handshake *hs)
{
	if (!hs)
		return;
	prim_dh_destroy(hs->dh);
	free(hs->sa_body);
	free(hs);
}

int main_mode_start(struct ike_engine *engine, const struct ike_path *path, uint64_t replaces)
{
	struct ike_peer config;
	struct ike_work *work;
	struct ike_sa *sa;
	int rc = ike_engine_peer(engine, path, &config);

	if (rc)
		return rc;
	secret_wipe(&config.psk);
	sa = ike_sa_create(engine, path, true, NULL);
	if (!sa)
		return -ENOMEM;
	sa->replaces = replaces;
	sa->hs = main_mode_handshake_create(&config);
	work = sa->hs ? ike_work_create(engine, sa, path, NULL, 0) : NULL;
	if (!work) {
		ike_sa_end(sa, IKE_REASON_INTERNAL);
		return -ENOMEM;
	}
	ike_receive_start(work, &sa->main, IKE_EXCHANGE_MAIN);
	return 0;
}

void main_mode_done(struct ike_txn *txn)
{
	struct ike_sa *sa = txn->sa;
	const struct ike_peer *config = &sa->hs->config;

	sa->dpd.interval_s = config->dpd_s;
	sa->dpd.retry_s = config->dpd_retry_s;
	sa->dpd.periodic = config->dpd_periodic;
	sa->natt.keepalive_s = config->nat_keepalive_s;
	ike_contact_made(sa->engine, &sa->path.remote);
	main_mode_handshake_destroy(sa->hs);
	sa->hs = NULL;
	ike_debug(sa, "SA has been authenticated with %s", ike_debug_addr(&sa->path.remote));
	natt_start(sa);
	dpd_start(sa);
	ike_life_start(sa);
}

void main_mode_give_up(struct ike_txn *txn)
{
	enum ike_reason reason = txn->hint ? txn->hint : IKE_REASON_NO_ANSWER;

	ike_debug(txn->sa, "deleting SA reason \"%s\" state (%c) %s (peer %s)",
		  txn->hint ? "Phase1 SA policy proposal not accepted"
			    : "Death by retransmission P1",
		  txn->initiator ? 'I' : 'R', ike_state_show(txn->state),
		  ike_debug_addr(&txn->sa->path.remote));
	ike_sa_end(txn->sa, reason);
}

void main_mode_auth_failed(struct ike_sa *sa)
{
	sa->main.hint = IKE_REASON_PSK_MISMATCH;
	ike_debug(sa, "reserved not zero on ID payload!");
	ike_debug(sa,
		  "%%CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from %s failed its sanity check or "
		  "is malformed",
		  ike_debug_addr(&sa->path.remote));
	if (!sa->initiator)
		info_mode_refuse(sa, IKE_NOTIFY_AUTHENTICATION_FAILED, SIZE_MAX);
}

uint32_t main_mode_vendors(const struct ike_sa *sa, const struct ike_msg *msg)
{
	const struct ike_payload *p;
	uint32_t vendors = 0;

	for (size_t i = 0; (p = ike_msg_get(msg, IKE_PAYLOAD_VENDOR, i)); i++) {
		enum ike_vendor v = ike_vendor_find(p->body, p->len);

		ike_debug(sa, "processing vendor id payload");
		if (v == IKE_VENDOR_COUNT)
			continue;
		ike_debug(sa, "vendor ID is %s", ike_vendor_row(v)->debug);
		vendors |= 1u << v;
	}
	return vendors;
}

void main_mode_agree(struct ike_sa *sa, uint32_t vendors)
{
	sa->hs->vendors |= vendors;
	sa->dpd.peer_does |= (vendors & (1u << IKE_VENDOR_DPD)) != 0;
	if (sa->natt.enabled || !sa->hs->config.nat_traversal)
		return;
	sa->natt.version = natt_version(vendors);
	sa->natt.enabled = sa->natt.version != IKE_VENDOR_COUNT;
}

/* The checks of message 3 and 4 that need no arithmetic, and the order for the job. */
int main_mode_check_ke(const struct ike_work *work)
{
	const struct ike_payload *ke = ike_msg_get(&work->msg, IKE_PAYLOAD_KE, 0);
	const struct ike_payload *nonce = ike_msg_get(&work->msg, IKE_PAYLOAD_NONCE, 0);
	const struct ike_sa *sa = work->sa;
	const struct ike_handshake *hs = sa->hs;
	int verdict;

	ike_debug(sa, "processing KE payload. message ID = 0");
	verdict = ike_payload_check_ke(ke, sa->policy.group);
	if (verdict != IKE_PARSED)
		return verdict;
	ike_debug(sa, "processing NONCE payload. message ID = 0");
	verdict = ike_payload_check_nonce(nonce);
	if (verdict != IKE_PARSED || !sa->initiator)
		return verdict;
	if (memcmp(ke->body, hs->public_i, hs->public_len) == 0)
		return IKE_COUNT_REFLECTION;
	if (nonce->len == hs->nonce_i.len && memcmp(nonce->body, hs->nonce_i.b, nonce->len) == 0)
		return IKE_COUNT_REFLECTION;
	return IKE_PARSED;
}

int main_mode_set_sa_body(struct ike_handshake *hs, const void *body, size_t len)
{
	uint8_t *copy = malloc(len);

	if (!copy)
		return -ENOMEM;
	memcpy(copy, body, len);
	free(hs->sa_body);
	hs->sa_body = copy;
	hs->sa_len = len;
	return 0;
}

int main_mode_own_nonce(struct ike_sa *sa, struct ike_nonce *nonce)
{
	nonce->len = MAIN_MODE_NONCE;
	return ike_engine_random(sa->engine, nonce->b, nonce->len);
}

/* Both public values and nonces are in the handshake: SKEYID and what follows from it. */
int main_mode_derive(struct ike_work *work)
{
	struct ike_sa *sa = work->sa;
	struct ike_handshake *hs = sa->hs;
	struct ike_peer config;
	struct ike_keys_input in = {
		.psk = &config.psk,
		.nonce_i = &hs->nonce_i,
		.nonce_r = &hs->nonce_r,
		.cookie_i = sa->cookie_i,
		.cookie_r = sa->cookie_r,
		.public_i = hs->public_i,
		.public_r = hs->public_r,
		.public_len = hs->public_len,
		.shared = work->dh.shared,
		.shared_len = work->dh.shared_len,
	};
	int rc = ike_engine_peer(sa->engine, &sa->path, &config);

	if (rc)
		return rc;
	sa->keys.hash = sa->policy.hash;
	sa->keys.cipher = sa->policy.cipher;
	rc = ike_keys_derive(&sa->keys, &in);
	secret_wipe(&config.psk);
	if (rc == 0) {
		memcpy(sa->main.iv, sa->keys.iv, sizeof(sa->main.iv));
		ike_debug(sa, "SKEYID state generated");
	}
	return rc;
}

void main_mode_write_ke(struct ike_out *out, const struct ike_sa *sa)
{
	const struct ike_handshake *hs = sa->hs;
	const struct ike_nonce *nonce = sa->initiator ? &hs->nonce_i : &hs->nonce_r;

	ike_build_payload(&out->b, IKE_PAYLOAD_KE, sa->initiator ? hs->public_i : hs->public_r,
			  hs->public_len);
	ike_build_payload(&out->b, IKE_PAYLOAD_NONCE, nonce->b, nonce->len);
}

/* Fills in HASH_I or HASH_R of either side. */
static int auth_hash(const struct ike_sa *sa, bool of_initiator, struct prim_chunk id, uint8_t *out)
{
	const struct ike_handshake *hs = sa->hs;
	const struct ike_keys_auth in = {
		.public_own = of_initiator ? hs->public_i : hs->public_r,
		.public_peer = of_initiator ? hs->public_r : hs->public_i,
		.public_len = hs->public_len,
		.cookie_own = of_initiator ? sa->cookie_i : sa->cookie_r,
		.cookie_peer = of_initiator ? sa->cookie_r : sa->cookie_i,
		.sa = {hs->sa_body, hs->sa_len},
		.id = id,
	};

	return ike_keys_auth_hash(&sa->keys, &in, out);
}

static void own_id(const struct ike_sa *sa, struct ike_id *id)
{
	*id = sa->hs->config.local_id;
	if (id->type == 0)
		ike_id_of_addr(id, &sa->path.local, natt_found(sa) ? 0 : 500);
}

static void write_initial_contact(struct ike_out *out, const struct ike_sa *sa)
{
	uint8_t cookies[2 * IKE_COOKIE_LEN];
	const struct ike_notify n = {
		.protocol = IKE_PROTOCOL_ISAKMP,
		.spi_len = sizeof(cookies),
		.spi = cookies,
		.type = IKE_NOTIFY_INITIAL_CONTACT,
	};

	memcpy(cookies, sa->cookie_i, IKE_COOKIE_LEN);
	memcpy(cookies + IKE_COOKIE_LEN, sa->cookie_r, IKE_COOKIE_LEN);
	ike_payload_build_notify(&out->b, &n);
}

int main_mode_write_auth(struct ike_out *out, struct ike_sa *sa, bool initial_contact)
{
	uint8_t body[4 + IKE_ID_MAX];
	uint8_t digest[PRIM_DIGEST_MAX];
	struct ike_id id;
	int rc;

	own_id(sa, &id);
	if (initial_contact)
		ike_debug(sa, "Send initial contact");
	ike_debug_id(sa, &id, "SA is doing pre-shared key authentication using id type", 8);
	rc = auth_hash(sa, sa->initiator, (struct prim_chunk){body, ike_id_body(&id, body)},
		       digest);
	if (rc)
		return rc;
	ike_out_begin(out, sa, IKE_EXCHANGE_MAIN, 0, true);
	ike_id_build(&out->b, &id);
	ike_build_payload(&out->b, IKE_PAYLOAD_HASH, digest,
			  alg_hash_row(sa->keys.hash)->digest_bytes);
	if (initial_contact)
		write_initial_contact(out, sa);
	return 0;
}

/* Type 0 in the configuration is the peer's address, unless a NAT hides it (R021, H038). */
static bool id_matches(const struct ike_sa *sa, const struct ike_id *id)
{
	const struct ike_id *want = &sa->hs->config.remote_id;
	struct ike_id address;

	if (want->type)
		return ike_id_eq(want, id);
	if (natt_found(sa))
		return id->type == IKE_ID_IPV4 || id->type == IKE_ID_FQDN;
	ike_id_of_addr(&address, &sa->path.remote, 0);
	return ike_id_eq(&address, id);
}

static bool says_initial_contact(const struct ike_msg *msg)
{
	const struct ike_payload *p;
	struct ike_notify n;

	for (size_t i = 0; (p = ike_msg_get(msg, IKE_PAYLOAD_NOTIFY, i)); i++)
		if (ike_payload_parse_notify(p, &n) == IKE_PARSED &&
		    n.type == IKE_NOTIFY_INITIAL_CONTACT)
			return true;
	return false;
}

int main_mode_check_auth(struct ike_work *work)
{
	const struct ike_payload *hash = ike_msg_get(&work->msg, IKE_PAYLOAD_HASH, 0);
	const struct ike_payload *p = ike_msg_get(&work->msg, IKE_PAYLOAD_ID, 0);
	const struct ike_sa *sa = work->sa;
	size_t len = alg_hash_row(sa->keys.hash)->digest_bytes;
	uint8_t want[PRIM_DIGEST_MAX];
	int verdict;

	ike_debug(sa, "processing ID payload. message ID = 0");
	ike_debug(sa, "processing HASH payload. message ID = 0");
	if (auth_hash(sa, !sa->initiator, (struct prim_chunk){p->body, p->len}, want))
		return IKE_COUNT_INTERNAL;
	if (hash->len != len || !secret_eq(hash->body, want, len))
		return IKE_COUNT_AUTH_FAIL;
	verdict = ike_id_parse(p, &work->main.id);
	if (verdict != IKE_PARSED || !id_matches(sa, &work->main.id)) {
		work->reason = IKE_REASON_ID_MISMATCH;
		work->notify = sa->initiator ? 0 : IKE_NOTIFY_INVALID_ID_INFORMATION;
		return verdict != IKE_PARSED ? verdict : IKE_COUNT_ID_MISMATCH;
	}
	work->main.initial_contact = says_initial_contact(&work->msg);
	ike_debug(sa, "SA authentication status:\n\tauthenticated");
	return IKE_PARSED;
}
