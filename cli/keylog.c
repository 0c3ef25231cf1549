/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/keylog.h"

#include "cli/report.h"
#include "cli/shell.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	FILE_MODE = 0600,
	POLL_MS = 1000,
};

static const char *const tables[SHELL_KEY_TABLES] = {"ikev1_decryption_table", "esp_sa"};

static void on_line(void *ctx, const char *, const json_t *params)
{
	struct shell *shell = ctx;
	const char *table = render_text_of(params, "table");

	for (size_t i = 0; i < SHELL_KEY_TABLES; i++)
		if (shell->keys[i] && strcmp(tables[i], table) == 0)
			fprintf(shell->keys[i], "%s\n", render_text_of(params, "line"));
}

void keylog_close(struct shell *shell)
{
	shell->session->key = NULL;
	for (size_t i = 0; i < SHELL_KEY_TABLES; i++) {
		if (shell->keys[i])
			fclose(shell->keys[i]);
		shell->keys[i] = NULL;
	}
}

/* Made new: what was there may be open to others. Each line is there when it was written. */
static FILE *open_table(const char *path)
{
	int fd;
	FILE *out;

	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
	out = fd < 0 ? NULL : fdopen(fd, "w");
	if (out)
		setvbuf(out, NULL, _IOLBF, 0);
	return out;
}

static int open_tables(struct shell *shell, const struct word *file)
{
	for (size_t i = 0; i < SHELL_KEY_TABLES; i++) {
		char *path = NULL;

		if (asprintf(&path, "%.*s.%s", (int)file->len, file->at, tables[i]) < 0)
			return 1;
		shell->keys[i] = open_table(path);
		if (!shell->keys[i])
			report_text(shell, "%% %s cannot be written: %s", path, strerror(errno));
		free(path);
		if (!shell->keys[i])
			return 1;
	}
	return 0;
}

static int watch(struct shell *shell, bool on)
{
	json_t *result = shell_call(shell, RPC_KEYS_WATCH, json_pack("{s:b}", "on", on));

	json_decref(result);
	return result ? 0 : 1;
}

/* Nobody types `no monitor crypto keys`: until a signal or the other end ends it. */
static int follow(struct shell *shell)
{
	while (session_poll(shell->session, POLL_MS) == 0)
		;
	report_text(shell, "%% %s", shell->session->error);
	keylog_close(shell);
	return 1;
}

int keylog_begin(struct shell *shell, const struct exec_match *match)
{
	const struct word *file = &match->values[0];

	if (shell->keys[0]) {
		report_text(shell, "%% Keys are being written: type no monitor crypto keys first");
		return 1;
	}
	if (open_tables(shell, file))
		goto err;
	shell->session->key = on_line;
	shell->session->key_ctx = shell;
	if (watch(shell, true))
		goto err;
	fprintf(shell->out,
		"Keys of IKE and ESP SAs are written to %.*s.%s and .%s: whoever reads them reads "
		"the "
		"traffic\n",
		(int)file->len, file->at, tables[0], tables[1]);
	fflush(shell->out);
	return shell->prompted ? 0 : follow(shell);
err:
	keylog_close(shell);
	return 1;
}

int keylog_end(struct shell *shell, const struct exec_match *)
{
	int rc = watch(shell, false);

	keylog_close(shell);
	return rc;
}
