/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_options.h"

#include "lib/esp/replay.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"Usage: culvert-bench [OPTION]...\n"
	"\n"
	"Cycles a packet of culvert's data path on one core, beside those of the crypto library\n"
	"alone. Lists with commas give one row for each combination.\n"
	"  -t, --transform LIST  as in a transform set: \"esp-gcm\", \"esp-gcm 256\",\n"
	"                        \"esp-aes esp-sha-hmac\" ... (default esp-gcm)\n"
	"  -d, --direction LIST  out, in or both (default both)\n"
	"  -l, --size LIST       bytes of the inner packet, 64 to 1420, or imix: 64, 594 and\n"
	"                        1420 bytes 7:4:1 (default 64,imix,1420)\n"
	"  -s, --sas LIST        SAs, 1 to 262144 (default 1)\n"
	"  -o, --order LIST      in which they are visited: round-robin or random (default\n"
	"                        random)\n"
	"  -p, --policies LIST   crypto map lines, 1 to 16384; never less than SAs, as each\n"
	"                        tunnel has one (default 1)\n"
	"  -w, --window LIST     replay window: 64, 128, 256, 512, 1024 or 0 for none (default\n"
	"                        1024)\n"
	"  -n, --workers N       1\n"
	"  -j, --json            print JSON\n"
	"  -V, --version         print the version\n"
	"  -h, --help            print this\n";

static const struct option long_options[] = {
	{"transform", required_argument, NULL, 't'},
	{"direction", required_argument, NULL, 'd'},
	{"size", required_argument, NULL, 'l'},
	{"sas", required_argument, NULL, 's'},
	{"order", required_argument, NULL, 'o'},
	{"policies", required_argument, NULL, 'p'},
	{"window", required_argument, NULL, 'w'},
	{"workers", required_argument, NULL, 'n'},
	{"json", no_argument, NULL, 'j'},
	{"version", no_argument, NULL, 'V'},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

/* Takes one word of a list: false when it is none. */
typedef bool word_fn(const char *word, uint32_t *value);

static bool in_range(const char *word, uint32_t *value, uint32_t least, uint32_t most)
{
	char *end;
	unsigned long v = strtoul(word, &end, 10);

	if (word[0] < '0' || word[0] > '9' || *end || v < least || v > most)
		return false;
	*value = (uint32_t)v;
	return true;
}

static bool direction_word(const char *word, uint32_t *value)
{
	*value = strcmp(word, "in") == 0;
	return *value || strcmp(word, "out") == 0;
}

static bool size_word(const char *word, uint32_t *value)
{
	*value = 0;
	return strcmp(word, "imix") == 0 || in_range(word, value, BENCH_SIZE_MIN, BENCH_SIZE_MAX);
}

static bool sas_word(const char *word, uint32_t *value)
{
	return in_range(word, value, 1, BENCH_SAS_MAX);
}

static bool order_word(const char *word, uint32_t *value)
{
	*value = strcmp(word, "random") == 0;
	return *value || strcmp(word, "round-robin") == 0;
}

static bool policies_word(const char *word, uint32_t *value)
{
	return in_range(word, value, 1, BENCH_POLICIES_MAX);
}

static bool window_word(const char *word, uint32_t *value)
{
	return in_range(word, value, 0, REPLAY_MAX) && (*value & (*value - 1)) == 0 &&
	       (*value == 0 || *value >= REPLAY_MIN);
}

static bool workers_word(const char *word, uint32_t *value)
{
	return in_range(word, value, 1, 1);
}

static const struct {
	char letter;
	const char *name;
	const char *range;
	word_fn *word;
} lists[] = {
	{'d', "--direction", "out, in or both", direction_word},
	{'l', "--size", "64 to 1420, or imix", size_word},
	{'s', "--sas", "1 to 262144", sas_word},
	{'o', "--order", "round-robin or random", order_word},
	{'p', "--policies", "1 to 16384", policies_word},
	{'w', "--window", "64, 128, 256, 512 or 1024, or 0 for none", window_word},
	{'n', "--workers", "1", workers_word},
};

static int parse_list(struct bench_list *list, char *text, int letter)
{
	size_t i = 0;

	while (lists[i].letter != letter)
		i++;
	list->n = 0;
	for (char *word; (word = strsep(&text, ","));) {
		if (list->n == BENCH_LIST) {
			fprintf(stderr, "culvert-bench: %s: at most %d values\n", lists[i].name,
				BENCH_LIST);
			return 2;
		}
		if (!lists[i].word(word, &list->values[list->n++])) {
			fprintf(stderr, "culvert-bench: %s: \"%s\" is not %s\n", lists[i].name,
				word, lists[i].range);
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

static int parse_suites(struct bench_options *o, char *text)
{
	char shown[64];

	o->n_suites = 0;
	for (char *word; (word = strsep(&text, ","));) {
		snprintf(shown, sizeof(shown), "%s", word);
		if (o->n_suites < BENCH_LIST && suite_of(word, &o->suites[o->n_suites++]))
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

static int parse_one(struct bench_options *o, int opt)
{
	static char both[] = "out,in";
	struct bench_list workers;

	switch (opt) {
	case 't': return parse_suites(o, optarg);
	case 'd': return parse_list(&o->directions, strcmp(optarg, "both") ? optarg : both, opt);
	case 'l': return parse_list(&o->sizes, optarg, opt);
	case 's': return parse_list(&o->sas, optarg, opt);
	case 'o': return parse_list(&o->orders, optarg, opt);
	case 'p': return parse_list(&o->policies, optarg, opt);
	case 'w': return parse_list(&o->windows, optarg, opt);
	case 'n': return parse_list(&workers, optarg, opt);
	case 'j': o->json = true; return -1;
	case 'V': puts("culvert-bench " CULVERT_VERSION); return 0;
	case 'h': fputs(usage, stdout); return 0;
	default: return 2;
	}
}

int bench_options_parse(struct bench_options *o, int argc, char **argv)
{
	int opt, rc = -1;

	*o = (struct bench_options){
		.n_suites = 1,
		.suites = {{ALG_CIPHER_GCM_128, ALG_HASH_NONE}},
		.directions = {2, {0, 1}},
		.sizes = {3, {64, 0, 1420}},
		.sas = {1, {1}},
		.orders = {1, {1}},
		.policies = {1, {1}},
		.windows = {1, {1024}},
	};
	while (rc < 0 &&
	       (opt = getopt_long(argc, argv, "t:d:l:s:o:p:w:n:jVh", long_options, NULL)) != -1)
		rc = parse_one(o, opt);
	if (rc < 0 && optind < argc) {
		fprintf(stderr, "culvert-bench: unexpected \"%s\"; see --help\n", argv[optind]);
		return 2;
	}
	return rc;
}

unsigned bench_options_count(const struct bench_options *o)
{
	return o->n_suites * o->directions.n * o->sizes.n * o->sas.n * o->orders.n * o->policies.n *
	       o->windows.n;
}

static uint32_t pick(const struct bench_list *list, unsigned *i)
{
	uint32_t value = list->values[*i % list->n];

	*i /= list->n;
	return value;
}

struct bench_case bench_options_case(const struct bench_options *o, unsigned i)
{
	struct bench_case c;

	c.size = pick(&o->sizes, &i);
	c.inbound = pick(&o->directions, &i);
	c.window = pick(&o->windows, &i);
	c.policies = pick(&o->policies, &i);
	c.random = pick(&o->orders, &i);
	c.sas = pick(&o->sas, &i);
	c.suite = o->suites[i];
	if (c.policies < c.sas)
		c.policies = c.sas;
	return c;
}
