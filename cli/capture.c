/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/capture.h"

#include "cli/capture_words.h"
#include "cli/pcapng.h"
#include "cli/report.h"
#include "cli/shell.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	PAGE = 200,	  /* packets of one call */
	FILE_MODE = 0600, /* what was encrypted stands there in clear */
	BYTES_MAX = 4096,
};

static const char source[] = "capture:";

/* 0, or 1 after the reason was printed; params are stolen. */
static int call(struct shell *shell, enum rpc_method method, json_t *params)
{
	json_t *result = params ? shell_call(shell, method, params) : NULL;

	json_decref(result);
	return result ? 0 : 1;
}

static json_t *named(const struct word *name)
{
	return json_pack("{s:s%}", "name", name->at, name->len);
}

int capture_line(struct shell *shell, const struct exec_match *match)
{
	json_t *params = named(&match->values[0]);

	if (capture_words_ios(shell, match, &match->values[1], params)) {
		json_decref(params);
		return 1;
	}
	return call(shell, RPC_CAPTURE_SET, params);
}

int capture_asa_line(struct shell *shell, const struct exec_match *match)
{
	json_t *params = named(&match->values[0]);

	if (capture_words_asa(shell, match, &match->values[1], params)) {
		json_decref(params);
		return 1;
	}
	return call(shell, RPC_CAPTURE_SET, params) ||
	       call(shell, RPC_CAPTURE_START, named(&match->values[0]));
}

static size_t bytes_of(const char *hex, uint8_t out[BYTES_MAX])
{
	size_t n = 0;

	for (; n < BYTES_MAX && hex[0] && hex[1]; hex += 2)
		if (sscanf(hex, "%2hhx", &out[n]) == 1)
			n++;
	return n;
}

static bool write_packet(struct pcapng *file, const json_t *p)
{
	uint8_t bytes[BYTES_MAX];
	const struct pcapng_packet packet = {
		.interface = render_text_of(p, "interface"),
		.outbound = strcmp(render_text_of(p, "direction"), "out") == 0,
		.time_us = (uint64_t)render_number_of(p, "time_us"),
		.bytes = bytes,
		.len = (uint32_t)bytes_of(render_text_of(p, "data"), bytes),
		.whole = (uint32_t)render_number_of(p, "length"),
		.comment = render_text_of(p, "comment"),
	};

	return pcapng_write(file, &packet);
}

/* Packets from `from` on; how many, 0 behind the last, -1 after the reason was printed. */
static int write_page(struct shell *shell, const struct word *name, size_t from,
		      struct pcapng *file)
{
	json_t *params = named(name), *result;
	const json_t *p;
	int n = 0;
	size_t i;

	json_object_set_new(params, "from", json_integer((json_int_t)from));
	json_object_set_new(params, "count", json_integer(PAGE));
	json_object_set_new(params, "data", json_true());
	result = shell_call(shell, RPC_CAPTURE_PACKETS, params);
	if (!result)
		return -1;
	json_array_foreach(json_object_get(result, "packets"), i, p)
		if (n >= 0)
			n = write_packet(file, p) ? n + 1 : -1;
	if (n < 0)
		report_text(shell, "%% The capture has more than %d interfaces", PCAPNG_INTERFACES);
	json_decref(result);
	return n;
}

static int write_all(struct shell *shell, const struct word *name, FILE *out)
{
	struct pcapng file;
	size_t from = 0;
	int n;

	pcapng_begin(&file, out,
		     "IPv4 packets without link header; each comment says SA and verdict");
	while ((n = write_page(shell, name, from, &file)) > 0)
		from += (size_t)n;
	return n;
}

/* With the rights of the operator; a file that was there keeps its mode. */
static FILE *open_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);

	return fd < 0 ? NULL : fdopen(fd, "w");
}

static int export(struct shell *shell, const struct word *name, const struct word *file)
{
	char *path = words_dup(file);
	FILE *out = path ? open_file(path) : NULL;
	int rc;

	if (!out) {
		report_text(shell, "%% %s cannot be written: %s", path ? path : "",
			    strerror(errno));
		free(path);
		return 1;
	}
	rc = write_all(shell, name, out);
	if (fclose(out) && rc == 0) {
		report_text(shell, "%% %s cannot be written: %s", path, strerror(errno));
		rc = -1;
	}
	if (rc)
		unlink(path);
	free(path);
	return rc ? 1 : 0;
}

/* Whether it exists and does not run any more: what is written is what was captured. */
static bool is_stopped(struct shell *shell, const struct word *name)
{
	json_t *result = shell_call(shell, RPC_SHOW_CAPTURE, named(name));
	const json_t *one = json_array_get(json_object_get(result, "captures"), 0);
	bool running = json_is_true(json_object_get(one, "running"));

	if (running)
		report_text(shell, "%% Capture is active: stop it before it is exported");
	json_decref(result);
	return result && !running;
}

int capture_export(struct shell *shell, const struct exec_match *match)
{
	if (!is_stopped(shell, &match->values[0]) ||
	    export(shell, &match->values[0], &match->values[1]))
		return 1;
	fputs("Exported Successfully\n", shell->out);
	return 0;
}

int capture_copy(struct shell *shell, const struct exec_match *match)
{
	struct word name = match->values[0];
	size_t len = strlen(source);

	if (name.len <= len || strncmp(name.at, source, len) != 0)
		return report_exec(shell, EXEC_INVALID, match->line,
				   (size_t)(name.at - match->line));
	name.at += len;
	name.len -= len;
	if (export(shell, &name, &match->values[1]))
		return 1;
	fprintf(shell->out, "Source capture name [%.*s]?\n\nDestination filename [%.*s]?\n!!\n",
		(int)name.len, name.at, (int)match->values[1].len, match->values[1].at);
	return 0;
}
