/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * culvert-bench: the real packet path on an in-process source and sink, beside the crypto library
 * alone. One thread, pinned, without devices and without root.
 */
#include "app/bench_eal.h"
#include "app/bench_gateway.h"
#include "app/bench_measure.h"
#include "app/bench_options.h"
#include "app/bench_print.h"
#include "lib/base/log.h"
#include "lib/crypto/prim.h"

#include <stdio.h>
#include <unistd.h>

enum {
	BASE_MB = 512 /* tables every case takes */
};

static uint64_t mb_of_largest(const struct bench_options *o)
{
	uint64_t most = 0;

	for (unsigned i = 0; i < bench_options_count(o); i++) {
		struct bench_case c = bench_options_case(o, i);
		uint64_t bytes = bench_gateway_bytes(&c);

		most = bytes > most ? bytes : most;
	}
	return BASE_MB + (most >> 20);
}

static int run(const struct bench_options *o, const json_t *machine, json_t *rows)
{
	unsigned n = bench_options_count(o);
	int err = 0;

	if (!o->json)
		bench_print_table_head(machine);
	for (unsigned i = 0; i < n && !err; i++) {
		struct bench_case c = bench_options_case(o, i);
		struct bench_result result;

		if (isatty(STDERR_FILENO))
			fprintf(stderr, "row %u of %u\r", i + 1, n);
		err = bench_measure(&c, &result);
		if (!err && o->json)
			json_array_append_new(rows, bench_print_row(&c, &result));
		else if (!err)
			bench_print_table_row(&c, &result);
	}
	return err;
}

int main(int argc, char **argv)
{
	struct bench_options o;
	json_t *machine, *rows, *all;
	uint64_t mb;
	bool hugepages;
	int rc = bench_options_parse(&o, argc, argv);

	if (rc >= 0)
		return rc;
	log_init("culvert-bench", LOG_LEVEL_WARNING);
	mb = mb_of_largest(&o);
	if (bench_eal_available_mb() < mb) {
		fprintf(stderr,
			"culvert-bench: %llu MB are needed and %llu MB available: ask for fewer "
			"--sas, or stop other programs\n",
			(unsigned long long)mb, (unsigned long long)bench_eal_available_mb());
		return 1;
	}
	if (prim_init() || bench_eal_start("culvert-bench", mb, &hugepages)) {
		fprintf(stderr, "culvert-bench: the DPDK environment does not start\n");
		return 1;
	}
	machine = bench_print_machine(hugepages);
	rows = json_array();
	rc = run(&o, machine, rows) ? 1 : 0;
	all = json_pack("{s:o, s:o}", "machine", machine, "rows", rows);
	if (o.json && rc == 0) {
		json_dumpf(all, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(5));
		putchar('\n');
	}
	json_decref(all);
	bench_eal_stop();
	return rc;
}
