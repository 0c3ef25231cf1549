/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/stress_options.h"

#include "app/stress_case.h"
#include "app/stress_number.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
	"Usage: culvert-stress [OPTION]...\n"
	"       culvert-stress wire [OPTION]... LEFT RIGHT\n"
	"\n"
	"Puts streams of ESP with loss, duplicates, reordering, replays, forged packets, jumps "
	"and\n"
	"wraps of the sequence number through the replay window, and through the whole inbound\n"
	"path, and compares each verdict with that of an oracle. Exit status 1 when one differs.\n"
	"The second form is a middle box between two gateways: culvert-stress wire --help.\n"
	"  -s, --stream NAME       only this stream; --list names them\n"
	"  -r, --receiver WHICH    window (alone) or path (whole); default both\n"
	"  -w, --window W          only this window: 64, 128 ... 65536, or 0 for none\n"
	"  -e, --esn on|off        only with, or without extended sequence numbers\n"
	"  -t, --transform T       only esp-gcm, \"esp-aes esp-sha-hmac\" or\n"
	"                          \"esp-null esp-sha256-hmac\"\n"
	"  -n, --packets N         packets of each SA in each case, 1 to 1000000000\n"
	"  -S, --seed N            for the same again (default 1)\n"
	"  -m, --mutant NAME       put a known mistake into the window or the oracle, to see it\n"
	"                          found; --list names them\n"
	"  -l, --list              list streams and mutants\n"
	"  -j, --json              print JSON\n"
	"      --html FILE         write a page with plots\n"
	"  -V, --version           print the version\n"
	"  -h, --help              print this\n";

enum {
	HTML = 256
};

static const struct option long_options[] = {
	{"html", required_argument, NULL, HTML},    {"stream", required_argument, NULL, 's'},
	{"receiver", required_argument, NULL, 'r'}, {"window", required_argument, NULL, 'w'},
	{"esn", required_argument, NULL, 'e'},	    {"transform", required_argument, NULL, 't'},
	{"packets", required_argument, NULL, 'n'},  {"seed", required_argument, NULL, 'S'},
	{"mutant", required_argument, NULL, 'm'},   {"list", no_argument, NULL, 'l'},
	{"json", no_argument, NULL, 'j'},	    {"version", no_argument, NULL, 'V'},
	{"help", no_argument, NULL, 'h'},	    {NULL, 0, NULL, 0},
};

static const struct stress_number numbers[] = {
	{'n', "packets", STRESS_NUMBER_U64, offsetof(struct stress_options, packets), 1, 1e9,
	 "packets"},
	{'S', "seed", STRESS_NUMBER_U64, offsetof(struct stress_options, seed), 0, 1e18,
	 "as a seed"},
};

static const struct {
	const char *name;
	const char *text;
} oracle_mutants[STRESS_ORACLE_BUGS] = {
	[STRESS_ORACLE_WIDE] = {"oracle-edge", "one number too many at the bottom"},
	[STRESS_ORACLE_DEAF] = {"oracle-deaf", "forgets the lower half of the window"},
};

static void list(void)
{
	const struct stress_stream *s;

	puts("Streams:");
	for (unsigned i = 0; (s = stress_stream_at(i)); i++)
		printf("  %-17s %s\n", s->name, s->text);
	puts("Mutants of the window (which run with --receiver window):");
	for (unsigned i = 1; i < STRESS_BUGS; i++)
		printf("  %-17s %s\n", stress_window_bug_name(i), stress_window_bug_text(i));
	puts("Mutants of the oracle:");
	for (unsigned i = 1; i < STRESS_ORACLE_BUGS; i++)
		printf("  %-17s %s\n", oracle_mutants[i].name, oracle_mutants[i].text);
}

static int refuse(const char *option, const char *text, const char *range)
{
	fprintf(stderr, "culvert-stress: --%s: \"%s\" is not %s\n", option, text, range);
	return 2;
}

static int parse_mutant(struct stress_options *o, const char *text)
{
	for (unsigned i = 1; i < STRESS_BUGS; i++)
		if (strcmp(text, stress_window_bug_name(i)) == 0) {
			o->bug = i;
			o->receivers = STRESS_WINDOW_ALONE;
			o->mutant = text;
			return -1;
		}
	for (unsigned i = 1; i < STRESS_ORACLE_BUGS; i++)
		if (strcmp(text, oracle_mutants[i].name) == 0) {
			o->oracle_bug = i;
			o->mutant = text;
			return -1;
		}
	return refuse("mutant", text, "the name of one: see --list");
}

static int parse_esn(struct stress_options *o, const char *text)
{
	o->esn = strcmp(text, "on") == 0;
	return o->esn || strcmp(text, "off") == 0 ? -1 : refuse("esn", text, "on or off");
}

static int parse_receiver(struct stress_options *o, const char *text)
{
	o->receivers = strcmp(text, "path") == 0 ? STRESS_WHOLE_PATH : STRESS_WINDOW_ALONE;
	if (o->receivers == STRESS_WHOLE_PATH || strcmp(text, "window") == 0)
		return -1;
	return refuse("receiver", text, "window or path");
}

static int parse_suite(struct stress_options *o, const char *text)
{
	for (o->suite = 0; o->suite < STRESS_SUITES; o->suite++)
		if (strcmp(text, stress_case_suite_name((unsigned)o->suite)) == 0)
			return -1;
	return refuse("transform", text,
		      "esp-gcm, \"esp-aes esp-sha-hmac\" or \"esp-null esp-sha256-hmac\"");
}

static int parse_one(struct stress_options *o, int opt)
{
	switch (opt) {
	case 's':
		o->stream = stress_stream_find(optarg);
		return o->stream ? -1 : refuse("stream", optarg, "the name of one: see --list");
	case 'r': return parse_receiver(o, optarg);
	case 'w': o->one_window = true; return stress_number_window(optarg, &o->window) ? -1 : 2;
	case 'e': return parse_esn(o, optarg);
	case 't': return parse_suite(o, optarg);
	case 'm': return parse_mutant(o, optarg);
	case 'l': list(); return 0;
	case 'j': o->json = true; return -1;
	case HTML: o->html = optarg; return -1;
	case 'V': puts("culvert-stress " CULVERT_VERSION); return 0;
	case 'h': fputs(usage, stdout); return 0;
	case '?': return 2;
	default: return stress_number_parse(numbers, array_len(numbers), opt, optarg, o);
	}
}

int stress_options_parse(struct stress_options *o, int argc, char **argv)
{
	int opt, rc = -1;

	*o = (struct stress_options){
		.receivers = STRESS_WINDOW_ALONE | STRESS_WHOLE_PATH,
		.esn = -1,
		.suite = -1,
		.seed = 1,
	};
	while (rc < 0 &&
	       (opt = getopt_long(argc, argv, "s:r:w:e:t:n:S:m:ljVh", long_options, NULL)) != -1)
		rc = parse_one(o, opt);
	if (rc < 0 && optind < argc) {
		fprintf(stderr, "culvert-stress: unexpected \"%s\"; see --help\n", argv[optind]);
		return 2;
	}
	if (rc < 0 && o->esn == 1 && o->one_window && !o->window) {
		fprintf(stderr, "culvert-stress: --esn: there are no extended numbers without a "
				"window (RFC 4303 section 3.3.3): give --window 64 or more\n");
		return 2;
	}
	return rc;
}
