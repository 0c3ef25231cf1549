/* SPDX-License-Identifier: BSD-3-Clause */
/* What stands in front of a line: `service timestamps`, and the date of RFC 3164. */
#pragma once

#include "lib/config/config_logging.h"

#include <stddef.h>
#include <stdint.h>

enum {
	LOG_STAMP_TEXT = 48
};

/*
 * "3d01h: ", "21:57:57: ", "Sep 22 11:02:39.123: "; "" for none. up_ms: since the start; wall_ms:
 * since 1970.
 */
char *log_stamp_print(const struct config_timestamps *how, uint64_t up_ms, int64_t wall_ms,
		      char buf[LOG_STAMP_TEXT]);
/* "Sep 22 11:02:39" in local time (RFC 3164 4.1.2). */
char *log_stamp_rfc3164(int64_t wall_ms, char buf[LOG_STAMP_TEXT]);
