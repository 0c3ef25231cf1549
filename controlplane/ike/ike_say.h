/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * THE TABLE OF DEBUG LINES (debug-formats 1 to 4): the engine says what happens, as the id of a row
 * and typed arguments; the row has a text for each dialect, or none where that dialect says
 * nothing, and the level from which it is said. Rendered for whoever listens, nobody else. Never a
 * key, never a password; bytes of the peer are escaped.
 */
#pragma once

#include "controlplane/ike/ike.h"
#include "lib/base/dialect.h"
#include "lib/net/addr.h"

#include <stddef.h>
#include <stdint.h>

enum {
	IKE_SAY_TEXT = 2048, /* the longest line, or block of lines */
	/* Levels, as the ASA grades them */
	IKE_SAY_ERROR = 1,    /* what went wrong, and the main events */
	IKE_SAY_EVENT = 5,    /* [IKEv1] */
	IKE_SAY_STEP = 100,   /* [IKEv1 DEBUG]: each payload, each state */
	IKE_SAY_DECODE = 127, /* [IKEv1 DECODE]: what stands in them */
	IKE_SAY_LEVEL_MAX = 255,
};

/* SAY(ID, TOPIC, LEVEL, ios, pix, asa): see ike_say_rows.def */
enum ike_say {
#define SAY(id, topic, level, ios, pix, asa) IKE_SAY_##id,
#include "controlplane/ike/ike_say_rows.def"
#undef SAY
	IKE_SAY_COUNT,
};

struct ike_arg {
	enum {
		IKE_ARG_NUMBER,
		IKE_ARG_TEXT,
		IKE_ARG_ADDR,
	} type;
	union {
		uint64_t number;
		const char *text;
		const struct addr *addr;
	};
};

static inline struct ike_arg ike_arg_number(uint64_t number)
{
	return (struct ike_arg){.type = IKE_ARG_NUMBER, .number = number};
}

static inline struct ike_arg ike_arg_text(const char *text)
{
	return (struct ike_arg){.type = IKE_ARG_TEXT, .text = text};
}

static inline struct ike_arg ike_arg_addr(const struct addr *addr)
{
	return (struct ike_arg){.type = IKE_ARG_ADDR, .addr = addr};
}

// clang-format off
#define IKE_ARG(x)                                \
	_Generic((x),                             \
		char *: ike_arg_text,             \
		const char *: ike_arg_text,       \
		struct addr *: ike_arg_addr,      \
		const struct addr *: ike_arg_addr, \
		default: ike_arg_number)(x)

#define IKE_ARGS_1(a)      IKE_ARG(a)
#define IKE_ARGS_2(a, ...) IKE_ARG(a), IKE_ARGS_1(__VA_ARGS__)
#define IKE_ARGS_3(a, ...) IKE_ARG(a), IKE_ARGS_2(__VA_ARGS__)
#define IKE_ARGS_4(a, ...) IKE_ARG(a), IKE_ARGS_3(__VA_ARGS__)
#define IKE_ARGS_5(a, ...) IKE_ARG(a), IKE_ARGS_4(__VA_ARGS__)
#define IKE_ARGS_6(a, ...) IKE_ARG(a), IKE_ARGS_5(__VA_ARGS__)
#define IKE_ARGS_7(a, ...) IKE_ARG(a), IKE_ARGS_6(__VA_ARGS__)
#define IKE_ARGS_8(a, ...) IKE_ARG(a), IKE_ARGS_7(__VA_ARGS__)
#define IKE_ARGS_9(a, ...) IKE_ARG(a), IKE_ARGS_8(__VA_ARGS__)
#define IKE_ARGS_10(a, ...) IKE_ARG(a), IKE_ARGS_9(__VA_ARGS__)
#define IKE_ARGS_N(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, n, ...) IKE_ARGS_##n
/* The arguments of a line, at most ten, as initialisers of an array of struct ike_arg. */
#define IKE_ARGS(...) \
	__VA_OPT__(IKE_ARGS_N(__VA_ARGS__, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1)(__VA_ARGS__))
// clang-format on

/* What was said: everything is borrowed for the time of the call. */
struct ike_said {
	enum ike_say id;
	const struct ike_arg *args;
	size_t n;
	uint32_t conn_id;	  /* of the IKE SA, 0 = none yet */
	uint32_t spi;		  /* it is about, 0 = none */
	const struct addr *peer;  /* NULL = nobody's */
	const struct addr *local; /* NULL = not known */
	const char *group;	  /* "" = not known yet */
	const char *user;
};

enum ike_topic ike_say_topic(enum ike_say id);
unsigned ike_say_level(enum ike_say id);
/* Whether the dialect has words for it. */
bool ike_say_has(enum ike_say id, enum dialect dialect);
/* The line, or block of lines, without a line feed at its end; "" when the dialect is silent. */
char *ike_say_print(const struct ike_said *said, enum dialect dialect, char *buf, size_t size);
