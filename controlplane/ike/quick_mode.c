/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/quick_mode.h"

#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_event.h"
#include "controlplane/ike/ike_evidence.h"
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
	ike_txn_init(&quick->txn, sa, IKE_EXCHANGE_QUICK, msgid, initiator, quick_mode_give_up);
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

static void stop_waiting(struct ike_quick *quick)
{
	if (quick->installing)
		LIST_REMOVE(quick, install_link);
	quick->installing = false;
}

void quick_mode_destroy(struct ike_quick *quick)
{
	struct ike_engine *engine = quick->txn.sa->engine;

	LIST_REMOVE(quick, link);
	stop_waiting(quick);
	ike_txn_fini(&quick->txn);
	ike_timer_release(&engine->timers, 1);
	prim_dh_destroy(quick->dh);
	free(quick->record);
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
	ike_evidence_begin_quick(quick);
	quick_mode_look_for_collision(quick);
	work = ike_work_create(sa->engine, sa, &sa->path, NULL, 0);
	if (!work) {
		quick->reported = true;
		quick_mode_fail(quick, IKE_REASON_INTERNAL);
		return -ENOMEM;
	}
	ike_say(sa, IKE_SAY_QM_BEGIN, msgid);
	if (ike_debug_on(sa->engine))
		ike_debug_up(sa);
	work->dh.group = config->pfs_group;
	work->dh.home = &quick->dh;
	ike_receive_start(work, &quick->txn, IKE_STATE_QM_I_SENT_OFFER);
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

/* Begun by the other end for the same tunnel, and neither is done. */
static bool collides(const struct ike_quick *quick, const struct ike_quick *other)
{
	return other->txn.initiator != quick->txn.initiator &&
	       other->txn.state != IKE_STATE_QM_DONE &&
	       other->config.tunnel == quick->config.tunnel;
}

/* On whatever IKE SA the other one is: phase 1 may have been renewed since it began. */
void quick_mode_look_for_collision(const struct ike_quick *quick)
{
	const struct ike_sa *sa = quick->txn.sa, *on;
	const struct ike_engine *engine = sa->engine;
	const struct ike_quick *other;

	LIST_FOREACH(on, &engine->by_peer[ike_engine_bucket(engine, &sa->path.remote)], peer_link)
		LIST_FOREACH(other, &on->quicks, link) {
			if (!collides(quick, other))
				continue;
			ike_event_collision(sa, quick->config.tunnel);
			return;
		}
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
	ike_evidence_quick_ended(quick, reason);
	ike_say(sa, IKE_SAY_QM_NODE_ERROR, quick->txn.msgid, ike_reason_text(reason), sa->conn_id);
	quick_mode_destroy(quick);
}

void quick_mode_give_up(struct ike_txn *txn)
{
	struct ike_quick *quick = quick_mode_of(txn);
	struct ike_sa *sa = txn->sa;
	enum ike_reason reason = txn->held ? IKE_REASON_INTERNAL : IKE_REASON_NO_ANSWER;

	if (txn->state == IKE_STATE_QM_DONE) {
		quick_mode_destroy(quick);
		return;
	}
	quick_mode_fail(quick, txn->hint ? txn->hint : reason);
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
			ike_evidence_quick_notified(quick, notify->type);
			meant = quick;
			candidates = 1;
			break;
		}
		quick->txn.hint = refusal(notify->type);
		ike_evidence_quick_notified(quick, notify->type);
		meant = quick;
		candidates++;
	}
	if (candidates == 1)
		quick_mode_fail(meant, refusal(notify->type));
}

static struct ike_quick *find_installing(struct ike_engine *engine, uint32_t spi_in)
{
	struct ike_quick *quick;

	LIST_FOREACH(quick, &engine->installing, install_link)
		if (quick->spi_in == spi_in)
			return quick;
	return NULL;
}

void quick_mode_installed(struct ike_engine *engine, uint32_t spi_in, int error)
{
	struct ike_quick *quick = find_installing(engine, spi_in);

	if (!quick)
		return;
	stop_waiting(quick);
	if (error) {
		/* It is not there, so its number comes back. */
		quick->installed = false;
		quick_mode_fail(quick, error == -ENOSPC ? IKE_REASON_LIMIT : IKE_REASON_INTERNAL);
	} else {
		ike_receive_release(&quick->txn);
	}
}

void quick_mode_done(struct ike_txn *txn)
{
	struct ike_quick *quick = quick_mode_of(txn);
	struct ike_sa *sa = txn->sa;
	const struct ike_env *env = &sa->engine->env;

	sa->children++;
	ike_debug_child_up(txn, &quick->child);
	env->install_out(env->ctx, &quick->child);
	secret_wipe(&quick->child.key_in);
	secret_wipe(&quick->child.key_out);
	ike_evidence_quick_up(quick);
	ike_debug_quick_done(txn);
	ike_pending_run(sa->engine, &sa->path);
}
