/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `logging file`: culvertd writes the file, since culvert-iked has no right to open any. It stands
 * in the folder CONFIG.log beside the configuration, readable by root and its group.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/plane/plane_msg.h"

#include <stdbool.h>
#include <stdint.h>

struct log_file {
	bool open;
	int fd;
	uint64_t bytes;
	char name[PLANE_LOG_NAME];
};

/* Appends; a file that a line has filled is put aside behind that line. 0 or -errno. */
int must_check log_file_append(struct log_file *f, const char *config_path,
			       const struct plane_log *log);
void log_file_close(struct log_file *f);
