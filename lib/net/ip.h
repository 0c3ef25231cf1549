/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IP, UDP, ICMP and ARP headers on the wire, checksums, and one parser that turns an IP packet into
 * a flow. Bytes only: no mbuf, no allocation. Multi-byte fields of wire structs are big-endian and
 * named _be.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/base/drop.h"
#include "lib/net/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	IP_PROTO_ICMP = 1,
	IP_PROTO_IPIP = 4,
	IP_PROTO_TCP = 6,
	IP_PROTO_UDP = 17,
	IP_PROTO_IPV6 = 41,
	IP_PROTO_ESP = 50,
	IP_PROTO_AH = 51,
	IP_PROTO_NONE = 59,
	IP_PORT_IKE = 500,
	IP_PORT_NATT = 4500,
	IP_DF_BE = 0x0040,	 /* in ip_v4.fragment_be on a little-endian host */
	IP_FRAGMENT_BE = 0xff3f, /* more-fragments bit and offset, likewise */
	IP_OFFSET_BE = 0xff1f,	 /* offset alone, likewise */
};

struct ip_v4 {
	uint8_t version_ihl;
	uint8_t tos;
	uint16_t total_len_be;
	uint16_t id_be;
	uint16_t fragment_be;
	uint8_t ttl;
	uint8_t protocol;
	uint16_t checksum;
	uint32_t src_be;
	uint32_t dst_be;
} wire_packed;

struct ip_udp {
	uint16_t src_port_be;
	uint16_t dst_port_be;
	uint16_t len_be;
	uint16_t checksum;
} wire_packed;

/* What a packet is, in host order; filled by ip_parse_flow(). */
struct ip_flow {
	struct addr src;
	struct addr dst;
	uint8_t protocol;
	uint8_t tos;
	uint8_t ttl;
	bool df;
	bool fragment;	     /* any fragment */
	bool first_fragment; /* offset zero: the ports are there */
	uint16_t src_port;   /* 0 unless TCP or UDP with its header present */
	uint16_t dst_port;
	uint16_t header_bytes; /* IP header with options */
	uint16_t total_bytes;  /* as the IP header says; at most the bytes given */
};

/* Internet checksum (RFC 1071) of len bytes, ready to store; sum is a partial sum to continue. */
uint16_t ip_checksum(const void *data, size_t len);
uint32_t ip_checksum_partial(const void *data, size_t len, uint32_t sum);
uint16_t ip_checksum_fold(uint32_t sum);
/* RFC 1624: the new checksum after one 16-bit word changed (all values as stored on the wire). */
uint16_t ip_checksum_adjust(uint16_t checksum, uint16_t old_word, uint16_t new_word);

/* One hop less; the checksum as in RFC 1141: the word with the TTL went down by 1 as stored. */
static inline void ip_lower_ttl(struct ip_v4 *ip)
{
	uint32_t sum = (uint32_t)ip->checksum + 1;

	ip->ttl--;
	ip->checksum = (uint16_t)(sum + (sum >= 0xffff));
}

/*
 * Parses and validates the IP header at data (len bytes are there; more may be link padding).
 * DROP_NONE, or DROP_IP_HEADER, DROP_IP_CHECKSUM, DROP_IPV6. RFC 1812 section 5.2.2.
 */
enum drop_reason must_check ip_parse_flow(struct ip_flow *flow, const uint8_t *data, size_t len);

/* Whether an address may stand as a source (not multicast, broadcast, loopback, zero). */
bool ip_source_valid(const struct addr *a);

/* Writes a 20-byte IPv4 header with its checksum. */
void ip_build_v4(struct ip_v4 *h, uint32_t src_be, uint32_t dst_be, uint8_t protocol, uint8_t tos,
		 uint8_t ttl, uint16_t total_len, uint16_t id, bool df);

/*
 * Lowers the MSS option of a TCP SYN to at most mss and repairs the checksum. data is the IPv4
 * packet; returns true when it changed. Malformed options are left alone.
 */
bool ip_clamp_mss(uint8_t *data, size_t len, uint16_t mss);
