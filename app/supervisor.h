/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Keeps culvert-iked alive: starts it with the descriptors of lib/plane/plane_layout.h at their
 * fixed numbers, as a user without rights, in the run directory; starts it again when it ends,
 * waiting longer each time it ends soon.
 */
#pragma once

#include "app/privileges.h"
#include "dataplane/dataplane.h"
#include "lib/base/compat.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct supervisor {
	const struct dataplane *dp;
	struct privileges user;
	char program[4096]; /* $CULVERT_IKED, or beside our own binary */
	char run_dir[256];
	pid_t pid; /* 0 = not running */
	uint64_t started_ms;
	uint64_t restart_ms; /* when to start it again; 0 = no */
	uint32_t wait_ms;
};

/* Finds the program. 0, or -ENOENT with a logged sentence. */
int must_check supervisor_init(struct supervisor *s, const struct dataplane *dp,
			       const struct privileges *user, const char *run_dir);
/* 0, or -errno with a logged sentence. */
int must_check supervisor_start(struct supervisor *s);
/*
 * Notices its end and starts it when it is time. Returns milliseconds until it wants to run again.
 */
uint32_t supervisor_run(struct supervisor *s);
/* Sends it a signal, if there is one to send it to. */
void supervisor_signal(const struct supervisor *s, int number);
/* Notices its end without starting it again. True when it has gone. */
bool supervisor_reap(struct supervisor *s);
