/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Carries bytes between a terminal in raw mode and a socket, so that libcli, made for sockets, runs
 * on the user's terminal. One thread, which also takes SIGTERM and SIGHUP: they end the input, so
 * that the program leaves by the usual way and the terminal as it was. So does the time during
 * which keys are waited for and none comes.
 */
#pragma once

#include "lib/base/compat.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <termios.h>

struct pump {
	int tty;
	int socket;  /* our end; the other is the caller's */
	int signals; /* signalfd */
	/* when it is over for want of a key, in the time of clock_now_ms(); 0 = never */
	_Atomic uint64_t until_ms;
	_Atomic uint64_t idle_ms;
	struct termios before;
	sigset_t mask_before;
	pthread_t thread;
};

/* Starts; *socket is the end for libcli, which the caller closes. 0 or -errno. */
int must_check pump_start(struct pump *pump, int tty, int *socket);
/*
 * Keys are waited for from now on, at most so many milliseconds for each; 0: not waited for. To be
 * said before the prompt is printed, which is when the thread looks.
 */
void pump_wait(struct pump *pump, uint64_t idle_ms);
/*
 * Waits until everything written to the socket is on the terminal, then restores the terminal. A
 * signal that ended the input ends the program now.
 */
void pump_stop(struct pump *pump);
