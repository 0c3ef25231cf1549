/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_options.h"

#include "app/bench_cases.h"
#include "lib/esp/replay.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
	"Usage: culvert-bench [OPTION]...\n"
	"       culvert-bench ike [OPTION]...   negotiations instead, see ike --help\n"
	"\n"
	"Cycles a packet of culvert's data path on one core, beside those of the crypto library\n"
	"alone. Lists with commas give one row for each combination.\n"
	"  -t, --transform LIST  as in a transform set: \"esp-gcm\", \"esp-gcm 256\",\n"
	"                        \"esp-aes esp-sha-hmac\" ..., or all (default esp-gcm)\n"
	"  -d, --direction LIST  out, in or both (default both)\n"
	"  -l, --size LIST       bytes of the inner packet, 64 to 1420, or imix: 64, 594 and\n"
	"                        1420 bytes 7:4:1 (default 64,imix,1420)\n"
	"  -s, --sas LIST        SAs, 1 to 262144 (default 1)\n"
	"  -o, --order LIST      in which they are visited: round-robin or random (default\n"
	"                        random)\n"
	"  -p, --policies LIST   crypto map lines, 1 to 16384; outbound each SA has one, so\n"
	"                        not fewer than SAs (default auto: outbound one an SA, else 1)\n"
	"  -w, --window LIST     replay window: a power of two from 64 to %u, or 0 for none\n"
	"                        (default 1024)\n"
	"      --reorder LIST    inbound: percent of the packets that arrive late, 0 to 100\n"
	"                        (default 0)\n"
	"      --distance LIST   by how many places at most, 1 to 65536 (default 32)\n"
	"      --esn [LIST]      extended sequence numbers: on or off (default off)\n"
	"      --nat-t [LIST]    ESP in UDP: on or off (default off)\n"
	"      --qos [LIST]      a service policy with a priority and a default class on the\n"
	"                        way out: on or off (default off)\n"
	"  -n, --workers LIST    workers, each on a processor of its own, 1 to %u (default 1)\n"
	"      --spread LIST     direct, or handoff: each packet arrives on a worker that does\n"
	"                        not own its SA (default direct)\n"
	"  -b, --burst LIST      packets offered a poll, 8 to 64 (default 32)\n"
	"      --churn LIST      SAs installed and removed a second while packets flow, 1 to\n"
	"                        1000000, or 0 (default 0)\n"
	"      --policy-change   also build a policy of 16384 lines anew while packets flow\n"
	"  -r, --repetitions N   9 to 99 (default 11)\n"
	"      --progress        say on standard error which row is being measured, even when\n"
	"                        that is no terminal\n"
	"  -j, --json            print JSON\n"
	"  -V, --version         print the version\n"
	"  -h, --help            print this\n";

/* Long options without a letter. */
enum {
	OPT_REORDER = 256,
	OPT_DISTANCE,
	OPT_ESN,
	OPT_NAT_T,
	OPT_QOS,
	OPT_SPREAD,
	OPT_CHURN,
	OPT_POLICY_CHANGE,
	OPT_PROGRESS,
};

static const struct option long_options[] = {
	{"transform", required_argument, NULL, 't'},
	{"direction", required_argument, NULL, 'd'},
	{"size", required_argument, NULL, 'l'},
	{"sas", required_argument, NULL, 's'},
	{"order", required_argument, NULL, 'o'},
	{"policies", required_argument, NULL, 'p'},
	{"window", required_argument, NULL, 'w'},
	{"reorder", required_argument, NULL, OPT_REORDER},
	{"distance", required_argument, NULL, OPT_DISTANCE},
	{"esn", optional_argument, NULL, OPT_ESN},
	{"nat-t", optional_argument, NULL, OPT_NAT_T},
	{"qos", optional_argument, NULL, OPT_QOS},
	{"workers", required_argument, NULL, 'n'},
	{"spread", required_argument, NULL, OPT_SPREAD},
	{"burst", required_argument, NULL, 'b'},
	{"churn", required_argument, NULL, OPT_CHURN},
	{"policy-change", no_argument, NULL, OPT_POLICY_CHANGE},
	{"repetitions", required_argument, NULL, 'r'},
	{"progress", no_argument, NULL, OPT_PROGRESS},
	{"json", no_argument, NULL, 'j'},
	{"version", no_argument, NULL, 'V'},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

enum {
	RANGE_MAX = 96
};

/* A list option: words that stand for a value, and a range of numbers. */
struct list_row {
	int letter;
	enum bench_axis axis;
	const char *name;
	uint32_t least;
	uint32_t most; /* below least: words alone */
	bool power;    /* of two, or 0 */
	struct {
		const char *word;
		uint32_t value;
	} words[2];
	const char *range;
};

static const struct list_row lists[] = {
	{'d',
	 BENCH_DIRECTION,
	 "--direction",
	 1,
	 0,
	 false,
	 {{"out", 0}, {"in", 1}},
	 "out, in or both"},
	{'l',
	 BENCH_SIZE,
	 "--size",
	 BENCH_SIZE_MIN,
	 BENCH_SIZE_MAX,
	 false,
	 {{"imix", 0}},
	 "64 to 1420, or imix"},
	{'s', BENCH_SAS, "--sas", 1, BENCH_SAS_MAX, false, {}, "1 to 262144"},
	{'o',
	 BENCH_ORDER,
	 "--order",
	 1,
	 0,
	 false,
	 {{"round-robin", 0}, {"random", 1}},
	 "round-robin or random"},
	{'p',
	 BENCH_POLICIES,
	 "--policies",
	 1,
	 BENCH_POLICIES_MAX,
	 false,
	 {{"auto", 0}},
	 "1 to 16384, or auto"},
	{'w', BENCH_WINDOW, "--window", REPLAY_MIN, REPLAY_MAX, true, {{"0", 0}}, NULL},
	{OPT_REORDER, BENCH_REORDER, "--reorder", 0, 100, false, {}, "0 to 100"},
	{OPT_DISTANCE,
	 BENCH_DISTANCE,
	 "--distance",
	 1,
	 BENCH_DISTANCE_MAX,
	 false,
	 {},
	 "1 to 65536"},
	{OPT_ESN, BENCH_ESN, "--esn", 1, 0, false, {{"off", 0}, {"on", 1}}, "on or off"},
	{OPT_NAT_T, BENCH_NAT_T, "--nat-t", 1, 0, false, {{"off", 0}, {"on", 1}}, "on or off"},
	{OPT_QOS, BENCH_QOS, "--qos", 1, 0, false, {{"off", 0}, {"on", 1}}, "on or off"},
	{'n', BENCH_WORKERS, "--workers", 1, BENCH_WORKERS_MAX, false, {}, NULL},
	{OPT_SPREAD,
	 BENCH_SPREAD,
	 "--spread",
	 1,
	 0,
	 false,
	 {{"direct", 0}, {"handoff", 1}},
	 "direct or handoff"},
	{'b', BENCH_BURSTS, "--burst", BENCH_BURST_MIN, BENCH_BURST_MAX, false, {}, "8 to 64"},
	{OPT_CHURN, BENCH_CHURN, "--churn", 0, BENCH_CHURN_MAX, false, {}, "0 to 1000000"},
	{'r',
	 BENCH_AXES,
	 "--repetitions",
	 BENCH_REPETITIONS_MIN,
	 BENCH_REPETITIONS_MAX,
	 false,
	 {},
	 "9 to 99"},
};

static bool in_range(const char *word, uint32_t *value, uint32_t least, uint32_t most)
{
	char *end;
	unsigned long v = strtoul(word, &end, 10);

	if (word[0] < '0' || word[0] > '9' || *end || v < least || v > most)
		return false;
	*value = (uint32_t)v;
	return true;
}

/* What a list takes, where that depends on the build or the machine. */
static const char *range_of(const struct list_row *row, unsigned cpus, char *buf)
{
	if (row->range)
		return row->range;
	if (row->power)
		snprintf(buf, RANGE_MAX, "a power of two from %u to %u, or 0 for none", row->least,
			 row->most);
	else
		snprintf(buf, RANGE_MAX, "1 to %u, as this process may use %u processor%s", cpus,
			 cpus, cpus == 1 ? "" : "s");
	return buf;
}

static bool take_word(const struct list_row *row, unsigned cpus, const char *word, uint32_t *value)
{
	uint32_t most = row->axis == BENCH_WORKERS && cpus < row->most ? cpus : row->most;

	for (size_t i = 0; i < array_len(row->words) && row->words[i].word; i++)
		if (strcmp(word, row->words[i].word) == 0) {
			*value = row->words[i].value;
			return true;
		}
	return in_range(word, value, row->least, most) && !(row->power && (*value & (*value - 1)));
}

static int parse_list(const struct list_row *row, struct bench_list *list, unsigned cpus,
		      char *text)
{
	unsigned most = row->axis == BENCH_AXES ? 1 : BENCH_LIST;
	char range[RANGE_MAX];

	list->n = 0;
	for (char *word; (word = strsep(&text, ","));) {
		if (list->n == most) {
			fprintf(stderr, "culvert-bench: %s: at most %u value%s\n", row->name, most,
				most == 1 ? "" : "s");
			return 2;
		}
		if (!take_word(row, cpus, word, &list->values[list->n++])) {
			fprintf(stderr, "culvert-bench: %s: \"%s\" is not %s\n", row->name, word,
				range_of(row, cpus, range));
			return 2;
		}
	}
	return -1;
}

/* "esp-gcm 256", "esp-aes esp-sha-hmac", "esp-aes 256 esp-sha256-hmac". */
static bool suite_of(char *text, struct alg_suite *suite)
{
	char *words[4] = {NULL};
	uint32_t bits = 0;
	unsigned n = 0, at = 1;

	for (char *word; n < array_len(words) - 1 && (word = strsep(&text, " "));)
		words[n++] = word;
	if (text || !n)
		return false;
	if (words[1] && in_range(words[1], &bits, 1, UINT16_MAX))
		at = 2;
	*suite = (struct alg_suite){
		.cipher = (uint8_t)alg_cipher_of_keyword(words[0], (uint16_t)bits, true),
		.hash = words[at] ? (uint8_t)alg_hash_of_keyword(words[at], true) : ALG_HASH_NONE,
	};
	return !words[at + 1 < array_len(words) ? at + 1 : 3] && alg_suite_valid(*suite);
}

static int add_all_suites(struct bench_cases *b)
{
	for (unsigned i = 0; i < (unsigned)ALG_CIPHER_COUNT * ALG_HASH_COUNT; i++) {
		struct alg_suite s = {(uint8_t)(i / ALG_HASH_COUNT), (uint8_t)(i % ALG_HASH_COUNT)};

		if (alg_suite_valid(s) && b->n_suites < BENCH_LIST)
			b->suites[b->n_suites++] = s;
	}
	return -1;
}

static int parse_suites(struct bench_cases *b, char *text)
{
	char shown[64];

	b->n_suites = 0;
	if (strcmp(text, "all") == 0)
		return add_all_suites(b);
	for (char *word; (word = strsep(&text, ","));) {
		snprintf(shown, sizeof(shown), "%s", word);
		if (b->n_suites < BENCH_LIST && suite_of(word, &b->suites[b->n_suites++]))
			continue;
		fprintf(stderr,
			"culvert-bench: --transform: \"%s\" is no transform: esp-gcm [192|256], or "
			"esp-null, esp-des, esp-3des or esp-aes [192|256] with esp-md5-hmac, "
			"esp-sha-hmac, esp-sha256-hmac, esp-sha384-hmac or esp-sha512-hmac\n",
			shown);
		return 2;
	}
	return -1;
}

/* The argument of a switch, which may stand behind a blank too: "--qos on,off". */
static char *switch_argument(int argc, char **argv)
{
	static char on[] = "on";

	if (optarg)
		return optarg;
	if (optind < argc && strspn(argv[optind], "onf,") == strlen(argv[optind]))
		return argv[optind++];
	return on;
}

static int parse_one(struct bench_options *o, struct bench_cases *b, int opt, int argc, char **argv)
{
	char both[] = "out,in", *text = optarg;
	size_t i = 0;

	switch (opt) {
	case 't': return parse_suites(b, optarg);
	case OPT_POLICY_CHANGE: b->policy_change = true; return -1;
	case OPT_PROGRESS: o->progress = true; return -1;
	case 'j': o->json = true; return -1;
	case 'V': puts("culvert-bench " CULVERT_VERSION); return 0;
	case 'h': printf(usage, (unsigned)REPLAY_MAX, b->cpus); return 0;
	case 'd': text = strcmp(optarg, "both") ? optarg : both; break;
	case OPT_ESN:
	case OPT_NAT_T:
	case OPT_QOS: text = switch_argument(argc, argv); break;
	case '?': fputs("Try culvert-bench --help.\n", stderr); return 2;
	default: break;
	}
	while (lists[i].letter != opt)
		i++;
	return parse_list(&lists[i], &b->axes[lists[i].axis], b->cpus, text);
}

int bench_options_parse(struct bench_options *o, unsigned cpus, int argc, char **argv)
{
	struct bench_cases b;
	int opt, rc = -1;

	*o = (struct bench_options){.progress = isatty(STDERR_FILENO) == 1};
	bench_cases_init(&b, cpus);
	while (rc < 0 &&
	       (opt = getopt_long(argc, argv, "t:d:l:s:o:p:w:n:b:r:jVh", long_options, NULL)) != -1)
		rc = parse_one(o, &b, opt, argc, argv);
	if (rc < 0 && optind < argc) {
		fprintf(stderr, "culvert-bench: unexpected \"%s\"; see --help\n", argv[optind]);
		return 2;
	}
	return rc < 0 ? bench_cases_make(&b, o) : rc;
}
