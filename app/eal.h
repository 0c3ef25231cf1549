/* SPDX-License-Identifier: BSD-3-Clause */
/* The DPDK environment: its arguments from the `platform` block, and which core does what. */
#pragma once

#include "lib/base/compat.h"
#include "lib/config/config_model.h"

enum {
	EAL_MAIN_LCORE = 0,
	EAL_FIRST_WORKER_LCORE = 1
};

/* Workers this configuration wants: its worker cores, or one. */
unsigned eal_workers(const struct config *config);
/* Worker i runs on EAL lcore EAL_FIRST_WORKER_LCORE + i. 0, or -errno with a logged sentence. */
int must_check eal_start(const struct config *config, const char *run_dir);
/* Ends the environment and removes its files in run_dir. */
void eal_stop(const char *run_dir);
