/* SPDX-License-Identifier: BSD-3-Clause */
/* What is said of the appliance itself. */
#include "controlplane/diagnose/box_rules.h"
#include "lib/base/compat.h"

#include <cmocka.h>

#include <string.h>

static void memory_is_low_when_what_it_was_divided_into_runs_out(void **)
{
	static const struct {
		struct box_evidence e;
		const char *says; /* NULL = nothing */
	} rows[] = {
		{{.no_buffer = 0, .pairs = 10, .pairs_most = 100}, NULL},
		{{.no_buffer = 7, .pairs = 10, .pairs_most = 100},
		 "Memory low: no packet buffer for 7 packets of the last 60 s."},
		{{.pairs = 94, .pairs_most = 100}, NULL},
		{{.pairs = 95, .pairs_most = 100},
		 "Memory low: 95 of the 100 places for pairs of SAs are taken."},
		{{.pairs = 0, .pairs_most = 0}, NULL},
	};
	char text[DIAGNOSE_TEXT];

	for (size_t i = 0; i < array_len(rows); i++) {
		struct diagnose_list list = {.n = 0};

		box_rules(&rows[i].e, &list);
		assert_int_equal(list.n, rows[i].says != NULL);
		if (!rows[i].says)
			continue;
		assert_int_equal(list.items[0].code, DIAGNOSE_MEM_LOW);
		diagnose_sentence(&list.items[0], text, sizeof(text));
		assert_string_equal(text, rows[i].says);
		assert_null(strpbrk(diagnose_command(&list.items[0], text, sizeof(text)), "{}"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_low_when_what_it_was_divided_into_runs_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
