/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What ping and traceroute share: their options, on one line or asked for one by one, and sending
 * one packet and waiting for what comes of it.
 */
#pragma once

#include "cli/exec.h"
#include "lib/net/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PROBE_TEXT = 64
};

/* What is not asked for is 0 or "". */
struct probe_options {
	char target[ADDR_TEXT];
	char source[PROBE_TEXT]; /* an address or an interface */
	uint32_t repeat;
	uint32_t size;
	uint32_t timeout_s;
	uint32_t tos;
	uint32_t pattern;
	uint32_t port;
	uint32_t ttl_min;
	uint32_t ttl_max;
	uint32_t sweep_min;
	uint32_t sweep_max;
	uint32_t sweep_interval;
	bool extended;
	bool df;
	bool validate;
	bool has_pattern;
	bool sweep;
	bool numeric;
};

/* How an option is written, and where it goes. */
enum probe_kind {
	PROBE_FLAG, /* given or not; asked: y or n */
	PROBE_NUMBER,
	PROBE_PATTERN, /* 16 bits in hexadecimal */
	PROBE_SOURCE,
	PROBE_TARGET,
	PROBE_RANGE, /* two numbers: at and the one behind it */
	PROBE_WORD,  /* the one word that is understood stands in prompt's brackets */
};

struct probe_row {
	const char *name; /* the keyword on one line, or the prompt */
	enum probe_kind kind;
	size_t at; /* offset in struct probe_options */
	uint32_t low;
	uint32_t high;
	size_t when; /* asked only if this flag is set; 0 = always */
};

/*
 * Reads "[ip] [IF] A [option ...]" from a word of a line on. 0, or 1 after the fault was printed.
 */
int must_check probe_parse(struct shell *shell, const struct exec_match *match, const char *text,
			   const struct probe_row *rows, size_t n, struct probe_options *o);
/* Asks for each of the rows. 0, or 1: nobody answers, or the answers were broken off. */
int must_check probe_ask(struct shell *shell, const struct probe_row *rows, size_t n,
			 struct probe_options *o);

/* What may come next in such a line, whose last word is being typed: as exec_choices(). */
size_t probe_choices(const char *text, const struct probe_row *rows, size_t n,
		     struct config_choice *choices, size_t max);

/* The parameters of probe.send that follow from the options; NULL without memory. */
json_t *probe_params(const struct probe_options *o);

/*
 * Sends one packet; params is stolen. Its number and *source (a new reference, NULL where none was
 * asked for; source may be NULL), or 0 after the reason was printed or when it was broken off.
 */
uint32_t must_check probe_send(struct shell *shell, json_t *params, json_t **source);
/* What came of it, the result of probe.wait; NULL likewise. */
json_t *must_check probe_wait(struct shell *shell, uint32_t probe);
