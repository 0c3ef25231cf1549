/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Does a JSON value have the shape that rpc_schema.def writes down? The notation:
 *
 *	int bool number text	what JSON calls so; text is a string
 *	addr prefix hex		text of an address, of an address with its length, of hex digits
 *	'a|b'			one of these texts
 *	[T]			an array of T
 *	{name:T,name?:T}	an object with these members, those with ? may be absent, no others
 *	{*:T}			an object of any names
 *	T|T			either, of the simple ones
 *	@NAME			a shape of its own (TYPE)
 */
#pragma once

#include "lib/base/compat.h"

#include <jansson.h>

#include <stddef.h>

/* The shape of a TYPE row whose name is len bytes long, NULL when there is none. */
typedef const char *(*rpc_shape_find_fn)(const char *name, size_t len);

/*
 * 0, -EINVAL with what is wrong in why ("peer must be addr", "no parameter foo"; sizeof(why) >= 128
 * is enough), or -ENOTSUP when the shape itself cannot be read.
 */
int must_check rpc_shape_check(const char *shape, const json_t *value, rpc_shape_find_fn find,
			       char *why, size_t size);
