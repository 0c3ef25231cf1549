/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_diagnose.h"
#include "controlplane/api_methods.h"
#include "controlplane/api_negotiations.h"
#include "controlplane/diagnose/config_rules.h"
#include "controlplane/evidence_gather.h"
#include "controlplane/sa_query.h"
#include "controlplane/tunnel_list.h"

#include <string.h>

enum {
	MS_PER_S = 1000,
	FINDINGS_MAX = 64, /* of the configuration */
};

/* What the rows are made of. */
struct view {
	struct api_call *call;
	const struct control *c;
	bool detail;
	bool only;	  /* one peer */
	struct addr peer; /* this one */
	json_t *tunnels;
	json_t *peers;
	json_t *configuration; /* what is wrong with it by itself */
};

static uint64_t seconds_since(const struct view *v, uint64_t ms)
{
	return (v->c->now_ms() - ms) / MS_PER_S;
}

/* Phase 1 is the same for every tunnel with a peer. */
static bool is_of_peer(const struct diagnosis *d)
{
	return !d->map[0] || strncmp(diagnose_name(d->code), "P1-", 3) == 0;
}

static unsigned fits(const struct diagnosis *d, const struct tunnel *t)
{
	if (is_of_peer(d))
		return 1;
	if (strcmp(d->map, t->map) != 0)
		return 0;
	if (d->sequence != t->sequence)
		return d->sequence ? 0 : 2;
	if (d->acl_sequence != t->acl_sequence)
		return d->acl_sequence ? 0 : 3;
	return 4;
}

/* The one that says most of this tunnel. One that is up has no error: its peer may have. */
static const struct diagnose_found *found_of(const struct evidence_place *p, const struct tunnel *t,
					     bool up)
{
	const struct diagnose_found *best = NULL;
	unsigned most = 0;

	for (size_t i = 0; p && i < p->n_found; i++) {
		const struct diagnosis *d = &p->found[i].d;
		unsigned fit = d->under ? 0 : fits(d, t);

		if (up && is_of_peer(d) && diagnose_severity(d->code) == DIAGNOSE_ERROR &&
		    strncmp(diagnose_name(d->code), "P", 1) == 0)
			continue;
		if (fit > most) {
			most = fit;
			best = &p->found[i];
		}
	}
	return best;
}

static bool in_progress(const struct evidence_place *p)
{
	for (size_t k = 0; k < IKE_RECORD_KIND_COUNT; k++)
		for (size_t i = 0; i < p->records[k].n; i++)
			if (!p->records[k].rows[i].ended_ms)
				return true;
	return false;
}

static const char *state_of(const struct view *v, const struct evidence_place *p,
			    const struct diagnose_found *f, bool up)
{
	const struct sa_pair *any;

	if (up)
		return "up";
	if (f && diagnose_severity(f->d.code) == DIAGNOSE_ERROR)
		return "down";
	if (p && in_progress(p))
		return "negotiating";
	/* what waits is told of a peer: while some tunnel with it is up it may be that one's */
	if (p && p->wanted_ms && !evidence_gather_pairs(v->c, p, &any, 1) &&
	    v->c->now_ms() - p->wanted_ms < (uint64_t)EVIDENCE_WINDOW_S * MS_PER_S)
		return "down";
	return "idle";
}

static struct evidence_place *place_of(const struct control *c, const struct tunnel *t,
				       const struct sa_pair *pair)
{
	const struct dynamic_tunnel *dynamic = dynamic_of(t);

	if (pair)
		return evidence_book_find(&c->evidence, &pair->path);
	if (dynamic)
		return evidence_book_find(&c->evidence, &dynamic->path);
	return evidence_book_named(&c->evidence, acquire_peer(&c->acquire, t));
}

static struct addr peer_of(const struct control *c, const struct tunnel *t,
			   const struct sa_pair *pair)
{
	if (pair)
		return *ike_path_home(&pair->path);
	return t->dynamic ? dynamic_of(t)->path.remote : *acquire_peer(&c->acquire, t);
}

/* The finding about an entry, NULL = none; borrowed. */
static json_t *finding_of(const struct view *v, const char *map, uint16_t sequence)
{
	json_t *d;
	size_t i;

	json_array_foreach(v->configuration, i, d) {
		const char *name = json_string_value(json_object_get(d, "map"));
		const json_t *its = json_object_get(d, "sequence");

		if (name && strcmp(name, map) == 0 && (!its || json_integer_value(its) == sequence))
			return d;
	}
	return NULL;
}

static void add_tunnel(struct view *v, const struct tunnel *t)
{
	const struct sa_pair *pair = sa_query_first(&v->c->store, t->handle);
	const struct evidence_place *p = place_of(v->c, t, pair);
	const struct diagnose_found *f = found_of(p, t, pair != NULL);
	const struct addr peer = peer_of(v->c, t, pair);
	char selector[SELECTOR_TEXT];
	json_t *row;

	if (v->only && !addr_eq(&peer, &v->peer) && !tunnels_has_peer(t, &v->peer))
		return;
	row = json_pack("{s:s,s:s,s:i,s:s,s:I,s:s,s:o,s:s}", "interface", t->interface, "map",
			t->map, "sequence", (int)t->sequence, "acl", t->acl, "line",
			(json_int_t)t->acl_sequence, "selector",
			selector_print(&t->selector, selector, sizeof(selector)), "peer",
			api_call_json_addr(&peer), "state", state_of(v, p, f, pair != NULL));
	api_call_add_nameif(v->call, row, t->interface);
	if (pair)
		json_object_set_new(row, "since_s",
				    json_integer((json_int_t)seconds_since(
					    v, v->c->store.tunnels[t->handle].up_ms)));
	else if (f)
		json_object_set_new(row, "since_s",
				    json_integer((json_int_t)seconds_since(v, f->since_ms)));
	if (f)
		json_object_set_new(row, "diagnosis",
				    api_diagnose_json(v->c, &f->d, f->since_ms, false));
	else if (!pair && finding_of(v, t->map, t->sequence))
		json_object_set(row, "diagnosis", finding_of(v, t->map, t->sequence));
	json_array_append_new(v->tunnels, row);
}

static bool has_tunnel(const struct view *v, const struct config_map *map, uint16_t sequence)
{
	for (size_t i = 0; i < v->c->tunnels.n; i++)
		if (v->c->tunnels.rows[i].sequence == sequence &&
		    strcmp(v->c->tunnels.rows[i].map, map->name) == 0)
			return true;
	return false;
}

/* An entry from which nothing came: it is not complete, or its map is on no interface. */
static void add_entry(struct view *v, const struct config_map *map,
		      const struct config_map_entry *entry)
{
	const struct addr *peer = entry->n_peers ? &entry->peers[0] : NULL;
	const struct evidence_place *p = peer ? evidence_book_named(&v->c->evidence, peer) : NULL;
	struct tunnel t = {.sequence = entry->sequence};
	const struct diagnose_found *f;
	json_t *row;

	if (entry->dynamic[0] || has_tunnel(v, map, entry->sequence) ||
	    (v->only && (!peer || !addr_eq(peer, &v->peer))))
		return;
	memcpy(t.map, map->name, sizeof(t.map));
	f = found_of(p, &t, false);
	row = json_pack("{s:s,s:i,s:s}", "map", map->name, "sequence", (int)entry->sequence,
			"state", "incomplete");
	if (entry->acl[0])
		json_object_set_new(row, "acl", json_string(entry->acl));
	if (peer)
		json_object_set_new(row, "peer", api_call_json_addr(peer));
	if (f)
		json_object_set_new(row, "diagnosis",
				    api_diagnose_json(v->c, &f->d, f->since_ms, false));
	else if (finding_of(v, map->name, entry->sequence))
		json_object_set(row, "diagnosis", finding_of(v, map->name, entry->sequence));
	json_array_append_new(v->tunnels, row);
}

static const char *kind_of(const struct control *c, const struct evidence_place *p)
{
	if (p->class == EVIDENCE_NAMED)
		return "configured";
	if (p->class == EVIDENCE_STRANGER)
		return "unknown";
	if (p->class == EVIDENCE_BOX)
		return "appliance";
	return p->path.client || sessions_find(&c->sessions, p->peer) ? "client" : "dynamic";
}

static void add_peer(struct view *v, const struct evidence_place *p)
{
	const struct session *session = sessions_find(&v->c->sessions, p->peer);
	const struct addr *peer = p->class == EVIDENCE_PROVEN ? ike_path_home(&p->path) : &p->addr;
	json_t *row;

	if (v->only ? !addr_eq(peer, &v->peer) : !p->n_found)
		return;
	row = json_pack("{s:s,s:o}", "kind", kind_of(v->c, p), "diagnoses",
			api_diagnose_list(v->c, p->found, p->n_found, v->detail));
	if (!addr_is_none(peer))
		json_object_set_new(row, "peer", api_call_json_addr(peer));
	if (session && session->user[0])
		json_object_set_new(row, "user", json_string(session->user));
	if (v->detail)
		json_object_set_new(row, "negotiations", api_negotiations(v->c, p));
	json_array_append_new(v->peers, row);
}

/* What a peer shows already is not said twice. */
static bool is_shown(const struct control *c, const struct diagnosis *d)
{
	const struct evidence_place *p;

	for (size_t k = 0; k < EVIDENCE_CLASS_COUNT; k++)
		TAILQ_FOREACH(p, &c->evidence.places[k], link)
			for (size_t i = 0; i < p->n_found; i++)
				if (p->found[i].d.code == d->code &&
				    (addr_is_none(&d->peer) || addr_eq(&d->peer, &p->addr)) &&
				    (!d->map[0] || !p->found[i].d.map[0] ||
				     strcmp(d->map, p->found[i].d.map) == 0))
					return true;
	return false;
}

static void add_finding(void *ctx, const struct diagnosis *d)
{
	struct view *v = ctx;

	if (json_array_size(v->configuration) < FINDINGS_MAX && !is_shown(v->c, d))
		json_array_append_new(v->configuration, api_diagnose_json(v->c, d, 0, v->detail));
}

static void add_all(struct view *v, const struct tunnel_list *all)
{
	const struct evidence_place *p;

	for (size_t i = 0; i < all->n; i++)
		add_tunnel(v, all->rows[i]);
	for (size_t i = 0; i < v->c->config.n_maps; i++)
		for (size_t k = 0; k < v->c->config.maps[i].n_entries; k++)
			add_entry(v, &v->c->config.maps[i], &v->c->config.maps[i].entries[k]);
	for (size_t i = 0; i < EVIDENCE_CLASS_COUNT; i++)
		TAILQ_FOREACH(p, &v->c->evidence.places[i], link)
			add_peer(v, p);
}

json_t *api_show_diagnose(struct api_call *call)
{
	struct view v = {
		.call = call,
		.c = call->control,
		.detail = json_is_true(json_object_get(call->params, "detail")),
	};
	struct config_rules rules = {.when = CONFIG_RULES_ALL, .found = add_finding, .ctx = &v};
	struct tunnel_list all;
	int only = api_call_addr(call, "peer", &v.peer);

	if (only < 0 || tunnel_list_init(&all, v.c) < 0)
		return NULL;
	v.only = only;
	v.configuration = json_array();
	if (!only && v.c->box.found.d.code != DIAGNOSE_NONE)
		json_array_append_new(v.configuration,
				      api_diagnose_json(v.c, &v.c->box.found.d,
							v.c->box.found.since_ms, v.detail));
	if (!only)
		config_rules_run(&v.c->config, &rules);
	v.tunnels = json_array();
	v.peers = json_array();
	add_all(&v, &all);
	tunnel_list_fini(&all);
	return json_pack("{s:o,s:o,s:o}", "tunnels", v.tunnels, "peers", v.peers, "configuration",
			 v.configuration);
}
