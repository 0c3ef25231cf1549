/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The receiver's window as the stress programs use it: the real one of lib/esp/replay.h, or one of
 * the known ways to get it wrong, for finding out whether a mistake would be seen.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/esp/replay.h"

#include <stdbool.h>
#include <stdint.h>

/* Mistakes that implementations were shipped with. */
enum stress_bug {
	STRESS_BUG_NONE, /* the real window */
	STRESS_BUG_EDGE,
	STRESS_BUG_NARROW,
	STRESS_BUG_FORGET,
	STRESS_BUG_KEEP,
	STRESS_BUG_GUESS,
	STRESS_BUG_ONCE,
	STRESS_BUG_UNPROVEN,
	STRESS_BUGS,
};

struct stress_window {
	enum stress_bug bug;
	struct replay r;
};

/* 0 or -ENOMEM. The window must be valid. */
int must_check stress_window_init(struct stress_window *w, enum stress_bug bug, uint32_t window);
void stress_window_fini(struct stress_window *w);

enum replay_verdict stress_window_check(const struct stress_window *w, uint64_t seq);
void stress_window_update(struct stress_window *w, uint64_t seq);
/* The number that 32 bits of it stand for. */
uint64_t stress_window_number(const struct stress_window *w, uint32_t seq_low, bool esn);

/* "edge", and what is wrong with it; NULL for STRESS_BUG_NONE. */
const char *stress_window_bug_name(enum stress_bug bug);
const char *stress_window_bug_text(enum stress_bug bug);
