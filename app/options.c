/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/options.h"

#include <getopt.h>
#include <stdio.h>

static const char usage[] =
	"Usage: culvertd --config FILE [--run-dir DIR]\n"
	"       culvertd --check FILE\n"
	"\n"
	"The data plane of culvert; starts culvert-iked and keeps it running.\n"
	"  -c, --config FILE  the configuration; `write memory` writes it back\n"
	"  -d, --run-dir DIR  socket and lock of this instance (default /run/culvert)\n"
	"  -n, --check FILE   read and validate FILE only; exit 0 when it has no error\n"
	"  -V, --version      print the version\n"
	"  -h, --help         print this\n";

static const struct option long_options[] = {
	{"config", required_argument, NULL, 'c'}, {"run-dir", required_argument, NULL, 'd'},
	{"check", required_argument, NULL, 'n'},  {"version", no_argument, NULL, 'V'},
	{"help", no_argument, NULL, 'h'},	  {NULL, 0, NULL, 0},
};

int options_parse(struct options *o, int argc, char **argv)
{
	int opt;

	*o = (struct options){.run_dir = "/run/culvert"};
	while ((opt = getopt_long(argc, argv, "c:d:n:Vh", long_options, NULL)) != -1) {
		switch (opt) {
		case 'c': o->config = optarg; break;
		case 'd': o->run_dir = optarg; break;
		case 'n':
			o->config = optarg;
			o->check = true;
			break;
		case 'V': puts("culvertd " CULVERT_VERSION); return 0;
		case 'h': fputs(usage, stdout); return 0;
		default: return 2;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "culvertd: unexpected \"%s\"; see --help\n", argv[optind]);
		return 2;
	}
	if (!o->config) {
		fprintf(stderr, "culvertd: no configuration given: --config FILE; see --help\n");
		return 2;
	}
	return -1;
}
