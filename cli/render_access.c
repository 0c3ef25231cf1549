/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render.h"

void render_users(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *user;
	size_t i;

	fputs("    Line       User       Host(s)              Idle       Location\n", out);
	json_array_foreach(json_object_get(result, "users"), i, user) {
		long long idle = render_number_of(user, "idle_s");

		fprintf(out, "%c%3zu vty %-3lld  %-10s %-20s %02lld:%02lld:%02lld   local\n",
			json_is_true(json_object_get(user, "self")) ? '*' : ' ', i,
			render_number_of(user, "line"), render_text_of(user, "user"),
			json_is_true(json_object_get(user, "configuring")) ? "configuring" : "idle",
			idle / 3600, idle / 60 % 60, idle % 60);
	}
}

void render_privilege(FILE *out, const struct render_request *request, const json_t *result)
{
	long long level = render_number_of(result, "privilege");

	if (request->dialect == DIALECT_IOS) {
		fprintf(out, "Current privilege level is %lld\n", level);
		return;
	}
	fprintf(out, "Username : %s\nCurrent privilege level : %lld\nCurrent Mode/s : %s\n",
		render_text_of(result, "user"), level, level > 1 ? "P_PRIV" : "P_UNPR");
}
