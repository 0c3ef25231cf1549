/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Makes the data plane what the configuration says: remembers what was sent and sends the
 * difference. Interfaces, static routes, the policy as a whole, options. The commands are queued
 * in order; what is refused later counts as not sent.
 */
#pragma once

#include "controlplane/routes.h"
#include "lib/config/config_model.h"
#include "lib/plane/plane_msg.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	APPLY_WHAT = 120
};

struct apply_env {
	void *ctx;
	/*
	 * To culvertd's main thread; the answer goes to apply_answered() with apply_tag(). 0 or
	 * -ENOMEM: then the difference is sent again next time.
	 */
	int (*send)(void *ctx, struct plane_msg *msg);
};

struct apply_interface {
	struct plane_interface sent;
	bool refused; /* whatever is wanted, send it again */
};

struct apply {
	struct apply_env env;
	struct apply_interface *interfaces; /* owned; rows are never removed */
	size_t n_interfaces;
	struct plane_route *routes; /* owned */
	size_t n_routes;
	struct plane_rule *rules; /* owned; NULL before the first policy and when it was refused */
	size_t n_rules;
	uint32_t policy;	  /* number of the policy sent last */
	uint32_t policy_answered; /* of the one answered last, taken or refused */
	/* Another policy than the configuration's may be in force: no traffic where it matters. */
	bool policy_refused;
	struct plane_msg *qos; /* owned; the service policies, NULL as rules is */
	size_t n_qos;
	uint32_t qos_number;	    /* of those sent last */
	struct plane_rule *filters; /* owned; access lists of interfaces, NULL as rules is */
	size_t n_filters;
	uint8_t filter_flags;
	uint32_t filter_number; /* of those sent last */
	/* Other lists than the configuration's may be in force: no traffic where there are some. */
	bool filters_refused;
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
/* Which command an acknowledgement is for. */
uint64_t apply_tag(const struct apply *a, const struct plane_msg *msg);
/*
 * The answer to the command of that tag. True when something is to be sent, now or, after an
 * error, later. In `what` the name of what was refused; empty when that is said already.
 */
bool apply_answered(struct apply *a, uint64_t tag, int error, char what[APPLY_WHAT]);
