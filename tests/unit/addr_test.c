/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/net/addr.h"

#include <cmocka.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static struct addr parse(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(&a, text), 0);
	return a;
}

static struct prefix prefix_of(const char *text, uint8_t len)
{
	struct addr a = parse(text);

	return prefix_make(&a, len);
}

static void prints_what_it_parses_in_canonical_text(void **)
{
	static const char *const rows[][2] = {
		{"0.0.0.0", "0.0.0.0"},
		{"255.255.255.255", "255.255.255.255"},
		{"10.1.2.3", "10.1.2.3"},
		/* RFC 5952 section 4: no leading zeros, longest run, first of equals, lower case */
		{"2001:0DB8::0001", "2001:db8::1"},
		{"2001:db8:0:0:0:0:2:1", "2001:db8::2:1"},
		{"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
		{"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
		{"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
		{"::", "::"},
		{"::1", "::1"},
		{"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
	};
	char text[ADDR_TEXT];

	for (size_t i = 0; i < array_len(rows); i++) {
		struct addr a = parse(rows[i][0]);

		assert_string_equal(addr_print(&a, text, sizeof(text)), rows[i][1]);
	}
}

static void refuses_text_that_is_no_address(void **)
{
	static const char *const rows[] = {
		"",	    "1",	  "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ",
		" 1.2.3.4", "1.2.3.4/24", "::1::", "12345::",	"g::",	     "host",
	};
	struct addr before = addr_v4(7), a = before;

	for (size_t i = 0; i < array_len(rows); i++) {
		assert_int_equal(addr_parse(&a, rows[i]), -EINVAL);
		assert_true(addr_eq(&a, &before));
	}
}

static void keeps_ipv4_in_host_order_and_bytes(void **)
{
	struct addr a = addr_v4(0x0a010203);

	assert_int_equal(a.family, ADDR_V4);
	assert_memory_equal(a.b, "\x0a\x01\x02\x03\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	assert_int_equal(addr_to_v4(&a), 0x0a010203);
	a = addr_of_bytes("0123456789abcdef", 16);
	assert_int_equal(a.family, ADDR_V6);
	assert_int_equal(addr_to_v4(&a), 0);
	a = addr_of_bytes("01234", 5);
	assert_true(addr_is_none(&a));
	assert_int_equal(addr_len_bytes(&a), 0);
}

static void clears_host_bits_and_cuts_the_length(void **)
{
	struct prefix p = prefix_of("10.1.2.255", 23);
	char text[PREFIX_TEXT];

	assert_string_equal(prefix_print(&p, text, sizeof(text)), "10.1.2.0/23");
	p = prefix_of("10.1.2.255", 40);
	assert_string_equal(prefix_print(&p, text, sizeof(text)), "10.1.2.255/32");
	p = prefix_of("10.1.2.255", 0);
	assert_int_equal(addr_to_v4(&p.addr), 0);
	assert_string_equal(prefix_print(&p, text, sizeof(text)), "any");
	p = prefix_of("2001:db8:ffff::1", 33);
	assert_string_equal(prefix_print(&p, text, sizeof(text)), "2001:db8:8000::/33");
}

static void contains_exactly_its_range_at_every_length(void **)
{
	for (uint8_t len = 1; len <= 32; len++) {
		uint32_t size = len == 32 ? 1 : 1u << (32 - len);
		struct addr base = addr_v4(0xac100000 & ~(size - 1));
		struct prefix p = prefix_make(&base, len);
		uint32_t first = addr_to_v4(&base), last = first + size - 1;
		struct addr in = addr_v4(last), below = addr_v4(first - 1),
			    above = addr_v4(last + 1);

		assert_true(prefix_contains(&p, &base));
		assert_true(prefix_contains(&p, &in));
		assert_false(prefix_contains(&p, &below));
		assert_false(prefix_contains(&p, &above));
	}
}

static void covers_only_narrower_prefixes_of_its_family(void **)
{
	struct prefix net = prefix_of("10.0.0.0", 8), sub = prefix_of("10.9.0.0", 16);
	struct prefix other = prefix_of("11.0.0.0", 16), v6 = prefix_of("a00::", 16);
	struct prefix any = prefix_of("0.0.0.0", 0);

	assert_true(prefix_covers(&net, &sub));
	assert_true(prefix_covers(&net, &net));
	assert_true(prefix_covers(&any, &net));
	assert_false(prefix_covers(&sub, &net));
	assert_false(prefix_covers(&net, &other));
	assert_false(prefix_covers(&any, &v6));
}

static void converts_masks_and_refuses_holes(void **)
{
	static const struct {
		const char *mask;
		int len;
		int wildcard_len;
	} rows[] = {
		{"0.0.0.0", 0, 32},
		{"255.255.255.255", 32, 0},
		{"255.255.255.0", 24, -EINVAL},
		{"255.255.254.0", 23, -EINVAL},
		{"0.0.0.255", -EINVAL, 24},
		{"0.0.1.255", -EINVAL, 23},
		{"255.0.255.0", -EINVAL, -EINVAL},
		{"128.0.0.0", 1, -EINVAL},
		{"255.255.255.253", -EINVAL, -EINVAL},
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		struct addr a = parse(rows[i].mask);

		assert_int_equal(prefix_len_of_mask(&a), rows[i].len);
		assert_int_equal(prefix_len_of_wildcard(&a), rows[i].wildcard_len);
	}
	for (uint8_t len = 0; len <= 32; len++) {
		struct prefix p = prefix_of("255.255.255.255", len);
		struct addr mask = prefix_mask(&p);

		assert_int_equal(prefix_len_of_mask(&mask), len);
	}
}

static void compares_selectors_with_zero_as_any(void **)
{
	struct selector wide = {.local = prefix_of("10.0.0.0", 8),
				.remote = prefix_of("0.0.0.0", 0)};
	struct selector narrow = {.local = prefix_of("10.1.0.0", 16),
				  .remote = prefix_of("192.168.2.0", 24),
				  .protocol = 17,
				  .local_port = 500,
				  .remote_port = 501};
	struct selector mirror = selector_mirror(&narrow), back = selector_mirror(&mirror);
	char text[SELECTOR_TEXT];

	assert_true(selector_covers(&wide, &narrow));
	assert_false(selector_covers(&narrow, &wide));
	assert_true(selector_eq(&narrow, &back));
	assert_false(selector_eq(&narrow, &mirror));
	assert_string_equal(selector_print(&mirror, text, sizeof(text)),
			    "192.168.2.0/24 -> 10.1.0.0/16 prot 17 port 501/500");
	wide.protocol = 6;
	assert_false(selector_covers(&wide, &narrow));
	wide.protocol = 17;
	wide.remote_port = 502;
	assert_false(selector_covers(&wide, &narrow));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_what_it_parses_in_canonical_text),
		cmocka_unit_test(refuses_text_that_is_no_address),
		cmocka_unit_test(keeps_ipv4_in_host_order_and_bytes),
		cmocka_unit_test(clears_host_bits_and_cuts_the_length),
		cmocka_unit_test(contains_exactly_its_range_at_every_length),
		cmocka_unit_test(covers_only_narrower_prefixes_of_its_family),
		cmocka_unit_test(converts_masks_and_refuses_holes),
		cmocka_unit_test(compares_selectors_with_zero_as_any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
