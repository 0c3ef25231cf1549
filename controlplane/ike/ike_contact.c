/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_contact.h"

#include <stdlib.h>

struct ike_contact {
	LIST_ENTRY(ike_contact) link;
	struct addr remote;
	bool known;
	bool notified;
	uint64_t notified_ms;
};

static struct ike_contact *find(struct ike_engine *engine, const struct addr *remote)
{
	struct ike_contact *c;

	LIST_FOREACH(c, &engine->contacts[ike_engine_bucket(engine, remote)], link)
		if (addr_eq(&c->remote, remote))
			return c;
	return NULL;
}

static void forget(struct ike_engine *engine, struct ike_contact *c)
{
	LIST_REMOVE(c, link);
	engine->n_contacts--;
	free(c);
}

static bool told_lately(const struct ike_contact *c, uint64_t now)
{
	return c->notified && now - c->notified_ms < IKE_NOTIFY_INTERVAL_MS;
}

/* Addresses that never authenticated, once they may be told something again. */
static void forget_strangers(struct ike_engine *engine)
{
	uint64_t now = ike_engine_now(engine);

	for (size_t i = 0; i < IKE_ENGINE_BUCKETS; i++) {
		struct ike_contact *c = LIST_FIRST(&engine->contacts[i]), *next;

		for (; c; c = next) {
			next = LIST_NEXT(c, link);
			if (!c->known && !told_lately(c, now))
				forget(engine, c);
		}
	}
}

static struct ike_contact *find_or_add(struct ike_engine *engine, const struct addr *remote)
{
	struct ike_contact *c = find(engine, remote);

	if (c)
		return c;
	c = calloc(1, sizeof(*c));
	if (!c) {
		ike_engine_count(engine, IKE_COUNT_INTERNAL);
		return NULL;
	}
	c->remote = *remote;
	LIST_INSERT_HEAD(&engine->contacts[ike_engine_bucket(engine, remote)], c, link);
	engine->n_contacts++;
	return c;
}

bool ike_contact_is_first(struct ike_engine *engine, const struct addr *remote)
{
	const struct ike_contact *c = find(engine, remote);

	return !engine->env.beside && (!c || !c->known);
}

void ike_contact_made(struct ike_engine *engine, const struct addr *remote)
{
	struct ike_contact *c = find_or_add(engine, remote);

	if (c)
		c->known = true;
}

void ike_contact_lost(struct ike_engine *engine, const struct addr *remote)
{
	struct ike_contact *c = find(engine, remote);

	if (c)
		c->known = false;
}

/* Source addresses can be made up where one key is for any peer, so there is a limit. */
static bool room_for_stranger(struct ike_engine *engine)
{
	if (engine->n_contacts >= IKE_CONTACTS_MAX)
		forget_strangers(engine);
	return engine->n_contacts < IKE_CONTACTS_MAX;
}

bool ike_contact_may_notify(struct ike_engine *engine, const struct addr *remote)
{
	struct ike_contact *c = find(engine, remote);
	uint64_t now = ike_engine_now(engine);

	if (!c && room_for_stranger(engine))
		c = find_or_add(engine, remote);
	if (!c || told_lately(c, now))
		return false;
	c->notified = true;
	c->notified_ms = now;
	return true;
}

void ike_contact_fini(struct ike_engine *engine)
{
	for (size_t i = 0; i < IKE_ENGINE_BUCKETS; i++)
		while (!LIST_EMPTY(&engine->contacts[i]))
			forget(engine, LIST_FIRST(&engine->contacts[i]));
}
