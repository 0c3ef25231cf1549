/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every route that is known, and which of them is in force: own addresses, connected networks,
 * routes of the control plane (found through other routes when they name only a next hop) and
 * resolved neighbours. Keeps the forwarding table (route.h) true to that. Belongs to culvertd's
 * main thread.
 *
 * For one prefix the first of these wins: own address, network or broadcast address, connected
 * network, route with the smallest distance that is usable now, neighbour.
 */
#pragma once

#include "dataplane/neighbour.h"
#include "dataplane/port.h"
#include "dataplane/route.h"
#include "lib/base/compat.h"
#include "lib/plane/plane_msg.h"

#include <stdint.h>

enum {
	RIB_ROUTES_MAX = 6144
};

struct rib;

/* Ports, neighbours and table stay the caller's and outlive it. NULL without memory. */
struct rib *rib_create(struct route_table *table, const struct port *ports, unsigned n_ports,
		       const struct neighbour_table *neighbours);
void rib_destroy(struct rib *r);
/* Addresses, state or MTU of a port are other than before, or it is new. */
void rib_port_changed(struct rib *r, uint8_t port);
/* A neighbour became reachable, moved or went. */
void rib_neighbour_changed(struct rib *r, const struct neighbour *n);
/* Adds, or replaces the one with equal prefix, next hop and interface. -EINVAL, -ENODEV (no such
 * interface), -ENOSPC, -EAFNOSUPPORT. A next hop that cannot be reached now is not an error. */
int must_check rib_add(struct rib *r, const struct plane_route *route);
int must_check rib_remove(struct rib *r, const struct plane_route *route);
