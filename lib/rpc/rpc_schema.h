/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * THE CONTRACT between control plane and clients. A method is a row METHOD(ID, "name", privilege,
 * logged) in rpc_methods.def and a row API(ID, parameters, result, what it does) in
 * rpc_schema.def, which also has the events, the names of errors and the shapes used more than
 * once; rpc_shape.h tells the notation. docs/api.md is made of these rows by scripts/api-doc.
 * Numbers are JSON integers, addresses and prefixes are text, times are seconds, byte counts are
 * bytes unless the field says kb. A field that does not apply is absent, never null. The shell
 * renders these objects; `| json` prints them as they are.
 */
#pragma once

#include "lib/base/compat.h"

#include <jansson.h>

#include <stdbool.h>
#include <stddef.h>

enum {
	RPC_PRIVILEGE_USER = 1, /* before `enable` */
	RPC_PRIVILEGE_ALL = 15,
};

enum rpc_method {
#define METHOD(id, name, privilege, logged) RPC_##id,
#include "lib/rpc/rpc_methods.def"
#undef METHOD
	RPC_METHOD_COUNT,
};

/* The name on the wire, and back; RPC_METHOD_COUNT when there is none. */
const char *rpc_schema_name(enum rpc_method method);
enum rpc_method rpc_schema_find(const char *name);

/*
 * Is this what the schema says? 0, -EINVAL with the first fault in why, or -ENOTSUP when the schema
 * has no row for it. params may be NULL: none.
 */
int must_check rpc_schema_check_params(enum rpc_method method, const json_t *params, char *why,
				       size_t size);
int must_check rpc_schema_check_result(enum rpc_method method, const json_t *result, char *why,
				       size_t size);
int must_check rpc_schema_check_event(const char *name, const json_t *params, char *why,
				      size_t size);

/* The name of an error code of rpc.h, and what to do about it. */
const char *rpc_schema_error_name(int code, const char **remedy);
/* The least privilege that may call it, 0 to RPC_PRIVILEGE_ALL. */
unsigned rpc_schema_privilege(enum rpc_method method);
/* Whether who calls it, and with what, is written down. */
bool rpc_schema_logged(enum rpc_method method);
