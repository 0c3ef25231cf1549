/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_logging.h"

#include "lib/base/compat.h"

static const struct name levels[] = {
	{0, "emergencies"}, {1, "alerts"},	  {2, "critical"},	{3, "errors"},
	{4, "warnings"},    {5, "notifications"}, {6, "informational"}, {7, "debugging"},
};

static const struct name facilities[] = {
	{0, "kern"},	{3, "daemon"},	{4, "auth"},	{5, "syslog"},
	{16, "local0"}, {17, "local1"}, {18, "local2"}, {19, "local3"},
	{20, "local4"}, {21, "local5"}, {22, "local6"}, {23, "local7"},
};

struct config_logging config_logging_defaults(void)
{
	return (struct config_logging){
		.buffered = 7,
		.console = 7,
		.monitor = 7,
		.trap = 6,
		.file_level = 7,
		.facility = CONFIG_LOG_LOCAL7,
	};
}

const char *config_logging_level(unsigned level)
{
	const char *name = names_find(levels, array_len(levels), level);

	return name ? name : "disabled";
}

const char *config_logging_facility(unsigned facility)
{
	return names_find(facilities, array_len(facilities), facility);
}
