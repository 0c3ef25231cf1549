/* SPDX-License-Identifier: BSD-3-Clause */
/* Configurations as a whole: what is different, what would end, one in place of another. */
#include "controlplane/api_config.h"
#include "controlplane/api_methods.h"
#include "controlplane/api_server.h"
#include "controlplane/api_source.h"
#include "controlplane/fate.h"
#include "controlplane/reconfigure.h"
#include "lib/config/config_diff.h"
#include "lib/rpc/rpc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *lines_json(const struct config_diff *diff)
{
	static const char *const kinds[] = {[CONFIG_DIFF_SAME] = "same",
					    [CONFIG_DIFF_GONE] = "gone",
					    [CONFIG_DIFF_NEW] = "new"};
	json_t *list = json_array();

	for (size_t i = 0; i < diff->n; i++)
		json_array_append_new(
			list, json_pack("{s:s,s:i,s:s}", "kind", kinds[diff->rows[i].kind], "depth",
					(int)diff->rows[i].depth, "text", diff->rows[i].text));
	return list;
}

static json_t *prefix_json(const struct prefix *p)
{
	char text[ADDR_TEXT + 8];

	return json_string(prefix_print(p, text, sizeof(text)));
}

static json_t *ending_json(const struct fate *fate)
{
	json_t *list = json_array();

	for (size_t i = 0; i < fate->n; i++) {
		const struct tunnel *t = fate->rows[i].tunnel;
		const struct addr *peer = &fate->rows[i].peer;
		json_t *row = json_pack("{s:s,s:s,s:i,s:s,s:o,s:o,s:i,s:s}", "interface",
					t->interface, "map", t->map, "sequence", (int)t->sequence,
					"acl", t->acl, "local", prefix_json(&t->selector.local),
					"remote", prefix_json(&t->selector.remote), "protocol",
					(int)t->selector.protocol, "reason",
					fate_text(fate->rows[i].kind));

		if (addr_is_none(peer) && t->n_peers)
			peer = &t->peers[0];
		if (!addr_is_none(peer))
			json_object_set_new(row, "peer", api_call_json_addr(peer));
		json_array_append_new(list, row);
	}
	return list;
}

/*
 * Adds what is different, and what ends when `next` comes into force. 0, or a negative error whose
 * sentence, if it has one, is noted as the failure of the call.
 */
static int compare(struct api_call *call, json_t *result, const struct config *from,
		   const struct config *to, const struct config *next)
{
	struct config_diff diff;
	struct fate fate;
	char why[256];
	int err = fate_foresee(&fate, call->control, next);

	if (err < 0) {
		if (reconfigure_refusal(call->control, err, why, sizeof(why)))
			api_call_fail(call, RPC_FAILED, "%s", why);
		return err;
	}
	err = config_diff_make(&diff, from, to, call->client->dialect);
	if (err == 0) {
		json_object_set_new(result, "lines", lines_json(&diff));
		json_object_set_new(result, "ending", ending_json(&fate));
		json_object_set_new(result, "up", json_integer((json_int_t)fate.n_up));
		config_diff_fini(&diff);
	}
	fate_fini(&fate);
	return err;
}

/* The answer to what cannot be read: nothing but the faults. */
static json_t *with_faults(json_t *result, const struct fault_list *faults)
{
	if (!json_object_get(result, "lines"))
		json_object_update_new(result,
				       json_pack("{s:[],s:[],s:i}", "lines", "ending", "up", 0));
	json_object_set_new(result, "faults", api_config_faults(faults));
	return result;
}

static bool is_running(const json_t *source)
{
	const char *of = json_string_value(json_object_get(source, "of"));

	return !api_source_given(source) || (of && strcmp(of, "running") == 0);
}

json_t *api_replace_diff(struct api_call *call)
{
	const json_t *sources[] = {json_object_get(call->params, "from"),
				   json_object_get(call->params, "to")};
	struct fault_list faults = {0};
	struct config configs[2];
	json_t *result = json_object();
	size_t n = 0;
	int err = 0;

	for (; n < array_len(sources) && err == 0; n += err == 0)
		err = api_source_read(call, sources[n], &configs[n], &faults);
	if (err == 0)
		err = compare(call, result, &configs[0], &configs[1],
			      &configs[is_running(sources[1]) ? 0 : 1]);
	if (err == 0 || fault_count(&faults, FAULT_ERROR)) {
		with_faults(result, &faults);
	} else {
		json_decref(result);
		result = NULL;
	}
	while (n)
		config_model_fini(&configs[--n]);
	fault_list_fini(&faults);
	return result;
}

/* *next comes into force, or stays the caller's. */
static int put_in_force(struct api_call *call, struct config *next, json_t *result)
{
	struct control *c = call->control;
	const json_t *minutes = json_object_get(call->params, "minutes");
	int err = compare(call, result, &c->config, next, next);

	if (err == 0 && minutes)
		err = rollback_start(c, (unsigned)json_integer_value(minutes), call->client->user);
	if (err == -EALREADY)
		api_call_fail(call, RPC_FAILED, "a change waits to be confirmed already");
	if (err < 0)
		return err;
	err = reconfigure_replace(c, next);
	if (err < 0) {
		if (minutes)
			rollback_forget(c);
		return err;
	}
	if (c->api)
		api_server_changed(c->api, call->client);
	call->client->dialect = call->client->cursor.dialect = c->config.dialect;
	debug_log_event(c->log, DEBUG_LOG_CONFIG, "Configured from the API by %s",
			call->client->user);
	return 0;
}

static bool minutes_are_good(struct api_call *call)
{
	const json_t *minutes = json_object_get(call->params, "minutes");
	json_int_t n = json_integer_value(minutes);

	if (!minutes || (n >= 1 && n <= ROLLBACK_MINUTES_MAX))
		return true;
	api_call_fail(call, RPC_INVALID_PARAMS, "minutes must be 1 to %d", ROLLBACK_MINUTES_MAX);
	return false;
}

json_t *api_replace(struct api_call *call)
{
	struct fault_list faults = {0};
	struct config next;
	json_t *result;
	int err;

	if (!minutes_are_good(call))
		return NULL;
	if (!api_source_given(call->params))
		return api_call_fail(call, RPC_INVALID_PARAMS, "one of: of, text, merge, clear");
	result = json_object();
	err = api_source_read(call, call->params, &next, &faults);
	if (err == 0) {
		faults.line = 0;
		err = put_in_force(call, &next, result);
		config_model_fini(&next);
	}
	if (err == 0 || fault_count(&faults, FAULT_ERROR)) {
		json_object_set_new(result, "applied", json_boolean(err == 0));
		with_faults(result, &faults);
	} else {
		json_decref(result);
		result = NULL;
	}
	fault_list_fini(&faults);
	return result;
}

static json_t *text_json(const struct config *config, enum dialect dialect, unsigned flags)
{
	char *text = config_grammar_print(config, dialect, flags);
	json_t *result = text ? json_pack("{s:s}", "text", text) : NULL;

	if (text)
		secret_wipe_bytes(text, strlen(text));
	free(text);
	return result;
}

static json_t *text_of(struct api_call *call, const json_t *source, unsigned flags)
{
	struct fault_list faults = {0};
	struct config config;
	json_t *result = NULL;

	if (api_source_read(call, source, &config, &faults) == 0) {
		result = text_json(&config, flags ? config.dialect : call->client->dialect, flags);
		config_model_fini(&config);
	}
	fault_list_fini(&faults);
	return result;
}

json_t *api_replace_text(struct api_call *call)
{
	return text_of(call, call->params, CONFIG_PRINT_SECRETS);
}

json_t *api_replace_show_startup(struct api_call *call)
{
	json_t *source = json_pack("{s:s}", "of", "startup");
	json_t *result = text_of(call, source, 0);

	json_decref(source);
	return result;
}

json_t *api_replace_archive(struct api_call *call)
{
	const struct config *c = &call->control->config;

	return json_pack("{s:s,s:i,s:s}", "path", c->archive.path, "maximum",
			 (int)c->archive.maximum, "hostname", c->hostname);
}
