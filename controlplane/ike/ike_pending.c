/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_pending.h"

#include "controlplane/ike/ike_event.h"
#include "controlplane/ike/ike_sa.h"
#include "controlplane/ike/phase1.h"
#include "controlplane/ike/quick_mode.h"

#include <errno.h>
#include <stdlib.h>

struct ike_pending {
	TAILQ_ENTRY(ike_pending) link;
	LIST_ENTRY(ike_pending) wanted_link;
	struct ike_path path;
	struct ike_child_config config;
};

static struct ike_pending_list *at_peer(struct ike_engine *engine, const struct ike_path *path)
{
	return &engine->pending[ike_engine_bucket(engine, &path->remote)];
}

/* Handles are numbered through, lanes above them. */
static struct ike_wanted_list *of_tunnel(struct ike_engine *engine, uint32_t tunnel)
{
	return &engine->wanted[(tunnel ^ tunnel >> 20) % IKE_ENGINE_BUCKETS];
}

static void leave(struct ike_engine *engine, struct ike_pending *pending)
{
	TAILQ_REMOVE(at_peer(engine, &pending->path), pending, link);
	LIST_REMOVE(pending, wanted_link);
}

static bool of_peer(const struct ike_pending *pending, const struct ike_path *path)
{
	return ike_path_same_peer(&pending->path, path);
}

static bool under_way(struct ike_engine *engine, const struct ike_path *path, uint32_t tunnel)
{
	struct ike_pending *pending;
	struct ike_sa *sa;

	LIST_FOREACH(pending, of_tunnel(engine, tunnel), wanted_link)
		if (pending->config.tunnel == tunnel)
			return true;
	LIST_FOREACH(sa, &engine->by_peer[ike_engine_bucket(engine, &path->remote)], peer_link)
		if (quick_mode_find_tunnel(sa, tunnel))
			return true;
	return false;
}

int ike_pending_add(struct ike_engine *engine, const struct ike_path *path,
		    const struct ike_child_config *config)
{
	struct ike_pending *pending;

	if (under_way(engine, path, config->tunnel))
		return -EALREADY;
	pending = calloc(1, sizeof(*pending));
	if (!pending)
		return -ENOMEM;
	pending->path = *path;
	pending->config = *config;
	TAILQ_INSERT_TAIL(at_peer(engine, path), pending, link);
	LIST_INSERT_HEAD(of_tunnel(engine, config->tunnel), pending, wanted_link);
	return 0;
}

static struct ike_pending *take(struct ike_engine *engine, const struct ike_path *path)
{
	struct ike_pending *pending;

	TAILQ_FOREACH(pending, at_peer(engine, path), link) {
		if (!of_peer(pending, path))
			continue;
		leave(engine, pending);
		return pending;
	}
	return NULL;
}

static bool waiting(struct ike_engine *engine, const struct ike_path *path)
{
	const struct ike_pending *pending;

	TAILQ_FOREACH(pending, at_peer(engine, path), link)
		if (of_peer(pending, path))
			return true;
	return false;
}

static void report_all(struct ike_engine *engine, const struct ike_path *path,
		       enum ike_reason reason)
{
	struct ike_pending *pending;

	while ((pending = take(engine, path))) {
		ike_event_child_failed(engine, NULL, &pending->path, pending->config.tunnel, reason,
				       0);
		free(pending);
	}
}

/* Another than the one that was meant may be at the address. */
static bool may_have(const struct ike_engine *engine, const struct ike_sa *sa, uint32_t tunnel)
{
	const struct ike_env *env = &engine->env;

	return !env->may_have || env->may_have(env->ctx, &sa->path, tunnel);
}

static void start_quick_modes(struct ike_engine *engine, struct ike_sa *sa)
{
	while (ike_sa_ready(sa) && quick_mode_active(sa) < IKE_QUICKS_MAX) {
		struct ike_pending *pending = take(engine, &sa->path);

		if (!pending)
			return;
		if (!may_have(engine, sa, pending->config.tunnel)) {
			ike_event_child_failed(engine, sa, &sa->path, pending->config.tunnel,
					       IKE_REASON_PROFILE, 0);
		} else if (quick_mode_start(sa, &pending->config)) {
			ike_engine_count(engine, IKE_COUNT_INTERNAL);
			ike_event_child_failed(engine, sa, &sa->path, pending->config.tunnel,
					       IKE_REASON_INTERNAL, 0);
		}
		free(pending);
	}
}

void ike_pending_run(struct ike_engine *engine, const struct ike_path *path)
{
	struct ike_sa *sa;
	int rc;

	if (!waiting(engine, path))
		return;
	sa = ike_sa_best(engine, path);
	if (sa) {
		start_quick_modes(engine, sa);
		return;
	}
	if (ike_sa_negotiating(engine, path))
		return;
	rc = phase1_start(engine, path, 0);
	if (rc && rc != -ENOENT)
		ike_engine_count(engine, IKE_COUNT_INTERNAL);
	if (rc)
		report_all(engine, path, rc == -ENOENT ? IKE_REASON_NO_KEY : IKE_REASON_INTERNAL);
}

void ike_pending_fail(struct ike_engine *engine, const struct ike_path *path,
		      enum ike_reason reason)
{
	if (ike_sa_best(engine, path) || ike_sa_negotiating(engine, path))
		return;
	report_all(engine, path, reason);
}

void ike_pending_moved(struct ike_engine *engine, const struct ike_path *from,
		       const struct ike_path *to)
{
	struct ike_pending *pending, *next;

	if (!from->peer || addr_eq(&from->remote, &to->remote))
		return;
	for (pending = TAILQ_FIRST(at_peer(engine, from)); pending; pending = next) {
		next = TAILQ_NEXT(pending, link);
		if (pending->path.peer != from->peer)
			continue;
		TAILQ_REMOVE(at_peer(engine, &pending->path), pending, link);
		pending->path = *to;
		pending->path.peer = from->peer;
		TAILQ_INSERT_TAIL(at_peer(engine, to), pending, link);
	}
}

void ike_pending_init(struct ike_engine *engine)
{
	for (size_t i = 0; i < IKE_ENGINE_BUCKETS; i++)
		TAILQ_INIT(&engine->pending[i]);
}

void ike_pending_fini(struct ike_engine *engine)
{
	struct ike_pending *pending;

	for (size_t i = 0; i < IKE_ENGINE_BUCKETS; i++)
		while ((pending = TAILQ_FIRST(&engine->pending[i]))) {
			leave(engine, pending);
			free(pending);
		}
}
