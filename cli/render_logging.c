/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render.h"

static void print_file(FILE *out, const json_t *r)
{
	const json_t *file = json_object_get(r, "file");

	if (file)
		fprintf(out,
			"    File logging: file %s, level %s, %lld messages logged, %lld dropped, "
			"max %lld bytes\n",
			render_text_of(file, "name"), render_text_of(file, "level"),
			render_number_of(file, "written"), render_number_of(file, "lost"),
			render_number_of(file, "bytes"));
}

static void print_ios(FILE *out, const json_t *r)
{
	const json_t *host;
	size_t i;

	fprintf(out, "Syslog logging: %s (%lld messages rate-limited)\n",
		json_is_true(json_object_get(r, "enabled")) ? "enabled" : "disabled",
		(long long)json_integer_value(json_object_get(r, "suppressed")));
	fprintf(out, "    Console logging: level %s\n", render_text_of(r, "console"));
	fprintf(out, "    Monitor logging: level %s\n", render_text_of(r, "monitor"));
	fprintf(out, "    Buffer logging:  level %s\n", render_text_of(r, "buffered"));
	print_file(out, r);
	fprintf(out, "    Trap logging: level %s, facility %s\n", render_text_of(r, "trap"),
		render_text_of(r, "facility"));
	json_array_foreach(json_object_get(r, "hosts"), i, host)
		fprintf(out, "        Logging to %s (udp port %lld)\n",
			render_text_of(host, "address"),
			(long long)json_integer_value(json_object_get(host, "port")));
	fputs("\nLog Buffer:\n\n", out);
}

static void print_asa(FILE *out, const json_t *r)
{
	const json_t *host;
	size_t i;

	fprintf(out, "Syslog logging: %s\n",
		json_is_true(json_object_get(r, "enabled")) ? "enabled" : "disabled");
	fprintf(out, "    Facility: %s\n", render_text_of(r, "facility"));
	fprintf(out, "    Console logging: level %s\n", render_text_of(r, "console"));
	fprintf(out, "    Monitor logging: level %s\n", render_text_of(r, "monitor"));
	fprintf(out, "    Buffer logging: level %s\n", render_text_of(r, "buffered"));
	print_file(out, r);
	fprintf(out, "    Trap logging: level %s\n", render_text_of(r, "trap"));
	json_array_foreach(json_object_get(r, "hosts"), i, host)
		fprintf(out, "        Logging to %s udp/%lld\n", render_text_of(host, "address"),
			(long long)json_integer_value(json_object_get(host, "port")));
}

void render_logging(FILE *out, const struct render_request *request, const json_t *result)
{
	const json_t *line;
	size_t i;

	if (request->dialect == DIALECT_IOS)
		print_ios(out, result);
	else
		print_asa(out, result);
	json_array_foreach(json_object_get(result, "lines"), i, line)
		fprintf(out, "%s\n", json_string_value(line));
}
