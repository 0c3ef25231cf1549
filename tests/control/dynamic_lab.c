/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/control/dynamic_lab.h"

struct bench bench;

struct control *dynamic_lab_hub(void)
{
	return bench.a.control;
}

int dynamic_lab_setup(void **)
{
	bench_init(&bench, DYNAMIC_LAB_CONFIG, bench_config_b);
	bench_forget(&bench.a);
	return 0;
}

int dynamic_lab_teardown(void **)
{
	bench_fini(&bench);
	return 0;
}

const struct plane_msg *dynamic_lab_last(enum plane_type type)
{
	for (size_t i = bench.a.n_seen; i--;)
		if (bench.a.seen[i].type == type)
			return &bench.a.seen[i];
	return NULL;
}
