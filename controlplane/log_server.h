/* SPDX-License-Identifier: BSD-3-Clause */
/* One line to every log server of the configuration: RFC 3164 over UDP, and nobody waits. */
#pragma once

#include "lib/config/config_model.h"

#include <stdint.h>

/* line: "%CRYPTO-5-...: ..." of this severity. A server that cannot be reached gets nothing. */
void log_server_send(const struct config *config, unsigned severity, int64_t wall_ms,
		     const char *line);
