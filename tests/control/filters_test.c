/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Access lists of interfaces on their way to the data plane, what is logged of what they deny, and
 * whose the packets were (R071).
 */
#include "controlplane/discards.h"
#include "controlplane/evidence_drops.h"
#include "controlplane/filters.h"
#include "tests/control/bench.h"

#include <cmocka.h>

#include <errno.h>
#include <string.h>

static struct bench bench;

static const char lists[] = "ip access-list extended IN\n"
			    " permit tcp any any established\n"
			    " deny udp any any neq 500 log\n"
			    " remark nothing\n"
			    " permit icmp any any echo\n"
			    " permit ip any host 10.0.0.1\n"
			    "interface GigabitEthernet0/1\n"
			    " ip access-group IN in\n"
			    " ip access-group NOWHERE out\n";

/* The i-th line that the data plane was told last; NULL = none. */
static const struct plane_rule *line(size_t i)
{
	size_t begin = bench.a.n_seen;

	while (begin-- > 0 && bench.a.seen[begin].type != PLANE_FILTER_BEGIN)
		;
	for (begin++; begin < bench.a.n_seen; begin++)
		if (bench.a.seen[begin].type == PLANE_FILTER_LINE && i-- == 0)
			return &bench.a.seen[begin].rule;
	return NULL;
}

static int flags(void)
{
	for (size_t i = bench.a.n_seen; i-- > 0;)
		if (bench.a.seen[i].type == PLANE_FILTER_BEGIN)
			return bench.a.seen[i].filter.flags;
	return -1;
}

static void lines_are_told_in_order(void **)
{
	assert_int_equal(flags(), PLANE_FILTER_OURS);
	assert_null(line(0));
	bench_configure(&bench, &bench.a, lists);
	assert_int_equal(line(0)->only, PLANE_RULE_ESTABLISHED);
	assert_int_equal(line(0)->action, PLANE_RULE_PROTECT);
	assert_string_equal(line(0)->interface, "GigabitEthernet0/1");
	/* `neq` is what is below and what is above */
	assert_int_equal(line(1)->action, PLANE_RULE_DENY);
	assert_int_equal(line(1)->dst_port[1], 499);
	assert_int_equal(line(2)->dst_port[0], 501);
	assert_int_equal(line(1)->hit_line, line(2)->hit_line);
	assert_int_equal(line(3)->src_port[0], 8 << 8);
	assert_int_equal(line(3)->src_port[1], 8 << 8 | 255);
	assert_int_equal(line(4)->dst.len, 32);
	assert_null(line(5));
	bench_forget(&bench.a);
	bench_configure(&bench, &bench.a, "hostname other\n");
	assert_int_equal(bench_seen(&bench.a, PLANE_FILTER_BEGIN), 0);
	bench_configure(&bench, &bench.a,
			"no sysopt connection permit-vpn\n"
			"no same-security-traffic permit intra-interface\n"
			"interface GigabitEthernet0/1\n no ip access-group IN in\n");
	assert_int_equal(flags(),
			 PLANE_FILTER_OURS | PLANE_FILTER_DECRYPTED | PLANE_FILTER_NO_HAIRPIN);
	assert_null(line(0));
}

/* Nothing that a list has selects a packet: all are denied, as by any other list. */
static void a_list_without_effect_denies_all(void **)
{
	bench_configure(&bench, &bench.a,
			"object-group network NOBODY\n"
			"ip access-list extended EMPTY\n"
			" permit tcp object-group NOBODY any\n"
			"ip access-list extended SLEEPS\n"
			" permit ip any any inactive\n"
			"ip access-list extended TALKS\n"
			" remark nothing\n"
			"interface GigabitEthernet0/0\n"
			" ip access-group TALKS in\n"
			"interface GigabitEthernet0/1\n"
			" ip access-group EMPTY in\n"
			" ip access-group SLEEPS out\n");
	for (size_t i = 0; i < 2; i++) {
		assert_non_null(line(i));
		assert_string_equal(line(i)->interface, "GigabitEthernet0/1");
		assert_int_equal(line(i)->out, i);
		assert_int_equal(line(i)->action, PLANE_RULE_DENY);
		assert_int_equal(line(i)->src.len + line(i)->dst.len + line(i)->protocol, 0);
		assert_int_equal(line(i)->src_port[1] & line(i)->dst_port[1], UINT16_MAX);
		assert_int_equal(line(i)->hit_line, UINT32_MAX);
	}
	assert_null(line(2));
}

static void refused_lists_keep_their_interface_down(void **)
{
	bench.a.refuse_type = PLANE_FILTER_COMMIT;
	bench.a.refuse_error = -ENOMEM;
	bench_configure(&bench, &bench.a, lists);
	assert_int_equal(bench_logged(&bench.a, "access lists of interfaces"), 1);
	for (size_t i = bench.a.n_seen; i-- > 0;)
		if (bench.a.seen[i].type == PLANE_IF_SET) {
			assert_string_equal(bench.a.seen[i].interface.name, "GigabitEthernet0/1");
			assert_false(bench.a.seen[i].interface.up);
			break;
		}
	bench.a.refuse_type = PLANE_NONE;
	bench_pass(&bench, 10);
	for (size_t i = bench.a.n_seen; i-- > 0;)
		if (bench.a.seen[i].type == PLANE_IF_SET) {
			assert_true(bench.a.seen[i].interface.up);
			break;
		}
}

static struct plane_notice denied(uint32_t hit_line)
{
	const struct addr here = addr_v4(0xc0a80102), there = addr_v4(0x0a000009);

	return (struct plane_notice){.reason = DROP_ACL_IN,
				     .pair = UINT32_MAX,
				     .seq = plane_notice_place(1, hit_line),
				     .flow = {.local = prefix_make(&here, 32),
					      .remote = prefix_make(&there, 32),
					      .local_port = 53,
					      .remote_port = 4000,
					      .protocol = 17}};
}

static void name_devices(void)
{
	strcpy(bench.a.plane.stats_main->devices[0].interface, "GigabitEthernet0/0");
	strcpy(bench.a.plane.stats_main->devices[1].interface, "GigabitEthernet0/1");
}

static void a_line_with_log_is_logged_on_a_router(void **)
{
	struct plane_notice notice;

	name_devices();
	bench_configure(&bench, &bench.a, lists);
	notice = denied(line(4)->hit_line);
	discards_log(bench.a.control, 0, &notice);
	notice = denied(UINT32_MAX);
	discards_log(bench.a.control, 0, &notice);
	assert_int_equal(bench_logged(&bench.a, "list IN denied"), 0);
	notice = denied(line(1)->hit_line);
	discards_log(bench.a.control, 0, &notice);
	assert_int_equal(bench_logged(&bench.a, "list IN denied udp 10.0.0.9(4000) -> "
						"192.168.1.2(53), 1 packet"),
			 1);
}

static const struct evidence_dropped *dropped(enum drop_reason reason)
{
	const struct addr peer = addr_v4(0x0a000002);
	const struct evidence_place *p = evidence_book_named(&bench.a.control->evidence, &peer);

	for (size_t i = 0; p && i < p->n_drops; i++)
		if (p->drops[i].drop.reason == reason)
			return &p->drops[i];
	return NULL;
}

static void what_was_decrypted_is_its_peers(void **)
{
	struct plane_notice notice = denied(UINT32_MAX);
	const struct sa_pair *pair;

	name_devices();
	bench_bring_up(&bench, 0);
	pair = bench_current(&bench.a, 0);
	/* in clear it is nobody's */
	evidence_drops_notice(bench.a.control, pair->worker, &notice);
	assert_null(dropped(DROP_ACL_IN));
	notice.pair = plane_spi_slot(pair->spi_in);
	notice.spi = pair->spi_in;
	evidence_drops_notice(bench.a.control, pair->worker, &notice);
	assert_string_equal(dropped(DROP_ACL_IN)->drop.interface, "GigabitEthernet0/1");
	notice.reason = DROP_HAIRPIN;
	evidence_drops_notice(bench.a.control, pair->worker, &notice);
	assert_int_equal(dropped(DROP_HAIRPIN)->drop.total, 1);
}

/* To our own address it is what a peer says. */
static void what_a_peer_says_to_us_is_its_own(void **)
{
	const struct addr here = addr_v4(0x0a000001), peer = addr_v4(0x0a000002);
	struct plane_notice notice = denied(UINT32_MAX);

	name_devices();
	notice.flow.local = prefix_make(&here, 32);
	evidence_drops_notice(bench.a.control, 0, &notice);
	assert_null(dropped(DROP_ACL_IN));
	notice.flow.remote = prefix_make(&peer, 32);
	evidence_drops_notice(bench.a.control, 0, &notice);
	assert_int_equal(dropped(DROP_ACL_IN)->drop.spi, 0);
}

/* A LAN says much to itself: only a line that names the group says that it was for a tunnel. */
static void multicast_is_its_who_a_line_names_it_for(void **)
{
	const struct addr group = addr_v4(0xe1000001), host = addr_v4(0xc0a80102);
	struct plane_notice notice = {.reason = DROP_IP_MULTICAST,
				      .pair = UINT32_MAX,
				      .flow = {.local = prefix_make(&host, 32),
					       .remote = prefix_make(&group, 32),
					       .protocol = 17}};

	bench_configure(&bench, &bench.a,
			"ip access-list extended VPN\n permit udp 192.168.1.0 0.0.0.255 any\n");
	evidence_drops_notice(bench.a.control, 0, &notice);
	assert_null(dropped(DROP_IP_MULTICAST));
	bench_configure(&bench, &bench.a,
			"ip access-list extended VPN\n permit udp 192.168.1.0 0.0.0.255 225.0.0.0 "
			"0.255.255.255\n");
	evidence_drops_notice(bench.a.control, 0, &notice);
	assert_non_null(dropped(DROP_IP_MULTICAST));
}

static int set_up(void **)
{
	bench_init(&bench, bench_config_a, bench_config_b);
	return 0;
}

static int tear_down(void **)
{
	bench_fini(&bench);
	return 0;
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(lines_are_told_in_order),
		CASE(a_list_without_effect_denies_all),
		CASE(refused_lists_keep_their_interface_down),
		CASE(a_line_with_log_is_logged_on_a_router),
		CASE(what_was_decrypted_is_its_peers),
		CASE(what_a_peer_says_to_us_is_its_own),
		CASE(multicast_is_its_who_a_line_names_it_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
