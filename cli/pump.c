/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/pump.h"

#include "cli/keys.h"
#include "lib/base/clock.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	CHUNK = 512
};

/* What was typed and libcli has not taken yet. */
struct typed {
	struct keys keys;
	char data[CHUNK * KEYS_GROWTH];
	size_t len;
};

static int set_raw(struct pump *p)
{
	struct termios raw;

	if (tcgetattr(p->tty, &p->before))
		return -errno;
	raw = p->before;
	/* Output processing stays: "\n" is a new line for what we print. */
	raw.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR | IXON | ISTRIP | BRKINT);
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	return tcsetattr(p->tty, TCSADRAIN, &raw) ? -errno : 0;
}

static bool copy_out(struct pump *p)
{
	char data[4096];
	ssize_t n = read(p->socket, data, sizeof(data));
	char *at = data;

	while (n > 0) {
		ssize_t written = write(p->tty, at, (size_t)n);

		if (written < 0 && errno != EINTR)
			return false;
		if (written > 0) {
			at += written;
			n -= written;
		}
		if (n == 0)
			return true;
	}
	return n < 0 && errno == EINTR;
}

static void end_input(struct pump *p, struct pollfd *polled)
{
	shutdown(p->socket, SHUT_WR);
	polled[0].fd = -1;
	polled[2].fd = -1;
}

void pump_wait(struct pump *pump, uint64_t idle_ms)
{
	atomic_store(&pump->idle_ms, idle_ms);
	atomic_store(&pump->until_ms, idle_ms ? clock_now_ms() + idle_ms : 0);
}

/* Milliseconds until nobody seems to sit there any more, for poll(); -1 = for ever. */
static int patience(const struct pump *p)
{
	uint64_t until = atomic_load(&p->until_ms), now = clock_now_ms();

	if (!until)
		return -1;
	return until <= now ? 0 : (int)(until - now < INT_MAX ? until - now : INT_MAX);
}

static void expire(struct pump *p, struct pollfd *polled)
{
	static const char text[] = "\n***\n*** Line timeout expired\n***\n";
	ssize_t n = write(p->tty, text, sizeof(text) - 1);

	(void)n; /* it ends with or without */
	atomic_store(&p->until_ms, 0);
	end_input(p, polled);
}

static void read_keys(struct pump *p, struct typed *t, struct pollfd *polled)
{
	char data[CHUNK];
	ssize_t n = read(p->tty, data, sizeof(data));

	if (n > 0 && atomic_load(&p->until_ms))
		pump_wait(p, atomic_load(&p->idle_ms));
	if (n > 0)
		t->len = keys_translate(&t->keys, data, (size_t)n, t->data);
	else if (n == 0 || errno != EINTR)
		end_input(p, polled);
}

static void send_keys(struct pump *p, struct typed *t)
{
	ssize_t n = send(p->socket, t->data, t->len, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0 && errno != EAGAIN && errno != EINTR)
		n = (ssize_t)t->len; /* libcli has gone: nobody wants them */
	if (n > 0) {
		t->len -= (size_t)n;
		memmove(t->data, t->data + n, t->len);
	}
}

/* Output always flows; keys are read only when the last ones were taken, so nobody can block. */
static void *run(void *arg)
{
	struct pump *p = arg;
	struct typed t = {.len = 0};
	struct pollfd polled[] = {{.fd = p->tty, .events = POLLIN},
				  {.fd = p->socket, .events = POLLIN},
				  {.fd = p->signals, .events = POLLIN}};

	for (;;) {
		polled[0].events = t.len ? 0 : POLLIN;
		polled[1].events = t.len ? POLLIN | POLLOUT : POLLIN;
		if (poll(polled, array_len(polled), patience(p)) < 0 && errno != EINTR)
			return NULL;
		if (polled[1].revents & (POLLIN | POLLHUP | POLLERR) && !copy_out(p))
			return NULL;
		if (polled[1].revents & POLLOUT && t.len)
			send_keys(p, &t);
		if (polled[2].revents)
			end_input(p, polled);
		else if (polled[0].revents && !t.len)
			read_keys(p, &t, polled);
		else if (patience(p) == 0)
			expire(p, polled);
	}
}

int pump_start(struct pump *pump, int tty, int *socket)
{
	sigset_t signals;
	int fd[2], rc;

	*pump = (struct pump){.tty = tty};
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	pump->signals = signalfd(-1, &signals, SFD_CLOEXEC);
	if (pump->signals < 0)
		return -errno;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd)) {
		rc = -errno;
		goto err_signals;
	}
	pump->socket = fd[0];
	rc = set_raw(pump);
	if (rc)
		goto err_sockets;
	pthread_sigmask(SIG_BLOCK, &signals, &pump->mask_before);
	rc = -pthread_create(&pump->thread, NULL, run, pump);
	if (rc)
		goto err_raw;
	*socket = fd[1];
	return 0;

err_raw:
	pthread_sigmask(SIG_SETMASK, &pump->mask_before, NULL);
	tcsetattr(tty, TCSADRAIN, &pump->before);
err_sockets:
	close(fd[0]);
	close(fd[1]);
err_signals:
	close(pump->signals);
	return rc;
}

void pump_stop(struct pump *pump)
{
	pthread_join(pump->thread, NULL);
	tcsetattr(pump->tty, TCSADRAIN, &pump->before);
	close(pump->socket);
	close(pump->signals);
	/* The signal that ended the input, if one did, takes effect here. */
	pthread_sigmask(SIG_SETMASK, &pump->mask_before, NULL);
}
