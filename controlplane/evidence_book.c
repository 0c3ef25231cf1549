/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/evidence_book.h"

#include "controlplane/id_map.h"

#include <stdlib.h>
#include <string.h>

void evidence_book_init(struct evidence_book *b)
{
	*b = (struct evidence_book){.due_ms = UINT64_MAX};
	for (size_t i = 0; i < EVIDENCE_CLASS_COUNT; i++)
		TAILQ_INIT(&b->places[i]);
}

static struct evidence_bucket *bucket_of_addr(const struct evidence_book *b,
					      const struct addr *addr)
{
	uint64_t hash = id_map_hash(ID_MAP_SEED, addr->b, sizeof(addr->b));

	return (struct evidence_bucket *)&b->buckets[hash % EVIDENCE_BUCKETS];
}

static struct evidence_bucket *bucket_of_peer(const struct evidence_book *b, uint64_t peer)
{
	uint64_t hash = id_map_hash(ID_MAP_SEED, &peer, sizeof(peer));

	return (struct evidence_bucket *)&b->buckets[hash % EVIDENCE_BUCKETS];
}

static struct evidence_place *find_addr(const struct evidence_book *b, enum evidence_class class,
					const struct addr *addr)
{
	struct evidence_place *p;

	LIST_FOREACH(p, bucket_of_addr(b, addr), bucket_link)
		if (p->class == class && addr_eq(&p->addr, addr))
			return p;
	return NULL;
}

static struct evidence_place *find_proven(const struct evidence_book *b, uint64_t peer)
{
	struct evidence_place *p;

	LIST_FOREACH(p, bucket_of_peer(b, peer), bucket_link)
		if (p->class == EVIDENCE_PROVEN && p->peer == peer)
			return p;
	return NULL;
}

struct evidence_place *evidence_book_named(const struct evidence_book *b, const struct addr *addr)
{
	return find_addr(b, EVIDENCE_NAMED, addr);
}

struct evidence_place *evidence_book_find(const struct evidence_book *b,
					  const struct ike_path *path)
{
	struct evidence_place *p = NULL;

	if (!path->client)
		p = evidence_book_named(b, ike_path_home(path));
	if (!p && path->peer)
		return find_proven(b, path->peer);
	return p ? p : find_addr(b, EVIDENCE_STRANGER, &path->remote);
}

static void release(struct evidence_book *b, struct evidence_place *p)
{
	if (b->gone && p->n_found)
		b->gone(b->ctx, p);
	for (size_t i = 0; i < IKE_RECORD_KIND_COUNT; i++)
		free(p->records[i].rows);
	free(p->notes);
	free(p->drops);
	free(p->found);
}

static void take_out(struct evidence_book *b, struct evidence_place *p)
{
	LIST_REMOVE(p, bucket_link);
	TAILQ_REMOVE(&b->places[p->class], p, link);
	b->n[p->class]--;
}

static void put_in(struct evidence_book *b, struct evidence_place *p)
{
	struct evidence_bucket *bucket = p->class == EVIDENCE_PROVEN ? bucket_of_peer(b, p->peer)
								     : bucket_of_addr(b, &p->addr);

	LIST_INSERT_HEAD(bucket, p, bucket_link);
	TAILQ_INSERT_TAIL(&b->places[p->class], p, link);
	b->n[p->class]++;
}

static void drop_place(struct evidence_book *b, struct evidence_place *p)
{
	take_out(b, p);
	release(b, p);
	free(p);
}

void evidence_book_fini(struct evidence_book *b)
{
	b->gone = NULL;
	for (size_t i = 0; i < EVIDENCE_CLASS_COUNT; i++)
		while (!TAILQ_EMPTY(&b->places[i]))
			drop_place(b, TAILQ_FIRST(&b->places[i]));
}

/* Who was heard of longest ago makes room. */
static void make_room(struct evidence_book *b, enum evidence_class class)
{
	static const size_t most[EVIDENCE_CLASS_COUNT] = {
		[EVIDENCE_NAMED] = SIZE_MAX,
		[EVIDENCE_PROVEN] = EVIDENCE_PROVEN_MAX,
		[EVIDENCE_STRANGER] = EVIDENCE_STRANGERS_MAX,
		[EVIDENCE_BOX] = 1,
	};

	if (b->n[class] >= most[class])
		drop_place(b, TAILQ_FIRST(&b->places[class]));
}

static struct evidence_place *add(struct evidence_book *b, enum evidence_class class,
				  const struct addr *addr, uint64_t peer)
{
	struct evidence_place *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	make_room(b, class);
	p->class = class;
	p->addr = *addr;
	p->peer = peer;
	p->due_ms = UINT64_MAX;
	put_in(b, p);
	return p;
}

/* Anybody can send from any address: the path of who has proved itself stays until the next. */
static void use(struct evidence_book *b, struct evidence_place *p, const struct ike_path *path)
{
	if (path->peer || !p->path.peer)
		p->path = *path;
	if (p->class == EVIDENCE_NAMED)
		return;
	TAILQ_REMOVE(&b->places[p->class], p, link);
	TAILQ_INSERT_TAIL(&b->places[p->class], p, link);
}

struct evidence_place *evidence_book_at(struct evidence_book *b, const struct ike_path *path)
{
	struct evidence_place *p = evidence_book_find(b, path);

	if (!p)
		p = add(b, path->peer ? EVIDENCE_PROVEN : EVIDENCE_STRANGER, &path->remote,
			path->peer);
	if (p)
		use(b, p, path);
	return p;
}

struct evidence_place *evidence_book_box(const struct evidence_book *b)
{
	return TAILQ_FIRST(&b->places[EVIDENCE_BOX]);
}

struct evidence_place *evidence_book_make_box(struct evidence_book *b)
{
	struct evidence_place *p = evidence_book_box(b);

	return p ? p : add(b, EVIDENCE_BOX, &(struct addr){0}, 0);
}

static void name_peer(struct evidence_book *b, const struct config_map *map,
		      const struct config_map_entry *entry, const struct addr *addr)
{
	struct evidence_place *p = evidence_book_named(b, addr);

	if (!p)
		p = add(b, EVIDENCE_NAMED, addr, 0);
	if (!p || p->kept)
		return;
	p->kept = true;
	memcpy(p->map, map->name, sizeof(p->map));
	p->sequence = entry->sequence;
}

static void name_peers(struct evidence_book *b, const struct config_map *map)
{
	for (size_t i = 0; i < map->n_entries; i++)
		for (size_t k = 0; k < map->entries[i].n_peers; k++)
			name_peer(b, map, &map->entries[i], &map->entries[i].peers[k]);
}

static bool is_applied(const struct config *config, const struct config_map *map)
{
	for (size_t i = 0; i < config->n_interfaces; i++)
		if (strcmp(config->interfaces[i].crypto_map, map->name) == 0)
			return true;
	return false;
}

void evidence_book_configure(struct evidence_book *b, const struct config *config)
{
	struct evidence_place *p, *next;

	TAILQ_FOREACH(p, &b->places[EVIDENCE_NAMED], link)
		p->kept = false;
	/* an entry that is in force says more of a peer than one that is not */
	for (size_t i = 0; i < config->n_maps; i++)
		if (is_applied(config, &config->maps[i]))
			name_peers(b, &config->maps[i]);
	for (size_t i = 0; i < config->n_maps; i++)
		name_peers(b, &config->maps[i]);
	for (p = TAILQ_FIRST(&b->places[EVIDENCE_NAMED]); p; p = next) {
		next = TAILQ_NEXT(p, link);
		if (!p->kept)
			drop_place(b, p);
		else
			evidence_book_due(b, p, 0);
	}
}

/* A negotiation of which nobody knows more than an address, which may be forged. */
static bool is_unproven(const struct ike_record *r)
{
	return r->kind == IKE_RECORD_PHASE1 && !r->initiator && !r->up &&
	       r->phase1.messages_seen <= 2;
}

static uint32_t msgid_of(const struct ike_record *r)
{
	return r->kind == IKE_RECORD_QUICK ? r->quick.msgid : 0;
}

/* What was refused before there was an IKE SA is known by the peer's cookie. */
static bool is_same(const struct ike_record *a, const struct ike_record *b)
{
	return a->kind == b->kind && a->ike_sa == b->ike_sa && msgid_of(a) == msgid_of(b) &&
	       (a->ike_sa || memcmp(a->cookie_i, b->cookie_i, sizeof(a->cookie_i)) == 0);
}

static size_t find_record(const struct evidence_records *list, const struct ike_record *r)
{
	size_t i = 0;

	while (i < list->n && !is_same(&list->rows[i], r))
		i++;
	return i;
}

static void remove_record(struct evidence_records *list, size_t at)
{
	memmove(&list->rows[at], &list->rows[at + 1], (--list->n - at) * sizeof(*list->rows));
}

static bool is_superseded(const struct ike_record *old, const struct ike_record *up)
{
	return !old->up && (old->kind != IKE_RECORD_QUICK || old->quick.tunnel == up->quick.tunnel);
}

/* What went well ended what had not, which would stand there as if nothing had come of it. */
static void evict(struct evidence_records *list, size_t at)
{
	for (size_t i = list->n; list->rows[at].up && i-- > at + 1;)
		if (is_superseded(&list->rows[i], &list->rows[at]))
			remove_record(list, i);
	remove_record(list, at);
}

/* The oldest of a kind that has more than its share, else of all. */
static size_t victim(const struct evidence_records *list)
{
	size_t unproven = 0;

	for (size_t i = 0; i < list->n; i++)
		unproven += is_unproven(&list->rows[i]);
	for (size_t i = list->n; i-- > 0;)
		if (is_unproven(&list->rows[i]) == (unproven >= EVIDENCE_UNPROVEN_MAX))
			return i;
	return list->n - 1u;
}

/* One that goes well after the other says little. */
static void limit_ups(struct evidence_records *list)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		n += list->rows[i].up;
		if (n <= EVIDENCE_UPS_MAX)
			continue;
		evict(list, i);
		return;
	}
}

static bool make_row(struct evidence_records *list)
{
	struct ike_record *rows;

	if (list->n == EVIDENCE_RECORDS)
		evict(list, victim(list));
	if (list->n < list->room)
		return true;
	rows = realloc(list->rows, (list->room + 1u) * sizeof(*rows));
	if (!rows)
		return false;
	list->rows = rows;
	list->room++;
	return true;
}

/* It may have been a stranger until it proved who it is. */
static void leave_old_place(struct evidence_book *b, const struct evidence_place *now,
			    const struct ike_record *r)
{
	struct ike_path before = r->path;
	struct evidence_place *p;
	size_t at;

	before.peer = 0;
	before.client = false;
	p = evidence_book_find(b, &before);
	if (!p || p == now)
		return;
	at = find_record(&p->records[r->kind], r);
	if (at == p->records[r->kind].n)
		return;
	remove_record(&p->records[r->kind], at);
	evidence_book_touch(b, p, r->changed_ms);
}

void evidence_book_record(struct evidence_book *b, const struct ike_record *r)
{
	struct evidence_place *p = evidence_book_at(b, &r->path);
	struct evidence_records *list;
	size_t at;

	if (!p)
		return;
	list = &p->records[r->kind];
	at = find_record(list, r);
	if (r->kind == IKE_RECORD_PHASE1 && r->up && (at == list->n || !list->rows[at].up))
		p->ups_ms[p->n_ups++ % EVIDENCE_RECORDS] = r->changed_ms;
	if (at == list->n) {
		if (r->path.peer)
			leave_old_place(b, p, r);
		if (!make_row(list))
			return;
		memmove(&list->rows[1], &list->rows[0], list->n++ * sizeof(*list->rows));
		at = 0;
	}
	list->rows[at] = *r;
	limit_ups(list);
	evidence_book_touch(b, p, r->changed_ms);
}

void evidence_book_heard(struct evidence_book *b, const struct ike_path *path)
{
	struct evidence_place *p = evidence_book_find(b, path);

	if (!p)
		return;
	p->ike_received++;
	p->seen = path->remote;
	memcpy(p->in_interface, path->interface, sizeof(p->in_interface));
}

/* A stranger waits, so that a flood of them is gone before anybody has looked at it. */
void evidence_book_touch(struct evidence_book *b, struct evidence_place *p, uint64_t now_ms)
{
	p->used_ms = now_ms;
	evidence_book_due(b, p,
			  p->class == EVIDENCE_STRANGER ? now_ms + EVIDENCE_STRANGER_MS : now_ms);
}

void evidence_book_due(struct evidence_book *b, struct evidence_place *p, uint64_t at_ms)
{
	if (at_ms < p->due_ms)
		p->due_ms = at_ms;
	if (at_ms < b->due_ms)
		b->due_ms = at_ms;
}

void evidence_book_forget(struct evidence_book *b, struct evidence_place *p)
{
	if (p->class != EVIDENCE_NAMED) {
		drop_place(b, p);
		return;
	}
	release(b, p);
	memset(p->records, 0, sizeof(p->records));
	p->notes = NULL;
	p->drops = NULL;
	p->found = NULL;
	p->n_notes = p->n_drops = 0;
	p->n_found = 0;
	p->found_ms = 0;
	p->waiting = (struct evidence_rate){0};
	memset(p->ups_ms, 0, sizeof(p->ups_ms));
}
