/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_event.h"

#include "controlplane/ike/ike_evidence.h"
#include "controlplane/ike/ike_state.h"
#include "controlplane/ike/phase1.h"

#include <stdio.h>
#include <string.h>

static void describe(struct ike_event *event, const struct ike_sa *sa)
{
	char remote[ADDR_TEXT];

	addr_print(&event->path.remote, remote, sizeof(remote));
	if (sa && sa->hs && sa->hs->peer_subject[0])
		snprintf(event->detail, sizeof(event->detail), "peer %s, \"%.70s\": %s", remote,
			 sa->hs->peer_subject, ike_reason_text(event->reason));
	else if (sa)
		snprintf(event->detail, sizeof(event->detail), "peer %s, %s, state %s: %s", remote,
			 sa->initiator ? "initiator" : "responder", ike_state_show(sa->main.state),
			 ike_reason_text(event->reason));
	else
		snprintf(event->detail, sizeof(event->detail), "peer %s: %s", remote,
			 ike_reason_text(event->reason));
}

static void post(struct ike_engine *engine, struct ike_event *event, const struct ike_sa *sa)
{
	describe(event, sa);
	engine->env.event(engine->env.ctx, event);
}

void ike_event_sa(const struct ike_sa *sa, enum ike_event_type type, enum ike_reason reason)
{
	struct ike_event event = {
		.type = type,
		.reason = reason,
		.ike_sa = sa->id,
		.path = sa->path,
		.tries = sa->dpd.tries,
		.aggressive = sa->main.exchange == IKE_EXCHANGE_AGGRESSIVE,
	};

	post(sa->engine, &event, sa);
}

void ike_event_collision(const struct ike_sa *sa, uint32_t tunnel)
{
	struct ike_event event = {
		.type = IKE_EVENT_COLLISION,
		.ike_sa = sa->id,
		.path = sa->path,
		.tunnel = tunnel,
	};

	post(sa->engine, &event, sa);
}

void ike_event_sized(const struct ike_sa *sa, uint32_t number)
{
	struct ike_event event = {
		.type = IKE_EVENT_SIZED,
		.ike_sa = sa->id,
		.path = sa->path,
		.number = number,
	};

	post(sa->engine, &event, sa);
}

void ike_event_aggressive(struct ike_engine *engine, const struct ike_path *path)
{
	struct ike_event event = {
		.type = IKE_EVENT_AGGRESSIVE,
		.path = *path,
		.aggressive = true,
	};

	post(engine, &event, NULL);
}

void ike_event_hint(struct ike_sa *sa, enum ike_reason reason)
{
	if (sa->main.hint == reason)
		return;
	sa->main.hint = reason;
	ike_event_sa(sa, IKE_EVENT_HINT, reason);
	ike_evidence_hint(sa);
}

void ike_event_child_failed(struct ike_engine *engine, const struct ike_sa *sa,
			    const struct ike_path *path, uint32_t tunnel, enum ike_reason reason,
			    uint32_t spi)
{
	struct ike_event event = {
		.type = IKE_EVENT_CHILD_FAILED,
		.reason = reason,
		.ike_sa = sa ? sa->id : 0,
		.path = *path,
		.tunnel = tunnel,
		.spi = spi,
	};

	post(engine, &event, sa);
}

void ike_event_child_refused(const struct ike_sa *sa, uint32_t tunnel, enum ike_reason reason,
			     const char *note)
{
	const struct ike_env *env = &sa->engine->env;
	struct ike_event event = {
		.type = IKE_EVENT_CHILD_FAILED,
		.reason = reason,
		.ike_sa = sa->id,
		.path = sa->path,
		.tunnel = tunnel,
	};
	size_t len;

	describe(&event, sa);
	len = strlen(event.detail);
	if (note[0])
		snprintf(event.detail + len, sizeof(event.detail) - len, ": %s", note);
	env->event(env->ctx, &event);
}

void ike_event_invalid_spi(const struct ike_sa *sa, uint32_t spi)
{
	struct ike_event event = {
		.type = IKE_EVENT_INVALID_SPI,
		.ike_sa = sa->id,
		.path = sa->path,
		.spi = spi,
	};

	post(sa->engine, &event, sa);
}
