/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/fate.h"

#include "controlplane/peer_admit.h"
#include "controlplane/qos.h"
#include "controlplane/sa_query.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool key_same(const struct config_isakmp_key *a, const struct config_isakmp_key *b)
{
	if (!a || !b)
		return a == b;
	return strncmp(a->key, b->key, sizeof(a->key)) == 0;
}

enum fate_kind fate_of_peer(const struct control *c, const struct config *before,
			    const struct tunnels *old, const struct ike_path *path)
{
	const struct addr *peer = &path->remote;

	if (!config_model_isakmp(&c->config, path->interface) ||
	    (tunnels_know(old, peer) && !tunnels_know(&c->tunnels, peer)))
		return FATE_PEER;
	if (!key_same(config_model_key(before, peer), config_model_key(&c->config, peer)))
		return FATE_KEY;
	return FATE_STAYS;
}

/* then: as it would be. */
static enum fate_kind kind_of_static(const struct control *then, const struct tunnel *t)
{
	switch (tunnels_compare(t, &then->tunnels)) {
	case TUNNELS_GONE: return FATE_GONE;
	case TUNNELS_CHANGED: return FATE_CHANGED;
	default: return FATE_STAYS;
	}
}

static enum fate_kind kind_of_dynamic(const struct control *then, const struct dynamic_tunnel *dt)
{
	const struct session *session = sessions_find(&then->sessions, dt->path.peer);

	if (session && !config_remote_group(&then->config.remote, session->group))
		return FATE_ADMIT;
	return dynamic_outlives(then, dt) ? FATE_STAYS : FATE_CHANGED;
}

static enum fate_kind kind_of_pair(const struct control *c, const struct control *then,
				   const struct sa_pair *pair)
{
	const struct tunnel *t = tunnels_find(&c->tunnels, pair->tunnel);
	enum fate_kind kind = FATE_STAYS;
	enum ike_reason why;

	if (ike_engine_reaches(c->engine, &pair->path))
		kind = fate_of_peer(then, &c->config, &c->tunnels, &pair->path);
	if (kind == FATE_STAYS && t && peer_admit_differs(&c->config, &then->config) &&
	    !peer_admit_tunnel(then, &pair->path, t, &why))
		kind = FATE_ADMIT;
	return kind;
}

static void take(struct fate *f, const struct control *c, const struct control *then,
		 const struct tunnel *t, enum fate_kind kind)
{
	const struct sa_pair *pair = sa_query_first(&c->store, t->handle);

	if (!pair && !orphans_has(&c->orphans, t))
		return;
	f->n_up++;
	if (kind == FATE_STAYS && pair)
		kind = kind_of_pair(c, then, pair);
	if (kind == FATE_STAYS)
		return;
	f->rows[f->n++] = (struct fate_row){
		.tunnel = t,
		.peer = pair ? pair->path.remote : (struct addr){0},
		.kind = kind,
	};
}

static int foresee(struct fate *f, const struct control *c, const struct control *then)
{
	const struct dynamic_tunnel *dt;
	size_t n = c->tunnels.n;

	TAILQ_FOREACH(dt, &c->dynamic.all, link)
		n++;
	f->rows = calloc(n + 1, sizeof(*f->rows));
	if (!f->rows)
		return -ENOMEM;
	for (size_t i = 0; i < c->tunnels.n; i++) {
		const struct tunnel *t = &c->tunnels.rows[i];

		take(f, c, then, t, kind_of_static(then, t));
	}
	TAILQ_FOREACH(dt, &c->dynamic.all, link)
		take(f, c, then, &dt->t, kind_of_dynamic(then, dt));
	return 0;
}

int fate_foresee(struct fate *f, const struct control *c, const struct config *next)
{
	/* only to be read: what it shares with c is c's */
	struct control then = *c;
	struct tunnels_ids ids;
	int err = tunnels_ids_copy(&ids, &c->ids);

	*f = (struct fate){0};
	if (err < 0)
		return err;
	then.config = *next;
	err = tunnels_derive(&then.tunnels, next, &ids);
	if (err == 0 && qos_count(next, &then.tunnels) > PLANE_CLASSES)
		err = -EOVERFLOW;
	else if (err == 0)
		err = foresee(f, c, &then);
	if (err != -ENOSPC)
		tunnels_fini(&then.tunnels);
	tunnels_ids_fini(&ids);
	return err;
}

void fate_fini(struct fate *f)
{
	free(f->rows);
	*f = (struct fate){0};
}

const char *fate_text(enum fate_kind kind)
{
	static const char *const texts[FATE_COUNT] = {
		[FATE_STAYS] = "stays",
		[FATE_GONE] = "no longer configured",
		[FATE_CHANGED] = "peer, transform, address or options differ",
		[FATE_KEY] = "the pre-shared key of its peer differs",
		[FATE_PEER] = "ISAKMP with its peer is no longer configured",
		[FATE_ADMIT] = "its peer may not have it any more",
	};

	return texts[kind];
}
