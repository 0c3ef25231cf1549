/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A change that somebody has to confirm: unless he does in time, the configuration from before it
 * comes back (`configure replace ... time`, `configure terminal revert timer`). Who has cut himself
 * off with his own change has only to wait. Baseline and time lie in the memory file: neither the
 * end of a shell nor that of culvert-iked stops the clock.
 */
#pragma once

#include "lib/base/compat.h"

#include <stdbool.h>
#include <stdint.h>

struct config;
struct control;

enum {
	ROLLBACK_MINUTES_MAX = 120
};

struct rollback {
	uint64_t due_ms; /* 0 = nothing is to be confirmed */
	bool warned;	 /* of the last minute */
};

/*
 * The configuration in force is the baseline from now on. 0, -EALREADY when there is one, -EFBIG,
 * -ENOMEM.
 */
int must_check rollback_start(struct control *c, unsigned minutes, const char *user);
/* So many minutes from now. 0 or -ENOENT. */
int must_check rollback_extend(struct control *c, unsigned minutes);
/* What is in force stays. 0 or -ENOENT. */
int must_check rollback_confirm(struct control *c, const char *user);
/* The start of a change that was not made after all. */
void rollback_forget(struct control *c);
/* The baseline, 0; -ENOENT when there is none, -ENOMEM; then *out is empty. */
int must_check rollback_baseline(const struct control *c, struct config *out);
/* It comes back now. 0; -ENOENT, or -errno as reconfigure_replace(). */
int must_check rollback_now(struct control *c);
/* Goes on where the process before this one has ended. */
void rollback_resume(struct control *c);
/* Each turn. Returns the clock_now_ms() it wants to run again, UINT64_MAX for never. */
uint64_t rollback_turn(struct control *c, uint64_t now_ms);
