/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `object-group`: networks, services, protocols or types of ICMP by one name, which lines of access
 * lists have in the place of an end, of a protocol or of a port. A line that names groups stands
 * for every line that can be made of their members; when a group changes so do those lines.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/net/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CONFIG_GROUP_TCP_UDP = 256,	/* as a protocol: both */
	CONFIG_GROUP_DEPTH = 16,	/* groups inside groups */
	CONFIG_GROUP_INNER_MAX = 4096,	/* groups inside one, each as often as it is */
	CONFIG_GROUP_LINES_MAX = 4096,	/* that one line of an access list may stand for, */
	CONFIG_GROUP_LINES_ALL = 65536, /* and all lists together, when groups are in them */
};

enum config_object_kind {
	CONFIG_OBJECT_NETWORK,
	CONFIG_OBJECT_SERVICE,
	CONFIG_OBJECT_PROTOCOL,
	CONFIG_OBJECT_ICMP,
};

enum config_member_kind {
	CONFIG_MEMBER_GROUP, /* group-object */
	CONFIG_MEMBER_NETWORK,
	CONFIG_MEMBER_RANGE,
	CONFIG_MEMBER_SERVICE,
	CONFIG_MEMBER_ICMP,
};

struct config_member {
	uint8_t kind;	   /* enum config_member_kind */
	uint16_t group;	   /* number of the group */
	uint16_t protocol; /* 0 = ip; CONFIG_GROUP_TCP_UDP; nothing in a group that is of one */
	uint16_t src_port[2];
	uint16_t dst_port[2];
	struct prefix network;
	struct addr range[2];
	char message[32]; /* of ICMP */
};

struct config_object_group {
	char name[64];	   /* CONFIG_NAME */
	uint16_t number;   /* from 1, kept as long as it exists: lines and groups name it by */
	uint8_t kind;	   /* enum config_object_kind */
	uint16_t protocol; /* of the ports of a group `service NAME tcp`; 0 = of whole services */
	char description[128];
	struct config_member *members; /* owned */
	size_t n_members;
};

/* Which place of a line a group is in. */
enum config_group_place {
	CONFIG_GROUP_SERVICE, /* of services or protocols */
	CONFIG_GROUP_SRC,
	CONFIG_GROUP_SRC_PORT,
	CONFIG_GROUP_DST,
	CONFIG_GROUP_DST_PORT, /* or of types of ICMP */
	CONFIG_GROUP_PLACES,
};

struct config;
struct config_acl;
struct config_acl_line;
struct config_line;
struct config_print;

struct config_object_group *config_object_group_find(const struct config *c, const char *name);
struct config_object_group *config_object_group_numbered(const struct config *c, uint16_t number);
/* "network", "service" ... */
const char *config_object_group_kind(enum config_object_kind kind);
/*
 * How deep the groups inside each one are: [n_object_groups]. 0; -ELOOP when one is inside itself,
 * or too many are inside another, or too deep; -ENOMEM.
 */
int must_check config_object_group_depths(const struct config *c, uint8_t *depths);
/* Whether a line of an access list or another group names it: what, as "access list V" in buf. */
bool config_object_group_used(const struct config *c, const struct config_object_group *g,
			      char *buf, size_t size);

bool config_object_group_in_line(const struct config_acl_line *line);
/*
 * The lines that one stands for, appended to *rows (malloc'ed, *n of them). 0; -E2BIG when they are
 * more than CONFIG_GROUP_LINES_MAX; -EPROTO when ports are of a protocol without any; -ENOMEM.
 */
int must_check config_object_group_expand(const struct config *c,
					  const struct config_acl_line *line,
					  struct config_acl_line **rows, size_t *n);
/* -EFBIG when these many more lines would be more than CONFIG_GROUP_LINES_ALL, else 0. */
int must_check config_object_group_room(const struct config *c, const struct config_acl *acl,
					size_t n);
/* Makes the lines of a list from those that were typed. 0, or as above with the list as it was. */
int must_check config_object_group_refresh(const struct config *c, struct config_acl *acl);
/* The same when nothing changed but that a line was typed at the end. */
int must_check config_object_group_append(const struct config *c, struct config_acl *acl);
/* The same for a member that came or went: of every list that names groups. */
int must_check config_object_group_refresh_all(struct config_line *line);
/* Refuses a line for a failure of config_object_group_expand(), which is returned. */
int config_object_group_refuse(struct config_line *line, const struct config_acl *acl,
			       const struct config_acl_line *row, int err);
/* All groups as lines: each before those that it is in. */
void config_object_group_print(struct config_print *p, const struct config *c);
