/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/qos_match.h"

#include "lib/net/ip.h"

#include <rte_hash_crc.h>

#include <errno.h>
#include <string.h>

enum {
	OFFSET_BE = 0xff1f, /* of ip_v4.fragment_be */
};

static bool any_port(const uint16_t range[2])
{
	return range[0] == 0 && range[1] == UINT16_MAX;
}

static bool prefix_valid(const struct prefix *p)
{
	return p->addr.family != ADDR_V6 && p->len <= 32;
}

static uint32_t mask_be(unsigned len)
{
	return __builtin_bswap32(len ? UINT32_MAX << (32 - len) : 0);
}

int qos_match_line(struct qos_line *line, const struct plane_qos_match *match)
{
	if (!prefix_valid(&match->src) || !prefix_valid(&match->dst) ||
	    match->src_port[0] > match->src_port[1] || match->dst_port[0] > match->dst_port[1] ||
	    match->permit > 1)
		return -EINVAL;
	*line = (struct qos_line){
		.src_mask_be = mask_be(match->src.len),
		.dst_mask_be = mask_be(match->dst.len),
		.protocol = match->protocol,
		.permit = match->permit,
		.has_ports = !any_port(match->src_port) || !any_port(match->dst_port),
	};
	line->src_be = __builtin_bswap32(addr_to_v4(&match->src.addr)) & line->src_mask_be;
	line->dst_be = __builtin_bswap32(addr_to_v4(&match->dst.addr)) & line->dst_mask_be;
	memcpy(line->src_port, match->src_port, sizeof(line->src_port));
	memcpy(line->dst_port, match->dst_port, sizeof(line->dst_port));
	return 0;
}

struct qos_key qos_match_key_of(const void *packet, unsigned len)
{
	const struct ip_v4 *ip = packet;
	unsigned at = (ip->version_ihl & 15) * 4u;
	bool whole = !(ip->fragment_be & IP_FRAGMENT_BE);
	uint16_t ports_be[2] = {0, 0};
	uint64_t addresses;
	struct qos_key key = {
		.src_be = ip->src_be,
		.dst_be = ip->dst_be,
		.protocol = ip->protocol,
		.dscp = ip->tos >> 2,
		.later_fragment = (ip->fragment_be & OFFSET_BE) != 0,
	};

	if ((ip->protocol == IP_PROTO_TCP || ip->protocol == IP_PROTO_UDP) && !key.later_fragment &&
	    len >= at + sizeof(ports_be))
		memcpy(ports_be, (const uint8_t *)ip + at, sizeof(ports_be));
	key.src_port = __builtin_bswap16(ports_be[0]);
	key.dst_port = __builtin_bswap16(ports_be[1]);
	memcpy(&addresses, &ip->src_be, sizeof(addresses));
	key.flow = (uint16_t)rte_hash_crc_8byte(
		ip->protocol | (whole ? (uint64_t)key.src_port << 32 | key.dst_port << 16 : 0),
		rte_hash_crc_8byte(addresses, 0));
	return key;
}

struct qos_key qos_match_key(const struct rte_mbuf *m)
{
	return qos_match_key_of(rte_pktmbuf_mtod(m, const void *), rte_pktmbuf_data_len(m));
}

static bool in_range(const uint16_t range[2], uint16_t port)
{
	return port >= range[0] && port <= range[1];
}

/*
 * As in policy.c: a line that permits some ports takes a later fragment by its addresses, a line
 * that denies some ports does not.
 */
static bool line_matches(const struct qos_line *l, const struct qos_key *k)
{
	if ((l->protocol && l->protocol != k->protocol) ||
	    (k->src_be & l->src_mask_be) != l->src_be || (k->dst_be & l->dst_mask_be) != l->dst_be)
		return false;
	if (!l->has_ports)
		return true;
	if (k->later_fragment)
		return l->permit;
	return in_range(l->src_port, k->src_port) && in_range(l->dst_port, k->dst_port);
}

static bool access_permits(const struct qos_rule *r, const struct qos_key *k)
{
	for (unsigned i = 0; i < r->n_lines; i++)
		if (line_matches(&r->lines[i], k))
			return r->lines[i].permit;
	return false;
}

static bool rule_matches(const struct qos_rule *r, const struct qos_key *k)
{
	bool dscp = r->dscp_mask >> k->dscp & 1;

	if (!r->has_access || dscp != r->match_all)
		return dscp;
	return access_permits(r, k);
}

static unsigned walk(const struct qos_rules *r, const struct qos_key *key)
{
	for (unsigned i = 0; i + 1 < r->n; i++)
		if (rule_matches(&r->rules[i], key))
			return i;
	return r->n - 1;
}

void qos_match_prepare(struct qos_rules *r)
{
	r->by_dscp_only = true;
	for (unsigned i = 0; i + 1 < r->n; i++)
		r->by_dscp_only &= !r->rules[i].has_access;
	for (uint8_t dscp = 0; r->by_dscp_only && dscp < QOS_DSCPS; dscp++)
		r->class_of[dscp] = (uint8_t)walk(r, &(struct qos_key){.dscp = dscp});
}

unsigned qos_match_class(const struct qos_rules *r, const struct qos_key *key)
{
	return r->by_dscp_only ? r->class_of[key->dscp] : walk(r, key);
}
