/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * R095, R096, R101: what debug says of a negotiation, in all three dialects, line by line as in
 * tests/golden/debug (the ladders of debug-formats 1 to 4, with what this appliance does). Numbers
 * that are drawn are written as #, white space as one blank. With GOLDEN_WRITE set in the
 * environment the files are written anew.
 */
#include "controlplane/ike/ike_say.h"
#include "tests/exchange/client.h"
#include "tests/exchange/lab.h"

#include <cmocka.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TEXT = 256 << 10,
	DRAWN = 5, /* digits from which a number counts as drawn */
};

static char have[TEXT];
static char want[TEXT];

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* A number that is drawn: at least five digits, decimal or hexadecimal, and nothing else. */
static size_t drawn(const char *p)
{
	bool digit = false;
	size_t n = 0;

	if (p[0] == '0' && p[1] == 'x')
		n = 2;
	while (isxdigit((unsigned char)p[n])) {
		digit |= isdigit((unsigned char)p[n]) != 0;
		n++;
	}
	return n >= DRAWN && digit && !is_word(p[n]) ? n : 0;
}

static void normalise(char *out, const char *in)
{
	static const char length[] = "total length : ";
	char last = '\n';

	while (*in) {
		size_t n = is_word(last) ? 0 : drawn(in);

		if (strncmp(in, length, sizeof(length) - 1) == 0) {
			out += sprintf(out, "%s", length);
			in += sizeof(length) - 1;
			n = strspn(in, "0123456789");
		}
		if (n) {
			*out++ = last = '#';
			in += n;
			continue;
		}
		if (*in == ' ' || *in == '\t') {
			in += strspn(in, " \t");
			if (last != '\n' && *in && *in != '\n')
				*out++ = last = ' ';
			continue;
		}
		*out++ = last = *in++;
	}
	*out = '\0';
}

static void write_golden(const char *path)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(have, f);
	fclose(f);
}

/* The first line that differs. */
static void compare(const char *path)
{
	const char *a = have;
	const char *b = want;
	unsigned line = 1;

	while (*a || *b) {
		size_t n = strcspn(a, "\n");
		size_t m = strcspn(b, "\n");

		if (n != m || memcmp(a, b, n) != 0)
			fail_msg("%s:%u: \"%.*s\" instead of \"%.*s\"", path, line, (int)n, a,
				 (int)m, b);
		a += n + (a[n] == '\n');
		b += m + (b[m] == '\n');
		line++;
	}
}

static void check(const struct lab *lab, int end, const char *name)
{
	const struct lab_end *e = &lab->ends[end];
	char path[512];
	size_t n = 0;
	FILE *f;

	assert_non_null(e->log);
	assert_true(e->log_len < TEXT / 2);
	normalise(have, e->log);
	assert_null(strstr(have, "a shared secret"));
	assert_null(strstr(have, "sesame"));
	snprintf(path, sizeof(path), "%s/%s-%s.txt", GOLDEN_DIR, name, dialect_name(e->dialect));
	if (getenv("GOLDEN_WRITE"))
		write_golden(path);
	f = fopen(path, "r");
	if (!f)
		fail_msg("%s is missing", path);
	n = fread(want, 1, sizeof(want) - 1, f);
	fclose(f);
	want[n] = '\0';
	compare(path);
}

static void listen(struct lab *lab, enum dialect dialect)
{
	for (int i = 0; i < 2; i++) {
		lab->ends[i].dialect = dialect;
		ike_engine_debug(lab->ends[i].engine,
				 1u << IKE_TOPIC_ISAKMP | 1u << IKE_TOPIC_IPSEC);
	}
}

static void start(struct lab *lab, enum dialect dialect)
{
	lab_start(lab);
	listen(lab, dialect);
}

static void main_and_quick_mode(void **)
{
	for (enum dialect d = 0; d < DIALECT_COUNT; d++) {
		struct lab lab;

		lab_init(&lab);
		start(&lab, d);
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_settle(&lab);
		check(&lab, 0, "main-initiator");
		check(&lab, 1, "main-responder");
		lab_fini(&lab);
	}
}

static void a_nat_and_pfs(void **)
{
	for (enum dialect d = 0; d < DIALECT_COUNT; d++) {
		struct lab lab;

		lab_init(&lab);
		lab.nat = true;
		lab.ends[0].child.pfs_group = 2;
		lab.ends[1].child.pfs_group = 2;
		start(&lab, d);
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_settle(&lab);
		check(&lab, 0, "nat-initiator");
		check(&lab, 1, "nat-responder");
		lab_fini(&lab);
	}
}

static void policies_that_differ(void **)
{
	for (enum dialect d = 0; d < DIALECT_COUNT; d++) {
		struct lab lab;

		lab_init(&lab);
		lab.ends[1].peer.policies[0].hash = ALG_HASH_MD5;
		start(&lab, d);
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_settle(&lab);
		check(&lab, 0, "policy-initiator");
		check(&lab, 1, "policy-responder");
		lab_fini(&lab);
	}
}

static void keys_that_differ(void **)
{
	for (enum dialect d = 0; d < DIALECT_COUNT; d++) {
		struct lab lab;

		lab_init(&lab);
		secret_set(&lab.ends[1].peer.psk, "another", 7);
		start(&lab, d);
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_run(&lab, 5000);
		check(&lab, 1, "psk-responder");
		lab_fini(&lab);
	}
}

static void transforms_that_differ(void **)
{
	for (enum dialect d = 0; d < DIALECT_COUNT; d++) {
		struct lab lab;

		lab_init(&lab);
		lab.ends[1].child.suites[0].cipher = ALG_CIPHER_3DES;
		start(&lab, d);
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_settle(&lab);
		check(&lab, 0, "transform-initiator");
		check(&lab, 1, "transform-responder");
		lab_fini(&lab);
	}
}

static void probes_and_goodbye(void **)
{
	for (enum dialect d = 0; d < DIALECT_COUNT; d++) {
		struct lab lab;

		lab_init(&lab);
		for (int i = 0; i < 2; i++)
			lab.ends[i].peer.dpd_s = 10;
		lab.ends[0].peer.dpd_periodic = true;
		lab_start(&lab);
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_settle(&lab);
		listen(&lab, d);
		lab_run(&lab, 11000);
		ike_engine_clear(lab.ends[0].engine, 0, NULL);
		lab_settle(&lab);
		check(&lab, 0, "info-initiator");
		check(&lab, 1, "info-responder");
		lab_fini(&lab);
	}
}

static void aggressive(enum dialect d, bool push)
{
	struct client client;
	struct lab lab;

	client_gateway(&lab, true);
	lab.ends[1].peer.push = push;
	listen(&lab, d);
	client_init(&client, &lab, "alice", "open sesame");
	client_dial(&lab);
	if (!push)
		client_ask_all(&client);
	lab_settle(&lab);
	check(&lab, 0, push ? "client-push" : "client");
	check(&lab, 1, push ? "gateway-push" : "gateway");
	client_fini(&client);
	lab_fini(&lab);
}

static void a_client_logs_in_and_pulls(void **)
{
	for (enum dialect d = 0; d < DIALECT_COUNT; d++)
		aggressive(d, false);
}

static void a_client_logs_in_and_is_pushed(void **)
{
	for (enum dialect d = 0; d < DIALECT_COUNT; d++)
		aggressive(d, true);
}

static void what_a_peer_says_forges_no_line(void **)
{
	const struct ike_arg args[11] = {IKE_ARGS("a\nISAKMP: \x80"
						  "b",
						  "c")};
	const struct ike_said said = {
		.id = IKE_SAY_CERT_FAILED,
		.args = args,
		.n = 10,
		.conn_id = 7,
		.group = "",
		.user = "",
	};
	char text[IKE_SAY_TEXT];

	assert_string_equal(ike_say_print(&said, DIALECT_IOS, text, sizeof(text)),
			    "ISAKMP (0:7): certificate authentication failed: "
			    "a\\x0aISAKMP: \\x80b (c)");
	assert_string_equal(ike_say_print(&said, DIALECT_IOS, text, 19), "ISAKMP (0:7): cert");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(main_and_quick_mode),
		cmocka_unit_test(a_nat_and_pfs),
		cmocka_unit_test(policies_that_differ),
		cmocka_unit_test(keys_that_differ),
		cmocka_unit_test(transforms_that_differ),
		cmocka_unit_test(probes_and_goodbye),
		cmocka_unit_test(a_client_logs_in_and_pulls),
		cmocka_unit_test(a_client_logs_in_and_is_pushed),
		cmocka_unit_test(what_a_peer_says_forges_no_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
