/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/arp.h"

#include <cmocka.h>

#include <errno.h>
#include <string.h>

static const uint8_t broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

static void parses_what_it_builds(void **)
{
	struct arp in = {.operation = ARP_REQUEST, .sender_mac = {2, 1, 2, 3, 4, 5}}, out;
	uint8_t frame[ARP_FRAME_BYTES];

	in.sender = addr_v4(0x0a000001);
	in.target = addr_v4(0x0a000002);
	arp_build(frame, &in, broadcast);
	assert_memory_equal(frame, broadcast, 6);
	assert_memory_equal(frame + 6, in.sender_mac, 6);
	assert_memory_equal(frame + 12, "\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01", 10);
	assert_int_equal(arp_parse(&out, frame + 14, sizeof(frame) - 14), 0);
	assert_int_equal(out.operation, ARP_REQUEST);
	assert_true(addr_eq(&out.sender, &in.sender) && addr_eq(&out.target, &in.target));
	assert_memory_equal(out.sender_mac, in.sender_mac, 6);
}

static void refuses_every_malformed_field(void **)
{
	struct arp in = {.operation = ARP_REPLY, .sender_mac = {2, 1, 2, 3, 4, 5}}, out;
	uint8_t frame[ARP_FRAME_BYTES];
	static const struct {
		size_t at;
		uint8_t value;
	} rows[] = {
		{1, 6},			 /* hardware type */
		{2, 9},			 /* protocol type */
		{4, 8},			 /* hardware length */
		{5, 16},		 /* protocol length */
		{7, 0},	 {7, 3}, {7, 8}, /* operation */
		{8, 3},			 /* sender is a group */
	};

	arp_build(frame, &in, broadcast);
	assert_int_equal(arp_parse(&out, frame + 14, 28), 0);
	for (size_t len = 0; len < 28; len++)
		assert_int_equal(arp_parse(&out, frame + 14, len), -EINVAL);
	for (size_t i = 0; i < array_len(rows); i++) {
		uint8_t bad[ARP_FRAME_BYTES];

		memcpy(bad, frame, sizeof(bad));
		bad[14 + rows[i].at] = rows[i].value;
		assert_int_equal(arp_parse(&out, bad + 14, 28), -EINVAL);
	}
	memset(frame + 14 + 8, 0, 6); /* no sender */
	assert_int_equal(arp_parse(&out, frame + 14, 28), -EINVAL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_what_it_builds),
		cmocka_unit_test(refuses_every_malformed_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
