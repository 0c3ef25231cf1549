/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render.h"
#include "lib/base/compat.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	KB = 1024,
	US_PER_S = 1000000,
	DUMP = 16, /* bytes a line */
	DUMP_WORD = 4,
};

static bool is_on(const json_t *object, const char *field)
{
	return json_is_true(json_object_get(object, field));
}

static const char * or (const char *text, const char *otherwise)
{
	return *text ? text : otherwise;
}

void render_capture_started(FILE *out, const struct render_request *, const json_t *result)
{
	fprintf(out, "Started capture point : %s\n", render_text_of(result, "name"));
}

void render_capture_stopped(FILE *out, const struct render_request *, const json_t *result)
{
	fprintf(out, "Stopped capture point : %s\n", render_text_of(result, "name"));
}

static void print_limit(FILE *out, const char *what, long long value)
{
	fprintf(out, "   %s: %lld%s\n", what, value, value ? "" : " (no limit)");
}

/* As IOS XE has it, and what is ours: the view and what was lost. */
static void print_status(FILE *out, const json_t *c)
{
	fprintf(out, "\nStatus Information for Capture %s\n  Target Type:\n",
		render_text_of(c, "name"));
	fprintf(out, "   Interface: %s, Direction: %s, View: %s\n",
		or (render_text_of(c, "interface"), "all"), render_text_of(c, "direction"),
		render_text_of(c, "view"));
	fprintf(out, "   Status : %s\n  Filter Details:\n",
		is_on(c, "running") ? "Active" : "Inactive");
	if (*render_text_of(c, "access_list"))
		fprintf(out, "   Access-list: %s\n", render_text_of(c, "access_list"));
	else if (render_number_of(c, "matches"))
		fprintf(out, "   Matches: %lld\n", render_number_of(c, "matches"));
	else
		fputs("   IPv4\n    Source IP:  any\n    Destination IP:  any\n    Protocol: any\n",
		      out);
	if (is_on(c, "drops"))
		fputs("   Only discarded packets\n", out);
	fprintf(out,
		"  Buffer Details:\n   Buffer Type: LINEAR (default)\n   Buffer Size (in MB): "
		"%lld\n",
		render_number_of(c, "buffer_bytes") / (KB * KB));
	fprintf(out, "   Packets in buffer: %lld, dropped: %lld\n  Limit Details:\n",
		render_number_of(c, "packets"), render_number_of(c, "lost"));
	print_limit(out, "Number of Packets to capture", render_number_of(c, "limit_packets"));
	print_limit(out, "Number of Bytes to capture", render_number_of(c, "limit_bytes"));
	print_limit(out, "Packet Capture duration", render_number_of(c, "limit_s"));
}

static void print_asa(FILE *out, const json_t *c)
{
	fprintf(out, "capture %s type %s", render_text_of(c, "name"),
		is_on(c, "drops") ? "asp-drop all" : "raw-data");
	if (strcmp(render_text_of(c, "view"), "both") == 0 && !is_on(c, "drops"))
		fputs(" include-decrypted", out);
	if (*render_text_of(c, "access_list"))
		fprintf(out, " access-list %s", render_text_of(c, "access_list"));
	if (*render_text_of(c, "interface"))
		fprintf(out, " interface %s", render_text_of(c, "interface"));
	fprintf(out, " [%s - %lld bytes]\n", is_on(c, "running") ? "Capturing" : "Stopped",
		render_number_of(c, "packet_bytes"));
}

void render_capture(FILE *out, const struct render_request *request, const json_t *result)
{
	const json_t *c;
	size_t i;

	json_array_foreach(json_object_get(result, "captures"), i, c)
		if (request->dialect == DIALECT_IOS)
			print_status(out, c);
		else
			print_asa(out, c);
}

static const char *dscp_name(long long dscp, char buf[static 8])
{
	if (dscp == 46)
		return "EF";
	if (dscp % 8 == 0)
		snprintf(buf, 8, dscp ? "CS%d" : "BE", (int)dscp / 8);
	else if (dscp >= 10 && dscp <= 38 && dscp % 2 == 0 && dscp % 8 != 0)
		snprintf(buf, 8, "AF%d%d", (int)dscp / 8, (int)dscp % 8 / 2);
	else
		snprintf(buf, 8, "-");
	return buf;
}

static const char *protocol_name(long long protocol, char buf[static 8])
{
	static const struct {
		int number;
		const char *name;
	} rows[] = {{1, "ICMP"}, {6, "TCP"}, {17, "UDP"}, {50, "ESP"}, {51, "AH"}};

	for (size_t i = 0; i < array_len(rows); i++)
		if (rows[i].number == protocol)
			return rows[i].name;
	snprintf(buf, 8, "%d", (int)protocol);
	return buf;
}

/* Bytes in hexadecimal, and the letters among them. */
static void print_dump(FILE *out, const char *hex)
{
	size_t len = strlen(hex) / 2;

	for (size_t at = 0; at < len; at += DUMP) {
		char letters[DUMP + 1] = "";

		fprintf(out, "  %04zX: ", at);
		for (size_t i = 0; i < DUMP; i++) {
			unsigned byte = 0;

			if (at + i < len)
				sscanf(hex + 2 * (at + i), "%2x", &byte);
			letters[i] = (char)(byte >= ' ' && byte < 0x7f ? byte : '.');
			fprintf(out, at + i < len ? "%02X" : "  ", byte);
			if (i % DUMP_WORD == DUMP_WORD - 1)
				fputc(' ', out);
		}
		fprintf(out, "  %.*s\n", (int)(len - at < DUMP ? len - at : DUMP), letters);
	}
	fputc('\n', out);
}

static void print_packet(FILE *out, const json_t *p, long long begin_us)
{
	char dscp[8], protocol[8];
	long long us = render_number_of(p, "time_us") - begin_us;
	const char *hex = render_text_of(p, "data");

	fprintf(out, "%4lld %5lld  %4lld.%06lld   %-15s  ->  %-15s %3lld  %-4s %-6s %s %s %s\n",
		render_number_of(p, "number"), render_number_of(p, "length"), us / US_PER_S,
		us % US_PER_S, render_text_of(p, "source"), render_text_of(p, "destination"),
		render_number_of(p, "dscp"), dscp_name(render_number_of(p, "dscp"), dscp),
		protocol_name(render_number_of(p, "protocol"), protocol),
		render_text_of(p, "interface"), render_text_of(p, "direction"),
		render_text_of(p, "comment"));
	if (*hex)
		print_dump(out, hex);
}

/* What was not fetched is not there to be seen. */
static void print_rest(FILE *out, const json_t *result)
{
	long long shown = (long long)json_array_size(json_object_get(result, "packets"));
	long long total = render_number_of(result, "total"),
		  from = render_number_of(result, "from");

	if (from + shown < total)
		fprintf(out, " %lld more packets: export them to see all\n", total - from - shown);
}

/* The table of IOS XE; behind it interface, direction, SA and verdict. */
void render_captured(FILE *out, const struct render_request *, const json_t *result)
{
	static const char rule[] = " ------------------------------------------------------------"
				   "----------------\n";
	const json_t *packets = json_object_get(result, "packets"), *p;
	long long begin_us = render_number_of(json_array_get(packets, 0), "time_us");
	size_t i;

	fprintf(out,
		"%s #   size   timestamp     source             destination      dscp    "
		"protocol\n%s",
		rule, rule);
	json_array_foreach(packets, i, p)
		print_packet(out, p, begin_us);
	print_rest(out, result);
}

/* `show monitor capture NAME buffer`: how full it is. */
void render_captured_buffer(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *c = json_array_get(json_object_get(result, "captures"), 0);

	fprintf(out,
		" buffer size (KB) : %lld\n buffer used (KB) : %lld\n packets in buf   : %lld\n"
		" packets dropped  : %lld\n",
		render_number_of(c, "buffer_bytes") / KB,
		(render_number_of(c, "used_bytes") + KB - 1) / KB, render_number_of(c, "packets"),
		render_number_of(c, "lost"));
}

/* "   1: 10:51:26.139046       192.168.1.2 > 192.168.2.2: icmp: echo request" */
static void print_asa_packet(FILE *out, const json_t *p)
{
	long long us = render_number_of(p, "time_us");
	time_t s = (time_t)(us / US_PER_S);
	const char *reason = render_text_of(p, "reason"), *comment = render_text_of(p, "comment");
	char clock[16] = "";
	struct tm tm;

	if (localtime_r(&s, &tm))
		strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	fprintf(out, "%4lld: %s.%06lld       %s", render_number_of(p, "number") + 1, clock,
		us % US_PER_S, render_text_of(p, "summary"));
	if (*reason)
		fprintf(out, " Drop-reason: (%s) %s", reason,
			strstr(comment, reason) + strlen(reason) + strlen(": "));
	else if (render_number_of(p, "spi"))
		fprintf(out, " (%s)", comment);
	fputc('\n', out);
	if (*render_text_of(p, "data"))
		print_dump(out, render_text_of(p, "data"));
}

void render_captured_asa(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *packets = json_object_get(result, "packets"), *p;
	size_t i;

	fprintf(out, "\n%lld packets captured\n\n", render_number_of(result, "total"));
	json_array_foreach(packets, i, p)
		print_asa_packet(out, p);
	fprintf(out, "%zu packets shown\n", json_array_size(packets));
}
