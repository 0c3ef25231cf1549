/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_clear.h"

#include "lib/config/config_dialect.h"
#include "lib/config/config_grammar.h"
#include "lib/config/config_section.h"
#include "lib/crypto/secret.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What a box has before anybody configures it stays, or comes back. */
static int keep_hardware(struct config *out, const struct config *config)
{
	struct config_interface *rows = realloc(
		out->interfaces, (out->n_interfaces + config->n_interfaces + 1) * sizeof(*rows));

	if (!rows)
		return -ENOMEM;
	out->interfaces = rows;
	out->platform = config->platform;
	out->dialect = config->dialect;
	for (size_t i = 0; i < config->n_interfaces; i++) {
		const struct config_interface *from = &config->interfaces[i];
		struct config_interface *to = config_model_interface(out, from->name);

		if (from->device == CONFIG_DEVICE_NONE || from->device == CONFIG_DEVICE_LOOPBACK)
			continue;
		if (!to) {
			to = &rows[out->n_interfaces++];
			memset(to, 0, sizeof(*to));
			memcpy(to->name, from->name, sizeof(to->name));
		}
		memcpy(to->device_arg, from->device_arg, sizeof(to->device_arg));
		to->device = from->device;
	}
	return 0;
}

static void free_text(char *text)
{
	if (text)
		secret_wipe_bytes(text, strlen(text));
	free(text);
}

/* Lines alone may mislead about their dialect when others are gone. */
static int load(struct config *out, enum dialect dialect, const char *lines)
{
	struct fault_list faults = {0};
	char *text;
	int len = asprintf(&text, "! dialect %s\n%s", dialect_name(dialect), lines);
	int err = len < 0 ? -ENOMEM : config_grammar_text(out, text, (size_t)len, &faults);

	fault_list_fini(&faults);
	if (len >= 0)
		free_text(text);
	return err;
}

int config_clear(struct config *out, const struct config *config, enum dialect dialect,
		 const char *words, size_t *n)
{
	char *text = config_grammar_print(config, dialect, CONFIG_PRINT_SECRETS);
	bool all = strcasecmp(words, "all") == 0;
	int err = text ? 0 : -ENOMEM;

	config_model_init(out);
	*n = text ? config_section_drop(text, all ? "" : words) : 0;
	if (err == 0 && all)
		config_dialect_defaults(out, config->dialect);
	else if (err == 0)
		err = load(out, dialect, text);
	if (err == 0)
		err = keep_hardware(out, config);
	free_text(text);
	if (err < 0)
		config_model_fini(out);
	return err;
}
