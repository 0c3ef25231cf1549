/* SPDX-License-Identifier: BSD-3-Clause */
/* What the parts of culvert-stress share: what became of a packet, and the windows there are. */
#pragma once

#include "lib/base/compat.h"
#include "lib/esp/replay.h"

#include <stdint.h>

enum stress_verdict {
	STRESS_ACCEPTED,
	STRESS_LATE,  /* below the window */
	STRESS_SEEN,  /* in the window, received before */
	STRESS_AUTH,  /* wrong ICV */
	STRESS_ZERO,  /* number zero */
	STRESS_NO_SA, /* its SA is gone */
	STRESS_OTHER, /* anything else: never expected */
	STRESS_VERDICTS,
};

enum {
	STRESS_WINDOWS = 11 /* 64, 128 ... 65536 */
};

/* The i-th of them. */
static inline uint32_t stress_window_at(unsigned i)
{
	return (uint32_t)REPLAY_MIN << i;
}

/* "accepted", "late" ... */
static inline const char *stress_verdict_name(enum stress_verdict v)
{
	static const char *const names[STRESS_VERDICTS] = {
		"accepted", "late", "seen", "auth", "seq0", "no_sa", "other",
	};

	return names[v];
}

/* What a window says, in these terms. */
static inline enum stress_verdict stress_verdict_of(enum replay_verdict v)
{
	static const enum stress_verdict map[] = {
		[REPLAY_OK] = STRESS_ACCEPTED,
		[REPLAY_ZERO] = STRESS_ZERO,
		[REPLAY_LATE] = STRESS_LATE,
		[REPLAY_SEEN] = STRESS_SEEN,
	};

	return map[v];
}
