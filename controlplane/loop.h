/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The event loop of culvert-iked: one libuv loop that sleeps until the doorbell, the API socket, a
 * finished job, a signal or the next timer, and then runs one turn of the control plane. Everything
 * happens on its thread but the work of jobs. Knows nothing of what a turn does.
 */
#pragma once

#include "lib/base/compat.h"

#include <uv.h>

#include <stdint.h>

struct loop_handlers {
	void *ctx;
	/*
	 * Does whatever is due; returns the clock_now_ms() of the next time, UINT64_MAX for never.
	 */
	uint64_t (*turn)(void *ctx);
	/* SIGTERM or SIGINT: finish and call loop_stop(). */
	void (*terminate)(void *ctx);
};

struct loop {
	uv_loop_t uv;
	uv_poll_t bell;
	uv_check_t check;
	uv_timer_t timer;
	uv_idle_t idle;
	uv_signal_t signals[2];
	struct loop_handlers handlers;
	unsigned n_jobs; /* under way on other threads */
};

/* Watches the bell (an eventfd). 0 or -errno, logged. */
int must_check loop_init(struct loop *l, int bell, const struct loop_handlers *handlers);
/* Closes every handle of the loop, also those others put on it, and waits for jobs. */
void loop_fini(struct loop *l);
/* Until loop_stop(). */
void loop_run(struct loop *l);
void loop_stop(struct loop *l);
/* work(arg) on another thread, then done(arg) on this one. 0 or -errno (then neither runs). */
int must_check loop_job(struct loop *l, void (*work)(void *arg), void (*done)(void *arg),
			void *arg);
