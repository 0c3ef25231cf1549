/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/esp/esp.h"

#include "lib/base/rbuf.h"
#include "lib/net/ip.h"

void esp_outer_init(struct esp_outer *o, uint32_t src_be, uint32_t dst_be, bool udp,
		    uint16_t src_port, uint16_t dst_port)
{
	struct ip_v4 ip = {
		.version_ihl = 0x45,
		.ttl = 64,
		.protocol = udp ? IP_PROTO_UDP : IP_PROTO_ESP,
		.src_be = src_be,
		.dst_be = dst_be,
	};
	/* checksum zero: RFC 3948 section 2.1 */
	struct ip_udp ports = {
		.src_port_be = __builtin_bswap16(src_port),
		.dst_port_be = __builtin_bswap16(dst_port),
	};

	*o = (struct esp_outer){0};
	memcpy(o->bytes, &ip, sizeof(ip));
	memcpy(o->bytes + sizeof(ip), &ports, sizeof(ports));
	for (unsigned i = 0; i < sizeof(ip); i += 2) {
		uint16_t word;

		memcpy(&word, o->bytes + i, 2);
		o->sum += word;
	}
}

void esp_outer_move(struct esp_outer *o, uint32_t dst_be, uint16_t dst_port)
{
	struct ip_udp ports;
	struct ip_v4 ip;

	memcpy(&ip, o->bytes, sizeof(ip));
	memcpy(&ports, o->bytes + sizeof(ip), sizeof(ports));
	esp_outer_init(o, ip.src_be, dst_be, true, __builtin_bswap16(ports.src_port_be), dst_port);
}

enum drop_reason esp_trailer_open(const uint8_t *text, uint32_t len, uint32_t *inner,
				  uint8_t *next_header)
{
	struct rbuf b = rbuf_of(text, len);
	const uint8_t *padding;
	uint8_t pad_len;

	if (len < ESP_TRAILER)
		return DROP_ESP_PAD;
	pad_len = text[len - 2];
	*next_header = text[len - 1];
	if (pad_len + (uint32_t)ESP_TRAILER > len)
		return DROP_ESP_PAD;
	rbuf_take(&b, len - ESP_TRAILER - pad_len);
	padding = rbuf_take(&b, pad_len);
	if (!padding)
		return DROP_ESP_PAD;
	for (unsigned i = 0; i < pad_len; i++)
		if (padding[i] != i + 1)
			return DROP_ESP_PAD;
	if (*next_header == IP_PROTO_NONE)
		return DROP_ESP_DUMMY;
	*inner = len - ESP_TRAILER - pad_len;
	return DROP_NONE;
}

enum drop_reason esp_trailer_parse(const uint8_t *text, uint32_t len, uint32_t *inner)
{
	uint8_t next_header;
	enum drop_reason reason = esp_trailer_open(text, len, inner, &next_header);

	if (reason)
		return reason;
	return next_header == IP_PROTO_IPIP ? DROP_NONE : DROP_ESP_NEXT_HEADER;
}
