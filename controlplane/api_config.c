/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_config.h"

#include "controlplane/api_log.h"
#include "controlplane/api_methods.h"
#include "controlplane/api_server.h"
#include "controlplane/api_source.h"
#include "controlplane/diagnose/config_rules.h"
#include "controlplane/losses.h"
#include "controlplane/reconfigure.h"
#include "lib/base/log.h"
#include "lib/rpc/rpc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void find_faults(const struct config *config, struct fault_list *faults)
{
	config_grammar_validate(config, faults);
	config_rules_faults(config, CONFIG_RULES_ALL, faults);
}

json_t *api_config_enter(struct api_call *call)
{
	struct fault_list *known = &call->client->known;

	fault_list_fini(known);
	find_faults(&call->control->config, known);
	call->client->configuring = true;
	call->client->overtaken = false;
	call->client->cursor = (struct config_cursor){
		.mode = CONFIG_MODE_GLOBAL,
		.dialect = call->client->dialect,
	};
	return json_pack("{s:s}", "prompt", config_grammar_prompt(CONFIG_MODE_GLOBAL));
}

json_t *api_config_faults(const struct fault_list *faults)
{
	static const char *const kinds[] = {
		[FAULT_ERROR] = "error", [FAULT_WARNING] = "warning", [FAULT_NOTE] = "note"};
	json_t *list = json_array();

	for (size_t i = 0; i < faults->n; i++) {
		const struct fault *f = &faults->rows[i];
		json_t *row = json_pack("{s:s,s:i,s:s}", "kind", kinds[f->kind], "column",
					f->column, "text", f->text);

		if (f->line)
			json_object_set_new(row, "line", json_integer(f->line));
		json_array_append_new(list, row);
	}
	return list;
}

static bool is_known(const struct fault_list *known, const struct fault *fault)
{
	for (size_t i = 0; i < known->n; i++)
		if (strcmp(known->rows[i].text, fault->text) == 0)
			return true;
	return false;
}

static void drop_known(const struct fault_list *known, struct fault_list *faults)
{
	size_t n = 0;

	for (size_t i = 0; i < faults->n; i++)
		if (!is_known(known, &faults->rows[i]))
			faults->rows[n++] = faults->rows[i];
	faults->n = n;
}

/* What is wrong with the whole now and was not before: half a change is only a fault at its end. */
static json_t *new_faults(struct api_call *call)
{
	struct fault_list all = {0};
	json_t *list;

	find_faults(&call->control->config, &all);
	drop_known(&call->client->known, &all);
	list = api_config_faults(&all);
	fault_list_fini(&all);
	fault_list_fini(&call->client->known);
	return list;
}

json_t *api_config_leave(struct api_call *call)
{
	if (!call->client->configuring)
		return json_pack("{s:[]}", "faults");
	api_log_configured(call);
	call->client->configuring = false;
	return json_pack("{s:o}", "faults", new_faults(call));
}

/* What this line alone makes wrong is said with it, and not again at the end. */
static void add_new_rules(struct api_call *call, struct fault_list *faults)
{
	struct fault_list *known = &call->client->known, found = {0};

	config_rules_faults(&call->control->config, CONFIG_RULES_AT_ONCE, &found);
	drop_known(known, &found);
	for (size_t i = 0; i < found.n; i++) {
		const struct fault *f = &found.rows[i];

		fault_add(known, f->kind, f->column, "%s", f->text);
		fault_add(faults, f->kind, f->column, "%s", f->text);
	}
	fault_list_fini(&found);
}

/* What the line has cost is said with it: CFG-MAP-CHANGE. */
static void tell_losses(const struct losses *lost, struct fault_list *faults)
{
	struct diagnosis d = config_rules_make(DIAGNOSE_CFG_MAP_CHANGE, NULL, NULL);

	diagnose_set(&d, "n", "%zu", lost->n_lost);
	config_rules_saw(&d, "%zu of the %zu that were up %s torn down, of %zu peer%s.",
			 lost->n_lost, lost->n_up, lost->n_lost == 1 ? "is" : "are", lost->n_peers,
			 lost->n_peers == 1 ? "" : "s");
	config_rules_command(&d, "show crypto session");
	config_rules_fault(&d, faults);
}

static int put_in_force(struct control *c, const struct config *before, struct fault_list *faults)
{
	struct losses lost;
	int err;

	losses_begin(&lost, &c->store);
	err = reconfigure_apply(c, before);
	losses_end(&lost, &c->store);
	if (err == 0 && lost.n_lost)
		tell_losses(&lost, faults);
	return err;
}

/* The line is in force when this returns, or nothing is different. 0, or -ENOMEM. */
static int take_line(struct api_call *call, const char *text, struct fault_list *faults,
		     bool *changed)
{
	struct control *c = call->control;
	struct config before;
	char why[256];
	int err;

	*changed = false;
	if (config_model_copy(&before, &c->config) < 0)
		return -ENOMEM;
	err = config_grammar_line(&c->config, &call->client->cursor, text, faults, changed);
	if (err != -ENOMEM)
		err = 0;
	if (err == 0 && *changed)
		err = put_in_force(c, &before, faults);
	if (err == 0) {
		if (*changed && c->api)
			api_server_changed(c->api, call->client);
		if (c->config.dialect != before.dialect)
			call->client->dialect = call->client->cursor.dialect = c->config.dialect;
		config_model_fini(&before);
		return 0;
	}
	config_model_fini(&c->config);
	c->config = before;
	*changed = false;
	if (!reconfigure_refusal(c, err, why, sizeof(why)))
		return err;
	fault_add(faults, FAULT_ERROR, -1, "%s", why);
	return 0;
}

json_t *api_config_line(struct api_call *call)
{
	const char *text = api_call_text(call, "text");
	struct fault_list faults = {0};
	json_t *result = NULL;
	char *masked;
	bool changed;

	if (!call->client->configuring || !text)
		return api_call_fail(call, RPC_INVALID_PARAMS,
				     "config.enter comes first, and a line has a text");
	if (call->client->overtaken && call->client->overtaken_by == API_SERVER_NOBODY)
		fault_add(&faults, FAULT_WARNING, -1,
			  "the configuration from before has come back since your last line");
	else if (call->client->overtaken)
		fault_add(&faults, FAULT_WARNING, -1,
			  "user id %u has changed the configuration since your last line",
			  call->client->overtaken_by);
	call->client->overtaken = false;
	/* where it was typed: the cursor moves */
	masked = config_grammar_masked(&call->client->cursor, text);
	if (take_line(call, text, &faults, &changed) == 0) {
		if (changed)
			add_new_rules(call, &faults);
		result = json_pack("{s:s,s:o,s:b}", "prompt",
				   config_grammar_prompt(call->client->cursor.mode), "faults",
				   api_config_faults(&faults), "changed", (int)changed);
	}
	if (result && changed)
		api_log_command(call, masked ? masked : "*");
	free(masked);
	fault_list_fini(&faults);
	return result;
}

struct save {
	struct control *control;
	uint64_t client;
	json_t *id; /* owned */
	size_t bytes;
	char *text; /* owned, wiped */
};

static void free_save(struct save *save)
{
	if (save->text)
		secret_wipe_bytes(save->text, save->bytes);
	free(save->text);
	json_decref(save->id);
	free(save);
}

static void on_saved(void *ctx, uint64_t arg, const struct plane_ack *ack)
{
	struct save *save = ctx;
	struct control *c = save->control;
	const char *path = c->plane->header->config_path;
	json_t *reply;

	(void)arg;
	secret_wipe_bytes(c->plane->blob, save->bytes);
	c->saving = false;
	/* without memory the copy of before stays: what `show startup-config` and `diff` go by */
	if (!ack->error && control_set_startup(c, save->text, save->bytes) < 0)
		log_warning("not enough memory for the startup configuration");
	if (ack->error) {
		char text[400];

		snprintf(text, sizeof(text), "%s could not be written: %s", path,
			 strerror(-ack->error));
		reply = rpc_error(save->id, RPC_FAILED, text);
	} else {
		reply = rpc_result(save->id, json_pack("{s:s,s:I}", "path", path, "bytes",
						       (json_int_t)save->bytes));
	}
	if (c->api)
		api_server_reply(c->api, save->client, reply);
	else
		json_decref(reply);
	free_save(save);
}

static int send_blob(struct api_call *call, const char *text, size_t len)
{
	struct plane_msg msg = {.type = PLANE_CONFIG_SAVE, .blob.len = (uint32_t)len};
	struct control *c = call->control;
	struct save *save = malloc(sizeof(*save));

	if (!save)
		return -ENOMEM;
	*save = (struct save){.control = c,
			      .client = call->client->id,
			      .id = json_deep_copy(call->id),
			      .bytes = len,
			      .text = strndup(text, len)};
	if (!save->text) {
		free_save(save);
		return -ENOMEM;
	}
	memcpy(c->plane->blob, text, len);
	if (plane_client_send(c->client, PLANE_CLIENT_MAIN, &msg, on_saved, save, 0) < 0) {
		free_save(save);
		return -ENOMEM;
	}
	c->saving = true;
	call->deferred = true;
	return 0;
}

/* What is running, or what the parameters name; NULL after a failure or without memory. */
static char *text_to_save(struct api_call *call)
{
	const struct config *running = &call->control->config;
	struct config config;
	char *text;

	if (!api_source_given(call->params))
		return config_grammar_print(running, running->dialect, CONFIG_PRINT_SECRETS);
	if (api_source_read_valid(call, &config) < 0)
		return NULL;
	text = config_grammar_print(&config, config.dialect, CONFIG_PRINT_SECRETS);
	config_model_fini(&config);
	return text;
}

json_t *api_config_save(struct api_call *call)
{
	char *text;
	size_t len;

	if (call->control->saving)
		return api_call_fail(call, RPC_FAILED,
				     "the configuration is being written already");
	text = text_to_save(call);
	if (!text)
		return NULL;
	len = strlen(text);
	if (len > PLANE_BLOB_BYTES)
		api_call_fail(call, RPC_FAILED, "the configuration is larger than %d bytes",
			      PLANE_BLOB_BYTES);
	else if (send_blob(call, text, len) < 0)
		api_call_fail(call, RPC_FAILED, "out of memory");
	secret_wipe_bytes(text, len);
	free(text);
	return NULL;
}
