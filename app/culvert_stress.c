/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * culvert-stress: what loss, duplication, reordering, replay and forgery do to a tunnel: in process
 * beside an oracle, or on the wire as a middle box.
 */
#include "app/stress_options.h"
#include "app/stress_print.h"
#include "app/stress_run.h"
#include "app/stress_wire.h"
#include "app/stress_wire_options.h"
#include "app/stress_wire_print.h"
#include "lib/base/log.h"

#include <stdio.h>
#include <string.h>

static void print_json(json_t *json)
{
	json_dumpf(json, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
	putchar('\n');
	json_decref(json);
}

static int run_wire(int argc, char **argv)
{
	static struct stress_wire_result result;
	struct stress_wire_options o;
	int rc = stress_wire_options_parse(&o, argc, argv);

	if (rc >= 0)
		return rc;
	rc = stress_wire_run(&o, &result) ? 2 : 0;
	if (rc == 0 && o.json)
		print_json(stress_wire_print_json(&result));
	else if (rc == 0)
		stress_wire_print_table(&result, stdout);
	if (rc == 0 && o.html)
		rc = stress_wire_print_page(&result) ? 2 : 0;
	if (rc == 0 && !stress_wire_print_agrees(&result))
		rc = 1;
	stress_wire_fini(&result);
	return rc;
}

static int run_in_process(int argc, char **argv)
{
	static struct stress_report report;
	struct stress_options o;
	int rc = stress_options_parse(&o, argc, argv);

	if (rc >= 0)
		return rc;
	log_init("culvert-stress", LOG_LEVEL_WARNING);
	if (stress_run(&o, &report))
		return 2;
	if (o.json)
		print_json(stress_print_json(&report));
	else
		stress_print_table(&report, stdout);
	if (o.html && (stress_run_sweep(&report) || stress_print_page(&report)))
		return 2;
	return report.disagreements ? 1 : 0;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "wire") == 0)
		return run_wire(argc - 1, argv + 1);
	return run_in_process(argc, argv);
}
