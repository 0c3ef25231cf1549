/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/stress_number.h"

#include "lib/esp/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool read_number(const struct stress_number *row, const char *text, double *value)
{
	char *end;

	*value = strtod(text, &end);
	if ((text[0] < '0' || text[0] > '9') || *end)
		return false;
	/* whole numbers, unless it is a share */
	if (row->type != STRESS_NUMBER_SHARE && strspn(text, "0123456789") != strlen(text))
		return false;
	return *value >= row->least && *value <= row->most;
}

static void store(const struct stress_number *row, const char *text, double value, void *options)
{
	void *at = (char *)options + row->offset;
	uint64_t whole = strtoull(text, NULL, 10);
	uint32_t low = (uint32_t)whole;

	switch (row->type) {
	case STRESS_NUMBER_U32: memcpy(at, &low, sizeof(low)); break;
	case STRESS_NUMBER_U64: memcpy(at, &whole, sizeof(whole)); break;
	case STRESS_NUMBER_SHARE: memcpy(at, &value, sizeof(value)); break;
	}
}

int stress_number_parse(const struct stress_number *rows, size_t n, int letter, const char *text,
			void *options)
{
	double value;

	for (size_t i = 0; i < n; i++) {
		if (rows[i].letter != letter)
			continue;
		if (!read_number(&rows[i], text, &value)) {
			fprintf(stderr, "culvert-stress: --%s: \"%s\" is not %.0f to %.0f %s\n",
				rows[i].name, text, rows[i].least, rows[i].most, rows[i].unit);
			return 2;
		}
		store(&rows[i], text, value, options);
		return -1;
	}
	return 1;
}

bool stress_number_window(const char *text, uint32_t *window)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	*window = (uint32_t)value;
	if (text[0] >= '0' && text[0] <= '9' && !*end && value <= REPLAY_MAX &&
	    replay_window_valid(*window))
		return true;
	fprintf(stderr,
		"culvert-stress: --window: \"%s\" is not a power of two from %d to %d, or 0 for "
		"none\n",
		text, REPLAY_MIN, REPLAY_MAX);
	return false;
}
