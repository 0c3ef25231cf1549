/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_methods.h"
#include "controlplane/api_server.h"
#include "lib/rpc/rpc.h"

#include <jansson.h>

static json_t *hosts_of(const struct config_logging *l)
{
	json_t *hosts = json_array();
	char text[ADDR_TEXT];

	for (size_t i = 0; i < l->n_hosts; i++)
		json_array_append_new(
			hosts, json_pack("{s:s,s:i}", "address",
					 addr_print(&l->hosts[i].address, text, sizeof(text)),
					 "port", l->hosts[i].port));
	return hosts;
}

/* Only where there is a file. */
static void add_file(const struct control *c, json_t *result)
{
	const struct config_logging *l = &c->config.logging;

	if (!l->file[0])
		return;
	json_object_set_new(
		result, "file",
		json_pack("{s:s,s:s,s:I,s:I,s:I}", "name", l->file, "level",
			  config_logging_level(l->file_level), "bytes",
			  (json_int_t)(l->file_bytes ? l->file_bytes : CONFIG_LOG_FILE_BYTES),
			  "written", (json_int_t)c->log_file.written, "lost",
			  (json_int_t)c->log_file.lost));
}

json_t *api_logging_show(struct api_call *call)
{
	const struct config_logging *l = &call->control->config.logging;
	const struct debug_log *log = call->control->log;
	const struct debug_log_record *record;
	char text[DEBUG_LOG_PRINTED];
	json_t *lines = json_array(), *result;

	for (size_t i = 0; (record = debug_log_record(log, i)); i++)
		json_array_append_new(
			lines, json_string(debug_log_print(log, record, call->client->dialect, text,
							   sizeof(text))));
	result = json_pack("{s:o,s:b,s:s,s:s,s:s,s:s,s:s,s:i,s:o,s:I}", "lines", lines, "enabled",
			   !l->off, "buffered", config_logging_level(l->buffered), "console",
			   config_logging_level(l->console), "monitor",
			   config_logging_level(l->monitor), "trap", config_logging_level(l->trap),
			   "facility", config_logging_facility(l->facility), "buffer_bytes",
			   (int)l->buffer_bytes, "hosts", hosts_of(l), "suppressed",
			   (json_int_t)debug_log_suppressed(log));
	add_file(call->control, result);
	return result;
}

json_t *api_logging_clear(struct api_call *call)
{
	debug_log_clear(call->control->log);
	return json_object();
}

json_t *api_logging_monitor(struct api_call *call)
{
	const json_t *on = json_object_get(call->params, "on");

	if (!json_is_boolean(on))
		return api_call_fail(call, RPC_INVALID_PARAMS, "on must be a boolean");
	call->client->monitor = json_is_true(on);
	return json_pack("{s:b}", "monitor", call->client->monitor);
}
