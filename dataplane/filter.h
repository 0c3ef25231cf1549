/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Access lists of interfaces, and whether packets may leave by the interface they came in on. Lists
 * are asked about each packet alone, without state; a packet that no line takes is denied where
 * there is a list. Made by the main thread (filter_main.h), immutable once published; w->filter is
 * NULL where nothing of it is configured, which is all that the packet path asks then.
 */
#pragma once

#include "dataplane/policy.h"
#include "dataplane/worker_state.h"
#include "lib/plane/plane_msg.h"

#include <rte_mbuf.h>

#include <stdbool.h>
#include <stdint.h>

struct filter {
	struct filter *next; /* main: those published before, until no worker looks at them */
	uint64_t token;
	struct policy *lists; /* owned; a list is a port of it: filter_list() */
	uint8_t flags;	      /* enum plane_filter_flags */
	bool any_in;
};

/* Where the list of an interface stands in the policy of all lists. */
static inline uint8_t filter_list(unsigned port, bool out)
{
	return (uint8_t)(out ? PLANE_PORTS_MAX + port : port);
}

/* The others only with w->filter. What is denied is dropped; both return how many are left. */
/* n packets with a next hop, at most DATAPLANE_BURST, on their way through. */
unsigned filter_in(struct worker *w, struct rte_mbuf **m, unsigned n);
/* n packets that are about to leave in clear. */
unsigned filter_out(struct worker *w, struct rte_mbuf **m, unsigned n);
/* A packet for the appliance itself; false when it was dropped. */
bool filter_local(struct worker *w, struct rte_mbuf *m);

/* Whether what comes in on a port for the appliance itself is asked about, ESP too. */
static inline bool filter_guards(const struct filter *f, unsigned port)
{
	return f && f->flags & PLANE_FILTER_OURS &&
	       !policy_empty(f->lists, filter_list(port, false));
}

/* Whether each packet that comes in on one port and leaves by the other has to be asked about. */
bool filter_looks(const struct filter *f, unsigned in, unsigned out);
/* Whether what tunnels brought may have to be asked about when it leaves by a port. */
bool filter_looks_behind(const struct filter *f, const struct port *ports, unsigned out);
