/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_object_group.h"

#include "lib/config/config_acl.h"
#include "lib/config/config_line.h"
#include "lib/net/ip.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct config_object_group *config_object_group_find(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->n_object_groups; i++)
		if (!strcmp(c->object_groups[i].name, name))
			return &c->object_groups[i];
	return NULL;
}

/* They stand in the order of their numbers. */
struct config_object_group *config_object_group_numbered(const struct config *c, uint16_t number)
{
	size_t low = 0, high = c->n_object_groups;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (c->object_groups[middle].number == number)
			return &c->object_groups[middle];
		if (c->object_groups[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const char *config_object_group_kind(enum config_object_kind kind)
{
	static const char *const names[] = {
		[CONFIG_OBJECT_NETWORK] = "network",
		[CONFIG_OBJECT_SERVICE] = "service",
		[CONFIG_OBJECT_PROTOCOL] = "protocol",
		[CONFIG_OBJECT_ICMP] = "icmp-type",
	};

	return names[kind];
}

bool config_object_group_in_line(const struct config_acl_line *line)
{
	for (size_t i = 0; i < CONFIG_GROUP_PLACES; i++)
		if (line->groups[i])
			return true;
	return false;
}

static bool line_names(const struct config_acl_line *line, uint16_t number)
{
	for (size_t i = 0; i < CONFIG_GROUP_PLACES; i++)
		if (line->groups[i] == number)
			return true;
	return false;
}

bool config_object_group_used(const struct config *c, const struct config_object_group *g,
			      char *buf, size_t size)
{
	for (size_t i = 0; i < c->n_acls; i++)
		for (size_t k = 0; k < c->acls[i].n_typed; k++)
			if (line_names(&c->acls[i].typed[k], g->number)) {
				snprintf(buf, size, "line %zu of access list %s", k + 1,
					 c->acls[i].name);
				return true;
			}
	for (size_t i = 0; i < c->n_object_groups; i++) {
		const struct config_object_group *other = &c->object_groups[i];

		for (size_t k = 0; k < other->n_members; k++)
			if (other->members[k].kind == CONFIG_MEMBER_GROUP &&
			    other->members[k].group == g->number) {
				snprintf(buf, size, "object-group %s", other->name);
				return true;
			}
	}
	return false;
}

/* What the members of groups give: rows of lines of which one place counts. */
struct made {
	struct config_acl_line *rows;
	size_t n;
	size_t room;
};

static int add(struct made *made, const struct config_acl_line *row)
{
	struct config_acl_line *grown;

	if (made->n == CONFIG_GROUP_LINES_MAX)
		return -E2BIG;
	if (made->n == made->room) {
		size_t room = made->room ? 2 * made->room : 16;

		grown = realloc(made->rows, room * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		made->rows = grown;
		made->room = room;
	}
	made->rows[made->n++] = *row;
	return 0;
}

/* A line with a member in the place of its group. */
typedef int put_fn(struct made *out, struct config_acl_line row, const struct config_member *m,
		   enum config_group_place place);

static int put_prefix(struct made *out, struct config_acl_line row, const struct prefix *network,
		      enum config_group_place place)
{
	*(place == CONFIG_GROUP_SRC ? &row.src : &row.dst) = *network;
	return add(out, &row);
}

/* The largest networks that begin at an address and end no later than another. */
static int put_range(struct made *out, const struct config_acl_line *row,
		     const struct config_member *m, enum config_group_place place)
{
	uint64_t at = addr_to_v4(&m->range[0]), last = addr_to_v4(&m->range[1]);
	int err = 0;

	while (at <= last && err == 0) {
		unsigned bits = 0;
		struct addr first = addr_v4((uint32_t)at);
		struct prefix network;

		while (bits < 32 && !(at & (1ull << bits)) && at + (2ull << bits) - 1 <= last)
			bits++;
		network = prefix_make(&first, (uint8_t)(32 - bits));
		err = put_prefix(out, *row, &network, place);
		at += 1ull << bits;
	}
	return err;
}

static int put_hosts(struct made *out, struct config_acl_line row, const struct config_member *m,
		     enum config_group_place place)
{
	return m->kind == CONFIG_MEMBER_RANGE ? put_range(out, &row, m, place)
					      : put_prefix(out, row, &m->network, place);
}

static bool is_any(const uint16_t ports[2])
{
	return ports[0] == 0 && ports[1] == UINT16_MAX;
}

static int put_service(struct made *out, struct config_acl_line row, const struct config_member *m,
		       enum config_group_place place)
{
	static const uint8_t both[] = {IP_PROTO_TCP, IP_PROTO_UDP};
	bool two = m->protocol == CONFIG_GROUP_TCP_UDP;
	int err = 0;

	(void)place;
	if (!is_any(m->src_port))
		memcpy(row.src_port, m->src_port, sizeof(row.src_port));
	if (!is_any(m->dst_port))
		memcpy(row.dst_port, m->dst_port, sizeof(row.dst_port));
	for (size_t i = 0; i < (two ? 2 : 1) && err == 0; i++) {
		row.protocol = two ? both[i] : (uint8_t)m->protocol;
		err = add(out, &row);
	}
	return err;
}

static int put_port(struct made *out, struct config_acl_line row, const struct config_member *m,
		    enum config_group_place place)
{
	if (m->kind == CONFIG_MEMBER_ICMP)
		memcpy(row.narrower, m->message, sizeof(row.narrower));
	else
		memcpy(place == CONFIG_GROUP_SRC_PORT ? row.src_port : row.dst_port, m->dst_port,
		       sizeof(row.dst_port));
	return add(out, &row);
}

/* The members of a group and of all inside it. */
struct members {
	const struct config_member *of[CONFIG_GROUP_LINES_MAX];
	size_t n;
};

static int gather(struct members *members, const struct config *c, uint16_t number)
{
	const struct config_object_group *g = config_object_group_numbered(c, number);
	int err = 0;

	for (size_t i = 0; g && i < g->n_members && err == 0; i++) {
		const struct config_member *m = &g->members[i];

		if (m->kind == CONFIG_MEMBER_GROUP)
			err = gather(members, c, m->group);
		else if (members->n == CONFIG_GROUP_LINES_MAX)
			err = -E2BIG;
		else
			members->of[members->n++] = m;
	}
	return err;
}

/* Every row with every member of the group in one of its places. */
static int step(struct made *made, const struct config *c, const struct config_acl_line *line,
		enum config_group_place place)
{
	static put_fn *const puts[CONFIG_GROUP_PLACES] = {
		[CONFIG_GROUP_SERVICE] = put_service, [CONFIG_GROUP_SRC] = put_hosts,
		[CONFIG_GROUP_SRC_PORT] = put_port,   [CONFIG_GROUP_DST] = put_hosts,
		[CONFIG_GROUP_DST_PORT] = put_port,
	};
	struct members *members;
	struct made out = {0};
	int err;

	if (!line->groups[place] || !made->n)
		return 0;
	members = calloc(1, sizeof(*members));
	err = members ? gather(members, c, line->groups[place]) : -ENOMEM;
	for (size_t i = 0; i < made->n && err == 0; i++)
		for (size_t k = 0; k < members->n && err == 0; k++)
			err = puts[place](&out, made->rows[i], members->of[k], place);
	free(members);
	if (err) {
		free(out.rows);
		return err;
	}
	free(made->rows);
	*made = out;
	return 0;
}

static bool has_lost_ports(const struct config_acl_line *row)
{
	return row->protocol != IP_PROTO_TCP && row->protocol != IP_PROTO_UDP &&
	       (!is_any(row->src_port) || !is_any(row->dst_port));
}

int config_object_group_expand(const struct config *c, const struct config_acl_line *line,
			       struct config_acl_line **rows, size_t *n)
{
	struct config_acl_line *grown, first = *line;
	struct made made = {0};
	int err;

	memset(first.groups, 0, sizeof(first.groups));
	err = add(&made, &first);
	for (unsigned place = 0; place < CONFIG_GROUP_PLACES && err == 0; place++)
		err = step(&made, c, line, (enum config_group_place)place);
	for (size_t i = 0; i < made.n && err == 0; i++)
		if (has_lost_ports(&made.rows[i]))
			err = -EPROTO;
	grown = err || !made.n ? NULL : realloc(*rows, (*n + made.n) * sizeof(*grown));
	if (!err && made.n && !grown)
		err = -ENOMEM;
	if (grown) {
		memcpy(grown + *n, made.rows, made.n * sizeof(*grown));
		*rows = grown;
		*n += made.n;
	}
	free(made.rows);
	return err;
}

int config_object_group_room(const struct config *c, const struct config_acl *acl, size_t n)
{
	/* the first such line makes a list of its own of all */
	if (!acl->expanded)
		n += acl->n_typed;
	for (size_t i = 0; i < c->n_acls; i++)
		n += c->acls[i].expanded ? c->acls[i].n_lines : 0;
	return n > CONFIG_GROUP_LINES_ALL ? -EFBIG : 0;
}

static bool same_line(const void *a, const void *b)
{
	return config_acl_line_eq(a, b);
}

/* A list on its way to be what another selects. */
static int append(const struct config *c, struct config_acl *to, const struct config_acl_line *line)
{
	struct config_acl_line *rows = NULL, *grown;
	size_t n = 0;
	int err = config_object_group_expand(c, line, &rows, &n);

	grown = err || !n ? NULL : realloc(to->lines, (to->n_lines + n) * sizeof(*grown));
	if (!err && n && !grown)
		err = -ENOMEM;
	if (grown)
		to->lines = grown;
	for (size_t i = 0; err == 0 && i < n; i++) {
		const struct config_index_rows known = {.rows = to->lines,
							.n = to->n_lines,
							.row_bytes = sizeof(*rows),
							.hash = config_acl_line_hash,
							.eq = same_line};

		/* what two groups have in common is selected once */
		if (rows[i].remark[0] ||
		    config_index_find(&to->doubles, &known, &rows[i]) == to->n_lines)
			to->lines[to->n_lines++] = rows[i];
	}
	free(rows);
	return err;
}

static void take(struct config_acl *acl, const struct config_acl *made)
{
	if (acl->expanded)
		free(acl->lines);
	config_index_reset(&acl->doubles);
	acl->lines = made->lines;
	acl->n_lines = made->n_lines;
	acl->doubles = made->doubles;
	acl->expanded = made->expanded;
}

static void discard(struct config_acl *made)
{
	config_index_reset(&made->doubles);
	free(made->lines);
}

/* What the list would select; made->expanded when that is another array. */
static int make(const struct config *c, const struct config_acl *acl, struct config_acl *made,
		const struct config_acl_line **line)
{
	int err = 0;

	*made = (struct config_acl){.expanded = acl->n_grouped > 0};
	if (!made->expanded) {
		made->lines = acl->typed;
		made->n_lines = acl->n_typed;
		return 0;
	}
	for (size_t i = 0; i < acl->n_typed && err == 0; i++) {
		*line = &acl->typed[i];
		err = append(c, made, *line);
	}
	if (err)
		discard(made);
	return err;
}

int config_object_group_refresh(const struct config *c, struct config_acl *acl)
{
	const struct config_acl_line *line;
	struct config_acl made;
	int err = make(c, acl, &made, &line);

	if (err == 0)
		take(acl, &made);
	return err;
}

int config_object_group_append(const struct config *c, struct config_acl *acl)
{
	return acl->expanded ? append(c, acl, &acl->typed[acl->n_typed - 1])
			     : config_object_group_refresh(c, acl);
}

int config_object_group_refuse(struct config_line *line, const struct config_acl *acl,
			       const struct config_acl_line *row, int err)
{
	if (err == -E2BIG)
		return config_line_refuse(line, NULL,
					  "line %u of access list %s would stand for more than %d "
					  "lines: name larger networks in its object-groups",
					  row->sequence, acl->name, CONFIG_GROUP_LINES_MAX);
	if (err == -EFBIG)
		return config_line_refuse(line, NULL,
					  "all access lists with object-groups would stand for "
					  "more than %d lines: name larger networks in them",
					  CONFIG_GROUP_LINES_ALL);
	if (err == -EPROTO)
		return config_line_refuse(line, NULL,
					  "line %u of access list %s has ports, and a protocol in "
					  "its object-groups that has none",
					  row->sequence, acl->name);
	return err;
}

static int check_crypto(struct config_line *line, const struct config_acl *acl,
			const struct config_acl *made)
{
	const struct config_acl_line *faulty;

	if (!config_acl_is_crypto(line->config, acl->name) ||
	    !config_acl_find_crypto_fault(made, &faulty))
		return 0;
	return config_line_refuse(line, NULL, "a crypto map matches access list %s: %s", acl->name,
				  config_acl_crypto_fault(faulty));
}

int config_object_group_refresh_all(struct config_line *line)
{
	struct config *c = line->config;
	struct config_acl *made = calloc(c->n_acls + 1, sizeof(*made));
	const struct config_acl_line *to_blame;
	size_t n = 0, lines = 0;
	int err = made ? 0 : -ENOMEM;

	for (; err == 0 && n < c->n_acls; n++) {
		const struct config_acl *acl = &c->acls[n];

		if (!acl->n_grouped)
			continue;
		err = make(c, acl, &made[n], &to_blame);
		lines += err ? 0 : made[n].n_lines;
		if (!err && lines > CONFIG_GROUP_LINES_ALL) {
			discard(&made[n]);
			err = -EFBIG;
		}
		if (err) {
			err = config_object_group_refuse(line, acl, to_blame, err);
			break;
		}
		err = check_crypto(line, acl, &made[n]);
	}
	for (size_t i = 0; i < n; i++) {
		if (!c->acls[i].n_grouped)
			continue;
		if (!err) {
			take(&c->acls[i], &made[i]);
			continue;
		}
		discard(&made[i]);
	}
	free(made);
	return err;
}
