/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * culvertd: the data plane and the supervisor of culvert-iked. main() is a list of stages; they
 * start in order and stop in reverse.
 */
#include "app/eal.h"
#include "app/options.h"
#include "app/privileges.h"
#include "app/run_dir.h"
#include "app/startup_config.h"
#include "app/supervisor.h"
#include "dataplane/dataplane.h"
#include "dataplane/main_loop.h"
#include "dataplane/pool.h"
#include "dataplane/worker.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

#include <rte_eal.h>
#include <rte_launch.h>

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
	SLOTS = 16384, /* SA pairs a worker; their memory is taken when they are used */
	TUNNELS = 16384,
	PACKETS = 8192, /* packet buffers, and for each queue of a PCI device: */
	PACKETS_A_QUEUE = 2048,
	LARGE_PACKETS = 256, /* for datagrams put together of fragments */
	GOODBYE_MS = 3000,   /* for culvert-iked to send its DELETEs and end */
	DRAIN_MS = 200,	     /* for the last of them to leave */
};

struct culvertd {
	struct options options;
	char config_path[PATH_MAX];
	struct config config;
	struct privileges user;
	struct run_dir run_dir;
	struct plane plane;
	struct dataplane dp;
	struct main_loop *main_loop;
	struct supervisor supervisor;
	int signals; /* signalfd */
};

static int open_run_dir(struct culvertd *d)
{
	return run_dir_open(&d->run_dir, d->options.run_dir, d->user.gid);
}

static void close_run_dir(struct culvertd *d)
{
	run_dir_close(&d->run_dir);
}

static int reduce_privileges(struct culvertd *d)
{
	return privileges_reduce(&d->config, d->config_path, d->run_dir.path);
}

/* Before the first thread, so that no thread but this one is ever interrupted. */
static int catch_signals(struct culvertd *d)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	d->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	return d->signals < 0 ? -errno : 0;
}

static int start_eal(struct culvertd *d)
{
	return eal_start(&d->config, d->run_dir.path);
}

static void stop_eal(struct culvertd *d)
{
	eal_stop(d->run_dir.path);
}

static int create_plane(struct culvertd *d)
{
	struct plane_params params = {
		.n_workers = eal_workers(&d->config), .n_slots = SLOTS, .n_tunnels = TUNNELS};

	d->dp.plane = &d->plane;
	d->dp.n_workers = params.n_workers;
	return plane_layout_create(&d->plane, &params, d->config_path, d->run_dir.path);
}

static void destroy_plane(struct culvertd *d)
{
	plane_layout_fini(&d->plane);
}

static void destroy_pool(struct culvertd *d)
{
	rte_mempool_free(d->dp.pool);
	rte_mempool_free(d->dp.large_pool);
}

static int create_pool(struct culvertd *d)
{
	unsigned n = PACKETS, n_large = LARGE_PACKETS;

	for (size_t i = 0; i < d->config.n_interfaces; i++) {
		const struct config_interface *c = &d->config.interfaces[i];

		if (port_needs_large(&d->config, c))
			n_large += PACKETS_A_QUEUE * d->dp.n_workers;
		else if (c->device == CONFIG_DEVICE_PCI)
			n += PACKETS_A_QUEUE * d->dp.n_workers;
	}
	d->dp.pool = pool_create("packets", n);
	d->dp.large_pool = pool_create_large("large packets", n_large);
	if (d->dp.pool && d->dp.large_pool)
		return 0;
	destroy_pool(d);
	log_error("no memory for %u packet buffers and %u large ones: raise `memory` under "
		  "`platform`",
		  n, n_large);
	return -ENOMEM;
}

static void close_ports(struct culvertd *d)
{
	for (unsigned i = 0; i < d->dp.n_ports; i++)
		port_close(&d->dp.ports[i]);
	d->dp.n_ports = 0;
}

static int open_ports(struct culvertd *d)
{
	for (size_t i = 0; i < d->config.n_interfaces; i++) {
		const struct config_interface *c = &d->config.interfaces[i];
		int rc;

		if (c->device == CONFIG_DEVICE_NONE)
			continue;
		if (d->dp.n_ports == PLANE_PORTS_MAX) {
			log_error("interface %s: more than %d interfaces with a device", c->name,
				  PLANE_PORTS_MAX);
			rc = -E2BIG;
		} else {
			rc = port_open(&d->dp.ports[d->dp.n_ports], c, d->dp.n_workers,
				       port_needs_large(&d->config, c) ? d->dp.large_pool
								       : d->dp.pool);
		}
		if (rc) {
			close_ports(d);
			return rc;
		}
		d->dp.n_ports++;
	}
	return 0;
}

static int create_dataplane(struct culvertd *d)
{
	return dataplane_init(&d->dp);
}

static void destroy_dataplane(struct culvertd *d)
{
	dataplane_fini(&d->dp);
}

static int create_main_loop(struct culvertd *d)
{
	d->main_loop = main_loop_create(&d->dp);
	return d->main_loop ? 0 : -ENOMEM;
}

static void destroy_main_loop(struct culvertd *d)
{
	main_loop_destroy(d->main_loop);
}

static void stop_workers(struct culvertd *d)
{
	atomic_store(&d->dp.stop, true);
	for (unsigned i = 0; i < d->dp.n_workers; i++)
		plane_bell_ring(d->dp.bell_workers[i]);
	rte_eal_mp_wait_lcore();
}

static int start_workers(struct culvertd *d)
{
	for (unsigned i = 0; i < d->dp.n_workers; i++) {
		int rc = rte_eal_remote_launch(worker_loop, d->dp.workers[i],
					       EAL_FIRST_WORKER_LCORE + i);

		if (rc) {
			log_error("worker %u does not start: %s", i, strerror(-rc));
			stop_workers(d);
			return rc;
		}
	}
	return 0;
}

static int start_iked(struct culvertd *d)
{
	int rc = supervisor_init(&d->supervisor, &d->dp, &d->user, d->run_dir.path);

	return rc ? rc : supervisor_start(&d->supervisor);
}

static bool datagrams_wait(const struct culvertd *d)
{
	for (unsigned i = 0; i < d->dp.n_workers; i++)
		if (!plane_ring_is_empty(d->plane.datagrams_down[i]))
			return true;
	return false;
}

/* One round of the main thread, then a sleep of at most that long, less when something rings. */
static void turn(struct culvertd *d, uint32_t most_ms)
{
	uint32_t wait_ms = main_loop_once(d->main_loop);
	struct pollfd fds[] = {
		{.fd = d->dp.bell_main, .events = POLLIN},
		{.fd = d->signals, .events = POLLIN},
	};

	poll(fds, array_len(fds), (int)RTE_MIN(wait_ms, most_ms));
}

/* The data plane goes on meanwhile: the DELETEs have to leave. */
static void stop_iked(struct culvertd *d)
{
	struct signalfd_siginfo ignored;
	uint64_t until = clock_now_ms() + GOODBYE_MS;

	supervisor_signal(&d->supervisor, SIGTERM);
	while (!supervisor_reap(&d->supervisor)) {
		if (clock_now_ms() >= until) {
			log_warning("culvert-iked does not end: killed");
			supervisor_signal(&d->supervisor, SIGKILL);
			until = UINT64_MAX;
		}
		turn(d, 50);
		while (read(d->signals, &ignored, sizeof(ignored)) > 0)
			;
	}
	until = clock_now_ms() + DRAIN_MS;
	while (datagrams_wait(d) && clock_now_ms() < until)
		turn(d, 1);
	/* and once more around, for a packet that had to wait for its neighbour or its worker */
	turn(d, 10);
	turn(d, 10);
}

static const struct stage {
	int (*start)(struct culvertd *d);
	void (*stop)(struct culvertd *d); /* NULL: nothing to undo */
} stages[] = {
	{open_run_dir, close_run_dir},
	{reduce_privileges, NULL},
	{catch_signals, NULL},
	{start_eal, stop_eal},
	{create_plane, destroy_plane},
	{create_pool, destroy_pool},
	{open_ports, close_ports},
	{create_dataplane, destroy_dataplane},
	{create_main_loop, destroy_main_loop},
	{start_workers, stop_workers},
	{start_iked, stop_iked},
};

/* Whether a signal asks us to end. */
static bool told_to_end(struct culvertd *d)
{
	struct signalfd_siginfo info;
	bool end = false;

	while (read(d->signals, &info, sizeof(info)) == sizeof(info))
		end |= info.ssi_signo != SIGCHLD;
	return end;
}

static int serve(struct culvertd *d)
{
	size_t started = 0;
	int rc = 0;

	while (started < array_len(stages) && rc == 0) {
		rc = stages[started].start(d);
		started += rc == 0;
	}
	if (rc == 0)
		log_notice("running: interfaces %u, workers %u", d->dp.n_ports, d->dp.n_workers);
	while (rc == 0 && !told_to_end(d))
		turn(d, supervisor_run(&d->supervisor));
	while (started--)
		if (stages[started].stop)
			stages[started].stop(d);
	return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	static struct culvertd d; /* large: ports and statistics of every worker */
	int status = options_parse(&d.options, argc, argv);

	if (status >= 0)
		return status;
	log_init("culvertd", LOG_LEVEL_NOTICE);
	if (startup_config_load(&d.config, d.options.config))
		return EXIT_FAILURE;
	status = EXIT_SUCCESS;
	if (!d.options.check) {
		/* `write memory` must find the file again, whatever the working directory */
		if (!realpath(d.options.config, d.config_path) || privileges_check(&d.user))
			status = EXIT_FAILURE;
		else
			status = serve(&d);
	}
	config_model_fini(&d.config);
	return status;
}
