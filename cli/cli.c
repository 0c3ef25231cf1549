/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/cli.h"

#include "cli/complete.h"
#include "cli/local.h"
#include "cli/pump.h"

#include <libcli.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	IDLE_US = 100000,
	CTRL_U = 0x15, /* of what Ctrl-C becomes: keys.h */
	CTRL_CARET = 0x1e,
	DELETE = 0x7f,
};

struct terminal {
	struct shell *shell;
	struct cli_def *cli;
	struct pump *pump;
	int tty;
	int socket;   /* libcli's; keys are read from it while a command pages */
	FILE *out;    /* the same socket, for what commands print */
	bool running; /* a command runs; else libcli waits for keys */
	bool asked;   /* lines came while libcli waited, its prompt is overwritten */
};

/* The prompt is libcli's: hostname, mode and mark are kept in it. */
static void show_state(struct terminal *t)
{
	const struct shell *shell = t->shell;

	cli_set_hostname(t->cli, shell->hostname);
	cli_set_configmode(t->cli, shell->configuring ? MODE_CONFIG : MODE_EXEC, NULL);
	cli_set_modestring(t->cli, shell_mode(shell));
	cli_set_promptchar(t->cli, shell->configuring || shell->privileged ? "#" : ">");
}

/* Ctrl-Z is libcli's alone: it shows in its mode when it comes back to us. */
static void take_state(struct terminal *t)
{
	if (t->shell->configuring && t->cli->mode == MODE_EXEC)
		local_end(t->shell, NULL);
}

int cli_run_command(struct cli_def *cli, const char *command)
{
	struct terminal *t = cli_get_context(cli);

	t->running = true;
	pump_wait(t->pump, 0);
	take_state(t);
	shell_line(t->shell, command);
	if (t->shell->quit)
		return CLI_QUIT;
	show_state(t);
	pump_wait(t->pump, t->shell->idle_ms);
	/* libcli begins a new line before each prompt; we are at the beginning of one already. */
	fputs("\033[A", t->out);
	fflush(t->out);
	t->running = false;
	return CLI_OK;
}

static void add_help(struct cli_comphelp *help, const struct config_choice *rows, size_t n)
{
	char text[512];

	for (size_t i = 0; i < n; i++) {
		complete_text(rows, n, i, text, sizeof(text));
		cli_add_comphelp_entry(help, text);
	}
	if (n == 0)
		cli_add_comphelp_entry(help, "% Unrecognized command");
}

void cli_get_completions(struct cli_def *cli, const char *command, char lastchar,
			 struct cli_comphelp *help)
{
	struct terminal *t = cli_get_context(cli);
	struct config_choice rows[COMPLETE_MAX];
	size_t n;

	take_state(t);
	n = complete_choices(t->shell, command, rows, array_len(rows));
	if (lastchar == '?') {
		add_help(help, rows, n);
		return;
	}
	/* libcli copies a completion behind the line without looking at the end of its room. */
	if (strlen(command) + CONFIG_NAME >= CLI_MAX_LINE_LENGTH)
		return;
	for (size_t i = 0; i < n; i++)
		if (rows[i].keyword)
			cli_add_comphelp_entry(help, rows[i].word);
}

/* A line that comes by itself, between two others or over the prompt. */
static void notify(void *ctx, const char *, const json_t *params)
{
	struct terminal *t = ctx;
	const char *text = render_text_of(params, "text");

	if (t->running)
		fprintf(t->out, "%s\n", text);
	else
		fprintf(t->out, "%s%s", t->asked ? "\n" : "\r\033[K", text);
	t->asked = !t->running;
}

static int while_idle(struct cli_def *cli)
{
	struct terminal *t = cli_get_context(cli);
	struct session *session = t->shell->session;

	if (session->fd < 0)
		return CLI_OK;
	t->asked = false;
	if (session_poll(session, 0)) {
		fprintf(t->out, "\r\033[K%% %s", session->error);
		t->asked = true;
		shell_disconnected(t->shell);
		show_state(t);
	}
	fflush(t->out);
	if (t->asked)
		cli_reprompt(cli);
	return CLI_OK;
}

static int rows_of(const struct terminal *t)
{
	struct winsize size;

	if (t->shell->screen_rows >= 0)
		return t->shell->screen_rows;
	return ioctl(t->tty, TIOCGWINSZ, &size) == 0 ? size.ws_row : 24;
}

static int columns_of(const struct terminal *t)
{
	struct winsize size;

	if (t->shell->screen_columns > 0)
		return t->shell->screen_columns;
	return ioctl(t->tty, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

/* One key while a command runs, after what was printed; false: there is nobody any more. */
static bool read_key(struct terminal *t, char *key)
{
	bool there;

	pump_wait(t->pump, t->shell->idle_ms);
	fflush(t->out);
	there = read(t->socket, key, 1) == 1;
	pump_wait(t->pump, 0);
	return there;
}

/* How many more lines to print: a page, a line, or none at any other key. */
static int ask_more(struct terminal *t, int rows)
{
	static const char *const prompts[DIALECT_COUNT] = {
		[DIALECT_IOS] = " --More-- ",
		[DIALECT_ASA] = "<--- More --->",
		[DIALECT_PIX] = "<--- More --->",
	};
	const char *prompt = prompts[t->shell->dialect];
	char key, rest[64];

	fputs(prompt, t->out);
	if (!read_key(t, &key))
		return 0;
	fprintf(t->out, "\r%*s\r", (int)strlen(prompt), "");
	if (key == ' ')
		return rows - 1;
	if (key == '\r')
		return 1;
	while (recv(t->socket, rest, sizeof(rest), MSG_DONTWAIT) > 0)
		;
	return 0;
}

static void page(void *ctx, char *text)
{
	struct terminal *t = ctx;
	int rows = rows_of(t), left = rows - 1, columns = columns_of(t);

	for (char *line = text, *end; *line; line = end) {
		int height;

		end = strchrnul(line, '\n');
		height = 1 + (end > line ? (int)((end - line - 1) / columns) : 0);
		end += *end == '\n';
		if (rows > 1 && left < height && left < rows - 1) {
			left = ask_more(t, rows);
			if (left <= 0)
				return;
		}
		left -= height;
		fwrite(line, 1, (size_t)(end - line), t->out);
	}
}

/* What one key does to the answer; true when it ends it. */
static bool edit(struct terminal *t, char key, char *answer, size_t *len, size_t size)
{
	if (key == '\r' || key == '\n')
		return true;
	if ((key == '\b' || key == DELETE) && *len) {
		--*len;
		fputs("\b \b", t->out);
	} else if ((unsigned char)key >= ' ' && key != DELETE && *len + 1 < size) {
		answer[(*len)++] = key;
		fputc(key, t->out);
	}
	fflush(t->out);
	return false;
}

static void forget_keys(struct terminal *t)
{
	char rest[64];

	while (recv(t->socket, rest, sizeof(rest), MSG_DONTWAIT) > 0)
		;
}

static bool is_escape(char key)
{
	return key == CTRL_U || key == CTRL_CARET;
}

static bool ask(void *ctx, const char *question, char *answer, size_t size)
{
	struct terminal *t = ctx;
	size_t len = 0;
	char key;

	fputs(question, t->out);
	while (read_key(t, &key) && !is_escape(key)) {
		if (!edit(t, key, answer, &len, size))
			continue;
		answer[len] = '\0';
		fputc('\n', t->out);
		return true;
	}
	forget_keys(t);
	fputc('\n', t->out);
	return false;
}

/* Without echo, not even its length. */
static bool ask_secret(void *ctx, const char *question, char *answer, size_t size)
{
	struct terminal *t = ctx;
	size_t len = 0;
	char key;

	fputs(question, t->out);
	while (read_key(t, &key) && !is_escape(key)) {
		if (key == '\r' || key == '\n') {
			answer[len] = '\0';
			fputc('\n', t->out);
			return true;
		}
		if (key == DELETE || key == '\b')
			len -= len > 0;
		else if (key >= ' ' && len + 1 < size)
			answer[len++] = key;
	}
	explicit_bzero(answer, size);
	forget_keys(t);
	fputc('\n', t->out);
	return false;
}

/* Lines that were typed ahead stay where they are; without a terminal any more it ends too. */
static bool aborted(void *ctx)
{
	struct terminal *t = ctx;
	char keys[256];
	ssize_t n = recv(t->socket, keys, sizeof(keys), MSG_DONTWAIT | MSG_PEEK);

	if (n == 0)
		return true;
	for (ssize_t i = 0; i < n; i++) {
		if (is_escape(keys[i])) {
			forget_keys(t);
			return true;
		}
	}
	return false;
}

static int run(struct terminal *t)
{
	struct cli_def *cli = cli_init();

	if (!cli)
		return -ENOMEM;
	t->cli = cli;
	cli_set_context(cli, t);
	cli_telnet_protocol(cli, 0);
	cli_regular(cli, while_idle);
	cli->timeout_tm = (struct timeval){.tv_usec = IDLE_US};
	show_state(t);
	pump_wait(t->pump, t->shell->idle_ms);
	cli_loop(cli, t->socket); /* closes it */
	cli_done(cli);
	return 0;
}

static void attach(struct terminal *t)
{
	struct shell *shell = t->shell;

	shell->out = shell->err = t->out;
	shell->page = page;
	shell->ask = ask;
	shell->ask_secret = ask_secret;
	shell->aborted = aborted;
	shell->terminal = t;
	shell->prompted = true;
	shell->session->notify = notify;
	shell->session->notify_ctx = t;
}

int cli_interact(struct shell *shell, int tty)
{
	struct pump pump;
	struct terminal t = {.shell = shell, .tty = tty, .pump = &pump};
	int rc = pump_start(&pump, tty, &t.socket);

	if (rc)
		return rc;
	t.out = fdopen(dup(t.socket), "w");
	if (t.out) {
		attach(&t);
		rc = run(&t);
		if (!shell->quit)
			fputc('\n', t.out); /* the prompt still stands there */
		fclose(t.out);
	} else {
		rc = -ENOMEM;
		close(t.socket);
	}
	pump_stop(&pump);
	shell->session->notify = NULL;
	return rc;
}
