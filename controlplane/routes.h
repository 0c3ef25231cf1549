/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The routing table the configuration gives: connected networks, own addresses, static routes. Only
 * what can be used: interfaces that are up, next hops that are reachable. The data plane makes
 * connected and local routes itself from the interface; the static ones are sent to it. Routes that
 * come and go with tunnels are in reverse_routes.h.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/config/config_model.h"

#include <stdbool.h>
#include <stddef.h>

enum routes_code {
	ROUTES_CONNECTED,
	ROUTES_LOCAL,
	ROUTES_STATIC
};

struct routes_row {
	enum routes_code code;
	struct prefix prefix;
	struct addr next_hop;		/* NONE: directly connected */
	char interface[CONFIG_IF_NAME]; /* it leaves by */
	uint8_t distance;
	bool rri;      /* of a tunnel that is up */
	uint32_t tag;  /* of such a one, 0 = none */
	size_t source; /* static: index in the configuration; SIZE_MAX = injected */
};

struct routes {
	struct routes_row *rows; /* owned; by prefix */
	size_t n;
};

struct routes_input {
	const struct config *config;
	bool (*link_up)(void *ctx, const char *interface);
	void *ctx;
};

/* 0 or -ENOMEM (then empty). */
int must_check routes_derive(struct routes *table, const struct routes_input *input);
void routes_fini(struct routes *table);
/* By prefix; a connected one before others. */
void routes_sort(struct routes *table);
/* The most specific row for an address, or NULL. */
const struct routes_row *routes_find(const struct routes *table, const struct addr *addr);
