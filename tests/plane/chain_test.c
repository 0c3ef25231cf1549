/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets of HMAC suites in flight across bursts: all come out, once, in the order of their SA, and
 * none outlives the SA it refers to.
 */
#include "dataplane/esp_chain.h"
#include "dataplane/worker.h"
#include "dataplane/worker_state.h"
#include "tests/plane/bed.h"

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

enum {
	SAS = 4,
	PACKETS = 200,
	INNER_MIN = 40,
	SEQ_AT = 24, /* of ESP, from the outer IP header */
};

static const struct alg_suite suites[SAS] = {
	{.cipher = ALG_CIPHER_AES_128, .hash = ALG_HASH_SHA1},
	{.cipher = ALG_CIPHER_AES_256, .hash = ALG_HASH_SHA256},
	{.cipher = ALG_CIPHER_3DES, .hash = ALG_HASH_MD5},
	{.cipher = ALG_CIPHER_GCM_128},
};

static uint32_t word_at(const struct bed_packet *p, unsigned at)
{
	uint32_t be;

	memcpy(&be, p->b + at, sizeof(be));
	return __builtin_bswap32(be);
}

static struct bed_sa sa_of(unsigned i)
{
	return (struct bed_sa){.suite = suites[i % SAS],
			       .generation = 1,
			       .slot = i,
			       .window = 1024,
			       .seed = (uint8_t)(i * 16)};
}

static struct bed *site(unsigned number)
{
	struct bed *bed = bed_create(number, 1);

	bed_policy(bed);
	return bed;
}

/* Sends n packets of growing and shrinking size and runs no further than one burst a round. */
static void feed(struct bed *bed, unsigned n)
{
	uint8_t packet[BED_PACKET];

	for (unsigned i = 0; i < n; i++) {
		unsigned len = INNER_MIN + i * 131 % 1300;

		bed_udp(packet, bed->site, 3 - bed->site, len);
		bed_put(bed, BED_INSIDE, packet, len);
	}
}

static unsigned in_flight(struct bed *bed)
{
	return bed->pool_free - bed->held - rte_mempool_avail_count(bed->dp.pool);
}

/* A full burst leaves packets in the engine; an empty round brings them out, all in order. */
static void packets_stay_until_a_round_brings_none(void **state)
{
	struct bed *bed = site(1);
	struct bed_sa sa = sa_of(0);
	struct bed_packet p;
	unsigned n = 0;

	(void)state;
	bed_install(bed, &sa);
	feed(bed, DATAPLANE_BURST);
	assert_true(worker_once(bed->dp.workers[0]));
	while (bed_take(bed, BED_OUTSIDE, &p))
		assert_int_equal(word_at(&p, SEQ_AT), ++n);
	assert_true(n < DATAPLANE_BURST);
	assert_int_equal(in_flight(bed), DATAPLANE_BURST - n);
	assert_true(worker_once(bed->dp.workers[0]));
	while (bed_take(bed, BED_OUTSIDE, &p))
		assert_int_equal(word_at(&p, SEQ_AT), ++n);
	assert_int_equal(n, DATAPLANE_BURST);
	assert_false(worker_once(bed->dp.workers[0]));
	/* an idle round publishes */
	assert_int_equal(plane_stats_out_of(&bed->plane, 0)->packets, DATAPLANE_BURST);
	bed_check_pool(bed);
	bed_destroy(bed);
}

/* One SA after the other takes the tunnel over while packets of the one before are in flight. */
static void a_rekey_loses_and_reorders_nothing(void **state)
{
	struct bed *a = site(1), *b = site(2);
	uint32_t last[2 * SAS] = {0};
	struct bed_packet p;
	unsigned n = 0, inner = 0;

	(void)state;
	for (unsigned i = 0; i < 2 * SAS; i++) {
		struct bed_sa sa = sa_of(i);

		bed_install(b, &sa);
		feed(a, DATAPLANE_BURST);
		worker_once(a->dp.workers[0]);
		/* takes the place of the SA the packets in flight are of */
		bed_install(a, &sa);
		while (bed_take(a, BED_OUTSIDE, &p)) {
			uint32_t seq = word_at(&p, SEQ_AT);
			unsigned of = 0;

			for (unsigned k = 0; k < 2 * SAS; k++) {
				struct bed_sa other = sa_of(k);

				if (bed_spi(&other, 1) == word_at(&p, SEQ_AT - 4))
					of = k;
			}
			assert_int_equal(seq, ++last[of]);
			bed_put(b, BED_OUTSIDE, p.b, p.len);
			n++;
		}
		bed_run(b);
		while (bed_take(b, BED_INSIDE, &p))
			inner++;
	}
	/* before the first SA there was none */
	assert_int_equal(bed_drop(a, DROP_NO_SA), DATAPLANE_BURST);
	assert_int_equal(n, (2 * SAS - 1) * DATAPLANE_BURST);
	assert_int_equal(inner, n);
	assert_int_equal(bed_drops(b), 0);
	bed_check_pool(a);
	bed_check_pool(b);
	bed_destroy(a);
	bed_destroy(b);
}

/* Two copies are in flight at once: the window takes one (H143). */
static void a_duplicate_in_flight_is_refused(void **state)
{
	struct bed *a = site(1), *b = site(2);
	struct bed_sa sa = sa_of(0);
	struct bed_packet p, wire[PACKETS];
	unsigned n = 0, inner = 0;

	(void)state;
	bed_install(a, &sa);
	bed_install(b, &sa);
	feed(a, PACKETS);
	bed_run(a);
	while (n < PACKETS && bed_take(a, BED_OUTSIDE, &wire[n]))
		n++;
	assert_int_equal(n, PACKETS);
	for (unsigned i = 0; i < PACKETS; i++)
		for (unsigned copy = 0; copy < 2; copy++)
			bed_put(b, BED_OUTSIDE, wire[i].b, wire[i].len);
	bed_run(b);
	while (bed_take(b, BED_INSIDE, &p))
		inner++;
	assert_int_equal(inner, PACKETS);
	assert_int_equal(bed_drop(b, DROP_ESP_REPLAY_SEEN), PACKETS);
	bed_check_pool(b);
	bed_destroy(a);
	bed_destroy(b);
}

/* Removed while packets are in flight: they were accepted before and still come out. */
static void removal_empties_the_engine_first(void **state)
{
	struct bed *a = site(1), *b = site(2);
	struct bed_sa sa = sa_of(0);
	struct bed_packet p;
	unsigned inner = 0;

	(void)state;
	bed_install(a, &sa);
	bed_install(b, &sa);
	feed(a, DATAPLANE_BURST);
	bed_run(a);
	while (bed_take(a, BED_OUTSIDE, &p))
		bed_put(b, BED_OUTSIDE, p.b, p.len);
	worker_once(b->dp.workers[0]);
	assert_true(in_flight(b) > 0);
	bed_remove(b, &sa);
	while (bed_take(b, BED_INSIDE, &p))
		inner++;
	assert_int_equal(inner, DATAPLANE_BURST);
	assert_int_equal(bed_drops(b), 0);
	bed_check_pool(b);
	bed_destroy(a);
	bed_destroy(b);
}

static void due_when_alone_or_late(void **state)
{
	static uint8_t packet[BED_PACKET];
	struct esp_crypto *crypto = esp_crypto_create(NULL);
	struct esp_crypto_key *key = aligned_alloc(64, sizeof(*key));
	struct esp_chain *c = esp_chain_create(NULL, true, 1000);
	struct esp_chain_op *op;
	unsigned n = 0;

	(void)state;
	assert_int_equal(esp_crypto_key_init(crypto, key, suites[0], packet, packet), 0);
	assert_false(esp_chain_due(c, 5000));
	for (unsigned i = 0; i < 2; i++) {
		op = esp_chain_next(c);
		*op = (struct esp_chain_op){.suite = suites[0],
					    .esp = packet,
					    .text_bytes = 16,
					    .iv_bytes = 16,
					    .icv_bytes = 12,
					    .key = key,
					    .submitted_tsc = 5000 + i * 1001};
		esp_chain_submit(c);
		assert_null(esp_chain_done(c));
		/* company came this round, but in the second the first has waited too long */
		assert_int_equal(esp_chain_due(c, 5000 + i * 1001), i);
	}
	assert_true(esp_chain_due(c, 6002));
	esp_chain_flush(c);
	while ((op = esp_chain_done(c))) {
		assert_true(op->ok);
		n++;
	}
	assert_int_equal(n, 2);
	assert_false(esp_chain_due(c, 6002));
	esp_chain_destroy(c);
	esp_crypto_destroy(crypto);
	free(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_stay_until_a_round_brings_none),
		cmocka_unit_test(a_rekey_loses_and_reorders_nothing),
		cmocka_unit_test(a_duplicate_in_flight_is_refused),
		cmocka_unit_test(removal_empties_the_engine_first),
		cmocka_unit_test(due_when_alone_or_late),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
