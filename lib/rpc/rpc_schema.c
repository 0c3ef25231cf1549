/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/rpc/rpc_schema.h"

#include "lib/rpc/rpc.h"
#include "lib/rpc/rpc_shape.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define TYPE(name, shape, what)
#define API(id, params, result, what)
#define EVENT(name, params, what)
#define ERROR(code, name, remedy)

static const struct row {
	const char *name;
	unsigned privilege;
	bool logged;
} rows[RPC_METHOD_COUNT] = {
#define METHOD(id, text, level, log) [RPC_##id] = {text, level, log},
#include "lib/rpc/rpc_methods.def"
#undef METHOD
};

static const struct {
	const char *params;
	const char *result;
} shapes[RPC_METHOD_COUNT] = {
#undef API
#define API(id, params, result, what) [RPC_##id] = {params, result},
#include "lib/rpc/rpc_schema.def"
#undef API
#define API(id, params, result, what)
};

static const struct {
	const char *name;
	const char *shape;
} types[] = {
#undef TYPE
#define TYPE(name, shape, what) {#name, shape},
#include "lib/rpc/rpc_schema.def"
#undef TYPE
#define TYPE(name, shape, what)
};

static const struct {
	const char *name;
	const char *shape;
} events[] = {
#undef EVENT
#define EVENT(name, params, what) {name, params},
#include "lib/rpc/rpc_schema.def"
#undef EVENT
#define EVENT(name, params, what)
};

static const struct {
	int code;
	const char *name;
	const char *remedy;
} errors[] = {
#undef ERROR
#define ERROR(code, name, remedy) {code, name, remedy},
#include "lib/rpc/rpc_schema.def"
#undef ERROR
};

const char *rpc_schema_name(enum rpc_method method)
{
	return method < RPC_METHOD_COUNT ? rows[method].name : "";
}

enum rpc_method rpc_schema_find(const char *name)
{
	enum rpc_method m = 0;

	while (m < RPC_METHOD_COUNT && strcmp(rows[m].name, name) != 0)
		m++;
	return m;
}

static const char *find_type(const char *name, size_t len)
{
	for (size_t i = 0; i < array_len(types); i++) {
		if (strlen(types[i].name) == len && memcmp(types[i].name, name, len) == 0)
			return types[i].shape;
	}
	return NULL;
}

static int check(const char *shape, const json_t *value, char *why, size_t size)
{
	if (shape)
		return rpc_shape_check(shape, value, find_type, why, size);
	snprintf(why, size, "rpc_schema.def has no row for it");
	return -ENOTSUP;
}

int rpc_schema_check_params(enum rpc_method method, const json_t *params, char *why, size_t size)
{
	json_t *none = json_object();
	int err = check(shapes[method].params, params ? params : none, why, size);

	json_decref(none);
	return err;
}

int rpc_schema_check_result(enum rpc_method method, const json_t *result, char *why, size_t size)
{
	return check(shapes[method].result, result, why, size);
}

int rpc_schema_check_event(const char *name, const json_t *params, char *why, size_t size)
{
	const char *shape = NULL;

	for (size_t i = 0; i < array_len(events) && !shape; i++)
		shape = strcmp(events[i].name, name) == 0 ? events[i].shape : NULL;
	return check(shape, params, why, size);
}

const char *rpc_schema_error_name(int code, const char **remedy)
{
	for (size_t i = 0; i < array_len(errors); i++) {
		if (errors[i].code == code) {
			*remedy = errors[i].remedy;
			return errors[i].name;
		}
	}
	*remedy = "";
	return "unknown";
}

unsigned rpc_schema_privilege(enum rpc_method method)
{
	return method < RPC_METHOD_COUNT ? rows[method].privilege : RPC_PRIVILEGE_ALL;
}

bool rpc_schema_logged(enum rpc_method method)
{
	return method < RPC_METHOD_COUNT && rows[method].logged;
}
