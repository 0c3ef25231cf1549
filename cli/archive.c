/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/archive.h"

#include "cli/files.h"
#include "cli/report.h"
#include "cli/shell.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	PATH_BYTES = 512,
	NUMBER_BYTES = 16,
};

struct copies {
	unsigned *numbers; /* owned, ascending */
	size_t n;
};

/* $h and $t, as on IOS. The names of the copies that are there begin with the same host name. */
static void expand(char out[PATH_BYTES], const char *path, const char *hostname, const char *stamp)
{
	size_t n = 0;

	for (; *path && n + 1 < PATH_BYTES; path++) {
		const char *put = *path != '$'	   ? NULL
				  : path[1] == 'h' ? hostname
				  : path[1] == 't' ? stamp
						   : NULL;

		if (!put) {
			out[n++] = *path;
			continue;
		}
		n += (size_t)snprintf(out + n, PATH_BYTES - n, "%s", put);
		n = n < PATH_BYTES ? n : PATH_BYTES - 1;
		path++;
	}
	out[n] = '\0';
}

static int ascending(const void *left, const void *right)
{
	const unsigned *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

/* The copies that are there, by the number at the end of their names. */
static void find(struct copies *copies, const char *prefix)
{
	char pattern[PATH_BYTES + NUMBER_BYTES];
	glob_t found = {0};

	*copies = (struct copies){0};
	snprintf(pattern, sizeof(pattern), "%s-*", prefix);
	if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0)
		copies->numbers = calloc(found.gl_pathc, sizeof(*copies->numbers));
	for (size_t i = 0; copies->numbers && i < found.gl_pathc; i++) {
		const char *number = strrchr(found.gl_pathv[i], '-') + 1;
		size_t digits = strspn(number, "0123456789");

		if (digits && digits < 9 && !number[digits])
			copies->numbers[copies->n++] = (unsigned)atoi(number);
	}
	if (copies->n)
		qsort(copies->numbers, copies->n, sizeof(*copies->numbers), ascending);
	globfree(&found);
}

/* Where copies go; NULL after the reason was printed. */
static json_t *ask_where(struct shell *shell)
{
	json_t *where = shell_call(shell, RPC_SHOW_ARCHIVE, NULL);

	if (!where || *render_text_of(where, "path"))
		return where;
	report_text(shell, "%%Archive is not configured: type archive, and path FILE below it");
	json_decref(where);
	return NULL;
}

static void remove_oldest(const char *prefix, const struct copies *copies, size_t most)
{
	char path[PATH_BYTES + NUMBER_BYTES];

	for (size_t i = 0; i + most < copies->n + 1; i++) {
		snprintf(path, sizeof(path), "%s-%u", prefix, copies->numbers[i]);
		unlink(path);
	}
}

int archive_config(struct shell *shell, const struct exec_match *)
{
	json_t *where = ask_where(shell), *text = NULL;
	char prefix[PATH_BYTES], path[PATH_BYTES + NUMBER_BYTES], stamp[32];
	time_t now = time(NULL);
	struct copies copies;
	long bytes = -1;

	if (!where)
		return 1;
	strftime(stamp, sizeof(stamp), "%b-%d-%H-%M-%S", localtime(&now));
	expand(prefix, render_text_of(where, "path"), render_text_of(where, "hostname"), stamp);
	find(&copies, prefix);
	snprintf(path, sizeof(path), "%s-%u", prefix,
		 copies.n ? copies.numbers[copies.n - 1] + 1 : 1);
	text = shell_call(shell, RPC_CONFIG_TEXT, json_pack("{s:s}", "of", "running"));
	if (text)
		bytes = files_write(shell, path, render_text_of(text, "text"));
	if (bytes >= 0) {
		remove_oldest(prefix, &copies, (size_t)render_number_of(where, "maximum"));
		fprintf(shell->out, "%s: %ld bytes\n", path, bytes);
	}
	free(copies.numbers);
	json_decref(text);
	json_decref(where);
	return bytes < 0;
}

int archive_show(struct shell *shell, const struct exec_match *)
{
	json_t *where = ask_where(shell);
	char prefix[PATH_BYTES];
	struct copies copies;

	if (!where)
		return 1;
	expand(prefix, render_text_of(where, "path"), render_text_of(where, "hostname"), "*");
	find(&copies, prefix);
	fprintf(shell->out,
		"The maximum archive configurations allowed is %lld.\n"
		"There are currently %zu archive configurations saved.\n"
		"The next archive file will be named %s-%u\n Archive #  Name\n",
		render_number_of(where, "maximum"), copies.n, prefix,
		copies.n ? copies.numbers[copies.n - 1] + 1 : 1);
	for (size_t i = 0; i < copies.n; i++)
		fprintf(shell->out, "   %-8zu %s-%u%s\n", i + 1, prefix, copies.numbers[i],
			i + 1 == copies.n ? " <- Most Recent" : "");
	free(copies.numbers);
	json_decref(where);
	return 0;
}
