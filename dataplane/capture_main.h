/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is captured, as the control plane says it step by step: built beside what runs, published
 * whole, retired when no worker looks at it any more. Main thread.
 */
#pragma once

#include "dataplane/capture.h"

struct capture_main {
	struct capture *draft; /* begun and not committed, or NULL */
	struct capture *retired;
	bool refused; /* some step of the draft */
};

/*
 * Port is that of the step's interface, CAPTURE_ALL_PORTS, or -errno. 0, or -errno: -EPROTO for
 * what is out of order or follows a refusal, -ENODEV, -EINVAL, -E2BIG, -ENOMEM; then what runs
 * stays.
 */
int must_check capture_main_step(struct capture_main *c, struct dataplane *dp,
				 const struct plane_capture *step, int port);
/* Frees what every worker has let go of. */
void capture_main_reclaim(struct capture_main *c, const struct dataplane *dp);
/* Frees all; the workers have ended or capture nothing. */
void capture_main_fini(struct capture_main *c, struct dataplane *dp);
