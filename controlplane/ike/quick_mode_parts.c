/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/natt.h"
#include "controlplane/ike/quick_mode.h"

/* NONCE, and KE exactly when the agreed proposal has a group (R043). */
int quick_mode_check_payloads(struct ike_work *work, uint16_t group)
{
	const struct ike_payload *nonce = ike_msg_get(&work->msg, IKE_PAYLOAD_NONCE, 0);
	const struct ike_payload *ke = ike_msg_get(&work->msg, IKE_PAYLOAD_KE, 0);
	int verdict;

	ike_say(work->sa, IKE_SAY_QM_NONCE, work->msg.header.msgid);
	verdict = ike_payload_check_nonce(nonce);
	if (verdict != IKE_PARSED)
		return verdict;
	if (!group)
		return ke ? IKE_COUNT_BAD_GROUP : IKE_PARSED;
	if (!ke)
		return IKE_COUNT_MISSING_PAYLOAD;
	ike_say(work->sa, IKE_SAY_QM_KE, work->msg.header.msgid);
	verdict = ike_payload_check_ke(ke, group);
	if (verdict != IKE_PARSED)
		return verdict;
	work->dh.group = group;
	work->dh.peer = ke->body;
	work->dh.peer_len = ke->len;
	return IKE_PARSED;
}

int quick_mode_own_nonce(struct ike_quick *quick, struct ike_nonce *nonce)
{
	nonce->len = QUICK_MODE_NONCE;
	return ike_engine_random(quick->txn.sa->engine, nonce->b, nonce->len);
}

static uint32_t lower(uint32_t a, uint32_t b)
{
	/* 0 is "no limit" */
	if (!a || !b)
		return a ? a : b;
	return a < b ? a : b;
}

int quick_mode_install(struct ike_work *work)
{
	struct ike_quick *quick = quick_mode_of(work->txn);
	const struct ike_choice *choice = &work->quick.choice;
	struct prim_chunk shared = {work->dh.shared, work->dh.shared_len};
	size_t len = alg_suite_keymat_bytes(choice->suite);
	struct ike_sa *sa = work->sa;
	const struct ike_env *env = &sa->engine->env;
	int rc;

	quick->spi_out = choice->spi;
	quick->child = (struct ike_child){
		.tunnel = quick->config.tunnel,
		.spi_in = quick->spi_in,
		.spi_out = choice->spi,
		.ike_sa = sa->id,
		.msgid = work->txn->msgid,
		.path = sa->path,
		.selector = quick->config.selector,
		.suite = choice->suite,
		.esn = choice->esn,
		.transport = quick->config.transport,
		.udp = natt_found(sa),
		.nat_remote = sa->natt.remote,
		.initiator = work->txn->initiator,
		.pfs_group = choice->group,
		.lifetime_s = lower(choice->lifetime_s, work->quick.lifetime_s),
		.lifetime_kb = lower(choice->lifetime_kb, work->quick.lifetime_kb),
	};
	rc = ike_keys_child(&sa->keys, shared, quick->spi_in, &quick->nonce_i, &quick->nonce_r, len,
			    &quick->child.key_in);
	if (rc == 0)
		rc = ike_keys_child(&sa->keys, shared, quick->spi_out, &quick->nonce_i,
				    &quick->nonce_r, len, &quick->child.key_out);
	if (rc)
		return rc;
	quick->installed = true;
	quick->installing = true;
	LIST_INSERT_HEAD(&sa->engine->installing, quick, install_link);
	env->install_in(env->ctx, &quick->child);
	return 0;
}

void quick_mode_write_ke(struct ike_out *out, const struct ike_quick *quick)
{
	const uint8_t *public;
	size_t len;

	if (!quick->dh)
		return;
	ike_say(quick->txn.sa, IKE_SAY_QM_BUILD_KE);
	public = prim_dh_public(quick->dh, &len);
	ike_build_payload(&out->b, IKE_PAYLOAD_KE, public, len);
}

static int parse_proxy(struct ike_work *work, const struct ike_payload *p, bool local,
		       struct ike_id *id)
{
	struct prefix prefix;
	int verdict;

	verdict = ike_id_parse_proxy(p, id);
	if (verdict == IKE_PARSED)
		ike_debug_proxy_seen(work, id, local);
	if (verdict == IKE_PARSED && id->type == IKE_ID_IPV4_RANGE)
		verdict = ike_id_prefix(id, &prefix);
	if (verdict != IKE_PARSED && id->type == IKE_ID_IPV4_RANGE)
		ike_id_print(id, work->quick.note, sizeof(work->quick.note));
	return verdict;
}

int quick_mode_selector(struct ike_work *work, bool initiator, bool *has_ids, struct selector *out)
{
	const struct ike_payload *ci = ike_msg_get(&work->msg, IKE_PAYLOAD_ID, 0);
	const struct ike_payload *cr = ike_msg_get(&work->msg, IKE_PAYLOAD_ID, 1);
	struct ike_id id_i = {0};
	struct ike_id id_r = {0};
	int verdict;

	*has_ids = ci && cr;
	if (!*has_ids) {
		*out = (struct selector){
			.local = prefix_make(&work->path.local, 128),
			.remote = prefix_make(&work->path.remote, 128),
		};
		return IKE_PARSED;
	}
	verdict = parse_proxy(work, ci, initiator, &id_i);
	if (verdict != IKE_PARSED)
		return verdict;
	verdict = parse_proxy(work, cr, !initiator, &id_r);
	if (verdict != IKE_PARSED)
		return verdict;
	return initiator ? ike_id_selector(&id_i, &id_r, out) : ike_id_selector(&id_r, &id_i, out);
}

static bool is_host(const struct prefix *p)
{
	return prefix_is_host(p, &p->addr);
}

/* The peer's own address as it says, NONE when it does not. Of the two the initiator's is first. */
static int natoa_of_peer(const struct ike_work *work, struct addr *out)
{
	bool peer_initiates = !work->txn || !work->txn->initiator;
	uint8_t type = natt_draft(work->sa) ? IKE_PAYLOAD_NATOA_DRAFT : IKE_PAYLOAD_NATOA;
	const struct ike_payload *p = ike_msg_get(&work->msg, type, peer_initiates ? 0 : 1);

	*out = (struct addr){0};
	return p ? ike_payload_parse_natoa(p, out) : IKE_PARSED;
}

int quick_mode_through_nat(const struct ike_work *work, struct selector *s)
{
	const struct ike_sa *sa = work->sa;
	struct addr original;
	int verdict = natoa_of_peer(work, &original);

	if (verdict != IKE_PARSED)
		return verdict;
	if (sa->natt.remote && is_host(&s->remote)) {
		if (original.family && !prefix_is_host(&s->remote, &original) &&
		    !prefix_is_host(&s->remote, &sa->path.remote))
			return IKE_COUNT_PROXY_ID;
		s->remote = prefix_make(&sa->path.remote, s->remote.len);
	}
	if (sa->natt.local && is_host(&s->local))
		s->local = prefix_make(&sa->path.local, s->local.len);
	return IKE_PARSED;
}

void quick_mode_write_natoa(struct ike_out *out, const struct ike_sa *sa, bool initiator)
{
	uint8_t type = natt_draft(sa) ? IKE_PAYLOAD_NATOA_DRAFT : IKE_PAYLOAD_NATOA;

	ike_payload_build_natoa(&out->b, type, initiator ? &sa->path.local : &sa->path.remote);
	ike_payload_build_natoa(&out->b, type, initiator ? &sa->path.remote : &sa->path.local);
}

enum ike_encapsulation quick_mode_encapsulation(const struct ike_sa *sa, bool transport)
{
	return ike_proposal_encapsulation(transport, natt_found(sa), natt_draft(sa));
}
