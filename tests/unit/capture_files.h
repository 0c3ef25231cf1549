/* SPDX-License-Identifier: BSD-3-Clause */
/* The captures of tests/fuzz/corpus/fuzz_capture, read, and what is said of them. */
#pragma once

#include "controlplane/diagnose/capture.h"
#include "controlplane/diagnose/capture_file.h"
#include "controlplane/diagnose/diagnose.h"

/* Of that name, from its first frame; c is empty then. */
struct capture_file capture_files_open(struct capture *c, const char *name);
/* All of it, of one pair, tried with that pre-shared key. */
void capture_files_read(struct capture *c, const char *name, const char *key);
/* The only diagnosis from that end, or none. */
struct diagnosis capture_files_judged(struct capture *c, enum capture_side side,
				      enum diagnose_code code);
