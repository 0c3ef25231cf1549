/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The replay window as something that can be put to the test: ours, or a mutant with one mistake.
 * The differential test must agree with the first and disagree with every other, or it proves
 * nothing (hostile.md H140).
 */
#pragma once

#include "lib/esp/replay.h"

enum subject_shows {
	SUBJECT_ANYWHERE,
	SUBJECT_WITH_ESN,
	SUBJECT_WITHOUT_ESN, /* with it the ICV refuses what the window would wrongly accept */
};

struct subject {
	const char *name;
	enum replay_verdict (*check)(struct replay *r, uint64_t seq);
	void (*update)(struct replay *r, uint64_t seq);
	uint64_t (*guess)(const struct replay *r, uint32_t seq_low);
	enum subject_shows shows; /* the mistake */
};

extern const struct subject replay_subject_ours;
extern const struct subject replay_subject_mutants[];
extern const unsigned replay_subject_n_mutants;
