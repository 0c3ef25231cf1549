/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/reassemble.h"

#include "dataplane/packet.h"
#include "dataplane/pool.h"
#include "lib/net/ip.h"
#include "lib/plane/plane_stats.h"

#include <stdlib.h>
#include <string.h>

enum {
	WAYS = 16, /* places of a set: what one lookup compares */
	CHUNK = 2048,
	CHUNKS_MAX = POOL_LARGE_ROOM / CHUNK, /* of one datagram */
	HEADER_MAX = 60,
	UNIT = 8,
	MORE_FRAGMENTS = 0x2000,
	OFFSET_MASK = 0x1fff,
	FIRST_MIN = 16, /* UDP or ESP header and eight bytes more */
	SWEEP_MS = 50,
	NEAR = 64, /* of the oldest datagrams, where one of the same source is looked for */
	NONE = UINT16_MAX,
	ECN_MASK = 3,
	ECN_CE = 3,
	OUT_OF_TUNNEL = 0x80,
};

static_assert((int)PLANE_PORTS_MAX <= (int)OUT_OF_TUNNEL);

static_assert(POOL_LARGE_ROOM % CHUNK == 0);

/* Bytes of the datagram's data that are there. */
struct part {
	uint16_t from;
	uint16_t to;
};

enum state {
	FREE,
	GATHERING,
	CONDEMNED,
};

struct datagram {
	uint64_t hash;
	uint64_t due_ms;
	uint64_t serial; /* smaller is older */
	uint32_t src_be;
	uint32_t dst_be;
	uint16_t id_be;
	uint8_t protocol;
	uint8_t port;
	uint8_t state;	/* enum state */
	uint8_t reason; /* CONDEMNED: enum drop_reason of what comes later */
	bool congested; /* a fragment had the CE mark */
	uint8_t header_bytes;
	uint16_t total; /* bytes of data, 0 until the last fragment is there */
	uint16_t have;
	uint16_t older; /* list of all by age; NONE ends it */
	uint16_t younger;
	uint16_t n_parts;
	uint16_t chunks[CHUNKS_MAX];
	struct part parts[REASSEMBLE_PARTS_MAX];
	uint8_t header[HEADER_MAX];
};

struct reassembly {
	uint64_t *drops;
	struct rte_mempool *pool;
	struct rte_mempool *large_pool;
	uint64_t sweep_ms;
	uint64_t serial;
	uint16_t oldest;
	uint16_t youngest;
	uint16_t n_sets;
	uint16_t n_free;
	uint16_t *free; /* stack of unused chunks */
	uint8_t *bytes; /* chunks */
	uint16_t by_port[PLANE_PORTS_MAX];
	struct datagram all[]; /* n_sets x WAYS */
};

/* One fragment as it came. */
struct fragment {
	const uint8_t *ip;
	const uint8_t *data;
	uint32_t from;
	uint32_t to;
	uint8_t header_bytes;
	bool last;
};

struct reassembly *reassemble_create(unsigned n, uint64_t *drops, struct rte_mempool *pool,
				     struct rte_mempool *large_pool)
{
	unsigned n_sets = RTE_MAX(REASSEMBLE_DATAGRAMS / WAYS / n, 1u);
	unsigned n_chunks = RTE_MAX(REASSEMBLE_BYTES / CHUNK / n, (unsigned)WAYS);
	struct reassembly *r = calloc(1, sizeof(*r) + n_sets * WAYS * sizeof(r->all[0]));

	if (!r)
		return NULL;
	r->free = calloc(n_chunks, sizeof(*r->free));
	r->bytes = calloc(n_chunks, CHUNK);
	if (!r->free || !r->bytes) {
		reassemble_destroy(r);
		return NULL;
	}
	r->drops = drops;
	r->pool = pool;
	r->large_pool = large_pool;
	r->n_sets = (uint16_t)n_sets;
	r->oldest = r->youngest = NONE;
	while (r->n_free < n_chunks) {
		r->free[r->n_free] = r->n_free;
		r->n_free++;
	}
	return r;
}

void reassemble_destroy(struct reassembly *r)
{
	if (!r)
		return;
	free(r->free);
	free(r->bytes);
	free(r);
}

uint64_t reassemble_hash(const uint8_t key[SIPHASH_KEY], struct rte_mbuf *m)
{
	const struct ip_v4 *ip = rte_pktmbuf_mtod(m, const struct ip_v4 *);
	struct {
		uint32_t addresses[2];
		uint16_t id_be;
		uint8_t protocol;
		uint8_t port;
	} what = {.id_be = ip->id_be, .protocol = ip->protocol, .port = packet_meta(m)->in_port};

	/* what came out of a tunnel is not put together with what did not */
	if (packet_meta(m)->flags & PACKET_DECAPSULATED)
		what.port |= OUT_OF_TUNNEL;

	memcpy(what.addresses, &ip->src_be, sizeof(what.addresses));
	return siphash(key, &what, sizeof(what));
}

static void forget_bytes(struct reassembly *r, struct datagram *d)
{
	for (unsigned i = 0; i < CHUNKS_MAX; i++) {
		if (d->chunks[i] != NONE)
			r->free[r->n_free++] = d->chunks[i];
		d->chunks[i] = NONE;
	}
}

static void release(struct reassembly *r, struct datagram *d)
{
	uint16_t *after = d->younger == NONE ? &r->youngest : &r->all[d->younger].older;
	uint16_t *before = d->older == NONE ? &r->oldest : &r->all[d->older].younger;

	*before = d->younger;
	*after = d->older;
	forget_bytes(r, d);
	r->by_port[d->port]--;
	d->state = FREE;
}

/* Counts the fragments that were taken in for nothing. */
static void abandon(struct reassembly *r, struct datagram *d, enum drop_reason reason)
{
	if (d->state == GATHERING)
		r->drops[reason] += d->n_parts;
	release(r, d);
}

/* Nothing of this datagram is believed any more; its place remembers that. */
static enum drop_reason condemn(struct reassembly *r, struct datagram *d, enum drop_reason reason)
{
	r->drops[reason] += d->n_parts;
	forget_bytes(r, d);
	d->state = CONDEMNED;
	d->reason = (uint8_t)reason;
	return reason;
}

/* Of a full set: the oldest datagram of the source that has most of them there. */
static struct datagram *victim_of(struct datagram *set)
{
	struct datagram *victim = set;
	unsigned most = 0;

	for (unsigned i = 0; i < WAYS; i++) {
		unsigned n = 0;

		for (unsigned k = 0; k < WAYS; k++)
			n += set[k].src_be == set[i].src_be;
		if (n > most || (n == most && set[i].serial < victim->serial)) {
			most = n;
			victim = &set[i];
		}
	}
	return victim;
}

/* Room for one chunk more: the oldest of the same source if one is near, else the oldest. */
static void make_room(struct reassembly *r, const struct datagram *keep)
{
	uint16_t at = r->oldest;
	struct datagram *victim = NULL;

	for (unsigned i = 0; i < NEAR && at != NONE; i++, at = r->all[at].younger) {
		struct datagram *d = &r->all[at];

		if (d == keep || d->state != GATHERING)
			continue;
		if (d->src_be == keep->src_be) {
			victim = d;
			break;
		}
		if (!victim)
			victim = d;
	}
	if (victim)
		abandon(r, victim, DROP_FRAG_POOL);
}

/* The interface has all the datagrams it may have. */
static void drop_oldest_of_port(struct reassembly *r, uint8_t port)
{
	for (uint16_t at = r->oldest; at != NONE; at = r->all[at].younger) {
		if (r->all[at].port != port)
			continue;
		abandon(r, &r->all[at], DROP_FRAG_POOL);
		return;
	}
}

static bool is(const struct datagram *d, uint64_t hash, const struct ip_v4 *ip, uint8_t port)
{
	return d->state != FREE && d->hash == hash && d->src_be == ip->src_be &&
	       d->dst_be == ip->dst_be && d->id_be == ip->id_be && d->protocol == ip->protocol &&
	       d->port == port;
}

static struct datagram *begin(struct reassembly *r, struct datagram *d, uint64_t hash,
			      const struct ip_v4 *ip, uint8_t port)
{
	*d = (struct datagram){
		.hash = hash,
		.serial = ++r->serial,
		.src_be = ip->src_be,
		.dst_be = ip->dst_be,
		.id_be = ip->id_be,
		.protocol = ip->protocol,
		.port = port,
		.state = GATHERING,
		.older = r->youngest,
		.younger = NONE,
	};
	memset(d->chunks, 0xff, sizeof(d->chunks));
	if (r->youngest == NONE)
		r->oldest = (uint16_t)(d - r->all);
	else
		r->all[r->youngest].younger = (uint16_t)(d - r->all);
	r->youngest = (uint16_t)(d - r->all);
	r->by_port[port]++;
	return d;
}

static struct datagram *find(struct reassembly *r, uint64_t hash, const struct ip_v4 *ip,
			     uint8_t port, const struct reassemble_limits *limits, uint64_t now_ms)
{
	struct datagram *set = &r->all[hash % r->n_sets * WAYS], *place = NULL;

	for (unsigned i = 0; i < WAYS; i++) {
		if (is(&set[i], hash, ip, port))
			return &set[i];
		if (set[i].state == FREE)
			place = &set[i];
	}
	if (r->by_port[port] >= limits->datagrams)
		drop_oldest_of_port(r, port);
	if (!place) {
		place = victim_of(set);
		/* the one above may have been of this set */
		if (place->state != FREE)
			abandon(r, place, DROP_FRAG_POOL);
	}
	begin(r, place, hash, ip, port);
	place->due_ms = now_ms + limits->timeout_ms;
	return place;
}

static enum drop_reason read_fragment(struct fragment *f, const struct rte_mbuf *m)
{
	const struct ip_v4 *ip = rte_pktmbuf_mtod(m, const struct ip_v4 *);
	unsigned place = __builtin_bswap16(ip->fragment_be);
	unsigned bytes;

	f->ip = (const uint8_t *)ip;
	f->header_bytes = (uint8_t)((ip->version_ihl & 15) * 4);
	bytes = rte_pktmbuf_data_len(m) - f->header_bytes;
	f->data = f->ip + f->header_bytes;
	f->from = (place & OFFSET_MASK) * UNIT;
	f->to = f->from + bytes;
	f->last = !(place & MORE_FRAGMENTS);
	if (bytes == 0 || (!f->last && bytes % UNIT))
		return DROP_FRAG_LENGTH;
	if (f->from == 0 && bytes < FIRST_MIN)
		return DROP_FRAG_TINY;
	if (f->header_bytes + f->to > POOL_LARGE_ROOM)
		return DROP_FRAG_OVERSIZE;
	return DROP_NONE;
}

/* Copies between a fragment and the chunks, or compares. */
static bool same_bytes(const struct reassembly *r, const struct datagram *d,
		       const struct fragment *f)
{
	for (uint32_t at = f->from; at < f->to;) {
		uint32_t n = RTE_MIN(f->to - at, CHUNK - at % CHUNK);
		const uint8_t *chunk = r->bytes + (size_t)d->chunks[at / CHUNK] * CHUNK;

		if (memcmp(chunk + at % CHUNK, f->data + (at - f->from), n) != 0)
			return false;
		at += n;
	}
	return true;
}

static bool store(struct reassembly *r, struct datagram *d, const struct fragment *f)
{
	for (uint32_t at = f->from; at < f->to;) {
		uint32_t n = RTE_MIN(f->to - at, CHUNK - at % CHUNK);
		uint16_t *chunk = &d->chunks[at / CHUNK];

		if (*chunk == NONE && !r->n_free)
			make_room(r, d);
		if (*chunk == NONE && !r->n_free)
			return false;
		if (*chunk == NONE)
			*chunk = r->free[--r->n_free];
		memcpy(r->bytes + (size_t)*chunk * CHUNK + at % CHUNK, f->data + (at - f->from), n);
		at += n;
	}
	return true;
}

/* How a fragment stands to what is there: DROP_NONE when it is new. */
static enum drop_reason compare(const struct reassembly *r, const struct datagram *d,
				const struct fragment *f)
{
	for (unsigned i = 0; i < d->n_parts; i++) {
		const struct part *p = &d->parts[i];
		bool equal = p->from == f->from && p->to == f->to;

		if (equal && f->last == (f->to == d->total) && same_bytes(r, d, f))
			return DROP_FRAG_DUP;
		if (f->from < p->to && p->from < f->to)
			return DROP_FRAG_OVERLAP;
		/* the end of the datagram is in one place */
		if (f->last && p->to > f->from)
			return DROP_FRAG_OVERLAP;
	}
	if (d->total && (f->last || f->to > d->total))
		return DROP_FRAG_OVERLAP;
	return DROP_NONE;
}

static enum drop_reason take(struct reassembly *r, struct datagram *d, const struct fragment *f,
			     const struct reassemble_limits *limits)
{
	enum drop_reason reason = compare(r, d, f);

	if (reason == DROP_FRAG_DUP)
		return reason;
	if (reason)
		return condemn(r, d, reason);
	if (d->n_parts >= RTE_MIN(limits->parts, REASSEMBLE_PARTS_MAX))
		return condemn(r, d, DROP_FRAG_TOO_MANY);
	if (!store(r, d, f)) {
		abandon(r, d, DROP_FRAG_POOL);
		return DROP_FRAG_POOL;
	}
	d->parts[d->n_parts++] = (struct part){(uint16_t)f->from, (uint16_t)f->to};
	d->have = (uint16_t)(d->have + (f->to - f->from));
	d->congested |= (f->ip[1] & ECN_MASK) == ECN_CE;
	if (f->last)
		d->total = (uint16_t)f->to;
	if (f->from == 0) {
		d->header_bytes = f->header_bytes;
		memcpy(d->header, f->ip, f->header_bytes);
	}
	return DROP_NONE;
}

/* RFC 791 section 3.2, and RFC 3168 section 5.3 for the mark of congestion. */
static void write_header(const struct datagram *d, uint8_t *at)
{
	struct ip_v4 h;

	memcpy(&h, d->header, sizeof(h));
	h.total_len_be = __builtin_bswap16((uint16_t)(d->header_bytes + d->total));
	h.fragment_be = 0;
	if (d->congested && h.tos & ECN_MASK)
		h.tos |= ECN_CE;
	h.checksum = 0;
	memcpy(at, d->header, d->header_bytes);
	memcpy(at, &h, sizeof(h));
	h.checksum = ip_checksum(at, d->header_bytes);
	memcpy(at, &h, sizeof(h));
}

static struct rte_mbuf *put_together(struct reassembly *r, const struct datagram *d)
{
	unsigned bytes = d->header_bytes + d->total;
	struct rte_mempool *pool = bytes <= POOL_MTU ? r->pool : r->large_pool;
	struct rte_mbuf *m = pool ? rte_pktmbuf_alloc(pool) : NULL;
	uint8_t *at = m ? (uint8_t *)rte_pktmbuf_append(m, (uint16_t)bytes) : NULL;

	if (!at) {
		rte_pktmbuf_free(m);
		return NULL;
	}
	write_header(d, at);
	for (uint32_t from = 0; from < d->total; from += CHUNK)
		memcpy(at + d->header_bytes + from,
		       r->bytes + (size_t)d->chunks[from / CHUNK] * CHUNK,
		       RTE_MIN((uint32_t)CHUNK, d->total - from));
	return m;
}

enum drop_reason reassemble_add(struct reassembly *r, uint64_t hash, struct rte_mbuf *m,
				const struct reassemble_limits *limits, uint64_t now_ms,
				struct rte_mbuf **whole)
{
	struct fragment f;
	struct datagram *d;
	enum drop_reason reason = read_fragment(&f, m);

	*whole = NULL;
	if (reason && reason != DROP_FRAG_OVERSIZE)
		return reason;
	d = find(r, hash, rte_pktmbuf_mtod(m, const struct ip_v4 *), packet_meta(m)->in_port,
		 limits, now_ms);
	if (d->state == CONDEMNED)
		return d->reason;
	if (reason)
		return condemn(r, d, reason);
	reason = take(r, d, &f, limits);
	if (reason || !d->total || d->have != d->total)
		return reason;
	*whole = put_together(r, d);
	if (*whole) {
		*packet_meta(*whole) = *packet_meta(m);
		release(r, d);
		return DROP_NONE;
	}
	/* m is counted by the caller */
	d->n_parts--;
	abandon(r, d, DROP_NO_BUFFER);
	return DROP_NO_BUFFER;
}

void reassemble_run(struct reassembly *r, uint64_t now_ms)
{
	uint16_t at = r->oldest;

	if (likely(at == NONE || now_ms < r->sweep_ms))
		return;
	r->sweep_ms = now_ms + SWEEP_MS;
	while (at != NONE) {
		struct datagram *d = &r->all[at];

		at = d->younger;
		if (now_ms >= d->due_ms)
			abandon(r, d, DROP_FRAG_TIMEOUT);
	}
}
