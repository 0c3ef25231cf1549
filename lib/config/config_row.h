/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A row of THE GRAMMAR and what its functions get. Internal to lib/config: the tables are in
 * config_rows_*.c, one an area, and config_grammar.c lists them in the order of the printed
 * configuration.
 *
 * A pattern is words between blanks:
 *   word             a keyword; any unambiguous beginning is accepted (of a number: all of it)
 *   <name:type>      a value; <type> when the name is the type. Types: config_values.h;
 *                    "lo-hi" is a number in that range
 *   {a|b c}  [a|b]   one of; one of or nothing
 *   x+               x once or several times
 *   /                the `no` form of the line may end here, as well as at the end
 *   @                a line of the mode that the row enters: an object and one of its lines in one,
 *                    the flat form of ASA and PIX; always the last word
 */
#pragma once

#include "lib/base/names.h"
#include "lib/config/config_dialect.h"
#include "lib/config/config_grammar.h"
#include "lib/net/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONFIG_MODE_ANY CONFIG_MODE_COUNT

enum {
	CONFIG_WORDS_MAX = 64
};

struct config_line;
struct config_print;
struct config_row;

/* 0; -EINVAL after an error fault, with the model as it was; -ENOMEM. */
typedef int (*config_apply_fn)(struct config_line *line);
/* Prints what the row stands for: all such lines of c (global rows) or those of one object. */
typedef void (*config_print_fn)(struct config_print *print, const struct config_row *row,
				const struct config *c, const void *object);

enum config_field_kind {
	CONFIG_FIELD_NONE,   /* the row has its own functions */
	CONFIG_FIELD_NUMBER, /* the value of the line; 0 or initial is not printed */
	CONFIG_FIELD_CHOICE, /* the last keyword of the line, by the names table */
	CONFIG_FIELD_FLAG,   /* true, and false for `no` */
	CONFIG_FIELD_TEXT,   /* the value of the line as text */
};

/* A line that sets one field of its object. */
struct config_field {
	enum config_field_kind kind;
	uint16_t offset;
	uint16_t bytes;
	uint32_t bare;		  /* value of a choice that was left out */
	uint32_t initial;	  /* value after `no`, not printed; of a row of the whole box
				   * what config_dialect_defaults() says instead */
	const char *initial_text; /* the same for text; NULL = "" */
	/* keywords of a choice; of a number: the values that another row prints */
	const struct name *names;
	size_t n_names;
	const char *(*warn)(uint32_t value); /* sentence for a new value, or NULL */
};

struct config_row {
	enum config_mode mode;	 /* where the line is typed; CONFIG_MODE_ANY = everywhere */
	enum config_mode enters; /* sub-mode it opens; CONFIG_MODE_GLOBAL = none */
	const char *pattern;
	config_apply_fn apply;
	config_print_fn print; /* NULL with a field: printed from the pattern */
	struct config_field field;
	bool plain;	  /* has no `no` form */
	bool only_no;	  /* has no other form */
	uint8_t dialects; /* CONFIG_IN_*: printed in these only; 0 = in all */
	/*
	 * Of a row that ends in '@': takes back what its apply made, when the line of the object is
	 * refused. Such an apply moves the cursor to the object and makes it if need be; for `no`
	 * it leaves the cursor where it was when there is none.
	 */
	void (*drop)(struct config_line *line);
	const char *refusal; /* of a line that is known and not supported: what to do instead */
	const char *note;    /* of a line without effect: why it needs none; NULL = framing */
};

struct config_rows {
	const struct config_row *rows;
	size_t n;
};

struct config_value {
	uint32_t number;	   /* number, port, prefix length of a mask or wildcard */
	struct addr addr;	   /* address */
	char text[CONFIG_KEY_MAX]; /* the word, or the rest of the line; interface names expanded */
};

/* One matched word of a line. */
struct config_arg {
	const char *node; /* into the pattern: keyword or '<' */
	int column;
	struct config_value value; /* of a value */
};

/* One line on its way into the model. */
struct config_line {
	struct config *config;
	struct config_cursor *cursor;
	struct fault_list *faults;
	const struct config_row *row;
	bool no;
	bool changed;
	struct config_arg args[CONFIG_WORDS_MAX];
	size_t n_args;
};

extern const struct config_rows config_rows_platform;
extern const struct config_rows config_rows_archive;
extern const struct config_rows config_rows_logging;
extern const struct config_rows config_rows_aaa;
extern const struct config_rows config_rows_radius;
extern const struct config_rows config_rows_pool;
extern const struct config_rows config_rows_group;
extern const struct config_rows config_rows_vpngroup;
extern const struct config_rows config_rows_aaa_server;
extern const struct config_rows config_rows_group_policy;
extern const struct config_rows config_rows_tunnel_group;
extern const struct config_rows config_rows_class;
extern const struct config_rows config_rows_policy_map;
extern const struct config_rows config_rows_policy_class;
extern const struct config_rows config_rows_pki;
extern const struct config_rows config_rows_isakmp;
extern const struct config_rows config_rows_isakmp_policy;
extern const struct config_rows config_rows_isakmp_peer;
extern const struct config_rows config_rows_profile;
extern const struct config_rows config_rows_ipsec;
extern const struct config_rows config_rows_map;
extern const struct config_rows config_rows_map_entry;
extern const struct config_rows config_rows_interface;
extern const struct config_rows config_rows_named;
extern const struct config_rows config_rows_box;
extern const struct config_rows config_rows_line;
extern const struct config_rows config_rows_route;
extern const struct config_rows config_rows_object;
extern const struct config_rows config_rows_object_group;
extern const struct config_rows config_rows_acl;
/* `exit` and `end`. */
extern const struct config_rows config_rows_mode;
/* Lines of a pasted IOS file that mean nothing here; also with `no`. Applied as a note. */
extern const struct config_rows config_rows_framing;
/* Lines that are not this appliance's work: the same, with the reason. */
extern const struct config_rows config_rows_out;
/* Lines about the translation of addresses, the same; they are kept for what they would do. */
extern const struct config_rows config_rows_nat;
/* Any line inside a block that is not. */
extern const struct config_rows config_rows_out_block;
/* Lines of IOS that are refused with a sentence of their own; with `no` they are framing. */
extern const struct config_rows config_rows_refused;

#define CONFIG_FIELD_AT(type, member) \
	.offset = offsetof(struct type, member), .bytes = sizeof(((struct type *)0)->member)

#define CONFIG_FIELD_CHOICE_AT(type, member, table)                         \
	CONFIG_FIELD_CHOICE, CONFIG_FIELD_AT(type, member), .names = table, \
							    .n_names = array_len(table)
