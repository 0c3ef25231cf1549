/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which class of a service policy a packet belongs to: DSCP and access list lines against its inner
 * header (`qos pre-classify` is always on), classes in order, the last one takes the rest. Policies
 * that look at the DSCP alone cost one table index.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/plane/plane_msg.h"

#include <rte_mbuf.h>

#include <stdbool.h>
#include <stdint.h>

enum {
	QOS_DSCPS = 64
};

/* What a packet shows: addresses in network order, ports in host order, 0 without ports. */
struct qos_key {
	uint32_t src_be;
	uint32_t dst_be;
	uint16_t src_port;
	uint16_t dst_port;
	uint8_t protocol;
	uint8_t dscp;
	bool later_fragment; /* shows no ports */
	uint16_t flow;	     /* hash; one for all fragments of a datagram */
};

/* An access list line as it is compared. */
struct qos_line {
	uint32_t src_be, src_mask_be;
	uint32_t dst_be, dst_mask_be;
	uint16_t src_port[2];
	uint16_t dst_port[2];
	uint8_t protocol;
	bool permit;
	bool has_ports;
};

/* What a class matches. */
struct qos_rule {
	uint64_t dscp_mask;
	const struct qos_line *lines; /* in order of precedence */
	uint32_t n_lines;
	bool has_access;
	bool match_all; /* DSCP and access list, else either */
};

/* The classes of one attachment. */
struct qos_rules {
	const struct qos_rule *rules;
	unsigned n;
	bool by_dscp_only;
	uint8_t class_of[QOS_DSCPS]; /* with by_dscp_only */
};

/* The line of a message, or -EINVAL. */
int must_check qos_match_line(struct qos_line *line, const struct plane_qos_match *match);
/* Fills class_of when rules allow it; rules and n are set. */
void qos_match_prepare(struct qos_rules *r);

/* The key of a sound IPv4 packet, of which len bytes are there; of that at m's data. */
struct qos_key qos_match_key_of(const void *packet, unsigned len);
struct qos_key qos_match_key(const struct rte_mbuf *m);
/* Index of the first class that matches, of the last one when none does. */
unsigned qos_match_class(const struct qos_rules *r, const struct qos_key *key);
