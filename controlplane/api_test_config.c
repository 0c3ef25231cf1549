/* SPDX-License-Identifier: BSD-3-Clause */
/* test.config: the rules over one configuration, or over two that are to speak to each other. */
#include "controlplane/api_config.h"
#include "controlplane/api_diagnose.h"
#include "controlplane/api_methods.h"
#include "controlplane/api_source.h"
#include "controlplane/diagnose/config_rules.h"
#include "controlplane/diagnose/swanctl.h"
#include "lib/config/config_grammar.h"
#include "lib/crypto/secret.h"
#include "lib/rpc/rpc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One of the two. */
struct side {
	bool given;
	bool foreign; /* made of a swanctl.conf: what it lacks for a router is no fault */
	bool masked;  /* its keys were printed as stars: nothing is said of keys */
	struct config config;
	struct fault_list faults;
};

/* Nothing is said of what the text does not tell. */
static bool is_untold(const struct side *side, enum diagnose_code code)
{
	if (code == DIAGNOSE_P1_NO_KEY || code == DIAGNOSE_P1_PSK)
		return side->masked;
	return code == DIAGNOSE_P1_POLICY && side->foreign && !side->config.n_policies;
}

static bool has_device(const struct config *c)
{
	for (size_t i = 0; i < c->n_interfaces; i++)
		if (c->interfaces[i].device != CONFIG_DEVICE_NONE)
			return true;
	return false;
}

static void note_masked(struct side *side)
{
	for (size_t i = 0; i < side->faults.n; i++)
		side->masked |= strstr(side->faults.rows[i].text, "masked key") != NULL;
}

static int read_lines(struct side *side, const char *text)
{
	int err;

	config_model_init(&side->config);
	side->given = true;
	err = config_grammar_text(&side->config, text, strlen(text), &side->faults);
	note_masked(side);
	return err == -ENOMEM ? err : 0;
}

/* Somebody else's: lines that we do not know are told, and the others are looked at. */
static int read_text(struct side *side, const char *text)
{
	char *lines;
	int err;

	if (!swanctl_is(text))
		return read_lines(side, text);
	side->foreign = true;
	lines = swanctl_lines(text, &side->faults);
	if (!lines)
		return -ENOMEM;
	err = read_lines(side, lines);
	secret_wipe_bytes(lines, strlen(lines));
	free(lines);
	return err;
}

static int read_side(struct api_call *call, const char *name, struct side *side)
{
	const json_t *source = json_object_get(call->params, name);
	const char *text = json_string_value(json_object_get(source, "text"));
	int err;

	if (!source)
		return 0;
	if (text)
		return read_text(side, text);
	err = api_source_read(call, source, &side->config, &side->faults);
	side->given = err == 0;
	return err;
}

static json_t *list_of(const struct control *c, const struct diagnose_list *found,
		       const struct side *from, const struct side *to)
{
	json_t *list = json_array();

	for (size_t i = 0; i < found->n; i++)
		if (!is_untold(from, found->items[i].code) && !is_untold(to, found->items[i].code))
			json_array_append_new(list,
					      api_diagnose_json(c, &found->items[i], 0, true));
	return list;
}

static json_t *side_json(const struct control *c, struct side *side, struct diagnose_list *found)
{
	json_t *faults, *diagnoses;

	/* what is about this box alone is said of configurations of such a box */
	side->faults.line = 0;
	if (has_device(&side->config))
		config_grammar_validate(&side->config, &side->faults);
	found->n = 0;
	if (!side->foreign)
		diagnose_config(&side->config, found);
	faults = api_config_faults(&side->faults);
	diagnoses = list_of(c, found, side, side);
	return json_pack("{s:s,s:o,s:o}", "dialect",
			 side->foreign ? "swanctl" : dialect_name(side->config.dialect), "faults",
			 faults, "diagnoses", diagnoses);
}

static json_t *answer(const struct control *c, struct side *from, struct side *to)
{
	struct diagnose_list *found = calloc(1, sizeof(*found));
	json_t *result = found ? json_object() : NULL;

	if (result) {
		json_object_set_new(result, "from", side_json(c, from, found));
		if (to->given)
			json_object_set_new(result, "to", side_json(c, to, found));
	}
	if (result && to->given) {
		found->n = 0;
		diagnose_pair(&from->config, &to->config, found);
		json_object_set_new(result, "pair", list_of(c, found, from, to));
	}
	free(found);
	return result;
}

static void finish(struct side *side)
{
	if (side->given)
		config_model_fini(&side->config);
	fault_list_fini(&side->faults);
}

json_t *api_test_config(struct api_call *call)
{
	struct side from = {0}, to = {0};
	json_t *result = NULL;

	if (!json_object_get(call->params, "from"))
		return api_call_fail(call, RPC_INVALID_PARAMS, "from: the configuration to test");
	if (read_side(call, "from", &from) == 0 && read_side(call, "to", &to) == 0)
		result = answer(call->control, &from, &to);
	finish(&from);
	finish(&to);
	return result;
}
