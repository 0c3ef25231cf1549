/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What one listener wants of the debug lines: topics, each with a level, and conditions (`debug
 * crypto condition`). Pure.
 */
#pragma once

#include "controlplane/ike/ike_say.h"
#include "lib/base/compat.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	DEBUG_FILTER_CONDITIONS = 16,
};

enum debug_condition_kind {
	DEBUG_CONDITION_PEER,
	DEBUG_CONDITION_GROUP,
	DEBUG_CONDITION_USER,
	DEBUG_CONDITION_CONN,
	DEBUG_CONDITION_SPI,
	DEBUG_CONDITION_COUNT,
};

struct debug_condition {
	enum debug_condition_kind kind;
	struct addr peer;
	char name[IKE_USER_MAX]; /* group or user */
	uint32_t number;	 /* connection id or SPI */
};

struct debug_filter {
	uint8_t levels[IKE_TOPIC_COUNT]; /* 0 = off */
	struct debug_condition conditions[DEBUG_FILTER_CONDITIONS];
	size_t n_conditions;
};

/* "peer", "group", "username", "connid", "spi"; DEBUG_CONDITION_COUNT for any other. */
const char *debug_filter_kind_name(enum debug_condition_kind kind);
enum debug_condition_kind debug_filter_kind(const char *name);

/* Topics switched on, as bits 1 << enum ike_topic. */
unsigned debug_filter_topics(const struct debug_filter *filter);
/*
 * Whether the listener wants this line in its dialect. Levels count in ASA only. Of each kind of
 * condition that is set the line must meet one.
 */
bool debug_filter_admits(const struct debug_filter *filter, const struct ike_said *said,
			 enum dialect dialect);
/* 0, -EEXIST, or -ENOSPC. */
int must_check debug_filter_add(struct debug_filter *filter,
				const struct debug_condition *condition);
/* False when it was not set. */
bool debug_filter_remove(struct debug_filter *filter, const struct debug_condition *condition);
