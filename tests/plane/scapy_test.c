/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Our packet path against scapy's ESP: we decrypt what scapy made (tests/vectors/esp_scapy.txt),
 * and with --write print what we make, for scapy to decrypt (tests/vectors/scapy_esp.py judge).
 */
#include "dataplane/worker_state.h"
#include "tests/plane/bed.h"
#include "tests/vectors/vector_file.h"

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SPI = 0x01000000,
	CASES_MIN = 33 * 9 + 5 * 6,
	SUITES = 64
};

static const char *folder;
static struct bed *bed;

struct flag {
	const char *name;
	uint32_t value;
};

static const struct flag flags[] = {{"-", 0}, {"udp", PLANE_SA_UDP}, {"esn", PLANE_SA_ESN}};

static uint32_t flag_of(const char *name)
{
	for (unsigned i = 0; i < array_len(flags); i++)
		if (strcmp(flags[i].name, name) == 0)
			return flags[i].value;
	fail_msg("flag %s", name);
	return 0;
}

/* A cipher alone too. */
static unsigned all_suites(struct alg_suite out[SUITES])
{
	unsigned n = bed_suites(out, SUITES);

	return n + bed_bare_suites(out + n, SUITES - n);
}

static struct alg_suite suite_of(const char *cipher, const char *hash)
{
	struct alg_suite suites[SUITES];
	unsigned n = all_suites(suites);

	for (unsigned i = 0; i < n; i++)
		if (strcmp(alg_cipher_row(suites[i].cipher)->name, cipher) == 0 &&
		    strcmp(alg_hash_row(suites[i].hash)->name, hash) == 0)
			return suites[i];
	fail_msg("suite %s %s", cipher, hash);
	return suites[0];
}

static void decrypt_row(char *const *fields, size_t n)
{
	struct bed_sa sa = {.suite = suite_of(fields[0], fields[1]), .flags = flag_of(fields[2])};
	bool bare = alg_suite_bare(sa.suite);
	struct plane_msg msg;
	struct plane_msg gone = {.type = PLANE_SA_IN_REMOVE, .remove = {.spi = SPI}};
	struct vector_bytes key = vector_file_hex(fields[4]), auth = vector_file_hex(fields[5]);
	struct vector_bytes inner = vector_file_hex(fields[6]), wire = vector_file_hex(fields[7]);
	uint64_t seq = strtoull(fields[3], NULL, 10);
	struct bed_packet out;

	assert_int_equal(n, 8);
	sa.window = bare ? 0 : 64;
	msg = bed_sa_msg(&sa, 1, false);
	msg.sa.spi = SPI;
	memcpy(msg.sa.key, key.b, msg.sa.key_bytes);
	memcpy(msg.sa.salt, key.b + msg.sa.key_bytes, msg.sa.salt_bytes);
	memcpy(msg.sa.auth, auth.b, msg.sa.auth_bytes);
	assert_int_equal(bed_command(bed, &msg, NULL), 0);
	if (sa.flags & PLANE_SA_ESN)
		bed->dp.workers[0]->sas.in[0].replay.top = seq - 1;
	assert_true(bed_pass(bed, BED_OUTSIDE, wire.b, (unsigned)wire.len, &out));
	assert_int_equal(out.len, inner.len);
	inner.b[8]--;
	bed_fix_checksum(inner.b);
	assert_memory_equal(out.b, inner.b, inner.len);
	assert_int_equal(bed->plane.stats_in[0].top, seq);
	assert_int_equal(bed_command(bed, &gone, NULL), 0);
}

static void packets_made_by_scapy_are_decrypted(void **state)
{
	(void)state;
	bed = bed_create(2, 1);
	bed_policy(bed);
	assert_true(vector_file_each(folder, "esp_scapy.txt", decrypt_row) >= CASES_MIN);
	assert_int_equal(bed_drops(bed), 0);
	bed_check_pool(bed);
	bed_destroy(bed);
}

static void print_hex(const uint8_t *b, unsigned len)
{
	printf(len ? " " : " -");
	for (unsigned i = 0; i < len; i++)
		printf("%02x", b[i]);
}

/* One packet of that many bytes, as a line for the judge. */
static void write_packet(const struct bed_sa *sa, unsigned len)
{
	struct plane_msg msg = bed_sa_msg(sa, 1, true);
	struct plane_msg gone = {.type = PLANE_SA_OUT_REMOVE, .remove = {.spi = SPI}};
	struct sa_out *out = &bed->dp.workers[0]->sas.out[0];
	uint8_t packet[BED_PACKET], keys[64];
	struct bed_packet wire;
	unsigned flag = 0;

	while (flags[flag].value != sa->flags)
		flag++;
	msg.sa.spi = SPI;
	assert_int_equal(bed_command(bed, &msg, NULL), 0);
	out->seq = sa->flags & PLANE_SA_ESN ? 5ull << 32 | len : len;
	bed_udp(packet, 1, 2, len);
	assert_true(bed_pass(bed, BED_INSIDE, packet, len, &wire));
	packet[8]--;
	bed_fix_checksum(packet);
	printf("esp %s %s %s %lu", alg_cipher_row(sa->suite.cipher)->name,
	       alg_hash_row(sa->suite.hash)->name, flags[flag].name, out->seq);
	memcpy(keys, msg.sa.key, msg.sa.key_bytes);
	memcpy(keys + msg.sa.key_bytes, msg.sa.salt, msg.sa.salt_bytes);
	print_hex(keys, msg.sa.key_bytes + msg.sa.salt_bytes);
	print_hex(msg.sa.auth, msg.sa.auth_bytes);
	print_hex(packet, len);
	print_hex(wire.b, wire.len);
	printf("\n");
	assert_int_equal(bed_command(bed, &gone, NULL), 0);
}

static int write_packets(void)
{
	static const unsigned sizes[] = {20, 21, 33, 34, 46, 47, 48, 100, 577, 1400};
	struct alg_suite suites[SUITES];
	unsigned n = all_suites(suites);

	bed = bed_create(1, 1);
	bed_policy(bed);
	for (unsigned i = 0; i < n; i++)
		for (unsigned f = 0; f < array_len(flags); f++)
			for (unsigned k = 0; k < array_len(sizes); k++) {
				struct bed_sa sa = {.suite = suites[i], .flags = flags[f].value};

				if (!alg_suite_bare(sa.suite) || sa.flags != PLANE_SA_ESN)
					write_packet(&sa, sizes[k]);
			}
	bed_destroy(bed);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_made_by_scapy_are_decrypted),
	};

	folder = argc > 1 ? argv[1] : ".";
	bed_eal_init();
	if (strcmp(folder, "--write") == 0)
		return write_packets();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
