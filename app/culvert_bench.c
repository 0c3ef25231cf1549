/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * culvert-bench: the real packet path on an in-process source and sink, beside the crypto library
 * alone. Pinned threads, without devices and without root. As "culvert-bench ike" it measures
 * negotiations instead.
 */
#include "app/bench_eal.h"
#include "app/bench_ike.h"
#include "app/bench_measure.h"
#include "app/bench_memory.h"
#include "app/bench_options.h"
#include "app/bench_print.h"
#include "lib/base/log.h"
#include "lib/crypto/prim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the rows take at most, each by itself. */
struct needs {
	uint64_t mb;
	uint32_t sas; /* of the row that takes most */
	unsigned workers;
};

static struct needs needs_of(const struct bench_options *o)
{
	struct needs n = {0};

	for (unsigned i = 0; i < o->n_cases; i++) {
		const struct bench_case *c = &o->cases[i];
		uint64_t mb = bench_memory_needed_mb(c);

		n.workers = c->workers > n.workers ? c->workers : n.workers;
		if (mb > n.mb) {
			n.mb = mb;
			n.sas = c->sas;
		}
	}
	return n;
}

static int start(const struct needs *n, bool *hugepages)
{
	uint64_t available = bench_eal_available_mb();

	if (available < n->mb) {
		fprintf(stderr,
			"culvert-bench: %u SA%s %llu MB and %llu MB are %s: stop other "
			"programs or raise that limit, add memory or swap, or ask for fewer "
			"--sas\n",
			n->sas, n->sas == 1 ? " needs" : "s need", (unsigned long long)n->mb,
			(unsigned long long)available, bench_eal_limit());
		return -1;
	}
	if (prim_init() || bench_eal_start_many("culvert-bench", n->mb, n->workers, hugepages)) {
		fprintf(stderr, "culvert-bench: the DPDK environment does not start with %llu MB\n",
			(unsigned long long)n->mb);
		return -1;
	}
	return 0;
}

/* Blanks over the line of progress, so that a shorter one leaves nothing of it. */
static void say_progress(const struct bench_options *o, unsigned i)
{
	if (!o->progress)
		return;
	if (i < o->n_cases)
		fprintf(stderr, "\rculvert-bench: row %u of %u ", i + 1, o->n_cases);
	else
		fprintf(stderr, "\r%40s\r", "");
	fflush(stderr);
}

static int run(const struct bench_options *o, const json_t *machine, json_t *rows)
{
	int err = 0;

	if (!o->json)
		bench_print_table_head(machine);
	for (unsigned i = 0; i < o->n_cases && !err; i++) {
		const struct bench_case *c = &o->cases[i];
		struct bench_result result;

		say_progress(o, i);
		err = bench_measure(c, &result);
		if (!err && !o->json)
			say_progress(o, o->n_cases);
		if (!err && o->json)
			json_array_append_new(rows, bench_print_row(c, &result));
		else if (!err)
			bench_print_table_row(c, &result);
	}
	say_progress(o, o->n_cases);
	return err;
}

int main(int argc, char **argv)
{
	struct bench_options o;
	struct needs needs;
	json_t *machine, *rows, *all;
	bool hugepages;
	int rc;

	if (argc > 1 && strcmp(argv[1], "ike") == 0)
		return bench_ike_main(argc - 1, argv + 1);
	rc = bench_options_parse(&o, bench_eal_cpus(), argc, argv);
	if (rc >= 0)
		return rc;
	log_init("culvert-bench", LOG_LEVEL_WARNING);
	needs = needs_of(&o);
	if (start(&needs, &hugepages)) {
		free(o.cases);
		return 1;
	}
	machine = bench_print_machine(hugepages, o.cases[0].repetitions);
	rows = json_array();
	rc = run(&o, machine, rows) ? 1 : 0;
	all = json_pack("{s:o, s:o}", "machine", machine, "rows", rows);
	if (o.json && rc == 0) {
		json_dumpf(all, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(5));
		putchar('\n');
	}
	json_decref(all);
	free(o.cases);
	bench_eal_stop();
	return rc;
}
