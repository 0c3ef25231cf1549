/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What would become of a packet from inside: the route it takes, the crypto map entries that are
 * looked at one after another, the line that decides, the tunnel, the class. Nothing is sent.
 */
#pragma once

#include "controlplane/control.h"
#include "controlplane/diagnose/diagnose.h"
#include "lib/base/compat.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	FLOW_STEPS = 64, /* that are kept: the first ones */
	FLOW_WHY = 200,
};

/* Protocol and ports: 0 = any that a line without them takes. */
struct flow_packet {
	struct addr src; /* NONE = of this box itself: the address of the interface it leaves by */
	struct addr dst;
	uint8_t protocol;
	uint16_t src_port;
	uint16_t dst_port;
};

enum flow_verdict {
	FLOW_PROTECTED,	 /* an SA takes it, or is asked for */
	FLOW_CLEAR,	 /* it leaves as it is */
	FLOW_NO_ROUTE,	 /* it goes nowhere */
	FLOW_OWN,	 /* it is for this box itself */
	FLOW_DENIED,	 /* of a step: a deny line, the next entry is asked */
	FLOW_NO_LINE,	 /* of a step: no line selects it */
	FLOW_INCOMPLETE, /* of a step: the entry is not used */
};

/* One entry that was asked. */
struct flow_step {
	const struct config_map_entry *entry;
	const struct config_acl *acl;	    /* NULL = it has none */
	const struct config_acl_line *line; /* NULL = none selects it */
	enum flow_verdict verdict;
};

struct flow_walk {
	struct flow_packet packet; /* the question */
	enum dialect dialect;	   /* of who asks: what there is to type is in its words */
	enum flow_verdict verdict;
	char why[FLOW_WHY];
	bool routed;
	struct routes_row route;
	const struct config_map *map; /* of the interface, NULL = none */
	struct flow_step steps[FLOW_STEPS];
	size_t n_steps;
	const struct tunnel *tunnel; /* protected; NULL = it is only made when the peer comes */
	struct diagnose_list found;  /* what is wrong with that */
};

struct flow_walk *must_check flow_walk_create(void);
void flow_walk_destroy(struct flow_walk *w);
/* Answers the question. 0 or -ENOMEM. */
int must_check flow_walk_run(struct control *c, struct flow_walk *w);

/* "protected", "clear" ... */
const char *flow_walk_verdict_name(enum flow_verdict verdict);
/* The service policy it meets, of the tunnel or the interface, NULL = none; and the class there. */
const struct qos_attachment *flow_walk_attachment(const struct control *c,
						  const struct flow_walk *w);
const struct qos_class *flow_walk_class(const struct control *c, const struct qos_attachment *a,
					const struct flow_packet *p);
