/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_log.h"

#include "controlplane/api_server.h"

#include <stdio.h>
#include <string.h>

enum {
	LINE = DEBUG_LOG_LINE - 64, /* a longer one is cut anyway */
};

static const char *const secrets[] = {"password", "pem", "pkcs12", "text", "merge"};

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
			 json_is_true(value) ? 1 : json_integer_value(value));
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

/* What the sentence of an ASA has between the user and the command, and behind it. */
static const struct {
	enum debug_log_class class;
	const char *between;
	const char *behind;
} sentences[] = {
	{DEBUG_LOG_COMMAND, ", running 'CLI' from IP 0.0.0.0, executed '", "'"},
	{DEBUG_LOG_EXECUTED, " executed the '", "' command."},
	{DEBUG_LOG_LOOKED, " executed cmd: ", ""},
};

static void say(const struct api_call *call, enum debug_log_class class, const char *command)
{
	const char *user = call->client->user;
	char ios[LINE], asa[LINE];
	size_t i = 0;

	while (sentences[i].class != class)
		i++;
	snprintf(ios, sizeof(ios), "User:%s  logged command:%s", user, command);
	snprintf(asa, sizeof(asa), "User '%s'%s%s%s", user, sentences[i].between, command,
		 sentences[i].behind);
	debug_log_event_of(call->control->log, class, 0, ios, asa);
}

void api_log_command(const struct api_call *call, const char *command)
{
	say(call, DEBUG_LOG_COMMAND, command);
}

void api_log_configured(const struct api_call *call)
{
	char ios[LINE], asa[LINE];

	snprintf(ios, sizeof(ios), "Configured from the API by %s", call->client->user);
	snprintf(asa, sizeof(asa), "User '%s' executed the 'configure terminal' command.",
		 call->client->user);
	debug_log_event_of(call->control->log, DEBUG_LOG_CONFIG, 0, ios, asa);
}

void api_log_done(const struct api_call *call, enum rpc_method method)
{
	const bool looks = strncmp(rpc_schema_name(method), "show.", strlen("show.")) == 0;
	char text[API_LOG_TEXT];

	if (rpc_schema_logged(method))
		say(call, DEBUG_LOG_EXECUTED, api_log_call(method, call->params, text));
	else if (looks && call->control->config.dialect != DIALECT_IOS)
		say(call, DEBUG_LOG_LOOKED, api_log_call(method, call->params, text));
}
