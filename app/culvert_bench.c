/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * culvert-bench: the real packet path on an in-process source and sink, beside the crypto library
 * alone. One thread, pinned, without devices and without root.
 */
#include "app/bench_gateway.h"
#include "app/bench_measure.h"
#include "app/bench_options.h"
#include "app/bench_print.h"
#include "lib/base/log.h"
#include "lib/crypto/prim.h"

#include <rte_eal.h>

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	BASE_MB = 512 /* tables every case takes */
};

static long meminfo(const char *key)
{
	FILE *f = fopen("/proc/meminfo", "re");
	size_t len = strlen(key);
	char line[128];
	long value = 0;

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, key, len) == 0 && line[len] == ':')
			value = strtol(line + len + 1, NULL, 10);
	if (f)
		fclose(f);
	return value;
}

/* The last processor this process may run on: the first is the one interrupts like best. */
static unsigned last_cpu(void)
{
	unsigned last = 0;
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set))
		return 0;
	for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &set))
			last = cpu;
	return last;
}

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

static int start_eal(uint64_t mb, bool *hugepages)
{
	char lcore[32], memory[16], prefix[48];
	char *argv[] = {"culvert-bench",
			"--no-pci",
			"--no-telemetry",
			"--log-level=*:error",
			lcore,
			prefix,
			"-m",
			memory,
			"--in-memory",
			NULL,
			NULL};
	long kb = meminfo("Hugepagesize");

	*hugepages = geteuid() == 0 && meminfo("HugePages_Free") * kb >= (long)mb * 1024;
	snprintf(lcore, sizeof(lcore), "--lcores=0@%u", last_cpu());
	snprintf(prefix, sizeof(prefix), "--file-prefix=culvert-bench-%d", (int)getpid());
	snprintf(memory, sizeof(memory), "%llu", (unsigned long long)mb);
	if (!*hugepages) {
		argv[8] = "--no-huge";
		argv[9] = "--no-shconf";
	}
	return rte_eal_init(*hugepages ? 9 : 10, argv) < 0 ? -1 : 0;
}

static void stop_eal(void)
{
	char path[512];

	snprintf(path, sizeof(path), "%s", rte_eal_get_runtime_dir());
	rte_eal_cleanup();
	rmdir(path);
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
	if ((uint64_t)meminfo("MemAvailable") >> 10 < mb) {
		fprintf(stderr,
			"culvert-bench: %llu MB are needed and %ld MB available: ask for fewer "
			"--sas, or stop other programs\n",
			(unsigned long long)mb, meminfo("MemAvailable") >> 10);
		return 1;
	}
	if (prim_init() || start_eal(mb, &hugepages)) {
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
	stop_eal();
	return rc;
}
