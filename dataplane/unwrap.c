/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/unwrap.h"

#include "lib/net/ip.h"

#include <string.h>

enum {
	HEADER_MAX = 60
};

enum drop_reason unwrap_transport(struct rte_mbuf *m, const struct sa_in *sa,
				  struct unwrap_sealed s)
{
	const struct packet_meta *meta = packet_meta(m);
	const struct ip_v4 *outer = rte_pktmbuf_mtod(m, const struct ip_v4 *);
	unsigned bytes = (outer->version_ihl & 15) * 4u;
	uint32_t front = (uint32_t)meta->esp_at + ESP_HEADER + sa->shape.iv, inner;
	union {
		struct ip_v4 ip;
		uint8_t bytes[HEADER_MAX];
	} h;
	uint8_t next_header;
	enum drop_reason reason;

	reason = esp_trailer_open(s.esp + ESP_HEADER + sa->shape.iv, s.text_bytes, &inner,
				  &next_header);
	if (reason)
		return reason;
	memcpy(h.bytes, outer, bytes);
	h.ip.protocol = next_header;
	h.ip.total_len_be = __builtin_bswap16((uint16_t)(bytes + inner));
	h.ip.checksum = 0;
	h.ip.checksum = ip_checksum(h.bytes, bytes);
	m->data_off = (uint16_t)(m->data_off + front - bytes);
	m->data_len = (uint16_t)(bytes + inner);
	m->pkt_len = bytes + inner;
	memcpy(rte_pktmbuf_mtod(m, uint8_t *), h.bytes, bytes);
	reason = unwrap_selector(sa, m);
	return reason ? reason : unwrap_check(m);
}
