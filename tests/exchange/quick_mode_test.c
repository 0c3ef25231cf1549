/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Quick mode between two engines: suites, PFS, proxies, lifetimes, order of installation, limits.
 */
#include "controlplane/ike/quick_mode.h"
#include "lib/crypto/alg.h"
#include "tests/exchange/forge.h"
#include "tests/exchange/lab.h"

#include <cmocka.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static const struct ike_event *failed(const struct lab *lab, int end)
{
	return lab_event(&lab->ends[end], IKE_EVENT_CHILD_FAILED);
}

static void one_suite(struct alg_suite suite, uint16_t group, bool transport)
{
	struct lab lab;

	lab_init(&lab);
	for (int i = 0; i < 2; i++) {
		lab.ends[i].child.suites[0] = suite;
		lab.ends[i].child.pfs_group = group;
		lab.ends[i].child.transport = transport;
	}
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	if (!lab_pair_fits(&lab))
		fail_msg("cipher %u hash %u group %u", suite.cipher, suite.hash, group);
	assert_int_equal(lab.ends[0].out[0].suite.cipher, suite.cipher);
	assert_int_equal(lab.ends[0].out[0].suite.hash, suite.hash);
	assert_int_equal(lab.ends[0].out[0].pfs_group, group);
	assert_int_equal(lab.ends[0].out[0].transport, transport);
	assert_true(lab.ends[0].out[0].initiator);
	assert_false(lab.ends[1].out[0].initiator);
	assert_int_equal(lab_rejected(&lab, 0) + lab_rejected(&lab, 1), 0);
	lab_fini(&lab);
}

static void every_suite_comes_up_with_and_without_pfs(void **)
{
	size_t n = 0;

	for (uint8_t c = ALG_CIPHER_NULL; c < ALG_CIPHER_COUNT; c++) {
		for (uint8_t h = ALG_HASH_NONE; h < ALG_HASH_COUNT; h++) {
			struct alg_suite suite = {c, h};

			if (!alg_suite_valid(suite))
				continue;
			one_suite(suite, 0, false);
			one_suite(suite, 19, n++ % 2);
		}
	}
	assert_true(n >= 5 * 5);
}

static void every_pfs_group_comes_up(void **)
{
	const struct alg_suite suite = {ALG_CIPHER_AES_128, ALG_HASH_SHA256};

	for (size_t i = 0; alg_group_at(i); i++)
		one_suite(suite, alg_group_at(i)->id, false);
}

static void second_suite_is_chosen_when_the_first_is_unknown(void **)
{
	struct lab lab;

	lab_init(&lab);
	lab.ends[0].child.suites[1] = lab.ends[0].child.suites[0];
	lab.ends[0].child.suites[0] = (struct alg_suite){ALG_CIPHER_3DES, ALG_HASH_MD5};
	lab.ends[0].child.n_suites = 2;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_true(lab_pair_fits(&lab));
	assert_int_equal(lab.ends[0].out[0].suite.cipher, ALG_CIPHER_AES_256);
	lab_fini(&lab);
}

static void no_common_suite_is_reported_at_both_ends(void **)
{
	struct lab lab;

	lab_init(&lab);
	lab.ends[1].child.suites[0] = (struct alg_suite){ALG_CIPHER_3DES, ALG_HASH_MD5};
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_NO_PROPOSAL), 1);
	assert_int_equal(lab_rejected(&lab, 1), 1);
	assert_int_equal(failed(&lab, 1)->reason, IKE_REASON_NO_PROPOSAL_P2);
	assert_int_equal(failed(&lab, 0)->reason, IKE_REASON_NO_PROPOSAL_P2_PEER);
	assert_int_equal(failed(&lab, 0)->tunnel, 100);
	assert_int_equal(lab_up(&lab, 0), 1); /* phase 1 stays */
	assert_int_equal(lab.ends[0].spis + lab.ends[1].spis, 0);
	lab_fini(&lab);
}

static void other_proxies_are_reported_at_both_ends(void **)
{
	struct lab lab;

	lab_init(&lab);
	lab.ends[1].child.selector.remote.len = 25;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_PROXY_ID), 1);
	assert_int_equal(lab_rejected(&lab, 1), 1);
	assert_int_equal(failed(&lab, 1)->reason, IKE_REASON_PROXY_MISMATCH);
	assert_int_equal(failed(&lab, 0)->reason, IKE_REASON_PROXY_MISMATCH_PEER);
	assert_int_equal(lab.ends[1].n_in, 0);
	lab_fini(&lab);

	lab_init(&lab);
	lab.ends[1].no_map = true;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_int_equal(failed(&lab, 1)->reason, IKE_REASON_NO_MAP);
	lab_fini(&lab);
}

static void pfs_of_one_end_only(void **)
{
	struct lab lab;

	/* Required here, not offered: refused. */
	lab_init(&lab);
	lab.ends[1].child.pfs_group = 2;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_int_equal(failed(&lab, 1)->reason, IKE_REASON_PFS_MISMATCH);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_BAD_GROUP), 1);
	assert_int_equal(failed(&lab, 0)->reason, IKE_REASON_NO_PROPOSAL_P2_PEER);
	lab_fini(&lab);

	/* Another group: refused. */
	lab_init(&lab);
	lab.ends[0].child.pfs_group = 5;
	lab.ends[1].child.pfs_group = 2;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_int_equal(failed(&lab, 1)->reason, IKE_REASON_PFS_MISMATCH);
	lab_fini(&lab);

	/* Offered, not configured here: accepted (R043). */
	lab_init(&lab);
	lab.ends[0].child.pfs_group = 5;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_true(lab_pair_fits(&lab));
	assert_int_equal(lab.ends[1].out[0].pfs_group, 5);
	lab_fini(&lab);
}

static void lower_lifetime_counts_at_both_ends(void **)
{
	for (int lower = 0; lower < 2; lower++) {
		struct lab lab;

		lab_init(&lab);
		lab.ends[lower].child.lifetime_s = 600;
		lab.ends[!lower].child.lifetime_kb = 5000;
		lab_start(&lab);
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_settle(&lab);
		assert_true(lab_pair_fits(&lab));
		for (int i = 0; i < 2; i++) {
			assert_int_equal(lab.ends[i].out[0].lifetime_s, 600);
			assert_int_equal(lab.ends[i].out[0].lifetime_kb, 5000);
		}
		lab_fini(&lab);
	}
}

static void ports_and_hosts_travel_in_the_proxies(void **)
{
	struct selector s = {.protocol = 6, .local_port = 0, .remote_port = 80};
	struct addr a = addr_v4(0xc0a80105);
	struct addr b = addr_v4(0xc0a80207);
	struct lab lab;

	s.local = prefix_make(&a, 32);
	s.remote = prefix_make(&b, 32);
	lab_init(&lab);
	lab.ends[0].child.selector = s;
	lab.ends[1].child.selector = selector_mirror(&s);
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_true(lab_pair_fits(&lab));
	lab_fini(&lab);
}

/* A peer that sends no identities means the two IKE addresses (RFC 2409 5.5). */
static enum lab_fate drop_identities(struct lab *lab, size_t n, struct lab_packet *p)
{
	struct ike_quick *quick;

	if (n != 6)
		return LAB_DELIVER;
	assert_true(forge_replace(lab, p, IKE_PAYLOAD_ID, 0, NULL, 0, true));
	assert_true(forge_replace(lab, p, IKE_PAYLOAD_ID, 0, NULL, 0, true));
	/* The sender shall believe that it wrote this: its IV is the last block. */
	quick = LIST_FIRST(&forge_sa(lab, 0)->quicks);
	memcpy(quick->txn.iv, p->data + p->len - 16, 16);
	return LAB_DELIVER;
}

static void no_proxies_are_host_to_host(void **)
{
	struct selector s = {0};
	struct lab lab;

	lab_init(&lab);
	s.local = prefix_make(&lab.ends[0].addr, 32);
	s.remote = prefix_make(&lab.ends[1].addr, 32);
	lab.ends[0].child.selector = s;
	lab.ends[1].child.selector = selector_mirror(&s);
	lab_start(&lab);
	lab.fate = drop_identities;
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_true(lab_pair_fits(&lab));
	assert_int_equal(lab_rejected(&lab, 0) + lab_rejected(&lab, 1), 0);
	lab_fini(&lab);
}

/* Inbound before the message that lets the peer send, outbound last (architecture 3). */
static void nothing_is_sent_before_the_inbound_sa_is_installed(void **)
{
	struct lab lab;

	lab_init(&lab);
	lab.ends[1].install_stalls = true;
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_int_equal(lab.ends[1].n_in, 1);
	assert_int_equal(lab.n_record, 7); /* six of main mode and message 1 */
	assert_int_equal(lab.ends[1].n_out, 0);
	/* Meanwhile the peer repeats and is not answered, nor offered another SPI. */
	lab_run(&lab, 7000);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_BUSY), 2);
	assert_int_equal(lab.ends[1].n_in, 1);
	ike_engine_installed(lab.ends[1].engine, lab.ends[1].in[0].spi_in, 0);
	lab_settle(&lab);
	assert_true(lab_pair_fits(&lab));
	lab_fini(&lab);
}

/* A place among the quick modes is not lost for ever to a worker that does not answer. */
static void installation_that_is_never_answered_fails_the_quick_mode(void **)
{
	for (int end = 0; end < 2; end++) {
		const struct ike_event *e;
		struct lab lab;

		lab_init(&lab);
		lab.ends[end].install_stalls = true;
		lab_start(&lab);
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_run(&lab, IKE_TXN_HELD_MS - 2000);
		assert_null(lab_event(&lab.ends[end], IKE_EVENT_CHILD_FAILED));
		lab_run(&lab, 4000);
		e = lab_event(&lab.ends[end], IKE_EVENT_CHILD_FAILED);
		assert_non_null(e);
		assert_int_equal(e->reason, IKE_REASON_INTERNAL);
		/* it is to be removed, should it be there after all; an answer now means nothing */
		assert_int_equal(e->spi, lab.ends[end].in[0].spi_in);
		ike_engine_installed(lab.ends[end].engine, e->spi, 0);
		assert_int_equal(lab.ends[end].n_out, 0);
		lab_fini(&lab);
	}
}

static void failed_installation_fails_the_quick_mode(void **)
{
	for (int end = 0; end < 2; end++) {
		struct lab lab;

		lab_init(&lab);
		lab.ends[end].install_error = -EIO;
		lab_start(&lab);
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_settle(&lab);
		assert_int_equal(failed(&lab, end)->reason, IKE_REASON_INTERNAL);
		assert_int_equal(lab.ends[end].spis, 0);
		assert_int_equal(lab.ends[end].n_out, 0);
		assert_int_equal(lab_up(&lab, end), 1);
		lab_run(&lab, 70000);
		/* The other end was left in the middle: its inbound SA is named, to be removed. */
		if (end == 0) {
			assert_int_equal(failed(&lab, 1)->spi, lab.ends[1].in[0].spi_in);
			assert_int_equal(failed(&lab, 1)->reason, IKE_REASON_NO_ANSWER);
		}
		assert_int_equal(lab.ends[!end].n_out, 0);
		lab_fini(&lab);
	}
}

static void no_spi_left_is_a_limit(void **)
{
	for (int end = 0; end < 2; end++) {
		struct lab lab;

		lab_init(&lab);
		lab.ends[end].no_spi = true;
		lab_start(&lab);
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_settle(&lab);
		assert_int_equal(failed(&lab, end)->reason, IKE_REASON_LIMIT);
		assert_int_equal(lab_up(&lab, end), 1);
		lab_fini(&lab);
	}
}

/* The environment takes its time; more wishes than quick modes may run at once. */
static void many_tunnels_wait_for_their_turn(void **)
{
	enum {
		TUNNELS = 30
	};
	struct ike_path path;
	struct lab lab;

	lab_init(&lab);
	lab_start(&lab);
	path = lab_path(&lab, 0);
	for (uint32_t i = 0; i < TUNNELS; i++) {
		lab.ends[0].child.tunnel = 500 + i;
		assert_int_equal(ike_engine_initiate(lab.ends[0].engine, &path, &lab.ends[0].child),
				 0);
	}
	lab_run(&lab, 10000);
	assert_int_equal(lab.ends[0].n_out, TUNNELS);
	assert_int_equal(lab.ends[1].n_out, TUNNELS);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_QM_LIMIT), 0);
	lab_fini(&lab);
}

/* The IKE SA goes away under them: those that were under way fail, the others get a new one. */
static void waiting_tunnels_outlive_their_ike_sa(void **)
{
	enum {
		TUNNELS = 30
	};
	struct ike_path path;
	struct lab lab;

	lab_init(&lab);
	lab_start(&lab);
	lab.ends[1].install_stalls = true;
	path = lab_path(&lab, 0);
	for (uint32_t i = 0; i < TUNNELS; i++) {
		lab.ends[0].child.tunnel = 500 + i;
		assert_int_equal(ike_engine_initiate(lab.ends[0].engine, &path, &lab.ends[0].child),
				 0);
	}
	lab_settle(&lab);
	assert_int_equal(lab.ends[1].n_in, 8);
	lab.ends[1].install_stalls = false;
	assert_int_equal(ike_engine_clear(lab.ends[1].engine, 0, NULL), 1);
	lab_run(&lab, 10000);
	assert_int_equal(lab_count_events(&lab.ends[0], IKE_EVENT_CHILD_FAILED), 8);
	assert_int_equal(lab.ends[0].n_out, TUNNELS - 8);
	lab_fini(&lab);
}

static void jobs_may_run_at_once_or_later(void **)
{
	struct lab lab;

	lab_init(&lab);
	lab.ends[0].job_fails_to_queue = true;
	lab.ends[0].child.pfs_group = 2;
	lab.ends[1].child.pfs_group = 2;
	lab_start(&lab);
	lab.jobs_wait = true;
	assert_int_equal(lab_initiate(&lab, 0), 0);
	/* A has no thread; B's hangs: A repeats message 3 and B says nothing. */
	lab_run(&lab, 3000);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_BUSY), 1);
	lab.jobs_wait = false;
	lab_settle(&lab);
	assert_true(lab_pair_fits(&lab));
	lab_fini(&lab);
}

static void sa_may_end_while_a_job_runs(void **)
{
	struct lab lab;

	lab_init(&lab);
	lab_start(&lab);
	lab.jobs_wait = true;
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_int_equal(lab.n_jobs, 1);
	assert_int_equal(ike_engine_clear(lab.ends[0].engine, 0, NULL), 1);
	lab.jobs_wait = false;
	lab_run(&lab, 1000);
	assert_int_equal(lab_sas(&lab, 0), 0);
	/* And once more, the engine ending instead. */
	lab.jobs_wait = true;
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_true(lab.n_jobs > 0);
	lab_fini(&lab);
}

static void random_failure_fails_closed(void **)
{
	/* Let it fail after each number of calls in turn: at no point is there half a tunnel. */
	for (size_t n = 0; n < 9; n++) {
		struct lab lab;

		lab_init(&lab);
		lab_start(&lab);
		lab.fate = lab_fate_nth;
		lab.fate_n = n;
		lab.fate_what = LAB_DELAY;
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_settle(&lab);
		lab.ends[0].random_fails = true;
		lab.ends[1].random_fails = true;
		lab_run(&lab, 100);
		lab_run(&lab, 100000);
		assert_int_equal(lab.ends[0].spis, 0);
		assert_int_equal(lab.ends[1].spis, 0);
		lab_fini(&lab);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_suite_comes_up_with_and_without_pfs),
		cmocka_unit_test(every_pfs_group_comes_up),
		cmocka_unit_test(second_suite_is_chosen_when_the_first_is_unknown),
		cmocka_unit_test(no_common_suite_is_reported_at_both_ends),
		cmocka_unit_test(other_proxies_are_reported_at_both_ends),
		cmocka_unit_test(pfs_of_one_end_only),
		cmocka_unit_test(lower_lifetime_counts_at_both_ends),
		cmocka_unit_test(ports_and_hosts_travel_in_the_proxies),
		cmocka_unit_test(no_proxies_are_host_to_host),
		cmocka_unit_test(nothing_is_sent_before_the_inbound_sa_is_installed),
		cmocka_unit_test(installation_that_is_never_answered_fails_the_quick_mode),
		cmocka_unit_test(failed_installation_fails_the_quick_mode),
		cmocka_unit_test(no_spi_left_is_a_limit),
		cmocka_unit_test(many_tunnels_wait_for_their_turn),
		cmocka_unit_test(waiting_tunnels_outlive_their_ike_sa),
		cmocka_unit_test(jobs_may_run_at_once_or_later),
		cmocka_unit_test(sa_may_end_while_a_job_runs),
		cmocka_unit_test(random_failure_fails_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
