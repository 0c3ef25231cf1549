/* SPDX-License-Identifier: BSD-3-Clause */
/* Fragments for the appliance itself: H160 to H170 of the store alone. */
#include "dataplane/packet.h"
#include "dataplane/pool.h"
#include "dataplane/reassemble.h"
#include "lib/net/ip.h"
#include "tests/plane/bed.h"

#include <cmocka.h>
#include <rte_common.h>

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

enum {
	SRC = 0x0a090001,
	OTHER = 0x0a090007,
	DST = 0x0a090002,
	MORE = 0x2000,
	DATA_MAX = POOL_LARGE_ROOM - 20,
	STORE = 1024, /* datagrams */
};

static const uint8_t key[SIPHASH_KEY] = {1, 2, 3, 4, 5, 6, 7, 8};

struct bench {
	struct rte_mempool *pool;
	struct rte_mempool *large;
	unsigned pool_free, large_free;
	struct reassembly *r;
	uint64_t drops[DROP_COUNT];
	struct reassemble_limits limits;
	uint64_t now_ms;
};

static int make(void **state)
{
	static struct bench b;

	b = (struct bench){.limits = REASSEMBLE_LIMITS, .now_ms = 1000};
	b.pool = pool_create("reassemble", 63);
	b.large = pool_create_large("reassemble-large", 15);
	if (!b.pool || !b.large)
		return -1;
	b.pool_free = rte_mempool_avail_count(b.pool);
	b.large_free = rte_mempool_avail_count(b.large);
	b.r = reassemble_create(1, b.drops, b.pool, b.large);
	*state = &b;
	return b.r ? 0 : -1;
}

static int unmake(void **state)
{
	struct bench *b = *state;
	bool whole = rte_mempool_avail_count(b->pool) == b->pool_free &&
		     rte_mempool_avail_count(b->large) == b->large_free;

	reassemble_destroy(b->r);
	rte_mempool_free(b->pool);
	rte_mempool_free(b->large);
	return whole ? 0 : -1;
}

/* What identifies a datagram; the bytes follow from id and place. */
struct which {
	uint32_t src, dst;
	uint16_t id;
	uint8_t protocol, port;
};

static const struct which usual = {SRC, DST, 77, IP_PROTO_ESP, 1};

static uint8_t byte_at(const struct which *w, unsigned at)
{
	return (uint8_t)(at * 7 + at / 251 + w->id + w->protocol * 5 + w->src);
}

static enum drop_reason add_marked(struct bench *b, const struct which *w, unsigned from,
				   unsigned bytes, bool more, uint8_t xor, uint8_t tos,
				   struct rte_mbuf **whole)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(bytes + 20 <= POOL_ROOM ? b->pool : b->large);
	uint8_t *p = (uint8_t *)rte_pktmbuf_append(m, (uint16_t)(20 + bytes));
	enum drop_reason reason;
	struct ip_v4 h;

	ip_build_v4(&h, htonl(w->src), htonl(w->dst), w->protocol, tos, 60, (uint16_t)(20 + bytes),
		    w->id, false);
	h.fragment_be = htons((uint16_t)(from / 8 | (more ? MORE : 0)));
	memcpy(p, &h, sizeof(h));
	bed_fix_checksum(p);
	for (unsigned i = 0; i < bytes; i++)
		p[20 + i] = byte_at(w, from + i) ^ xor;
	*packet_meta(m) = (struct packet_meta){.in_port = w->port};
	reason = reassemble_add(b->r, reassemble_hash(key, m), m, &b->limits, b->now_ms, whole);
	rte_pktmbuf_free(m);
	return reason;
}

static enum drop_reason add(struct bench *b, const struct which *w, unsigned from, unsigned bytes,
			    bool more)
{
	struct rte_mbuf *whole;
	enum drop_reason reason = add_marked(b, w, from, bytes, more, 0, 0, &whole);

	assert_null(whole);
	return reason;
}

static void assert_whole(struct rte_mbuf *m, const struct which *w, unsigned bytes)
{
	const uint8_t *p;
	struct ip_flow flow;

	assert_non_null(m);
	p = rte_pktmbuf_mtod(m, const uint8_t *);
	assert_int_equal(m->nb_segs, 1);
	assert_int_equal(m->data_len, 20 + bytes);
	assert_int_equal(ip_parse_flow(&flow, p, m->data_len), DROP_NONE);
	assert_int_equal(flow.total_bytes, 20 + bytes);
	assert_false(flow.fragment);
	assert_int_equal(flow.protocol, w->protocol);
	assert_int_equal(addr_to_v4(&flow.src), w->src);
	assert_int_equal(packet_meta(m)->in_port, w->port);
	for (unsigned i = 0; i < bytes; i++)
		assert_int_equal(p[20 + i], byte_at(w, i));
	rte_pktmbuf_free(m);
}

/* The last fragment that was missing: the datagram is whole. */
static void add_last(struct bench *b, const struct which *w, unsigned from, unsigned bytes,
		     bool more, unsigned total)
{
	struct rte_mbuf *whole;

	assert_int_equal(add_marked(b, w, from, bytes, more, 0, 0, &whole), DROP_NONE);
	assert_whole(whole, w, total);
}

static uint64_t drops(const struct bench *b)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < DROP_COUNT; i++)
		n += b->drops[i];
	return n;
}

/* Next permutation in order; false after the last. */
static bool permute(uint8_t *p, unsigned n)
{
	unsigned i = n - 1, k = n - 1;

	while (i && p[i - 1] > p[i])
		i--;
	if (!i)
		return false;
	while (p[k] < p[i - 1])
		k--;
	RTE_SWAP(p[i - 1], p[k]);
	for (k = n - 1; i < k; i++, k--)
		RTE_SWAP(p[i], p[k]);
	return true;
}

/* H160: 2 to 7 fragments in every order, of every protocol we listen to. */
static void every_order_gives_the_datagram(void **state)
{
	static const uint8_t protocols[] = {IP_PROTO_ESP, IP_PROTO_UDP, IP_PROTO_ICMP};
	struct bench *b = *state;
	struct which w = usual;

	for (unsigned n = 2; n <= 7; n++) {
		uint8_t order[8] = {0, 1, 2, 3, 4, 5, 6, 7};
		unsigned each = 8 * (2 + n * 5), total = each * (n - 1) + 3;

		do {
			w.id++;
			w.protocol = protocols[w.id % 3];
			for (unsigned i = 0; i + 1 < n; i++)
				assert_int_equal(add(b, &w, order[i] * each,
						     order[i] + 1u < n ? each : 3,
						     order[i] + 1u < n),
						 DROP_NONE);
			add_last(b, &w, order[n - 1] * each, order[n - 1] + 1u < n ? each : 3,
				 order[n - 1] + 1u < n, total);
		} while (permute(order, n));
	}
	assert_int_equal(drops(b), 0);
}

/* H161 */
static void a_duplicate_harms_nothing(void **state)
{
	struct bench *b = *state;
	struct which w = usual;

	for (unsigned which = 0; which < 3; which++) {
		w.id++;
		for (unsigned i = 0; i < 2; i++) {
			assert_int_equal(add(b, &w, i * 64, 64, true), DROP_NONE);
			if (i == which)
				assert_int_equal(add(b, &w, i * 64, 64, true), DROP_FRAG_DUP);
		}
		add_last(b, &w, 128, 5, false, 133);
		/* one that comes late begins a datagram that nobody completes */
		assert_int_equal(add(b, &w, 128, 5, false), DROP_NONE);
		assert_int_equal(add(b, &w, 128, 5, false), DROP_FRAG_DUP);
	}
	assert_int_equal(drops(b), 0);
}

/* H162: and the identification stays condemned for its time. */
static void an_overlap_condemns_the_datagram(void **state)
{
	static const struct {
		unsigned from, bytes;
		bool more;
		uint8_t xor ;
	} rows[] = {
		{64, 64, true, 1},   /* the same place, other bytes */
		{72, 8, true, 0},    /* inside */
		{56, 16, true, 0},   /* from the left */
		{120, 16, true, 0},  /* from the right */
		{56, 80, true, 0},   /* around */
		{64, 72, true, 0},   /* same start, longer */
		{64, 64, false, 0},  /* says it is the last */
		{32, 8, false, 0},   /* the last in front of what is there */
		{0, 1000, false, 0}, /* all at once */
	};
	struct bench *b = *state;
	struct which w = usual;

	for (unsigned i = 0; i < array_len(rows); i++) {
		struct rte_mbuf *whole;
		uint64_t before = drops(b);

		w.id++;
		assert_int_equal(add(b, &w, 64, 64, true), DROP_NONE);
		assert_int_equal(add_marked(b, &w, rows[i].from, rows[i].bytes, rows[i].more,
					    rows[i].xor, 0, &whole),
				 DROP_FRAG_OVERLAP);
		assert_null(whole);
		assert_int_equal(drops(b), before + 1); /* the first fragment */
		assert_int_equal(add(b, &w, 0, 64, true), DROP_FRAG_OVERLAP);
		assert_int_equal(add(b, &w, 64, 64, true), DROP_FRAG_OVERLAP);
		assert_int_equal(add(b, &w, 128, 8, false), DROP_FRAG_OVERLAP);
	}
	/* beyond the end, and two ends */
	w.id++;
	assert_int_equal(add(b, &w, 64, 64, false), DROP_NONE);
	assert_int_equal(add(b, &w, 128, 64, true), DROP_FRAG_OVERLAP);
	w.id++;
	assert_int_equal(add(b, &w, 64, 64, false), DROP_NONE);
	assert_int_equal(add(b, &w, 32, 8, false), DROP_FRAG_OVERLAP);
	/* when its time is over the identification may be used again */
	b->now_ms += REASSEMBLE_TIMEOUT_MS;
	reassemble_run(b->r, b->now_ms);
	assert_int_equal(add(b, &w, 0, 64, true), DROP_NONE);
	add_last(b, &w, 64, 9, false, 73);
}

/* H163 */
static void datagrams_never_mix(void **state)
{
	struct bench *b = *state;
	struct which others[] = {
		usual,
		{OTHER, DST, 77, IP_PROTO_ESP, 1},
		{SRC, OTHER, 77, IP_PROTO_ESP, 1},
		{SRC, DST, 78, IP_PROTO_ESP, 1},
		{SRC, DST, 77, IP_PROTO_UDP, 1},
		{SRC, DST, 77, IP_PROTO_ESP, 0},
	};

	for (unsigned i = 0; i < array_len(others); i++)
		assert_int_equal(add(b, &others[i], 0, 64, true), DROP_NONE);
	for (unsigned i = 0; i < array_len(others); i++)
		add_last(b, &others[i], 64, 30, false, 94);
	assert_int_equal(drops(b), 0);
}

/* H164, H165 */
static void senseless_fragments_are_refused(void **state)
{
	struct bench *b = *state;
	struct which w = usual;

	assert_int_equal(add(b, &w, 0, 8, true), DROP_FRAG_TINY);
	assert_int_equal(add(b, &w, 0, 0, true), DROP_FRAG_LENGTH);
	assert_int_equal(add(b, &w, 64, 0, false), DROP_FRAG_LENGTH);
	assert_int_equal(add(b, &w, 64, 12, true), DROP_FRAG_LENGTH);
	/* the whole datagram is, with what came of it before */
	assert_int_equal(add(b, &w, 0, 64, true), DROP_NONE);
	assert_int_equal(add(b, &w, 65528, 1000, false), DROP_FRAG_OVERSIZE);
	assert_int_equal(add(b, &w, 64, 64, true), DROP_FRAG_OVERSIZE);
	assert_int_equal(b->drops[DROP_FRAG_OVERSIZE], 1);
	w.id++;
	assert_int_equal(add(b, &w, 8191 * 8, 8, true), DROP_FRAG_OVERSIZE);
	w.id++;
	assert_int_equal(add(b, &w, POOL_LARGE_ROOM - 24, 8, false), DROP_FRAG_OVERSIZE);
	w.id++;
	for (unsigned i = 1; i <= REASSEMBLE_PARTS; i++)
		assert_int_equal(add(b, &w, 8 * i, 8, true), DROP_NONE);
	assert_int_equal(add(b, &w, 800, 8, true), DROP_FRAG_TOO_MANY);
	assert_int_equal(add(b, &w, 808, 8, true), DROP_FRAG_TOO_MANY);
	assert_int_equal(b->drops[DROP_FRAG_TOO_MANY], REASSEMBLE_PARTS);
	assert_int_equal(drops(b), REASSEMBLE_PARTS + 1);
}

/* H166: memory comes back, to the last chunk. */
static void what_does_not_come_in_time_is_forgotten(void **state)
{
	struct bench *b = *state;
	struct which w = usual;

	for (unsigned i = 0; i < 3 * STORE; i++) {
		w.id++;
		w.src = SRC + i;
		assert_int_equal(add(b, &w, i % 3 ? 0 : 64, 64, true), DROP_NONE);
		if (i % STORE == STORE - 1) {
			b->now_ms += REASSEMBLE_TIMEOUT_MS;
			reassemble_run(b->r, b->now_ms);
		}
	}
	assert_int_equal(b->drops[DROP_FRAG_TIMEOUT] + b->drops[DROP_FRAG_POOL], 3 * STORE);
	assert_true(b->drops[DROP_FRAG_TIMEOUT] > 2 * STORE);
	/* all the room is there: 409 datagrams of five chunks each in two fragments */
	for (unsigned i = 0; i < 409; i++) {
		w.id++;
		w.src++;
		assert_int_equal(add(b, &w, 0, DATA_MAX / 16 * 8, true), DROP_NONE);
		add_last(b, &w, DATA_MAX / 16 * 8, DATA_MAX - DATA_MAX / 16 * 8, false, DATA_MAX);
	}
	assert_int_equal(drops(b), 3 * STORE);
}

/* H167: who floods loses; others get through, from one source or from many. */
static void a_flood_does_not_keep_the_others_out(void **state)
{
	struct bench *b = *state;
	struct which bad = {0x0c000001, DST, 0, IP_PROTO_UDP, 1}, good = usual;
	unsigned whole = 0, sent = 0;

	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < 400000; i++) {
			struct rte_mbuf *m;

			bad.id = (uint16_t)(i * 40503);
			bad.src = round ? 0x0c000000 + i : bad.src;
			(void)!add(b, &bad, i % 5 * 2048, 64, true);
			if (i % 100 == 0) {
				good.id++;
				(void)!add(b, &good, 0, 64, true);
			}
			/* its second half comes 50 fragments of the flood later */
			if (i % 100 == 50 && add_marked(b, &good, 64, 9, false, 0, 0, &m) == 0) {
				whole += m != NULL;
				rte_pktmbuf_free(m);
			}
			sent += i % 100 == 50;
			b->now_ms += i % 1000 == 0;
			reassemble_run(b->r, b->now_ms);
		}
		assert_true(whole >= sent * 99 / 100);
	}
}

static void configured_limits_hold(void **state)
{
	struct bench *b = *state;
	struct which w = usual;

	b->limits = (struct reassemble_limits){2, 4, 500};
	assert_int_equal(add(b, &w, 8, 8, true), DROP_NONE);
	assert_int_equal(add(b, &w, 16, 8, true), DROP_NONE);
	assert_int_equal(add(b, &w, 24, 8, true), DROP_FRAG_TOO_MANY);
	for (unsigned i = 0; i < 10; i++) {
		w.id++;
		assert_int_equal(add(b, &w, 0, 64, true), DROP_NONE);
	}
	assert_int_equal(b->drops[DROP_FRAG_POOL], 6);
	b->now_ms += 500;
	reassemble_run(b->r, b->now_ms);
	assert_int_equal(b->drops[DROP_FRAG_TIMEOUT], 4);
}

/* RFC 3168 section 5.3 */
static void congestion_of_a_fragment_is_that_of_the_datagram(void **state)
{
	struct bench *b = *state;
	struct rte_mbuf *whole;

	assert_int_equal(add_marked(b, &usual, 0, 64, true, 0, 2, &whole), DROP_NONE);
	assert_int_equal(add_marked(b, &usual, 64, 64, false, 0, 3, &whole), DROP_NONE);
	assert_int_equal(rte_pktmbuf_mtod(whole, uint8_t *)[1], 3);
	rte_pktmbuf_free(whole);
}

/* What a slow and obvious store says of the same fragments: a map of bytes for each datagram. */
struct model {
	uint8_t is[2048];
	unsigned n_parts, total, highest;
	struct {
		unsigned from, to;
	} parts[REASSEMBLE_PARTS];
	bool bad;
	enum drop_reason why;
};

static enum drop_reason model_add(struct model *d, unsigned from, unsigned bytes, bool more)
{
	unsigned to = from + bytes;
	bool touched = false;

	if (bytes == 0 || (more && bytes % 8))
		return DROP_FRAG_LENGTH;
	if (from == 0 && bytes < 16)
		return DROP_FRAG_TINY;
	if (d->bad)
		return d->why;
	for (unsigned i = 0; i < d->n_parts; i++)
		if (d->parts[i].from == from && d->parts[i].to == to && more == (to != d->total))
			return DROP_FRAG_DUP;
	for (unsigned i = from; i < to; i++)
		touched |= d->is[i];
	if (touched || (d->total && (to > d->total || !more)) || (!more && d->highest > to)) {
		d->bad = true;
		return d->why = DROP_FRAG_OVERLAP;
	}
	if (d->n_parts == REASSEMBLE_PARTS) {
		d->bad = true;
		return d->why = DROP_FRAG_TOO_MANY;
	}
	memset(d->is + from, 1, bytes);
	d->parts[d->n_parts].from = from;
	d->parts[d->n_parts++].to = to;
	d->highest = to > d->highest ? to : d->highest;
	if (!more)
		d->total = to;
	return DROP_NONE;
}

static void random_fragments_as_the_model_says(void **state)
{
	struct bench *b = *state;
	struct which w = usual;

	srand(4);
	for (unsigned run = 0; run < 20000; run++) {
		struct model d = {0};

		w.id++;
		w.src = SRC + run;
		for (unsigned i = 0; i < 14; i++) {
			unsigned from = (unsigned)rand() % 6 * 16, bytes = (unsigned)rand() % 5 * 8;
			bool more = rand() % 4, done = true;
			enum drop_reason want;
			struct rte_mbuf *whole;

			if (rand() % 20 == 0)
				bytes++;
			want = model_add(&d, from, bytes, more);
			assert_int_equal(add_marked(b, &w, from, bytes, more, 0, 0, &whole), want);
			for (unsigned k = 0; k < d.total; k++)
				done &= d.is[k];
			if (want == DROP_NONE && d.total && done) {
				assert_whole(whole, &w, d.total);
				d = (struct model){0};
			} else {
				assert_null(whole);
			}
		}
		b->now_ms += 10;
		reassemble_run(b->r, b->now_ms);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_order_gives_the_datagram, make, unmake),
		cmocka_unit_test_setup_teardown(a_duplicate_harms_nothing, make, unmake),
		cmocka_unit_test_setup_teardown(an_overlap_condemns_the_datagram, make, unmake),
		cmocka_unit_test_setup_teardown(datagrams_never_mix, make, unmake),
		cmocka_unit_test_setup_teardown(senseless_fragments_are_refused, make, unmake),
		cmocka_unit_test_setup_teardown(what_does_not_come_in_time_is_forgotten, make,
						unmake),
		cmocka_unit_test_setup_teardown(a_flood_does_not_keep_the_others_out, make, unmake),
		cmocka_unit_test_setup_teardown(configured_limits_hold, make, unmake),
		cmocka_unit_test_setup_teardown(congestion_of_a_fragment_is_that_of_the_datagram,
						make, unmake),
		cmocka_unit_test_setup_teardown(random_fragments_as_the_model_says, make, unmake),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
