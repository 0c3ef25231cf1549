/* SPDX-License-Identifier: BSD-3-Clause */
/* Where event lines go and what stands in front of them. Flat: no pointers. */
#pragma once

#include "lib/base/names.h"
#include "lib/net/addr.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	CONFIG_LOG_HOSTS = 4,
	CONFIG_LOG_PORT = 514,
	CONFIG_LOG_OFF = 8, /* a level: one more than debugging */
	CONFIG_LOG_IF = 32,
	CONFIG_LOG_LOCAL7 = 23,
	CONFIG_LOG_FILE = 48,
	CONFIG_LOG_FILE_BYTES = 1 << 20,
};

enum config_log_stamp {
	CONFIG_STAMP_NONE,
	CONFIG_STAMP_UPTIME,
	CONFIG_STAMP_DATETIME,
};

/* `service timestamps` */
struct config_timestamps {
	uint8_t kind; /* enum config_log_stamp */
	bool msec;
	bool localtime;
};

struct config_log_host {
	struct addr address;
	uint16_t port;
	char interface[CONFIG_LOG_IF]; /* of the ASA form, "" otherwise */
};

struct config_logging {
	bool off;
	/* Levels: lines up to this severity, CONFIG_LOG_OFF = none */
	uint8_t buffered;
	uint8_t console;
	uint8_t monitor;
	uint8_t trap;
	uint8_t file_level;
	uint32_t buffer_bytes;	    /* 0 = as much as there is */
	uint32_t queue;		    /* lines waiting for the log file; 0 = default */
	char file[CONFIG_LOG_FILE]; /* "" = none */
	uint32_t file_bytes;	    /* then a new one begins; 0 = CONFIG_LOG_FILE_BYTES */
	uint8_t facility;	    /* RFC 3164 4.1.1; local7 = 23 */
	char source[CONFIG_LOG_IF];
	struct config_log_host hosts[CONFIG_LOG_HOSTS];
	uint8_t n_hosts;
	struct config_timestamps log;
	struct config_timestamps debug;
	bool sequence;
};

struct config_logging config_logging_defaults(void);
/* "warnings"; a number from 0 to 7. */
const char *config_logging_level(unsigned level);
/* "local7" of RFC 3164 4.1.1, NULL for a number without a name here. */
const char *config_logging_facility(unsigned facility);
