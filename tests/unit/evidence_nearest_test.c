/* SPDX-License-Identifier: BSD-3-Clause */
/* The line of a crypto ACL that comes nearest to what a peer proposes. */
#include "controlplane/diagnose/evidence.h"
#include "lib/base/compat.h"
#include "tests/unit/config_test.h"

#define TEXT                                                                                      \
	"crypto ipsec transform-set T esp-aes esp-sha-hmac\n"                                     \
	"access-list 101 deny ip host 10.1.0.66 any\n"                                            \
	"access-list 101 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n"                   \
	"access-list 101 permit tcp 10.1.0.0 0.0.255.255 10.3.0.0 0.0.255.255 eq 80\n"            \
	"access-list 102 permit ip 10.1.0.0 0.0.255.255 10.9.0.0 0.0.255.255\n"                   \
	"access-list 102 permit ip 10.1.0.0 0.0.0.255 10.9.9.0 0.0.0.255\n"                       \
	"access-list 103 permit ip any 172.16.0.0 0.15.255.255\n"                                 \
	"crypto dynamic-map D 10\n set transform-set T\n match address 103\n"                     \
	"crypto map M 10 ipsec-isakmp\n set peer 10.0.0.2\n set transform-set T\n match address " \
	"101\n"                                                                                   \
	"crypto map M 20 ipsec-isakmp\n set peer 10.0.0.3\n set transform-set T\n match address " \
	"102\n"                                                                                   \
	"crypto map M 99 ipsec-isakmp dynamic D\n"                                                \
	"interface gi0/0\n device tap t0\n ip address 10.0.0.1 255.255.255.0\n crypto map M\n"

struct row {
	const char *peer;
	const char *local, *remote;
	uint8_t local_len, remote_len;
	uint8_t protocol;
	uint16_t entry; /* 0 = none */
	uint32_t line;
	bool of_peer;
	bool covers;
};

static const struct row rows[] = {
	{"10.0.0.2", "10.1.0.0", "10.2.0.0", 16, 16, 0, 10, 20, true, true},
	{"10.0.0.2", "10.1.0.0", "10.2.0.5", 16, 32, 0, 10, 20, true, true},
	{"10.0.0.2", "10.1.0.0", "10.2.0.0", 16, 15, 0, 10, 20, true, false},
	{"10.0.0.2", "10.1.0.0", "10.3.0.0", 16, 16, 0, 10, 30, true, false},
	{"10.0.0.2", "10.1.0.0", "10.3.0.0", 16, 16, 6, 10, 30, true, false},
	/* its own entry, though that of another would do */
	{"10.0.0.2", "10.1.0.0", "10.9.9.0", 24, 24, 0, 10, 20, true, false},
	{"10.0.0.3", "10.1.0.0", "10.9.9.0", 24, 24, 0, 20, 20, true, true},
	{"10.0.0.3", "10.1.0.0", "10.9.8.0", 24, 24, 0, 20, 10, true, true},
	/* a stranger: whatever is nearest, dynamic maps too */
	{"10.0.0.7", "10.1.0.0", "10.9.9.0", 24, 24, 0, 20, 20, false, true},
	{"10.0.0.7", "192.168.0.0", "172.16.5.0", 24, 24, 0, 10, 10, false, true},
};

static struct selector selector_of(const struct row *row)
{
	struct selector s = {.protocol = row->protocol};
	struct addr local, remote;

	assert_int_equal(addr_parse(&local, row->local), 0);
	assert_int_equal(addr_parse(&remote, row->remote), 0);
	s.local = prefix_make(&local, row->local_len);
	s.remote = prefix_make(&remote, row->remote_len);
	return s;
}

static void names_the_line(void **state)
{
	struct box b;

	(void)state;
	box_init(&b);
	box_feed(&b, TEXT);
	for (size_t i = 0; i < array_len(rows); i++) {
		struct evidence e = {.config = &b.config};
		struct selector s = selector_of(&rows[i]);
		struct evidence_nearest n;

		assert_int_equal(addr_parse(&e.peer, rows[i].peer), 0);
		e.map = i % 2 ? config_model_map(&b.config, "M") : NULL;
		n = evidence_nearest(&e, &s);
		assert_non_null(n.line);
		if (n.entry->sequence != rows[i].entry || n.line->sequence != rows[i].line ||
		    n.of_peer != rows[i].of_peer || n.covers != rows[i].covers)
			fail_msg("row %zu: entry %u line %u%s%s", i, (unsigned)n.entry->sequence,
				 (unsigned)n.line->sequence, n.of_peer ? " of the peer" : "",
				 n.covers ? " covers" : "");
	}
	box_fini(&b);
}

static void nothing_is_nearest_where_nothing_is(void **state)
{
	struct selector s = selector_of(&rows[0]);
	struct evidence e = {0};
	struct box b;

	(void)state;
	assert_null(evidence_nearest(&e, &s).line);
	box_init(&b);
	e.config = &b.config;
	assert_null(evidence_nearest(&e, &s).line);
	box_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_the_line),
		cmocka_unit_test(nothing_is_nearest_where_nothing_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
