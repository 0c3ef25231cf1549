/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * culvert-stress: what loss, duplication, reordering, replay and forgery do to a tunnel: on the wire
 * as a middle box.
 */
#include "app/stress_wire.h"
#include "app/stress_wire_options.h"
#include "app/stress_wire_print.h"

#include <stdio.h>
#include <string.h>

static int run_wire(int argc, char **argv)
{
	static struct stress_wire_result result;
	struct stress_wire_options o;
	int rc = stress_wire_options_parse(&o, argc, argv);
	json_t *json;

	if (rc >= 0)
		return rc;
	rc = stress_wire_run(&o, &result) ? 2 : 0;
	if (rc == 0 && o.json) {
		json = stress_wire_print_json(&result);
		json_dumpf(json, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
		putchar('\n');
		json_decref(json);
	} else if (rc == 0) {
		stress_wire_print_table(&result);
	}
	if (rc == 0 && !stress_wire_print_agrees(&result))
		rc = 1;
	stress_wire_fini(&result);
	return rc;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "wire") == 0)
		return run_wire(argc - 1, argv + 1);
	fprintf(stderr,
		"Usage: culvert-stress wire [OPTION]... LEFT RIGHT; see culvert-stress wire "
		"--help\n");
	return 2;
}
