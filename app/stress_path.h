/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The inbound path of the real data plane as a receiver: packets go in by a device that is a
 * function, worker_once() carries them, and what comes out by the other device was accepted.
 */
#pragma once

#include "app/stress_case.h"
#include "lib/base/compat.h"

struct stress_path;

/* Once a process, after the DPDK environment. NULL, logged. */
struct stress_path *stress_path_create(void);
void stress_path_destroy(struct stress_path *path);
/* New SAs as the case has them. 0, or -errno, logged. */
int must_check stress_path_begin(struct stress_path *path, const struct stress_case *c,
				 unsigned n_sas);
/* The same case goes on with SA 0 replaced; packets of its generation before find none. */
int must_check stress_path_rekey(struct stress_path *path, const struct stress_case *c);
/*
 * n packets received together. The path counts why it refuses packets, not which: where its counts
 * are those of must, so are its verdicts. 0, or -errno, logged.
 */
int must_check stress_path_judge(struct stress_path *path, const struct stress_packet *p,
				 unsigned n, const enum stress_verdict *must,
				 enum stress_verdict *is);
