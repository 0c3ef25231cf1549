/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/captures_text.h"

#include "lib/base/drop.h"
#include "lib/net/ip.h"

#include <stdio.h>
#include <string.h>

enum {
	ICMP_UNREACHABLE = 3,
	ICMP_CODE_FRAGMENT = 4,
};

static const char *const verdicts[PLANE_VERDICT_COUNT] = {
	[PLANE_VERDICT_WAITS] = "waits",	   [PLANE_VERDICT_SENT] = "sent",
	[PLANE_VERDICT_ENCRYPTED] = "encrypted",   [PLANE_VERDICT_DECRYPTED] = "decrypted",
	[PLANE_VERDICT_FRAGMENTED] = "fragmented", [PLANE_VERDICT_OURS] = "ours",
	[PLANE_VERDICT_DROPPED] = "dropped",
};

static const struct {
	uint8_t type;
	const char *text;
} icmp_types[] = {
	{0, "echo reply"},	   {3, "unreachable"},	{4, "source quench"},
	{5, "redirect"},	   {8, "echo request"}, {11, "time exceeded in-transit"},
	{12, "parameter problem"},
};

bool captures_text_flow(const struct plane_captured *head, const uint8_t *packet,
			struct ip_flow *flow)
{
	uint16_t ports[2] = {0};
	struct ip_v4 ip;

	if (head->len < sizeof(ip))
		return false;
	memcpy(&ip, packet, sizeof(ip));
	*flow = (struct ip_flow){
		.src = addr_of_bytes(&ip.src_be, 4),
		.dst = addr_of_bytes(&ip.dst_be, 4),
		.protocol = ip.protocol,
		.tos = ip.tos,
		.ttl = ip.ttl,
		.fragment = ip.fragment_be & IP_FRAGMENT_BE,
		.header_bytes = (uint16_t)((ip.version_ihl & 15) * 4),
		.total_bytes = (uint16_t)head->packet_bytes,
	};
	if (ip.version_ihl >> 4 != 4 || flow->header_bytes < sizeof(ip) ||
	    flow->header_bytes > head->len || flow->header_bytes > flow->total_bytes)
		return false;
	flow->first_fragment = !(ip.fragment_be & IP_OFFSET_BE);
	if ((ip.protocol == IP_PROTO_UDP || ip.protocol == IP_PROTO_TCP) && flow->first_fragment &&
	    head->len >= flow->header_bytes + sizeof(ports)) {
		memcpy(ports, packet + flow->header_bytes, sizeof(ports));
		flow->src_port = __builtin_bswap16(ports[0]);
		flow->dst_port = __builtin_bswap16(ports[1]);
	}
	return true;
}

const char *captures_text_verdict(const struct plane_captured *head)
{
	return verdicts[head->verdict];
}

char *captures_text_comment(const struct plane_captured *head, char buf[static CAPTURES_TEXT])
{
	enum drop_reason reason = head->reason;
	char sa[48] = "no SA";
	char why[160] = "";

	if (head->spi)
		snprintf(sa, sizeof(sa), "SPI 0x%08X, sequence %llu", head->spi,
			 (unsigned long long)head->seq);
	if (head->verdict == PLANE_VERDICT_DROPPED)
		snprintf(why, sizeof(why), ", %s: %s", drop_name(reason), drop_text(reason));
	snprintf(buf, CAPTURES_TEXT, "%s: %s%s", sa, verdicts[head->verdict], why);
	return buf;
}

static const char *icmp_text(const uint8_t *icmp, size_t len)
{
	if (len >= 2 && icmp[0] == ICMP_UNREACHABLE && icmp[1] == ICMP_CODE_FRAGMENT)
		return "unreachable - need to frag";
	for (size_t i = 0; len && i < array_len(icmp_types); i++)
		if (icmp_types[i].type == icmp[0])
			return icmp_types[i].text;
	return "other";
}

/* What the transport header says, behind the addresses. */
static void print_transport(const struct ip_flow *f, const struct plane_captured *head,
			    const uint8_t *at, size_t len, char buf[static CAPTURES_TEXT])
{
	size_t data = f->total_bytes - f->header_bytes;

	switch (f->protocol) {
	case IP_PROTO_ICMP: snprintf(buf, CAPTURES_TEXT, "icmp: %s", icmp_text(at, len)); break;
	case IP_PROTO_UDP:
		snprintf(buf, CAPTURES_TEXT, "%sudp %zu", head->spi ? "esp in " : "",
			 data < sizeof(struct ip_udp) ? 0 : data - sizeof(struct ip_udp));
		break;
	case IP_PROTO_TCP: snprintf(buf, CAPTURES_TEXT, "tcp %zu", data); break;
	case IP_PROTO_ESP: snprintf(buf, CAPTURES_TEXT, "ip-proto-50, length %zu", data); break;
	default: snprintf(buf, CAPTURES_TEXT, "ip-proto-%u, length %zu", f->protocol, data); break;
	}
}

char *captures_text_summary(const struct plane_captured *head, const uint8_t *packet,
			    char buf[static CAPTURES_TEXT])
{
	char src[ADDR_TEXT], dst[ADDR_TEXT], rest[CAPTURES_TEXT];
	struct ip_flow f;

	if (!captures_text_flow(head, packet, &f)) {
		snprintf(buf, CAPTURES_TEXT, "malformed, length %u", head->packet_bytes);
		return buf;
	}
	print_transport(&f, head, packet + f.header_bytes, head->len - f.header_bytes, rest);
	addr_print(&f.src, src, sizeof(src));
	addr_print(&f.dst, dst, sizeof(dst));
	if (f.src_port || f.dst_port)
		snprintf(buf, CAPTURES_TEXT, "%s.%u > %s.%u: %.100s", src, f.src_port, dst,
			 f.dst_port, rest);
	else
		snprintf(buf, CAPTURES_TEXT, "%s > %s: %.100s", src, dst, rest);
	return buf;
}
