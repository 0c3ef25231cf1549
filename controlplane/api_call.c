/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_call.h"

#include "lib/config/config_named.h"
#include "lib/rpc/rpc.h"

#include <stdarg.h>
#include <stdio.h>

json_t *api_call_fail(struct api_call *call, int code, const char *fmt, ...)
{
	va_list ap;

	call->code = code;
	va_start(ap, fmt);
	vsnprintf(call->message, sizeof(call->message), fmt, ap);
	va_end(ap);
	return NULL;
}

const char *api_call_text(const struct api_call *call, const char *name)
{
	return json_string_value(json_object_get(call->params, name));
}

int api_call_addr(struct api_call *call, const char *name, struct addr *out)
{
	const json_t *value = json_object_get(call->params, name);
	const char *text = json_string_value(value);

	if (!value)
		return 0;
	if (text && addr_parse(out, text) == 0)
		return 1;
	api_call_fail(call, RPC_INVALID_PARAMS, "%s must be an address", name);
	return -1;
}

json_t *api_call_json_addr(const struct addr *a)
{
	char text[ADDR_TEXT];

	return json_string(addr_print(a, text, sizeof(text)));
}

void api_call_add_nameif(const struct api_call *call, json_t *row, const char *interface)
{
	const struct config_interface *i =
		config_model_interface(&call->control->config, interface);

	if (i && i->nameif[0])
		json_object_set_new(row, "nameif", json_string(i->nameif));
}

const char *api_call_interface(const struct api_call *call)
{
	const char *word = api_call_text(call, "interface");
	const struct config_interface *i =
		word ? config_named_find(&call->control->config, word) : NULL;

	return i ? i->name : word;
}
