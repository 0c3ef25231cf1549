/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/capture_report.h"

#include "controlplane/diagnose/capture_judge.h"
#include "controlplane/diagnose/diagnose_words.h"

#include <jansson.h>

#include <stdlib.h>

enum {
	TEXT = DIAGNOSE_TEXT,
	WORD = 16,
	MS_PER_S = 1000,
};

static const char *text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "";
}

static long long number_of(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

static json_t *addr_json(const struct addr *a)
{
	char text[ADDR_TEXT];

	return json_string(addr_print(a, text, sizeof(text)));
}

static const char *const proofs[] = {
	[CAPTURE_UNPROVEN] = "",
	[CAPTURE_HOLDS] = "has the key that was given",
	[CAPTURE_DIFFERS] = "has another key than the one given",
};

static void add_text(json_t *o, const char *key, const char *text)
{
	if (*text)
		json_object_set_new(o, key, json_string(text));
}

/* In the order of the messages: "MM1 5 times". */
static json_t *course_json(const struct ike_record *r)
{
	json_t *list = json_array();
	char name[WORD];

	for (unsigned i = 0; i < IKE_RECORD_MESSAGES; i++) {
		const struct ike_record_message *m = &r->messages[i];

		if (m->times)
			json_array_append_new(
				list,
				json_pack("{s:s,s:i,s:I,s:I}", "message",
					  diagnose_words_message(r, i + 1, name, WORD), "times",
					  m->times, "first_ms", (json_int_t)m->first_ms, "last_ms",
					  (json_int_t)m->last_ms));
	}
	return list;
}

static json_t *negotiation_json(const struct capture *c, const struct ike_record *r,
				const char *what)
{
	char text[TEXT];
	json_t *o = json_pack("{s:s,s:o,s:o,s:I,s:b,s:b,s:o}", "what", what, "from",
			      addr_json(&r->path.local), "to", addr_json(&r->path.remote), "at_ms",
			      (json_int_t)(r->started_ms - c->start_ms), "up", r->up, "gap",
			      capture_judge_has_gap(r), "messages", course_json(r));

	add_text(o, "offers", diagnose_words_offers(r, text, sizeof(text)));
	if (r->kind == IKE_RECORD_PHASE1 && r->chosen.encryption)
		add_text(o, "chosen",
			 ike_record_terms_print(&r->chosen, IKE_PHASE_1, text, sizeof(text)));
	return o;
}

static json_t *talk_json(const struct capture *c, const struct capture_talk *t)
{
	struct ike_record r = capture_judge_talk(t, CAPTURE_BEGAN);
	json_t *o = negotiation_json(c, &r, r.aggressive ? "aggressive mode" : "main mode");

	add_text(o, "nat",
		 r.phase1.nat_local && r.phase1.nat_remote ? "in front of both"
		 : r.phase1.nat_local			   ? "in front of who began"
		 : r.phase1.nat_remote			   ? "in front of who answers"
							   : "");
	add_text(o, "id_from", r.phase1.id_local.text);
	add_text(o, "id_to", r.phase1.id_remote.text);
	add_text(o, "key_from", proofs[t->ends[CAPTURE_BEGAN].proof]);
	add_text(o, "key_to", proofs[t->ends[CAPTURE_ANSWERS].proof]);
	return o;
}

static json_t *negotiations_json(const struct capture *c, const struct capture_pair *pair)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->n_talks; i++)
		if (capture_is_between(&c->talks[i].record, pair))
			json_array_append_new(list, talk_json(c, &c->talks[i]));
	for (size_t i = 0; i < c->n_quicks; i++)
		if (capture_is_between(&c->quicks[i].record, pair))
			json_array_append_new(
				list, negotiation_json(c, &c->quicks[i].record, "quick mode"));
	return list;
}

static json_t *diagnosis_json(const struct diagnosis *d)
{
	char text[TEXT];
	json_t *o = json_pack("{s:s,s:s,s:s,s:b}", "code", diagnose_name(d->code), "severity",
			      diagnose_severity_name(diagnose_severity(d->code)), "sureness",
			      diagnose_sureness_name(d->sureness), "follows", d->under != 0);

	if (d->sureness == DIAGNOSE_EITHER)
		add_text(o, "other", diagnose_name(d->other));
	add_text(o, "sentence", diagnose_sentence(d, text, sizeof(text)));
	add_text(o, "command", diagnose_command(d, text, sizeof(text)));
	add_text(o, "saw", d->saw);
	add_text(o, "decide", d->decide);
	return o;
}

static json_t *end_json(const struct capture *c, const struct capture_pair *pair,
			enum capture_side side)
{
	struct diagnose_list found = {.n = 0};
	json_t *list = json_array();

	capture_judge(c, pair, side, &found);
	for (size_t i = 0; i < found.n; i++)
		json_array_append_new(list, diagnosis_json(&found.items[i]));
	return json_pack("{s:o,s:I,s:I,s:o}", "address", addr_json(&pair->ends[side]), "ike",
			 (json_int_t)pair->ike[side], "esp",
			 (json_int_t)pair->esp.now[side].packets, "diagnoses", list);
}

static json_t *pair_json(const struct capture *c, const struct capture_pair *pair)
{
	return json_pack("{s:[o,o],s:o,s:I,s:I}", "ends", end_json(c, pair, CAPTURE_BEGAN),
			 end_json(c, pair, CAPTURE_ANSWERS), "negotiations",
			 negotiations_json(c, pair), "ikev2", (json_int_t)pair->ikev2, "malformed",
			 (json_int_t)pair->malformed);
}

static json_t *report(const struct capture *c, bool broken)
{
	json_t *pairs = json_array();

	for (size_t i = 0; i < c->n_pairs; i++)
		json_array_append_new(pairs, pair_json(c, &c->pairs[i]));
	return json_pack("{s:I,s:b,s:I,s:I,s:o}", "packets", (json_int_t)c->frames, "broken",
			 broken, "begun_before", (json_int_t)c->begun_before, "not_kept",
			 (json_int_t)c->lost_talks, "pairs", pairs);
}

void capture_report_json(FILE *out, const struct capture *c, bool broken)
{
	json_t *o = report(c, broken);

	json_dumpf(o, out, JSON_INDENT(2));
	fputc('\n', out);
	json_decref(o);
}

static void print_field(FILE *out, const char *label, const json_t *o, const char *key)
{
	if (*text_of(o, key))
		fprintf(out, "    %s: %s\n", label, text_of(o, key));
}

static void print_negotiation(FILE *out, const json_t *o)
{
	const json_t *messages = json_object_get(o, "messages"), *m;
	long long at = number_of(o, "at_ms");
	size_t i;

	fprintf(out, "  %lld.%03lld s: %s began %s:", at / MS_PER_S, at % MS_PER_S,
		text_of(o, "from"), text_of(o, "what"));
	json_array_foreach(messages, i, m) {
		fprintf(out, "%s %s", i ? "," : "", text_of(m, "message"));
		if (number_of(m, "times") > 1)
			fprintf(out, " %lld times", number_of(m, "times"));
	}
	fprintf(out, "%s%s\n", json_is_true(json_object_get(o, "up")) ? "; done" : "",
		json_is_true(json_object_get(o, "gap")) ? "; messages between are not there" : "");
	print_field(out, "Offered", o, "offers");
	print_field(out, "Chosen", o, "chosen");
	print_field(out, "NAT, by what they say of themselves", o, "nat");
	if (*text_of(o, "key_from"))
		fprintf(out, "    %s %s\n", text_of(o, "from"), text_of(o, "key_from"));
	if (*text_of(o, "key_to"))
		fprintf(out, "    %s %s\n", text_of(o, "to"), text_of(o, "key_to"));
}

static void print_diagnosis(FILE *out, const json_t *d)
{
	fprintf(out, "    %s%s: %s\n",
		json_is_true(json_object_get(d, "follows")) ? "Follows: " : "", text_of(d, "code"),
		text_of(d, "sentence"));
	fprintf(out, "    %s, %s%s%s\n", text_of(d, "severity"), text_of(d, "sureness"),
		*text_of(d, "other") ? ", or " : "", text_of(d, "other"));
	print_field(out, "Saw", d, "saw");
	print_field(out, "To decide", d, "decide");
	print_field(out, "Type", d, "command");
}

static void print_end(FILE *out, const json_t *end)
{
	const json_t *list = json_object_get(end, "diagnoses"), *d;
	size_t i;

	fprintf(out, "  Seen from %s:\n", text_of(end, "address"));
	if (!json_array_size(list))
		fputs("    Nothing is wrong that can be seen from there.\n", out);
	json_array_foreach(list, i, d)
		print_diagnosis(out, d);
}

static void print_pair(FILE *out, const json_t *pair)
{
	const json_t *ends = json_object_get(pair, "ends"), *end, *list, *o;
	size_t i;

	fprintf(out, "\n%s and %s\n", text_of(json_array_get(ends, 0), "address"),
		text_of(json_array_get(ends, 1), "address"));
	json_array_foreach(ends, i, end)
		fprintf(out, "  %s sent %lld IKE messages and %lld ESP packets\n",
			text_of(end, "address"), number_of(end, "ike"), number_of(end, "esp"));
	if (number_of(pair, "ikev2"))
		fprintf(out, "  %lld messages are IKEv2, which is not judged\n",
			number_of(pair, "ikev2"));
	if (number_of(pair, "malformed"))
		fprintf(out, "  %lld messages are malformed\n", number_of(pair, "malformed"));
	list = json_object_get(pair, "negotiations");
	json_array_foreach(list, i, o)
		print_negotiation(out, o);
	if (!json_array_size(list))
		return; /* of packets alone there is nothing to say */
	json_array_foreach(ends, i, end)
		print_end(out, end);
}

void capture_report_text(FILE *out, const struct capture *c, bool broken)
{
	json_t *o = report(c, broken);
	const json_t *pairs = json_object_get(o, "pairs"), *pair;
	size_t i;

	fprintf(out, "%lld packets, %zu pair%s of addresses with IKE or ESP\n",
		number_of(o, "packets"), json_array_size(pairs),
		json_array_size(pairs) == 1 ? "" : "s");
	if (broken)
		fputs("The file is cut off or damaged: what is behind that was not read.\n", out);
	if (c->begun_before)
		fprintf(out, "%llu messages belong to negotiations that began before.\n",
			(unsigned long long)c->begun_before);
	if (c->lost_talks)
		fprintf(out, "Of the negotiations only the newest were kept, %llu were not.\n",
			(unsigned long long)c->lost_talks);
	json_array_foreach(pairs, i, pair)
		print_pair(out, pair);
	if (json_array_size(pairs))
		fputs("\nWhat could not be read was judged from outside: who sent it, how often, "
		      "what "
		      "followed.\n",
		      out);
	json_decref(o);
}
