/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_diagnose.h"

#include "controlplane/api_methods.h"
#include "controlplane/api_server.h"
#include "controlplane/diagnose_watch.h"
#include "lib/rpc/rpc.h"

enum {
	MS_PER_S = 1000
};

static void add_text(json_t *row, const char *name, const char *text)
{
	if (text[0])
		json_object_set_new(row, name, json_string(text));
}

/* What it is about. */
static void add_about(json_t *row, const struct diagnosis *d)
{
	if (!addr_is_none(&d->peer))
		json_object_set_new(row, "peer", api_call_json_addr(&d->peer));
	add_text(row, "map", d->map);
	if (d->sequence)
		json_object_set_new(row, "sequence", json_integer(d->sequence));
	if (d->acl_sequence)
		json_object_set_new(row, "line", json_integer(d->acl_sequence));
}

json_t *api_diagnose_json(const struct control *c, const struct diagnosis *d, uint64_t since_ms,
			  bool detail)
{
	char sentence[DIAGNOSE_TEXT], command[DIAGNOSE_TEXT];
	json_t *row = json_pack("{s:s,s:s,s:s,s:s,s:s}", "code", diagnose_name(d->code), "severity",
				diagnose_severity_name(diagnose_severity(d->code)), "sureness",
				diagnose_sureness_name(d->sureness), "sentence",
				diagnose_sentence(d, sentence, sizeof(sentence)), "command",
				diagnose_command(d, command, sizeof(command)));

	add_about(row, d);
	if (since_ms)
		json_object_set_new(
			row, "since_s",
			json_integer((json_int_t)((c->now_ms() - since_ms) / MS_PER_S)));
	if (d->other != DIAGNOSE_NONE)
		add_text(row, "other", diagnose_name(d->other));
	add_text(row, "decide", d->decide);
	add_text(row, "there", d->there);
	if (detail)
		add_text(row, "saw", d->saw);
	return row;
}

/* Those that stand under the root at this index. */
static json_t *under(const struct control *c, const struct diagnose_found *rows, size_t n,
		     size_t root, bool detail)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		if (rows[i].d.under == root + 1)
			json_array_append_new(
				list, api_diagnose_json(c, &rows[i].d, rows[i].since_ms, detail));
	return list;
}

json_t *api_diagnose_list(const struct control *c, const struct diagnose_found *rows, size_t n,
			  bool detail)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *row, *below;

		if (rows[i].d.under)
			continue;
		row = api_diagnose_json(c, &rows[i].d, rows[i].since_ms, detail);
		below = under(c, rows, n, i, detail);
		if (json_array_size(below))
			json_object_set(row, "under", below);
		json_decref(below);
		json_array_append_new(list, row);
	}
	return list;
}

void api_diagnose_event(struct control *c, const char *state, const struct diagnosis *d,
			enum diagnose_code was)
{
	json_t *params;

	if (!c->api)
		return;
	params = json_pack("{s:s,s:o}", "state", state, "diagnosis",
			   api_diagnose_json(c, d, 0, true));
	if (was != DIAGNOSE_NONE)
		add_text(params, "was", diagnose_name(was));
	api_server_diagnosed(c->api, params);
	json_decref(params);
}

json_t *api_diagnose_watch(struct api_call *call)
{
	const json_t *on = json_object_get(call->params, "on");

	if (!json_is_boolean(on))
		return api_call_fail(call, RPC_INVALID_PARAMS, "on must be a boolean");
	call->client->diagnoses = json_is_true(on);
	return json_pack("{s:b}", "watching", call->client->diagnoses);
}

json_t *api_diagnose_clear(struct api_call *call)
{
	struct addr peer;
	int only = api_call_addr(call, "peer", &peer);

	if (only < 0)
		return NULL;
	return json_pack("{s:I}", "cleared",
			 (json_int_t)diagnose_watch_clear(call->control, only ? &peer : NULL));
}
