/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/evidence_drops.h"

#include "controlplane/control.h"
#include "controlplane/evidence_notes.h"

#include <stdlib.h>
#include <string.h>

enum {
	MULTICAST = 0xe0000000,
	MULTICAST_BITS = 4,
};

void evidence_drops_ended(struct control *c, const struct sa_pair *pair, enum ike_reason reason)
{
	struct evidence_drops *d = &c->evidence_drops;

	d->ended[d->next] = (struct evidence_ended){
		.spi_in = pair->spi_in,
		.at_ms = c->now_ms(),
		.reason = reason,
		.path = pair->path,
	};
	d->next = (d->next + 1) % EVIDENCE_ENDED_MAX;
}

const struct evidence_ended *evidence_drops_find(const struct evidence_drops *d, uint32_t spi)
{
	for (size_t i = 1; spi && i <= EVIDENCE_ENDED_MAX; i++) {
		const struct evidence_ended *e =
			&d->ended[(d->next + EVIDENCE_ENDED_MAX - i) % EVIDENCE_ENDED_MAX];

		if (e->spi_in == spi)
			return e;
	}
	return NULL;
}

/* All of its CONFIG_IF_NAME bytes. */
static const char *interface_at(const struct config *config, const struct addr *address)
{
	static const char none[CONFIG_IF_NAME];

	for (size_t i = 0; i < config->n_interfaces; i++)
		if (addr_eq(&config->interfaces[i].address, address))
			return config->interfaces[i].name;
	return none;
}

/* Who should have encrypted this: the peer of the first line that selects it. */
static struct evidence_place *by_policy(struct control *c, const struct selector *flow)
{
	const struct dynamic_tunnel *dt;

	for (size_t i = 0; i < c->tunnels.n; i++)
		if (c->tunnels.rows[i].n_peers &&
		    selector_covers(&c->tunnels.rows[i].selector, flow))
			return evidence_book_named(&c->evidence,
						   acquire_peer(&c->acquire, &c->tunnels.rows[i]));
	TAILQ_FOREACH(dt, &c->dynamic.all, link)
		if (selector_covers(&dt->t.selector, flow))
			return evidence_book_find(&c->evidence, &dt->path);
	return NULL;
}

/* Whose client sent this: it came out of its SA, and had no route. */
static struct evidence_place *by_client(struct control *c, const struct selector *flow)
{
	const struct selector sent = {
		.local = flow->remote,
		.remote = flow->local,
		.protocol = flow->protocol,
		.local_port = flow->remote_port,
		.remote_port = flow->local_port,
	};
	const struct dynamic_tunnel *dt;

	TAILQ_FOREACH(dt, &c->dynamic.all, link)
		if (dt->path.client && selector_covers(&dt->t.selector, &sent))
			return evidence_book_find(&c->evidence, &dt->path);
	return NULL;
}

static struct evidence_place *by_source(struct control *c, const struct selector *flow)
{
	const struct ike_path path = {.local = flow->local.addr, .remote = flow->remote.addr};

	return addr_is_none(&path.remote) ? NULL : evidence_book_at(&c->evidence, &path);
}

/*
 * The same of multicast, by a line that says so: what a LAN says to itself is in `any` as well, and
 * was never for a tunnel.
 */
static struct evidence_place *by_multicast(struct control *c, const struct selector *flow)
{
	const struct addr first = addr_v4(MULTICAST);
	const struct prefix all = prefix_make(&first, MULTICAST_BITS);

	for (size_t i = 0; i < c->tunnels.n; i++) {
		const struct tunnel *t = &c->tunnels.rows[i];

		if (t->n_peers && t->selector.remote.len >= MULTICAST_BITS &&
		    prefix_contains(&all, &t->selector.remote.addr) &&
		    selector_covers(&t->selector, flow))
			return evidence_book_named(&c->evidence, acquire_peer(&c->acquire, t));
	}
	return NULL;
}

/* Refused by an interface (filter.h of the data plane): seq is the place. */
static bool is_of_interface(const struct plane_notice *n)
{
	return n->reason == DROP_ACL_IN || n->reason == DROP_ACL_OUT || n->reason == DROP_HAIRPIN;
}

static struct evidence_place *owner_of(struct control *c, int from, const struct plane_notice *n)
{
	const struct evidence_ended *ended = evidence_drops_find(&c->evidence_drops, n->spi);
	const struct sa_pair *pair = NULL;
	struct evidence_place *p;

	if (n->pair != UINT32_MAX && from >= 0)
		pair = sa_store_at(&c->store, (unsigned)from, n->pair);
	if (pair)
		return evidence_book_at(&c->evidence, &pair->path);
	if (n->reason == DROP_NO_ROUTE && (p = by_client(c, &n->flow)))
		return p;
	if (n->reason == DROP_POLICY_CLEAR || n->reason == DROP_NO_ROUTE)
		return by_policy(c, &n->flow);
	if (n->reason == DROP_IP_MULTICAST)
		return by_multicast(c, &n->flow);
	/* in clear: nobody's, or what a peer says to us */
	if (is_of_interface(n))
		return interface_at(&c->config, &n->flow.local.addr)[0]
			       ? evidence_book_named(&c->evidence, &n->flow.remote.addr)
			       : NULL;
	/* an SPI alone can be guessed */
	if (ended && addr_eq(&ended->path.remote, &n->flow.remote.addr))
		return evidence_book_find(&c->evidence, &ended->path);
	return by_source(c, &n->flow);
}

static struct evidence_dropped *row_of(struct evidence_place *p, enum drop_reason reason)
{
	struct evidence_dropped *rows;

	for (size_t i = 0; i < p->n_drops; i++)
		if (p->drops[i].drop.reason == reason)
			return &p->drops[i];
	if (p->n_drops == EVIDENCE_DROPS_MAX)
		return NULL;
	rows = realloc(p->drops, (p->n_drops + 1u) * sizeof(*rows));
	if (!rows)
		return NULL;
	p->drops = rows;
	rows[p->n_drops] = (struct evidence_dropped){.drop.reason = reason};
	return &rows[p->n_drops++];
}

/*
 * Those that were not told of went through the same gate: they are this peer's when it is that of
 * its SA, or when it was the last to be told of as well.
 */
static uint32_t count_of(struct evidence_drops *d, const struct plane_notice *n, bool ended)
{
	struct addr *last = ended ? &d->last_ended : &d->last[n->reason];
	bool same = n->pair != UINT32_MAX || addr_eq(last, &n->flow.remote.addr);

	*last = n->flow.remote.addr;
	return same ? n->suppressed + 1 : 1;
}

static const char *interface_of(const struct control *c, const struct plane_notice *n)
{
	uint64_t port = n->seq >> 32;

	if (is_of_interface(n) && port < PLANE_PORTS_MAX)
		return c->plane->stats_main->devices[port].interface;
	return interface_at(&c->config, &n->flow.local.addr);
}

static void note_ike_off(struct control *c, struct evidence_place *p, uint32_t n,
			 const char *interface)
{
	struct evidence_note *note =
		evidence_notes_put(&c->evidence, p, EVIDENCE_IKE_OFF, c->now_ms());

	note->n += n;
	memcpy(note->interface, interface, sizeof(note->interface));
}

void evidence_drops_notice(struct control *c, int from, const struct plane_notice *n)
{
	const struct evidence_ended *ended = evidence_drops_find(&c->evidence_drops, n->spi);
	struct evidence_place *p = n->reason < DROP_COUNT ? owner_of(c, from, n) : NULL;
	struct evidence_dropped *row = p ? row_of(p, n->reason) : NULL;
	const char *interface = interface_of(c, n);
	uint64_t now = c->now_ms();
	uint32_t count;

	if (!row)
		return;
	count = count_of(&c->evidence_drops, n, ended);
	evidence_rate_add(&row->lately, now, count);
	row->drop.total += count;
	row->drop.last_ms = now;
	row->drop.spi = n->spi;
	row->drop.flow = n->flow;
	row->drop.spi_ended_ms = ended ? ended->at_ms : 0;
	row->drop.spi_reason = ended ? ended->reason : IKE_REASON_NONE;
	memcpy(row->drop.interface, interface, sizeof(row->drop.interface));
	/* UDP 4500 is dropped too where only NAT traversal is off */
	if (n->reason == DROP_IKE_OFF && !config_model_isakmp(&c->config, interface))
		note_ike_off(c, p, count, interface);
	evidence_book_touch(&c->evidence, p, now);
}
