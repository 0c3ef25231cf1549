/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/net/ip.h"

#include "lib/base/rbuf.h"

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

static_assert(sizeof(struct ip_v4) == 20);
static_assert(sizeof(struct ip_udp) == 8);

enum {
	PORTS_MIN_BYTES = 8, /* what the first fragment of anything must hold (RFC 791) */
	TCP_HEADER_MIN = 20,
	TCP_FLAGS_AT = 13,
	TCP_CHECKSUM_AT = 16,
	TCP_SYN = 0x02,
	TCP_OPTION_END = 0,
	TCP_OPTION_NOP = 1,
	TCP_OPTION_MSS = 2,
};

uint32_t ip_checksum_partial(const void *data, size_t len, uint32_t sum)
{
	const uint8_t *p = data;
	uint64_t wide = sum;
	uint16_t word;

	for (; len >= 2; p += 2, len -= 2) {
		memcpy(&word, p, 2);
		wide += word;
	}
	if (len) {
		word = 0;
		memcpy(&word, p, 1);
		wide += word;
	}
	wide = (wide & 0xffffffff) + (wide >> 32);
	return (uint32_t)((wide & 0xffffffff) + (wide >> 32));
}

uint16_t ip_checksum_fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

uint16_t ip_checksum(const void *data, size_t len)
{
	return ip_checksum_fold(ip_checksum_partial(data, len, 0));
}

uint16_t ip_checksum_adjust(uint16_t checksum, uint16_t old_word, uint16_t new_word)
{
	return ip_checksum_fold((uint32_t)(uint16_t)~checksum + (uint16_t)~old_word + new_word);
}

static void parse_ports(struct ip_flow *flow, const uint8_t *data)
{
	struct rbuf b = rbuf_of(data + flow->header_bytes,
				(size_t)(flow->total_bytes - flow->header_bytes));

	if (!flow->first_fragment || b.left < PORTS_MIN_BYTES)
		return;
	if (flow->protocol != IP_PROTO_TCP && flow->protocol != IP_PROTO_UDP)
		return;
	flow->src_port = rbuf_u16(&b);
	flow->dst_port = rbuf_u16(&b);
}

enum drop_reason ip_parse_flow(struct ip_flow *flow, const uint8_t *data, size_t len)
{
	struct ip_flow f = {0};
	struct ip_v4 h;

	if (len >= 1 && data[0] >> 4 == 6)
		return DROP_IPV6;
	if (len < sizeof(h) || data[0] >> 4 != 4)
		return DROP_IP_HEADER;
	memcpy(&h, data, sizeof(h));
	f.header_bytes = (uint16_t)((h.version_ihl & 15) * 4);
	f.total_bytes = ntohs(h.total_len_be);
	if (f.header_bytes < sizeof(h) || f.total_bytes < f.header_bytes || f.total_bytes > len)
		return DROP_IP_HEADER;
	if (ip_checksum(data, f.header_bytes) != 0)
		return DROP_IP_CHECKSUM;
	f.src = addr_of_bytes(data + offsetof(struct ip_v4, src_be), 4);
	f.dst = addr_of_bytes(data + offsetof(struct ip_v4, dst_be), 4);
	f.protocol = h.protocol;
	f.tos = h.tos;
	f.ttl = h.ttl;
	f.df = (h.fragment_be & IP_DF_BE) != 0;
	f.fragment = (h.fragment_be & IP_FRAGMENT_BE) != 0;
	f.first_fragment = (ntohs(h.fragment_be) & 0x1fff) == 0;
	parse_ports(&f, data);
	*flow = f;
	return DROP_NONE;
}

bool ip_source_valid(const struct addr *a)
{
	static const uint8_t v6_low[15]; /* :: and ::1 */

	switch (a->family) {
	case ADDR_V4: return a->b[0] != 0 && a->b[0] != 127 && a->b[0] < 224;
	case ADDR_V6: return a->b[0] != 0xff && !(memcmp(a->b, v6_low, 15) == 0 && a->b[15] <= 1);
	default: return false;
	}
}

void ip_build_v4(struct ip_v4 *h, uint32_t src_be, uint32_t dst_be, uint8_t protocol, uint8_t tos,
		 uint8_t ttl, uint16_t total_len, uint16_t id, bool df)
{
	*h = (struct ip_v4){
		.version_ihl = 0x45,
		.tos = tos,
		.total_len_be = htons(total_len),
		.id_be = htons(id),
		.fragment_be = df ? IP_DF_BE : 0,
		.ttl = ttl,
		.protocol = protocol,
		.src_be = src_be,
		.dst_be = dst_be,
	};
	h->checksum = ip_checksum(h, sizeof(*h));
}

/*
 * The next MSS value in the options as a pointer into the packet; NULL at the end or when
 * malformed.
 */
static const uint8_t *next_mss(struct rbuf *options)
{
	while (options->left && !options->bad) {
		uint8_t kind = rbuf_u8(options);
		uint8_t size;
		const uint8_t *value;

		if (kind == TCP_OPTION_END)
			return NULL;
		if (kind == TCP_OPTION_NOP)
			continue;
		size = rbuf_u8(options);
		if (size < 2 || (kind == TCP_OPTION_MSS && size != 4)) {
			options->bad = true;
			return NULL;
		}
		value = rbuf_take(options, (size_t)(size - 2));
		if (value && kind == TCP_OPTION_MSS)
			return value;
	}
	return NULL;
}

/* Stores a 16-bit value at any alignment and repairs the TCP checksum. */
static void replace_word(uint8_t *tcp, uint8_t *at, uint16_t value)
{
	uint8_t fresh[2] = {(uint8_t)(value >> 8), (uint8_t)value};
	uint16_t checksum, old_word, new_word;

	memcpy(&checksum, tcp + TCP_CHECKSUM_AT, 2);
	memcpy(&old_word, at, 2);
	memcpy(&new_word, fresh, 2);
	/* an option may begin at an odd offset: its bytes then count in the other half of a word */
	if ((at - tcp) % 2) {
		old_word = (uint16_t)(old_word << 8 | old_word >> 8);
		new_word = (uint16_t)(new_word << 8 | new_word >> 8);
	}
	checksum = ip_checksum_adjust(checksum, old_word, new_word);
	memcpy(at, fresh, 2);
	memcpy(tcp + TCP_CHECKSUM_AT, &checksum, 2);
}

bool ip_clamp_mss(uint8_t *data, size_t len, uint16_t mss)
{
	struct rbuf options, walk;
	size_t ip_bytes, tcp_bytes, total;
	const uint8_t *value;
	bool changed = false;
	struct ip_v4 h;
	uint8_t *tcp;

	if (len < sizeof(h))
		return false;
	memcpy(&h, data, sizeof(h));
	ip_bytes = (size_t)(h.version_ihl & 15) * 4;
	total = ntohs(h.total_len_be);
	if (h.version_ihl >> 4 != 4 || h.protocol != IP_PROTO_TCP || total > len ||
	    ip_bytes < sizeof(h) || total < ip_bytes + TCP_HEADER_MIN ||
	    (ntohs(h.fragment_be) & 0x1fff) != 0)
		return false;
	tcp = data + ip_bytes;
	tcp_bytes = (size_t)(tcp[12] >> 4) * 4;
	if (!(tcp[TCP_FLAGS_AT] & TCP_SYN) || tcp_bytes < TCP_HEADER_MIN ||
	    tcp_bytes > total - ip_bytes)
		return false;
	options = rbuf_of(tcp + TCP_HEADER_MIN, tcp_bytes - TCP_HEADER_MIN);
	/* the whole list is judged before a byte changes */
	for (walk = options; next_mss(&walk);)
		;
	if (walk.bad)
		return false;
	while ((value = next_mss(&options))) {
		if ((value[0] << 8 | value[1]) <= mss)
			continue;
		replace_word(tcp, tcp + (value - tcp), mss);
		changed = true;
	}
	return changed;
}
