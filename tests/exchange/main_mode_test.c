/* SPDX-License-Identifier: BSD-3-Clause */
/* Main mode and the first quick mode between two engines. */
#include "tests/exchange/lab.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

static void tunnel_comes_up_in_nine_messages(void **)
{
	struct lab lab;

	lab_init(&lab);
	lab_start(&lab);
	assert_int_equal(lab_initiate(&lab, 0), 0);
	lab_settle(&lab);
	assert_int_equal(lab_up(&lab, 0), 1);
	assert_int_equal(lab_up(&lab, 1), 1);
	assert_true(lab_pair_fits(&lab));
	assert_int_equal(lab.n_record, 9);
	assert_int_equal(lab_rejected(&lab, 0), 0);
	assert_int_equal(lab_rejected(&lab, 1), 0);
	lab_fini(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tunnel_comes_up_in_nine_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
