/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Captures of two strongSwans (tests/interop/diagnose_capture_test.sh made them), read, judged from
 * each end; and the same packets in other clothes: pcapng, other link headers, fragments.
 */
#include "controlplane/diagnose/capture_file.h"
#include "controlplane/diagnose/capture_judge.h"
#include "controlplane/diagnose/capture_open.h"
#include "controlplane/diagnose/capture_proof.h"
#include "lib/base/wbuf.h"
#include "tests/unit/capture_files.h"

#include <cmocka.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FILE_HEADER = 24,
	ETHER = 14,
	V4 = 20,
	UNIT = 8,
};

/* Of proxies.pcap, as the log of strongSwan had it. */
#define PROXIES_KEY "c3823a0eae16052a,853EEB8979F6E978758561335D37EE85"

static struct capture capture;

static const struct row {
	const char *name;
	enum diagnose_code began;
	enum diagnose_code answers;
	enum diagnose_sureness sureness;
	const char *saw;
} rows[] = {
	{"healthy"},
	{"policy", .began = DIAGNOSE_P1_REJECTED, .sureness = DIAGNOSE_LIKELY, .saw = "we offered"},
	{"key", .began = DIAGNOSE_P1_PSK, .sureness = DIAGNOSE_EITHER,
	 .saw = "answered our proof with an encrypted message"},
	{"transform", .began = DIAGNOSE_P2_PEER_REFUSED, .sureness = DIAGNOSE_LIKELY,
	 .saw = "instead of QM2"},
	{"proxies", .began = DIAGNOSE_P2_PEER_REFUSED, .sureness = DIAGNOSE_LIKELY,
	 .saw = "instead of QM2"},
	{"aggressive"},
	{"aggressive_key", .answers = DIAGNOSE_P1_PSK, .sureness = DIAGNOSE_EITHER,
	 .saw = "the key given is the one of this end"},
	{"silent", .began = DIAGNOSE_P1_NO_ANSWER, .sureness = DIAGNOSE_SURE, .saw = "MM1 sent"},
};

static void test_rows(void **)
{
	for (size_t i = 0; i < array_len(rows); i++) {
		const struct row *r = &rows[i];
		struct diagnosis began, answers;

		print_message("%s\n", r->name);
		capture_files_read(&capture, r->name, "cisco");
		began = capture_files_judged(&capture, CAPTURE_BEGAN, r->began);
		answers = capture_files_judged(&capture, CAPTURE_ANSWERS, r->answers);
		if (r->began)
			assert_non_null(strstr(began.saw, r->saw));
		if (r->answers)
			assert_non_null(strstr(answers.saw, r->saw));
		if (r->began || r->answers)
			assert_int_equal(began.sureness + answers.sureness, r->sureness);
		assert_null(strstr(began.saw, "cisco"));
	}
}

static void test_healthy_is_seen(void **)
{
	struct ike_record r;

	capture_files_read(&capture, "healthy", "cisco");
	assert_int_equal(capture.n_talks, 1);
	r = capture_judge_talk(&capture.talks[0], CAPTURE_ANSWERS);
	assert_true(r.up);
	assert_false(r.initiator);
	assert_true(r.messages[1].ours);
	assert_false(r.messages[0].ours);
	assert_int_equal(r.phase1.messages_seen, 6);
	assert_int_equal(r.chosen.group, 14);
	assert_int_equal(r.path.remote_port, 4500);
	assert_int_equal(capture.n_quicks, 1);
	assert_true(capture.quicks[0].record.up);
}

static void test_keys(void **)
{
	capture_files_read(&capture, "aggressive", "cisco");
	assert_int_equal(capture.talks[0].ends[CAPTURE_ANSWERS].proof, CAPTURE_HOLDS);
	capture_files_read(&capture, "aggressive", "another");
	assert_int_equal(capture.talks[0].ends[CAPTURE_ANSWERS].proof, CAPTURE_DIFFERS);
	capture_files_read(&capture, "aggressive_key", "another");
	assert_int_equal(capture.talks[0].ends[CAPTURE_ANSWERS].proof, CAPTURE_DIFFERS);
	capture_files_read(&capture, "healthy", "cisco");
	assert_int_equal(capture.talks[0].ends[CAPTURE_ANSWERS].proof, CAPTURE_UNPROVEN);
}

/* What the log of one end had as its cipher key opens what came after. */
static void test_decrypted(void **)
{
	static struct capture_keys keys;
	struct capture_file f = capture_files_open(&capture, "proxies");
	struct capture_frame frame;
	struct diagnosis d;
	char text[DIAGNOSE_TEXT];

	assert_true(capture_open_add_key(&keys, PROXIES_KEY "\n"));
	assert_false(capture_open_add_key(&keys, "0123456789abcdef,\n"));
	assert_false(capture_open_add_key(&keys, "0123,4567\n"));
	assert_int_equal(keys.n, 1);
	capture.keys = &keys;
	while (capture_file_next(&f, &frame))
		capture_add(&capture, &frame);
	d = capture_files_judged(&capture, CAPTURE_BEGAN, DIAGNOSE_P2_PEER_REFUSED);
	diagnose_sentence(&d, text, sizeof(text));
	assert_string_equal(text, "10.0.0.2 refused quick mode: INVALID_ID_INFORMATION.");
	assert_non_null(strstr(d.saw, "192.168.1.0/24 to 192.168.2.0/24"));
	assert_string_equal(capture.talks[0].record.phase1.id_remote.text, "10.0.0.2");
	capture_open_wipe(&keys);
}

/* Of one direction alone nothing is said, whatever it seems to lack. */
static void test_one_direction(void **)
{
	static const char *const names[] = {"healthy", "transform", "key", "aggressive_key"};

	for (size_t i = 0; i < 2 * array_len(names); i++) {
		struct capture_file f = capture_files_open(&capture, names[i / 2]);
		struct capture_frame frame;
		struct addr at = addr_v4(0x0a000001 + i % 2);

		print_message("%s %zu\n", names[i / 2], i % 2);
		while (capture_file_next(&f, &frame))
			if (memcmp(frame.data + ETHER + 12, at.b, 4) == 0)
				capture_add(&capture, &frame);
		capture.now_ms += 3600000;
		capture_files_judged(&capture, CAPTURE_BEGAN, DIAGNOSE_NONE);
		capture_files_judged(&capture, CAPTURE_ANSWERS, DIAGNOSE_NONE);
	}
}

/* Where the capture ends after a message there was no time to answer it. */
static void test_every_prefix(void **)
{
	for (size_t n = 1; n < 9; n++) {
		struct capture_file f = capture_files_open(&capture, "healthy");
		struct capture_frame frame;

		for (size_t i = 0; i < n; i++) {
			assert_true(capture_file_next(&f, &frame));
			capture_add(&capture, &frame);
		}
		capture_files_judged(&capture, CAPTURE_BEGAN, DIAGNOSE_NONE);
		capture_files_judged(&capture, CAPTURE_ANSWERS, DIAGNOSE_NONE);
	}
}

/* A cut file is read up to where it ends. */
static void test_broken(void **)
{
	struct capture_file f = capture_files_open(&capture, "healthy"), cut;
	const uint8_t *bytes = f.b.p - FILE_HEADER;
	struct capture_frame frame;
	size_t n = 0;

	assert_int_equal(capture_file_open(&cut, bytes, f.b.left), 0);
	while (capture_file_next(&cut, &frame))
		n++;
	assert_true(cut.broken);
	assert_int_equal(n, 8);
	assert_int_equal(capture_file_open(&cut, "not a capture at all", 20), -EINVAL);
	assert_int_equal(capture_file_open(&cut, bytes, 3), -EINVAL);
}

/* An interface of nanoseconds, a block that is not known, and the packet. */
static size_t wrap_ng(uint8_t *out, size_t size, const struct capture_frame *frame, uint32_t link)
{
	struct wbuf b = wbuf_of(out, size);
	size_t len = (frame->len + 3) & ~(size_t)3;
	static const uint32_t head[] = {0x0a0d0d0a, 28, 0x1a2b3c4d, 0x00010000, ~0u, ~0u, 28};
	static const uint32_t other[] = {77, 16, 0, 16};

	for (size_t i = 0; i < array_len(head); i++)
		wbuf_u32(&b, head[i]);
	wbuf_u32(&b, 1);
	wbuf_u32(&b, 32);
	wbuf_u32(&b, link << 16);
	wbuf_u32(&b, 0);
	wbuf_u32(&b, 9 << 16 | 1);
	wbuf_u32(&b, 9u << 24);
	wbuf_u32(&b, 0);
	wbuf_u32(&b, 32);
	for (size_t i = 0; i < array_len(other); i++)
		wbuf_u32(&b, other[i]);
	wbuf_u32(&b, 6);
	wbuf_u32(&b, (uint32_t)len + 32);
	wbuf_u32(&b, 0);
	wbuf_u32(&b, 1);	  /* 2^32 ns */
	wbuf_u32(&b, 705032704u); /* and so much: 5 s */
	wbuf_u32(&b, (uint32_t)frame->len);
	wbuf_u32(&b, (uint32_t)frame->len);
	wbuf_bytes(&b, frame->data, frame->len);
	wbuf_bytes(&b, "\0\0\0", len - frame->len);
	wbuf_u32(&b, (uint32_t)len + 32);
	assert_false(b.bad);
	return b.len;
}

static void test_pcapng(void **)
{
	struct capture_file f = capture_files_open(&capture, "healthy"), ng;
	struct capture_frame frame, same;
	static uint8_t wrapped[4096];

	assert_true(capture_file_next(&f, &frame));
	frame.data += ETHER;
	frame.len -= ETHER;
	assert_int_equal(
		capture_file_open(&ng, wrapped,
				  wrap_ng(wrapped, sizeof(wrapped), &frame, CAPTURE_LINK_RAW)),
		0);
	assert_true(capture_file_next(&ng, &same));
	assert_int_equal(same.time_us, 5000000);
	assert_int_equal(same.len, frame.len);
	assert_memory_equal(same.data, frame.data, frame.len);
	assert_false(capture_file_next(&ng, &same));
	assert_false(ng.broken);
}

static struct capture_packet parse(const void *data, size_t len, uint32_t link)
{
	const struct capture_frame frame = {.link = link, .data = data, .len = len};

	return capture_packet_parse(&capture.packets, &frame);
}

static void test_links(void **)
{
	struct capture_file f = capture_files_open(&capture, "healthy");
	struct capture_frame frame;
	uint8_t dressed[2048] = {0};
	size_t len;

	assert_true(capture_file_next(&f, &frame));
	assert_int_equal(parse(frame.data, frame.len, CAPTURE_LINK_ETHERNET).kind, CAPTURE_IKE);
	assert_int_equal(parse(frame.data, frame.len, 147).kind, CAPTURE_OTHER);
	len = frame.len - ETHER;
	assert_int_equal(parse(frame.data + ETHER, len, CAPTURE_LINK_RAW).kind, CAPTURE_IKE);
	dressed[14] = 0x08;
	memcpy(dressed + 16, frame.data + ETHER, len);
	assert_int_equal(parse(dressed, len + 16, CAPTURE_LINK_COOKED).kind, CAPTURE_IKE);
	memset(dressed, 0, sizeof(dressed));
	dressed[0] = 0x08;
	memcpy(dressed + 20, frame.data + ETHER, len);
	assert_int_equal(parse(dressed, len + 20, CAPTURE_LINK_COOKED2).kind, CAPTURE_IKE);
	memset(dressed, 0, sizeof(dressed));
	memcpy(dressed + 12, "\x81\x00\x00\x07\x08\x00", 6);
	memcpy(dressed + 18, frame.data + ETHER, len);
	assert_int_equal(parse(dressed, len + 18, CAPTURE_LINK_ETHERNET).kind, CAPTURE_IKE);
}

static struct capture_packet parse_part(const uint8_t *packet, size_t from, size_t to, bool more)
{
	uint8_t part[2048];
	size_t len = V4 + to - from;

	memcpy(part, packet, V4);
	memcpy(part + V4, packet + V4 + from, to - from);
	part[2] = (uint8_t)(len >> 8);
	part[3] = (uint8_t)len;
	part[6] = (uint8_t)((more ? 0x20 : 0) | from / UNIT >> 8);
	part[7] = (uint8_t)(from / UNIT);
	return parse(part, len, CAPTURE_LINK_RAW);
}

/* The last one first, one of them twice. */
static void test_fragments(void **)
{
	struct capture_file f = capture_files_open(&capture, "healthy");
	struct capture_packet whole;
	struct capture_frame frame;
	const uint8_t *packet;
	uint8_t want[2048];
	size_t body;

	assert_true(capture_file_next(&f, &frame));
	packet = frame.data + ETHER;
	body = frame.len - ETHER - V4;
	whole = parse(packet, frame.len - ETHER, CAPTURE_LINK_RAW);
	memcpy(want, whole.data, whole.len);
	assert_int_equal(parse_part(packet, 64, body, false).kind, CAPTURE_OTHER);
	assert_int_equal(parse_part(packet, 0, 32, true).kind, CAPTURE_OTHER);
	assert_int_equal(parse_part(packet, 0, 32, true).kind, CAPTURE_OTHER);
	whole = parse_part(packet, 32, 64, true);
	assert_int_equal(whole.kind, CAPTURE_IKE);
	assert_memory_equal(whole.data, want, whole.len);
}

static int start(void **)
{
	return prim_init();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),	     cmocka_unit_test(test_healthy_is_seen),
		cmocka_unit_test(test_keys),	     cmocka_unit_test(test_broken),
		cmocka_unit_test(test_pcapng),	     cmocka_unit_test(test_links),
		cmocka_unit_test(test_fragments),    cmocka_unit_test(test_one_direction),
		cmocka_unit_test(test_every_prefix), cmocka_unit_test(test_decrypted),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
