/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render.h"

static void print_time(FILE *out, const char *label, long long seconds)
{
	fprintf(out, "%s: %02lld:%02lld:%02lld\n", label, seconds / 3600, seconds / 60 % 60,
		seconds % 60);
}

static void print_limit(FILE *out, const char *label, long long seconds)
{
	if (seconds)
		fprintf(out, "%s: %lld s\n", label, seconds);
}

/* Who is logged in, in the words of IOS; the flows are in `show crypto session`. */
void render_clients_sessions(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *s;
	size_t i;

	fputs("Crypto session current status\n", out);
	json_array_foreach(json_object_get(result, "sessions"), i, s) {
		fprintf(out, "\nInterface: %s\n", render_text_of(s, "interface"));
		if (*render_text_of(s, "user"))
			fprintf(out, "Username: %s\n", render_text_of(s, "user"));
		fprintf(out, "Group: %s\nAssigned address: %s\n", render_text_of(s, "group"),
			render_text_of(s, "address"));
		print_time(out, "Uptime", render_number_of(s, "uptime_s"));
		print_time(out, "Idle", render_number_of(s, "idle_s"));
		print_limit(out, "Idle timeout", render_number_of(s, "idle_limit_s"));
		print_limit(out, "Session timeout", render_number_of(s, "limit_s"));
		fprintf(out,
			"Session status: UP-ACTIVE\nPeer: %s port %lld\n"
			"  Local: %s port %lld\n"
			"  Inbound:  %lld packets, %lld bytes\n"
			"  Outbound: %lld packets, %lld bytes\n",
			render_text_of(s, "peer"), render_number_of(s, "port"),
			render_text_of(s, "local"), render_number_of(s, "local_port"),
			render_number_of(s, "in_packets"), render_number_of(s, "in_bytes"),
			render_number_of(s, "out_packets"), render_number_of(s, "out_bytes"));
	}
}

void render_clients_pools(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *row;
	size_t i;

	fprintf(out, " %-24s %-15s %-15s %6s %7s\n", "Pool", "Begin", "End", "Free", "In use");
	json_array_foreach(json_object_get(result, "ranges"), i, row)
		fprintf(out, " %-24s %-15s %-15s %6lld %7lld\n", render_text_of(row, "pool"),
			render_text_of(row, "low"), render_text_of(row, "high"),
			render_number_of(row, "free"), render_number_of(row, "used"));
}

void render_clients_servers(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(result, "servers"), i, row) {
		fprintf(out,
			"RADIUS: id %zu, priority %zu, host %s, auth-port %lld, acct-port %lld\n",
			i + 1, i + 1, render_text_of(row, "address"),
			render_number_of(row, "auth_port"), render_number_of(row, "acct_port"));
		fprintf(out,
			"     State: current %s\n     Request: %lld, response %lld, timeouts "
			"%lld\n",
			json_is_true(json_object_get(row, "dead")) ? "DEAD" : "UP",
			render_number_of(row, "requests"), render_number_of(row, "answers"),
			render_number_of(row, "timeouts"));
	}
	fprintf(out, "Waiting: %lld, accounting records lost: %lld, logins held back: %lld\n",
		render_number_of(result, "waiting"), render_number_of(result, "lost"),
		render_number_of(result, "held"));
}

void render_clients_lockout(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *row;
	size_t i;

	fprintf(out, "%-20s%-20s\n", "Local-user", "Locked for");
	json_array_foreach(json_object_get(result, "users"), i, row) {
		long long s = render_number_of(row, "locked_s");

		fprintf(out, "%-20s%02lld:%02lld:%02lld\n", render_text_of(row, "user"), s / 3600,
			s / 60 % 60, s % 60);
	}
}
