/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * R031, H098: whatever a stranger sends in aggressive mode, a name that exists and one that does
 * not get the same answers, byte by byte but for what is random, at the same time, after the same
 * arithmetic. The linker puts the calls of the primitives through the functions here (--wrap).
 */
#include "controlplane/ike/ike_id.h"
#include "controlplane/ike/ike_payload.h"
#include "controlplane/ike/ike_vendor.h"
#include "lib/base/wbuf.h"
#include "lib/crypto/prim.h"
#include "tests/exchange/lab.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	METHODS = 3,
	TRACE_MAX = 16384,
	OFFERS = 20, /* five times the places of one address */
	ALL_VENDORS = (1u << IKE_VENDOR_COUNT) - 1,
	LIFE_MS = 31000, /* of an exchange that nobody goes on with */
};

static size_t calls[4];

struct prim_dh *__real_prim_dh_create(uint16_t group);
struct prim_dh *group_names_test_prim_dh_create(uint16_t group);
int __real_prim_dh_derive(const struct prim_dh *dh, const uint8_t *peer, size_t peer_len,
			  uint8_t *out, size_t *out_len);
int group_names_test_prim_dh_derive(const struct prim_dh *dh, const uint8_t *peer, size_t peer_len,
				    uint8_t *out, size_t *out_len);
int __real_prim_hash(enum alg_hash hash, const struct prim_chunk *chunks, size_t n, uint8_t *out);
int group_names_test_prim_hash(enum alg_hash hash, const struct prim_chunk *chunks, size_t n,
			       uint8_t *out);
int __real_prim_prf(enum alg_hash hash, const void *key, size_t key_len,
		    const struct prim_chunk *chunks, size_t n, uint8_t *out);
int group_names_test_prim_prf(enum alg_hash hash, const void *key, size_t key_len,
			      const struct prim_chunk *chunks, size_t n, uint8_t *out);

struct prim_dh *group_names_test_prim_dh_create(uint16_t group)
{
	calls[0]++;
	return __real_prim_dh_create(group);
}

int group_names_test_prim_dh_derive(const struct prim_dh *dh, const uint8_t *peer, size_t peer_len,
				    uint8_t *out, size_t *out_len)
{
	calls[1]++;
	return __real_prim_dh_derive(dh, peer, peer_len, out, out_len);
}

int group_names_test_prim_hash(enum alg_hash hash, const struct prim_chunk *chunks, size_t n,
			       uint8_t *out)
{
	calls[2]++;
	return __real_prim_hash(hash, chunks, n, out);
}

int group_names_test_prim_prf(enum alg_hash hash, const void *key, size_t key_len,
			      const struct prim_chunk *chunks, size_t n, uint8_t *out)
{
	calls[3]++;
	return __real_prim_prf(hash, key, key_len, chunks, n, out);
}

enum value {
	VALUE_GOOD,
	VALUE_LARGE, /* not below the prime */
	VALUE_ZERO,
	VALUE_SHORT,
};

/* What is sent, and what the one who is asked has. */
struct row {
	const char *what;
	enum ike_id_type type;
	uint16_t auth[METHODS]; /* a transform each */
	uint16_t group;
	uint16_t cipher; /* 0 = AES 256 */
	uint32_t life_s;
	uint32_t vendors;
	enum value value;
	uint8_t nonce_len; /* 0 = 20 */
	bool xauth, client, fragmentation, dpd, two_policies;
	bool answered; /* with message 2 */
};

#define PSK   ALG_AUTH_PSK
#define LOGIN ALG_AUTH_XAUTH_I_PSK

// clang-format off
static const struct row rows[] = {
	{ "key-id", IKE_ID_KEY_ID, { PSK }, 2, .answered = true },
	{ "FQDN", IKE_ID_FQDN, { PSK }, 2, .answered = true },
	{ "user FQDN", IKE_ID_USER_FQDN, { PSK }, 2, .answered = true },
	{ "login", IKE_ID_KEY_ID, { LOGIN }, 2, .xauth = true, .answered = true },
	{ "login, FQDN", IKE_ID_FQDN, { LOGIN }, 2, .xauth = true, .answered = true },
	{ "no login where there is one", IKE_ID_KEY_ID, { PSK }, 2, .xauth = true,
	  .answered = true },
	{ "login where there is none", IKE_ID_KEY_ID, { LOGIN }, 2 },
	{ "both methods", IKE_ID_KEY_ID, { PSK, LOGIN }, 2, .xauth = true, .answered = true },
	{ "the other way round", IKE_ID_KEY_ID, { LOGIN, PSK }, 2, .answered = true },
	{ "all vendor IDs", IKE_ID_KEY_ID, { PSK }, 2, .vendors = ALL_VENDORS, .answered = true },
	{ "all vendor IDs to one who has all", IKE_ID_KEY_ID, { LOGIN }, 2, .vendors = ALL_VENDORS,
	  .xauth = true, .client = true, .fragmentation = true, .dpd = true, .answered = true },
	{ "no vendor IDs to one who has all", IKE_ID_KEY_ID, { LOGIN }, 2, .xauth = true,
	  .client = true, .fragmentation = true, .dpd = true, .answered = true },
	{ "short life", IKE_ID_KEY_ID, { PSK }, 2, .life_s = 60, .answered = true },
	{ "long life", IKE_ID_KEY_ID, { PSK }, 2, .life_s = 1000000, .answered = true },
	{ "second policy", IKE_ID_KEY_ID, { PSK }, 5, .two_policies = true, .answered = true },
	{ "another group", IKE_ID_KEY_ID, { PSK }, 5 },
	{ "another cipher", IKE_ID_KEY_ID, { PSK }, 2, .cipher = 5 },
	{ "signatures", IKE_ID_KEY_ID, { ALG_AUTH_RSA_SIG }, 2 },
	{ "signatures or a key", IKE_ID_KEY_ID, { ALG_AUTH_RSA_SIG, PSK }, 2, .answered = true },
	{ "hybrid", IKE_ID_KEY_ID, { ALG_AUTH_HYBRID_I }, 2, .xauth = true },
	{ "large value", IKE_ID_KEY_ID, { PSK }, 2, .value = VALUE_LARGE },
	{ "large value, login", IKE_ID_KEY_ID, { LOGIN }, 2, .value = VALUE_LARGE, .xauth = true },
	{ "value 0", IKE_ID_KEY_ID, { PSK }, 2, .value = VALUE_ZERO },
	{ "short value", IKE_ID_KEY_ID, { PSK }, 2, .value = VALUE_SHORT },
	{ "short nonce", IKE_ID_KEY_ID, { PSK }, 2, .nonce_len = 7 },
};
// clang-format on

/* Everything a stranger sees, and what it cost. */
struct trace {
	uint8_t b[TRACE_MAX];
	size_t len;
	size_t n;
	uint64_t counters[IKE_COUNTER_COUNT];
	size_t calls[array_len(calls)];
};

static void write_transform(struct wbuf *w, const struct row *row, uint8_t i, bool last)
{
	size_t at;

	wbuf_u8(w, last ? 0 : IKE_PAYLOAD_TRANSFORM);
	wbuf_u8(w, 0);
	at = wbuf_mark16(w);
	wbuf_u8(w, i);
	wbuf_u8(w, 1);
	wbuf_u16(w, 0);
	wbuf_u32(w, 0x80010000u | (row->cipher ? row->cipher : 7));
	wbuf_u32(w, 0x80020002u); /* SHA */
	wbuf_u32(w, 0x80030000u | row->auth[i]);
	wbuf_u32(w, 0x80040000u | row->group);
	if (!row->cipher)
		wbuf_u32(w, 0x800e0100u);
	wbuf_u32(w, 0x800b0001u);
	wbuf_u32(w, 0x000c0004u);
	wbuf_u32(w, row->life_s ? row->life_s : 28800);
	wbuf_patch16(w, at, (uint16_t)(w->len - at + 2));
}

static void write_offer(struct ike_build *b, const struct row *row)
{
	uint8_t n = 0;
	size_t at;

	while (n < METHODS && row->auth[n])
		n++;
	ike_build_open(b, IKE_PAYLOAD_SA);
	wbuf_u32(&b->w, 1);
	wbuf_u32(&b->w, 1);
	wbuf_u16(&b->w, 0);
	at = wbuf_mark16(&b->w);
	wbuf_u8(&b->w, 1);
	wbuf_u8(&b->w, 1);
	wbuf_u8(&b->w, 0);
	wbuf_u8(&b->w, n);
	for (uint8_t i = 0; i < n; i++)
		write_transform(&b->w, row, i, i + 1 == n);
	wbuf_patch16(&b->w, at, (uint16_t)(b->w.len - at + 2));
	ike_build_close(b);
}

static void write_value(struct ike_build *b, const struct row *row)
{
	struct prim_dh *dh = __real_prim_dh_create(row->group);
	uint8_t value[PRIM_PUBLIC_MAX] = {0};
	size_t len;
	const uint8_t *public = prim_dh_public(dh, &len);

	switch (row->value) {
	case VALUE_GOOD: memcpy(value, public, len); break;
	case VALUE_SHORT: memcpy(value, public, len--); break;
	case VALUE_LARGE: memset(value, 0xff, len); break;
	case VALUE_ZERO: break;
	}
	ike_build_payload(b, IKE_PAYLOAD_KE, value, len);
	prim_dh_destroy(dh);
}

/* Message 1 under a name. */
static size_t write_message_1(const struct row *row, uint8_t cookie, const char *name, uint8_t *buf,
			      size_t size)
{
	const struct ike_header header = {
		.cookie_i = {0x11, cookie},
		.exchange = IKE_EXCHANGE_AGGRESSIVE,
	};
	static const uint8_t nonce[20] = {1};
	struct ike_build b;
	struct ike_id id;

	ike_id_of_text(&id, row->type, name);
	ike_build_begin(&b, buf, size, &header);
	write_offer(&b, row);
	write_value(&b, row);
	ike_build_payload(&b, IKE_PAYLOAD_NONCE, nonce,
			  row->nonce_len ? row->nonce_len : sizeof(nonce));
	ike_id_build(&b, &id);
	for (enum ike_vendor v = 0; v < IKE_VENDOR_COUNT; v++)
		if (row->vendors & 1u << v)
			ike_build_payload(&b, IKE_PAYLOAD_VENDOR, ike_vendor_row(v)->id,
					  ike_vendor_row(v)->len);
	return ike_build_finish(&b, 0);
}

static void start(struct lab *lab, const struct row *row)
{
	struct ike_peer *peer = &lab->ends[1].peer;

	lab_init(lab);
	peer->aggressive = true;
	peer->xauth = row->xauth;
	peer->client = row->client;
	peer->fragmentation = row->fragmentation;
	peer->dpd_s = row->dpd ? 10 : 0;
	if (row->two_policies) {
		peer->policies[1] = peer->policies[0];
		peer->policies[1].group = 5;
		peer->n_policies = 2;
	}
	ike_id_of_text(&lab->ends[1].group, row->type, "dialin");
	lab_start(lab);
}

static bool is_random(uint8_t type)
{
	return type == IKE_PAYLOAD_KE || type == IKE_PAYLOAD_NONCE || type == IKE_PAYLOAD_HASH ||
	       type == IKE_PAYLOAD_NATD || type == IKE_PAYLOAD_NATD_DRAFT;
}

/* A message in clear without what is drawn at random or follows from it. */
static void trace_message(struct trace *t, const struct lab_packet *p, uint64_t since_ms)
{
	struct wbuf w = wbuf_of(t->b + t->len, TRACE_MAX - t->len);
	struct ike_header h;
	struct ike_msg msg;

	assert_int_equal(ike_msg_parse_header(&h, p->data, p->len), IKE_PARSED);
	assert_int_equal(
		ike_msg_parse_chain(&msg, &h, p->data + IKE_HEADER_LEN, p->len - IKE_HEADER_LEN),
		IKE_PARSED);
	wbuf_u32(&w, (uint32_t)(p->at_ms - since_ms));
	wbuf_u16(&w, p->path.local_port);
	wbuf_u16(&w, p->path.remote_port);
	wbuf_u16(&w, (uint16_t)p->len);
	wbuf_bytes(&w, h.cookie_i, IKE_COOKIE_LEN);
	wbuf_u8(&w, h.exchange);
	wbuf_u8(&w, h.flags);
	wbuf_u8(&w, h.msgid != 0);
	for (size_t i = 0; i < msg.n; i++) {
		wbuf_u8(&w, msg.payloads[i].type);
		wbuf_u16(&w, (uint16_t)msg.payloads[i].len);
		if (!is_random(msg.payloads[i].type))
			wbuf_bytes(&w, msg.payloads[i].body, msg.payloads[i].len);
	}
	t->len += w.len;
	assert_true(t->len < TRACE_MAX);
	t->n++;
}

static void begin_trace(struct trace *t)
{
	memset(t, 0, sizeof(*t));
	memset(calls, 0, sizeof(calls));
}

static void end_trace(struct trace *t, const struct lab *lab, uint64_t since_ms)
{
	for (size_t i = 0; i < lab->n_record; i++)
		trace_message(t, lab->record[i], since_ms);
	/* ours, not the stranger's */
	for (unsigned i = 0; i < IKE_COUNTER_COUNT; i++)
		if (i != IKE_COUNT_NO_GROUP)
			t->counters[i] = lab_counter(lab, 1, (enum ike_counter)i);
	memcpy(t->calls, calls, sizeof(calls));
}

/* Message 3 under a wrong key, or in clear with a wrong proof. */
static void send_message_3(struct lab *lab, bool encrypted)
{
	static const uint8_t junk[64] = {1};
	struct ike_header header;
	struct ike_build b;
	uint8_t buf[256];
	size_t len;

	if (!lab->n_record ||
	    ike_msg_parse_header(&header, lab->record[0]->data, lab->record[0]->len) != IKE_PARSED)
		return;
	header.flags = encrypted ? IKE_FLAG_ENCRYPTED : 0;
	ike_build_begin(&b, buf, sizeof(buf), &header);
	ike_build_payload(&b, IKE_PAYLOAD_HASH, junk, encrypted ? 60 : 20);
	len = ike_build_finish(&b, encrypted ? 16 : 0);
	lab_inject(lab, 1, buf, len, 500);
	lab_settle(lab);
}

/* Message 1, twice, then wrong messages 3, then nothing until it is given up. */
static struct trace ask(const struct row *row, const char *name)
{
	uint8_t buf[IKE_DATAGRAM_MAX];
	uint64_t since_ms;
	struct trace t;
	struct lab lab;
	size_t len;

	start(&lab, row);
	since_ms = lab.now_ms;
	len = write_message_1(row, 1, name, buf, sizeof(buf));
	assert_true(len);
	begin_trace(&t);
	for (int i = 0; i < 2; i++) {
		lab_inject(&lab, 1, buf, len, 500);
		lab_settle(&lab);
		lab_run(&lab, 1500);
	}
	send_message_3(&lab, true);
	lab_run(&lab, 1500);
	send_message_3(&lab, false);
	lab_run(&lab, LIFE_MS);
	assert_int_equal(lab_sas(&lab, 1), 0);
	end_trace(&t, &lab, since_ms);
	lab_fini(&lab);
	return t;
}

static void must_be_alike(const char *what, const struct trace *known, const struct trace *unknown)
{
	if (known->n != unknown->n)
		fail_msg("%s: %zu and %zu messages", what, known->n, unknown->n);
	if (known->len != unknown->len || memcmp(known->b, unknown->b, known->len) != 0)
		fail_msg("%s: the messages differ", what);
	for (unsigned i = 0; i < IKE_COUNTER_COUNT; i++)
		if (known->counters[i] != unknown->counters[i])
			fail_msg("%s: counter %u is %ju and %ju", what, i,
				 (uintmax_t)known->counters[i], (uintmax_t)unknown->counters[i]);
	for (size_t i = 0; i < array_len(calls); i++)
		if (known->calls[i] != unknown->calls[i])
			fail_msg("%s: primitive %zu is called %zu and %zu times", what, i,
				 known->calls[i], unknown->calls[i]);
}

static void every_offer_is_answered_alike(void **)
{
	for (size_t i = 0; i < array_len(rows); i++) {
		const struct row *row = &rows[i];
		struct trace known = ask(row, "dialin");
		struct trace unknown = ask(row, "nobody");

		must_be_alike(row->what, &known, &unknown);
		/* what it says, it says: message 2 twice, and the refusals of message 3 */
		if (row->answered != (known.n == 4 && known.calls[1] == 1))
			fail_msg("%s: %zu messages", row->what, known.n);
		if (row->value == VALUE_LARGE || row->value == VALUE_ZERO)
			assert_int_equal(known.counters[IKE_COUNT_KE_VALUE], 2);
	}
}

/* Many at once under one name or by turns, before or after the arithmetic of each is done. */
static struct trace flood(const struct row *row, const char *even, const char *odd, bool busy)
{
	uint8_t buf[IKE_DATAGRAM_MAX];
	uint64_t since_ms;
	struct trace t;
	struct lab lab;

	start(&lab, row);
	since_ms = lab.now_ms;
	begin_trace(&t);
	lab.jobs_wait = busy;
	for (uint8_t i = 0; i < OFFERS; i++) {
		size_t len = write_message_1(row, i, i % 2 ? odd : even, buf, sizeof(buf));

		lab_inject(&lab, 1, buf, len, 500);
		lab_settle(&lab);
		assert_true(lab_sas(&lab, 1) <= 4);
	}
	lab.jobs_wait = false;
	lab_run(&lab, LIFE_MS);
	assert_int_equal(lab_sas(&lab, 1), 0);
	end_trace(&t, &lab, since_ms);
	lab_fini(&lab);
	return t;
}

static void places_are_the_same_for_all_names(void **)
{
	static const char *const names[][2] = {
		{"nobody", "nobody"}, {"dialin", "nobody"}, {"nobody", "dialin"}};

	for (int busy = 0; busy < 2; busy++) {
		struct trace known = flood(&rows[0], "dialin", "dialin", busy);

		assert_int_equal(known.n, busy ? 4 : OFFERS);
		assert_int_equal(known.counters[IKE_COUNT_HALF_OPEN], OFFERS - 4);
		for (size_t i = 0; i < array_len(names); i++) {
			struct trace t = flood(&rows[0], names[i][0], names[i][1], busy);

			must_be_alike(names[i][0], &known, &t);
		}
	}
}

/* The group is taken away between message 1 and message 3, which its key had still proved. */
static void group_that_is_gone_lets_nobody_in(void **)
{
	struct lab lab;

	lab_init(&lab);
	lab.ends[0].peer.aggressive = true;
	lab.ends[1].peer.aggressive = true;
	ike_id_of_text(&lab.ends[0].peer.local_id, IKE_ID_KEY_ID, "dialin");
	lab.ends[1].group = lab.ends[0].peer.local_id;
	lab_start(&lab);
	lab.fate = lab_fate_nth;
	lab.fate_n = 2;
	lab.fate_what = LAB_DROP;
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	ike_id_of_text(&lab.ends[1].group, IKE_ID_KEY_ID, "other");
	lab_inject(&lab, 1, lab.record[2]->data, lab.record[2]->len, 500);
	assert_int_equal(lab_up(&lab, 1), 0);
	assert_int_equal(lab_counter(&lab, 1, IKE_COUNT_AUTH_FAIL), 1);
	assert_int_equal(lab_event(&lab.ends[1], IKE_EVENT_HINT)->reason, IKE_REASON_NO_GROUP);
	lab_fini(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_offer_is_answered_alike),
		cmocka_unit_test(places_are_the_same_for_all_names),
		cmocka_unit_test(group_that_is_gone_lets_nobody_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
