/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/traceroute.h"

#include "cli/probe.h"
#include "cli/report.h"
#include "cli/shell.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum {
	PROBES_MAX = 65535,
	TIMEOUT_MAX = 3600,
	TTL_LIMIT = 255,
	PORT_MAX = 65535,
	DATAGRAM = 60,
	PORT_UNREACHABLE = 3,
	US_PER_MS = 1000,
};

#define AT(field) offsetof(struct probe_options, field)

static const struct probe_row options[] = {
	{"numeric", PROBE_FLAG, AT(numeric), 0, 0, 0},
	{"port", PROBE_NUMBER, AT(port), 1, PORT_MAX, 0},
	{"probe", PROBE_NUMBER, AT(repeat), 1, PROBES_MAX, 0},
	{"source", PROBE_SOURCE, AT(source), 0, 0, 0},
	{"timeout", PROBE_NUMBER, AT(timeout_s), 0, TIMEOUT_MAX, 0},
	{"ttl", PROBE_RANGE, AT(ttl_min), 1, TTL_LIMIT, 0},
};

static_assert(AT(ttl_max) == AT(ttl_min) + sizeof(uint32_t));

static const struct probe_row questions[] = {
	{"Protocol [ip]: ", PROBE_WORD, 0, 0, 0, 0},
	{"Target IP address: ", PROBE_TARGET, AT(target), 0, 0, 0},
	{"Source address: ", PROBE_SOURCE, AT(source), 0, 0, 0},
	{"Numeric display [n]: ", PROBE_FLAG, AT(numeric), 0, 0, 0},
	{"Timeout in seconds [3]: ", PROBE_NUMBER, AT(timeout_s), 0, TIMEOUT_MAX, 0},
	{"Probe count [3]: ", PROBE_NUMBER, AT(repeat), 1, PROBES_MAX, 0},
	{"Minimum Time to Live [1]: ", PROBE_NUMBER, AT(ttl_min), 1, TTL_LIMIT, 0},
	{"Maximum Time to Live [30]: ", PROBE_NUMBER, AT(ttl_max), 1, TTL_LIMIT, 0},
	{"Port Number [33434]: ", PROBE_NUMBER, AT(port), 1, PORT_MAX, 0},
	{"Loose, Strict, Record, Timestamp, Verbose[none]: ", PROBE_WORD, 0, 0, 0, 0},
};

static const struct probe_options defaults = {
	.repeat = 3,
	.timeout_s = 3,
	.ttl_min = 1,
	.ttl_max = 30,
	.port = 33434,
};

/* Behind the time, by the code of "unreachable"; others are !<code>. */
static const char *const refusals[] = {
	[0] = " !N", [1] = " !H", [2] = " !P", [4] = " !S", [9] = " !A", [10] = " !A", [13] = " !A",
};

/* Where it stands in one line of the output. */
struct hop {
	char from[ADDR_TEXT]; /* whom the line names last */
	bool ends;	      /* nothing is further away */
};

static void print_answer(struct hop *hop, FILE *out, const json_t *result)
{
	const char *outcome = render_text_of(result, "outcome");
	const char *from = render_text_of(result, "from");
	json_int_t us = json_integer_value(json_object_get(result, "rtt_us"));
	json_int_t code = json_integer_value(json_object_get(result, "code"));
	bool unreachable = strcmp(outcome, "unreachable") == 0;

	if (!*from) {
		fputs(" *", out);
		return;
	}
	if (strcmp(hop->from, from) != 0)
		fprintf(out, "%s%s", hop->from[0] ? "\n    " : " ", from);
	snprintf(hop->from, sizeof(hop->from), "%s", from);
	fprintf(out, " %lld msec", (long long)((us + US_PER_MS / 2) / US_PER_MS));
	if (unreachable && code != PORT_UNREACHABLE) {
		if (code < (json_int_t)array_len(refusals) && refusals[code])
			fputs(refusals[code], out);
		else
			fprintf(out, " !<%lld>", (long long)code);
	}
	hop->ends |= strcmp(outcome, "time_exceeded") != 0;
}

static json_t *params_of(const struct probe_options *o, uint32_t ttl, uint32_t port)
{
	json_t *params = probe_params(o);

	if (params) {
		json_object_set_new(params, "size", json_integer(DATAGRAM));
		json_object_set_new(params, "ttl", json_integer(ttl));
		json_object_set_new(params, "port", json_integer(port));
	}
	return params;
}

/* One line of the output; false: nothing is further away, or it was broken off. */
static bool trace_hop(struct shell *shell, const struct probe_options *o, uint32_t ttl,
		      uint32_t *port, bool *begun)
{
	struct hop hop = {0};

	for (uint32_t i = 0; i < o->repeat; i++) {
		uint32_t probe = probe_send(shell, params_of(o, ttl, *port), NULL);
		json_t *result;

		if (!*begun && probe)
			fprintf(shell->out,
				"Type escape sequence to abort.\nTracing the route to %s\n\n",
				o->target);
		if (i == 0 && probe)
			fprintf(shell->out, "%3u", ttl);
		*begun |= probe != 0;
		result = probe ? probe_wait(shell, probe) : NULL;
		if (!result)
			return false;
		*port = *port < PORT_MAX ? *port + 1 : o->port;
		print_answer(&hop, shell->out, result);
		json_decref(result);
	}
	return !hop.ends;
}

static int run(struct shell *shell, const struct probe_options *o)
{
	uint32_t port = o->port;
	bool begun = false, goes_on = true;

	for (uint32_t ttl = o->ttl_min; goes_on && ttl <= o->ttl_max; ttl++) {
		goes_on = trace_hop(shell, o, ttl, &port, &begun);
		if (begun)
			fputc('\n', shell->out);
		fflush(shell->out);
	}
	return begun ? 0 : 1;
}

int traceroute_line(struct shell *shell, const struct exec_match *match)
{
	struct probe_options o = defaults;

	if (probe_parse(shell, match, match->values[0].at, options, array_len(options), &o))
		return 1;
	return run(shell, &o);
}

size_t traceroute_choices(const char *text, struct config_choice *rows, size_t max)
{
	return probe_choices(text, options, array_len(options), rows, max);
}

int traceroute_dialogue(struct shell *shell, const struct exec_match *)
{
	struct probe_options o = defaults;

	if (probe_ask(shell, questions, array_len(questions), &o))
		return 1;
	return run(shell, &o);
}
