/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes as a packet for the appliance itself: IP header, TCP options, ARP, ICMP. What must
 * hold: nothing is read or written beyond the bytes, an answer is a valid packet no longer than
 * the question, and a clamped segment differs in its MSS and checksum only.
 */
#include "dataplane/arp.h"
#include "dataplane/local.h"
#include "lib/net/ip.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	TCP_CHANGES_MOST = 40 + 2
}; /* the option room and the checksum */

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* A copy that ends where its memory ends. */
static uint8_t *copy_of(const uint8_t *data, size_t len)
{
	uint8_t *p = malloc(len ? len : 1);

	require(p != NULL);
	memcpy(p, data, len);
	return p;
}

static void clamp(const uint8_t *data, size_t len)
{
	uint8_t *p = copy_of(data, len);
	size_t changes = 0;
	bool changed = ip_clamp_mss(p, len, 536);

	for (size_t i = 0; i < len; i++)
		changes += p[i] != data[i];
	require(changes <= TCP_CHANGES_MOST && (changed || changes == 0));
	require(!ip_clamp_mss(p, len, 536));
	free(p);
}

static void answer(const uint8_t *data, size_t len)
{
	uint8_t *p = copy_of(data, len);
	size_t reply_len = len;
	struct plane_path_mtu path_mtu;
	enum drop_reason reason;
	struct ip_flow flow;

	switch (local_icmp(p, &reply_len, &path_mtu, &reason)) {
	case LOCAL_REPLY:
		require(reply_len <= len);
		require(ip_parse_flow(&flow, p, reply_len) == DROP_NONE);
		require(flow.total_bytes == reply_len && flow.protocol == IP_PROTO_ICMP);
		require(ip_checksum(p + flow.header_bytes, reply_len - flow.header_bytes) == 0);
		break;
	case LOCAL_PATH_MTU: require(path_mtu.local.family == ADDR_V4); break;
	case LOCAL_DROP:
		require(reason != DROP_NONE && reason < DROP_COUNT);
		require(memcmp(p, data, len) == 0);
		break;
	}
	free(p);
}

static void parse(const uint8_t *data, size_t len)
{
	struct ip_flow flow;
	struct arp arp;

	if (ip_parse_flow(&flow, data, len) == DROP_NONE)
		require(flow.header_bytes >= 20 && flow.header_bytes <= flow.total_bytes &&
			flow.total_bytes <= len);
	if (arp_parse(&arp, data, len) == 0)
		require(arp.operation == ARP_REQUEST || arp.operation == ARP_REPLY);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The checksums of most inputs are wrong: each is looked at as it is, and with them repaired. */
static void repair(uint8_t *p, size_t len)
{
	size_t header = len ? (size_t)(p[0] & 15) * 4 : 0;
	uint16_t sum;

	if (len < 24 || header < 20 || header + 4 > len)
		return;
	p[2] = (uint8_t)(len >> 8);
	p[3] = (uint8_t)len;
	memset(p + 10, 0, 2);
	sum = ip_checksum(p, header);
	memcpy(p + 10, &sum, 2);
	memset(p + header + 2, 0, 2);
	sum = ip_checksum(p + header, len - header);
	memcpy(p + header + 2, &sum, 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *p = copy_of(data, len);

	for (int repaired = 0; repaired < 2; repaired++) {
		parse(p, len);
		clamp(p, len);
		answer(p, len);
		repair(p, len);
	}
	free(p);
	return 0;
}
