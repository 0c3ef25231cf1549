/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The match lines of a class-map as the data plane takes them: one mask of DSCP values and one
 * access list. Several access lists become one: line by line, the product of two lists decides as
 * both (match-all) or either (match-any) of them would.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/config/config_model.h"
#include "lib/plane/plane_msg.h"

#include <stddef.h>

enum {
	QOS_MATCH_LINES = 4096, /* of one class */
};

struct qos_match_list {
	struct plane_qos_match *rows; /* malloc'ed */
	size_t n;
};

/*
 * Fills dscp_mask and the flags of what matches, and appends the lines of access lists. NULL is
 * class-default. 0, -ENOMEM, or -E2BIG when a product of access lists is longer than
 * QOS_MATCH_LINES.
 */
int must_check qos_match_build(const struct config *config, const struct config_class *class,
			       struct plane_qos *plane, struct qos_match_list *list);
/* Appends the lines of the access list of that name, none when there is no list. Errors alike. */
int must_check qos_match_access(const struct config *config, const char *name,
				struct qos_match_list *list);
