/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The typed values of the grammar: what `<name:type>` accepts, how help shows it, and which
 * existing names may complete it. Types: address, mask (contiguous netmask), wildcard (contiguous
 * inverted mask, or a netmask: which one the line decides), word, key, line (the rest of the line),
 * rest (the same, thrown away), acl, transform-set, map, interface, label (its name), foreign (one
 * of another box), port, cores, hostname, class-map, policy-map, policy-class, object-group,
 * address-range (A-B), pool, aaa-list, client-group, radius-server, dscp, precedence, bps (the text
 * is the number), and lo-hi for a number.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/config/config_pattern.h"
#include "lib/config/config_row.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Parses word as the value of a node. 0, or -EINVAL and *why (NULL: simply not such a value). The
 * text of the value is filled only where it differs from the word: keys are not copied about.
 */
int must_check config_values_parse(const struct config_node *node, const char *word,
				   struct config_value *value, const char **why);
/* False when no value of the node begins with this: letters where a number or an address is. */
bool config_values_may_begin(const struct config_node *node, const char *partial);
/* True when the value takes the rest of the line. */
bool config_values_is_line(const struct config_node *node);
/* True when the value is a key, which no message repeats. */
bool config_values_is_secret(const struct config_node *node);
/* True when word is an interface type without number, which may come as the next word. */
bool config_values_wants_number(const struct config_node *node, const char *word);

/* How help shows the value: "A.B.C.D", "<1-10000>", "WORD". */
void config_values_show(const struct config_node *node, char *buf, size_t size);
/* The same for any node: a keyword is shown as it is. */
void config_values_show_node(const struct config_node *node, char *buf, size_t size);
/* The sentence that explains the type; never NULL. */
const char *config_values_help(const struct config_node *node);
/* The i-th existing name that the value may take, or NULL. */
const char *config_values_existing(const struct config_node *node, const struct config *c,
				   size_t i);
