/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/log_file.h"

#include "controlplane/control.h"

#include <stdio.h>
#include <string.h>

/* The line about a failure fails too, which is no news. */
static void on_written(void *ctx, uint64_t, const struct plane_ack *ack)
{
	struct control *c = ctx;
	struct log_file *f = &c->log_file;
	int before = f->error;

	f->waiting--;
	f->written += ack->error == 0;
	f->lost += ack->error != 0;
	f->error = ack->error;
	if (ack->error && ack->error != before)
		debug_log_event(c->log, DEBUG_LOG_PLANE, "the log file %s cannot be written: %s",
				c->config.logging.file, strerror(-ack->error));
}

/* A piece of the line; the last one is answered. */
static int post(struct control *c, const char *text, size_t len, bool last)
{
	const struct config_logging *l = &c->config.logging;
	const char *colon = strrchr(l->file, ':');
	struct plane_msg msg = {.type = PLANE_LOG};

	msg.log.len = (uint16_t)len;
	msg.log.most_bytes = l->file_bytes ? l->file_bytes : CONFIG_LOG_FILE_BYTES;
	snprintf(msg.log.name, sizeof(msg.log.name), "%s", colon ? colon + 1 : l->file);
	memcpy(msg.log.text, text, len);
	return plane_client_send(c->client, PLANE_CLIENT_MAIN, &msg, last ? on_written : NULL, c,
				 0);
}

void log_file_write(void *control, const char *line)
{
	struct control *c = control;
	struct log_file *f = &c->log_file;
	unsigned queue = c->config.logging.queue ? c->config.logging.queue : LOG_FILE_QUEUE;
	char text[DEBUG_LOG_PRINTED + 2];
	size_t len, at = 0, piece;

	if (f->waiting >= queue) {
		f->lost++;
		return;
	}
	len = (size_t)snprintf(text, sizeof(text), "%s\n", line);
	f->waiting++;
	for (; at < len; at += piece) {
		piece = len - at < PLANE_LOG_TEXT ? len - at : PLANE_LOG_TEXT;
		if (post(c, text + at, piece, at + piece == len) == 0)
			continue;
		f->waiting--;
		f->lost++;
		return;
	}
}
