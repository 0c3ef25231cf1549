/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/dpd.h"

#include "controlplane/ike/ike_contact.h"
#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_event.h"
#include "controlplane/ike/info_send.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	RETRY_S = 2
}; /* when none is configured, as IOS */

static void arm(struct ike_sa *sa, uint32_t seconds)
{
	ike_timer_arm(&sa->engine->timers, &sa->dpd.timer,
		      ike_engine_now(sa->engine) + seconds * 1000ull);
}

static void probe(struct ike_sa *sa)
{
	struct ike_dpd_state *dpd = &sa->dpd;

	dpd->awaiting = true;
	dpd->tries++;
	dpd->sent++;
	ike_say(sa, IKE_SAY_DPD_SENT, dpd->sent);
	free(info_send_dpd(sa, IKE_NOTIFY_R_U_THERE, dpd->sent));
	arm(sa, dpd->retry_s ? dpd->retry_s : RETRY_S);
}

static void rest(struct ike_sa *sa)
{
	sa->dpd.awaiting = false;
	sa->dpd.tries = 0;
	sa->dpd.checked_ms = ike_engine_now(sa->engine);
	arm(sa, sa->dpd.interval_s);
}

/* Whether the peer spoke under another SA meanwhile: then it has only lost this one. */
static bool peer_lives(const struct ike_sa *sa)
{
	const struct ike_engine *engine = sa->engine;
	const struct ike_sa *other;

	LIST_FOREACH(other, &engine->by_peer[ike_engine_bucket(engine, &sa->path.remote)],
		     peer_link)
		if (other != sa && ike_sa_up(other) && other->heard_ms > sa->dpd.checked_ms &&
		    ike_path_same_peer(&other->path, &sa->path))
			return true;
	return false;
}

static void fire(void *ctx, struct ike_timer *timer)
{
	struct ike_sa *sa = container_of(timer, struct ike_sa, dpd.timer);
	const struct ike_env *env = &((struct ike_engine *)ctx)->env;
	struct ike_dpd_state *dpd = &sa->dpd;
	bool sent = false;
	bool esp = env->heard(env->ctx, &sa->path, dpd->checked_ms, &sent);
	bool ike = sa->heard_ms > dpd->checked_ms;

	if (dpd->awaiting && esp && !ike)
		ike_event_sa(sa, IKE_EVENT_DPD_LOST, IKE_REASON_NONE);
	if (esp || ike || (!dpd->awaiting && !dpd->periodic && !sent)) {
		rest(sa);
		return;
	}
	if (dpd->tries < DPD_TRIES) {
		probe(sa);
		return;
	}
	if (peer_lives(sa)) {
		ike_sa_end(sa, IKE_REASON_NO_ANSWER);
		return;
	}
	ike_say(sa, IKE_SAY_DPD_LOST);
	ike_contact_lost(sa->engine, &sa->path.remote);
	ike_sa_end(sa, IKE_REASON_DPD_DEAD);
}

void dpd_start(struct ike_sa *sa)
{
	uint32_t first;

	sa->dpd.timer.fire = fire;
	sa->dpd.checked_ms = ike_engine_now(sa->engine);
	if (!sa->dpd.interval_s || !sa->dpd.peer_does)
		return;
	/* RFC 3706 7: begin at a random number, and leave room to count up. */
	if (ike_engine_random(sa->engine, &first, sizeof(first)) == 0)
		sa->dpd.sent = first & 0x7fffffff;
	arm(sa, sa->dpd.interval_s);
}

void dpd_resume(struct ike_sa *sa)
{
	sa->dpd.timer.fire = fire;
	sa->dpd.awaiting = false;
	sa->dpd.tries = 0;
	sa->dpd.checked_ms = ike_engine_now(sa->engine);
	if (sa->dpd.interval_s && sa->dpd.peer_does)
		arm(sa, sa->dpd.interval_s);
}

static uint32_t sequence(const struct ike_notify *n)
{
	return (uint32_t)n->data[0] << 24 | (uint32_t)n->data[1] << 16 | (uint32_t)n->data[2] << 8 |
	       n->data[3];
}

/* SPI is both cookies, data a sequence number of 4 bytes (RFC 3706 5.3, 5.4). */
static bool well_formed(const struct ike_sa *sa, const struct ike_notify *n)
{
	return n->data_len == 4 && n->spi_len == 2 * IKE_COOKIE_LEN &&
	       memcmp(n->spi, sa->cookie_i, IKE_COOKIE_LEN) == 0 &&
	       memcmp(n->spi + IKE_COOKIE_LEN, sa->cookie_r, IKE_COOKIE_LEN) == 0;
}

int dpd_check_probe(const struct ike_sa *sa, const struct ike_notify *n)
{
	if (!well_formed(sa, n))
		return IKE_COUNT_NOTIFY;
	/* the number of before in a fresh message: our answer to it was lost */
	if (sa->dpd.has_received && sequence(n) < sa->dpd.received)
		return IKE_COUNT_REPLAY;
	return IKE_PARSED;
}

static bool answers_sized(const struct ike_sa *sa, const struct ike_notify *n)
{
	return sa->dpd.sizing && sequence(n) == sa->dpd.sized;
}

static bool answers_probe(const struct ike_sa *sa, const struct ike_notify *n)
{
	return sa->dpd.awaiting && sequence(n) == sa->dpd.sent;
}

int dpd_check_ack(const struct ike_sa *sa, const struct ike_notify *n)
{
	if (!well_formed(sa, n))
		return IKE_COUNT_NOTIFY;
	return answers_sized(sa, n) || answers_probe(sa, n) ? IKE_PARSED : IKE_COUNT_REPLAY;
}

int dpd_ask_sized(struct ike_sa *sa, size_t bytes, uint32_t *number)
{
	struct ike_dpd_state *dpd = &sa->dpd;

	if (!dpd->peer_does)
		return -EOPNOTSUPP;
	if (dpd->awaiting)
		return -EBUSY;
	dpd->sized = ++dpd->sent;
	dpd->sizing = true;
	*number = dpd->sized;
	ike_say(sa, IKE_SAY_DPD_SENT, dpd->sized);
	return info_send_sized(sa, dpd->sized, bytes);
}

bool dpd_take_probe(struct ike_sa *sa, const struct ike_notify *n)
{
	uint64_t now = ike_engine_now(sa->engine);
	struct ike_dpd_state *dpd = &sa->dpd;

	dpd->received = sequence(n);
	dpd->has_received = true;
	if (now - dpd->window_ms >= 1000) {
		dpd->window_ms = now;
		dpd->answers = 0;
	}
	return dpd->answers++ < DPD_ANSWERS_PER_S;
}

void dpd_take_ack(struct ike_sa *sa, const struct ike_notify *n)
{
	if (answers_sized(sa, n)) {
		sa->dpd.sizing = false;
		ike_event_sized(sa, sequence(n));
	} else if (answers_probe(sa, n)) {
		/* not the same answer twice in one message */
		rest(sa);
	}
}
