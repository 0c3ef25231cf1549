/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One poll-mode worker: the packet's whole path. worker_loop() is worker_once() until told to stop;
 * worker_once() is the unit the tests drive: it drains commands, polls every port queue of this
 * worker once and carries the packets through the stages to transmission.
 */
#pragma once

#include "lib/base/compat.h"

#include <stdbool.h>

struct dataplane;
struct esp_library;
struct worker;

/* A worker with its SA and tunnel tables, on the NUMA socket of the caller. NULL, logged. */
struct worker *worker_create(struct dataplane *dp, unsigned id);
void worker_destroy(struct worker *w);
/* What its engines call, for others on the same thread. */
const struct esp_library *worker_library(const struct worker *w);
/* One round. Returns whether it found anything to do. */
bool worker_once(struct worker *w);
/*
 * From here on the policy in force, as at the beginning of a round: for what is judged by a newer
 * one than the round began with.
 */
void worker_take_policy(struct worker *w);
/*
 * Until dp->stop; an EAL lcore function (arg is the struct worker). Sleeps when idle if every
 * port is virtual, polls without pause otherwise.
 */
int worker_loop(void *arg);
