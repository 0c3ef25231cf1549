/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_eal.h"

#include <rte_eal.h>

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

uint64_t bench_eal_available_mb(void)
{
	return (uint64_t)meminfo("MemAvailable") >> 10;
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

int bench_eal_start(const char *program, uint64_t mb, bool *hugepages)
{
	char name[32], lcore[32], memory[16], prefix[64];
	char *argv[] = {name,	"--no-pci", "--no-telemetry", "--log-level=*:error", lcore,
			prefix, "-m",	    memory,	      "--in-memory",	     NULL,
			NULL};
	long kb = meminfo("Hugepagesize");

	snprintf(name, sizeof(name), "%s", program);
	*hugepages = geteuid() == 0 && meminfo("HugePages_Free") * kb >= (long)mb * 1024;
	snprintf(lcore, sizeof(lcore), "--lcores=0@%u", last_cpu());
	snprintf(prefix, sizeof(prefix), "--file-prefix=%s-%d", name, (int)getpid());
	snprintf(memory, sizeof(memory), "%llu", (unsigned long long)mb);
	if (!*hugepages) {
		argv[8] = "--no-huge";
		argv[9] = "--no-shconf";
	}
	return rte_eal_init(*hugepages ? 9 : 10, argv) < 0 ? -1 : 0;
}

void bench_eal_stop(void)
{
	char path[512];

	snprintf(path, sizeof(path), "%s", rte_eal_get_runtime_dir());
	rte_eal_cleanup();
	rmdir(path);
}
