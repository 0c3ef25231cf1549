/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_life.h"

#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_event.h"
#include "controlplane/ike/ike_half_open.h"
#include "controlplane/ike/ike_pending.h"
#include "controlplane/ike/ike_proposal.h"
#include "controlplane/ike/info_send.h"
#include "controlplane/ike/phase1.h"

static void fire(void *ctx, struct ike_timer *timer);

static void arm(struct ike_sa *sa, uint64_t due_ms)
{
	if (sa->expires_ms && sa->expires_ms < due_ms)
		due_ms = sa->expires_ms;
	sa->life.fire = fire;
	ike_timer_arm(&sa->engine->timers, &sa->life, due_ms);
}

/*
 * Only SAs that were up before this negotiation began are forgotten: a peer that lost its memory
 * cannot have made one since, and two negotiations started at once must not delete each other
 * (H062).
 */
void ike_life_initial_contact(struct ike_sa *sa)
{
	struct ike_engine *engine = sa->engine;
	struct ike_sa *other;
	struct ike_sa *next;
	bool younger = false;

	ike_say(sa, IKE_SAY_CONTACT);
	ike_say(sa, IKE_SAY_CONTACT_IPSEC);
	other = LIST_FIRST(&engine->by_peer[ike_engine_bucket(engine, &sa->path.remote)]);
	for (; other; other = next) {
		next = LIST_NEXT(other, peer_link);
		if (other == sa || !ike_sa_up(other) ||
		    !ike_path_same_peer(&other->path, &sa->path) ||
		    !ike_id_eq(&other->remote_id, &sa->remote_id))
			continue;
		if (other->up_ms < sa->created_ms)
			ike_sa_end(other, IKE_REASON_INITIAL_CONTACT);
		else
			younger = true;
	}
	if (!younger)
		ike_event_sa(sa, IKE_EVENT_INITIAL_CONTACT, IKE_REASON_INITIAL_CONTACT);
}

static void succeed(struct ike_sa *sa)
{
	struct ike_sa *old = sa->replaces ? ike_sa_find_id(sa->engine, sa->replaces) : NULL;

	if (!old || !ike_sa_up(old))
		return;
	old->replaced = true;
	arm(old, ike_engine_now(sa->engine) + IKE_LIFE_LINGER_MS);
}

uint64_t ike_life_renew_ms(const struct ike_sa *sa)
{
	uint64_t life_ms = sa->policy.lifetime_s * 1000ull;
	unsigned percent = sa->initiator ? IKE_LIFE_INITIATOR_PERCENT : IKE_LIFE_RESPONDER_PERCENT;

	return life_ms / 100 * percent / (sa->hasten ? sa->hasten : 1);
}

/* The clock of an SA that came up at up_ms: without a lifetime it never ends. */
static void count_down(struct ike_sa *sa)
{
	if (!sa->policy.lifetime_s)
		return;
	sa->expires_ms = sa->up_ms + sa->policy.lifetime_s * 1000ull;
	arm(sa, sa->up_ms + ike_life_renew_ms(sa));
}

void ike_life_shorten(struct ike_sa *sa, const struct ike_notify *n)
{
	uint64_t seconds = 0;
	uint64_t kilobytes = 0;

	if (!sa->initiator || n->protocol != IKE_PROTOCOL_ISAKMP ||
	    ike_payload_parse_lifetimes(n, &seconds, &kilobytes) != IKE_PARSED || !seconds)
		return;
	if (seconds < IKE_LIFETIME_MIN_S)
		seconds = IKE_LIFETIME_MIN_S;
	if (sa->policy.lifetime_s && seconds >= sa->policy.lifetime_s)
		return;
	ike_say(sa, IKE_SAY_P1_LIFETIME, sa->policy.lifetime_s, seconds);
	sa->policy.lifetime_s = (uint32_t)seconds;
	if (!ike_sa_up(sa) || sa->replaced)
		return;
	count_down(sa);
	ike_say(sa, IKE_SAY_P1_TIMER, ike_life_renew_ms(sa) / 1000);
}

void ike_life_read(struct ike_sa *sa, const struct ike_msg *msg)
{
	const struct ike_payload *p;
	struct ike_notify n;

	for (size_t i = 0; (p = ike_msg_get(msg, IKE_PAYLOAD_NOTIFY, i)); i++)
		if (ike_payload_parse_notify(p, &n) == IKE_PARSED &&
		    n.type == IKE_NOTIFY_RESPONDER_LIFETIME)
			ike_life_shorten(sa, &n);
}

/* Of two that came up at once, one from each end, ours was to succeed another. */
static bool collides(const struct ike_sa *sa, const struct ike_sa *other)
{
	const struct ike_sa *own = sa->initiator ? sa : other;

	return other != sa && ike_sa_up(other) && other->initiator != sa->initiator &&
	       own->replaces && other->up_ms >= sa->created_ms &&
	       ike_path_same_peer(&other->path, &sa->path);
}

static void look_for_collision(const struct ike_sa *sa)
{
	const struct ike_engine *engine = sa->engine;
	const struct ike_sa *other;

	LIST_FOREACH(other, &engine->by_peer[ike_engine_bucket(engine, &sa->path.remote)],
		     peer_link)
		if (collides(sa, other)) {
			ike_event_collision(sa, 0);
			return;
		}
}

void ike_life_start(struct ike_sa *sa)
{
	ike_half_open_leave(sa);
	sa->up_ms = ike_engine_now(sa->engine);
	sa->heard_ms = sa->up_ms;
	count_down(sa);
	if (sa->tell_lifetime)
		info_send_lifetime(sa);
	/* with a user to log in, when that is done */
	if (sa->initial_contact && ike_sa_ready(sa))
		ike_life_initial_contact(sa);
	if (ike_sa_ready(sa))
		succeed(sa);
	ike_event_sa(sa, IKE_EVENT_UP, IKE_REASON_NONE);
	look_for_collision(sa);
	ike_pending_run(sa->engine, &sa->path);
}

void ike_life_resume(struct ike_sa *sa)
{
	uint64_t now = ike_engine_now(sa->engine), due = sa->up_ms + ike_life_renew_ms(sa);

	if (sa->replaced)
		arm(sa, now + IKE_LIFE_LINGER_MS);
	else if (sa->expires_ms)
		arm(sa, due > now ? due : now);
}

void ike_life_hasten(struct ike_sa *sa)
{
	if (!sa->replaced)
		arm(sa, ike_engine_now(sa->engine));
}

static void rekey(struct ike_sa *sa)
{
	const struct ike_path *path = &sa->path;
	const struct ike_sa *best = ike_sa_best(sa->engine, path);

	if (best != sa && best)
		return;
	/* who answers us is not asked for its user: it must have logged in here */
	if (!ike_sa_ready(sa))
		return;
	if (ike_sa_negotiating(sa->engine, path))
		return;
	/* Who gave a name in aggressive mode cannot be called by an address: it calls again. */
	if (!sa->initiator && sa->main.exchange == IKE_EXCHANGE_AGGRESSIVE)
		return;
	ike_say(sa, IKE_SAY_P1_REKEY);
	if (phase1_start(sa->engine, path, sa->id))
		ike_say(sa, IKE_SAY_P1_REKEY_FAILED);
}

static void fire(void *ctx, struct ike_timer *timer)
{
	struct ike_sa *sa = container_of(timer, struct ike_sa, life);
	uint64_t now = ike_engine_now(ctx);

	if (sa->replaced) {
		ike_sa_delete(sa, IKE_REASON_REPLACED);
		return;
	}
	if (sa->expires_ms && now >= sa->expires_ms) {
		ike_sa_delete(sa, IKE_REASON_EXPIRED);
		return;
	}
	arm(sa, now + IKE_LIFE_RETRY_MS);
	rekey(sa);
}
