/* SPDX-License-Identifier: BSD-3-Clause */
/* The report of the cases in process: a table, or JSON. */
#pragma once

#include "app/stress_run.h"

#include <jansson.h>

#include <stdio.h>

void stress_print_table(const struct stress_report *r, FILE *out);
/* To the file of the options. 0, or -1 with the sentence printed. */
int must_check stress_print_page(const struct stress_report *r);
/* Owned by the caller; NULL without memory. */
json_t *stress_print_json(const struct stress_report *r);
