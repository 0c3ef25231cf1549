/* SPDX-License-Identifier: BSD-3-Clause */
/* The bench with a management API at its end a, and clients of it on socket pairs. */
#pragma once

#include "lib/rpc/rpc.h"
#include "tests/control/bench.h"

#include <stdbool.h>

struct client {
	int fd;
	struct rpc_reader reader;
};

extern struct bench bench;
extern struct loop loop;
extern struct client first; /* connected by api_bench_setup() */

int api_bench_setup(void **state);
int api_bench_teardown(void **state);
/* End a dies and comes back with that configuration, with a server and the client as before. */
void api_bench_restart(const char *config);
struct client api_bench_connect(void);
void api_bench_disconnect(struct client *c);
/* Lets everything that moves come to rest, jobs on threads included. */
void api_bench_turn(void);
/* The next message for a client, NULL when there is none. */
json_t *api_bench_next(struct client *c);
bool api_bench_is_closed(const struct client *c);
/* Sends a message and gives up the reference. */
void api_bench_send(struct client *c, json_t *message);
/* A request and its whole reply; its result, which must be one; its error code. */
json_t *api_bench_call(struct client *c, const char *method, json_t *params);
json_t *api_bench_result(struct client *c, const char *method, json_t *params);
int api_bench_error(struct client *c, const char *method, json_t *params);
/* object[list][i] */
const json_t *api_bench_at(const json_t *object, const char *list, size_t i);

#define API_CASE(name) cmocka_unit_test_setup_teardown(name, api_bench_setup, api_bench_teardown)
