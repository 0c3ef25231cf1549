/* SPDX-License-Identifier: BSD-3-Clause */
/* Captures in the layouts of IOS XE and of an ASA, and packets as pcapng. */
#include "cli/pcapng.h"
#include "tests/unit/render_check.h"

#define PACKET_OUT                                                                           \
	"{\"number\":0,\"time_us\":1000000,\"interface\":\"GigabitEthernet0/1\","            \
	"\"direction\":\"out\",\"view\":\"plain\",\"length\":84,\"source\":\"192.168.1.2\"," \
	"\"destination\":\"192.168.2.2\",\"protocol\":1,\"dscp\":46,\"spi\":3355443201,"     \
	"\"sequence\":7,\"verdict\":\"encrypted\","                                          \
	"\"comment\":\"SPI 0xC8000001, sequence 7: encrypted\","                             \
	"\"summary\":\"192.168.1.2 > 192.168.2.2: icmp: echo request\""
#define PACKET_DROPPED                                                                         \
	"{\"number\":1,\"time_us\":1000500,\"interface\":\"GigabitEthernet0/1\","              \
	"\"direction\":\"in\",\"view\":\"cipher\",\"length\":120,\"source\":\"10.0.0.2\","     \
	"\"destination\":\"10.0.0.1\",\"protocol\":50,\"dscp\":0,\"spi\":3355443202,"          \
	"\"sequence\":9,\"verdict\":\"dropped\",\"reason\":\"esp.replay_seen\","               \
	"\"comment\":\"SPI 0xC8000002, sequence 9: dropped, esp.replay_seen: sequence number " \
	"received before\",\"summary\":\"10.0.0.2 > 10.0.0.1: ip-proto-50, length 100\""
#define PACKETS(total, end)                                                              \
	"{\"name\":\"CAP\",\"running\":false,\"total\":" total ",\"from\":0,\"lost\":0," \
	"\"packets\":[" PACKET_OUT end "}," PACKET_DROPPED end "}]}"

#define HEAD                                                                               \
	" ----------------------------------------------------------------------------\n"  \
	" #   size   timestamp     source             destination      dscp    protocol\n" \
	" ----------------------------------------------------------------------------\n"
#define LINE_OUT                                                                           \
	"   0    84     0.000000   192.168.1.2      ->  192.168.2.2      46  EF   ICMP   " \
	"GigabitEthernet0/1 out SPI 0xC8000001, sequence 7: encrypted\n"
#define LINE_DROPPED                                                                            \
	"   1   120     0.000500   10.0.0.2         ->  10.0.0.1          0  BE   ESP    "      \
	"GigabitEthernet0/1 in SPI 0xC8000002, sequence 9: dropped, esp.replay_seen: sequence " \
	"number received before\n"

static void packets_are_a_table_with_their_verdict(void **)
{
	render_check(render_captured, NULL, PACKETS("2", ""), HEAD LINE_OUT LINE_DROPPED);
	render_check(render_captured, NULL, PACKETS("9", ""),
		     HEAD LINE_OUT LINE_DROPPED " 7 more packets: export them to see all\n");
}

static void bytes_stand_below_their_packet(void **)
{
	render_check(render_captured, NULL,
		     PACKETS("2", ",\"data\":\"450000544142430000000000c0a80102c0a802\""),
		     HEAD LINE_OUT
		     "  0000: 45000054 41424300 00000000 C0A80102   E..TABC.........\n"
		     "  0010: C0A802                                ...\n\n" LINE_DROPPED
		     "  0000: 45000054 41424300 00000000 C0A80102   E..TABC.........\n"
		     "  0010: C0A802                                ...\n\n");
}

static void an_asa_says_why_a_packet_was_dropped(void **)
{
	setenv("TZ", "UTC", 1);
	render_check(
		render_captured_asa, NULL, PACKETS("2", ""),
		"\n2 packets captured\n\n"
		"   1: 00:00:01.000000       192.168.1.2 > 192.168.2.2: icmp: echo request (SPI "
		"0xC8000001, sequence 7: encrypted)\n"
		"   2: 00:00:01.000500       10.0.0.2 > 10.0.0.1: ip-proto-50, length 100 "
		"Drop-reason: (esp.replay_seen) sequence number received before\n"
		"2 packets shown\n");
}

/* Block by block: section, interface, packet. */
static void a_file_has_its_blocks(void **)
{
	static const uint8_t bytes[] = {0x45, 0, 0, 5, 1};
	const struct pcapng_packet packet = {.interface = "Gi0/1",
					     .outbound = true,
					     .time_us = 0x100000002,
					     .bytes = bytes,
					     .len = sizeof(bytes),
					     .whole = 9,
					     .comment = "sent"};
	uint32_t words[64] = {0};
	struct pcapng file;
	size_t at = 0;
	FILE *out = fmemopen(words, sizeof(words), "w");

	assert_non_null(out);
	pcapng_begin(&file, out, "all");
	assert_true(pcapng_write(&file, &packet));
	fclose(out);
	assert_int_equal(words[0], 0x0a0d0d0a);
	assert_int_equal(words[2], 0x1a2b3c4d);
	assert_int_equal(words[words[1] / 4 - 1], words[1]);
	at = words[1] / 4;
	assert_int_equal(words[at], 1);
	assert_int_equal(words[at + 2], 228);
	assert_int_equal(words[at + words[at + 1] / 4 - 1], words[at + 1]);
	at += words[at + 1] / 4;
	assert_int_equal(words[at], 6);
	assert_int_equal(words[at + 2], 0);
	assert_int_equal(words[at + 3], 1);
	assert_int_equal(words[at + 4], 2);
	assert_int_equal(words[at + 5], sizeof(bytes));
	assert_int_equal(words[at + 6], 9);
	assert_memory_equal(&words[at + 7], bytes, sizeof(bytes));
	assert_memory_equal(&words[at + 10], "sent", 4);
	assert_int_equal(words[at + 12], 2);
	assert_int_equal(words[at + words[at + 1] / 4 - 1], words[at + 1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_are_a_table_with_their_verdict),
		cmocka_unit_test(bytes_stand_below_their_packet),
		cmocka_unit_test(an_asa_says_why_a_packet_was_dropped),
		cmocka_unit_test(a_file_has_its_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
