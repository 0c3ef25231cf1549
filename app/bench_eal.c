/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_eal.h"

#include <rte_eal.h>

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
	ROOM_MB = 160 /* addresses that libraries and threads take beside the memory in use */
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

/* The number in a file of the kernel, or UINT64_MAX when there is none ("max"). */
static uint64_t number_in(const char *path)
{
	FILE *f = fopen(path, "re");
	unsigned long long value;
	bool found = f && fscanf(f, "%llu", &value) == 1;

	if (f)
		fclose(f);
	return found ? value : UINT64_MAX;
}

struct limit {
	uint64_t mb;
	const char *name;
};

static struct limit less(struct limit a, uint64_t bytes, uint64_t used, const char *name)
{
	uint64_t mb = (bytes > used ? bytes - used : 0) >> 20;

	return bytes < UINT64_MAX && mb < a.mb ? (struct limit){mb, name} : a;
}

static struct limit memory_limit(void)
{
	uint64_t cgroup_used = number_in("/sys/fs/cgroup/memory.current"), pages = 0;
	struct limit l = {(uint64_t)meminfo("MemAvailable") >> 10, "free on this machine"};
	struct rlimit as = {RLIM_INFINITY, RLIM_INFINITY};

	getrlimit(RLIMIT_AS, &as);
	pages = number_in("/proc/self/statm");
	if (as.rlim_cur != RLIM_INFINITY)
		l = less(l, as.rlim_cur,
			 pages * (uint64_t)sysconf(_SC_PAGESIZE) + ((uint64_t)ROOM_MB << 20),
			 "left by the limit of address space (ulimit -v)");
	if (cgroup_used < UINT64_MAX)
		l = less(l, number_in("/sys/fs/cgroup/memory.max"), cgroup_used,
			 "left by the limit of the control group (memory.max)");
	return l;
}

uint64_t bench_eal_available_mb(void)
{
	return memory_limit().mb;
}

const char *bench_eal_limit(void)
{
	return memory_limit().name;
}

/* As they were before EAL pinned this thread. */
static const cpu_set_t *allowed(void)
{
	static cpu_set_t set;

	if (CPU_COUNT(&set) == 0 && sched_getaffinity(0, sizeof(set), &set))
		CPU_SET(0, &set);
	return &set;
}

unsigned bench_eal_cpus(void)
{
	return (unsigned)CPU_COUNT(allowed());
}

/* From the end: the first is the one interrupts like best. */
unsigned bench_eal_cpu(unsigned i)
{
	for (unsigned cpu = CPU_SETSIZE; cpu-- > 0;)
		if (CPU_ISSET(cpu, allowed()) && i-- == 0)
			return cpu;
	return 0;
}

/* "0@7,1@6": lcore i on processor i from the end. */
static void name_lcores(char *out, size_t size, unsigned n)
{
	size_t len = (size_t)snprintf(out, size, "--lcores=");

	for (unsigned i = 0; i < n && len < size; i++)
		len += (size_t)snprintf(out + len, size - len, "%s%u@%u", i ? "," : "", i,
					bench_eal_cpu(i));
}

int bench_eal_start(const char *program, uint64_t mb, bool *hugepages)
{
	return bench_eal_start_many(program, mb, 1, hugepages);
}

int bench_eal_start_many(const char *program, uint64_t mb, unsigned n, bool *hugepages)
{
	char name[32], lcores[256], memory[16], prefix[64];
	char *argv[] = {name,	"--no-pci", "--no-telemetry", "--log-level=*:error", lcores,
			prefix, "-m",	    memory,	      "--in-memory",	     NULL,
			NULL};
	long kb = meminfo("Hugepagesize");

	snprintf(name, sizeof(name), "%s", program);
	*hugepages = geteuid() == 0 && meminfo("HugePages_Free") * kb >= (long)mb * 1024;
	name_lcores(lcores, sizeof(lcores), n);
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
