/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_negotiations.h"

#include "controlplane/api_call.h"

#include <stdio.h>

enum {
	MS_PER_S = 1000,
	TERMS = 160,
	ATTRIBUTES = 16,
};

static void add_text(json_t *row, const char *name, const char *text)
{
	if (text[0])
		json_object_set_new(row, name, json_string(text));
}

static void add_number(json_t *row, const char *name, uint64_t n)
{
	if (n)
		json_object_set_new(row, name, json_integer((json_int_t)n));
}

static enum ike_phase phase_of(const struct ike_record *r)
{
	return r->kind == IKE_RECORD_PHASE1 ? IKE_PHASE_1 : IKE_PHASE_2;
}

static bool is_empty(const struct ike_record_terms *t)
{
	return !t->protocol && !t->transform_id && !t->encryption;
}

static json_t *terms(const struct ike_record *r, const struct ike_record_terms *t)
{
	char text[TERMS];

	return json_string(ike_record_terms_print(t, phase_of(r), text, sizeof(text)));
}

static void add_nearest(json_t *row, const struct ike_record *r)
{
	json_t *differs = json_array();

	for (unsigned i = 0; i < ATTRIBUTES; i++)
		if (r->nearest.differs & 1u << i)
			json_array_append_new(differs, json_string(ike_record_attribute(i)));
	json_object_set_new(row, "nearest",
			    json_pack("{s:o,s:o,s:o}", "offered", terms(r, &r->nearest.offered),
				      "wanted", terms(r, &r->nearest.wanted), "differs", differs));
}

static void add_offers(json_t *row, const struct ike_record *r)
{
	json_t *offers = json_array();

	for (size_t i = 0; i < r->n_offers_kept; i++)
		json_array_append_new(offers, terms(r, &r->offers[i]));
	json_object_set_new(row, "offers", offers);
	json_object_set_new(row, "offered", json_integer(r->n_offers));
	if (!is_empty(&r->chosen))
		json_object_set_new(row, "chosen", terms(r, &r->chosen));
	if (r->nearest.any)
		add_nearest(row, r);
}

static void add_messages(json_t *row, const struct ike_record *r)
{
	json_t *messages = json_array();

	for (size_t i = 0; i < IKE_RECORD_MESSAGES; i++) {
		const struct ike_record_message *m = &r->messages[i];

		if (m->times)
			json_array_append_new(
				messages, json_pack("{s:i,s:b,s:i,s:I,s:I}", "number", (int)i + 1,
						    "ours", (int)m->ours, "times", (int)m->times,
						    "first_ms", (json_int_t)m->first_ms, "last_ms",
						    (json_int_t)m->last_ms));
	}
	json_object_set_new(row, "messages", messages);
}

static void add_phase1(json_t *row, const struct ike_record *r)
{
	const struct ike_record_phase1 *p = &r->phase1;

	add_text(row, "id_local", p->id_local.type ? p->id_local.text : "");
	add_text(row, "id_remote", p->id_remote.type ? p->id_remote.text : "");
	add_text(row, "id_expected", p->id_expected.type ? p->id_expected.text : "");
	if (p->nat_local || p->nat_remote)
		add_text(row, "nat", p->nat_local ? (p->nat_remote ? "both" : "local") : "remote");
}

static void add_quick(json_t *row, const struct ike_record *r)
{
	char text[SELECTOR_TEXT];

	add_text(row, "selector", selector_print(&r->quick.ours, text, sizeof(text)));
	if (r->quick.has_offered)
		add_text(row, "selector_offered",
			 selector_print(&r->quick.offered, text, sizeof(text)));
	add_number(row, "pfs_offered", r->quick.group_offered);
	add_number(row, "pfs_wanted", r->quick.group_wanted);
}

static void add_login(json_t *row, const struct ike_record *r)
{
	add_text(row, "group", r->login.group);
	add_text(row, "user", r->login.user);
	if (!addr_is_none(&r->login.address))
		json_object_set_new(row, "address", api_call_json_addr(&r->login.address));
}

static const char *outcome_of(const struct ike_record *r)
{
	if (!r->ended_ms)
		return "in progress";
	return r->up ? "up" : "failed";
}

json_t *api_negotiations_one(const struct control *c, const struct ike_record *r)
{
	static const char *const phases[IKE_RECORD_KIND_COUNT] = {"phase 1", "quick mode", "login"};
	static void (*const add[IKE_RECORD_KIND_COUNT])(json_t *, const struct ike_record *) = {
		add_phase1, add_quick, add_login};
	uint64_t end = r->ended_ms ? r->ended_ms : c->now_ms();
	json_t *row = json_pack("{s:s,s:s,s:s,s:I,s:I,s:I}", "phase", phases[r->kind], "role",
				r->initiator ? "initiator" : "responder", "outcome", outcome_of(r),
				"ago_s", (json_int_t)((c->now_ms() - r->started_ms) / MS_PER_S),
				"took_ms", (json_int_t)(end - r->started_ms), "conn_id",
				(json_int_t)r->conn_id);

	if (r->kind == IKE_RECORD_PHASE1)
		add_text(row, "mode", r->aggressive ? "aggressive" : "main");
	if (r->reason)
		add_text(row, "reason", ike_reason_text(r->reason));
	else if (r->hint)
		add_text(row, "hint", ike_reason_text(r->hint));
	add_number(row, "notify", r->notify);
	add_number(row, "notify_sent", r->notify_sent);
	add_messages(row, r);
	if (r->kind != IKE_RECORD_LOGIN)
		add_offers(row, r);
	add[r->kind](row, r);
	return row;
}

/* The newest of all kinds that has not been taken yet. */
static const struct ike_record *take_newest(const struct evidence_place *p,
					    size_t at[IKE_RECORD_KIND_COUNT])
{
	const struct ike_record *best = NULL;

	for (size_t k = 0; k < IKE_RECORD_KIND_COUNT; k++) {
		const struct evidence_records *list = &p->records[k];

		if (at[k] < list->n && (!best || list->rows[at[k]].started_ms > best->started_ms))
			best = &list->rows[at[k]];
	}
	if (best)
		at[best->kind]++;
	return best;
}

json_t *api_negotiations(const struct control *c, const struct evidence_place *p)
{
	size_t at[IKE_RECORD_KIND_COUNT] = {0};
	const struct ike_record *r;
	json_t *list = json_array();

	while ((r = take_newest(p, at)))
		json_array_append_new(list, api_negotiations_one(c, r));
	return list;
}
