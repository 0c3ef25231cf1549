/* SPDX-License-Identifier: BSD-3-Clause */
/* The configuration file as culvertd reads it: whole, validated, every fault printed. */
#pragma once

#include "lib/base/compat.h"
#include "lib/config/config_model.h"

/*
 * Reads and validates the file and prints its faults to standard error, "FILE:LINE: error: text".
 * 0 and a configuration to be freed with config_model_fini(), or -errno: nothing to free.
 */
int must_check startup_config_load(struct config *config, const char *path);
