/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/debug_filter.h"

#include <errno.h>
#include <string.h>

static const char *const kinds[DEBUG_CONDITION_COUNT] = {
	[DEBUG_CONDITION_PEER] = "peer",     [DEBUG_CONDITION_GROUP] = "group",
	[DEBUG_CONDITION_USER] = "username", [DEBUG_CONDITION_CONN] = "connid",
	[DEBUG_CONDITION_SPI] = "spi",
};

const char *debug_filter_kind_name(enum debug_condition_kind kind)
{
	return kinds[kind];
}

enum debug_condition_kind debug_filter_kind(const char *name)
{
	unsigned kind = 0;

	while (kind < DEBUG_CONDITION_COUNT && strcmp(kinds[kind], name) != 0)
		kind++;
	return kind;
}

unsigned debug_filter_topics(const struct debug_filter *filter)
{
	unsigned topics = 0;

	for (unsigned i = 0; i < IKE_TOPIC_COUNT; i++)
		topics |= filter->levels[i] ? 1u << i : 0;
	return topics;
}

static bool same_text(const char *a, const char *b)
{
	return a && strcmp(a, b) == 0;
}

static bool meets(const struct debug_condition *c, const struct ike_said *said)
{
	switch (c->kind) {
	case DEBUG_CONDITION_PEER: return said->peer && addr_eq(said->peer, &c->peer);
	case DEBUG_CONDITION_GROUP: return same_text(said->group, c->name);
	case DEBUG_CONDITION_USER: return same_text(said->user, c->name);
	case DEBUG_CONDITION_CONN: return said->conn_id == c->number;
	case DEBUG_CONDITION_SPI: return said->spi == c->number;
	case DEBUG_CONDITION_COUNT: break;
	}
	return false;
}

static bool all_met(const struct debug_filter *filter, const struct ike_said *said)
{
	unsigned wanted = 0;
	unsigned met = 0;

	for (size_t i = 0; i < filter->n_conditions; i++) {
		const struct debug_condition *c = &filter->conditions[i];

		wanted |= 1u << c->kind;
		met |= meets(c, said) ? 1u << c->kind : 0;
	}
	return wanted == met;
}

bool debug_filter_admits(const struct debug_filter *filter, const struct ike_said *said,
			 enum dialect dialect)
{
	unsigned level = filter->levels[ike_say_topic(said->id)];

	if (!level || !ike_say_has(said->id, dialect))
		return false;
	if (dialect == DIALECT_ASA && ike_say_level(said->id) > level)
		return false;
	/* `debug crypto condition` is about negotiations */
	return ike_say_topic(said->id) == IKE_TOPIC_ICMP || all_met(filter, said);
}

static bool same(const struct debug_condition *a, const struct debug_condition *b)
{
	return a->kind == b->kind && a->number == b->number && strcmp(a->name, b->name) == 0 &&
	       (a->kind != DEBUG_CONDITION_PEER || addr_eq(&a->peer, &b->peer));
}

int debug_filter_add(struct debug_filter *filter, const struct debug_condition *condition)
{
	for (size_t i = 0; i < filter->n_conditions; i++)
		if (same(&filter->conditions[i], condition))
			return -EEXIST;
	if (filter->n_conditions == DEBUG_FILTER_CONDITIONS)
		return -ENOSPC;
	filter->conditions[filter->n_conditions++] = *condition;
	return 0;
}

bool debug_filter_remove(struct debug_filter *filter, const struct debug_condition *condition)
{
	for (size_t i = 0; i < filter->n_conditions; i++) {
		if (!same(&filter->conditions[i], condition))
			continue;
		filter->conditions[i] = filter->conditions[--filter->n_conditions];
		return true;
	}
	return false;
}
