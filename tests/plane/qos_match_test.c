/* SPDX-License-Identifier: BSD-3-Clause */
/* Which class a packet belongs to: a table of policies and packets. */
#include "dataplane/packet.h"
#include "dataplane/qos_match.h"
#include "lib/net/ip.h"
#include "tests/plane/bed.h"

#include <cmocka.h>

#include <errno.h>
#include <string.h>

enum {
	EF = 46,
	AF41 = 34,
	ACCESS = 1,
	ALL = 2,
	LINES = 3,
};

/* Lines of access lists: source 192.168.1.10, destination 192.168.2.10, 5000 -> 6000. */
static struct plane_qos_match line(bool permit, uint8_t protocol, uint32_t src, uint8_t src_len,
				   uint16_t low, uint16_t high)
{
	struct addr a = addr_v4(src), any = addr_v4(0);

	return (struct plane_qos_match){
		.permit = permit,
		.protocol = protocol,
		.src = prefix_make(&a, src_len),
		.dst = prefix_make(&any, 0),
		.src_port = {0, UINT16_MAX},
		.dst_port = {low, high},
	};
}

struct wanted {
	uint64_t dscp_mask;
	unsigned flags; /* ACCESS, ALL */
	unsigned n_lines;
	struct plane_qos_match lines[LINES];
};

static struct rte_mbuf *packet(struct bed *bed, uint8_t protocol, uint8_t dscp,
			       uint16_t fragment_be)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(bed->dp.pool);
	uint8_t ip[100];

	bed_udp(ip, 1, 2, sizeof(ip));
	ip[1] = (uint8_t)(dscp << 2 | 3);
	memcpy(ip + 6, &fragment_be, 2);
	ip[9] = protocol;
	memcpy(rte_pktmbuf_append(m, sizeof(ip)), ip, sizeof(ip));
	return m;
}

/* The class of three (the last is class-default) that a packet of that kind meets. */
static unsigned class_of(struct bed *bed, const struct wanted *want, uint8_t protocol, uint8_t dscp,
			 uint16_t fragment_be)
{
	struct rte_mbuf *m = packet(bed, protocol, dscp, fragment_be);
	struct qos_line lines[2][LINES];
	struct qos_rule rules[3] = {{0}};
	struct qos_rules all = {.rules = rules, .n = 3};
	struct qos_key key;
	unsigned class;

	for (unsigned i = 0; i < 2; i++) {
		for (unsigned k = 0; k < want[i].n_lines; k++)
			assert_int_equal(qos_match_line(&lines[i][k], &want[i].lines[k]), 0);
		rules[i] = (struct qos_rule){
			.dscp_mask = want[i].dscp_mask,
			.lines = lines[i],
			.n_lines = want[i].n_lines,
			.has_access = want[i].flags & ACCESS,
			.match_all = want[i].flags & ALL,
		};
	}
	qos_match_prepare(&all);
	key = qos_match_key(m);
	class = qos_match_class(&all, &key);
	rte_pktmbuf_free(m);
	return class;
}

static void dscp_decides_in_order(void **state)
{
	const struct wanted want[2] = {{.dscp_mask = 1ull << EF | 1ull << 63},
				       {.dscp_mask = 1ull << EF | 1ull << AF41 | 1}};

	assert_int_equal(class_of(*state, want, IP_PROTO_UDP, EF, 0), 0);
	assert_int_equal(class_of(*state, want, IP_PROTO_UDP, 63, 0), 0);
	assert_int_equal(class_of(*state, want, IP_PROTO_UDP, AF41, 0), 1);
	assert_int_equal(class_of(*state, want, IP_PROTO_UDP, 0, 0), 1);
	assert_int_equal(class_of(*state, want, IP_PROTO_UDP, 1, 0), 2);
	assert_int_equal(class_of(*state, want, IP_PROTO_UDP, 62, 0), 2);
}

static void access_lines_permit_and_deny_in_order(void **state)
{
	const struct wanted want[2] = {
		{.flags = ACCESS,
		 .n_lines = 3,
		 .lines = {line(false, IP_PROTO_TCP, 0, 0, 0, UINT16_MAX),
			   line(true, 0, 0xc0a80100, 24, 6000, 6000), line(true, 0, 0, 0, 1, 5)}},
		{.flags = ACCESS,
		 .n_lines = 1,
		 .lines = {line(true, IP_PROTO_TCP, 0xc0a8010a, 32, 0, UINT16_MAX)}},
	};

	assert_int_equal(class_of(*state, want, IP_PROTO_UDP, EF, 0), 0);
	assert_int_equal(class_of(*state, want, IP_PROTO_TCP, EF, 0), 1);
	assert_int_equal(class_of(*state, want, IP_PROTO_ICMP, EF, 0), 2);
}

static void ranges_of_ports_have_two_ends(void **state)
{
	static const struct {
		uint16_t low, high;
		unsigned class;
	} rows[] = {{6000, 6000, 0}, {5999, 6001, 0}, {6001, 7000, 2}, {1, 5999, 2}};

	for (unsigned i = 0; i < array_len(rows); i++) {
		const struct wanted want[2] = {
			{.flags = ACCESS,
			 .n_lines = 1,
			 .lines = {line(true, 0, 0, 0, rows[i].low, rows[i].high)}},
			{0}};

		assert_int_equal(class_of(*state, want, IP_PROTO_UDP, 0, 0), rows[i].class);
	}
}

/* As in a crypto map: a permit line with ports takes a later fragment, a deny line does not. */
static void later_fragments_show_no_ports(void **state)
{
	const uint16_t later_be = 0x0100;
	const struct wanted permit[2] = {
		{.flags = ACCESS, .n_lines = 1, .lines = {line(true, 0, 0, 0, 1, 2)}}, {0}};
	const struct wanted deny[2] = {
		{.flags = ACCESS,
		 .n_lines = 2,
		 .lines = {line(false, 0, 0, 0, 1, 2), line(true, 0, 0, 0, 0, UINT16_MAX)}},
		{0}};

	assert_int_equal(class_of(*state, permit, IP_PROTO_UDP, 0, later_be), 0);
	assert_int_equal(class_of(*state, permit, IP_PROTO_UDP, 0, 0), 2);
	assert_int_equal(class_of(*state, deny, IP_PROTO_UDP, 0, later_be), 0);
}

static void match_all_wants_both_and_match_any_either(void **state)
{
	static const struct {
		unsigned flags;
		uint64_t dscp_mask;
		bool permits;
		unsigned class;
	} rows[] = {
		{ACCESS | ALL, 1ull << EF, true, 0},
		{ACCESS | ALL, 1ull << EF, false, 2},
		{ACCESS | ALL, 1, true, 2},
		{ACCESS | ALL, UINT64_MAX, true, 0},
		{ACCESS, 1ull << EF, false, 0},
		{ACCESS, 1, true, 0},
		{ACCESS, 1, false, 2},
		{ALL, 1ull << EF, false, 0},
	};

	for (unsigned i = 0; i < array_len(rows); i++) {
		const struct wanted want[2] = {
			{.flags = rows[i].flags,
			 .dscp_mask = rows[i].dscp_mask,
			 .n_lines = 1,
			 .lines = {line(rows[i].permits, 0, 0, 0, 0, UINT16_MAX)}},
			{0}};

		assert_int_equal(class_of(*state, want, IP_PROTO_UDP, EF, 0), rows[i].class);
	}
}

static void an_access_list_without_lines_matches_nothing(void **state)
{
	const struct wanted want[2] = {{.flags = ACCESS},
				       {.flags = ACCESS | ALL, .dscp_mask = ~0ull}};

	assert_int_equal(class_of(*state, want, IP_PROTO_UDP, 0, 0), 2);
}

static void lines_that_lie_are_refused(void **state)
{
	struct plane_qos_match good = line(true, 0, 0, 0, 0, UINT16_MAX), bad;
	struct qos_line out;

	(void)state;
	assert_int_equal(qos_match_line(&out, &good), 0);
	bad = good;
	bad.src.len = 33;
	assert_int_equal(qos_match_line(&out, &bad), -EINVAL);
	bad = good;
	bad.dst.addr.family = ADDR_V6;
	assert_int_equal(qos_match_line(&out, &bad), -EINVAL);
	bad = good;
	bad.dst_port[0] = 2;
	bad.dst_port[1] = 1;
	assert_int_equal(qos_match_line(&out, &bad), -EINVAL);
	bad = good;
	bad.permit = 2;
	assert_int_equal(qos_match_line(&out, &bad), -EINVAL);
}

static void a_datagram_and_its_fragments_are_one_flow(void **state)
{
	struct rte_mbuf *first = packet(*state, IP_PROTO_UDP, 0, 0x0020);
	struct rte_mbuf *later = packet(*state, IP_PROTO_UDP, 0, 0x0100);
	struct rte_mbuf *whole = packet(*state, IP_PROTO_UDP, 0, 0);
	struct rte_mbuf *other = packet(*state, IP_PROTO_UDP, 0, 0);

	rte_pktmbuf_mtod(other, uint8_t *)[21]++;
	assert_int_equal(qos_match_key(first).flow, qos_match_key(later).flow);
	assert_int_not_equal(qos_match_key(whole).flow, qos_match_key(other).flow);
	rte_pktmbuf_free(first);
	rte_pktmbuf_free(later);
	rte_pktmbuf_free(whole);
	rte_pktmbuf_free(other);
}

static int make(void **state)
{
	*state = bed_create(1, 1);
	return 0;
}

static int destroy(void **state)
{
	bed_check_pool(*state);
	bed_destroy(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dscp_decides_in_order),
		cmocka_unit_test(access_lines_permit_and_deny_in_order),
		cmocka_unit_test(ranges_of_ports_have_two_ends),
		cmocka_unit_test(later_fragments_show_no_ports),
		cmocka_unit_test(match_all_wants_both_and_match_any_either),
		cmocka_unit_test(an_access_list_without_lines_matches_nothing),
		cmocka_unit_test(lines_that_lie_are_refused),
		cmocka_unit_test(a_datagram_and_its_fragments_are_one_flow),
	};

	bed_eal_init();
	return cmocka_run_group_tests(tests, make, destroy);
}
