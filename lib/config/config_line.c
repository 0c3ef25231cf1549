/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_line.h"

#include "lib/config/config_tunnel_group.h"
#include "lib/crypto/secret.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct config_arg *config_line_arg(const struct config_line *line, const char *name)
{
	for (size_t i = 0; i < line->n_args; i++)
		if (config_pattern_named(line->args[i].node, name))
			return &line->args[i];
	return NULL;
}

const char *config_line_text(const struct config_line *line, const char *name)
{
	const struct config_arg *arg = config_line_arg(line, name);

	return arg ? arg->value.text : "";
}

uint32_t config_line_number(const struct config_line *line, const char *name, uint32_t otherwise)
{
	const struct config_arg *arg = config_line_arg(line, name);

	return arg ? arg->value.number : otherwise;
}

int config_line_refuse(struct config_line *line, const struct config_arg *at, const char *fmt, ...)
{
	char text[sizeof(((struct fault *)0)->text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fault_add(line->faults, FAULT_ERROR, at ? at->column : -1, "%s", text);
	return -EINVAL;
}

bool config_line_policy_map(struct config_line *line, const struct config_arg *arg)
{
	if (config_model_policy_map(line->config, arg->value.text))
		return true;
	config_line_refuse(line, arg,
			   "there is no policy-map %s (names are case-sensitive): make it first",
			   arg->value.text);
	return false;
}

void config_line_warn(struct config_line *line, const char *fmt, ...)
{
	char text[sizeof(((struct fault *)0)->text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fault_add(line->faults, FAULT_WARNING, -1, "%s", text);
}

void config_line_note(struct config_line *line, const char *fmt, ...)
{
	char text[sizeof(((struct fault *)0)->text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fault_add(line->faults, FAULT_NOTE, -1, "%s", text);
}

bool config_line_typed(const struct config_line *line)
{
	return line->faults->line == 0;
}

void config_line_enter(struct config_line *line, const char *object, uint32_t number)
{
	line->cursor->mode = line->row->enters;
	line->cursor->number = number;
	memset(line->cursor->part, 0, sizeof(line->cursor->part));
	config_line_copy(line->cursor->object, sizeof(line->cursor->object), object);
}

void *config_line_object(const struct config *c, const struct config_cursor *cursor)
{
	const struct config_map *map;
	const struct config_policy_map *policy;
	struct config_group *group;
	struct addr address;

	switch (cursor->mode) {
	case CONFIG_MODE_INTERFACE: return config_model_interface(c, cursor->object);
	case CONFIG_MODE_OBJECT: return config_model_object(c, cursor->object);
	case CONFIG_MODE_GROUP_NETWORK:
	case CONFIG_MODE_GROUP_SERVICE:
	case CONFIG_MODE_GROUP_PROTOCOL:
	case CONFIG_MODE_GROUP_ICMP: return config_object_group_find(c, cursor->object);
	case CONFIG_MODE_ACL:
	case CONFIG_MODE_ACL_STANDARD: return config_model_acl(c, cursor->object);
	case CONFIG_MODE_ISAKMP_POLICY: return config_model_policy(c, (uint16_t)cursor->number);
	case CONFIG_MODE_TRANSFORM_SET: return config_model_transform_set(c, cursor->object);
	case CONFIG_MODE_CRYPTO_MAP:
		map = cursor->part[0] ? config_model_dynamic_map(c, cursor->object)
				      : config_model_map(c, cursor->object);
		return map ? config_model_map_entry(map, (uint16_t)cursor->number) : NULL;
	case CONFIG_MODE_ISAKMP_PEER:
		return addr_parse(&address, cursor->object) ? NULL
							    : config_model_isakmp_peer(c, &address);
	case CONFIG_MODE_PROFILE: return config_profile_find(c, cursor->object);
	case CONFIG_MODE_IDENTITY: return config_profile_identity(c, cursor->object);
	case CONFIG_MODE_CERT_MAP:
		return config_profile_cert_map(c, cursor->object, (uint16_t)cursor->number);
	case CONFIG_MODE_TRUSTPOINT: return config_pki_trustpoint(&c->pki, cursor->object);
	case CONFIG_MODE_ISAKMP_GROUP:
		group = config_remote_group(&c->remote, cursor->object);
		return group && !group->derived ? group : NULL;
	case CONFIG_MODE_AAA_HOST:
	case CONFIG_MODE_RADIUS_SERVER: return config_remote_server(&c->remote, cursor->object);
	case CONFIG_MODE_AAA_GROUP: return config_remote_server_group(&c->remote, cursor->object);
	case CONFIG_MODE_TUNNEL_IPSEC:
	case CONFIG_MODE_TUNNEL_GENERAL:
		return config_tunnel_group_find(&c->remote, cursor->object);
	case CONFIG_MODE_GROUP_POLICY:
		return config_tunnel_group_policy(&c->remote, cursor->object);
	case CONFIG_MODE_USERNAME:
		return config_tunnel_group_user_policy(&c->remote, cursor->object);
	case CONFIG_MODE_CLASS_MAP: return config_model_class(c, cursor->object);
	case CONFIG_MODE_POLICY_MAP: return config_model_policy_map(c, cursor->object);
	case CONFIG_MODE_POLICY_CLASS:
		policy = config_model_policy_map(c, cursor->object);
		return policy ? config_model_policy_class(policy, cursor->part) : NULL;
	case CONFIG_MODE_ARCHIVE: return (void *)&c->archive;
	case CONFIG_MODE_PLATFORM: return (void *)&c->platform;
	default: return (void *)c;
	}
}

void config_line_copy(char *to, size_t size, const char *text)
{
	memset(to, 0, size);
	memcpy(to, text, strnlen(text, size - 1));
}

void config_line_set_text(struct config_line *line, char *field, size_t size, const char *text)
{
	if (strcmp(field, text) == 0)
		return;
	config_line_copy(field, size, text);
	line->changed = true;
}

void *config_line_insert(struct config_line *line, void *list, size_t *n, size_t row_bytes,
			 size_t at)
{
	char *old, *rows;

	memcpy(&old, list, sizeof(old));
	rows = realloc(old, (*n + 1) * row_bytes);
	if (!rows)
		return NULL;
	memcpy(list, &rows, sizeof(rows));
	memmove(rows + (at + 1) * row_bytes, rows + at * row_bytes, (*n - at) * row_bytes);
	memset(rows + at * row_bytes, 0, row_bytes);
	(*n)++;
	line->changed = true;
	return rows + at * row_bytes;
}

void *config_line_insert_secret(struct config_line *line, void *list, size_t *n, size_t row_bytes)
{
	char *rows = calloc(*n + 1, row_bytes), *old;

	if (!rows)
		return NULL;
	memcpy(&old, list, sizeof(old));
	if (old) {
		memcpy(rows, old, *n * row_bytes);
		secret_wipe_bytes(old, *n * row_bytes);
	}
	free(old);
	memcpy(list, &rows, sizeof(rows));
	line->changed = true;
	return rows + (*n)++ * row_bytes;
}

void config_line_remove(struct config_line *line, void *list, size_t *n, size_t row_bytes,
			size_t at)
{
	char *rows;

	memcpy(&rows, list, sizeof(rows));
	memmove(rows + at * row_bytes, rows + (at + 1) * row_bytes, (*n - at - 1) * row_bytes);
	(*n)--;
	secret_wipe_bytes(rows + *n * row_bytes, row_bytes);
	line->changed = true;
	if (*n == 0) {
		free(rows);
		rows = NULL;
		memcpy(list, &rows, sizeof(rows));
	}
}

/* The number between `password` or `secret` and the password itself. */
static int type_of(const struct config_line *line)
{
	static const char *const words[] = {"5", "7", "8", "9"};

	for (size_t i = 0; i < array_len(words); i++)
		if (config_line_arg(line, words[i]))
			return words[i][0] - '0';
	return PASSWORD_CLEAR;
}

int config_line_password(struct config_line *line, char stored[PASSWORD_TEXT])
{
	const struct config_arg *arg = config_line_arg(line, "secret-text");
	char clear[PASSWORD_TEXT] = "";
	int type = type_of(line), err = 0;

	config_line_copy(clear, sizeof(clear), arg->value.text);
	if (strspn(clear, "*") == strlen(clear))
		err = config_line_refuse(line, arg,
					 "a masked password cannot be read back: type "
					 "the password itself");
	else if (type == PASSWORD_SCRAMBLED && password_unscramble(arg->value.text, clear) < 0)
		err = config_line_refuse(line, arg,
					 "not a password of type 7: type it in clear, with 0");
	else if (type > PASSWORD_SCRAMBLED || type == PASSWORD_MD5)
		config_line_copy(stored, PASSWORD_TEXT, clear);
	else
		err = password_hash(PASSWORD_SCRYPT, clear, stored) < 0 ? -ENOMEM : 0;
	if (err == 0 && password_type(stored) < 0)
		err = config_line_refuse(
			line, arg, "not a password of type %d: type it in clear, with 0", type);
	if (err == 0 && type == PASSWORD_MD5)
		config_line_warn(line, "weak: passwords of type 5 (MD5) are easily found out; "
				       "type the password anew, it is stored as type 9");
	secret_wipe_bytes(clear, sizeof(clear));
	return err;
}
