/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/ping.h"

#include "cli/probe.h"
#include "cli/report.h"
#include "cli/shell.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
	SIZE_LEAST = 36,
	SIZE_LIMIT = 18024,
	REPEAT_MAX = INT32_MAX,
	TIMEOUT_MAX = 3600,
	MARKS_A_LINE = 70,
	US_PER_MS = 1000,
};

#define AT(field) offsetof(struct probe_options, field)

static const struct probe_row options[] = {
	{"data", PROBE_PATTERN, AT(pattern), 0, 0, 0},
	{"df-bit", PROBE_FLAG, AT(df), 0, 0, 0},
	{"repeat", PROBE_NUMBER, AT(repeat), 1, REPEAT_MAX, 0},
	{"size", PROBE_NUMBER, AT(size), SIZE_LEAST, SIZE_LIMIT, 0},
	{"source", PROBE_SOURCE, AT(source), 0, 0, 0},
	{"timeout", PROBE_NUMBER, AT(timeout_s), 0, TIMEOUT_MAX, 0},
	{"tos", PROBE_NUMBER, AT(tos), 0, UINT8_MAX, 0},
	{"validate", PROBE_FLAG, AT(validate), 0, 0, 0},
};

/* Verbatim, in this order. */
static const struct probe_row questions[] = {
	{"Protocol [ip]: ", PROBE_WORD, 0, 0, 0, 0},
	{"Target IP address: ", PROBE_TARGET, AT(target), 0, 0, 0},
	{"Repeat count [5]: ", PROBE_NUMBER, AT(repeat), 1, REPEAT_MAX, 0},
	{"Datagram size [100]: ", PROBE_NUMBER, AT(size), SIZE_LEAST, SIZE_LIMIT, 0},
	{"Timeout in seconds [2]: ", PROBE_NUMBER, AT(timeout_s), 0, TIMEOUT_MAX, 0},
	{"Extended commands [n]: ", PROBE_FLAG, AT(extended), 0, 0, 0},
	{"Source address or interface: ", PROBE_SOURCE, AT(source), 0, 0, AT(extended)},
	{"Type of service [0]: ", PROBE_NUMBER, AT(tos), 0, UINT8_MAX, AT(extended)},
	{"Set DF bit in IP header? [no]: ", PROBE_FLAG, AT(df), 0, 0, AT(extended)},
	{"Validate reply data? [no]: ", PROBE_FLAG, AT(validate), 0, 0, AT(extended)},
	{"Data pattern [0xABCD]: ", PROBE_PATTERN, AT(pattern), 0, 0, AT(extended)},
	{"Loose, Strict, Record, Timestamp, Verbose[none]: ", PROBE_WORD, 0, 0, 0, AT(extended)},
	{"Sweep range of sizes [n]: ", PROBE_FLAG, AT(sweep), 0, 0, 0},
	{"Sweep min size [36]: ", PROBE_NUMBER, AT(sweep_min), SIZE_LEAST, SIZE_LIMIT, AT(sweep)},
	{"Sweep max size [18024]: ", PROBE_NUMBER, AT(sweep_max), SIZE_LEAST, SIZE_LIMIT,
	 AT(sweep)},
	{"Sweep interval [1]: ", PROBE_NUMBER, AT(sweep_interval), 1, SIZE_LIMIT, AT(sweep)},
};

static const struct probe_options defaults = {
	.repeat = 5,
	.size = 100,
	.timeout_s = 2,
	.pattern = 0xabcd,
	.sweep_min = SIZE_LEAST,
	.sweep_max = SIZE_LIMIT,
	.sweep_interval = 1,
};

static const struct {
	const char *outcome;
	char mark;
} marks[] = {
	{"reply", '!'},	  {"timeout", '.'},	{"no_route", '.'}, {"failed", '.'},
	{"too_big", 'M'}, {"unreachable", 'U'}, {"quench", 'Q'},   {"time_exceeded", '&'},
};

struct tally {
	char source[PROBE_TEXT]; /* "" = the appliance chose one */
	unsigned sent;
	unsigned received;
	uint32_t largest; /* that was answered */
	uint32_t failed;  /* the smallest that was not, 0 = all were */
	uint64_t min_us;
	uint64_t max_us;
	uint64_t sum_us;
};

static char mark_of(const struct probe_options *o, const json_t *result)
{
	const char *outcome = render_text_of(result, "outcome");

	if (o->validate && json_is_false(json_object_get(result, "same")))
		return '?';
	for (size_t i = 0; i < array_len(marks); i++)
		if (strcmp(marks[i].outcome, outcome) == 0)
			return marks[i].mark;
	return '?';
}

static void count(struct tally *t, const struct probe_options *o, FILE *out, uint32_t size,
		  const json_t *result)
{
	uint64_t us = (uint64_t)json_integer_value(json_object_get(result, "rtt_us"));
	char mark = mark_of(o, result);

	if (t->sent && t->sent % MARKS_A_LINE == 0)
		fputc('\n', out);
	fputc(mark, out);
	t->sent++;
	if (mark != '!') {
		t->failed = t->failed && t->failed < size ? t->failed : size;
		return;
	}
	t->largest = size > t->largest ? size : t->largest;
	t->min_us = t->received == 0 || us < t->min_us ? us : t->min_us;
	t->max_us = us > t->max_us ? us : t->max_us;
	t->sum_us += us;
	t->received++;
}

/* No box says that a round trip took no time. */
static unsigned ms_of(uint64_t us)
{
	uint64_t ms = (us + US_PER_MS / 2) / US_PER_MS;

	return ms ? (unsigned)ms : 1;
}

static void print_end(const struct tally *t, FILE *out)
{
	fprintf(out, "\nSuccess rate is %u percent (%u/%u)",
		t->sent ? (unsigned)((uint64_t)t->received * 100 / t->sent) : 0, t->received,
		t->sent);
	if (t->received)
		fprintf(out, ", round-trip min/avg/max = %u/%u/%u ms", ms_of(t->min_us),
			ms_of(t->sum_us / t->received), ms_of(t->max_us));
	fputc('\n', out);
}

static void print_begin(const struct probe_options *o, FILE *out, const json_t *source)
{
	uint64_t steps = o->sweep ? (o->sweep_max - o->sweep_min) / o->sweep_interval + 1 : 1;

	fprintf(out, "Type escape sequence to abort.\nSending %llu, ",
		(unsigned long long)(o->repeat * steps));
	if (o->sweep)
		fprintf(out, "[%u..%u]", o->sweep_min, o->sweep_max);
	else
		fprintf(out, "%u", o->size);
	fprintf(out, "-byte ICMP Echos to %s, timeout is %u seconds:\n", o->target, o->timeout_s);
	if (source)
		fprintf(out, "Packet sent with a source address of %s\n",
			json_string_value(source));
	if (o->df)
		fputs("Packet sent with the DF bit set\n", out);
	if (o->has_pattern)
		fprintf(out, "Packet has data pattern 0x%04X\n", o->pattern);
	if (o->validate)
		fputs("Reply data will be validated\n", out);
}

static json_t *params_of(const struct probe_options *o, uint32_t size)
{
	json_t *params = probe_params(o), *more;

	more = json_pack("{s:I,s:b,s:I,s:I}", "size", (json_int_t)size, "df", o->df, "tos",
			 (json_int_t)o->tos, "pattern", (json_int_t)o->pattern);
	if (params && more)
		json_object_update(params, more);
	json_decref(more);
	return params;
}

/* False: no more of them. */
static bool ping_once(struct shell *shell, const struct probe_options *o, uint32_t size,
		      struct tally *t, bool *begun)
{
	json_t *source = NULL, *result;
	uint32_t probe = probe_send(shell, params_of(o, size), &source);

	if (!probe)
		return false;
	if (!*begun)
		print_begin(o, shell->out, source);
	*begun = true;
	if (source)
		snprintf(t->source, sizeof(t->source), "%s", json_string_value(source));
	json_decref(source);
	result = probe_wait(shell, probe);
	if (!result)
		return false;
	count(t, o, shell->out, size, result);
	json_decref(result);
	return true;
}

/* What is made of it under that code. Who may not ask is not told. */
static void tell(struct shell *shell, const struct probe_options *o, const struct tally *t,
		 const char *code)
{
	json_t *params = json_pack("{s:s}", "destination", o->target);
	json_t *result;
	const json_t *d;
	size_t i;

	if (*t->source)
		json_object_set_new(params, "source", json_string(t->source));
	if (t->largest)
		json_object_set_new(params, "largest", json_integer(t->largest));
	result = session_call(shell->session, RPC_TEST_ACL, params);
	json_array_foreach(json_object_get(result, "diagnoses"), i, d)
		if (!strcmp(render_text_of(d, "code"), code))
			fprintf(shell->out, "%s: %s Type: %s\n", render_text_of(d, "code"),
				render_text_of(d, "sentence"), render_text_of(d, "command"));
	json_decref(result);
}

static int run(struct shell *shell, const struct probe_options *o)
{
	uint32_t low = o->sweep ? o->sweep_min : o->size, high = o->sweep ? o->sweep_max : o->size;
	struct tally t = {0};
	bool begun = false, goes_on = true;

	if (low > high) {
		report_text(shell, "%% Sweep min size is above sweep max size");
		return 1;
	}
	for (uint32_t i = 0; goes_on && i < o->repeat; i++)
		for (uint32_t size = low; goes_on && size <= high; size += o->sweep_interval)
			goes_on = ping_once(shell, o, size, &t, &begun);
	if (!begun)
		return 1;
	print_end(&t, shell->out);
	/* it may be that no crypto map entry has this source, and one has another */
	if (t.sent && !t.received)
		tell(shell, o, &t, "CFG-PING-SRC");
	else if (o->df && t.failed > t.largest)
		tell(shell, o, &t, "MTU-PROBE");
	return t.received ? 0 : 1;
}

int ping_line(struct shell *shell, const struct exec_match *match)
{
	struct probe_options o = defaults;

	if (probe_parse(shell, match, match->values[0].at, options, array_len(options), &o))
		return 1;
	return run(shell, &o);
}

size_t ping_choices(const char *text, struct config_choice *rows, size_t max)
{
	return probe_choices(text, options, array_len(options), rows, max);
}

int ping_dialogue(struct shell *shell, const struct exec_match *)
{
	struct probe_options o = defaults;

	if (probe_ask(shell, questions, array_len(questions), &o))
		return 1;
	return run(shell, &o);
}
