/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/debug_log.h"

#include "lib/base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *name;
	unsigned burst;
} classes[] = {
#define LOG_CLASS(id, class_name, class_burst) {.name = class_name, .burst = class_burst},
#include "controlplane/log_classes.def"
#undef LOG_CLASS
};

struct window {
	uint64_t start_ms;
	unsigned n;
	unsigned suppressed;
};

struct debug_log {
	uint64_t (*now_ms)(void);
	struct debug_log_listener listener;
	unsigned topics;
	struct window windows[DEBUG_LOG_CLASS_COUNT];
	size_t first;
	size_t n;
	char lines[DEBUG_LOG_LINES][DEBUG_LOG_LINE];
};

struct debug_log *debug_log_create(uint64_t (*now_ms)(void))
{
	struct debug_log *log = calloc(1, sizeof(*log));

	if (log)
		log->now_ms = now_ms;
	return log;
}

void debug_log_destroy(struct debug_log *log)
{
	free(log);
}

void debug_log_listen(struct debug_log *log, const struct debug_log_listener *listener)
{
	log->listener = *listener;
}

void debug_log_set_topics(struct debug_log *log, unsigned topics)
{
	log->topics = topics;
}

bool debug_log_wants(const struct debug_log *log, enum ike_topic topic)
{
	return log->topics & 1u << topic;
}

/* False when the line must only be counted; *suppressed: lines swallowed since the last one. */
static bool admit(struct debug_log *log, enum debug_log_class class, unsigned *suppressed)
{
	struct window *w = &log->windows[class];
	uint64_t now = log->now_ms();

	if (now - w->start_ms >= DEBUG_LOG_WINDOW_MS) {
		w->start_ms = now;
		w->n = 0;
	}
	if (w->n++ >= classes[class].burst) {
		w->suppressed++;
		return false;
	}
	*suppressed = w->suppressed;
	w->suppressed = 0;
	return true;
}

static char *next_line(struct debug_log *log)
{
	if (log->n < DEBUG_LOG_LINES)
		return log->lines[log->n++];
	log->first = (log->first + 1) % DEBUG_LOG_LINES;
	return log->lines[(log->first + DEBUG_LOG_LINES - 1) % DEBUG_LOG_LINES];
}

void debug_log_event(struct debug_log *log, enum debug_log_class class, const char *fmt, ...)
{
	unsigned suppressed;
	char text[DEBUG_LOG_LINE - 96];
	char more[48] = "";
	char *line;
	va_list ap;

	if (!admit(log, class, &suppressed))
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (suppressed)
		snprintf(more, sizeof(more), " (%u more suppressed)", suppressed);
	line = next_line(log);
	snprintf(line, DEBUG_LOG_LINE, "%%%s: %s%s", classes[class].name, text, more);
	log_notice("%s", line);
	if (log->listener.event)
		log->listener.event(log->listener.ctx, line);
}

void debug_log_more(struct debug_log *log, enum debug_log_class class, unsigned n)
{
	log->windows[class].suppressed += n;
}

void debug_log_say(struct debug_log *log, const struct ike_said *said)
{
	if (log->topics & 1u << ike_say_topic(said->id) && log->listener.debug)
		log->listener.debug(log->listener.ctx, said);
}

const char *debug_log_line(const struct debug_log *log, size_t i)
{
	return i < log->n ? log->lines[(log->first + i) % DEBUG_LOG_LINES] : NULL;
}
