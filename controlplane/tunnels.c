/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/tunnels.h"

#include "controlplane/qos.h"
#include "controlplane/tunnels_entry.h"
#include "lib/config/config_acl.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static_assert(CONFIG_LANES_MAX == (int)PLANE_LANES);

enum {
	DEVICE_MTU = 1500,
	TEMPLATE_SHIFT = 16 /* above the sequence numbers of a map */
};

int tunnels_ids_init(struct tunnels_ids *ids, unsigned n_workers, uint32_t n_tunnels)
{
	*ids = (struct tunnels_ids){.n_workers = n_workers, .n_tunnels = n_tunnels};
	ids->workers = calloc(n_workers, sizeof(*ids->workers));
	if (!ids->workers || id_map_init(&ids->lines, PLANE_ACL_LINES) < 0)
		goto err;
	for (unsigned i = 0; i < n_workers; i++) {
		if (id_map_init(&ids->workers[i], n_tunnels) < 0)
			goto err;
	}
	return 0;
err:
	tunnels_ids_fini(ids);
	return -ENOMEM;
}

int tunnels_ids_copy(struct tunnels_ids *copy, const struct tunnels_ids *ids)
{
	*copy = (struct tunnels_ids){.n_workers = ids->n_workers, .n_tunnels = ids->n_tunnels};
	copy->workers = calloc(ids->n_workers, sizeof(*copy->workers));
	if (!copy->workers || id_map_copy(&copy->lines, &ids->lines) < 0)
		goto err;
	for (unsigned i = 0; i < ids->n_workers; i++) {
		if (id_map_copy(&copy->workers[i], &ids->workers[i]) < 0)
			goto err;
	}
	return 0;
err:
	tunnels_ids_fini(copy);
	return -ENOMEM;
}

void tunnels_ids_fini(struct tunnels_ids *ids)
{
	for (unsigned i = 0; ids->workers && i < ids->n_workers; i++)
		id_map_fini(&ids->workers[i]);
	free(ids->workers);
	id_map_fini(&ids->lines);
	*ids = (struct tunnels_ids){0};
}

/* What makes a line the line it is; names end with their zero, so no two fields run together. */
static uint64_t hash_line(uint64_t h, const struct config_acl_line *line)
{
	h = id_map_hash(h, &line->permit, sizeof(line->permit));
	h = id_map_hash(h, &line->protocol, sizeof(line->protocol));
	h = id_map_hash(h, &line->src, sizeof(line->src));
	h = id_map_hash(h, &line->dst, sizeof(line->dst));
	h = id_map_hash(h, line->src_port, sizeof(line->src_port));
	h = id_map_hash(h, line->dst_port, sizeof(line->dst_port));
	return h ? h : 1;
}

static uint64_t hash_name(uint64_t h, const char *name)
{
	return id_map_hash(h, name, strlen(name) + 1);
}

static uint64_t line_key(const char *acl, const struct config_acl_line *line)
{
	uint64_t h = hash_name(ID_MAP_SEED, acl);

	return hash_line(id_map_hash(h, &line->sequence, sizeof(line->sequence)), line);
}

static uint32_t first_set(uint32_t own, uint32_t inherited)
{
	return own ? own : inherited;
}

/* One interface, map and entry while their lines are taken. */
struct place {
	const struct config *config;
	const struct config_interface *interface;
	const struct config_map *map;
	const struct config_map_entry *entry; /* of the map, or of the dynamic map it refers to */
	const struct config_map *template;    /* that dynamic map, NULL for a static entry */
	uint16_t sequence;		      /* of the entry of the map */
	struct addr local;
};

static void fill_tunnel(struct tunnel *t, const struct place *p)
{
	const struct config_ipsec *ipsec = &p->config->ipsec;
	const struct config_map_entry *e = p->entry;

	memcpy(t->interface, p->interface->name, sizeof(t->interface));
	memcpy(t->map, p->map->name, sizeof(t->map));
	memcpy(t->acl, e->acl, sizeof(t->acl));
	t->sequence = p->sequence;
	if (p->template) {
		memcpy(t->template, p->template->name, sizeof(t->template));
		t->template_sequence = e->sequence;
	}
	t->local = p->local;
	t->mtu = p->interface->mtu ? p->interface->mtu : DEVICE_MTU;
	memcpy(t->peers, e->peers, sizeof(t->peers));
	t->n_peers = e->n_peers;
	for (size_t i = 0; i < e->n_peers; i++)
		if (addr_eq(&e->peers[i], &e->default_peer))
			t->first_peer = (uint8_t)i;
	t->idle_first = e->idle_default;
	tunnels_entry_suites(t, p->config, e);
	memcpy(t->profile, e->profile, sizeof(t->profile));
	memcpy(t->identity, e->identity, sizeof(t->identity));
	t->pfs_group = e->pfs_group;
	t->lifetime_s = first_set(e->lifetime.seconds, ipsec->lifetime.seconds);
	t->lifetime_kb = first_set(e->lifetime.kilobytes, ipsec->lifetime.kilobytes);
	if (t->lifetime_kb == CONFIG_LIFETIME_NONE)
		t->lifetime_kb = 0;
	t->hasten = p->config->platform.hasten;
	t->idle_s = first_set(e->idle_s, ipsec->idle_s);
	t->replay_window =
		e->replay_window == CONFIG_REPLAY_INHERIT ? ipsec->replay_window : e->replay_window;
	t->sa_flags = tunnels_entry_flags(p->config, p->interface);
	t->reverse_route = e->reverse_route;
	t->reverse_distance = e->reverse_distance ? e->reverse_distance : 1;
	t->reverse_tag = e->reverse_tag;
	t->reverse_peer = e->reverse_peer;
}

/* A worker's own SA is found by the number the tunnel has at its owner, so that one is taken at
 * all. */
static uint32_t take_index(const struct tunnel *t, struct tunnels_ids *ids, uint64_t key)
{
	struct id_map *maps[TUNNELS_LANES_MAX];
	unsigned n = tunnels_n_workers(t);

	for (unsigned i = 0; i < n; i++)
		maps[i] = &ids->workers[tunnels_worker(t, i)];
	return id_map_take_all(maps, n, key);
}

/* A lane of its own for each class, or for each of so many workers. */
static void take_lanes(struct tunnel *t, const struct place *p)
{
	unsigned n = 1;

	if (p->entry->per_class) {
		t->spread = PLANE_SPREAD_PER_CLASS;
		n = qos_lanes(p->config, p->interface, p->entry);
	} else if (p->entry->per_worker && t->n_workers > 1) {
		t->spread = PLANE_SPREAD_PER_WORKER;
		n = p->entry->per_worker < t->n_workers ? p->entry->per_worker : t->n_workers;
	}
	t->n_lanes = (uint8_t)n;
}

/* line: NULL for a template, which has one number for its whole list. */
static int number_tunnel(struct tunnel *t, const struct place *p,
			 const struct config_acl_line *line, struct tunnels_ids *ids)
{
	uint64_t h = hash_name(hash_name(ID_MAP_SEED, p->interface->name), p->map->name);

	h = id_map_hash(h, &t->sequence, sizeof(t->sequence));
	if (line)
		h = hash_line(h, line);
	else
		h = hash_name(id_map_hash(h, &t->template_sequence, sizeof(t->template_sequence)),
			      t->template);
	t->worker = (uint8_t)((h >> 32) % ids->n_workers);
	t->n_workers = (uint8_t)ids->n_workers;
	take_lanes(t, p);
	t->index = take_index(t, ids, h);
	if (t->index == ID_MAP_NONE)
		return -ENOSPC;
	t->handle = t->worker * ids->n_tunnels + t->index;
	return 0;
}

static int take_rule(struct tunnels *set, const struct place *p, const struct config_acl_line *line,
		     struct tunnels_ids *ids)
{
	struct plane_rule *rule = &set->rules[set->n_rules];

	*rule = (struct plane_rule){
		.entry = p->sequence,
		.action = line->permit ? PLANE_RULE_PROTECT : PLANE_RULE_SKIP,
		.protocol = line->protocol,
		.src = config_acl_prefix(&line->src),
		.dst = config_acl_prefix(&line->dst),
		.src_port = {line->src_port[0], line->src_port[1]},
		.dst_port = {line->dst_port[0], line->dst_port[1]},
		.hit_line = id_map_take(&ids->lines, line_key(p->entry->acl, line)),
	};
	/* a deny line passes a packet on to the next entry: those of a dynamic map count as such */
	if (p->template)
		rule->entry |= (uint32_t)p->entry->sequence << TEMPLATE_SHIFT;
	memcpy(rule->interface, p->interface->name, sizeof(rule->interface));
	if (rule->hit_line == ID_MAP_NONE)
		return -ENOSPC;
	set->n_rules++;
	return 0;
}

static void point_rule(struct plane_rule *rule, const struct tunnel *t)
{
	rule->worker = t->worker;
	rule->spread = t->spread;
	rule->tunnel = t->index;
}

static int take_line(struct tunnels *set, const struct place *p, const struct config_acl_line *line,
		     struct tunnels_ids *ids)
{
	struct tunnel *t = &set->rows[set->n];
	int err = take_rule(set, p, line, ids);

	if (err < 0 || !line->permit)
		return err;
	*t = (struct tunnel){.acl_sequence = line->sequence,
			     .selector = config_acl_line_selector(line)};
	fill_tunnel(t, p);
	err = number_tunnel(t, p, line, ids);
	if (err < 0)
		return err;
	point_rule(&set->rules[set->n_rules - 1], t);
	/*
	 * the same line twice in an ACL: the first one is met, the second is no tunnel of its own
	 */
	if (set->by_handle[t->handle])
		return 0;
	for (unsigned i = 0; i < tunnels_n_workers(t); i++)
		set->by_handle[tunnels_worker(t, i) * ids->n_tunnels + t->index] = t;
	set->n++;
	return 0;
}

static int take_template(struct tunnels *set, const struct place *p, size_t first_rule,
			 struct tunnels_ids *ids)
{
	const struct config_acl *acl = config_model_acl(p->config, p->entry->acl);
	struct tunnels_template *row = &set->templates[set->n_templates];
	int err = 0;

	if (!tunnels_entry_template_complete(p->config, p->entry))
		return 0;
	*row = (struct tunnels_template){.rule = first_rule};
	fill_tunnel(&row->t, p);
	err = acl ? number_tunnel(&row->t, p, NULL, ids) : 0;
	row->t.n_lanes = 1;
	row->t.n_workers = (uint8_t)ids->n_workers;
	for (size_t i = 0; acl && i < acl->n_lines && err == 0; i++) {
		if (config_acl_line_is_idle(&acl->lines[i]))
			continue;
		err = take_rule(set, p, &acl->lines[i], ids);
		if (err == 0)
			point_rule(&set->rules[set->n_rules - 1], &row->t);
	}
	set->n_templates++;
	return err;
}

/* One dynamic map an interface: the templates of the first entry that refers to one. */
static int take_reference(struct tunnels *set, const struct place *place, struct tunnels_ids *ids)
{
	struct place p = *place;
	size_t first_rule = set->n_rules;
	int err = 0;

	p.template = config_model_dynamic_map(p.config, place->entry->dynamic);
	if (set->n_templates &&
	    strcmp(set->templates[set->n_templates - 1].t.interface, p.interface->name) == 0)
		return 0;
	for (size_t i = 0; p.template && i < p.template->n_entries && err == 0; i++) {
		p.entry = &p.template->entries[i];
		err = take_template(set, &p, first_rule, ids);
	}
	return err;
}

static int take_entry(struct tunnels *set, const struct place *p, struct tunnels_ids *ids)
{
	const struct config_acl *acl = config_model_acl(p->config, p->entry->acl);

	if (!tunnels_entry_complete(p->config, p->entry))
		return 0;
	if (p->entry->dynamic[0])
		return take_reference(set, p, ids);
	for (size_t i = 0; i < acl->n_lines; i++) {
		const struct config_acl_line *line = &acl->lines[i];
		int err = config_acl_line_is_idle(line) ? 0 : take_line(set, p, line, ids);

		if (err < 0)
			return err;
	}
	return 0;
}

static int take_interface(struct tunnels *set, const struct config *config,
			  const struct config_interface *interface, struct tunnels_ids *ids)
{
	struct place p = {.config = config, .interface = interface, .local = interface->address};

	p.map = config_model_map(config, interface->crypto_map);
	if (!interface->crypto_map[0] || !p.map)
		return 0;
	if (p.map->local_interface[0]) {
		const struct config_interface *other =
			config_model_interface(config, p.map->local_interface);

		p.local = other ? other->address : (struct addr){0};
	}
	if (addr_is_none(&p.local))
		return 0;
	for (size_t i = 0; i < p.map->n_entries; i++) {
		int err;

		p.entry = &p.map->entries[i];
		p.sequence = p.entry->sequence;
		err = take_entry(set, &p, ids);
		if (err < 0)
			return err;
	}
	return 0;
}

static int take_all(struct tunnels *set, const struct config *config, struct tunnels_ids *ids)
{
	for (size_t i = 0; i < config->n_interfaces; i++) {
		int err = take_interface(set, config, &config->interfaces[i], ids);

		if (err < 0)
			return err;
	}
	return 0;
}

/* Lines of lists of interfaces are counted with those of crypto maps; without room they are not. */
static void number_list(const struct config *config, const char *name, struct tunnels_ids *ids)
{
	const struct config_acl *acl = config_model_acl(config, name);

	for (size_t i = 0; acl && i < acl->n_lines; i++)
		if (!acl->lines[i].remark[0])
			id_map_take(&ids->lines, line_key(acl->name, &acl->lines[i]));
}

static void number_filters(const struct config *config, struct tunnels_ids *ids)
{
	for (size_t i = 0; i < config->n_interfaces; i++) {
		number_list(config, config->interfaces[i].access_in, ids);
		number_list(config, config->interfaces[i].access_out, ids);
	}
}

int tunnels_derive(struct tunnels *set, const struct config *config, struct tunnels_ids *ids)
{
	size_t n_templates;
	size_t n = tunnels_entry_count_lines(config, &n_templates);
	int err;

	*set = (struct tunnels){.n_handles = ids->n_workers * ids->n_tunnels};
	set->rows = calloc(n + 1, sizeof(*set->rows));
	set->rules = calloc(n + 1, sizeof(*set->rules));
	set->by_handle = calloc(set->n_handles, sizeof(struct tunnel *));
	set->templates = calloc(n_templates + 1, sizeof(*set->templates));
	if (!set->rows || !set->rules || !set->by_handle || !set->templates) {
		tunnels_fini(set);
		return -ENOMEM;
	}
	for (unsigned i = 0; i < ids->n_workers; i++)
		id_map_begin(&ids->workers[i]);
	id_map_begin(&ids->lines);
	err = take_all(set, config, ids);
	number_filters(config, ids);
	if (err == 0)
		err = tunnels_peers_init(&set->by_peer, set->rows, set->n);
	/* after a failure the old set stays in force, and with it the numbers it uses */
	if (err < 0) {
		tunnels_fini(set);
		return err;
	}
	for (unsigned i = 0; i < ids->n_workers; i++)
		id_map_end(&ids->workers[i]);
	id_map_end(&ids->lines);
	return 0;
}

void tunnels_fini(struct tunnels *set)
{
	tunnels_peers_fini(&set->by_peer);
	free(set->rows);
	free(set->rules);
	free(set->templates);
	free(set->by_handle);
	*set = (struct tunnels){0};
}

const struct tunnel *tunnels_find(const struct tunnels *set, uint32_t handle)
{
	return handle < set->n_handles ? set->by_handle[handle] : NULL;
}

bool tunnels_has_peer(const struct tunnel *t, const struct addr *peer)
{
	for (size_t i = 0; i < t->n_peers; i++) {
		if (addr_eq(&t->peers[i], peer))
			return true;
	}
	return false;
}

bool tunnels_know(const struct tunnels *set, const struct addr *peer)
{
	return tunnels_peers_first(&set->by_peer, peer) != NULL;
}

bool tunnels_names(const struct tunnels *set, const struct addr *local, const struct addr *peer)
{
	const struct tunnels_peer *row = tunnels_peers_first(&set->by_peer, peer);

	while (row && !addr_eq(&row->tunnel->local, local))
		row = tunnels_peers_next(row);
	return row != NULL;
}

const struct tunnel *tunnels_match(const struct tunnels *set, const struct addr *local,
				   const struct addr *remote, const struct selector *offered,
				   enum ike_reason *why)
{
	const struct tunnels_peer *row = tunnels_peers_first(&set->by_peer, remote);

	*why = IKE_REASON_NO_MAP;
	for (; row; row = tunnels_peers_next(row)) {
		if (!addr_eq(&row->tunnel->local, local))
			continue;
		*why = IKE_REASON_PROXY_MISMATCH;
		if (selector_eq(&row->tunnel->selector, offered))
			return row->tunnel;
	}
	return NULL;
}

enum tunnels_change tunnels_compare(const struct tunnel *old, const struct tunnels *set)
{
	const struct tunnel *t = tunnels_find(set, old->handle);

	if (!t || strcmp(t->interface, old->interface) || strcmp(t->map, old->map) ||
	    t->sequence != old->sequence || !selector_eq(&t->selector, &old->selector))
		return TUNNELS_GONE;
	if (!addr_eq(&t->local, &old->local) || t->mtu != old->mtu ||
	    t->transport != old->transport || t->pfs_group != old->pfs_group ||
	    t->n_peers != old->n_peers || memcmp(t->peers, old->peers, sizeof(t->peers)) ||
	    t->n_suites != old->n_suites || memcmp(t->suites, old->suites, sizeof(t->suites)) ||
	    strcmp(t->profile, old->profile) || strcmp(t->identity, old->identity) ||
	    t->esn != old->esn || t->sa_flags != old->sa_flags || t->spread != old->spread)
		return TUNNELS_CHANGED;
	if (t->replay_window != old->replay_window)
		return TUNNELS_RENEW;
	return TUNNELS_SAME;
}

uint32_t tunnels_hit_line(const struct tunnels_ids *ids, const char *acl,
			  const struct config_acl_line *line)
{
	return id_map_find(&ids->lines, line_key(acl, line));
}
