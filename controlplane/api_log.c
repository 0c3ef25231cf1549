/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_log.h"

#include "controlplane/api_server.h"

#include <stdio.h>
#include <string.h>

static const char *const secrets[] = {"password", "pem", "pkcs12"};

static bool is_secret(const char *key)
{
	for (size_t i = 0; i < array_len(secrets); i++)
		if (strcmp(key, secrets[i]) == 0)
			return true;
	return false;
}

/* Returns what is left of the room; a control character would forge a line of the log. */
static size_t put(char *to, size_t room, const char *text)
{
	size_t n = 0;

	for (; *text && n + 1 < room; text++)
		to[n++] = (unsigned char)*text < ' ' || *text == 0x7f ? '?' : *text;
	to[n] = '\0';
	return n;
}

const char *api_log_call(enum rpc_method method, const json_t *params,
			 char text[static API_LOG_TEXT])
{
	size_t n = put(text, API_LOG_TEXT, rpc_schema_name(method));
	const char *key;
	const json_t *value;
	char number[24];

	for (char *p = text; *p; p++)
		if (*p == '.' || *p == '_')
			*p = ' ';
	json_object_foreach((json_t *)params, key, value) {
		snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
			 json_integer_value(value));
		n += put(text + n, API_LOG_TEXT - n, " ");
		n += put(text + n, API_LOG_TEXT - n, key);
		n += put(text + n, API_LOG_TEXT - n, " ");
		n += put(text + n, API_LOG_TEXT - n,
			 is_secret(key)		 ? "*"
			 : json_is_string(value) ? json_string_value(value)
						 : number);
	}
	return text;
}

void api_log_command(const struct api_call *call, const char *command)
{
	debug_log_event(call->control->log, DEBUG_LOG_COMMAND, "User:%s  logged command:%s",
			call->client->user, command);
}
