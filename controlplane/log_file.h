/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `logging file`: lines for the file that culvertd writes (plane_msg.h struct plane_log). At most
 * as many wait as `logging queue` says, the others are counted; a file that cannot be written is
 * told of once.
 */
#pragma once

#include "lib/base/compat.h"

#include <stdint.h>

struct control;

enum {
	LOG_FILE_QUEUE = 512, /* lines that wait, unless the configuration says otherwise */
};

struct log_file {
	unsigned waiting;
	uint64_t written;
	uint64_t lost;
	int error; /* of the line before, a negative errno */
};

/* A line without its end. */
void log_file_write(void *control, const char *line);
