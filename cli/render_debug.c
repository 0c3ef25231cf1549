/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render.h"
#include "lib/base/compat.h"

#include <string.h>

/* In the order `show debugging` prints them (show-formats 11). */
static const struct {
	const char *topic;
	const char *text;
} topics[] = {
	{"isakmp", "Crypto ISAKMP debugging is"}, {"engine", "Crypto Engine debugging is"},
	{"ipsec", "Crypto IPSEC debugging is"},	  {"radius", "Radius protocol debugging is"},
	{"packet", "Packet debugging is"},
};

enum {
	CRYPTO_TOPICS = 3 /* the first of them */
};

static bool listed(const json_t *list, const char *topic)
{
	const json_t *t;
	size_t i;

	json_array_foreach(list, i, t)
		if (json_is_string(t) && strcmp(json_string_value(t), topic) == 0)
			return true;
	return false;
}

/* PIX and ASA repeat the commands. */
static void print_commands(FILE *out, const json_t *on, const json_t *levels)
{
	static const char *const order[] = {"ipsec", "isakmp", "engine"};

	for (size_t i = 0; i < array_len(order); i++) {
		json_int_t level = json_integer_value(json_object_get(levels, order[i]));

		if (!listed(on, order[i]))
			continue;
		fprintf(out, "  debug crypto %s", order[i]);
		if (strcmp(order[i], "engine") != 0)
			fprintf(out, " %" JSON_INTEGER_FORMAT, level);
		fputc('\n', out);
	}
	if (listed(on, "icmp"))
		fputs("  debug icmp trace\n", out);
	if (listed(on, "radius"))
		fputs("  debug radius\n", out);
	if (listed(on, "packet"))
		fputs("  debug packet\n", out);
}

void render_debug(FILE *out, const struct render_request *request, const json_t *result)
{
	const json_t *on = json_object_get(result, "topics");

	if (request->dialect != DIALECT_IOS) {
		print_commands(out, on, json_object_get(result, "levels"));
		return;
	}
	if (listed(on, "radius"))
		fputs("Radius protocol debugging is on\n", out);
	if (listed(on, "icmp"))
		fputs("Generic IP:\n  ICMP packet debugging is on\n", out);
	if (listed(on, "packet"))
		fputs("Packet debugging is on\n", out);
	if (json_array_size(on) ==
	    (size_t)listed(on, "radius") + listed(on, "icmp") + listed(on, "packet"))
		return;
	fputs("Cryptographic Subsystem:\n", out);
	for (size_t i = 0; i < CRYPTO_TOPICS; i++)
		if (listed(on, topics[i].topic))
			fprintf(out, "  %s on\n", topics[i].text);
}

void render_debug_set(FILE *out, const struct render_request *request, const json_t *)
{
	const char *topic = render_text_of(request->params, "topic");
	bool on = json_is_true(json_object_get(request->params, "on"));

	if (!on && strcmp(topic, "all") == 0)
		fputs("All possible debugging has been turned off\n", out);
	for (size_t i = 0; request->dialect == DIALECT_IOS && i < array_len(topics); i++)
		if (strcmp(topic, topics[i].topic) == 0 || (on && strcmp(topic, "all") == 0))
			fprintf(out, "%s %s\n", topics[i].text, on ? "on" : "off");
	if (strcmp(topic, "icmp") == 0)
		fprintf(out,
			request->dialect == DIALECT_IOS ? "ICMP packet debugging is %s\n"
							: "ICMP trace %s\n",
			on ? "on" : "off");
}

/* As IOS calls them, and how it shows them. */
void render_debug_condition(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *c;
	size_t i;

	fputs("Crypto conditional debug currently is turned ", out);
	fputs(json_array_size(json_object_get(result, "conditions")) ? "ON\n" : "OFF\n", out);
	json_array_foreach(json_object_get(result, "conditions"), i, c)
		fprintf(out, "%s filter: %s\n", render_text_of(c, "kind"),
			render_text_of(c, "value"));
}
