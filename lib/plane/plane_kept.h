/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What one culvert-iked leaves for the one after it, in the memory file: culvertd never reads it.
 * Each is written into the half that is not in use and published with one store, so that a
 * process which is killed while it writes leaves the one before. They hold keys: what is out of
 * use is wiped.
 */
#pragma once

#include "lib/base/compat.h"

#include <stddef.h>
#include <stdint.h>

struct plane;

enum {
	PLANE_KEPT_BYTES = 16 << 20 /* of one of them */
};

enum plane_kept_what {
	PLANE_KEPT_RUNNING,  /* the configuration in force */
	PLANE_KEPT_BASELINE, /* the one that comes back unless somebody confirms */
	PLANE_KEPT_VAULT,    /* SAs, as bytes: controlplane/vault.h */
	PLANE_KEPT_COUNT,
};

struct plane_kept_text {
	uint32_t used; /* 0 = none, else 1 + the half */
	uint32_t len[2];
	uint32_t zero;
	uint8_t halves[2][PLANE_KEPT_BYTES];
};

struct plane_kept {
	uint64_t revert_ms;	 /* clock_now_ms() at which the baseline comes back; 0 = not */
	uint32_t revert_minutes; /* as asked for */
	uint32_t loads;		 /* of the running text, since one of them lived well */
	char revert_user[64];
	struct plane_kept_text texts[PLANE_KEPT_COUNT];
};

/* 0, or -EFBIG: then nothing is different. */
int must_check plane_kept_write(const struct plane *plane, enum plane_kept_what what,
				const char *text, size_t len);
/* The text (not ended by a zero) and its length; NULL when there is none. */
const char *plane_kept_read(const struct plane *plane, enum plane_kept_what what, size_t *len);
void plane_kept_forget(const struct plane *plane, enum plane_kept_what what);
