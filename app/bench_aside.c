/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_aside.h"

#include "app/bench_eal.h"
#include "lib/base/log.h"

#include <sched.h>
#include <string.h>

int bench_aside_start(pthread_t *thread, void *(*fn)(void *), void *arg)
{
	pthread_attr_t attr;
	cpu_set_t set;
	int err;

	CPU_ZERO(&set);
	CPU_SET(bench_eal_cpu(1), &set);
	pthread_attr_init(&attr);
	err = pthread_attr_setaffinity_np(&attr, sizeof(set), &set);
	if (!err)
		err = pthread_create(thread, &attr, fn, arg);
	pthread_attr_destroy(&attr);
	if (err)
		log_error("no thread for the control plane's part: %s", strerror(err));
	return -err;
}
