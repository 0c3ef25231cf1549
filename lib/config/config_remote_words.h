/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What lines of client groups, of group policies and of RADIUS servers have in common: lists of
 * pools, servers and domains, and keys. Internal to lib/config.
 */
#pragma once

#include "lib/config/config_line.h"
#include "lib/config/config_print.h"

/* The pools named by a line, none with `no`. 0, or -EINVAL after a fault: too many for a WHAT. */
int must_check config_remote_words_pools(struct config_line *line, const char *what,
					 char pools[CONFIG_GROUP_POOLS][CONFIG_REMOTE_NAME],
					 size_t *n);
/* The addresses <first> and <second> of a line, none with `no`. */
void config_remote_words_servers(const struct config_line *line,
				 struct addr servers[CONFIG_GROUP_SERVERS]);
/* " A.B.C.D" each, behind what was begun. */
void config_remote_words_print_servers(struct config_print *p, const struct addr *servers);
/* The values of a line with commas between, none with `no`. 0, or -EINVAL after a fault. */
int must_check config_remote_words_domains(struct config_line *line, char list[CONFIG_REMOTE_LIST]);
/* A config_print_fn: `key SECRET` of a struct config_radius_server. */
void config_remote_words_print_key(struct config_print *p, const struct config_row *row,
				   const struct config *c, const void *object);
