/* SPDX-License-Identifier: BSD-3-Clause */
/* The command line of `culvert-stress wire`. */
#pragma once

#include "app/stress_wire.h"

/* argv[0] is the word `wire`. -1 to go on, else the exit status; what is wrong has been said. */
int must_check stress_wire_options_parse(struct stress_wire_options *o, int argc, char **argv);
/* "uniform" ... of enum stress_model. */
const char *stress_wire_options_model(enum stress_model model);
