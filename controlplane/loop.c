/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/loop.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

struct loop_work {
	uv_work_t req;
	struct loop *loop;
	void (*work)(void *arg);
	void (*done)(void *arg);
	void *arg;
};

static void on_idle(uv_idle_t *idle)
{
	(void)idle;
}

/*
 * The check handle runs the turn. libuv runs a timer that is due already in front of its sleep, and
 * without another one would sleep for ever then: an idle handle keeps it from sleeping.
 */
static void on_timer(uv_timer_t *timer)
{
	struct loop *l = timer->data;

	uv_idle_start(&l->idle, on_idle);
}

static void on_bell(uv_poll_t *bell, int status, int events)
{
	(void)bell;
	(void)status;
	(void)events;
}

static void on_signal(uv_signal_t *signal, int number)
{
	struct loop *l = signal->data;

	(void)number;
	l->handlers.terminate(l->handlers.ctx);
}

static void on_check(uv_check_t *check)
{
	struct loop *l = check->data;
	uint64_t next, now;

	uv_idle_stop(&l->idle);
	next = l->handlers.turn(l->handlers.ctx);

	if (next == UINT64_MAX) {
		uv_timer_stop(&l->timer);
		return;
	}
	now = clock_now_ms();
	uv_update_time(&l->uv);
	uv_timer_start(&l->timer, on_timer, next > now ? next - now : 0, 0);
}

int loop_init(struct loop *l, int bell, const struct loop_handlers *handlers)
{
	static const int numbers[] = {SIGTERM, SIGINT};
	int err;

	*l = (struct loop){.handlers = *handlers};
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	err = uv_loop_init(&l->uv);
	if (err < 0) {
		log_error("event loop: %s", uv_strerror(err));
		return err;
	}
	uv_check_init(&l->uv, &l->check);
	uv_timer_init(&l->uv, &l->timer);
	uv_idle_init(&l->uv, &l->idle);
	l->check.data = l;
	l->timer.data = l;
	uv_check_start(&l->check, on_check);
	for (size_t i = 0; i < array_len(numbers); i++) {
		uv_signal_init(&l->uv, &l->signals[i]);
		l->signals[i].data = l;
		uv_signal_start(&l->signals[i], on_signal, numbers[i]);
	}
	err = uv_poll_init(&l->uv, &l->bell, bell);
	if (err == 0)
		err = uv_poll_start(&l->bell, UV_READABLE, on_bell);
	if (err < 0) {
		log_error("doorbell: %s", uv_strerror(err));
		loop_fini(l);
		return err;
	}
	uv_timer_start(&l->timer, on_timer, 0, 0);
	return 0;
}

static void close_handle(uv_handle_t *handle, void *arg)
{
	(void)arg;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

void loop_fini(struct loop *l)
{
	uv_check_stop(&l->check);
	uv_walk(&l->uv, close_handle, NULL);
	uv_run(&l->uv, UV_RUN_DEFAULT);
	uv_loop_close(&l->uv);
}

void loop_run(struct loop *l)
{
	uv_run(&l->uv, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *l)
{
	uv_stop(&l->uv);
}

static void on_work(uv_work_t *req)
{
	struct loop_work *w = req->data;

	w->work(w->arg);
}

static void after_work(uv_work_t *req, int status)
{
	struct loop_work *w = req->data;

	(void)status;
	w->loop->n_jobs--;
	w->done(w->arg);
	free(w);
}

int loop_job(struct loop *l, void (*work)(void *arg), void (*done)(void *arg), void *arg)
{
	struct loop_work *w = malloc(sizeof(*w));
	int err;

	if (!w)
		return -ENOMEM;
	*w = (struct loop_work){.loop = l, .work = work, .done = done, .arg = arg};
	w->req.data = w;
	err = uv_queue_work(&l->uv, &w->req, on_work, after_work);
	if (err < 0) {
		free(w);
		return err;
	}
	l->n_jobs++;
	return 0;
}
