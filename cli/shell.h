/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The shell: takes lines, runs them as exec commands or configuration lines at the mode it is in,
 * and prints what comes back. The same for a terminal, `-c` and `-f`: it neither reads lines nor
 * knows of terminals. Errors are those of IOS: a caret under the word, then the sentence.
 */
#pragma once

#include "cli/exec.h"
#include "cli/session.h"
#include "lib/config/config_grammar.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
	SHELL_PROMPT = 160,
	SHELL_LINE_MAX = 4095,
	SHELL_KEY_TABLES = 2,
};

struct shell {
	struct session *session;
	FILE *out;
	FILE *err;
	/* Prints the whole of one answer; for a terminal: page by page. NULL: to out. */
	void (*page)(void *ctx, char *text);
	/* Prints a question and reads the answer; false: there is none. NULL: nobody is there. */
	bool (*ask)(void *ctx, const char *question, char *answer, size_t size);
	/* The same without echo. */
	bool (*ask_secret)(void *ctx, const char *question, char *answer, size_t size);
	/* Whether the escape sequence or Ctrl-C was typed meanwhile. NULL: never. */
	bool (*aborted)(void *ctx);
	void *terminal; /* ctx of the four */
	bool prompted;	/* lines stand on the screen behind a prompt: errors only need the caret */
	const char *where; /* "FILE:12: " before the line when an error repeats it, or NULL */
	bool privileged;
	unsigned granted; /* privilege of a new connection: without a password */
	bool configuring;
	bool quit;
	bool debugging;	      /* asked for lines that come by themselves */
	int screen_rows;      /* `terminal length`; -1: as many as the terminal has */
	int screen_columns;   /* `terminal width`; 0: as many as the terminal has */
	enum dialect dialect; /* of what is printed; the server has the same for this connection */
	bool over_ssh;	      /* else the terminal is the console of the machine */
	uint64_t idle_ms;     /* without a key, and the shell ends; 0: never */
	char hostname[CONFIG_NAME];
	json_t *paste_params; /* of a call whose text is being pasted (pki.h), NULL = none */
	enum rpc_method paste_method;
	FILE *keys[SHELL_KEY_TABLES]; /* of keylog.h; NULL = not written */
	char *pasted;		      /* owned */
	size_t pasted_len;
	struct config_cursor cursor; /* mode only; meant when configuring */
};

/* Asks the hostname and the dialect. 0, or -errno with the sentence in session->error. */
int must_check shell_init(struct shell *shell, struct session *session, FILE *out, FILE *err);

/*
 * Asks them again, the configuration having changed. 0, or -errno as above.
 */
int must_check shell_refresh(struct shell *shell);

/* Runs one line. 0, or 1 when it failed and the reason was printed. */
int shell_line(struct shell *shell, const char *line);

/* "hostname(config-if)#"; returns buf. */
char *shell_prompt(const struct shell *shell, char *buf, size_t size);
/* "(config-if)" or "". */
const char *shell_mode(const struct shell *shell);

/* The prompt it stands at and its dialect: enum exec_prompt. */
unsigned shell_at(const struct shell *shell);

/*
 * For the commands of the shell itself (local.h). Runs the exec command that begins at this offset
 * of the line, as at that prompt; 0 or 1 as shell_line().
 */
int shell_exec(struct shell *shell, unsigned prompt, const char *line, size_t offset);
/*
 * In configuration mode: whether the first word of the line begins a configuration line. `exit` and
 * `end` do not, although the grammar knows them: leaving a mode is the shell's.
 */
bool shell_is_config(const struct shell *shell, const char *line);
/* One configuration line at the cursor; 0 or 1. */
int shell_config(struct shell *shell, const char *line);
/* What was of the connection has ended with it: modes, debug lines, a privilege by password. */
void shell_disconnected(struct shell *shell);
/* Calls; the result, or NULL after the reason was printed. params is stolen. */
json_t *must_check shell_call(struct shell *shell, enum rpc_method method, json_t *params);
