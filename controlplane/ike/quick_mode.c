/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/quick_mode.h"

#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_event.h"
#include "controlplane/ike/ike_pending.h"
#include "controlplane/ike/ike_receive.h"
#include "controlplane/ike/natt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct ike_quick *quick_mode_of(struct ike_txn *txn)
{
	return container_of(txn, struct ike_quick, txn);
}

struct ike_quick *quick_mode_create(struct ike_sa *sa, uint32_t msgid, bool initiator,
				    const struct ike_child_config *config)
{
	struct ike_quick *quick = calloc(1, sizeof(*quick));

	if (!quick)
		return NULL;
	if (ike_timer_reserve(&sa->engine->timers, 1)) {
		free(quick);
		return NULL;
	}
	ike_txn_init(&quick->txn, sa, msgid, initiator, quick_mode_give_up);
	quick->config = *config;
	if ((initiator && ike_sa_use_msgid(sa, msgid)) ||
	    ike_keys_iv(&sa->keys, msgid, quick->txn.iv)) {
		ike_timer_release(&sa->engine->timers, 1);
		free(quick);
		return NULL;
	}
	LIST_INSERT_HEAD(&sa->quicks, quick, link);
	return quick;
}

void quick_mode_destroy(struct ike_quick *quick)
{
	struct ike_engine *engine = quick->txn.sa->engine;

	LIST_REMOVE(quick, link);
	ike_txn_fini(&quick->txn);
	ike_timer_release(&engine->timers, 1);
	prim_dh_destroy(quick->dh);
	secret_wipe_bytes(quick, sizeof(*quick));
	free(quick);
}

int quick_mode_start(struct ike_sa *sa, const struct ike_child_config *config)
{
	struct ike_quick *quick = NULL;
	struct ike_work *work;
	uint32_t msgid;

	for (int tries = 0; !quick && tries < 4; tries++) {
		if (ike_engine_random(sa->engine, &msgid, sizeof(msgid)))
			return -EIO;
		if (msgid)
			quick = quick_mode_create(sa, msgid, true, config);
	}
	if (!quick)
		return -ENOMEM;
	work = ike_work_create(sa->engine, sa, &sa->path, NULL, 0);
	if (!work) {
		quick->reported = true;
		quick_mode_fail(quick, IKE_REASON_INTERNAL);
		return -ENOMEM;
	}
	ike_debug(sa, "beginning Quick Mode exchange, M-ID of %u", msgid);
	work->dh.group = config->pfs_group;
	work->dh.home = &quick->dh;
	ike_receive_start(work, &quick->txn, IKE_EXCHANGE_QUICK);
	return 0;
}

struct ike_quick *quick_mode_find(struct ike_sa *sa, uint32_t msgid)
{
	struct ike_quick *quick;

	LIST_FOREACH(quick, &sa->quicks, link)
		if (quick->txn.msgid == msgid)
			return quick;
	return NULL;
}

struct ike_quick *quick_mode_find_tunnel(struct ike_sa *sa, uint32_t tunnel)
{
	struct ike_quick *quick;

	LIST_FOREACH(quick, &sa->quicks, link)
		if (quick->txn.initiator && quick->txn.state != IKE_STATE_QM_DONE &&
		    quick->config.tunnel == tunnel)
			return quick;
	return NULL;
}

struct ike_quick *quick_mode_find_spi(struct ike_sa *sa, uint32_t spi_in)
{
	struct ike_quick *quick;

	LIST_FOREACH(quick, &sa->quicks, link)
		if (quick->spi_in == spi_in)
			return quick;
	return NULL;
}

size_t quick_mode_active(const struct ike_sa *sa)
{
	const struct ike_quick *quick;
	size_t n = 0;

	LIST_FOREACH(quick, &sa->quicks, link)
		n += quick->txn.state != IKE_STATE_QM_DONE;
	return n;
}

void quick_mode_fail(struct ike_quick *quick, enum ike_reason reason)
{
	struct ike_sa *sa = quick->txn.sa;
	const struct ike_env *env = &sa->engine->env;

	if (quick->spi_in && !quick->installed)
		env->spi_free(env->ctx, quick->spi_in);
	if (!quick->reported)
		ike_event_child_failed(sa->engine, sa, &sa->path, quick->config.tunnel, reason,
				       quick->installed ? quick->spi_in : 0);
	ike_debug(sa, "deleting node %u error TRUE reason \"%s\"", quick->txn.msgid,
		  ike_reason_text(reason));
	quick_mode_destroy(quick);
}

void quick_mode_give_up(struct ike_txn *txn)
{
	struct ike_quick *quick = quick_mode_of(txn);
	struct ike_sa *sa = txn->sa;

	if (txn->state == IKE_STATE_QM_DONE) {
		quick_mode_destroy(quick);
		return;
	}
	quick_mode_fail(quick, txn->hint ? txn->hint : IKE_REASON_NO_ANSWER);
	ike_pending_run(sa->engine, &sa->path);
}

static enum ike_reason refusal(uint16_t type)
{
	switch (type) {
	case IKE_NOTIFY_NO_PROPOSAL_CHOSEN: return IKE_REASON_NO_PROPOSAL_P2_PEER;
	case IKE_NOTIFY_INVALID_ID_INFORMATION: return IKE_REASON_PROXY_MISMATCH_PEER;
	case IKE_NOTIFY_INVALID_KEY_INFORMATION: return IKE_REASON_PFS_MISMATCH;
	default: return IKE_REASON_NO_ANSWER;
	}
}

void quick_mode_refused(struct ike_sa *sa, const struct ike_notify *notify)
{
	struct ike_quick *quick;
	struct ike_quick *meant = NULL;
	size_t candidates = 0;

	/* By the SPI we offered; without it, only when there is no doubt. */
	LIST_FOREACH(quick, &sa->quicks, link) {
		uint32_t spi = 0;

		if (quick->txn.state != IKE_STATE_QM_I_SENT_OFFER || ike_txn_busy(&quick->txn))
			continue;
		for (size_t i = 0; i < notify->spi_len && notify->spi_len == 4; i++)
			spi = spi << 8 | notify->spi[i];
		if (spi == quick->spi_in) {
			meant = quick;
			candidates = 1;
			break;
		}
		quick->txn.hint = refusal(notify->type);
		meant = quick;
		candidates++;
	}
	if (candidates == 1)
		quick_mode_fail(meant, refusal(notify->type));
}

void quick_mode_installed(struct ike_engine *engine, uint32_t spi_in, int error)
{
	struct ike_sa *sa;

	TAILQ_FOREACH(sa, &engine->sas, link) {
		struct ike_quick *quick = quick_mode_find_spi(sa, spi_in);

		if (!quick || !quick->txn.held)
			continue;
		if (error) {
			/* It is not there, so its number comes back. */
			quick->installed = false;
			quick_mode_fail(quick,
					error == -ENOSPC ? IKE_REASON_LIMIT : IKE_REASON_INTERNAL);
			return;
		}
		ike_receive_release(&quick->txn);
		return;
	}
}

void quick_mode_done(struct ike_txn *txn)
{
	struct ike_quick *quick = quick_mode_of(txn);
	struct ike_sa *sa = txn->sa;
	const struct ike_env *env = &sa->engine->env;

	sa->children++;
	ike_debug_children(sa, &quick->child);
	env->install_out(env->ctx, &quick->child);
	secret_wipe(&quick->child.key_in);
	secret_wipe(&quick->child.key_out);
	ike_debug(sa, "deleting node %u error FALSE reason \"\"", txn->msgid);
	ike_pending_run(sa->engine, &sa->path);
}

/* NONCE, and KE exactly when the agreed proposal has a group (R043). */
int quick_mode_check_payloads(struct ike_work *work, uint16_t group)
{
	const struct ike_payload *nonce = ike_msg_get(&work->msg, IKE_PAYLOAD_NONCE, 0);
	const struct ike_payload *ke = ike_msg_get(&work->msg, IKE_PAYLOAD_KE, 0);
	int verdict;

	ike_debug(work->sa, "processing NONCE payload. message ID = %u", work->msg.header.msgid);
	verdict = ike_payload_check_nonce(nonce);
	if (verdict != IKE_PARSED)
		return verdict;
	if (!group)
		return ke ? IKE_COUNT_BAD_GROUP : IKE_PARSED;
	if (!ke)
		return IKE_COUNT_MISSING_PAYLOAD;
	ike_debug(work->sa, "processing KE payload. message ID = %u", work->msg.header.msgid);
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
		.path = sa->path,
		.selector = quick->config.selector,
		.suite = choice->suite,
		.transport = quick->config.transport,
		.udp = natt_found(sa),
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
	env->install_in(env->ctx, &quick->child);
	return 0;
}

void quick_mode_write_ke(struct ike_out *out, const struct ike_quick *quick)
{
	const uint8_t *public;
	size_t len;

	if (!quick->dh)
		return;
	public = prim_dh_public(quick->dh, &len);
	ike_build_payload(&out->b, IKE_PAYLOAD_KE, public, len);
}

int quick_mode_selector(const struct ike_work *work, bool initiator, bool *has_ids,
			struct selector *out)
{
	const struct ike_payload *ci = ike_msg_get(&work->msg, IKE_PAYLOAD_ID, 0);
	const struct ike_payload *cr = ike_msg_get(&work->msg, IKE_PAYLOAD_ID, 1);
	struct ike_id id_i;
	struct ike_id id_r;
	int verdict;

	*has_ids = ci && cr;
	if (!*has_ids) {
		*out = (struct selector){
			.local = prefix_make(&work->path.local, 128),
			.remote = prefix_make(&work->path.remote, 128),
		};
		return IKE_PARSED;
	}
	ike_debug(work->sa, "processing ID payload. message ID = %u", work->msg.header.msgid);
	verdict = ike_id_parse_proxy(ci, &id_i);
	if (verdict != IKE_PARSED)
		return verdict;
	ike_debug(work->sa, "processing ID payload. message ID = %u", work->msg.header.msgid);
	verdict = ike_id_parse_proxy(cr, &id_r);
	if (verdict != IKE_PARSED)
		return verdict;
	return initiator ? ike_id_selector(&id_i, &id_r, out) : ike_id_selector(&id_r, &id_i, out);
}

enum ike_encapsulation quick_mode_encapsulation(const struct ike_sa *sa, bool transport)
{
	return ike_proposal_encapsulation(transport, natt_found(sa), natt_draft(sa));
}
