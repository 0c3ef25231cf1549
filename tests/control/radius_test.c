/* SPDX-License-Identifier: BSD-3-Clause */
/* RADIUS packets as the server and a forger on the way see them (R078, CVE-2024-3596). */
#include "controlplane/radius_codec.h"
#include "lib/crypto/prim.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
	HEADER = 20,
	DIGEST = 16
};

static struct config_radius_server server = {.key = "shared"};

static struct radius_request request_of(enum radius_kind kind)
{
	struct radius_request r = {.kind = kind, .user = "alice", .nas = "hub", .session = 0x1234};

	secret_set(&r.password, "a password of more than 1 block!", 32);
	r.peer = addr_v4(0x0a000002);
	r.local = addr_v4(0x0a000001);
	return r;
}

static void encode(enum radius_kind kind, struct radius_codec_packet *out)
{
	struct radius_request r = request_of(kind);
	struct addr nas = addr_v4(0x7f000001);

	assert_int_equal(radius_codec_encode(&server, &r, &nas, out), 0);
	assert_int_equal(out->bytes[2] << 8 | out->bytes[3], out->len);
}

static const uint8_t *attribute(const struct radius_codec_packet *p, uint8_t type)
{
	for (size_t at = HEADER; at < p->len; at += p->bytes[at + 1])
		if (p->bytes[at] == type)
			return p->bytes + at;
	return NULL;
}

static void hmac(const uint8_t *packet, size_t len, uint8_t *out)
{
	const struct prim_chunk chunk = {packet, len};
	uint8_t digest[PRIM_DIGEST_MAX];

	assert_int_equal(prim_prf(ALG_HASH_MD5, server.key, strlen(server.key), &chunk, 1, digest),
			 0);
	memcpy(out, digest, DIGEST);
}

static void md5(const void *a, size_t a_len, const void *b, size_t b_len, uint8_t *out)
{
	const struct prim_chunk chunks[] = {{a, a_len}, {b, b_len}};
	uint8_t digest[PRIM_DIGEST_MAX];

	assert_int_equal(prim_hash(ALG_HASH_MD5, chunks, 2, digest), 0);
	memcpy(out, digest, DIGEST);
}

static void access_request_begins_with_its_message_authenticator(void **state)
{
	struct radius_codec_packet p, again;
	uint8_t given[DIGEST], want[DIGEST], pad[DIGEST];
	const uint8_t *hidden;

	(void)state;
	encode(RADIUS_ACCESS, &p);
	encode(RADIUS_ACCESS, &again);
	assert_memory_not_equal(p.bytes + 4, again.bytes + 4, DIGEST);
	assert_int_equal(p.bytes[0], 1);
	assert_int_equal(p.bytes[HEADER], 80);
	hidden = attribute(&p, 2);
	assert_non_null(hidden);
	assert_int_equal(hidden[1], 2 + 2 * DIGEST);
	md5("shared", 6, p.bytes + 4, DIGEST, pad);
	for (size_t i = 0; i < DIGEST; i++)
		assert_int_equal(hidden[2 + i] ^ pad[i], "a password of mo"[i]);
	md5("shared", 6, hidden + 2, DIGEST, pad);
	for (size_t i = 0; i < DIGEST; i++)
		assert_int_equal(hidden[2 + DIGEST + i] ^ pad[i], "re than 1 block!"[i]);
	memcpy(given, p.bytes + HEADER + 2, DIGEST);
	memset(p.bytes + HEADER + 2, 0, DIGEST);
	hmac(p.bytes, p.len, want);
	assert_memory_equal(given, want, DIGEST);
}

static void accounting_request_is_authenticated_by_its_header(void **state)
{
	static const struct {
		enum radius_kind kind;
		uint8_t status;
		bool user;
	} rows[] = {
		{RADIUS_START, 1, true}, {RADIUS_STOP, 2, true}, {RADIUS_INTERIM, 3, true},
		{RADIUS_ON, 7, false},	 {RADIUS_OFF, 8, false},
	};

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		struct radius_codec_packet p;
		uint8_t given[DIGEST], want[DIGEST];

		encode(rows[i].kind, &p);
		assert_int_equal(p.bytes[0], 4);
		assert_int_equal(attribute(&p, 40)[5], rows[i].status);
		assert_true((attribute(&p, 1) != NULL) == rows[i].user);
		assert_non_null(attribute(&p, 44));
		assert_null(attribute(&p, 2));
		memcpy(given, p.bytes + 4, DIGEST);
		memset(p.bytes + 4, 0, DIGEST);
		md5(p.bytes, p.len, "shared", 6, want);
		assert_memory_equal(given, want, DIGEST);
	}
}

/* What a server would answer, or one who changes packets between us. */
struct forgery {
	const char *what;
	uint8_t code;
	bool sealed;	/* with a right Message-Authenticator */
	bool seal_off;	/* and one bit of it is not */
	bool auth_off;	/* one bit of the Response Authenticator is not right */
	bool id_off;	/* to another request */
	bool proxied;	/* with a Proxy-State */
	bool twice;	/* with two Message-Authenticators */
	uint8_t broken; /* the last attribute says it is so much longer */
	enum radius_result strict, lax;
	enum radius_flaw flaw; /* of the strict one */
};

static size_t add(uint8_t *packet, size_t len, uint8_t type, const void *value, size_t n)
{
	packet[len] = type;
	packet[len + 1] = (uint8_t)(n + 2);
	memcpy(packet + len + 2, value, n);
	return len + 2 + n;
}

static size_t answer(const struct forgery *f, const struct radius_codec_packet *asked, uint8_t *out)
{
	static const uint8_t zeroes[DIGEST], timeout[] = {0, 0, 2, 88};
	size_t len = HEADER;

	memcpy(out, asked->bytes, HEADER);
	out[0] = f->code;
	out[1] ^= f->id_off;
	if (f->sealed)
		len = add(out, len, 80, zeroes, DIGEST);
	if (f->twice)
		len = add(out, len, 80, zeroes, DIGEST);
	if (f->proxied)
		len = add(out, len, 33, "forged by collision", 19);
	len = add(out, len, 27, timeout, sizeof(timeout));
	out[len - 5] = (uint8_t)(out[len - 5] + f->broken);
	out[2] = (uint8_t)(len >> 8);
	out[3] = (uint8_t)len;
	if (f->sealed)
		hmac(out, len, out + HEADER + 2);
	out[HEADER + 2] ^= f->seal_off;
	{
		uint8_t digest[DIGEST];

		md5(out, len, server.key, strlen(server.key), digest);
		memcpy(out + 4, digest, DIGEST);
	}
	out[4] ^= f->auth_off;
	return len;
}

#define BOTH(result) .strict = (result), .lax = (result)
#define LAX(result)  .strict = RADIUS_SILENT, .lax = (result), .flaw = RADIUS_FLAW_UNSEALED
#define NEITHER(why) .strict = RADIUS_SILENT, .lax = RADIUS_SILENT, .flaw = RADIUS_FLAW_##why

// clang-format off
static const struct forgery forgeries[] = {
	{"accept", 2, .sealed = true, BOTH(RADIUS_ACCEPTED)},
	{"reject", 3, .sealed = true, BOTH(RADIUS_REJECTED)},
	{"challenge", 11, .sealed = true, BOTH(RADIUS_REJECTED)},
	{"accept, unsealed", 2, LAX(RADIUS_ACCEPTED)},
	{"reject, unsealed", 3, LAX(RADIUS_REJECTED)},
	{"challenge, unsealed", 11, LAX(RADIUS_REJECTED)},
	{"seal off", 2, .sealed = true, .seal_off = true, NEITHER(KEY)},
	{"another key", 2, .sealed = true, .auth_off = true, NEITHER(KEY)},
	{"another request", 2, .sealed = true, .id_off = true, NEITHER(MALFORMED)},
	{"proxied, unsealed", 2, .proxied = true, NEITHER(UNSEALED)},
	{"proxied", 2, .sealed = true, .proxied = true, NEITHER(PROXIED)},
	{"two seals", 2, .sealed = true, .twice = true, NEITHER(MALFORMED)},
	{"too long", 2, .sealed = true, .broken = 1, NEITHER(MALFORMED)},
	{"accounting", 5, .sealed = true, NEITHER(MALFORMED)},
	{"request", 1, .sealed = true, NEITHER(MALFORMED)},
};
// clang-format on

static void only_what_the_server_sealed_is_believed(void **state)
{
	struct config_radius_server lax = server;

	(void)state;
	lax.unsealed = true;
	for (size_t i = 0; i < array_len(forgeries); i++) {
		const struct forgery *f = &forgeries[i];
		struct radius_codec_packet asked;
		struct radius_reply reply;
		uint8_t data[256];
		size_t len;

		encode(RADIUS_ACCESS, &asked);
		len = answer(f, &asked, data);
		print_message("%s\n", f->what);
		assert_int_equal(radius_codec_decode(&server, &asked, data, len, &reply),
				 f->strict);
		assert_int_equal(reply.flaw, f->flaw);
		assert_int_equal(reply.session_s, f->strict == RADIUS_SILENT ? 0 : 600);
		assert_int_equal(radius_codec_decode(&lax, &asked, data, len, &reply), f->lax);
		/* cut anywhere, it is nothing; padding behind it is nothing either */
		for (size_t n = 0; n < len; n++)
			assert_int_equal(radius_codec_decode(&lax, &asked, data, n, &reply),
					 RADIUS_SILENT);
		memset(data + len, 0xff, sizeof(data) - len);
		assert_int_equal(radius_codec_decode(&lax, &asked, data, len + 9, &reply), f->lax);
	}
}

/* RFC 2866: an accounting answer has no seal, and need not. */
static void accounting_answers_need_no_seal(void **state)
{
	static const struct forgery plain = {.code = 5}, sealed = {.code = 5, .sealed = true},
				    off = {.code = 5, .sealed = true, .seal_off = true},
				    accept = {.code = 2, .sealed = true};
	static const struct {
		const struct forgery *f;
		enum radius_result result;
	} rows[] = {{&plain, RADIUS_ACCEPTED},
		    {&sealed, RADIUS_ACCEPTED},
		    {&off, RADIUS_SILENT},
		    {&accept, RADIUS_SILENT}};

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		struct radius_codec_packet asked;
		struct radius_reply reply;
		uint8_t data[256];
		size_t len;

		encode(RADIUS_STOP, &asked);
		len = answer(rows[i].f, &asked, data);
		assert_int_equal(radius_codec_decode(&server, &asked, data, len, &reply),
				 rows[i].result);
	}
}

static void what_does_not_fit_is_not_sent(void **state)
{
	struct radius_request r = request_of(RADIUS_ACCESS);
	struct radius_codec_packet p;
	struct addr none = {0};

	(void)state;
	memset(r.password.b, 'x', 128);
	r.password.len = 128;
	assert_int_equal(radius_codec_encode(&server, &r, &none, &p), 0);
	assert_null(attribute(&p, 4));
	r.password.len = 129;
	assert_true(radius_codec_encode(&server, &r, &none, &p) < 0);
	r.password.len = 0;
	assert_int_equal(radius_codec_encode(&server, &r, &none, &p), 0);
	assert_int_equal(attribute(&p, 2)[1], 2 + DIGEST);
}

static int set_up(void **state)
{
	(void)state;
	return prim_init();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(access_request_begins_with_its_message_authenticator),
		cmocka_unit_test(accounting_request_is_authenticated_by_its_header),
		cmocka_unit_test(only_what_the_server_sealed_is_believed),
		cmocka_unit_test(accounting_answers_need_no_seal),
		cmocka_unit_test(what_does_not_fit_is_not_sent),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
