/* SPDX-License-Identifier: BSD-3-Clause */
/* The report of a middle box: a table, or JSON. */
#pragma once

#include "app/stress_wire.h"

#include <jansson.h>

#include <stdio.h>

void stress_wire_print_table(const struct stress_wire_result *r, FILE *out);
/* To the file of the options. 0, or -1 with the sentence printed. */
int must_check stress_wire_print_page(const struct stress_wire_result *r);
/* Owned by the caller; NULL without memory. */
json_t *stress_wire_print_json(const struct stress_wire_result *r);
/* Whether every receiver that was asked counts what its flow must cost. */
bool stress_wire_print_agrees(const struct stress_wire_result *r);
