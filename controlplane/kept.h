/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The configuration in force, kept in the memory file for the next culvert-iked
 * (lib/plane/plane_kept.h): one that dies, or is started again, takes nothing back that was
 * configured and not saved yet. A configuration with which the process has died KEPT_LOADS_MAX
 * times within KEPT_LIVED_MS is not tried again: the file is, which culvertd has checked.
 */
#pragma once

#include "controlplane/control.h"

enum {
	KEPT_LOADS_MAX = 3,
	KEPT_LIVED_MS = 30000,
	KEPT_DELAY_MS = 100, /* lines that come together are kept together */
};

/*
 * Loads it: 0; -ENOENT when there is none, or none to be tried again; -ENOMEM. Then *out is empty.
 */
int must_check kept_load(const struct plane *plane, struct config *out);
/* The configuration in force is another one. */
void kept_touch(struct control *c);
/* Keeps it now. */
void kept_write(struct control *c);
/* The next start reads the file. */
void kept_forget(struct control *c);
/* Each turn. Returns the clock_now_ms() it wants to run again, UINT64_MAX for never. */
uint64_t kept_turn(struct control *c, uint64_t now_ms);
