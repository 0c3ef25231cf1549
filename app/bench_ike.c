/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_ike.h"

#include "app/build_id.h"
#include "lib/base/log.h"
#include "lib/crypto/alg.h"
#include "lib/crypto/prim.h"

#include <jansson.h>

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"Usage: culvert-bench ike [OPTION]...\n"
	"\n"
	"CPU time of complete negotiations, main mode with a pre-shared key and quick mode, "
	"beside\n"
	"that of the Diffie-Hellman operations alone, and how long it takes until many peers that\n"
	"call at once are up. Everything happens in this process, on one core.\n"
	"  -g, --group N         Diffie-Hellman group 14 to 21 (default 14)\n"
	"      --hash NAME       sha or sha256 (default sha)\n"
	"  -n, --count N         negotiations of a repetition, 1 to 10000 (default 50)\n"
	"  -p, --peers N         that call at once, 1 to 10000, or 0 (default 1000)\n"
	"  -r, --repetitions N   3 to 99 (default 11)\n"
	"  -j, --json            print JSON\n"
	"  -h, --help            print this\n";

enum {
	OPT_HASH = 256,
	PEERS_MAX = 10000
};

static const struct option long_options[] = {
	{"group", required_argument, NULL, 'g'},
	{"hash", required_argument, NULL, OPT_HASH},
	{"count", required_argument, NULL, 'n'},
	{"peers", required_argument, NULL, 'p'},
	{"repetitions", required_argument, NULL, 'r'},
	{"json", no_argument, NULL, 'j'},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

struct options {
	struct bench_ike_case c;
	bool json;
};

static int take_number(const char *name, unsigned least, unsigned most, unsigned *out)
{
	char *end;
	unsigned long value = strtoul(optarg, &end, 10);

	if (optarg[0] < '0' || optarg[0] > '9' || *end || value < least || value > most) {
		fprintf(stderr, "culvert-bench: --%s: \"%s\" is not %u to %u\n", name, optarg,
			least, most);
		return 2;
	}
	*out = (unsigned)value;
	return -1;
}

static int take_group(uint16_t *out)
{
	unsigned group = 0;
	int rc = take_number("group", 14, 21, &group);
	const struct alg_group_row *row = rc < 0 ? alg_group_row((uint16_t)group) : NULL;

	if (rc < 0 && !(row && row->openssl)) {
		fprintf(stderr, "culvert-bench: --group: there is no group %u here\n", group);
		return 2;
	}
	*out = (uint16_t)group;
	return rc;
}

static int take_hash(uint8_t *out)
{
	if (strcmp(optarg, "sha") == 0)
		*out = ALG_HASH_SHA1;
	else if (strcmp(optarg, "sha256") == 0)
		*out = ALG_HASH_SHA256;
	else {
		fprintf(stderr, "culvert-bench: --hash: \"%s\" is not sha or sha256\n", optarg);
		return 2;
	}
	return -1;
}

static int take_one(struct options *o, int opt)
{
	switch (opt) {
	case 'g': return take_group(&o->c.group);
	case OPT_HASH: return take_hash(&o->c.hash);
	case 'n': return take_number("count", 1, PEERS_MAX, &o->c.count);
	case 'p': return take_number("peers", 0, PEERS_MAX, &o->c.peers);
	case 'r': return take_number("repetitions", 3, BENCH_IKE_REPETITIONS, &o->c.repetitions);
	case 'j': o->json = true; return -1;
	case 'h': fputs(usage, stdout); return 0;
	default: fputs("Try culvert-bench ike --help.\n", stderr); return 2;
	}
}

static int parse(struct options *o, int argc, char **argv)
{
	int opt, rc = -1;

	*o = (struct options){.c = {.group = 14,
				    .hash = ALG_HASH_SHA1,
				    .count = 50,
				    .peers = 1000,
				    .repetitions = 11}};
	while (rc < 0 && (opt = getopt_long(argc, argv, "g:n:p:r:jh", long_options, NULL)) != -1)
		rc = take_one(o, opt);
	if (rc < 0 && optind < argc) {
		fprintf(stderr, "culvert-bench: unexpected \"%s\"; see ike --help\n", argv[optind]);
		return 2;
	}
	return rc;
}

static double per_second(const struct bench_span *us)
{
	return 1e6 / us->mid;
}

static void print_line(const char *what, const struct bench_span *us)
{
	printf("%-44s %8.1f  (%.1f to %.1f) %8.0f\n", what, us->mid, us->min, us->max,
	       per_second(us));
}

static void print_table(const struct bench_ike_case *c, const struct bench_ike_result *r)
{
	const struct bench_ike_tally *s = &r->storm;

	printf("group %u, %s, AES-128, %u repetitions of %u negotiations, OpenSSL %s\n\n",
	       (unsigned)c->group, alg_hash_row((enum alg_hash)c->hash)->name, c->repetitions,
	       c->count, build_id_get()->openssl);
	printf("%-44s %8s  %-17s %8s\n", "us of CPU", "median", "", "a second");
	print_line("main and quick mode, both ends", &r->both);
	print_line("main and quick mode, the responder alone", &r->responder);
	print_line("OpenSSL alone, a key pair and a shared value", &r->bare);
	print_line("  key pair", &r->keygen);
	print_line("  shared value", &r->derive);
	printf("responder beside OpenSSL alone: %.3f\n", r->ratio);
	if (!c->peers)
		return;
	printf("\n%u peers call at once: all up after %.2f s of one core; %zu datagrams, %zu "
	       "lost, %zu jobs (at most %zu waited), longest call into the engine %.0f us\n",
	       c->peers, (double)s->elapsed_ms / 1e3, s->n_datagrams, s->n_lost, s->n_jobs,
	       s->most_jobs, (double)s->longest_call_ns / 1e3);
}

static json_t *span(const struct bench_span *s)
{
	return json_pack("{s:f, s:f, s:f}", "median", s->mid, "min", s->min, "max", s->max);
}

static json_t *print_storm(const struct bench_ike_case *c, const struct bench_ike_tally *s)
{
	return json_pack("{s:i, s:f, s:f, s:I, s:I, s:I, s:I, s:f}", "peers", (int)c->peers,
			 "up_after_s", (double)s->elapsed_ms / 1e3, "responder_cpu_s",
			 (double)s->responder_ns / 1e9, "datagrams", (json_int_t)s->n_datagrams,
			 "lost_datagrams", (json_int_t)s->n_lost, "jobs", (json_int_t)s->n_jobs,
			 "most_jobs_waiting", (json_int_t)s->most_jobs, "longest_call_us",
			 (double)s->longest_call_ns / 1e3);
}

static void print_json(const struct bench_ike_case *c, const struct bench_ike_result *r)
{
	json_t *all = json_pack(
		"{s:i, s:s, s:i, s:i, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:f, s:f, s:f}", "group",
		(int)c->group, "hash", alg_hash_row((enum alg_hash)c->hash)->name, "count",
		(int)c->count, "repetitions", (int)c->repetitions, "openssl",
		build_id_get()->openssl, "git", build_id_get()->git, "both_us", span(&r->both),
		"responder_us", span(&r->responder), "bare_us", span(&r->bare), "bare_keygen_us",
		span(&r->keygen), "bare_derive_us", span(&r->derive), "ratio", r->ratio,
		"both_per_cpu_s", per_second(&r->both), "responder_per_cpu_s",
		per_second(&r->responder));

	if (c->peers)
		json_object_set_new(all, "storm", print_storm(c, &r->storm));
	json_dumpf(all, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(5));
	putchar('\n');
	json_decref(all);
}

static const char *sentence(int err)
{
	switch (err) {
	case -EPROTO: return "a tunnel did not come up with the same keys at both ends";
	case -EIO: return "OpenSSL failed";
	default: return strerror(-err);
	}
}

int bench_ike_main(int argc, char **argv)
{
	struct bench_ike_result result;
	struct options o;
	int rc = parse(&o, argc, argv);

	if (rc >= 0)
		return rc;
	log_init("culvert-bench", LOG_LEVEL_WARNING);
	rc = prim_init();
	if (rc == 0)
		rc = bench_ike_measure(&o.c, &result);
	if (rc) {
		fprintf(stderr, "culvert-bench: ike: %s\n", sentence(rc));
		return 1;
	}
	if (o.json)
		print_json(&o.c, &result);
	else
		print_table(&o.c, &result);
	return 0;
}
