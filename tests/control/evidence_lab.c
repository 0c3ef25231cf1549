/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/control/evidence_lab.h"

struct bench bench;

int evidence_lab_setup(void **)
{
	bench_init(&bench, bench_config_a, bench_config_b);
	return 0;
}

int evidence_lab_teardown(void **)
{
	bench_fini(&bench);
	return 0;
}

struct evidence_book *evidence_lab_book(void)
{
	return &bench.a.control->evidence;
}

struct ike_path evidence_lab_path(uint32_t remote)
{
	return (struct ike_path){.local = addr_v4(0x0a000001), .remote = addr_v4(remote)};
}
