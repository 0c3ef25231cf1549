/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render.h"
#include "lib/base/compat.h"

#include <string.h>

enum {
	KEY = 256,
	MAP = 96,
	TIME = 48,
	S_PER_H = 3600,
	MS_PER_S = 1000,
};

/* What has been printed, so that it is said once. */
struct report {
	FILE *out;
	bool detail;
	json_t *said; /* peer and code of each diagnosis */
};

static const char *time_of(const json_t *row, char buf[static TIME])
{
	long long s = render_number_of(row, "since_s");

	buf[0] = '\0';
	if (json_object_get(row, "since_s"))
		snprintf(buf, TIME, "%02lld:%02lld:%02lld", s / S_PER_H, s / 60 % 60, s % 60);
	return buf;
}

static void print_field(FILE *out, const char *label, const json_t *d, const char *field)
{
	if (*render_text_of(d, field))
		fprintf(out, "    %s%s\n", label, render_text_of(d, field));
}

static void print_folded(FILE *out, const json_t *d)
{
	const json_t *under = json_object_get(d, "under"), *row;
	size_t i;

	json_array_foreach(under, i, row) {
		fprintf(out, "    Follows: %s: %s\n", render_text_of(row, "code"),
			render_text_of(row, "sentence"));
	}
}

static void print_evidence(FILE *out, const json_t *d)
{
	char since[TIME];

	fprintf(out, "    %s, %s", render_text_of(d, "severity"), render_text_of(d, "sureness"));
	if (*render_text_of(d, "other"))
		fprintf(out, ", or %s", render_text_of(d, "other"));
	if (*time_of(d, since))
		fprintf(out, ", since %s", since);
	fputc('\n', out);
	print_field(out, "Saw: ", d, "saw");
	print_folded(out, d);
}

static const char *key_of(const char *peer, const json_t *d, char buf[static KEY])
{
	snprintf(buf, KEY, "%s %s %s %lld", peer, render_text_of(d, "code"),
		 render_text_of(d, "map"), render_number_of(d, "sequence"));
	return buf;
}

static void print_diagnosis(struct report *r, const char *peer, const json_t *d)
{
	char key[KEY];

	if (json_object_get(r->said, key_of(peer, d, key)))
		return;
	json_object_set_new(r->said, key, json_true());
	fprintf(r->out, "    %s: %s\n", render_text_of(d, "code"), render_text_of(d, "sentence"));
	print_field(r->out, "Type: ", d, "command");
	if (*render_text_of(d, "there"))
		fprintf(r->out, "    Or on %s: %s\n", peer, render_text_of(d, "there"));
	if (*render_text_of(d, "decide"))
		fprintf(r->out, "    Or %s; to decide: %s\n", render_text_of(d, "other"),
			render_text_of(d, "decide"));
	if (r->detail)
		print_evidence(r->out, d);
}

static const char *map_of(const json_t *t, char buf[static MAP])
{
	int n = snprintf(buf, MAP, "%s %lld", render_text_of(t, "map"),
			 render_number_of(t, "sequence"));

	if (render_number_of(t, "line"))
		snprintf(buf + n, MAP - (size_t)n, " line %lld", render_number_of(t, "line"));
	return buf;
}

static void print_tunnel(struct report *r, const json_t *t)
{
	const json_t *d = json_object_get(t, "diagnosis");
	const char *peer = render_text_of(t, "peer");
	char since[TIME], map[MAP];

	fprintf(r->out, "%-15s %-24s %-11s %8s%s%s\n", *peer ? peer : "-", map_of(t, map),
		render_text_of(t, "state"), time_of(t, since), d ? "  " : "",
		render_text_of(d, "code"));
	/* with detail it is said of the peer, below */
	if (d && (!r->detail || !*peer))
		print_diagnosis(r, peer, d);
}

static size_t count(const json_t *tunnels, const char *state)
{
	const json_t *t;
	size_t i, n = 0;

	json_array_foreach(tunnels, i, t)
		n += strcmp(render_text_of(t, "state"), state) == 0;
	return n;
}

/* What hurts most stands first: 0. */
static unsigned rank_of(const json_t *t)
{
	static const char *const states[] = {"down", "incomplete", "negotiating", "idle", "up"};
	const json_t *d = json_object_get(t, "diagnosis");
	unsigned i = 0;

	while (i + 1 < array_len(states) && strcmp(render_text_of(t, "state"), states[i]) != 0)
		i++;
	return 2 * i + (d == NULL);
}

enum {
	RANKS = 10
};

static void print_tunnels(struct report *r, const json_t *tunnels)
{
	static const char *const states[] = {"up", "down", "negotiating", "idle", "incomplete"};
	const json_t *t;
	size_t i, n;

	fprintf(r->out, "Tunnels: %zu", json_array_size(tunnels));
	for (i = 0; i < array_len(states); i++)
		if ((n = count(tunnels, states[i])))
			fprintf(r->out, ", %zu %s", n, states[i]);
	fputc('\n', r->out);
	if (!json_array_size(tunnels))
		return;
	fputs("\nPeer            Map                      State          Since  Diagnosis\n",
	      r->out);
	for (unsigned rank = 0; rank < RANKS; rank++)
		json_array_foreach(tunnels, i, t)
			if (rank_of(t) == rank)
				print_tunnel(r, t);
}

static void print_seconds(FILE *out, long long ms)
{
	fprintf(out, "%lld.%01lld s", ms / MS_PER_S, ms % MS_PER_S / 100);
}

/* "MM1 out 5 times, 0.0 s to 31.0 s" */
static void print_message(FILE *out, const json_t *n, const json_t *m, bool first)
{
	bool quick = strcmp(render_text_of(n, "phase"), "quick mode") == 0;
	bool aggressive = strcmp(render_text_of(n, "mode"), "aggressive") == 0;
	long long times = render_number_of(m, "times");

	fprintf(out, "%s%s%lld %s", first ? "" : "; ", quick ? "QM" : (aggressive ? "AM" : "MM"),
		render_number_of(m, "number"),
		json_is_true(json_object_get(m, "ours")) ? "out" : "in");
	if (times > 1)
		fprintf(out, " %lld times", times);
	fputs(", ", out);
	print_seconds(out, render_number_of(m, "first_ms"));
	if (times > 1) {
		fputs(" to ", out);
		print_seconds(out, render_number_of(m, "last_ms"));
	}
}

static void print_messages(FILE *out, const json_t *n)
{
	const json_t *messages = json_object_get(n, "messages"), *m;
	size_t i;

	if (!json_array_size(messages))
		return;
	fputs("      ", out);
	json_array_foreach(messages, i, m)
		print_message(out, n, m, i == 0);
	fputc('\n', out);
}

static void print_offers(FILE *out, const json_t *n)
{
	const json_t *offers = json_object_get(n, "offers"), *offer;
	const json_t *nearest = json_object_get(n, "nearest"), *attribute;
	size_t i;

	json_array_foreach(offers, i, offer)
		fprintf(out, "      Offer %zu: %s\n", i + 1, json_string_value(offer));
	if (*render_text_of(n, "chosen"))
		fprintf(out, "      Chosen: %s\n", render_text_of(n, "chosen"));
	if (!nearest || !json_array_size(json_object_get(nearest, "differs")))
		return;
	fprintf(out, "      Nearest: %s, wanted %s: differs in", render_text_of(nearest, "offered"),
		render_text_of(nearest, "wanted"));
	json_array_foreach(json_object_get(nearest, "differs"), i, attribute)
		fprintf(out, "%s %s", i ? "," : "", json_string_value(attribute));
	fputc('\n', out);
}

static void print_facts(FILE *out, const json_t *n)
{
	static const struct {
		const char *field;
		const char *label;
	} facts[] = {
		{"id_local", "Our identity"}, {"id_remote", "Its identity"},
		{"id_expected", "Expected"},  {"nat", "NAT"},
		{"selector", "Proxies"},      {"selector_offered", "It proposes"},
		{"group", "Group"},	      {"user", "User"},
		{"address", "Address"},
	};

	for (size_t i = 0; i < array_len(facts); i++)
		if (*render_text_of(n, facts[i].field))
			fprintf(out, "      %s: %s\n", facts[i].label,
				render_text_of(n, facts[i].field));
}

void render_diagnose_negotiation(FILE *out, const json_t *n)
{
	const char *why = render_text_of(n, *render_text_of(n, "reason") ? "reason" : "hint");
	const char *mode = render_text_of(n, "mode");

	fprintf(out, "    %s as %s%s%s, %lld s ago, took ", render_text_of(n, "phase"),
		render_text_of(n, "role"), *mode ? ", " : "", *mode ? mode : "",
		render_number_of(n, "ago_s"));
	print_seconds(out, render_number_of(n, "took_ms"));
	fprintf(out, ": %s%s%s\n", render_text_of(n, "outcome"), *why ? ", " : "", why);
	print_messages(out, n);
	print_offers(out, n);
	print_facts(out, n);
}

static bool is_said(const struct report *r, const json_t *peer)
{
	const json_t *d;
	char key[KEY];
	size_t i;

	json_array_foreach(json_object_get(peer, "diagnoses"), i, d)
		if (!json_object_get(r->said, key_of(render_text_of(peer, "peer"), d, key)))
			return false;
	return true;
}

static void print_peer(struct report *r, const json_t *peer)
{
	const json_t *row;
	size_t i;

	if (!r->detail && is_said(r, peer))
		return;
	if (*render_text_of(peer, "peer"))
		fprintf(r->out, "\nPeer %s, %s", render_text_of(peer, "peer"),
			render_text_of(peer, "kind"));
	else
		fputs("\nThe appliance", r->out);
	if (*render_text_of(peer, "user"))
		fprintf(r->out, ", user %s", render_text_of(peer, "user"));
	fputc('\n', r->out);
	json_array_foreach(json_object_get(peer, "diagnoses"), i, row)
		print_diagnosis(r, render_text_of(peer, "peer"), row);
	if (!json_array_size(json_object_get(peer, "diagnoses")))
		fputs("    Nothing is wrong that can be seen from here.\n", r->out);
	json_array_foreach(json_object_get(peer, "negotiations"), i, row)
		render_diagnose_negotiation(r->out, row);
}

/* What the tunnels did not say. */
static void print_configuration(struct report *r, const json_t *found)
{
	const json_t *d;
	bool first = true;
	char key[KEY];
	size_t i;

	json_array_foreach(found, i, d) {
		if (json_object_get(r->said, key_of(render_text_of(d, "peer"), d, key)))
			continue;
		if (first)
			fputs("\nConfiguration\n", r->out);
		first = false;
		print_diagnosis(r, render_text_of(d, "peer"), d);
	}
}

/* A layout of our own, the same in all dialects. */
void render_diagnose(FILE *out, const struct render_request *request, const json_t *result)
{
	struct report r = {
		.out = out,
		.detail = json_is_true(json_object_get(request->params, "detail")),
		.said = json_object(),
	};
	const json_t *tunnels = json_object_get(result, "tunnels"), *row;
	size_t i;

	print_tunnels(&r, tunnels);
	json_array_foreach(json_object_get(result, "peers"), i, row)
		print_peer(&r, row);
	print_configuration(&r, json_object_get(result, "configuration"));
	if (!json_object_size(r.said) && !count(tunnels, "down") && !count(tunnels, "incomplete"))
		fputs("\nNothing is wrong that can be seen from here.\n", out);
	json_decref(r.said);
}
