/* SPDX-License-Identifier: BSD-3-Clause */
/* One line of an access list: from the words of the grammar, and back to text. */
#pragma once

#include "lib/base/compat.h"
#include "lib/config/config_model.h"
#include "lib/config/config_row.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 1-99, 100-199, 1300-1999, 2000-2699, or 0 when the name is no list number. */
uint32_t config_acl_number(const char *name);
bool config_acl_number_is_standard(uint32_t number);

/* The line that the words say; sequence 0 when they say none. -EINVAL with a fault. */
int must_check config_acl_line_of(struct config_line *line, bool standard,
				  struct config_acl_line *row);
/* Whether two lines say the same, whatever their numbers. */
bool config_acl_line_eq(const struct config_acl_line *a, const struct config_acl_line *b);

/* The same for lines that are equal in that way. */
uint64_t config_acl_line_hash(const void *line);

/* The number of a line that is typed without one: 10 more than the last. */
uint32_t config_acl_next_sequence(const struct config_acl *acl);
uint32_t config_acl_sequence_after(uint32_t sequence);

/* "permit tcp any host 10.0.0.1 eq www" into buf (CONFIG_ACL_TEXT fits), which is returned;
 * networks with netmasks or with wildcards. */
char *config_acl_print_line(const struct config_acl_line *line, bool standard, bool netmasks,
			    char *buf, size_t size);

/* The same with the object-groups that it names. */
char *config_acl_print_typed(const struct config *c, const struct config_acl_line *line,
			     bool standard, bool netmasks, char *buf, size_t size);

/*
 * Whether IKEv1 and the policy can hold a line of a crypto ACL: NULL when they can, else the reason
 * (`neq`; under `permit` a range of ports or port 0, since a proxy identity carries one port, or 0
 * for all).
 */
const char *config_acl_crypto_fault(const struct config_acl_line *line);
/* One end of a line: a network of no family is any. */
struct prefix config_acl_prefix(const struct prefix *end);
/* What a line selects, from our side; a range of ports that no identity holds is none. */
struct selector config_acl_line_selector(const struct config_acl_line *line);
/* Whether a list has such a line, and the first one. */
bool config_acl_find_crypto_fault(const struct config_acl *acl,
				  const struct config_acl_line **line);
/* True when a crypto map entry matches this access list. */
bool config_acl_is_crypto(const struct config *c, const char *acl);
