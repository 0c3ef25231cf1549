/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/log_stamp.h"

#include <stdbool.h>
#include <stdio.h>
#include <time.h>

enum {
	MINUTE = 60,
	HOUR = 3600,
	DAY = 86400,
	MS = 1000,
};

static void put_uptime(char buf[LOG_STAMP_TEXT], uint64_t s)
{
	unsigned days = (unsigned)(s / DAY);
	unsigned hours = (unsigned)(s % DAY / HOUR);

	if (days)
		snprintf(buf, LOG_STAMP_TEXT, "%ud%02uh: ", days, hours);
	else
		snprintf(buf, LOG_STAMP_TEXT, "%02u:%02u:%02u: ", hours,
			 (unsigned)(s % HOUR / MINUTE), (unsigned)(s % MINUTE));
}

static size_t put_date(char buf[LOG_STAMP_TEXT], int64_t wall_ms, bool local)
{
	time_t t = (time_t)(wall_ms / MS);
	struct tm tm;

	if (!(local ? localtime_r(&t, &tm) : gmtime_r(&t, &tm)))
		return 0;
	return strftime(buf, LOG_STAMP_TEXT, "%b %e %H:%M:%S", &tm);
}

char *log_stamp_print(const struct config_timestamps *how, uint64_t up_ms, int64_t wall_ms,
		      char buf[LOG_STAMP_TEXT])
{
	size_t n;

	buf[0] = '\0';
	if (how->kind == CONFIG_STAMP_UPTIME) {
		put_uptime(buf, up_ms / MS);
	} else if (how->kind == CONFIG_STAMP_DATETIME) {
		n = put_date(buf, wall_ms, how->localtime);
		if (how->msec)
			n += (size_t)snprintf(buf + n, LOG_STAMP_TEXT - n, ".%03d",
					      (int)(wall_ms % MS));
		snprintf(buf + n, LOG_STAMP_TEXT - n, ": ");
	}
	return buf;
}

char *log_stamp_rfc3164(int64_t wall_ms, char buf[LOG_STAMP_TEXT])
{
	buf[put_date(buf, wall_ms, true)] = '\0';
	return buf;
}
