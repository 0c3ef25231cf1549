/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * culvertd's main thread: commands of the control plane that concern everybody (interfaces, routes,
 * policy, saving the configuration), ARP, ICMP echo, neighbour ageing, statistics of the devices.
 * Sleeps on its doorbell; nothing here is on the packet path.
 */
#pragma once

#include "lib/base/compat.h"

#include <stdint.h>

struct dataplane;
struct main_loop;

/* NULL without memory, logged. */
struct main_loop *main_loop_create(struct dataplane *dp);
void main_loop_destroy(struct main_loop *ml);
/* One round: drains rings, runs what is due. Returns milliseconds until it wants to run again. */
uint32_t main_loop_once(struct main_loop *ml);
