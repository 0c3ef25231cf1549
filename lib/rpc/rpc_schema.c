/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/rpc/rpc_schema.h"

#include <string.h>

static const char *const names[RPC_METHOD_COUNT] = {
#define METHOD(id, name) [RPC_##id] = name,
#include "lib/rpc/rpc_methods.def"
#undef METHOD
};

const char *rpc_schema_name(enum rpc_method method)
{
	return method < RPC_METHOD_COUNT ? names[method] : "";
}

enum rpc_method rpc_schema_find(const char *name)
{
	enum rpc_method m = 0;

	while (m < RPC_METHOD_COUNT && strcmp(names[m], name) != 0)
		m++;
	return m;
}
