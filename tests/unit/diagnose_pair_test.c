/* SPDX-License-Identifier: BSD-3-Clause */
/* Two ends that differ in one thing: that is said, and nothing else. */
#include "controlplane/diagnose/diagnose.h"
#include "tests/unit/config_test.h"

struct end {
	const char *policy;
	const char *key;
	const char *set;
	const char *entry;
	const char *acl;
	const char *more;
};

static const struct end ours = {
	.policy = " authentication pre-share\n encryption aes 256\n group 14\n",
	.key = "crypto isakmp key SECRETWORD address 10.0.0.2\n",
	.set = "esp-aes esp-sha-hmac\n",
	.entry = " set peer 10.0.0.2\n",
	.acl = " permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n",
	.more = "",
};

static const struct end theirs = {
	.policy = " authentication pre-share\n encryption aes 256\n group 14\n",
	.key = "crypto isakmp key SECRETWORD address 10.0.0.1\n",
	.set = "esp-aes esp-sha-hmac\n",
	.entry = " set peer 10.0.0.1\n",
	.acl = " permit ip 10.2.0.0 0.0.255.255 10.1.0.0 0.0.255.255\n",
	.more = "",
};

/* What is different in the one or the other; NULL = as above. */
struct row {
	struct end ours;
	struct end theirs;
	const char *codes;
	const char *says;
};

#define HERE(field, text)  .ours = {.field = text}
#define THERE(field, text) .theirs = {.field = text}

static const struct row table[] = {
#include "tests/unit/diagnose_pair_rows.def"
};

static const char *or_else(const char *a, const char *b)
{
	return a ? a : b;
}

static void load(struct box *b, const struct end *what, const struct end *base, const char *address)
{
	char text[4096];

	snprintf(text, sizeof(text),
		 "crypto isakmp policy 10\n%s%scrypto ipsec transform-set T %s"
		 "crypto map M 10 ipsec-isakmp\n set transform-set T\n match address V\n%s"
		 "interface gi0/0\n device tap t0\n ip address %s 255.255.255.0\n crypto map M\n"
		 "ip access-list extended V\n%s%s",
		 or_else(what->policy, base->policy), or_else(what->key, base->key),
		 or_else(what->set, base->set), or_else(what->entry, base->entry), address,
		 or_else(what->acl, base->acl), or_else(what->more, base->more));
	box_init(b);
	box_feed(b, text);
}

static void print_all(const struct diagnosis *d, char *text, size_t size)
{
	char sentence[DIAGNOSE_TEXT], command[DIAGNOSE_TEXT];

	snprintf(text, size, "%s | %s | %s | %s", diagnose_sentence(d, sentence, sizeof(sentence)),
		 d->saw, d->decide, diagnose_command(d, command, sizeof(command)));
}

static void check(const struct diagnose_list *list, size_t row, const char *expected,
		  const char *says)
{
	char codes[512] = "", all[16384] = "", text[2048];

	for (size_t i = 0; i < list->n; i++) {
		print_all(&list->items[i], text, sizeof(text));
		snprintf(codes + strlen(codes), sizeof(codes) - strlen(codes), "%s%s", i ? " " : "",
			 diagnose_name(list->items[i].code));
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s\n", text);
	}
	if (strcmp(codes, expected) != 0 || (says && !strstr(all, says)) || strpbrk(all, "{}") ||
	    strstr(all, "SECRET"))
		fail_msg("row %zu: expected \"%s\" (%s), got \"%s\":\n%s", row, expected,
			 says ? says : "", codes, all);
}

static void names_what_two_ends_differ_in(void **)
{
	static struct diagnose_list list;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct box a, b;

		load(&a, &table[i].ours, &ours, "10.0.0.1");
		load(&b, &table[i].theirs, &theirs, "10.0.0.2");
		list.n = 0;
		diagnose_pair(&a.config, &b.config, &list);
		check(&list, i, table[i].codes, table[i].says);
		box_fini(&a);
		box_fini(&b);
	}
}

/* One thing that is different, and what is said of it. */
struct change {
	bool there;
	size_t field; /* offset in struct end */
	const char *text;
	const char *code; /* "" = nothing to say */
};

#define CHANGE(side, f, t, c)                       \
	{                                           \
		side, offsetof(struct end, f), t, c \
	}

static const struct change changes[] = {
	CHANGE(false, policy, " authentication pre-share\n encryption aes 192\n group 14\n",
	       "P1-POLICY-ENC"),
	CHANGE(true, policy, " authentication pre-share\n encryption aes 256\n group 2\n",
	       "P1-GROUP"),
	CHANGE(true, policy, " authentication pre-share\n encryption 3des\n hash md5\n group 2\n",
	       "P1-POLICY"),
	CHANGE(false, key, "crypto isakmp key SECRETWORDX address 10.0.0.2\n", "P1-PSK"),
	CHANGE(true, key, "crypto isakmp key SECRETWORDY address 0.0.0.0 0.0.0.0\n", "P1-PSK"),
	CHANGE(true, key, "crypto isakmp key SECRETWORD address 0.0.0.0 0.0.0.0\n", ""),
	CHANGE(false, set, "esp-gcm 256\n", "P2-TRANSFORM"),
	CHANGE(true, set, "esp-3des esp-md5-hmac\n", "P2-TRANSFORM"),
	CHANGE(false, entry, " set peer 10.0.0.2\n set pfs group14\n", "P2-PFS"),
	CHANGE(true, entry, " set peer 10.0.0.1\n set pfs group5\n", "P2-PFS"),
	CHANGE(false, acl, " permit ip 10.1.0.0 0.0.255.255 host 10.2.0.9\n", "P2-PROXY"),
	CHANGE(true, acl, " permit udp 10.2.0.0 0.0.255.255 10.1.0.0 0.0.255.255\n", "P2-PROXY"),
	CHANGE(false, more, "crypto ipsec security-association lifetime seconds 7200\n",
	       "CFG-LIFETIME"),
	CHANGE(true, more, "crypto isakmp keepalive 15\n", ""),
};

static void apply(const struct change *c, struct end *ours_, struct end *theirs_)
{
	memcpy((char *)(c->there ? theirs_ : ours_) + c->field, &c->text, sizeof(c->text));
}

static bool is_in(const struct diagnose_list *list, const char *code)
{
	for (size_t i = 0; i < list->n; i++)
		if (!strcmp(diagnose_name(list->items[i].code), code))
			return true;
	return !code[0];
}

/* None, one or two changes of different fields: each is named, and nothing else. */
static void random_pairs_are_told_apart(void **)
{
	static struct diagnose_list list;
	uint32_t seed = 20261122;

	for (unsigned round = 0; round < 1000; round++) {
		const struct change *x, *y;
		struct end a = {0}, b = {0};
		unsigned n = round % 3;
		struct box here, there;
		size_t codes = 0;

		seed = seed * 1664525 + 1013904223;
		x = &changes[(seed >> 8) % (sizeof(changes) / sizeof(changes[0]))];
		seed = seed * 1664525 + 1013904223;
		y = &changes[(seed >> 8) % (sizeof(changes) / sizeof(changes[0]))];
		n = n == 2 && x->field == y->field ? 1 : n;
		if (n > 0)
			apply(x, &a, &b);
		if (n > 1)
			apply(y, &a, &b);
		load(&here, &a, &ours, "10.0.0.1");
		load(&there, &b, &theirs, "10.0.0.2");
		list.n = 0;
		diagnose_pair(&here.config, &there.config, &list);
		codes = (n > 0 && x->code[0]) + (n > 1 && y->code[0]);
		if ((n > 0 && !is_in(&list, x->code)) || (n > 1 && !is_in(&list, y->code)) ||
		    list.n != codes)
			fail_msg("round %u: %s %s, got %zu", round, n > 0 ? x->code : "",
				 n > 1 ? y->code : "", list.n);
		box_fini(&here);
		box_fini(&there);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_what_two_ends_differ_in),
		cmocka_unit_test(random_pairs_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
