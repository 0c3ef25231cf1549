/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/qos_match.h"

#include "lib/config/config_qos.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	PORT_MAX = 65535
};

static int append(struct qos_match_list *list, const struct plane_qos_match *row)
{
	struct plane_qos_match *rows;

	if (list->n >= QOS_MATCH_LINES)
		return -E2BIG;
	rows = realloc(list->rows, (list->n + 1) * sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	list->rows = rows;
	list->rows[list->n++] = *row;
	return 0;
}

/* The ranges of ports that a line means: `neq` is two. */
static unsigned ranges_of(const uint16_t ports[2], bool neq, uint16_t out[2][2])
{
	unsigned n = 0;

	if (!neq) {
		memcpy(out[n++], ports, 2 * sizeof(*ports));
		return n;
	}
	if (ports[0] > 0) {
		out[n][0] = 0;
		out[n++][1] = (uint16_t)(ports[0] - 1);
	}
	if (ports[1] < PORT_MAX) {
		out[n][0] = (uint16_t)(ports[1] + 1);
		out[n++][1] = PORT_MAX;
	}
	return n;
}

static int add_line(struct qos_match_list *list, const struct config_acl_line *line)
{
	uint16_t src[2][2], dst[2][2];
	unsigned n_src = ranges_of(line->src_port, line->neq_src, src);
	unsigned n_dst = ranges_of(line->dst_port, line->neq_dst, dst);
	struct plane_qos_match row = {.permit = line->permit,
				      .protocol = line->protocol,
				      .src = line->src,
				      .dst = line->dst};
	int err = 0;

	for (unsigned i = 0; i < n_src; i++)
		for (unsigned k = 0; k < n_dst && err == 0; k++) {
			memcpy(row.src_port, src[i], sizeof(row.src_port));
			memcpy(row.dst_port, dst[k], sizeof(row.dst_port));
			err = append(list, &row);
		}
	return err;
}

int qos_match_access(const struct config *config, const char *name, struct qos_match_list *list)
{
	const struct config_acl *acl = config_model_acl(config, name);
	int err = 0;

	for (size_t i = 0; acl && i < acl->n_lines && err == 0; i++)
		if (!config_acl_line_is_idle(&acl->lines[i]))
			err = add_line(list, &acl->lines[i]);
	return err;
}

/* What the end of every access list says. */
static struct plane_qos_match deny_all(void)
{
	const struct addr zero = addr_v4(0);

	return (struct plane_qos_match){.src = prefix_make(&zero, 0),
					.dst = prefix_make(&zero, 0),
					.src_port = {0, PORT_MAX},
					.dst_port = {0, PORT_MAX}};
}

static bool meet_ports(const uint16_t a[2], const uint16_t b[2], uint16_t out[2])
{
	out[0] = a[0] > b[0] ? a[0] : b[0];
	out[1] = a[1] < b[1] ? a[1] : b[1];
	return out[0] <= out[1];
}

static bool meet_prefixes(const struct prefix *a, const struct prefix *b, struct prefix *out)
{
	*out = prefix_covers(a, b) ? *b : *a;
	return prefix_covers(a, b) || prefix_covers(b, a);
}

/* The packets of both lines; false when there is none. */
static bool meet(const struct plane_qos_match *a, const struct plane_qos_match *b,
		 struct plane_qos_match *out)
{
	if (a->protocol && b->protocol && a->protocol != b->protocol)
		return false;
	*out = (struct plane_qos_match){.protocol = a->protocol ? a->protocol : b->protocol};
	return meet_prefixes(&a->src, &b->src, &out->src) &&
	       meet_prefixes(&a->dst, &b->dst, &out->dst) &&
	       meet_ports(a->src_port, b->src_port, out->src_port) &&
	       meet_ports(a->dst_port, b->dst_port, out->dst_port);
}

/*
 * The first line of the product that a packet meets is the pair of the first lines it meets in both
 * lists.
 */
static int multiply(struct qos_match_list *a, struct qos_match_list *b, bool any)
{
	const struct plane_qos_match end = deny_all();
	struct qos_match_list product = {0};
	struct plane_qos_match row;
	int err = append(a, &end);

	if (err == 0)
		err = append(b, &end);
	for (size_t i = 0; err == 0 && i < a->n; i++)
		for (size_t k = 0; err == 0 && k < b->n; k++) {
			if (!meet(&a->rows[i], &b->rows[k], &row))
				continue;
			row.permit = any ? a->rows[i].permit || b->rows[k].permit
					 : a->rows[i].permit && b->rows[k].permit;
			err = append(&product, &row);
		}
	free(a->rows);
	*a = product;
	return err;
}

static int add_list(const struct config *config, const struct config_class *class, const char *name,
		    bool first, struct qos_match_list *all)
{
	struct qos_match_list list = {0};
	int err;

	if (first)
		return qos_match_access(config, name, all);
	err = qos_match_access(config, name, &list);
	if (err == 0)
		err = multiply(all, &list, class->any);
	free(list.rows);
	return err;
}

static int add_all(struct qos_match_list *to, const struct qos_match_list *from)
{
	struct plane_qos_match *rows = realloc(to->rows, (to->n + from->n + 1) * sizeof(*rows));

	if (!rows)
		return -ENOMEM;
	if (from->n)
		memcpy(rows + to->n, from->rows, from->n * sizeof(*rows));
	to->rows = rows;
	to->n += from->n;
	return 0;
}

int qos_match_build(const struct config *config, const struct config_class *class,
		    struct plane_qos *plane, struct qos_match_list *list)
{
	struct qos_match_list lines = {0};
	bool access = false;
	int err = 0;

	plane->dscp_mask = !class || (!class->any && class->n_matches) ? UINT64_MAX : 0;
	for (size_t i = 0; class && i < class->n_matches && err == 0; i++) {
		const struct config_class_match *match = &class->matches[i];

		if (match->kind == CONFIG_MATCH_ACCESS) {
			err = add_list(config, class, match->acl, !access, &lines);
			access = true;
		} else if (class->any) {
			plane->dscp_mask |= config_qos_mask(match);
		} else {
			plane->dscp_mask &= config_qos_mask(match);
		}
	}
	if (class && !class->any)
		plane->flags |= PLANE_QOS_MATCH_ALL;
	if (access)
		plane->flags |= PLANE_QOS_HAS_ACCESS;
	if (err == 0)
		err = add_all(list, &lines);
	free(lines.rows);
	return err;
}
