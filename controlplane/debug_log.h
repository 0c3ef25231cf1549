/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Event lines in the style of IOS and debug lines. Event lines are limited by class, kept in a
 * bounded ring, written to standard error and handed to whoever listens; debug lines exist only
 * while somebody listens to their topic, and are handed on, nothing else.
 */
#pragma once

#include "controlplane/ike/ike_say.h"
#include "lib/base/compat.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	DEBUG_LOG_LINES = 1000,
	DEBUG_LOG_LINE = 320,
	DEBUG_LOG_WINDOW_MS = 5000,
};

enum debug_log_class {
#define LOG_CLASS(id, name, burst) DEBUG_LOG_##id,
#include "controlplane/log_classes.def"
#undef LOG_CLASS
	DEBUG_LOG_CLASS_COUNT,
};

struct debug_log_listener {
	void *ctx;
	void (*event)(void *ctx, const char *line);
	void (*debug)(void *ctx, const struct ike_said *said);
};

struct debug_log;

/* NULL without memory. */
struct debug_log *debug_log_create(uint64_t (*now_ms)(void));
void debug_log_destroy(struct debug_log *log);
void debug_log_listen(struct debug_log *log, const struct debug_log_listener *listener);
/* Topics somebody listens to, as bits 1 << enum ike_topic. */
void debug_log_set_topics(struct debug_log *log, unsigned topics);
bool debug_log_wants(const struct debug_log *log, enum ike_topic topic);

/* The line gets its "%FACILITY-SEVERITY-MNEMONIC: " in front. */
void debug_log_event(struct debug_log *log, enum debug_log_class class, const char *fmt, ...)
	printf_like(3, 4);
/* n more of the class were swallowed elsewhere: the next line says so. */
void debug_log_more(struct debug_log *log, enum debug_log_class class, unsigned n);
/* For whoever listens to the topic of it. */
void debug_log_say(struct debug_log *log, const struct ike_said *said);
/* The i-th oldest line kept, NULL beyond the newest. */
const char *debug_log_line(const struct debug_log *log, size_t i);
