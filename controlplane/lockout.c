/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/lockout.h"

#include "lib/base/siphash.h"
#include "lib/crypto/secret.h"

#include <stdlib.h>
#include <string.h>

enum kind {
	PAIR,
	USER,
	ADDRESS,
	KIND_COUNT,
};

/* free failures, then a wait that doubles from first to most, forgotten after a pause */
static const struct rule {
	uint32_t free;
	uint32_t first_ms;
	uint32_t most_ms;
	uint32_t forget_ms;
} rules[KIND_COUNT] = {
	[PAIR] = {LOCKOUT_FREE_PAIR, 1000, 300000, 900000},
	[USER] = {LOCKOUT_FREE_WIDE, 3000, 3000, 300000},
	[ADDRESS] = {LOCKOUT_FREE_WIDE, 1000, 1000, 300000},
};

void lockout_init(struct lockout *l)
{
	memset(l, 0, sizeof(*l));
	TAILQ_INIT(&l->locals);
	(void)!secret_random(l->seed, sizeof(l->seed));
}

static void free_local(struct lockout *l, struct lockout_local *local)
{
	TAILQ_REMOVE(&l->locals, local, link);
	free(local);
}

void lockout_fini(struct lockout *l)
{
	while (l->locals.tqh_last && !TAILQ_EMPTY(&l->locals))
		free_local(l, TAILQ_FIRST(&l->locals));
}

static uint64_t key_of(const struct lockout *l, enum kind kind, const char *user,
		       const struct addr *peer)
{
	struct {
		uint8_t kind;
		uint8_t family;
		uint8_t address[16];
		char user[LOCKOUT_USER];
	} what = {.kind = (uint8_t)kind};
	uint64_t key;

	if (kind != USER) {
		what.family = peer->family;
		memcpy(what.address, peer->b, addr_len_bytes(peer));
	}
	if (kind != ADDRESS)
		memcpy(what.user, user, strnlen(user, sizeof(what.user)));
	key = siphash(l->seed, &what, sizeof(what));
	return key ? key : 1;
}

static struct lockout_row *find(struct lockout *l, uint64_t key)
{
	struct lockout_row *set = l->rows[key % LOCKOUT_SETS];

	for (size_t i = 0; i < LOCKOUT_WAYS; i++)
		if (set[i].key == key)
			return &set[i];
	return NULL;
}

static struct lockout_row *get(struct lockout *l, uint64_t key)
{
	struct lockout_row *row = find(l, key), *set = l->rows[key % LOCKOUT_SETS];

	if (row)
		return row;
	row = set;
	for (size_t i = 1; i < LOCKOUT_WAYS; i++)
		if (set[i].last_ms < row->last_ms)
			row = &set[i];
	*row = (struct lockout_row){.key = key};
	return row;
}

static uint64_t wait_of(const struct rule *rule, uint32_t failures)
{
	uint64_t wait = rule->first_ms;

	for (uint32_t i = rule->free + 1; i < failures && wait < rule->most_ms; i++)
		wait *= 2;
	return wait < rule->most_ms ? wait : rule->most_ms;
}

static void charge(struct lockout_row *row, const struct rule *rule, uint64_t now_ms)
{
	if (now_ms >= row->last_ms + rule->forget_ms && now_ms >= row->until_ms)
		row->failures = 0;
	row->last_ms = now_ms;
	row->failures++;
	row->until_ms = row->failures > rule->free ? now_ms + wait_of(rule, row->failures) : 0;
}

/* Which kinds count: who was there before is judged by its own failures alone. */
static size_t kinds_of(struct lockout *l, const char *user, const struct addr *peer,
		       uint64_t keys[KIND_COUNT])
{
	const struct lockout_row *pair;

	for (size_t i = 0; i < KIND_COUNT; i++)
		keys[i] = key_of(l, (enum kind)i, user, peer);
	pair = find(l, keys[PAIR]);
	return pair && pair->good ? PAIR + 1 : KIND_COUNT;
}

bool lockout_ask(struct lockout *l, const char *user, const struct addr *peer, uint64_t now_ms)
{
	uint64_t keys[KIND_COUNT];
	size_t n = kinds_of(l, user, peer, keys);

	for (size_t i = 0; i < n; i++) {
		const struct lockout_row *row = find(l, keys[i]);

		if (row && now_ms < row->until_ms) {
			l->held++;
			return false;
		}
	}
	for (size_t i = 0; i < n; i++)
		charge(get(l, keys[i]), &rules[i], now_ms);
	return true;
}

static void undo(struct lockout_row *row, const struct rule *rule)
{
	row->failures -= row->failures > 0;
	if (row->failures <= rule->free)
		row->until_ms = 0;
}

void lockout_settle(struct lockout *l, const char *user, const struct addr *peer,
		    enum lockout_outcome outcome)
{
	uint64_t keys[KIND_COUNT];
	size_t n = kinds_of(l, user, peer, keys);

	for (size_t i = 0; i < n && outcome != LOCKOUT_WRONG; i++) {
		struct lockout_row *row = find(l, keys[i]);

		if (!row)
			continue;
		undo(row, &rules[i]);
		if (i != PAIR || outcome != LOCKOUT_RIGHT)
			continue;
		row->failures = 0;
		row->until_ms = 0;
		row->good = true;
	}
}

static struct lockout_local *find_local(const struct lockout *l, const char *user)
{
	struct lockout_local *local;

	TAILQ_FOREACH(local, &l->locals, link)
		if (strcmp(local->user, user) == 0)
			return local;
	return NULL;
}

bool lockout_local_result(struct lockout *l, const char *user, bool right, uint32_t max_fail,
			  uint64_t now_ms)
{
	struct lockout_local *local = find_local(l, user);

	if (local && local->locked_ms)
		return false;
	if (right || !max_fail) {
		if (local)
			free_local(l, local);
		return false;
	}
	if (!local) {
		local = calloc(1, sizeof(*local));
		if (!local)
			return false;
		memcpy(local->user, user, strnlen(user, sizeof(local->user) - 1));
		TAILQ_INSERT_TAIL(&l->locals, local, link);
	}
	local->failures++;
	if (local->failures < max_fail)
		return false;
	local->locked_ms = now_ms ? now_ms : 1;
	return true;
}

bool lockout_local_is_locked(const struct lockout *l, const char *user)
{
	const struct lockout_local *local = find_local(l, user);

	return local && local->locked_ms;
}

size_t lockout_local_clear(struct lockout *l, const char *user)
{
	struct lockout_local *local, *next;
	size_t n = 0;

	for (local = TAILQ_FIRST(&l->locals); local; local = next) {
		next = TAILQ_NEXT(local, link);
		if (user && strcmp(local->user, user) != 0)
			continue;
		n += local->locked_ms != 0;
		free_local(l, local);
	}
	return n;
}
