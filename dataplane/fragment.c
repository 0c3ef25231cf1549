/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/fragment.h"

#include "dataplane/packet.h"
#include "dataplane/pool.h"
#include "lib/net/ip.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

enum {
	HEADER_MAX = 60,
	OFFSET_UNIT = 8,
	MORE_FRAGMENTS = 0x2000,
	OPTION_END = 0,
	OPTION_NOP = 1,
	OPTION_COPIED = 0x80,
};

/* The packet to cut: its header for the fragments after the first, and where its data stand. */
struct source {
	uint8_t header[HEADER_MAX];
	size_t header_bytes;
	const uint8_t *data;
	size_t data_bytes;
	uint16_t offset; /* of the first byte of data in the original datagram, in units of 8 */
	bool more;	 /* the packet is itself a fragment with others behind it */
};

/* Options that belong to the first fragment alone become padding. False when they are malformed. */
static bool strip_options(uint8_t *p, size_t len)
{
	while (len && *p != OPTION_END) {
		size_t size = *p == OPTION_NOP ? 1 : len >= 2 ? p[1] : 0;

		if (size > len || (*p != OPTION_NOP && size < 2))
			return false;
		if (!(*p & OPTION_COPIED))
			memset(p, OPTION_NOP, size);
		p += size;
		len -= size;
	}
	return true;
}

static int read_source(struct source *s, const struct rte_mbuf *m)
{
	const uint8_t *packet = rte_pktmbuf_mtod(m, const uint8_t *);
	struct ip_flow flow;
	uint16_t word;

	if (m->nb_segs != 1 || ip_parse_flow(&flow, packet, m->data_len) != DROP_NONE || flow.df)
		return -EINVAL;
	s->header_bytes = flow.header_bytes;
	memcpy(s->header, packet, s->header_bytes);
	s->data = packet + s->header_bytes;
	s->data_bytes = (size_t)(flow.total_bytes - flow.header_bytes);
	memcpy(&word, packet + offsetof(struct ip_v4, fragment_be), sizeof(word));
	s->offset = ntohs(word) & 0x1fff;
	s->more = (ntohs(word) & MORE_FRAGMENTS) != 0;
	return strip_options(s->header + sizeof(struct ip_v4),
			     s->header_bytes - sizeof(struct ip_v4))
		       ? 0
		       : -EINVAL;
}

/* One fragment: `bytes` of data from `at`. first: with the header as it came. */
static struct rte_mbuf *make_fragment(const struct source *s, struct rte_mbuf *m,
				      struct rte_mempool *pool, size_t at, size_t bytes)
{
	const uint8_t *header = at ? s->header : rte_pktmbuf_mtod(m, const uint8_t *);
	struct rte_mbuf *f = rte_pktmbuf_alloc(pool);
	uint16_t place = (uint16_t)(s->offset + at / OFFSET_UNIT);
	uint8_t *out;
	struct ip_v4 h;

	if (!f)
		return NULL;
	out = (uint8_t *)rte_pktmbuf_append(f, (uint16_t)(s->header_bytes + bytes));
	if (!out) {
		rte_pktmbuf_free(f);
		return NULL;
	}
	if (s->more || at + bytes < s->data_bytes)
		place |= MORE_FRAGMENTS;
	memcpy(out, header, s->header_bytes);
	memcpy(out + s->header_bytes, s->data + at, bytes);
	memcpy(&h, out, sizeof(h));
	h.total_len_be = htons((uint16_t)(s->header_bytes + bytes));
	h.fragment_be = htons(place);
	h.checksum = 0;
	memcpy(out, &h, sizeof(h));
	h.checksum = ip_checksum(out, s->header_bytes);
	memcpy(out, &h, sizeof(h));
	*packet_meta(f) = *packet_meta(m);
	f->port = m->port;
	return f;
}

int fragment_v4(struct rte_mbuf *m, uint16_t mtu, struct rte_mempool *pool, struct rte_mbuf **out,
		unsigned max)
{
	struct source s;
	size_t share;
	unsigned n = 0;

	if (read_source(&s, m))
		return -EINVAL;
	if (mtu < s.header_bytes + OFFSET_UNIT)
		return -EINVAL;
	if (mtu > POOL_MTU)
		pool = m->pool;
	share = (mtu - s.header_bytes) / OFFSET_UNIT * OFFSET_UNIT;
	if ((s.data_bytes + share - 1) / share > max)
		return -EINVAL;
	for (size_t at = 0; at < s.data_bytes; at += share) {
		size_t bytes = s.data_bytes - at < share ? s.data_bytes - at : share;

		out[n] = make_fragment(&s, m, pool, at, bytes);
		if (!out[n])
			goto err;
		n++;
	}
	rte_pktmbuf_free(m);
	return (int)n;
err:
	rte_pktmbuf_free_bulk(out, n);
	return -ENOMEM;
}
