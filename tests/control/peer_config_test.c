/* SPDX-License-Identifier: BSD-3-Clause */
/* Which key, and which kind of peer, the configuration has for who says who it is. */
#include "controlplane/ike/ike_id.h"
#include "controlplane/peer_config.h"
#include "tests/unit/config_test.h"

#define INTERFACE                              \
	"interface gi0/1\n device tap b\n"     \
	" ip address 10.0.0.1 255.255.255.0\n" \
	" crypto map M\n"
#define GROUP                                                                        \
	"aaa new-model\naaa authentication login L local\n"                          \
	"aaa authorization network L local\n"                                        \
	"crypto isakmp client configuration group dialin\n key group-key\n pool P\n" \
	"crypto map M client authentication list L\n"                                \
	"crypto map M isakmp authorization list L\n"                                 \
	"crypto map M client configuration address respond\n"
#define HYBRID                                           \
	"crypto isakmp client configuration group hyb\n" \
	" isakmp ikev1-user-authentication hybrid\n pool P\n"
#define NO_LOGIN "no crypto map M client authentication list\n"
#define LOGIN                                               \
	"aaa new-model\naaa authentication login L local\n" \
	"crypto map M client authentication list L\n"
#define KEY  "crypto isakmp key address-key address 10.0.0.2\n"
#define HOST "crypto isakmp key host-key hostname B.example\n"
#define PEER "crypto isakmp peer address 10.0.0.2\n set aggressive-mode password peer-key\n"
#define ID   " set aggressive-mode client-endpoint user-fqdn me@b.example\n"
#define OFF  "crypto isakmp aggressive-mode disable\n"

struct row {
	const char *text;
	uint8_t type; /* of the identity, 0 = main mode */
	const char *name;
	const char *key; /* NULL: nobody */
	bool aggressive;
	bool decoy;
	bool xauth;
	const char *group;
};

// clang-format off
static const struct row rows[] = {
	{ INTERFACE, 0, "", NULL },
	{ INTERFACE KEY, 0, "", "address-key" },
	/* aggressive mode is off for an address until something asks for it */
	{ INTERFACE KEY, IKE_ID_IPV4, "\x0a\0\0\x02", "address-key" },
	{ INTERFACE KEY, IKE_ID_KEY_ID, "dialin", NULL },
	{ INTERFACE PEER, IKE_ID_IPV4, "\x0a\0\0\x02", "peer-key", true },
	{ INTERFACE PEER KEY, 0, "", "peer-key", true },
	{ INTERFACE KEY "crypto isakmp peer address 10.0.0.2\n", IKE_ID_FQDN, "x", "address-key",
	  true },
	{ INTERFACE PEER OFF, IKE_ID_IPV4, "\x0a\0\0\x02", "peer-key", false },
	/* names of hosts, whatever their letters */
	{ INTERFACE HOST, IKE_ID_FQDN, "b.EXAMPLE", "host-key", true },
	{ INTERFACE HOST, IKE_ID_KEY_ID, "B.example", "", true, true },
	{ INTERFACE HOST, IKE_ID_FQDN, "c.example", "", true, true },
	{ INTERFACE HOST OFF, IKE_ID_FQDN, "c.example", NULL },
	{ INTERFACE HOST OFF, IKE_ID_FQDN, "b.example", "host-key", false },
	{ INTERFACE HOST, 0, "", NULL },
	/* groups: their own key, and a user who logs in */
	{ INTERFACE GROUP, IKE_ID_KEY_ID, "dialin", "group-key", true, false, true, "dialin" },
	{ INTERFACE GROUP, IKE_ID_FQDN, "dialin", "group-key", true, false, true, "dialin" },
	{ INTERFACE GROUP, IKE_ID_KEY_ID, "Dialin", "", true, true, true, "" },
	{ INTERFACE GROUP, IKE_ID_KEY_ID, "dialin2", "", true, true, true, "" },
	{ INTERFACE GROUP OFF, IKE_ID_KEY_ID, "dialin", "group-key", false, false, true, "dialin" },
	{ INTERFACE GROUP OFF, IKE_ID_KEY_ID, "nobody", NULL },
	{ INTERFACE GROUP, 0, "", NULL },
	/* D12: a site's peer on the map of the clients, without and with no-xauth */
	{ INTERFACE GROUP KEY, 0, "", "address-key", false, false, true },
	{ INTERFACE GROUP "crypto isakmp key k address 10.0.0.2 no-xauth\n", 0, "", "k" },
};
// clang-format on

static void every_row_finds_its_key(void **state)
{
	struct ike_path path = {.local = addr_v4(0x0a000001), .remote = addr_v4(0x0a000002)};

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		const struct row *r = &rows[i];
		struct ike_peer out = {0};
		struct ike_id id = {.type = r->type};
		struct box b;
		int rc;

		box_init(&b);
		box_feed(&b, "crypto map M 10 ipsec-isakmp\n");
		box_feed(&b, r->text);
		if (r->type == IKE_ID_IPV4) {
			id.len = 4;
			memcpy(id.data, r->name, 4);
		} else if (r->type) {
			ike_id_of_text(&id, r->type, r->name);
		}
		rc = peer_config_find(&b.config, &path, r->type ? &id : NULL, &out);
		if ((rc == 0) != (r->key != NULL))
			fail_msg("row %zu: %d", i, rc);
		if (rc == 0 &&
		    (out.psk.len != strlen(r->key) || memcmp(out.psk.b, r->key, out.psk.len) != 0 ||
		     out.aggressive != r->aggressive || out.decoy != r->decoy ||
		     out.xauth != r->xauth || strcmp(out.group, r->group ? r->group : "") != 0))
			fail_msg("row %zu: key %.*s aggressive %d decoy %d xauth %d group %s", i,
				 out.psk.len, (char *)out.psk.b, out.aggressive, out.decoy,
				 out.xauth, out.group);
		/* who does not exist is a client exactly like who does */
		if (rc == 0 && r->group)
			assert_true(out.client && !out.push);
		box_fini(&b);
	}
}

/* A key that others have as well does not say who is there. */
static void only_a_key_of_its_own_makes_the_name_free(void **)
{
	static const struct {
		const char *text;
		const char *name; /* aggressive mode of this name; "" = main mode */
		bool free;
	} cases[] = {
		{INTERFACE KEY, "", true},
		{INTERFACE PEER, "", true},
		{INTERFACE "crypto isakmp key k address 0.0.0.0 0.0.0.0\n", "", false},
		{INTERFACE "crypto isakmp key k address 10.0.0.0 255.255.255.0\n", "", false},
		{INTERFACE "crypto isakmp key k address 0.0.0.0 0.0.0.0\n"
			   "crypto isakmp peer address 10.0.0.2\n",
		 "", false},
		{INTERFACE KEY HOST, "b.example", false},
		{INTERFACE KEY GROUP, "dialin", false},
	};
	struct ike_path path = {.local = addr_v4(0x0a000001), .remote = addr_v4(0x0a000002)};

	for (size_t i = 0; i < array_len(cases); i++) {
		struct ike_peer out = {0};
		struct ike_id id;
		struct box b;

		box_init(&b);
		box_feed(&b, "crypto map M 10 ipsec-isakmp\n");
		box_feed(&b, cases[i].text);
		ike_id_of_text(&id, IKE_ID_FQDN, cases[i].name);
		assert_int_equal(
			peer_config_find(&b.config, &path, cases[i].name[0] ? &id : NULL, &out), 0);
		if (out.any_name != cases[i].free)
			fail_msg("case %zu: %d", i, out.any_name);
		box_fini(&b);
	}
}

/* Whatever interface it comes in at: who is to log in hangs on the address that is called. */
static void no_interface_is_a_way_around_the_login(void **state)
{
	static const char *const ways[] = {"GigabitEthernet0/1", "GigabitEthernet0/2",
					   "GigabitEthernet0/3", "none", ""};
	struct box b;

	(void)state;
	box_init(&b);
	box_feed(&b, "crypto map M 10 ipsec-isakmp\ncrypto map N 10 ipsec-isakmp\n");
	box_feed(&b, INTERFACE GROUP KEY);
	box_feed(&b, "interface gi0/2\n device tap c\n ip address 10.0.2.1 255.255.255.0\n"
		     "interface gi0/3\n device tap d\n ip address 10.0.3.1 255.255.255.0\n"
		     " crypto map N\n");
	for (size_t i = 0; i < array_len(ways); i++) {
		struct ike_path path = {.local = addr_v4(0x0a000001),
					.remote = addr_v4(0x0a000002)};
		struct ike_peer out = {0};

		memcpy(path.interface, ways[i], strlen(ways[i]));
		assert_int_equal(peer_config_find(&b.config, &path, NULL, &out), 0);
		if (!out.xauth)
			fail_msg("in at \"%s\"", ways[i]);
	}
	box_fini(&b);
}

/* Who may come with nothing but a login, and who shall believe that he may. */
static void hybrid_groups(void **state)
{
	static const struct {
		const char *text, *name;
		bool found, hybrid, nobody, decoy;
	} groups[] = {
		{INTERFACE GROUP HYBRID, "hyb", true, true, false, true},
		{INTERFACE GROUP HYBRID, "dialin", true, true, true, false},
		{INTERFACE GROUP HYBRID, "other", true, true, true, true},
		{INTERFACE GROUP HYBRID KEY, "hyb", true, true, false, true},
		{INTERFACE GROUP HYBRID "no crypto isakmp client configuration group dialin\n",
		 "hyb", true, true, false, false},
		{INTERFACE GROUP HYBRID NO_LOGIN, "hyb", true, false, false, true},
		{INTERFACE GROUP HYBRID OFF, "hyb", false},
		{INTERFACE GROUP, "dialin", true, false, false, false},
	};
	struct ike_path path = {.local = addr_v4(0x0a000001), .remote = addr_v4(0x0a000002)};

	(void)state;
	for (size_t i = 0; i < array_len(groups); i++) {
		struct ike_peer out = {.pki = (struct pki *)&path};
		struct ike_id id;
		struct box b;
		int rc;

		box_init(&b);
		box_feed(&b, "crypto map M 10 ipsec-isakmp\n");
		box_feed(&b, groups[i].text);
		ike_id_of_text(&id, IKE_ID_KEY_ID, groups[i].name);
		rc = peer_config_find(&b.config, &path, &id, &out);
		if ((rc == 0) != groups[i].found)
			fail_msg("row %zu: %d", i, rc);
		if (rc == 0 &&
		    (out.hybrid != groups[i].hybrid || out.hybrid_decoy != groups[i].nobody ||
		     out.decoy != groups[i].decoy || (out.pki != NULL) != groups[i].hybrid ||
		     (out.psk.len > 0) != (strcmp(groups[i].name, "dialin") == 0)))
			fail_msg("row %zu: hybrid %d nobody %d decoy %d pki %d key %u", i,
				 out.hybrid, out.hybrid_decoy, out.decoy, out.pki != NULL,
				 out.psk.len);
		box_fini(&b);
	}
}

/* R031: what the answer to message 1 follows from, but for the key. */
static struct ike_peer shown(const struct box *b, uint8_t type, const char *name)
{
	struct ike_path path = {.local = addr_v4(0x0a000001), .remote = addr_v4(0x0a000002)};
	struct ike_peer out;
	struct ike_id id;

	memset(&out, 0, sizeof(out));
	ike_id_of_text(&id, type, name);
	assert_int_equal(peer_config_find(&b->config, &path, &id, &out), 0);
	secret_wipe(&out.psk);
	memset(&out.psk, 0, sizeof(out.psk));
	memset(out.group, 0, sizeof(out.group));
	out.decoy = false;
	out.hybrid_decoy = false;
	return out;
}

static void names_that_are_not_there_look_like_those_that_are(void **state)
{
	static const struct {
		const char *text, *known;
		bool key_id;
	} configs[] = {
		{INTERFACE GROUP, "dialin", true},
		{INTERFACE GROUP KEY, "dialin", true},
		{INTERFACE GROUP HYBRID, "dialin", true},
		{INTERFACE GROUP HYBRID KEY, "dialin", true},
		{INTERFACE GROUP HYBRID, "hyb", true},
		{INTERFACE GROUP HYBRID KEY, "hyb", true},
		{INTERFACE GROUP "crypto isakmp key any address 0.0.0.0 0.0.0.0\n", "dialin", true},
		{INTERFACE GROUP "crypto isakmp key any address 0.0.0.0 no-xauth\n", "dialin",
		 true},
		{INTERFACE GROUP HOST, "dialin", true},
		{INTERFACE GROUP PEER, "dialin", true},
		{INTERFACE GROUP "crypto map M client configuration address initiate\n", "dialin",
		 true},
		{INTERFACE GROUP "no crypto map M client authentication list L\n", "dialin", true},
		{INTERFACE GROUP "crypto map M client authentication list NONE\n", "dialin", true},
		{INTERFACE GROUP "no crypto map M client configuration address respond\n", "dialin",
		 true},
		{INTERFACE HOST, "b.example", false},
		{INTERFACE HOST KEY, "b.example", false},
		{INTERFACE LOGIN HOST, "b.example", false},
		{INTERFACE LOGIN "crypto isakmp key k hostname b.example no-xauth\n", "b.example",
		 false},
	};

	(void)state;
	for (size_t i = 0; i < array_len(configs); i++) {
		struct box b;

		box_init(&b);
		box_feed(&b, "crypto map M 10 ipsec-isakmp\n");
		box_feed(&b, configs[i].text);
		for (uint8_t type = IKE_ID_FQDN; type <= IKE_ID_KEY_ID; type++) {
			struct ike_peer known, unknown;

			if (type != IKE_ID_FQDN && type != IKE_ID_USER_FQDN &&
			    (type != IKE_ID_KEY_ID || !configs[i].key_id))
				continue;
			known = shown(&b, type, configs[i].known);
			unknown = shown(&b, type, "c.example");
			if (memcmp(&known, &unknown, sizeof(known)) != 0)
				fail_msg("configuration %zu, type %u: they differ", i, type);
		}
		box_fini(&b);
	}
}

static void peer_is_told_another_name(void **state)
{
	struct ike_path path = {.local = addr_v4(0x0a000001), .remote = addr_v4(0x0a000002)};
	struct ike_peer out = {0};
	struct box b;

	(void)state;
	box_init(&b);
	box_feed(&b, PEER ID);
	assert_int_equal(peer_config_find(&b.config, &path, NULL, &out), 0);
	assert_int_equal(out.local_id.type, IKE_ID_USER_FQDN);
	assert_int_equal(out.local_id.len, 12);
	assert_memory_equal(out.local_id.data, "me@b.example", 12);
	assert_true(out.named);
	box_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_finds_its_key),
		cmocka_unit_test(only_a_key_of_its_own_makes_the_name_free),
		cmocka_unit_test(hybrid_groups),
		cmocka_unit_test(no_interface_is_a_way_around_the_login),
		cmocka_unit_test(names_that_are_not_there_look_like_those_that_are),
		cmocka_unit_test(peer_is_told_another_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
