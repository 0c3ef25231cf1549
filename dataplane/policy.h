/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The security policy of all interfaces: which crypto ACL line of which crypto map entry a packet
 * meets when it leaves by an interface (RFC 4301 section 4.4.1; IOS: entries by sequence, a deny
 * line passes the packet on to the next entry). Built whole beside the running one by the main
 * thread, published with one pointer store, immutable from then on, freed when every worker has
 * passed a quiescent state.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/plane/plane_msg.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a packet shows to the policy, in network order except the port. Protocol without ports: 0.
 */
struct policy_key {
	uint8_t protocol;
	uint8_t port; /* interface it leaves by; for the clear-text check the one it came in by */
	uint8_t fragment; /* 1: a later fragment without ports; IOS takes it by its addresses */
	uint8_t zero;	  /* 1: TCP that has begun, for PLANE_RULE_ESTABLISHED */
	uint32_t src_be;
	uint32_t dst_be;
	uint16_t src_port_be;
	uint16_t dst_port_be;
};

struct policy_verdict {
	uint32_t tunnel; /* UINT32_MAX = no rule wants it: it goes in clear */
	uint32_t hit_line;
	uint16_t worker;
	uint8_t spread; /* enum plane_spread */
	uint8_t zero;
};

enum {
	POLICY_BURST = 64
};

struct policy;

/*
 * A policy of n rules (ports: interface index of each rule). NULL with errno set; 0 rules is a
 * policy.
 */
struct policy *policy_create(const struct plane_rule *rules, const uint8_t *ports, size_t n);
void policy_destroy(struct policy *p);
/* True when there is no rule on this port, so that callers skip the lookup. */
bool policy_empty(const struct policy *p, uint8_t port);
/* A number no other policy of this process has. */
uint64_t policy_serial(const struct policy *p);
void policy_lookup(const struct policy *p, const struct policy_key *keys,
		   struct policy_verdict *verdicts, unsigned n);
