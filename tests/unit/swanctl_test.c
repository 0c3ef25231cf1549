/* SPDX-License-Identifier: BSD-3-Clause */
/* A swanctl.conf read as a router's configuration, and compared with one. */
#include "controlplane/diagnose/diagnose.h"
#include "controlplane/diagnose/swanctl.h"
#include "tests/unit/config_test.h"

static const char ours[] =
	"crypto isakmp policy 10\n authentication pre-share\n encryption aes 256\n hash sha256\n"
	" group 14\n"
	"crypto isakmp key SECRETWORD address 10.0.0.2\n"
	"crypto ipsec transform-set T esp-aes 256 esp-sha256-hmac\n"
	"crypto map M 10 ipsec-isakmp\n set peer 10.0.0.2\n set transform-set T\n match address V\n"
	"interface gi0/1\n device tap t1\n ip address 10.0.0.1 255.255.255.0\n crypto map M\n"
	"ip access-list extended V\n permit ip 192.168.1.0 0.0.0.255 192.168.2.0 0.0.0.255\n";

/* What the peer says of each, as in the documentation of strongSwan. */
#define SWAN(head, ike, child, secret)                                                            \
	"# made by hand\nconnections {\n  site { version = 1\n    local_addrs  = 10.0.0.2\n"      \
	"    remote_addrs = 10.0.0.1\n    " head "\n    proposals = " ike "   # a comment\n"      \
	"    local { auth = psk\n      id = 10.0.0.2 }\n    remote {\n      auth = psk\n    }\n"  \
	"    children {\n      net {\n " child "\n      }\n    }\n  }\n}\nsecrets {\n  ike-1 {\n" \
	"    " secret "\n  }\n}\n"
#define IKE    "aes256-sha256-modp2048"
#define CHILD  "local_ts = 192.168.2.0/24\n remote_ts = 192.168.1.0/24\n esp_proposals = " ESP
#define ESP    "aes256-sha256"
#define SECRET "id = 10.0.0.1\n    secret = \"SECRETWORD\""

static const struct {
	const char *text;
	const char *codes;
} table[] = {
	{SWAN("", IKE, CHILD, SECRET), ""},
	{SWAN("", "aes128-sha1-modp1024, " IKE, CHILD, SECRET), ""},
	{SWAN("", IKE "-prfsha256", CHILD "-noesn", SECRET), ""},
	{SWAN("", "aes128-sha256-modp2048", CHILD, SECRET), "P1-POLICY-ENC"},
	{SWAN("", "aes256-sha1-modp2048", CHILD, SECRET), "P1-POLICY-HASH"},
	{SWAN("", "aes256-sha256-ecp256", CHILD, SECRET), "P1-GROUP"},
	{SWAN("", "3des-md5-modp1024", CHILD, SECRET), "P1-POLICY"},
	{SWAN("", IKE, CHILD, "secret = SECRETWORD"), ""},
	{SWAN("", IKE, CHILD, "secret = SECRETWORDX"), "P1-PSK"},
	{SWAN("", IKE, CHILD, "id-a = %any\n secret = \"SECRETWORDX\""), "P1-PSK"},
	{SWAN("", IKE, CHILD, "id = 10.9.9.9\n secret = SECRETWORD"), "P1-NO-KEY"},
	{SWAN("", IKE,
	      "local_ts = 192.168.2.0/24\n remote_ts = 192.168.0.0/16\n esp_proposals = " ESP,
	      SECRET),
	 "P2-PROXY"},
	{SWAN("", IKE,
	      "local_ts = 192.168.2.0/24[tcp/80]\n remote_ts = 192.168.1.0/24\n"
	      " esp_proposals = " ESP,
	      SECRET),
	 "P2-PROXY"},
	{SWAN("", IKE,
	      "local_ts = 192.168.2.0/24\n remote_ts = 192.168.1.0/24\n"
	      " esp_proposals = aes256gcm16",
	      SECRET),
	 "P2-TRANSFORM"},
	{SWAN("", IKE, CHILD "-modp2048", SECRET), "P2-PFS"},
	{SWAN("", IKE, CHILD "\n rekey_time = 30m", SECRET), "CFG-LIFETIME"},
	{SWAN("", IKE, CHILD "\n rekey_time = 1h", SECRET), ""},
	{SWAN("remote-1 { id = 10.0.0.1\n }", IKE, CHILD, SECRET), ""},
	{SWAN("remote-1 { id = other.example\n }", IKE, CHILD, SECRET), "P1-ID"},
	{SWAN("remote-1 { id = 10.0.0.9\n }", IKE, CHILD, SECRET), "P1-ID"},
	{SWAN("rekey_time = 8h", IKE, CHILD, SECRET), "CFG-LIFETIME"},
	{"connections { site { remote_addrs = 10.0.0.7\n local_addrs = 10.0.0.2\n proposals = " IKE
	 "\n children { a { local_ts = 192.168.2.0/24\n remote_ts = 192.168.1.0/24\n"
	 " esp_proposals = " ESP " } } } }\nsecrets { ike { secret = SECRETWORD } }\n",
	 "CFG-PEER"},
	{"connections { site { remote_addrs = %any\n local_addrs = 10.0.0.2\n proposals = " IKE
	 "\n children { a { local_ts = 192.168.2.0/24\n remote_ts = 192.168.1.0/24\n"
	 " esp_proposals = " ESP " } } } }\nsecrets { ike { secret = SECRETWORD } }\n",
	 ""},
};

static void compare(const char *text, const char *codes)
{
	static struct diagnose_list list;
	struct fault_list notes = {0};
	char got[512] = "", *lines = swanctl_lines(text, &notes);
	struct box a, b;

	assert_non_null(lines);
	assert_true(swanctl_is(text));
	box_init(&a);
	box_init(&b);
	box_feed(&a, ours);
	box_feed(&b, lines);
	list.n = 0;
	diagnose_pair(&a.config, &b.config, &list);
	for (size_t i = 0; i < list.n; i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s", i ? " " : "",
			 diagnose_name(list.items[i].code));
	if (strcmp(got, codes) != 0 || notes.n)
		fail_msg("expected \"%s\", got \"%s\" (%s) of\n%s\n%s", codes, got,
			 notes.n ? notes.rows[0].text : "", text, lines);
	free(lines);
	fault_list_fini(&notes);
	box_fini(&a);
	box_fini(&b);
}

static void peer_of_strongswan_is_compared(void **)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		compare(table[i].text, table[i].codes);
}

/* What cannot be told of a router is said, and the rest is looked at. */
static void what_is_left_out_is_told(void **)
{
	static const struct {
		const char *text;
		const char *says;
		const char *has;
	} rows[] = {
		{"connections { a { version = 2\n } }", "IKEv2 alone", ""},
		{"connections { a { proposals = chacha20poly1305-sha256, " IKE " } }",
		 "chacha20poly1305 is not known", "encryption aes 256"},
		{"connections { a { proposals = " IKE
		 "\n children { c { local_ts = fec0::/16\n } } } }",
		 "traffic selector is left out", "ip access-list extended"},
		{"connections { a { version = 1 }", "no swanctl.conf from here on", ""},
		{"connections { a = \"b\n} }", "no swanctl.conf", ""},
		{"connections { }\nsecrets { ike { secret = 0sVGVzdA==\n } }", NULL,
		 "key ******** address"},
		{"connections { }\nsecrets { ike { secret = \"two words\" } }", NULL,
		 "key ******** address"},
		{"include other.conf\nconnections { base : other { version = 1 } }", "no proposals",
		 ""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fault_list notes = {0};
		char *lines = swanctl_lines(rows[i].text, &notes);

		assert_non_null(lines);
		if (rows[i].says && (!notes.n || !strstr(notes.rows[0].text, rows[i].says)))
			fail_msg("row %zu: %s", i, notes.n ? notes.rows[0].text : "nothing");
		assert_non_null(strstr(lines, rows[i].has));
		free(lines);
		fault_list_fini(&notes);
	}
	assert_false(swanctl_is(ours));
}

/* Cut off anywhere, and with any byte another: never more than a note. */
static void broken_text_is_no_harm(void **)
{
	static const char whole[] = SWAN("", IKE, CHILD, SECRET);
	char text[sizeof(whole)];

	for (size_t i = 0; i < sizeof(whole); i++) {
		struct fault_list notes = {0};

		memcpy(text, whole, sizeof(text));
		text[i] = '\0';
		free(swanctl_lines(text, &notes));
		memcpy(text, whole, sizeof(text));
		if (i + 1 < sizeof(whole))
			text[i] = "{}=\"#\n,[:"[i % 9];
		free(swanctl_lines(text, &notes));
		fault_list_fini(&notes);
	}
}

/* Somebody else's file: each with each of two long lists is not looked at for minutes. */
static void long_lists_end(void **)
{
	enum {
		ITEMS = 1000
	};
	static char text[2 * ITEMS * 4 + 256];
	struct fault_list notes = {0};
	char *lines, *at = text;

	at = stpcpy(at, "connections { a { children { c {");
	for (int side = 0; side < 2; side++) {
		at = stpcpy(at, side ? "\nremote_ts = x" : "\nlocal_ts = x");
		for (int i = 1; i < ITEMS; i++)
			at = stpcpy(at, ",x");
	}
	stpcpy(at, "\n} } } }\n");
	lines = swanctl_lines(text, &notes);
	assert_non_null(lines);
	assert_true(notes.n < 2 * ITEMS);
	assert_non_null(strstr(notes.rows[notes.n - 1].text, "traffic selectors"));
	free(lines);
	fault_list_fini(&notes);
}

/* However long it is, what is said of a text is not, and that it is wrong is said. */
static void faults_are_bounded(void **)
{
	struct fault_list faults = {0};

	for (size_t i = 0; i < 2 * FAULT_MAX; i++)
		fault_add(&faults, FAULT_NOTE, -1, "note");
	assert_int_equal(faults.n, FAULT_MAX);
	assert_int_equal(fault_count(&faults, FAULT_ERROR), 0);
	fault_add(&faults, FAULT_ERROR, -1, "error");
	fault_add(&faults, FAULT_ERROR, -1, "another");
	assert_int_equal(faults.n, FAULT_MAX);
	assert_int_equal(fault_count(&faults, FAULT_ERROR), 1);
	fault_list_fini(&faults);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults_are_bounded),
		cmocka_unit_test(long_lists_end),
		cmocka_unit_test(peer_of_strongswan_is_compared),
		cmocka_unit_test(what_is_left_out_is_told),
		cmocka_unit_test(broken_text_is_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
