/* SPDX-License-Identifier: BSD-3-Clause */
/* Long lists load in the time their length takes, and are still searched right. */
#include "tests/unit/config_test.h"

#include <time.h>

enum {
	KEYS = 20000 / SCALE_PART,
	LINES = 16384 / SCALE_PART,
	ENTRIES = 2000 / SCALE_PART,
	SECONDS_MAX = 5,
	LINE_TEXT = 256,
};

struct text {
	char *data;
	size_t len;
};

static void add(struct text *t, const char *fmt, unsigned i)
{
	unsigned a = i >> 16, b = i >> 8 & 255, c = i & 255;

	t->len += (size_t)snprintf(t->data + t->len, LINE_TEXT, fmt, i + 1, a, b, c, a, b, c);
}

static struct text repeat(const char *before, const char *fmt, unsigned n)
{
	struct text t = {.data = malloc((size_t)(n + 1) * LINE_TEXT)};

	assert_non_null(t.data);
	add(&t, before, 0);
	for (unsigned i = 0; i < n; i++)
		add(&t, fmt, i);
	return t;
}

/* It takes a tenth of that; the square of the length takes minutes. */
static void load(struct box *b, struct text *t)
{
	clock_t begin = clock();

	box_init(b);
	box_feed(b, t->data);
	fault_list_fini(&b->faults);
	config_grammar_validate(&b->config, &b->faults);
	assert_true(clock() - begin < SECONDS_MAX * CLOCKS_PER_SEC);
	free(t->data);
}

static void many_keys(void **state)
{
	struct text t = repeat("hostname x\n", "crypto isakmp key k%u address 10.%u.%u.%u\n", KEYS);
	struct box b;

	(void)state;
	load(&b, &t);
	assert_int_equal(b.config.n_keys, KEYS);
	assert_int_equal(box_line(&b, "crypto isakmp key other address 10.0.1.5"), 0);
	assert_int_equal(b.config.n_keys, KEYS);
	assert_string_equal(b.config.keys[261].key, "other");
	/* a key that goes leaves the others to be found */
	assert_int_equal(box_line(&b, "no crypto isakmp key k address 10.0.1.4"), 0);
	assert_int_equal(box_line(&b, "crypto isakmp key third address 10.0.1.5"), 0);
	assert_int_equal(b.config.n_keys, KEYS - 1);
	assert_string_equal(b.config.keys[260].key, "third");
	box_fini(&b);
}

static void many_lines(void **state)
{
	struct text t = repeat("ip access-list extended V\n",
			       " %u0 permit ip host 10.%u.%u.%u any\n", LINES);
	struct config_acl *acl;
	struct box b;

	(void)state;
	load(&b, &t);
	acl = &b.config.acls[0];
	assert_int_equal(acl->n_lines, LINES);
	assert_int_equal(box_line(&b, "ip access-list extended V"), 0);
	assert_int_equal(box_line(&b, "permit ip host 10.0.1.5 any"), 0);
	assert_int_equal(acl->n_lines, LINES);
	/* between others, and gone again */
	assert_int_equal(box_line(&b, "15 permit ip host 11.0.0.1 any"), 0);
	assert_int_equal(box_line(&b, "permit ip host 10.0.1.5 any"), 0);
	assert_int_equal(acl->n_lines, LINES + 1);
	assert_int_equal(box_line(&b, "no permit ip host 10.0.1.5 any"), 0);
	assert_int_equal(box_line(&b, "permit ip host 10.0.1.5 any"), 0);
	assert_int_equal(acl->n_lines, LINES + 1);
	assert_int_equal(acl->lines[1].sequence, 15);
	assert_int_equal(addr_to_v4(&acl->lines[LINES].src.addr), 0x0a000105);
	box_fini(&b);
}

static void many_entries(void **state)
{
	struct text t = repeat("hostname x\n", "", 0);
	struct box b;

	(void)state;
	for (unsigned i = 0; i < ENTRIES; i++) {
		t.data = realloc(t.data, t.len + 3 * LINE_TEXT);
		assert_non_null(t.data);
		add(&t, "ip access-list extended L%u\n permit ip host 10.%u.%u.%u any\n", i);
		add(&t, "crypto map M %u ipsec-isakmp\n set peer 12.%u.%u.%u\n", i);
		add(&t, " match address L%u\n", i);
	}
	load(&b, &t);
	assert_int_equal(b.config.maps[0].n_entries, ENTRIES);
	box_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_keys),
		cmocka_unit_test(many_lines),
		cmocka_unit_test(many_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
