/* SPDX-License-Identifier: BSD-3-Clause */
/* IPv4 fragmentation and ICMP errors on real packet buffers. */
#include "dataplane/dataplane.h"
#include "dataplane/fragment.h"
#include "dataplane/icmp.h"
#include "dataplane/packet.h"
#include "dataplane/pool.h"
#include "lib/net/ip.h"
#include "tests/plane/bed.h"

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	SRC = 0x0a000001,
	DST = 0x0a000002,
	OWN = 0x0a0000fe
};

static struct rte_mempool *pool;
static unsigned pool_free;

static int make_pool(void **)
{
	pool = pool_create("fragment-test", 255);
	if (!pool)
		return -1;
	pool_free = rte_mempool_avail_count(pool);
	return 0;
}

static int check_pool(void **)
{
	bool whole = rte_mempool_avail_count(pool) == pool_free;

	rte_mempool_free(pool);
	return whole ? 0 : -1;
}

/* A packet of n bytes of data behind `options` (a multiple of four). */
static struct rte_mbuf *make(size_t n, const uint8_t *options, size_t options_len, uint16_t place,
			     bool df)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);
	size_t header = 20 + options_len;
	uint8_t *p = (uint8_t *)rte_pktmbuf_append(m, (uint16_t)(header + n));
	struct ip_v4 h;

	ip_build_v4(&h, htonl(SRC), htonl(DST), IP_PROTO_UDP, 0, 64, (uint16_t)(header + n), 77,
		    df);
	h.version_ihl = (uint8_t)(0x40 + header / 4);
	h.fragment_be |= htons(place);
	memcpy(p, &h, sizeof(h));
	if (options_len)
		memcpy(p + 20, options, options_len);
	bed_fix_checksum(p);
	for (size_t i = 0; i < n; i++)
		p[header + i] = (uint8_t)(i * 13 + i / 256);
	*packet_meta(m) = (struct packet_meta){.next_hop = 42, .in_port = 3};
	return m;
}

static void put_together_the_fragments_are_the_packet(void **)
{
	struct rte_mbuf *parts[FRAGMENT_MAX];

	for (uint16_t mtu = 68; mtu <= 1500; mtu += 31) {
		for (size_t n = 1; n < 1900; n += 97) {
			uint16_t base = n % 2 ? 0 : 0x2000 | 5; /* whole, or itself a fragment */
			struct rte_mbuf *m = make(n, NULL, 0, base, false);
			int count = fragment_v4(m, mtu, pool, parts, FRAGMENT_MAX);
			size_t at = 0;

			assert_true(count > 0);
			for (int i = 0; i < count; i++) {
				const uint8_t *p = rte_pktmbuf_mtod(parts[i], const uint8_t *);
				uint16_t place = (uint16_t)(p[6] << 8 | p[7]);
				struct ip_flow flow;

				assert_int_equal(ip_parse_flow(&flow, p, parts[i]->data_len),
						 DROP_NONE);
				assert_true(flow.total_bytes <= mtu);
				assert_int_equal((place & 0x1fff) * 8, (base & 0x1fff) * 8 + at);
				assert_int_equal((place & 0x2000) != 0,
						 (base & 0x2000) || i + 1 < count);
				assert_int_equal(p[4] << 8 | p[5], 77);
				for (size_t k = 20; k < flow.total_bytes; k++, at++)
					assert_int_equal(p[k], (uint8_t)(at * 13 + at / 256));
				assert_int_equal(packet_meta(parts[i])->next_hop, 42);
				rte_pktmbuf_free(parts[i]);
			}
			assert_int_equal(at, n);
		}
	}
}

static void options_go_where_they_belong(void **)
{
	/* record route (first fragment only), then a security option (copied) */
	static const uint8_t options[] = {7, 3, 4, 1, 0x82, 4, 0xaa, 0xbb};
	static const uint8_t later[] = {1, 1, 1, 1, 0x82, 4, 0xaa, 0xbb};
	struct rte_mbuf *parts[FRAGMENT_MAX];
	int count = fragment_v4(make(300, options, sizeof(options), 0, false), 128, pool, parts,
				FRAGMENT_MAX);

	assert_int_equal(count, 4);
	for (int i = 0; i < count; i++) {
		assert_memory_equal(rte_pktmbuf_mtod_offset(parts[i], uint8_t *, 20),
				    i ? later : options, sizeof(options));
		rte_pktmbuf_free(parts[i]);
	}
}

static void refuses_and_leaves_the_packet_alone(void **)
{
	static const uint8_t malformed[][4] = {
		{7, 0, 0, 0}, {7, 9, 0, 0}, {7, 1, 0, 0}, {1, 1, 1, 7}};
	struct rte_mbuf *parts[FRAGMENT_MAX], *m;

	for (size_t i = 0; i < array_len(malformed); i++) {
		m = make(300, malformed[i], 4, 0, false);
		assert_int_equal(fragment_v4(m, 128, pool, parts, FRAGMENT_MAX), -EINVAL);
		rte_pktmbuf_free(m);
	}
	m = make(300, NULL, 0, 0, true);
	assert_int_equal(fragment_v4(m, 128, pool, parts, FRAGMENT_MAX), -EINVAL);
	rte_pktmbuf_free(m);
	m = make(300, NULL, 0, 0, false);
	assert_int_equal(fragment_v4(m, 27, pool, parts, FRAGMENT_MAX), -EINVAL);
	assert_int_equal(fragment_v4(m, 68, pool, parts, 6), -EINVAL);
	assert_int_equal(fragment_v4(m, 68, pool, parts, 7), 7);
	rte_pktmbuf_free_bulk(parts, 7);
}

static void gives_back_everything_when_buffers_run_out(void **)
{
	struct rte_mbuf *parts[FRAGMENT_MAX], *held[255];
	struct rte_mbuf *m = make(1000, NULL, 0, 0, false);
	unsigned n = rte_mempool_avail_count(pool) - 5;

	for (unsigned i = 0; i < n; i++)
		held[i] = rte_pktmbuf_alloc(pool);
	assert_int_equal(fragment_v4(m, 128, pool, parts, FRAGMENT_MAX), -ENOMEM);
	assert_int_equal(rte_mempool_avail_count(pool), 5);
	rte_pktmbuf_free_bulk(held, n);
	rte_pktmbuf_free(m);
}

/* An error about m, or NULL; frees m. */
static struct rte_mbuf *error_about(struct icmp_limit *limit, uint64_t now, struct rte_mbuf *m)
{
	struct rte_mbuf *e = icmp_error(limit, now, m, pool, htonl(OWN), 3, 4, 1400);

	rte_pktmbuf_free(m);
	return e;
}

static void icmp_error_quotes_the_packet(void **)
{
	static const size_t sizes[] = {8, 100, 528, 529, 1400};
	struct icmp_limit limit = {0};

	for (size_t i = 0; i < array_len(sizes); i++) {
		struct rte_mbuf *m = make(sizes[i], NULL, 0, 0, true);
		size_t quoted = sizes[i] + 20 > 548 ? 548 : sizes[i] + 20;
		uint8_t original[2048];
		struct rte_mbuf *e;
		struct ip_flow flow;
		const uint8_t *p;

		memcpy(original, rte_pktmbuf_mtod(m, void *), sizes[i] + 20);
		e = error_about(&limit, 1000, m);
		assert_non_null(e);
		p = rte_pktmbuf_mtod(e, const uint8_t *);
		assert_int_equal(ip_parse_flow(&flow, p, e->data_len), DROP_NONE);
		assert_int_equal(flow.total_bytes, 28 + quoted);
		assert_int_equal(addr_to_v4(&flow.src), OWN);
		assert_int_equal(addr_to_v4(&flow.dst), SRC);
		assert_memory_equal(p + 20, "\x03\x04", 2);
		assert_memory_equal(p + 24, "\0\0\x05\x78", 4);
		assert_int_equal(ip_checksum(p + 20, 8 + quoted), 0);
		assert_memory_equal(p + 28, original, quoted);
		assert_int_equal(packet_meta(e)->flags, PACKET_OURS);
		rte_pktmbuf_free(e);
	}
}

static void icmp_error_is_never_about(void **)
{
	struct icmp_limit limit = {0};
	struct rte_mbuf *m;
	uint8_t *p;
	static const struct {
		size_t at;
		uint8_t value;
		const char *what;
	} rows[] = {
		{12, 224, "a multicast sender"},
		{12, 127, "a loopback sender"},
		{12, 0, "no sender"},
		{16, 239, "a multicast destination"},
		{16, 255, "a broadcast"},
		{7, 1, "a later fragment"},
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		m = make(64, NULL, 0, 0, false);
		p = rte_pktmbuf_mtod(m, uint8_t *);
		p[rows[i].at] = rows[i].value;
		bed_fix_checksum(p);
		assert_null(error_about(&limit, 1000, m));
	}
	for (unsigned type = 0; type < 256; type++) {
		struct rte_mbuf *e;
		bool query = type == 0 || (type >= 8 && type <= 10) || (type >= 13 && type <= 18);

		m = make(64, NULL, 0, 0, false);
		p = rte_pktmbuf_mtod(m, uint8_t *);
		p[9] = IP_PROTO_ICMP;
		p[20] = (uint8_t)type;
		bed_fix_checksum(p);
		e = error_about(&limit, 1000 * (type + 2), m);
		assert_int_equal(e != NULL, query);
		rte_pktmbuf_free(e);
	}
}

static unsigned errors_of(struct icmp_limit *limit, uint64_t now, unsigned tries)
{
	unsigned n = 0;

	for (unsigned i = 0; i < tries; i++) {
		struct rte_mbuf *e = error_about(limit, now, make(8, NULL, 0, 0, false));

		n += e != NULL;
		rte_pktmbuf_free(e);
	}
	return n;
}

static void icmp_errors_are_rate_limited(void **)
{
	struct icmp_limit limit = {0};
	unsigned n = 0;

	assert_int_equal(errors_of(&limit, 50000, 200), 50);
	assert_int_equal(errors_of(&limit, 50009, 5), 0);
	assert_int_equal(errors_of(&limit, 50010, 5), 1);
	for (uint64_t now = 50010; now < 60010; now++)
		n += errors_of(&limit, now + 1, 1);
	assert_int_equal(n, 1000); /* 100 a second, one a 10 ms */
}

#define with_pool(f) cmocka_unit_test_setup_teardown(f, make_pool, check_pool)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		with_pool(put_together_the_fragments_are_the_packet),
		with_pool(options_go_where_they_belong),
		with_pool(refuses_and_leaves_the_packet_alone),
		with_pool(gives_back_everything_when_buffers_run_out),
		with_pool(icmp_error_quotes_the_packet),
		with_pool(icmp_error_is_never_about),
		with_pool(icmp_errors_are_rate_limited),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
