/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ESP as bytes (RFC 4303, RFC 3948): how large a packet becomes, the outer header, the ESP header,
 * padding and trailer. Works on plain buffers; knows no mbuf, no SA and no crypto.
 *
 *   outer IPv4 (20) [UDP (8)] | SPI, sequence (8) | IV | inner packet, padding, 2 | ICV
 *
 * "Inner packet" is the whole packet in tunnel mode, and in transport mode its payload: what stands
 * behind its IP header, whose place the outer one takes.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/base/drop.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
	ESP_HEADER = 8,	 /* SPI and sequence number */
	ESP_TRAILER = 2, /* pad length and next header */
	ESP_OUTER_V4 = 20,
	ESP_OUTER_UDP = 28,
	ESP_PAD_WRITE = 16, /* esp_trailer_write() may touch this many bytes behind the payload */
};

/* What mode and algorithms fix about the packets of one SA. All sizes in bytes. */
struct esp_shape {
	uint8_t outer; /* ESP_OUTER_V4 or ESP_OUTER_UDP */
	uint8_t iv;
	uint8_t block; /* padding unit, a power of two of at least 4 */
	uint8_t icv;
};

/* Bytes of ciphertext that carry an inner packet: padding and trailer included. */
static inline uint32_t esp_text_bytes(struct esp_shape s, uint32_t inner)
{
	return (inner + ESP_TRAILER + s.block - 1) & ~((uint32_t)s.block - 1);
}

/* Bytes in front of the ciphertext. */
static inline uint32_t esp_front_bytes(struct esp_shape s)
{
	return (uint32_t)s.outer + ESP_HEADER + s.iv;
}

/* The whole packet on the wire, outer IP header included. */
static inline uint32_t esp_packet_bytes(struct esp_shape s, uint32_t inner)
{
	return esp_front_bytes(s) + esp_text_bytes(s, inner) + s.icv;
}

/* The shortest ESP packet from its header to its ICV. */
static inline uint32_t esp_wire_min(struct esp_shape s)
{
	return (uint32_t)ESP_HEADER + s.iv + s.block + s.icv;
}

/* The largest inner packet that fits a path of that MTU; 0 when none does. */
static inline uint32_t esp_inner_max(struct esp_shape s, uint32_t mtu)
{
	uint32_t fixed = esp_front_bytes(s) + s.icv;

	if (mtu < fixed + s.block)
		return 0;
	return ((mtu - fixed) & ~((uint32_t)s.block - 1)) - ESP_TRAILER;
}

/*
 * The outer header of one SA with its checksum half computed: everything but length, id, TOS, DF.
 */
struct esp_outer {
	uint8_t bytes[ESP_OUTER_UDP];
	uint32_t sum;
};

/* Addresses big-endian; ports in host order, both 0 without UDP encapsulation. */
void esp_outer_init(struct esp_outer *o, uint32_t src_be, uint32_t dst_be, bool udp,
		    uint16_t src_port, uint16_t dst_port);

/* With UDP encapsulation: another destination, for what esp_outer_init() made. */
void esp_outer_move(struct esp_outer *o, uint32_t dst_be, uint16_t dst_port);

/* Writes the outer header of s.outer bytes. total counts from the outer IP header. */
static inline void esp_outer_write(uint8_t *at, const struct esp_outer *o, struct esp_shape s,
				   uint16_t total, uint16_t id, uint8_t tos, bool df)
{
	uint16_t total_be = __builtin_bswap16(total), id_be = __builtin_bswap16(id);
	uint16_t tos_be = (uint16_t)(tos << 8), df_be = df ? 0x0040 : 0;
	uint64_t sum = o->sum + total_be + id_be + tos_be + df_be, back;
	uint64_t front = 0x45 | tos_be | (uint64_t)total_be << 16 | (uint64_t)id_be << 32 |
			 (uint64_t)df_be << 48;

	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	memcpy(&back, o->bytes + 8, 8);
	back |= (~sum & 0xffff) << 16;
	memcpy(at, &front, 8);
	memcpy(at + 8, &back, 8);
	memcpy(at + 16, o->bytes + 16, 4);
	if (s.outer == ESP_OUTER_UDP) {
		uint16_t udp_be = __builtin_bswap16((uint16_t)(total - ESP_OUTER_V4));

		memcpy(at + ESP_OUTER_V4, o->bytes + ESP_OUTER_V4, 8);
		memcpy(at + ESP_OUTER_V4 + 4, &udp_be, 2);
	}
}

/*
 * Padding 1, 2, 3..., pad length and next header behind an inner packet, up to text bytes from its
 * start. text is esp_text_bytes() of it, so the padding is shorter than ESP_PAD_WRITE.
 */
static inline void esp_trailer_write(uint8_t *packet, uint32_t inner, uint32_t text,
				     uint8_t next_header)
{
	static const uint8_t padding[ESP_PAD_WRITE] = {1, 2,  3,  4,  5,  6,  7,  8,
						       9, 10, 11, 12, 13, 14, 15, 16};

	memcpy(packet + inner, padding, ESP_PAD_WRITE);
	packet[text - 2] = (uint8_t)(text - inner - ESP_TRAILER);
	packet[text - 1] = next_header;
}

/*
 * The trailer of decrypted and authenticated text. DROP_NONE with *inner bytes of protected packet
 * and its next header, else DROP_ESP_PAD or DROP_ESP_DUMMY. The padding must be 1, 2, 3... .
 */
enum drop_reason must_check esp_trailer_open(const uint8_t *text, uint32_t len, uint32_t *inner,
					     uint8_t *next_header);
/* The same in tunnel mode: DROP_ESP_NEXT_HEADER when it is no IPv4 packet. */
enum drop_reason must_check esp_trailer_parse(const uint8_t *text, uint32_t len, uint32_t *inner);

/*
 * The same for the trailer nearly every packet has: IPv4 inside, at most two bytes of padding.
 * False when it is another one.
 */
static inline bool esp_trailer_is_short(const uint8_t *text, uint32_t len, uint32_t *inner)
{
	/* the two bytes in front of the pad length, and which of them are padding */
	static const uint16_t padding[] = {0, 0x0100, 0x0201}, mask[] = {0, 0xff00, 0xffff};
	uint16_t front;
	uint8_t pad_len;

	if (len < 2 * ESP_TRAILER || text[len - 1] != 4 || (pad_len = text[len - 2]) > 2)
		return false;
	memcpy(&front, text + len - 2 * ESP_TRAILER, sizeof(front));
	*inner = len - ESP_TRAILER - pad_len;
	return (front & mask[pad_len]) == padding[pad_len];
}
