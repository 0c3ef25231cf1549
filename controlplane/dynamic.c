/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/dynamic.h"

#include "controlplane/control.h"
#include "controlplane/dynamic_admit.h"
#include "controlplane/dynamic_policy.h"
#include "controlplane/provider.h"
#include "controlplane/reverse_routes.h"
#include "controlplane/sa_clear.h"
#include "controlplane/sa_expiry.h"
#include "controlplane/sa_query.h"
#include "controlplane/tunnels_entry.h"
#include "lib/net/ip.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FIRST_LINE = 10, /* number of the only line of a dynaclN */
};

void dynamic_init(struct dynamic *d)
{
	TAILQ_INIT(&d->all);
	TAILQ_INIT(&d->leaving);
}

static void free_list(struct dynamic_list *list)
{
	while (!TAILQ_EMPTY(list)) {
		struct dynamic_tunnel *dt = TAILQ_FIRST(list);

		TAILQ_REMOVE(list, dt, link);
		free(dt);
	}
}

void dynamic_fini(struct dynamic *d)
{
	free_list(&d->all);
	free_list(&d->leaving);
}

static uint32_t bucket_of(const void *key, size_t len)
{
	return (uint32_t)(id_map_hash(ID_MAP_SEED, key, len) >> 20) % DYNAMIC_BUCKETS;
}

static bool is_host(const struct prefix *p)
{
	return p->len == addr_len_bytes(&p->addr) * 8;
}

static struct dynamic_bucket *remote_bucket(struct dynamic *d, const struct prefix *p)
{
	return is_host(p) ? &d->hosts[bucket_of(p->addr.b, sizeof(p->addr.b))] : &d->nets;
}

static struct dynamic_bucket *peer_bucket(struct dynamic *d, uint64_t peer)
{
	return &d->peers[bucket_of(&peer, sizeof(peer))];
}

/* It has authenticated where it is, and by a key: the name in a certificate is its own number. */
static bool known_by_place(const struct control *c, const struct ike_path *path, bool client)
{
	const struct proof *proof = proofs_find(&c->proofs, path->who);

	return !client && addr_is_none(&path->home) && !(proof && proof->n_certs);
}

/*
 * Clients are told apart by who they are alone, and so is who has shown a certificate. Anybody else
 * who has authenticated again from the same address and port is the same one: it has restarted.
 */
static bool same_peer(const struct control *c, const struct dynamic_tunnel *dt,
		      const struct ike_path *path)
{
	if (dt->path.peer && dt->path.peer == path->peer)
		return true;
	return known_by_place(c, &dt->path, dt->client) && known_by_place(c, path, path->client) &&
	       addr_eq(&dt->path.remote, &path->remote) && addr_eq(&dt->path.local, &path->local) &&
	       dt->path.remote_port == path->remote_port;
}

static void set_path(struct control *c, struct dynamic_tunnel *dt, const struct ike_path *path)
{
	if (dt->peer.le_prev)
		LIST_REMOVE(dt, peer);
	dt->path = *path;
	dt->client = path->client || sessions_find(&c->sessions, path->peer) != NULL;
	dt->t.peers[0] = path->remote;
	dt->t.n_peers = 1;
	dt->t.first_peer = 0;
	LIST_INSERT_HEAD(peer_bucket(&c->dynamic, path->peer), dt, peer);
}

static bool has_current(const struct control *c, const struct dynamic_tunnel *dt)
{
	return sa_query_first(&c->store, dt->t.handle) != NULL;
}

/* What is found among the tunnels that a selector may have to do with. */
struct search {
	struct dynamic_tunnel *found; /* equal, and of this peer or nobody's any more */
	bool taken;		      /* by another peer, all or some of it */
};

static void search_one(struct control *c, struct dynamic_tunnel *dt, const struct ike_path *path,
		       const struct selector *offered, struct search *s)
{
	bool mine = same_peer(c, dt, path);

	if (dt->ended || !dynamic_admit_meet(&dt->t.selector, offered))
		return;
	if (!mine && (has_current(c, dt) || !dt->used)) {
		s->taken = true;
	} else if (selector_eq(&dt->t.selector, offered)) {
		s->found = dt;
	} else if (!mine) {
		/* its SAs are on their way out; nothing more goes to that peer */
		dt->ended = true;
		dynamic_policy_touch(c);
	}
}

static struct search search_all(struct control *c, const struct ike_path *path,
				const struct selector *offered)
{
	struct dynamic *d = &c->dynamic;
	struct dynamic_tunnel *dt;
	struct search s = {0};

	if (!is_host(&offered->remote)) {
		TAILQ_FOREACH(dt, &d->all, link)
			search_one(c, dt, path, offered, &s);
		return s;
	}
	LIST_FOREACH(dt, remote_bucket(d, &offered->remote), remote)
		search_one(c, dt, path, offered, &s);
	LIST_FOREACH(dt, &d->nets, remote)
		search_one(c, dt, path, offered, &s);
	return s;
}

static unsigned count_of_peer(struct control *c, const struct ike_path *path)
{
	const struct dynamic_tunnel *dt;
	unsigned n = 0;

	LIST_FOREACH(dt, peer_bucket(&c->dynamic, path->peer), peer)
		n += dt->path.peer == path->peer;
	return n;
}

/*
 * Who is behind a NAT can be many peers there. As long as there is room for all that harms nobody;
 * then an address that has much already leaves the rest to others.
 */
static bool has_its_share(const struct control *c, const struct ike_path *path)
{
	const struct dynamic *d = &c->dynamic;
	size_t all = (size_t)c->ids.n_workers * c->ids.n_tunnels, n = 0;
	const struct dynamic_tunnel *dt;

	if (d->n < all - all / 4)
		return false;
	TAILQ_FOREACH(dt, &d->all, link)
		n += addr_eq(&dt->path.remote, &path->remote);
	return n >= all / DYNAMIC_SHARE;
}

static uint64_t hits_at(const struct control *c, uint32_t line)
{
	uint64_t n = 0;

	for (unsigned w = 0; w < c->plane->header->params.n_workers; w++)
		n += __atomic_load_n(&plane_stats_hits_of(c->plane, w)[line], __ATOMIC_RELAXED);
	return n;
}

uint64_t dynamic_hits(const struct control *c, const struct dynamic_tunnel *dt)
{
	uint64_t n = hits_at(c, dt->hit_line);

	/* counters may have been cleared since */
	return n >= dt->hit_base ? n - dt->hit_base : n;
}

/* Worker, index and hit counter. 0 or -ENOSPC. */
static int take_numbers(struct control *c, struct dynamic_tunnel *dt)
{
	struct tunnel *t = &dt->t;
	uint64_t key = id_map_hash(ID_MAP_SEED, "dynamic", sizeof("dynamic"));

	key = id_map_hash(key, &t->dynamic, sizeof(t->dynamic));
	t->worker = (uint8_t)(t->dynamic % c->ids.n_workers);
	t->index = id_map_hold(&c->ids.workers[t->worker], key);
	if (t->index == ID_MAP_NONE)
		return -ENOSPC;
	dt->hit_line = id_map_hold(&c->ids.lines, key);
	if (dt->hit_line == ID_MAP_NONE) {
		id_map_release(&c->ids.workers[t->worker], t->index);
		return -ENOSPC;
	}
	t->handle = t->worker * c->ids.n_tunnels + t->index;
	dt->hit_base = hits_at(c, dt->hit_line);
	return 0;
}

static void release(struct control *c, struct dynamic_tunnel *dt)
{
	id_map_release(&c->ids.workers[dt->t.worker], dt->t.index);
	id_map_release(&c->ids.lines, dt->hit_line);
	free(dt);
}

static struct dynamic_tunnel *make(struct control *c, const struct tunnels_template *template,
				   const struct ike_path *path, const struct selector *offered)
{
	struct dynamic *d = &c->dynamic;
	struct dynamic_tunnel *dt = calloc(1, sizeof(*dt));
	struct tunnel *t;

	if (!dt)
		return NULL;
	t = &dt->t;
	*t = template->t;
	t->spread = PLANE_SPREAD_NONE;
	t->n_lanes = 1;
	t->dynamic = ++d->last_number;
	t->selector = *offered;
	t->transport = t->transport && tunnels_entry_between_ends(t, &path->remote);
	t->acl_sequence = FIRST_LINE;
	snprintf(t->acl, sizeof(t->acl), "dynacl%u", t->dynamic);
	dt->rule = template->rule;
	dt->made_ms = c->now_ms();
	if (take_numbers(c, dt) < 0) {
		free(dt);
		return NULL;
	}
	set_path(c, dt, path);
	TAILQ_INSERT_TAIL(&d->all, dt, link);
	LIST_INSERT_HEAD(remote_bucket(d, &t->selector.remote), dt, remote);
	d->n++;
	c->tunnels.by_handle[t->handle] = t;
	c->store.tunnels[t->handle] =
		(struct sa_tunnel){.no_sa_base = sa_query_no_sa(&c->store, t)};
	acquire_forget(&c->acquire, t->handle);
	return dt;
}

static void refused(struct control *c, const struct tunnel *t, const struct ike_path *path,
		    const struct selector *offered, const char *why)
{
	char peer[ADDR_TEXT], local[PREFIX_TEXT], remote[PREFIX_TEXT];

	debug_log_event(c->log, DEBUG_LOG_MODE_FAILURE,
			"dynamic map %s %u: peer %s may not have %s for %s: %s", t->template,
			t->template_sequence, addr_print(&path->remote, peer, sizeof(peer)),
			prefix_print(&offered->remote, remote, sizeof(remote)),
			prefix_print(&offered->local, local, sizeof(local)), why);
}

const struct tunnel *dynamic_match(struct control *c, const struct ike_path *path,
				   const struct selector *offered, const struct ike_fit *fit,
				   enum ike_reason *why)
{
	const struct tunnel *asked = NULL;
	const char *sentence = NULL;
	const struct tunnels_template *template =
		dynamic_admit_choose(c, path, offered, fit, &asked, &sentence);
	struct dynamic_tunnel *dt = NULL;
	struct search s = {0};

	*why = asked ? IKE_REASON_PROXY_MISMATCH : IKE_REASON_NO_MAP;
	if (template)
		s = search_all(c, path, offered);
	if (s.found && !dynamic_admit_fits(fit, &s.found->t, path) &&
	    dynamic_admit_fits(fit, &template->t, path)) {
		/* the peer has come for the same with an offer for another template */
		s.found->ended = true;
		dynamic_policy_touch(c);
		s.found = NULL;
	}
	if (s.taken) {
		sentence = "another peer has it, or some of it";
	} else if (s.found) {
		set_path(c, s.found, path);
		return &s.found->t;
	} else if (template) {
		*why = IKE_REASON_LIMIT;
		if (count_of_peer(c, path) < DYNAMIC_PEER_MAX && !has_its_share(c, path))
			dt = make(c, template, path, offered);
		sentence = "there is no room for another tunnel";
	}
	if (!dt && asked)
		refused(c, asked, path, offered, sentence);
	return dt ? &dt->t : NULL;
}

/* Engine: see sa_clear_tunnel(); with no SAs left it says nothing to anybody. */
static void drop(struct control *c, struct dynamic_tunnel *dt)
{
	struct dynamic *d = &c->dynamic;

	reverse_routes_down(c, &dt->t);
	sa_clear_tunnel(&c->store, &dt->t);
	c->tunnels.by_handle[dt->t.handle] = NULL;
	acquire_forget(&c->acquire, dt->t.handle);
	LIST_REMOVE(dt, remote);
	LIST_REMOVE(dt, peer);
	TAILQ_REMOVE(&d->all, dt, link);
	d->n--;
	d->n_waiting -= dt->n_held != 0;
	dt->policy = 0;
	if (!dt->up) {
		release(c, dt);
		return;
	}
	TAILQ_INSERT_TAIL(&d->leaving, dt, link);
	dynamic_policy_touch(c);
}

static void release_leaving(struct control *c)
{
	struct dynamic_tunnel *dt = TAILQ_FIRST(&c->dynamic.leaving), *next;

	for (; dt; dt = next) {
		next = TAILQ_NEXT(dt, link);
		if (!dt->policy || (int32_t)(c->apply.policy_answered - dt->policy) < 0)
			continue;
		TAILQ_REMOVE(&c->dynamic.leaving, dt, link);
		release(c, dt);
	}
}

bool dynamic_hold(struct control *c, uint32_t spi_in)
{
	const struct sa_pair *pair = sa_store_find(&c->store, spi_in);
	const struct tunnel *t = pair ? tunnels_find(&c->tunnels, pair->tunnel) : NULL;
	struct dynamic_tunnel *dt = t ? (struct dynamic_tunnel *)dynamic_of(t) : NULL;

	if (!dt || dt->in_force || dt->n_held == DYNAMIC_HELD)
		return false;
	c->dynamic.n_waiting += dt->n_held == 0;
	dt->held[dt->n_held++] = spi_in;
	if (!dt->up)
		dynamic_policy_touch(c);
	dt->up = true;
	return true;
}

void dynamic_up(struct control *c, const struct tunnel *t, const struct sa_pair *pair)
{
	struct dynamic_tunnel *dt = (struct dynamic_tunnel *)dynamic_of(t);

	set_path(c, dt, &pair->path);
	dt->used = true;
	if (dt->up)
		return;
	dt->up = true;
	dynamic_policy_touch(c);
}

void dynamic_moved(struct control *c, const struct ike_path *path)
{
	struct dynamic_tunnel *dt;

	LIST_FOREACH(dt, peer_bucket(&c->dynamic, path->peer), peer) {
		if (dt->path.peer != path->peer)
			continue;
		dt->path = *path;
		dt->t.peers[0] = path->remote;
	}
}

void dynamic_want(struct control *c, const struct tunnel *t, const struct ike_path *path)
{
	bool nat = path->remote_port != path->local_port || path->local_port == IP_PORT_NATT;
	bool client = dynamic_of(t)->client;

	if (ike_engine_reaches(c->engine, path))
		(void)!provider_initiate_lane(c, t, 0, &path->remote, path->peer);
	else if (!nat && !client)
		(void)!provider_initiate_lane(c, t, 0, &path->remote, 0);
}

/* True when the tunnel's SAs may stay under this template. */
static bool still_good(const struct control *c, const struct dynamic_tunnel *dt,
		       const struct tunnel *template)
{
	const struct tunnel *t = &dt->t;

	return addr_eq(&t->local, &template->local) && t->mtu == template->mtu &&
	       t->transport ==
		       (template->transport && tunnels_entry_between_ends(t, &dt->path.remote)) &&
	       t->pfs_group == template->pfs_group && t->n_suites == template->n_suites &&
	       memcmp(t->suites, template->suites, sizeof(t->suites)) == 0 &&
	       t->esn == template->esn && t->sa_flags == template->sa_flags &&
	       (!template->n_peers || tunnels_has_peer(template, &dt->path.remote)) &&
	       (dt->client || !tunnels_names(&c->tunnels, &t->local, &dt->path.remote)) &&
	       !dynamic_admit_refusal(c, template, &dt->path, &t->selector);
}

static void follow(struct control *c, struct dynamic_tunnel *dt, const struct tunnels_template *row)
{
	struct tunnel *t = &dt->t;
	bool renew = t->replay_window != row->t.replay_window;

	reverse_routes_down(c, t);
	dt->rule = row->rule;
	t->lifetime_s = row->t.lifetime_s;
	t->lifetime_kb = row->t.lifetime_kb;
	t->idle_s = row->t.idle_s;
	t->replay_window = row->t.replay_window;
	t->reverse_route = row->t.reverse_route;
	t->reverse_distance = row->t.reverse_distance;
	t->reverse_tag = row->t.reverse_tag;
	t->reverse_peer = row->t.reverse_peer;
	reverse_routes_follow(c, t);
	if (renew)
		sa_expiry_renew(&c->store, t->handle);
}

static const struct tunnels_template *template_of(const struct control *c, const struct tunnel *t)
{
	for (size_t i = 0; i < c->tunnels.n_templates; i++) {
		const struct tunnel *row = &c->tunnels.templates[i].t;

		if (strcmp(row->interface, t->interface) == 0 && strcmp(row->map, t->map) == 0 &&
		    row->sequence == t->sequence && strcmp(row->template, t->template) == 0 &&
		    row->template_sequence == t->template_sequence)
			return &c->tunnels.templates[i];
	}
	return NULL;
}

bool dynamic_outlives(const struct control *c, const struct dynamic_tunnel *dt)
{
	const struct tunnels_template *row = template_of(c, &dt->t);

	return row && still_good(c, dt, &row->t);
}

void dynamic_reconfigured(struct control *c)
{
	struct dynamic_tunnel *dt = TAILQ_FIRST(&c->dynamic.all), *next;

	for (; dt; dt = next) {
		const struct tunnels_template *row = template_of(c, &dt->t);
		uint64_t peer = dt->path.peer;

		next = TAILQ_NEXT(dt, link);
		c->tunnels.by_handle[dt->t.handle] = &dt->t;
		if (row && still_good(c, dt, &row->t)) {
			follow(c, dt, row);
			continue;
		}
		drop(c, dt);
		if (!row && peer)
			ike_engine_end_peer(c->engine, peer, IKE_REASON_CONFIG_CHANGED);
	}
}

void dynamic_round(struct control *c, uint64_t now_ms)
{
	struct dynamic_tunnel *dt = TAILQ_FIRST(&c->dynamic.all), *next;

	for (; dt; dt = next) {
		bool empty = LIST_EMPTY(&c->store.tunnels[dt->t.handle].pairs);

		next = TAILQ_NEXT(dt, link);
		if (empty && (dt->used || now_ms >= dt->made_ms + DYNAMIC_UNUSED_MS))
			drop(c, dt);
	}
	release_leaving(c);
}
