/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Hostile certificates, requests for them and signatures (catalogue H045, H048 to H052, H054,
 * H055): each costs the one counter it should, and where it was put in on the way, the true peer
 * still gets its tunnel.
 */
#include "controlplane/ike/ike_id.h"
#include "controlplane/ike/ike_msg.h"
#include "lib/crypto/prim.h"
#include "tests/certs/certs.h"
#include "tests/exchange/forge.h"
#include "tests/exchange/lab.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define EXCLUDED  "critical,excluded;IP:10.0.0.0/255.0.0.0"
#define PERMITTED "critical,permitted;DNS:other.example"

enum {
	REQUEST_PACKET = 3, /* message 4 */
	AUTH_PACKET = 4,    /* message 5, of A */
	SIGNATURE = 128,    /* bytes of RSA 1024 */
	ENCODING_X509 = 4,  /* encoding */
	ENCODING_PKCS7 = 1,
};

struct scene {
	struct lab lab;
	struct certs_issued middle;   /* issuer of what A shows, when it has one */
	struct certs_issued other;    /* what A shows instead of good[0], when it does */
	const struct certs_issued *a; /* what A shows */
};

/* Made once: keys take time. */
static struct certs_issued root, good[2];

static const struct certs_spec spec_a = {
	.cn = "a", .san = "IP:10.0.0.1,DNS:a.example", .key = "RSA:1024"};
static const struct certs_spec spec_b = {
	.cn = "b", .san = "IP:10.0.0.2,DNS:b.example", .key = "RSA:1024"};

/* A shows what spec says, issued by middle when there is such a spec. */
static void begin(struct scene *s, const struct certs_spec *spec, const struct certs_spec *middle)
{
	memset(s, 0, sizeof(*s));
	lab_init(&s->lab);
	s->a = &good[0];
	if (middle)
		s->middle = certs_issue(&root, middle);
	if (spec != &spec_a) {
		s->other = certs_issue(middle ? &s->middle : &root, spec);
		s->a = &s->other;
	}
	for (int i = 0; i < 2; i++) {
		struct lab_end *end = &s->lab.ends[i];

		end->peer.policies[0].auth = ALG_AUTH_RSA_SIG;
		secret_wipe(&end->peer.psk);
	}
	s->lab.ends[1].peer.pki = certs_pki(&root, &good[1]);
}

static void show_own(struct scene *s)
{
	struct pki_key *key = certs_key(s->a);
	struct pki_trustpoint_input in = {
		.name = "LAB",
		.cas = {certs_der(&root)},
		.n_cas = 1,
		.cert = certs_der(s->a),
		.key = key,
	};
	struct pki *pki = pki_create();

	if (s->middle.len)
		in.cas[in.n_cas++] = certs_der(&s->middle);
	assert_int_equal(pki_add(pki, &in), 0);
	pki_key_put(key);
	s->lab.ends[0].peer.pki = pki;
}

/* B has a list of what the root took back. */
static void believe_crl(struct scene *s, const struct certs_issued *revoked)
{
	struct pki_key *key = certs_key(&good[1]);
	struct pki_trustpoint_input in = {
		.name = "LAB",
		.cas = {certs_der(&root)},
		.n_cas = 1,
		.n_crls = 1,
		.revocation = PKI_REVOCATION_CRL,
		.cert = certs_der(&good[1]),
		.key = key,
	};
	struct pki *pki = pki_create();
	size_t len;
	uint8_t *crl = certs_crl(&root, revoked, 1, &len);

	in.crls[0] = (struct prim_chunk){crl, len};
	assert_int_equal(pki_add(pki, &in), 0);
	OPENSSL_free(crl);
	pki_key_put(key);
	pki_put(s->lab.ends[1].peer.pki);
	s->lab.ends[1].peer.pki = pki;
}

static void end(struct scene *s)
{
	lab_fini(&s->lab);
	for (int i = 0; i < 2; i++)
		pki_put(s->lab.ends[i].peer.pki);
	if (s->middle.len)
		certs_free(&s->middle);
	if (s->other.len)
		certs_free(&s->other);
}

/* One payload of message 5 is another one; B counts that, and the true message is taken. */
static void survive(uint8_t type, const void *body, size_t len, bool add, enum ike_counter want)
{
	struct forgery f = {.n = AUTH_PACKET, .type = type, .body = body, .len = len, .add = add};
	struct scene s;

	begin(&s, &spec_a, NULL);
	show_own(&s);
	lab_start(&s.lab);
	s.lab.fate = forge_before;
	s.lab.fate_ctx = &f;
	assert_int_equal(lab_initiate(&s.lab, 0), 0);
	lab_run(&s.lab, 15000);
	assert_true(f.done);
	if (lab_counter(&s.lab, 1, want) != 1 ||
	    lab_rejected(&s.lab, 1) - lab_counter(&s.lab, 1, IKE_COUNT_BUSY) != 1)
		fail_msg("payload %u length %zu: %s counts %u of %u", type, len,
			 ike_counter_name(want), (unsigned)lab_counter(&s.lab, 1, want),
			 (unsigned)lab_rejected(&s.lab, 1));
	if (!lab_pair_fits(&s.lab))
		fail_msg("payload %u length %zu: no tunnel afterwards", type, len);
	end(&s);
}

/* H045: what is no signature; the forms of PKCS #1 that are none are in pki_test. */
static void signatures(void **)
{
	static const size_t lens[] = {0, 1, 20, 128, SIGNATURE - 1, SIGNATURE, SIGNATURE + 1, 4000};
	static const uint8_t zeros[4000];
	uint8_t ones[4000];

	memset(ones, 0xff, sizeof(ones));
	for (size_t i = 0; i < array_len(lens); i++) {
		survive(IKE_PAYLOAD_SIGNATURE, zeros, lens[i], false, IKE_COUNT_SIG_FAIL);
		survive(IKE_PAYLOAD_SIGNATURE, ones, lens[i], false, IKE_COUNT_SIG_FAIL);
	}
}

/* H048, H054: sizes and encodings. */
static void encodings(void **)
{
	static uint8_t body[9000];

	survive(IKE_PAYLOAD_CERT, body, 0, false, IKE_COUNT_CERT);
	for (unsigned encoding = 0; encoding < 256; encoding += encoding < 16 ? 1 : 48) {
		body[0] = (uint8_t)encoding;
		survive(IKE_PAYLOAD_CERT, body, 1, false, IKE_COUNT_CERT);
		survive(IKE_PAYLOAD_CERT, body, 600, false, IKE_COUNT_CERT);
	}
	body[0] = ENCODING_X509;
	survive(IKE_PAYLOAD_CERT, body, sizeof(body), false, IKE_COUNT_CERT);
	body[0] = ENCODING_PKCS7;
	survive(IKE_PAYLOAD_CERT, body, sizeof(body), false, IKE_COUNT_CERT);
	survive(IKE_PAYLOAD_CERT, NULL, 0, false, IKE_COUNT_CERT);
}

struct flood {
	uint8_t type;
	size_t packet;
	size_t times;
	const uint8_t *body;
	size_t len;
};

static enum lab_fate flood(struct lab *lab, size_t n, struct lab_packet *p)
{
	const struct flood *f = lab->fate_ctx;

	for (size_t i = 0; n == f->packet && i < f->times; i++)
		assert_true(forge_add(lab, p, f->type, f->body, f->len, false));
	return LAB_DELIVER;
}

/* Runs with a message that carries more than it should; how often the victim counted. */
static uint64_t flooded(struct flood *f, enum ike_counter counter, bool *up)
{
	uint64_t n;
	struct scene s;

	begin(&s, &spec_a, NULL);
	show_own(&s);
	lab_start(&s.lab);
	s.lab.fate = flood;
	s.lab.fate_ctx = f;
	assert_int_equal(lab_initiate(&s.lab, 0), 0);
	lab_run(&s.lab, 15000);
	n = lab_counter(&s.lab, f->packet % 2 == 0, counter);
	*up = lab_up(&s.lab, 0) && lab_up(&s.lab, 1);
	end(&s);
	return n;
}

/* H048: 8 are enough for everybody, and more than 32 payloads are no message. */
static void many_certificates(void **)
{
	struct scene s;
	bool up;

	begin(&s, &spec_a, NULL);
	uint8_t *body = malloc(good[1].len + 1);

	body[0] = ENCODING_X509;
	memcpy(body + 1, good[1].der, good[1].len);
	struct flood f = {IKE_PAYLOAD_CERT, AUTH_PACKET, 7, body, good[1].len + 1};

	f.times = 8;
	assert_true(flooded(&f, IKE_COUNT_CERT, &up) >= 1);
	f = (struct flood){IKE_PAYLOAD_CERT, AUTH_PACKET, 28, body, 3};
	assert_int_equal(flooded(&f, IKE_COUNT_CERT, &up), 1);
	free(body);
	end(&s);
}

/* H049: whatever a byte of a certificate is changed to, it is refused, and as one thing. */
static void damaged_certificates(void **)
{
	struct scene s;

	begin(&s, &spec_a, NULL);
	/* lengths, tags and versions of the outer frame: DER that is none */
	static const struct {
		size_t at;
		uint8_t value;
	} damages[] = {{0, 0x24}, {1, 0x80}, {1, 0x84}, {2, 0xff}, {4, 0x31}, {5, 0x80}, {8, 0x30}};

	for (size_t i = 0; i < array_len(damages); i++) {
		uint8_t *body = malloc(s.a->len + 1);

		body[0] = ENCODING_X509;
		memcpy(body + 1, s.a->der, s.a->len);
		body[1 + damages[i].at] = damages[i].value;
		survive(IKE_PAYLOAD_CERT, body, s.a->len + 1, false, IKE_COUNT_CERT);
		/* and cut off */
		memcpy(body + 1, s.a->der, s.a->len);
		survive(IKE_PAYLOAD_CERT, body, s.a->len - 10 * i, false, IKE_COUNT_CERT);
		free(body);
	}
	end(&s);
}

/* What A itself shows is refused by B: counter and reason. */
static void refused(const struct certs_spec *spec, const struct certs_spec *middle,
		    enum ike_counter counter, enum ike_reason reason)
{
	const struct ike_event *e;
	struct scene s;

	begin(&s, spec, middle);
	show_own(&s);
	lab_start(&s.lab);
	assert_int_equal(lab_initiate(&s.lab, 0), 0);
	lab_settle(&s.lab);
	e = lab_event(&s.lab.ends[1], IKE_EVENT_HINT);
	if (!e || e->reason != reason || lab_counter(&s.lab, 1, counter) != 1)
		fail_msg("reason %s, expected %s; counted %u times as %s",
			 e ? ike_reason_name(e->reason) : "none", ike_reason_name(reason),
			 (unsigned)lab_counter(&s.lab, 1, counter), ike_counter_name(counter));
	assert_int_equal(lab_up(&s.lab, 1), 0);
	end(&s);
}

/* H050: B judges before it computes; A would not load some of these itself. */
static void keys(void **)
{
	static char huge[16384 / 4 + 1], usual[1024 / 4 + 1], even[1024 / 4 + 1];
	uint8_t *body;
	struct scene s;
	static const struct certs_spec specs[] = {
		{.cn = "a", .san = "IP:10.0.0.1", .key = "RSA:512"},
		{.cn = "a", .san = "IP:10.0.0.1", .key = "RSA:1024", .exponent = 3},
		{.cn = "a", .san = "IP:10.0.0.1", .key = "EC:P-256"},
		{.cn = "a", .san = "IP:10.0.0.1", .key = "EC:P-224"},
		{.cn = "a", .san = "IP:10.0.0.1", .public_n = huge, .public_e = "010001"},
		{.cn = "a", .san = "IP:10.0.0.1", .public_n = "00", .public_e = "010001"},
		{.cn = "a", .san = "IP:10.0.0.1", .public_n = even, .public_e = "010001"},
		{.cn = "a", .san = "IP:10.0.0.1", .public_n = usual, .public_e = "00"},
		{.cn = "a", .san = "IP:10.0.0.1", .public_n = usual, .public_e = "01"},
		{.cn = "a", .san = "IP:10.0.0.1", .public_n = usual, .public_e = "010000"},
	};

	memset(huge, 'd', sizeof(huge) - 1);
	memset(usual, 'd', sizeof(usual) - 1);
	memset(even, 'd', sizeof(even) - 1);
	even[sizeof(even) - 2] = 'c';
	for (size_t i = 0; i < array_len(specs); i++) {
		begin(&s, &specs[i], NULL);
		body = malloc(s.a->len + 1);
		body[0] = ENCODING_X509;
		memcpy(body + 1, s.a->der, s.a->len);
		survive(IKE_PAYLOAD_CERT, body, s.a->len + 1, false, IKE_COUNT_CERT);
		free(body);
		end(&s);
	}
}

/* H051: what is well made and does not count. */
static void certificates_that_do_not_count(void **)
{
	static const struct {
		struct certs_spec spec, middle;
		enum ike_reason reason;
	} rows[] = {
		{{.cn = "a",
		  .san = "IP:10.0.0.1",
		  .key = "RSA:1024",
		  .days_ago = 30,
		  .days_left = -1},
		 {0},
		 IKE_REASON_CERT_EXPIRED},
		{{.cn = "a", .san = "IP:10.0.0.1", .key = "RSA:1024", .days_ago = -2},
		 {0},
		 IKE_REASON_CERT_NOT_YET},
		{{.cn = "a", .san = "IP:10.0.0.1", .key = "RSA:1024", .extended = "codeSigning"},
		 {0},
		 IKE_REASON_CERT_USAGE},
		{{.cn = "a", .san = "IP:10.0.0.1", .key = "RSA:1024"},
		 {.cn = "m", .key = "EC:P-256", .ca = true, .days_ago = 30, .days_left = -1},
		 IKE_REASON_CERT_EXPIRED},
		{{.cn = "a", .san = "IP:10.0.0.1", .key = "RSA:1024"},
		 {.cn = "m", .key = "EC:P-256", .ca = true, .name_constraints = EXCLUDED},
		 IKE_REASON_CERT_CA},
		{{.cn = "a", .san = "IP:10.0.0.1,DNS:a.example", .key = "RSA:1024"},
		 {.cn = "m", .key = "EC:P-256", .ca = true, .name_constraints = PERMITTED},
		 IKE_REASON_CERT_CA},
	};

	for (size_t i = 0; i < array_len(rows); i++)
		refused(&rows[i].spec, rows[i].middle.cn ? &rows[i].middle : NULL,
			IKE_COUNT_CERT_REJECT, rows[i].reason);
}

/* H051: what the issuer takes back, and a path that is longer than it allows. */
static void revoked_and_too_far(void **)
{
	const struct certs_spec near = {.cn = "near",
					.ca = true,
					.key = "EC:P-256",
					.constraints = "critical,CA:TRUE,pathlen:0"};
	const struct certs_spec middle = {.cn = "m", .ca = true, .key = "EC:P-256"};

	for (int i = 0; i < 3; i++) {
		struct certs_issued was = root;
		struct scene s;

		if (i == 2)
			root = certs_issue(NULL, &near);
		begin(&s, &(struct certs_spec){.cn = "a", .san = "IP:10.0.0.1", .key = "RSA:1024"},
		      i == 2 ? &middle : NULL);
		show_own(&s);
		if (i < 2)
			believe_crl(&s, i == 1 ? s.a : NULL);
		lab_start(&s.lab);
		assert_int_equal(lab_initiate(&s.lab, 0), 0);
		lab_settle(&s.lab);
		assert_int_equal(lab_up(&s.lab, 1), i == 0);
		if (i)
			assert_int_equal(lab_event(&s.lab.ends[1], IKE_EVENT_HINT)->reason,
					 i == 1 ? IKE_REASON_CERT_REVOKED : IKE_REASON_CERT_CA);
		end(&s);
		if (i == 2)
			certs_free(&root);
		root = was;
	}
}

/* H052: an identity that does not stand in the certificate, however near it is. */
static void identities(void **)
{
	static const struct {
		uint8_t type;
		const char *text;
	} rows[] = {
		{IKE_ID_FQDN, "b.example"},	 {IKE_ID_FQDN, "x.a.example"},
		{IKE_ID_FQDN, "a.example."},	 {IKE_ID_FQDN, "*.example"},
		{IKE_ID_FQDN, "example"},	 {IKE_ID_USER_FQDN, "a@a.example"},
		{IKE_ID_USER_FQDN, "a.example"}, {IKE_ID_KEY_ID, "a.example"},
	};

	for (size_t i = 0; i < array_len(rows); i++) {
		uint8_t body[64] = {rows[i].type};
		size_t len = strlen(rows[i].text);

		memcpy(body + 4, rows[i].text, len);
		/* HASH_I, which is signed, covers it: in any order it is refused */
		struct forgery f = {
			.n = AUTH_PACKET, .type = IKE_PAYLOAD_ID, .body = body, .len = len + 4};
		struct scene s;

		begin(&s, &spec_a, NULL);
		show_own(&s);
		ike_id_of_text(&s.lab.ends[1].peer.remote_id, rows[i].type, rows[i].text);
		lab_start(&s.lab);
		s.lab.fate = forge_before;
		s.lab.fate_ctx = &f;
		assert_int_equal(lab_initiate(&s.lab, 0), 0);
		lab_run(&s.lab, 15000);
		/* the forged one by its signature, the true one by its name */
		assert_int_equal(lab_counter(&s.lab, 1, IKE_COUNT_SIG_FAIL), 1);
		assert_int_equal(lab_counter(&s.lab, 1, IKE_COUNT_ID_MISMATCH), 1);
		assert_int_equal(lab_up(&s.lab, 1), 0);
		end(&s);
	}
}

/*
 * H055: malformed ones and one behind the sixteenth are counted, one each, and change nothing. (The
 * forge loses those it would not read itself, so there is never more than one too many.)
 */
static void requests(void **)
{
	static const uint8_t junk[3000] = {ENCODING_X509, 0x30, 0x84, 0xff};
	static const uint8_t unknown[] = {200, 1, 2, 3};
	static const struct {
		const uint8_t *body;
		size_t len;
		size_t times;
		uint64_t counted;
	} rows[] = {
		{junk, 0, 1, 1}, {unknown, sizeof(unknown), 1, 1}, {unknown, 1, 10, 10},
		{junk, 1, 1, 0}, {junk, sizeof(junk), 2, 0},	   {junk, 4, 20, 1},
	};
	bool up;

	for (size_t i = 0; i < array_len(rows); i++) {
		struct flood f = {IKE_PAYLOAD_CERT_REQUEST, REQUEST_PACKET, rows[i].times,
				  rows[i].body, rows[i].len};
		uint64_t n = flooded(&f, IKE_COUNT_CERTREQ, &up);

		if (n != rows[i].counted || !up)
			fail_msg("row %zu: counted %u, %s", i, (unsigned)n, up ? "up" : "down");
	}
}

static int setup(void **)
{
	const struct certs_spec ca = {.cn = "root", .ca = true, .key = "EC:P-256"};
	int rc = prim_init();

	root = certs_issue(NULL, &ca);
	good[0] = certs_issue(&root, &spec_a);
	good[1] = certs_issue(&root, &spec_b);
	return rc;
}

static int teardown(void **)
{
	certs_free(&good[0]);
	certs_free(&good[1]);
	certs_free(&root);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signatures),
		cmocka_unit_test(encodings),
		cmocka_unit_test(many_certificates),
		cmocka_unit_test(damaged_certificates),
		cmocka_unit_test(keys),
		cmocka_unit_test(certificates_that_do_not_count),
		cmocka_unit_test(revoked_and_too_far),
		cmocka_unit_test(identities),
		cmocka_unit_test(requests),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
