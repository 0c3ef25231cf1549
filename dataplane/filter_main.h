/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The main thread's side of the access lists of interfaces (filter.h): built beside those in force,
 * published with one pointer store, freed when every worker has passed a quiescent state.
 */
#pragma once

#include "dataplane/dataplane.h"
#include "dataplane/filter.h"
#include "lib/plane/plane_msg.h"

#include <stddef.h>
#include <stdint.h>

/* The lists being said, and filters that some worker may still look into. */
struct filter_main {
	bool open;
	bool refused;		      /* those said last are not in force, for now or for good */
	bool listed[PLANE_PORTS_MAX]; /* of those said last: the port has a line */
	struct plane_filter says;
	size_t n;
	struct plane_rule *rules; /* owned, as many as says.count */
	uint8_t *lists;		  /* owned; filter_list() of each rule */
	struct filter *retired;
};

/* One step each; port is that of the line, or a negative errno. 0 or -errno. */
int filter_main_begin(struct filter_main *fm, const struct plane_filter *says);
int filter_main_line(struct filter_main *fm, const struct plane_rule *rule, int port);
int filter_main_commit(struct filter_main *fm, struct dataplane *dp);
/* Whether a port must not come up: its lists were refused. */
bool filter_main_bars(const struct filter_main *fm, unsigned port);
/* Frees what every worker has let go of. */
void filter_main_reclaim(struct filter_main *fm, const struct dataplane *dp);
/* Everything, when the workers have ended. */
void filter_main_fini(struct filter_main *fm, struct dataplane *dp);
