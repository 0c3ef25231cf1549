/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Carries bytes between a terminal in raw mode and a socket, so that libcli, made for sockets, runs
 * on the user's terminal. One thread, which also takes SIGTERM and SIGHUP: they end the input, so
 * that the program leaves by the usual way and the terminal as it was.
 */
#pragma once

#include "lib/base/compat.h"

#include <pthread.h>
#include <signal.h>
#include <termios.h>

struct pump {
	int tty;
	int socket;  /* our end; the other is the caller's */
	int signals; /* signalfd */
	struct termios before;
	sigset_t mask_before;
	pthread_t thread;
};

/* Starts; *socket is the end for libcli, which the caller closes. 0 or -errno. */
int must_check pump_start(struct pump *pump, int tty, int *socket);
/*
 * Waits until everything written to the socket is on the terminal, then restores the terminal. A
 * signal that ended the input ends the program now.
 */
void pump_stop(struct pump *pump);
