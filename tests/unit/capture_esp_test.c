/* SPDX-License-Identifier: BSD-3-Clause */
/* What a capture shows without keys behind phase 1: ESP by its numbers, keepalives, NAT. */
#include "controlplane/diagnose/capture_judge.h"
#include "lib/base/wbuf.h"
#include "lib/crypto/prim.h"
#include "tests/unit/capture_files.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static struct capture capture;

/* A packet of ESP, so many ms after the last frame. */
static void esp(enum capture_side from, uint32_t seq, unsigned ms)
{
	const struct capture_pair *pair = &capture.pairs[0];
	uint8_t data[60];
	struct wbuf b = wbuf_of(data, sizeof(data));
	struct capture_frame frame = {.time_us = (capture.now_ms + ms) * 1000,
				      .link = CAPTURE_LINK_RAW};

	wbuf_u32(&b, 0x45000000 | sizeof(data));
	wbuf_u32(&b, 0);
	wbuf_u32(&b, 0x40320000);
	wbuf_bytes(&b, pair->ends[from].b, 4);
	wbuf_bytes(&b, pair->ends[!from].b, 4);
	wbuf_u32(&b, 0x1000u + from);
	wbuf_u32(&b, seq);
	wbuf_bytes(&b, (uint8_t[32]){0}, 32);
	assert_false(b.bad);
	frame.data = data;
	frame.len = b.len;
	capture_add(&capture, &frame);
}

static void both_ways(unsigned n)
{
	for (unsigned i = 1; i <= n; i++) {
		esp(CAPTURE_BEGAN, i, 100);
		esp(CAPTURE_ANSWERS, i, 100);
	}
}

static void test_esp_both_ways_is_well(void **)
{
	capture_files_read(&capture, "healthy", "cisco");
	both_ways(200);
	esp(CAPTURE_BEGAN, 180, 1); /* late, and taken */
	esp(CAPTURE_BEGAN, 300, 1);
	esp(CAPTURE_BEGAN, 237, 1);
	capture_files_judged(&capture, CAPTURE_BEGAN, DIAGNOSE_NONE);
	capture_files_judged(&capture, CAPTURE_ANSWERS, DIAGNOSE_NONE);
}

static void test_esp_one_way(void **)
{
	capture_files_read(&capture, "healthy", "cisco");
	for (unsigned i = 1; i <= 20; i++)
		esp(CAPTURE_BEGAN, i, 500);
	capture_files_judged(&capture, CAPTURE_BEGAN, DIAGNOSE_NONE);
	for (unsigned i = 21; i <= 40; i++)
		esp(CAPTURE_BEGAN, i, 500);
	capture_files_judged(&capture, CAPTURE_BEGAN, DIAGNOSE_ESP_ONE_WAY_OUT);
	capture_files_judged(&capture, CAPTURE_ANSWERS, DIAGNOSE_ESP_ONE_WAY_IN);
	esp(CAPTURE_ANSWERS, 1, 500);
	capture_files_judged(&capture, CAPTURE_BEGAN, DIAGNOSE_NONE);
	capture_files_judged(&capture, CAPTURE_ANSWERS, DIAGNOSE_NONE);
}

/* Once more each: of some that is somebody on the way, of all the capture itself. */
static void test_esp_again(void **)
{
	capture_files_read(&capture, "healthy", "cisco");
	both_ways(100);
	for (unsigned i = 80; i < 100; i++)
		esp(CAPTURE_BEGAN, i, 1);
	capture_files_judged(&capture, CAPTURE_BEGAN, DIAGNOSE_NONE);
	assert_non_null(
		strstr(capture_files_judged(&capture, CAPTURE_ANSWERS, DIAGNOSE_ESP_REPLAY).saw,
		       "20 received"));
	for (unsigned i = 101; i < 800; i++)
		esp(CAPTURE_BEGAN, i, 200), esp(CAPTURE_ANSWERS, i, 200);
	capture_files_judged(&capture, CAPTURE_ANSWERS, DIAGNOSE_NONE); /* it is over */

	capture_files_read(&capture, "healthy", "cisco");
	for (unsigned i = 1; i <= 100; i++)
		for (unsigned k = 0; k < 2; k++)
			esp(CAPTURE_BEGAN, i, 50), esp(CAPTURE_ANSWERS, i, 50);
	capture_files_judged(&capture, CAPTURE_ANSWERS, DIAGNOSE_NONE);
}

static void test_esp_late(void **)
{
	capture_files_read(&capture, "healthy", "cisco");
	both_ways(200);
	for (unsigned i = 1; i <= 20; i++)
		esp(CAPTURE_BEGAN, i, 1);
	assert_non_null(
		strstr(capture_files_judged(&capture, CAPTURE_ANSWERS, DIAGNOSE_ESP_REPLAY).saw,
		       "20 late"));
}

/* A keepalive, encrypted. */
static void asks(enum capture_side from, unsigned ms)
{
	const struct ike_record *r = &capture.talks[0].record;
	const struct capture_pair *pair = &capture.pairs[0];
	uint8_t data[20 + 8 + 28 + 64];
	struct wbuf b = wbuf_of(data, sizeof(data));
	struct capture_frame frame = {.time_us = (capture.now_ms + ms) * 1000,
				      .link = CAPTURE_LINK_RAW};

	wbuf_u32(&b, 0x45000000 | sizeof(data));
	wbuf_u32(&b, 0);
	wbuf_u32(&b, 0x40110000);
	wbuf_bytes(&b, pair->ends[from].b, 4);
	wbuf_bytes(&b, pair->ends[!from].b, 4);
	wbuf_u32(&b, 500u << 16 | 500);
	wbuf_u32(&b, (uint32_t)(sizeof(data) - 20) << 16);
	wbuf_bytes(&b, r->cookie_i, IKE_COOKIE_LEN);
	wbuf_bytes(&b, r->cookie_r, IKE_COOKIE_LEN);
	wbuf_u32(&b, 0x08100501);
	wbuf_u32(&b, 77);
	wbuf_u32(&b, 28 + 64);
	wbuf_bytes(&b, (uint8_t[64]){0}, 64);
	assert_false(b.bad);
	frame.data = data;
	frame.len = b.len;
	capture_add(&capture, &frame);
}

static void test_keepalives(void **)
{
	capture_files_read(&capture, "healthy", "cisco");
	for (unsigned i = 0; i < 6; i++) {
		asks(CAPTURE_BEGAN, 2000);
		asks(CAPTURE_ANSWERS, 10);
	}
	capture_files_judged(&capture, CAPTURE_BEGAN, DIAGNOSE_NONE);
	capture_files_judged(&capture, CAPTURE_ANSWERS, DIAGNOSE_NONE);
	for (unsigned i = 0; i < 4; i++) /* many at once are deletes */
		asks(CAPTURE_BEGAN, 10);
	capture_files_judged(&capture, CAPTURE_BEGAN, DIAGNOSE_NONE);
	both_ways(100);
	capture_files_judged(&capture, CAPTURE_BEGAN, DIAGNOSE_NONE);
	for (unsigned i = 0; i < 4; i++)
		asks(CAPTURE_BEGAN, 2000);
	esp(CAPTURE_ANSWERS, 101, 1);
	capture_files_judged(&capture, CAPTURE_BEGAN, DIAGNOSE_DPD_BLOCKED);
	capture_files_judged(&capture, CAPTURE_ANSWERS, DIAGNOSE_NONE);

	capture_files_read(&capture, "healthy", "cisco");
	for (unsigned i = 0; i < 4; i++)
		asks(CAPTURE_BEGAN, 2000);
	capture_files_judged(&capture, CAPTURE_BEGAN, DIAGNOSE_NONE);
	asks(CAPTURE_BEGAN, 2000);
	capture_files_judged(&capture, CAPTURE_BEGAN, DIAGNOSE_DPD_DEAD);
}

/* strongSwan in user space wants UDP, and says for it that there is a NAT; of the others none. */
static void test_nat(void **)
{
	struct ike_record r;

	capture_files_read(&capture, "healthy", "cisco");
	r = capture_judge_talk(&capture.talks[0], CAPTURE_BEGAN);
	assert_true(r.phase1.nat_local && r.phase1.nat_remote);
	capture_files_read(&capture, "silent", "cisco");
	r = capture_judge_talk(&capture.talks[0], CAPTURE_BEGAN);
	assert_false(r.phase1.nat_local || r.phase1.nat_remote);
}

static int start(void **)
{
	return prim_init();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_esp_both_ways_is_well),
		cmocka_unit_test(test_esp_one_way),
		cmocka_unit_test(test_esp_again),
		cmocka_unit_test(test_esp_late),
		cmocka_unit_test(test_keepalives),
		cmocka_unit_test(test_nat),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
