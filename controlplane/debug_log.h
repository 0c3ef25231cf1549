/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Event lines and debug lines. Event lines are in the words of IOS, of an ASA or of a PIX; limited
 * by class and by what they are about, kept in a bounded ring, written to standard error, sent to
 * log servers and handed to whoever listens, each up to the level that the configuration says.
 * Debug lines exist only while somebody listens to their topic, and are handed on, nothing else.
 */
#pragma once

#include "controlplane/ike/ike_say.h"
#include "lib/base/compat.h"
#include "lib/config/config_model.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	DEBUG_LOG_LINES = 1000,
	DEBUG_LOG_LINE = 480,
	DEBUG_LOG_PRINTED = 800, /* with what stands in front, in any dialect */
	DEBUG_LOG_WINDOW_MS = 5000,
};

enum debug_log_class {
#define LOG_CLASS(id, name, burst, severity, asa, pix) DEBUG_LOG_##id,
#include "controlplane/log_classes.def"
#undef LOG_CLASS
	DEBUG_LOG_CLASS_COUNT,
};

struct debug_log_record;

struct debug_log_listener {
	void *ctx;
	void (*event)(void *ctx, const struct debug_log_record *record);
	void (*debug)(void *ctx, const struct ike_said *said);
};

struct debug_log;

/* NULL without memory. */
struct debug_log *debug_log_create(uint64_t (*now_ms)(void));
void debug_log_destroy(struct debug_log *log);
void debug_log_listen(struct debug_log *log, const struct debug_log_listener *listener);
/* Writes a line of `logging file`; NULL: nobody does. */
void debug_log_set_file(struct debug_log *log, void (*write)(void *ctx, const char *line),
			void *ctx);
/* What says where lines go; looked at with each line. NULL: the defaults. */
void debug_log_follow(struct debug_log *log, const struct config *config);
/* Topics somebody listens to, as bits 1 << enum ike_topic. */
void debug_log_set_topics(struct debug_log *log, unsigned topics);
bool debug_log_wants(const struct debug_log *log, enum ike_topic topic);

/* The line gets its "%FACILITY-SEVERITY-MNEMONIC: ", or "%ASA-severity-number: ", in front. */
void debug_log_event(struct debug_log *log, enum debug_log_class class, const char *fmt, ...)
	printf_like(3, 4);
/* The same about one thing (an SPI), with a text of its own for the ASA. */
void debug_log_event_of(struct debug_log *log, enum debug_log_class class, uint32_t key,
			const char *ios, const char *asa);
/* n more of the class, about key, were swallowed elsewhere: the next line says so. */
void debug_log_more(struct debug_log *log, enum debug_log_class class, uint32_t key, unsigned n);
/* For whoever listens to the topic of it. */
void debug_log_say(struct debug_log *log, const struct ike_said *said);

/* The i-th oldest line kept in the words of IOS, NULL beyond the newest. */
const char *debug_log_line(const struct debug_log *log, size_t i);
const struct debug_log_record *debug_log_record(const struct debug_log *log, size_t i);
void debug_log_clear(struct debug_log *log);
uint64_t debug_log_suppressed(const struct debug_log *log);

/* With number and time as the configuration wants them. */
char *debug_log_print(const struct debug_log *log, const struct debug_log_record *record,
		      enum dialect dialect, char *buf, size_t size);
/* 0 to 7. */
unsigned debug_log_severity(const struct debug_log_record *record, enum dialect dialect);
/* What stands in front of a line of debug said now. */
char *debug_log_stamp(const struct debug_log *log, char *buf, size_t size);
