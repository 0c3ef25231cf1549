/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_source.h"

#include "controlplane/api_server.h"
#include "lib/config/config_clear.h"
#include "lib/rpc/rpc.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const kinds[] = {"of", "text", "merge", "clear"};

static size_t count_kinds(const json_t *source)
{
	size_t n = 0;

	for (size_t i = 0; i < array_len(kinds); i++)
		n += json_object_get(source, kinds[i]) != NULL;
	return n;
}

bool api_source_given(const json_t *params)
{
	return count_kinds(params) > 0;
}

static const char *text_of(const json_t *source, const char *kind)
{
	return json_string_value(json_object_get(source, kind));
}

static int take_text(struct config *out, const char *text, struct fault_list *faults)
{
	int err = config_grammar_text(out, text, strlen(text), faults);

	if (err < 0)
		config_model_fini(out);
	return err;
}

static int read_whole(struct config *out, const char *text, struct fault_list *faults)
{
	config_model_init(out);
	return take_text(out, text, faults);
}

static int read_merged(struct api_call *call, const char *text, struct config *out,
		       struct fault_list *faults)
{
	int err = config_model_copy(out, &call->control->config);

	return err < 0 ? err : take_text(out, text, faults);
}

static int read_cleared(struct api_call *call, const char *words, struct config *out)
{
	size_t n;
	int err = config_clear(out, &call->control->config, call->client->dialect, words, &n);

	if (err == -EINVAL)
		api_call_fail(call, RPC_FAILED, "lines that are left need what %s says", words);
	if (err < 0 || n)
		return err;
	config_model_fini(out);
	api_call_fail(call, RPC_FAILED, "no line of show running-config begins with: %s", words);
	return -EINVAL;
}

/* Lines of it that are refused are left out, as at the start. */
static int read_startup(const struct control *c, struct config *out)
{
	const char *text = c->startup ? c->startup : "";
	struct fault_list faults = {0};
	int err;

	config_model_init(out);
	err = config_grammar_text(out, text, strlen(text), &faults);
	fault_list_fini(&faults);
	if (err != -ENOMEM)
		return 0;
	config_model_fini(out);
	return err;
}

static int read_named(struct api_call *call, const char *name, struct config *out)
{
	const struct control *c = call->control;
	int err;

	if (strcmp(name, "running") == 0)
		return config_model_copy(out, &c->config);
	if (strcmp(name, "startup") == 0)
		return read_startup(c, out);
	err = rollback_baseline(c, out);
	if (err != -ENOENT)
		return err;
	api_call_fail(call, RPC_FAILED, "there is nothing to be confirmed");
	return -EINVAL;
}

int api_source_read(struct api_call *call, const json_t *source, struct config *out,
		    struct fault_list *faults)
{
	const char *text;

	if (count_kinds(source) > 1) {
		api_call_fail(call, RPC_INVALID_PARAMS, "one of: of, text, merge, clear");
		return -EINVAL;
	}
	if ((text = text_of(source, "text")))
		return read_whole(out, text, faults);
	if ((text = text_of(source, "merge")))
		return read_merged(call, text, out, faults);
	if ((text = text_of(source, "clear")))
		return read_cleared(call, text, out);
	text = text_of(source, "of");
	return read_named(call, text ? text : "running", out);
}

static int fail_of(struct api_call *call, const struct fault_list *faults)
{
	for (size_t i = 0; i < faults->n; i++) {
		const struct fault *f = &faults->rows[i];

		if (f->kind != FAULT_ERROR)
			continue;
		if (f->line)
			api_call_fail(call, RPC_FAILED, "line %d: %s", f->line, f->text);
		else
			api_call_fail(call, RPC_FAILED, "%s", f->text);
		return -EINVAL;
	}
	return 0;
}

int api_source_read_valid(struct api_call *call, struct config *out)
{
	struct fault_list faults = {0};
	int err = api_source_read(call, call->params, out, &faults);
	bool read = err == 0;

	if (read) {
		faults.line = 0;
		config_grammar_validate(out, &faults);
	}
	if (fail_of(call, &faults) < 0)
		err = -EINVAL;
	if (read && err < 0)
		config_model_fini(out);
	fault_list_fini(&faults);
	return err;
}
