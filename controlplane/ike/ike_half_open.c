/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_half_open.h"

#include "controlplane/ike/ike_evidence.h"

#include <errno.h>

static bool replaceable(const struct ike_sa *sa)
{
	return sa->half_open && ike_sa_unanswered(sa) && !ike_txn_busy(&sa->main);
}

/* A number below n, which is not 0. */
static uint32_t draw(struct ike_engine *engine, uint32_t n)
{
	uint32_t value;

	return ike_engine_random(engine, &value, sizeof(value)) == 0 ? value % n : 0;
}

static int put_out(struct ike_sa *sa)
{
	if (!sa)
		return -EBUSY;
	ike_engine_count(sa->engine, IKE_COUNT_HALF_OPEN);
	/* that it came to nothing says nothing of who it claims to come from */
	ike_evidence_ended(sa, IKE_REASON_REPLACED);
	ike_sa_end(sa, IKE_REASON_NONE);
	return 0;
}

static int make_room_of_address(struct ike_engine *engine, const struct addr *remote)
{
	const struct ike_sa_bucket *bucket = &engine->by_peer[ike_engine_bucket(engine, remote)];
	struct ike_sa *rows[IKE_HALF_OPEN_PEER_MAX];
	unsigned used = 0, n = 0;
	struct ike_sa *sa;

	LIST_FOREACH(sa, bucket, peer_link) {
		if (!sa->half_open || !addr_eq(&sa->path.remote, remote))
			continue;
		used++;
		if (replaceable(sa) && n < array_len(rows))
			rows[n++] = sa;
	}
	if (used < IKE_HALF_OPEN_PEER_MAX)
		return 0;
	return put_out(n ? rows[draw(engine, n)] : NULL);
}

/* Our seed spreads addresses over the buckets: the first one found from anywhere will do. */
static int make_room_of_unnamed(struct ike_engine *engine)
{
	uint32_t start = draw(engine, IKE_ENGINE_BUCKETS);
	struct ike_sa *sa;

	for (uint32_t i = 0; i < IKE_ENGINE_BUCKETS; i++) {
		LIST_FOREACH(sa, &engine->by_peer[(start + i) % IKE_ENGINE_BUCKETS], peer_link)
			if (replaceable(sa) && !sa->named)
				return put_out(sa);
	}
	return -EBUSY;
}

int ike_half_open_make_room(struct ike_engine *engine, const struct addr *remote, bool named)
{
	int err = make_room_of_address(engine, remote);

	if (err == 0 && !named && engine->n_half_open >= IKE_HALF_OPEN_MAX)
		err = make_room_of_unnamed(engine);
	return err;
}

void ike_half_open_enter(struct ike_sa *sa, bool named)
{
	sa->half_open = true;
	sa->named = named;
	sa->engine->n_half_open += !named;
}

void ike_half_open_leave(struct ike_sa *sa)
{
	if (!sa->half_open)
		return;
	sa->half_open = false;
	sa->engine->n_half_open -= !sa->named;
}
