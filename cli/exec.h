/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The exec commands: one table of rows (exec_table.c), and the matching, completion and help that
 * come from it. A row is a path of words; the rows "show", "show crypto" and "show crypto map" are
 * one command and the words before it. Configuration lines are not here: lib/config has their rows.
 *
 * Words of a path: a keyword, or a typed value: <LOW-HIGH> a number, A.B.C.D an address, WORD one
 * word, LINE the rest of the line, INTERFACE likewise and its type in full. Keywords may be
 * abbreviated and are matched before values.
 */
#pragma once

#include "cli/render.h"
#include "cli/words.h"
#include "lib/base/compat.h"
#include "lib/config/config_grammar.h"
#include "lib/rpc/rpc_schema.h"

#include <jansson.h>

#include <stdbool.h>
#include <stddef.h>

enum {
	EXEC_VALUES_MAX = 4
};

struct shell;
struct exec_match;

/*
 * The prompt somebody types at, and the dialect. A row says at which prompts it exists; elsewhere
 * it is unknown (H196). It exists in all dialects, but those with a word of a dialect are listed in
 * that one alone, and win there over others that the same letters abbreviate.
 */
enum exec_prompt {
	EXEC_USER = 1 << 0,    /* Router> */
	EXEC_ENABLED = 1 << 1, /* Router# */
	EXEC_CONFIG = 1 << 2,  /* Router(config)# and every mode below */
	EXEC_PROMPTS = (1 << 3) - 1,
	EXEC_IOS = 1 << 3, /* of who types: when no other is there */
	EXEC_ASA = 1 << 4,
	EXEC_PIX = 1 << 5,
	EXEC_DIALECTS = EXEC_IOS | EXEC_ASA | EXEC_PIX,
};

/* A command of the shell itself. 0, or 1 when it failed and said why. */
typedef int (*exec_run_fn)(struct shell *shell, const struct exec_match *match);

/* As exec_choices(), of the text behind the words of the row. */
typedef size_t (*exec_choices_fn)(const char *text, struct config_choice *rows, size_t max);

struct exec_row {
	const char *path;
	const char *help;	/* of the path's last word */
	unsigned prompts;	/* enum exec_prompt */
	exec_run_fn run;	/* of the shell itself; NULL: a call, when render is set */
	enum rpc_method method; /* RPC_METHOD_COUNT: made of the answers of others (tech.h) */
	const char *fixed;	/* JSON object of parameters that do not vary, or NULL */
	const char *keys;	/* parameter name of each value in order, or NULL */
	render_fn render;
	const char *alias;	 /* these words mean those of this path, which is a row; or NULL */
	exec_choices_fn choices; /* of a row that ends in LINE: what may come next in it */
};

extern const struct exec_row exec_table[];
extern const size_t exec_table_len;

enum exec_result {
	EXEC_OK,
	EXEC_EMPTY,
	EXEC_INVALID, /* at column */
	EXEC_AMBIGUOUS,
	EXEC_INCOMPLETE,
};

struct exec_match {
	const char *line;  /* that was matched */
	const char *whole; /* that it is the end of, as in `do ping`: what a caret is under */
	const struct exec_row *row;
	struct word values[EXEC_VALUES_MAX]; /* inside the line */
	size_t n_values;
	size_t column; /* of the word in error */
};

enum exec_result exec_match(unsigned prompt, const char *line, struct exec_match *match);

/* The row of a path, NULL without one. */
const struct exec_row *exec_row_of(const char *path);

/*
 * What may come next after text, whose last word is being typed when it does not end in a blank.
 * Fills at most max rows, returns how many there are.
 */
size_t exec_choices(unsigned prompt, const char *text, struct config_choice *rows, size_t max);

/* "gi 0/1" as GigabitEthernet0/1, the name that the configuration has; NULL without memory. */
json_t *exec_interface(const struct word *value);

/* The parameters of the call a match asks for; NULL without memory. */
json_t *exec_params(const struct exec_match *match);
