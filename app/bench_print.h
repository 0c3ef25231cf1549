/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows of culvert-bench as a table or as JSON, with the machine they were measured on. */
#pragma once

#include "app/bench.h"

#include <jansson.h>

/* What everything was measured on: an object the caller owns. */
json_t *bench_print_machine(bool hugepages, unsigned repetitions);
/* One row, owned by the caller. */
json_t *bench_print_row(const struct bench_case *c, const struct bench_result *r);

void bench_print_table_head(const json_t *machine);
void bench_print_table_row(const struct bench_case *c, const struct bench_result *r);
