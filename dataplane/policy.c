/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/policy.h"

#include <rte_acl.h>
#include <rte_cycles.h>

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FIELD_PROTOCOL,
	FIELD_PORT,
	FIELD_SRC,
	FIELD_DST,
	FIELD_SRC_PORT,
	FIELD_DST_PORT,
	FIELD_COUNT,
	PORTS = 256,
};

RTE_ACL_RULE_DEF(acl_rule, FIELD_COUNT);

/*
 * rte_acl wants one byte first and then groups of four. The first four bytes of the key are looked
 * at twice: as the protocol alone, and as a masked word for interface and the bits behind it.
 */
static const struct rte_acl_field_def fields[FIELD_COUNT] = {
	{RTE_ACL_FIELD_TYPE_BITMASK, 1, FIELD_PROTOCOL, 0, offsetof(struct policy_key, protocol)},
	{RTE_ACL_FIELD_TYPE_BITMASK, 4, FIELD_PORT, 1, offsetof(struct policy_key, protocol)},
	{RTE_ACL_FIELD_TYPE_MASK, 4, FIELD_SRC, 2, offsetof(struct policy_key, src_be)},
	{RTE_ACL_FIELD_TYPE_MASK, 4, FIELD_DST, 3, offsetof(struct policy_key, dst_be)},
	{RTE_ACL_FIELD_TYPE_RANGE, 2, FIELD_SRC_PORT, 4, offsetof(struct policy_key, src_port_be)},
	{RTE_ACL_FIELD_TYPE_RANGE, 2, FIELD_DST_PORT, 4, offsetof(struct policy_key, dst_port_be)},
};

static_assert(offsetof(struct policy_key, protocol) == 0);
static_assert(offsetof(struct policy_key, port) == 1);
static_assert(offsetof(struct policy_key, fragment) == 2);
static_assert(offsetof(struct policy_key, zero) == 3);

struct policy {
	struct rte_acl_ctx *acl;  /* NULL without rules */
	struct plane_rule *rules; /* in order of precedence */
	uint8_t *ports;
	uint32_t *next;	 /* of a line: the next one of its port; n when there is none */
	uint32_t *after; /* of a line: the next one of its port and of another entry */
	size_t n;
	uint64_t serial;  /* the time it was made at */
	bool used[PORTS]; /* by interface: there is a rule */
};

static bool any_port(const uint16_t range[2])
{
	return range[0] == 0 && range[1] == UINT16_MAX;
}

static bool has_ports(const struct plane_rule *r)
{
	return !any_port(r->src_port) || !any_port(r->dst_port) ||
	       r->only == PLANE_RULE_ESTABLISHED;
}

/*
 * What a fragment without ports may meet: like IOS, a line that permits some ports takes it by its
 * addresses (it must not leave in clear), a line that denies some ports does not.
 */
static bool takes_fragments(const struct plane_rule *r)
{
	return !has_ports(r) || r->action == PLANE_RULE_PROTECT;
}

static struct acl_rule to_acl(const struct plane_rule *r, uint8_t port, size_t i, size_t n)
{
	struct acl_rule a = {
		.data = {.category_mask = 1,
			 .priority = (int32_t)(n - i),
			 .userdata = (uint32_t)i + 1},
	};

	a.field[FIELD_PROTOCOL].value.u8 = r->protocol;
	a.field[FIELD_PROTOCOL].mask_range.u8 = r->protocol ? UINT8_MAX : 0;
	a.field[FIELD_PORT].value.u32 = (uint32_t)port << 16;
	a.field[FIELD_PORT].mask_range.u32 = 0x00ff0000 | (has_ports(r) ? 0x0000ff00 : 0);
	if (r->only == PLANE_RULE_ESTABLISHED) {
		a.field[FIELD_PORT].value.u32 |= 1;
		a.field[FIELD_PORT].mask_range.u32 |= 0xff;
	} else if (r->only == PLANE_RULE_FRAGMENTS) {
		a.field[FIELD_PORT].value.u32 |= 1 << 8;
		a.field[FIELD_PORT].mask_range.u32 |= 0x0000ff00;
	}
	a.field[FIELD_SRC].value.u32 = addr_to_v4(&r->src.addr);
	a.field[FIELD_SRC].mask_range.u32 = r->src.len;
	a.field[FIELD_DST].value.u32 = addr_to_v4(&r->dst.addr);
	a.field[FIELD_DST].mask_range.u32 = r->dst.len;
	a.field[FIELD_SRC_PORT].value.u16 = r->src_port[0];
	a.field[FIELD_SRC_PORT].mask_range.u16 = r->src_port[1];
	a.field[FIELD_DST_PORT].value.u16 = r->dst_port[0];
	a.field[FIELD_DST_PORT].mask_range.u16 = r->dst_port[1];
	return a;
}

/* The second row of a line with ports: any fragment without ports. */
static struct acl_rule to_acl_fragment(struct acl_rule a)
{
	a.field[FIELD_PORT].value.u32 = (a.field[FIELD_PORT].value.u32 & 0x00ff0000) | 1 << 8;
	a.field[FIELD_PORT].mask_range.u32 = 0x00ffff00;
	a.field[FIELD_SRC_PORT].value.u16 = 0;
	a.field[FIELD_SRC_PORT].mask_range.u16 = UINT16_MAX;
	a.field[FIELD_DST_PORT].value.u16 = 0;
	a.field[FIELD_DST_PORT].mask_range.u16 = UINT16_MAX;
	return a;
}

static int add_rules(struct policy *p)
{
	struct acl_rule rows[2];
	int rc = 0;

	for (size_t i = 0; i < p->n && rc == 0; i++) {
		uint32_t n_rows = 1;

		rows[0] = to_acl(&p->rules[i], p->ports[i], i, p->n);
		if (has_ports(&p->rules[i]) && takes_fragments(&p->rules[i]))
			rows[n_rows++] = to_acl_fragment(rows[0]);
		rc = rte_acl_add_rules(p->acl, (struct rte_acl_rule *)rows, n_rows);
	}
	return rc;
}

static int build(struct policy *p)
{
	struct rte_acl_config config = {.num_categories = 1, .num_fields = FIELD_COUNT};
	char name[RTE_ACL_NAMESIZE];
	struct rte_acl_param param = {
		.name = name,
		.socket_id = SOCKET_ID_ANY,
		.rule_size = sizeof(struct acl_rule),
		.max_rule_num = (uint32_t)p->n * 2,
	};
	int rc;

	snprintf(name, sizeof(name), "policy-%p", (void *)p);
	p->acl = rte_acl_create(&param);
	if (!p->acl)
		return -ENOMEM;
	rc = add_rules(p);
	if (rc)
		return rc;
	memcpy(config.defs, fields, sizeof(fields));
	return rte_acl_build(p->acl, &config);
}

static bool rule_valid(const struct plane_rule *r)
{
	return r->src.addr.family != ADDR_V6 && r->dst.addr.family != ADDR_V6 && r->src.len <= 32 &&
	       r->dst.len <= 32 && r->src_port[0] <= r->src_port[1] &&
	       r->dst_port[0] <= r->dst_port[1];
}

static void link_lines(struct policy *p)
{
	uint32_t first[PORTS];

	for (size_t i = 0; i < PORTS; i++)
		first[i] = (uint32_t)p->n;
	for (size_t i = p->n; i-- > 0;) {
		uint32_t next = first[p->ports[i]];

		p->next[i] = next;
		p->after[i] = next < p->n && p->rules[next].entry == p->rules[i].entry
				      ? p->after[next]
				      : next;
		first[p->ports[i]] = (uint32_t)i;
	}
}

struct policy *policy_create(const struct plane_rule *rules, const uint8_t *ports, size_t n)
{
	struct policy *p = calloc(1, sizeof(*p));
	int rc = -ENOMEM;

	if (!p)
		goto err;
	p->n = n;
	p->serial = rte_rdtsc();
	p->rules = calloc(n ? n : 1, sizeof(*p->rules));
	p->ports = calloc(n ? n : 1, sizeof(*p->ports));
	p->next = calloc(n ? n : 1, sizeof(*p->next));
	p->after = calloc(n ? n : 1, sizeof(*p->after));
	if (!p->rules || !p->ports || !p->next || !p->after)
		goto err;
	for (size_t i = 0; i < n; i++) {
		rc = -EINVAL;
		if (!rule_valid(&rules[i]))
			goto err;
		p->rules[i] = rules[i];
		p->ports[i] = ports[i];
		p->used[ports[i]] = true;
	}
	link_lines(p);
	rc = n ? build(p) : 0;
	if (rc)
		goto err;
	return p;
err:
	policy_destroy(p);
	errno = -rc;
	return NULL;
}

void policy_destroy(struct policy *p)
{
	if (!p)
		return;
	rte_acl_free(p->acl);
	free(p->after);
	free(p->next);
	free(p->ports);
	free(p->rules);
	free(p);
}

bool policy_empty(const struct policy *p, uint8_t port)
{
	return !p->used[port];
}

uint64_t policy_serial(const struct policy *p)
{
	return p->serial;
}

static bool in_prefix(const struct prefix *p, uint32_t be)
{
	struct addr a = addr_of_bytes(&be, sizeof(be));

	return p->len == 0 || prefix_contains(p, &a);
}

static bool in_range(const uint16_t range[2], uint16_t be)
{
	uint16_t v = __builtin_bswap16(be);

	return v >= range[0] && v <= range[1];
}

static bool rule_matches(const struct plane_rule *r, const struct policy_key *k)
{
	if ((r->protocol && r->protocol != k->protocol) || !in_prefix(&r->src, k->src_be) ||
	    !in_prefix(&r->dst, k->dst_be))
		return false;
	if (k->fragment && has_ports(r))
		return takes_fragments(r);
	return in_range(r->src_port, k->src_port_be) && in_range(r->dst_port, k->dst_port_be);
}

/* The line that takes the packet after line i passed it on; n when none does. */
static size_t after_skip(const struct policy *p, size_t i, const struct policy_key *k)
{
	while (i < p->n && p->rules[i].action == PLANE_RULE_SKIP) {
		i = p->after[i];
		while (i < p->n && !rule_matches(&p->rules[i], k))
			i = p->next[i];
	}
	return i;
}

static struct policy_verdict verdict_of(const struct policy *p, size_t i)
{
	if (i >= p->n)
		return (struct policy_verdict){.tunnel = UINT32_MAX, .hit_line = UINT32_MAX};
	return (struct policy_verdict){
		.tunnel = p->rules[i].tunnel,
		.hit_line = p->rules[i].hit_line,
		.worker = p->rules[i].worker,
		.spread = p->rules[i].spread,
	};
}

void policy_lookup(const struct policy *p, const struct policy_key *keys,
		   struct policy_verdict *verdicts, unsigned n)
{
	const uint8_t *data[POLICY_BURST];
	uint32_t rows[POLICY_BURST] = {0};

	for (unsigned at = 0; at < n; at += POLICY_BURST) {
		unsigned share = n - at < POLICY_BURST ? n - at : POLICY_BURST;

		for (unsigned i = 0; i < share; i++)
			data[i] = (const uint8_t *)&keys[at + i];
		if (p->acl)
			rte_acl_classify(p->acl, data, rows, share, 1);
		for (unsigned i = 0; i < share; i++) {
			size_t line = rows[i] ? rows[i] - 1 : p->n;

			verdicts[at + i] = verdict_of(p, after_skip(p, line, &keys[at + i]));
		}
	}
}
