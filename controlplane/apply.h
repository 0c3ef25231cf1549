/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Makes the data plane what the configuration says: remembers what was sent and sends the
 * difference. Interfaces, static routes, the policy as a whole, options. The commands are queued
 * in order; errors come back by acknowledgement to whoever owns the send function.
 */
#pragma once

#include "controlplane/routes.h"
#include "lib/config/config_model.h"
#include "lib/plane/plane_msg.h"

#include <stdbool.h>
#include <stddef.h>

struct apply_env {
	void *ctx;
	/* To culvertd's main thread. 0 or -ENOMEM: then the difference is sent again next time. */
	int (*send)(void *ctx, struct plane_msg *msg);
};

struct apply {
	struct apply_env env;
	struct plane_interface *interfaces; /* owned */
	size_t n_interfaces;
	struct plane_route *routes; /* owned */
	size_t n_routes;
	struct plane_rule *rules; /* owned; NULL before the first policy */
	size_t n_rules;
	struct plane_options options;
	bool options_sent;
};

void apply_init(struct apply *a, const struct apply_env *env);
void apply_fini(struct apply *a);
/* Each: 0, or -ENOMEM when something could not be sent. */
/*
 * Interfaces in two steps, with the policy between them: nothing is forwarded by an interface that
 * has lost its rules already or has not got them yet.
 */
int must_check apply_interfaces_down(struct apply *a, const struct config *config);
int must_check apply_interfaces(struct apply *a, const struct config *config);
int must_check apply_routes(struct apply *a, const struct routes *table);
int must_check apply_policy(struct apply *a, const struct plane_rule *rules, size_t n);
int must_check apply_options(struct apply *a, const struct config *config);
