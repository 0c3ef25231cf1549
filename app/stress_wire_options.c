/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/stress_wire_options.h"

#include "app/stress_number.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"Usage: culvert-stress wire [OPTION]... LEFT RIGHT\n"
	"\n"
	"A middle box: passes frames between the Linux devices LEFT and RIGHT and impairs the ESP\n"
	"among them (protocol 50, and UDP 4500). Ends on Ctrl-C with a report for each SPI.\n"
	"\n"
	"What it does, in percent of the packets:\n"
	"      --loss P           lose\n"
	"      --duplicate P      send twice\n"
	"      --reorder P        let fall behind, as --model says\n"
	"      --replay P         send an old one behind it, --replay-age packets old\n"
	"      --forge P          send a copy with a wrong ICV before it\n"
	"      --forge-ahead      forged copies have numbers far ahead\n"
	"      --model NAME       uniform (default): by 1 to --distance packets; geometric: by\n"
	"                         --distance in the mean; burst: runs of 16 by --distance;\n"
	"                         two-path: single ones by --distance; qos: packets with a\n"
	"                         --starve DSCP wait for --distance others, or for a gap in a\n"
	"                         bottleneck of --rate\n"
	"      --distance N       0 to 131072 packets (default 100)\n"
	"      --replay-age N     0 to 131072 packets (default 0)\n"
	"      --starve LIST      DSCPs of the starved class, 0 to 63 (default 0)\n"
	"      --rate MBIT        a bottleneck of that many Mbit/s, 1 to 100000\n"
	"      --queue N          packets a class of it holds, 1 to 1000000 (default 1000)\n"
	"      --only DIRECTION   impair only left-to-right or right-to-left\n"
	"      --ike              impair IKE too\n"
	"      --hold MS          send what is held back when nothing else came for so long, 1\n"
	"                         to 10000 (default 50)\n"
	"      --seed N           for the same again (default 1)\n"
	"How long, and what it says:\n"
	"      --duration S       end after so many seconds\n"
	"      --packets N        end after so many ESP packets\n"
	"      --window W         the receivers' window, for the table (default 64)\n"
	"      --esn              numbers have 64 bits\n"
	"      --receiver WHAT    compare with what the receiver counts: culvert:RUN_DIR, or\n"
	"                         xfrm:COMMAND, which prints what `ip -s xfrm state` does\n"
	"      --json             print JSON\n"
	"      --html FILE        write a page with plots\n"
	"  -h, --help             print this\n";

enum {
	LOSS = 256,
	DUPLICATE,
	REORDER,
	REPLAY,
	FORGE,
	FORGE_AHEAD,
	MODEL,
	DISTANCE,
	REPLAY_AGE,
	STARVE,
	RATE,
	QUEUE,
	ONLY,
	IKE,
	HOLD,
	SEED,
	DURATION,
	PACKETS,
	WINDOW,
	ESN,
	RECEIVER,
	JSON,
	HTML,
};

static const struct option long_options[] = {
	{"loss", required_argument, NULL, LOSS},
	{"duplicate", required_argument, NULL, DUPLICATE},
	{"reorder", required_argument, NULL, REORDER},
	{"replay", required_argument, NULL, REPLAY},
	{"forge", required_argument, NULL, FORGE},
	{"forge-ahead", no_argument, NULL, FORGE_AHEAD},
	{"model", required_argument, NULL, MODEL},
	{"distance", required_argument, NULL, DISTANCE},
	{"replay-age", required_argument, NULL, REPLAY_AGE},
	{"starve", required_argument, NULL, STARVE},
	{"rate", required_argument, NULL, RATE},
	{"queue", required_argument, NULL, QUEUE},
	{"only", required_argument, NULL, ONLY},
	{"ike", no_argument, NULL, IKE},
	{"hold", required_argument, NULL, HOLD},
	{"seed", required_argument, NULL, SEED},
	{"duration", required_argument, NULL, DURATION},
	{"packets", required_argument, NULL, PACKETS},
	{"window", required_argument, NULL, WINDOW},
	{"esn", no_argument, NULL, ESN},
	{"receiver", required_argument, NULL, RECEIVER},
	{"json", no_argument, NULL, JSON},
	{"html", required_argument, NULL, HTML},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

#define AT(field) offsetof(struct stress_wire_options, field)

// clang-format off
static const struct stress_number numbers[] = {
	{LOSS, "loss", STRESS_NUMBER_SHARE, AT(what.loss), 0, 100, "percent"},
	{DUPLICATE, "duplicate", STRESS_NUMBER_SHARE, AT(what.duplicate), 0, 100, "percent"},
	{REORDER, "reorder", STRESS_NUMBER_SHARE, AT(what.reorder), 0, 100, "percent"},
	{REPLAY, "replay", STRESS_NUMBER_SHARE, AT(what.replay), 0, 100, "percent"},
	{FORGE, "forge", STRESS_NUMBER_SHARE, AT(what.forge), 0, 100, "percent"},
	{DISTANCE, "distance", STRESS_NUMBER_U32, AT(what.distance), 0, STRESS_DISTANCE_MAX,
	 "packets"},
	{REPLAY_AGE, "replay-age", STRESS_NUMBER_U32, AT(what.replay_age), 0, STRESS_AGE_MAX,
	 "packets"},
	{RATE, "rate", STRESS_NUMBER_U64, AT(rate_bps), 1, 100000, "Mbit/s"},
	{QUEUE, "queue", STRESS_NUMBER_U32, AT(queue), 1, 1000000, "packets"},
	{HOLD, "hold", STRESS_NUMBER_U32, AT(hold_ms), 1, 10000, "ms"},
	{SEED, "seed", STRESS_NUMBER_U64, AT(seed), 0, 1e18, "as a seed"},
	{DURATION, "duration", STRESS_NUMBER_U32, AT(duration_s), 1, 86400, "seconds"},
	{PACKETS, "packets", STRESS_NUMBER_U64, AT(packets), 1, 1e12, "packets"},
};
// clang-format on

static const char *const models[STRESS_MODELS] = {
	[STRESS_UNIFORM] = "uniform", [STRESS_GEOMETRIC] = "geometric",
	[STRESS_RUNS] = "burst",      [STRESS_TWO_PATH] = "two-path",
	[STRESS_QOS] = "qos",
};

const char *stress_wire_options_model(enum stress_model model)
{
	return models[model];
}

static int parse_model(struct stress_wire_options *o, const char *text)
{
	for (unsigned i = 0; i < STRESS_MODELS; i++)
		if (strcmp(text, models[i]) == 0) {
			o->what.model = i;
			return -1;
		}
	fprintf(stderr,
		"culvert-stress: --model: \"%s\" is not uniform, geometric, burst, two-path or "
		"qos\n",
		text);
	return 2;
}

static int parse_only(struct stress_wire_options *o, const char *text)
{
	bool left = strcmp(text, "left-to-right") == 0;

	if (!left && strcmp(text, "right-to-left") != 0) {
		fprintf(stderr,
			"culvert-stress: --only: \"%s\" is not left-to-right or right-to-left\n",
			text);
		return 2;
	}
	o->impaired[left ? STRESS_RIGHT_TO_LEFT : STRESS_LEFT_TO_RIGHT] = false;
	return -1;
}

static int parse_starve(struct stress_wire_options *o, char *text)
{
	o->starved_dscp = 0;
	for (char *word; (word = strsep(&text, ","));) {
		char *end;
		unsigned long dscp = strtoul(word, &end, 10);

		if (word[0] < '0' || word[0] > '9' || *end || dscp > 63) {
			fprintf(stderr,
				"culvert-stress: --starve: \"%s\" is not a DSCP from 0 to 63\n",
				word);
			return 2;
		}
		o->starved_dscp |= 1ull << dscp;
	}
	return -1;
}

static int parse_receiver(struct stress_wire_options *o, const char *text)
{
	o->receiver = text;
	if (stress_receiver_valid(text))
		return -1;
	fprintf(stderr,
		"culvert-stress: --receiver: \"%s\" is not culvert:RUN_DIR or xfrm:COMMAND\n",
		text);
	return 2;
}

static int parse_window(struct stress_wire_options *o, const char *text)
{
	if (!stress_number_window(text, &o->window))
		return 2;
	if (o->window)
		return -1;
	fprintf(stderr, "culvert-stress: --window: without a window nothing is late\n");
	return 2;
}

static int parse_one(struct stress_wire_options *o, int opt)
{
	switch (opt) {
	case FORGE_AHEAD: o->what.forge_ahead = true; return -1;
	case MODEL: return parse_model(o, optarg);
	case STARVE: return parse_starve(o, optarg);
	case ONLY: return parse_only(o, optarg);
	case IKE: o->ike = true; return -1;
	case WINDOW: return parse_window(o, optarg);
	case ESN: o->esn = true; return -1;
	case RECEIVER: return parse_receiver(o, optarg);
	case JSON: o->json = true; return -1;
	case HTML: o->html = optarg; return -1;
	case 'h': fputs(usage, stdout); return 0;
	case '?': return 2;
	default: return stress_number_parse(numbers, array_len(numbers), opt, optarg, o);
	}
}

int stress_wire_options_parse(struct stress_wire_options *o, int argc, char **argv)
{
	static char name[] = "culvert-stress";
	int opt, rc = -1;

	*o = (struct stress_wire_options){
		.impaired = {true, true},
		.what = {.distance = 100},
		.seed = 1,
		.starved_dscp = 1,
		.queue = 1000,
		.hold_ms = 50,
		.window = REPLAY_MIN,
	};
	argv[0] = name; /* for what getopt says */
	while (rc < 0 && (opt = getopt_long(argc, argv, "h", long_options, NULL)) != -1)
		rc = parse_one(o, opt);
	if (rc >= 0)
		return rc;
	if (argc - optind != STRESS_DIRECTIONS) {
		fprintf(stderr, "culvert-stress: wire wants two devices: LEFT RIGHT; see "
				"culvert-stress wire --help\n");
		return 2;
	}
	if (!o->impaired[0] && !o->impaired[1]) {
		fprintf(stderr, "culvert-stress: --only: one direction, not both\n");
		return 2;
	}
	o->rate_bps *= 1000000;
	o->devices[0] = argv[optind];
	o->devices[1] = argv[optind + 1];
	return -1;
}
