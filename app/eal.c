/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/eal.h"

#include "lib/base/log.h"

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>

#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	ARGS_MAX = 128,
	ARG_BYTES = 2048
};

struct args {
	int n;
	char *rows[ARGS_MAX];
};

static void printf_like(2, 3) add(struct args *a, const char *fmt, ...)
{
	char text[ARG_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (a->n < ARGS_MAX)
		a->rows[a->n++] = strdup(text);
}

unsigned eal_workers(const struct config *config)
{
	return config->platform.n_worker_cores ? config->platform.n_worker_cores : 1;
}

/* The processors we may run on as a list: "0,1,4". */
static void list_cpus(char *text, size_t size)
{
	cpu_set_t set;
	size_t at = 0;

	text[0] = '\0';
	if (sched_getaffinity(0, sizeof(set), &set))
		CPU_SET(0, &set);
	for (int cpu = 0; cpu < CPU_SETSIZE && at + 8 < size; cpu++)
		if (CPU_ISSET(cpu, &set))
			at += (size_t)snprintf(text + at, size - at, "%s%d", at ? "," : "", cpu);
}

static int check_core(int core, const char *line)
{
	cpu_set_t set;
	char have[256];

	if (sched_getaffinity(0, sizeof(set), &set) || CPU_ISSET(core, &set))
		return 0;
	list_cpus(have, sizeof(have));
	log_error("platform: `%s`: there is no core %d here, only %s", line, core, have);
	return -EINVAL;
}

static int check_cores(const struct config_platform *p)
{
	int rc = p->control_core >= 0 ? check_core(p->control_core, "control-core") : 0;

	for (unsigned i = 0; i < p->n_worker_cores && rc == 0; i++)
		rc = check_core(p->worker_cores[i], "worker-cores");
	return rc;
}

/* "0@(0,1),1@(0,1)": without cores in the configuration every thread may run anywhere. */
static void add_lcores(struct args *a, const struct config_platform *p)
{
	char any[1024], text[ARG_BYTES];
	size_t at;

	list_cpus(any, sizeof(any));
	if (p->control_core >= 0)
		at = (size_t)snprintf(text, sizeof(text), "%d@%d", EAL_MAIN_LCORE, p->control_core);
	else
		at = (size_t)snprintf(text, sizeof(text), "%d@(%s)", EAL_MAIN_LCORE, any);
	for (unsigned i = 0; i < p->n_worker_cores && at + 16 < sizeof(text); i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, ",%u@%u",
				       EAL_FIRST_WORKER_LCORE + i, p->worker_cores[i]);
	if (!p->n_worker_cores)
		snprintf(text + at, sizeof(text) - at, ",%d@(%s)", EAL_FIRST_WORKER_LCORE, any);
	add(a, "--lcores=%s", text);
	add(a, "--main-lcore=%d", EAL_MAIN_LCORE);
}

static void add_devices(struct args *a, const struct config *config)
{
	bool any = false;

	for (size_t i = 0; i < config->n_interfaces; i++) {
		if (config->interfaces[i].device != CONFIG_DEVICE_PCI)
			continue;
		add(a, "--allow=%s", config->interfaces[i].device_arg);
		any = true;
	}
	if (!any)
		add(a, "--no-pci");
}

/* The prefix keeps the files and names of instances apart. */
static void add_prefix(struct args *a, const char *run_dir)
{
	char prefix[64];
	size_t len = strlen(run_dir), skip = len >= sizeof(prefix) ? len - sizeof(prefix) + 1 : 0;

	snprintf(prefix, sizeof(prefix), "%s", run_dir + skip);
	for (char *p = prefix; *p; p++)
		if (*p == '/')
			*p = '_';
	add(a, "--file-prefix=%s", prefix);
}

static long meminfo(const char *key)
{
	FILE *f = fopen("/proc/meminfo", "re");
	size_t len = strlen(key);
	char line[128];
	long value = -1;

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, key, len) == 0 && line[len] == ':')
			value = strtol(line + len + 1, NULL, 10);
	if (f)
		fclose(f);
	return value;
}

static int check_hugepages(const struct config_platform *p)
{
	long free_pages = meminfo("HugePages_Free"), kb = meminfo("Hugepagesize");
	long need;

	if (!p->hugepages)
		return 0;
	if (free_pages < 0 || kb <= 0) {
		log_error("platform: `hugepages on`: this kernel has no huge pages: say `hugepages "
			  "off`");
		return -ENOTSUP;
	}
	need = ((long)p->memory_mb * 1024 + kb - 1) / kb;
	if (free_pages >= need)
		return 0;
	log_error("platform: `hugepages on`: %u MB need %ld free huge pages of %ld kB, there are "
		  "%ld: sysctl vm.nr_hugepages=%ld, or say `hugepages off`",
		  p->memory_mb, need, kb, free_pages, need);
	return -ENOMEM;
}

static int init(struct args *a)
{
	int rc = rte_eal_init(a->n, a->rows);

	if (rc >= 0)
		return 0;
	log_error("the DPDK environment does not start (%s): is there enough memory for `memory` "
		  "under `platform`?",
		  rte_strerror(rte_errno));
	return -rte_errno;
}

int eal_start(const struct config *config, const char *run_dir)
{
	const struct config_platform *p = &config->platform;
	struct args a = {0}, given;
	int rc = check_cores(p);

	if (rc == 0)
		rc = check_hugepages(p);
	if (rc)
		return rc;
	/* EAL keeps its few files below this directory */
	setenv("RUNTIME_DIRECTORY", run_dir, 1);
	add(&a, "culvertd");
	add_lcores(&a, p);
	add(&a, "-m");
	add(&a, "%u", p->memory_mb);
	if (p->hugepages) {
		add(&a, "--in-memory");
	} else {
		add(&a, "--no-huge");
		add(&a, "--no-shconf");
	}
	add(&a, "--no-telemetry");
	add(&a, "--log-level=*:error");
	add(&a, "--log-level=pmd.net.tap:critical"); /* it misses features that nobody uses */
	add_prefix(&a, run_dir);
	add_devices(&a, config);
	given = a; /* EAL puts the rows into another order */
	rc = init(&a);
	for (int i = 0; i < given.n; i++)
		free(given.rows[i]);
	return rc;
}

void eal_stop(const char *run_dir)
{
	char path[512];

	snprintf(path, sizeof(path), "%s", rte_eal_get_runtime_dir());
	rte_eal_cleanup();
	rmdir(path);
	snprintf(path, sizeof(path), "%s/dpdk", run_dir);
	rmdir(path);
}
