/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the lines about quality of service have in common: names of DSCP and precedence values,
 * rates, who uses a class-map or a policy-map, and what a policy-map may not ask for.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/config/config_model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CONFIG_QOS_TEXT = 240, /* of the sentences below */
	CONFIG_QOS_VALUE = 16, /* "critical", "63" */
};

/* "ef", "af11", "cs1", "default", or the number, into buf. */
const char *config_qos_dscp(unsigned dscp, char buf[CONFIG_QOS_VALUE]);
/* A name or 0..63: 0, or -EINVAL. */
int must_check config_qos_dscp_of(const char *word, uint32_t *dscp);
/* The i-th name, NULL behind the last. */
const char *config_qos_dscp_name(size_t i);
/* The same for IP precedence, 0..7; numbers print as numbers, as IOS has it. */
int must_check config_qos_precedence_of(const char *word, uint32_t *precedence);
const char *config_qos_precedence_name(size_t i);

/* The DSCP values of a match line, a bit each; all for `match any`. */
uint64_t config_qos_mask(const struct config_class_match *match);

/* Bits a second of a rate when percentages are of `base`; 0 for CONFIG_RATE_NONE and REMAINING. */
uint64_t config_qos_bps(const struct config_rate *rate, uint64_t base);
/* What priority and bandwidth of all classes of a policy-map add up to, without REMAINING. */
uint64_t config_qos_promised(const struct config_policy_map *policy, uint64_t base);
/* What percentages of an interface are of when nothing is said: what IOS takes for its type. */
uint64_t config_qos_type_bps(const char *interface);
/* The policy-map inside the only class of a policy-map (hierarchical shaping), or NULL. */
const struct config_policy_map *config_qos_child(const struct config *c,
						 const struct config_policy_map *policy);

/*
 * Where a class-map or a policy-map is used, as "policy-map P" or "interface GigabitEthernet0/1";
 * NULL when it is not.
 */
const char *config_qos_class_user(const struct config *c, const char *name,
				  char buf[CONFIG_QOS_TEXT]);
const char *config_qos_policy_user(const struct config *c, const char *name,
				   char buf[CONFIG_QOS_TEXT]);
/*
 * What cannot be of a policy-map as it stands, with everything that uses it, as a sentence with the
 * remedy in buf; NULL when nothing.
 */
const char *config_qos_fault(const struct config *c, const struct config_policy_map *policy,
			     char buf[CONFIG_QOS_TEXT]);
