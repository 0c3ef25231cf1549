/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An insider in quick mode (catalogue 3.4, 3.6): changed offers, proxies that lie, too many at
 * once.
 */
#include "controlplane/ike/ike_payload.h"
#include "tests/exchange/forge.h"
#include "tests/exchange/lab.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* H103: an authentic peer changes what it was offered, in message 2 (packet 8). */
static void changed_choice_is_refused(void **)
{
	static const uint8_t id[] = {4, 0, 0, 0, 10, 0, 0, 0, 255, 0, 0, 0};
	struct forgery forgeries[] = {
		{.n = 7,
		 .type = IKE_PAYLOAD_ID,
		 .index = 0,
		 .body = id,
		 .len = sizeof(id),
		 .rehash = true},
		{.n = 7, .type = IKE_PAYLOAD_NONCE, .body = id, .len = 7, .rehash = true},
		{.n = 7, .type = IKE_PAYLOAD_KE, .body = id, .len = 9, .rehash = true, .add = true},
	};
	const enum ike_counter want[] = {IKE_COUNT_PROXY_ID, IKE_COUNT_NONCE_LEN,
					 IKE_COUNT_BAD_GROUP};

	for (size_t i = 0; i < array_len(forgeries); i++) {
		struct lab lab;

		lab_init(&lab);
		lab_start(&lab);
		assert_int_equal(forge_exchange(&lab, &forgeries[i]), 0);
		assert_true(forgeries[i].done);
		assert_int_equal(lab_counter(&lab, 0, want[i]), 1);
		assert_int_equal(lab.ends[0].n_in, 0);
		assert_non_null(lab_event(&lab.ends[0], IKE_EVENT_CHILD_FAILED));
		assert_int_equal(lab.ends[0].spis, 0);
		lab_run(&lab, 40000);
		assert_int_equal(lab.ends[1].n_out, 0);
		assert_int_equal(lab_up(&lab, 0), 1);
		lab_fini(&lab);
	}
}

/* H039: proxy identities no honest peer sends, inside the SA. */
static void proxies_that_lie(void **)
{
	static const struct {
		const char *body;
		size_t len;
	} ids[] = {
		{"\2\0\0\0evil.example", 16},		  /* a name */
		{"\x0b\0\0\0key", 7},			  /* a key ID */
		{"\1\0\0\0\xc0\xa8\1", 7},		  /* three bytes of an address */
		{"\4\0\0\0\xc0\xa8\1\0\xff\0\xff\0", 12}, /* a mask with a hole */
		{"\4\0\0\0\xc0\xa8\1\0", 8},		  /* no mask */
		{"\7\0\0\0\xc0\xa8\1\7\xc0\xa8\1\1", 12}, /* a range backwards */
		{"\4\6\0\0\0\0\0\0\0\0\0\0", 12},	  /* everything, for TCP */
		{"", 0},
	};

	for (size_t i = 0; i < array_len(ids); i++) {
		struct forgery f = {.n = 6,
				    .type = IKE_PAYLOAD_ID,
				    .body = (const uint8_t *)ids[i].body,
				    .len = ids[i].len,
				    .rehash = true};
		struct lab lab;

		lab_init(&lab);
		lab_start(&lab);
		assert_int_equal(forge_exchange(&lab, &f), 0);
		assert_true(f.done);
		assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_PROXY_ID), 1);
		assert_int_equal(lab.ends[1].n_in, 0);
		assert_int_equal(lab_up(&lab, 1), 1);
		lab_fini(&lab);
	}
}

/* H104: an insider opens quick modes and never finishes them. */
static enum lab_fate keep_confirmations(struct lab *, size_t, struct lab_packet *p)
{
	return p->to == 0 ? LAB_DROP : LAB_DELIVER;
}

static void quick_modes_at_once_are_limited(void **)
{
	struct ike_path path;
	struct lab lab;

	lab_tunnel(&lab);
	lab.fate = keep_confirmations;
	path = lab_path(&lab, 0);
	for (uint32_t i = 0; i < 8; i++) {
		lab.ends[0].child.tunnel = 700 + i;
		assert_int_equal(ike_engine_initiate(lab.ends[0].engine, &path, &lab.ends[0].child),
				 0);
	}
	lab_settle(&lab);
	assert_int_equal(lab.ends[1].n_in, 8);
	/* The ninth has another message ID; nothing is looked at any more. */
	for (size_t i = lab.n_record; i-- > 0;) {
		struct lab_packet p = *lab.record[i];

		if (p.to != 1)
			continue;
		p.data[20] ^= 0x40;
		ike_engine_receive(lab.ends[1].engine, &p.path, p.data, p.len);
		break;
	}
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_QM_LIMIT), 1);
	/* Unconfirmed for 30 s: gone, and the environment told which inbound SA to remove. */
	lab_run(&lab, 31000);
	assert_int_equal(lab_count_events(&lab.ends[1], IKE_EVENT_CHILD_FAILED), 8);
	for (size_t i = 0; i < 8; i++)
		assert_true(lab.ends[1].events[i].spi != 0);
	assert_int_equal(lab.ends[1].n_out, 0);
	lab_fini(&lab);
}

/* H102: the commit bit changes nothing. */
static enum lab_fate set_commit(struct lab *, size_t n, struct lab_packet *p)
{
	if (n >= 6)
		p->data[19] |= IKE_FLAG_COMMIT;
	return LAB_DELIVER;
}

static void commit_bit_is_ignored(void **)
{
	struct lab lab;

	lab_init(&lab);
	lab_start(&lab);
	lab.fate = set_commit;
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_true(lab_pair_fits(&lab));
	lab_fini(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changed_choice_is_refused),
		cmocka_unit_test(proxies_that_lie),
		cmocka_unit_test(quick_modes_at_once_are_limited),
		cmocka_unit_test(commit_bit_is_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
