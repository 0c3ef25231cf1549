/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Service policies as the data plane wants them: every attachment (an interface, a tunnel of a
 * crypto map entry) with its classes flattened, rates in bits a second, access lists as ranges, and
 * a counter for each class. Pure derivation from configuration, tunnels and link speeds.
 */
#pragma once

#include "controlplane/id_map.h"
#include "controlplane/tunnels.h"
#include "lib/config/config_model.h"
#include "lib/plane/plane_msg.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct qos_class {
	struct plane_qos plane;
	char name[CONFIG_NAME];
	size_t first_match;
	size_t n_matches;
};

enum {
	QOS_NO_TUNNEL = UINT32_MAX
};

struct qos_attachment {
	char interface[CONFIG_IF_NAME];
	uint32_t tunnel;	  /* handle; QOS_NO_TUNNEL: the interface itself */
	char policy[CONFIG_NAME]; /* as attached */
	char inner[CONFIG_NAME];  /* whose classes these are: the same, or the one inside it */
	size_t first;
	size_t n_classes;
	uint64_t link_bps; /* bandwidth line, or speed of the link, or what is assumed of it */
	uint64_t base_bps; /* what percentages of the classes are of: the same, or the shape */
	bool assumed;	   /* percentages are of a speed that is neither known nor configured */
};

struct qos {
	struct qos_attachment *attachments; /* owned */
	size_t n_attachments;
	struct qos_class *classes; /* owned; those of one attachment follow each other */
	size_t n_classes;
	struct plane_qos_match *matches; /* owned; those of one class follow each other */
	size_t n_matches;
};

struct qos_input {
	const struct config *config;
	const struct tunnels *tunnels;
	struct id_map *counters; /* of PLANE_CLASSES */
	/* Bits a second of the link of an interface, 0 = unknown. */
	uint64_t (*link_bps)(void *ctx, const char *interface);
	void *ctx;
};

/*
 * 0, -ENOMEM, -ENOSPC when there are more classes than counters, or -E2BIG when the access lists of
 * a class are too long together; *q is empty then.
 */
int must_check qos_derive(struct qos *q, const struct qos_input *in);
void qos_fini(struct qos *q);
/* How many classes these tunnels and their configuration ask for; at most PLANE_CLASSES fit. */
size_t qos_count(const struct config *config, const struct tunnels *tunnels);

/*
 * How many lanes the classes of a service policy have for what a crypto map entry protects on an
 * interface: the entry's policy, else the interface's. 1..PLANE_LANES; 1 without a policy. Lane =
 * number of the class in order of matching, the last lane for all from there on; class-default is
 * the last class.
 */
unsigned qos_lanes(const struct config *config, const struct config_interface *interface,
		   const struct config_map_entry *entry);
/* The first class on a lane, for messages; CONFIG_CLASS_DEFAULT without a policy. */
const char *qos_lane_name(const struct config *config, const struct config_interface *interface,
			  const struct config_map_entry *entry, unsigned lane);
