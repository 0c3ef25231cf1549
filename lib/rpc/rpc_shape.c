/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/rpc/rpc_shape.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
	DEPTH_MAX = 12
};

struct check {
	const char *at; /* in the shape */
	rpc_shape_find_fn find;
	char *why;
	size_t size;
	int depth;
	int err;
};

static int check_type(struct check *c, const json_t *value, const char *name);

static int fault(struct check *c, int err, const char *fmt, ...) printf_like(3, 4);

/* The first fault is the one that is told. */
static int fault(struct check *c, int err, const char *fmt, ...)
{
	va_list ap;

	if (!c->err) {
		c->err = err;
		va_start(ap, fmt);
		vsnprintf(c->why, c->size, fmt, ap);
		va_end(ap);
	}
	return err;
}

static bool take(struct check *c, char wanted)
{
	if (*c->at != wanted)
		return false;
	c->at++;
	return true;
}

static size_t word_len(const char *at)
{
	size_t n = 0;

	while (isalnum((unsigned char)at[n]) || at[n] == '_')
		n++;
	return n;
}

/* Past one type, without a value. */
static int skip_type(struct check *c)
{
	int depth = 0;

	for (; *c->at; c->at++) {
		if (depth == 0 && (*c->at == ',' || *c->at == '}' || *c->at == ']'))
			return 0;
		if (*c->at == '\'') {
			c->at = strchr(c->at + 1, '\'');
			if (!c->at)
				break;
		}
		depth += (*c->at == '{' || *c->at == '[') - (*c->at == '}' || *c->at == ']');
	}
	if (c->at)
		return depth ? fault(c, -ENOTSUP, "a shape is not closed") : 0;
	c->at = "";
	return fault(c, -ENOTSUP, "a shape is not closed");
}

static bool is_of(const json_t *value, const char *first, const char *rest)
{
	const char *text = json_string_value(value);

	return text && *text && text[strspn(text, first)] == '\0' &&
	       (!*rest || strpbrk(text, rest));
}

#define DIGITS	"0123456789"
#define HEX	DIGITS "abcdefABCDEF"
#define ADDRESS HEX ".:"

static bool is_simple(const char *type, size_t len, const json_t *value, bool *known)
{
	const struct {
		const char *name;
		bool is;
	} types[] = {
		{"int", json_is_integer(value)},       {"bool", json_is_boolean(value)},
		{"number", json_is_number(value)},     {"text", json_is_string(value)},
		{"addr", is_of(value, ADDRESS, ".:")}, {"prefix", is_of(value, ADDRESS "/", "/")},
		{"hex", is_of(value, HEX, "")},
	};

	*known = false;
	for (size_t i = 0; i < array_len(types); i++) {
		if (strlen(types[i].name) == len && strncmp(types[i].name, type, len) == 0) {
			*known = true;
			return types[i].is;
		}
	}
	return false;
}

static bool is_among(const char *from, const char *to, const json_t *value)
{
	const char *text = json_string_value(value);
	size_t len = text ? strlen(text) : 0;

	while (text && from < to) {
		size_t n = strcspn(from, "|'");

		if (n == len && memcmp(from, text, n) == 0)
			return true;
		from += n + 1;
	}
	return false;
}

/* T, T|T or 'a|b' */
static int check_simple(struct check *c, const json_t *value, const char *name)
{
	const char *begin = c->at;
	bool fits = false, known = true;

	if (take(c, '\'')) {
		const char *end = strchr(c->at, '\'');

		if (!end)
			return fault(c, -ENOTSUP, "%s: a choice is not closed", name);
		fits = is_among(c->at, end, value);
		c->at = end + 1;
	} else {
		do {
			size_t len = word_len(c->at);

			fits |= is_simple(c->at, len, value, &known);
			if (!known)
				return fault(c, -ENOTSUP, "%s: no type %.*s", name, (int)len,
					     c->at);
			c->at += len;
		} while (take(c, '|'));
	}
	return fits ? 0 : fault(c, -EINVAL, "%s must be %.*s", name, (int)(c->at - begin), begin);
}

static int check_named(struct check *c, const json_t *value, const char *name)
{
	size_t len = word_len(c->at);
	const char *shape = c->find(c->at, len), *after = c->at + len;
	int err;

	if (!shape)
		return fault(c, -ENOTSUP, "%s: no shape %.*s", name, (int)len, c->at);
	c->at = shape;
	err = check_type(c, value, name);
	c->at = after;
	return err;
}

static int check_array(struct check *c, const json_t *value, const char *name)
{
	const char *element = c->at;
	const json_t *one;
	size_t i;

	if (!json_is_array(value))
		return fault(c, -EINVAL, "%s must be an array", name);
	json_array_foreach(value, i, one) {
		c->at = element;
		if (check_type(c, one, name))
			return c->err;
	}
	c->at = element;
	if (skip_type(c))
		return c->err;
	return take(c, ']') ? 0 : fault(c, -ENOTSUP, "%s: an array is not closed", name);
}

static int check_any_names(struct check *c, const json_t *value)
{
	const char *member = c->at, *key;
	json_t *one;

	json_object_foreach((json_t *)value, key, one) {
		c->at = member;
		if (check_type(c, one, key))
			return c->err;
	}
	c->at = member;
	return skip_type(c);
}

static int check_member(struct check *c, const json_t *value, size_t *n)
{
	size_t len = word_len(c->at);
	char name[64];
	const json_t *one;
	bool may_miss;

	snprintf(name, sizeof(name), "%.*s", (int)len, c->at);
	c->at += len;
	may_miss = take(c, '?');
	if (!len || !take(c, ':'))
		return fault(c, -ENOTSUP, "a member is wrong at %.20s", c->at);
	one = json_object_get(value, name);
	*n += one != NULL;
	if (one)
		return check_type(c, one, name);
	return may_miss ? skip_type(c) : fault(c, -EINVAL, "%s is missing", name);
}

static bool names(const char *shape, const char *key)
{
	struct check c = {.at = shape, .why = (char[1]){0}, .size = 1};
	size_t len = strlen(key);

	while (*c.at && *c.at != '}') {
		if (word_len(c.at) == len && strncmp(c.at, key, len) == 0)
			return true;
		if (skip_type(&c) || !take(&c, ','))
			break;
	}
	return false;
}

static int unknown_member(struct check *c, const json_t *value, const char *shape)
{
	const char *key;
	json_t *one;

	json_object_foreach((json_t *)value, key, one) {
		if (!names(shape, key))
			return fault(c, -EINVAL, "there is no %.40s", key);
	}
	return fault(c, -ENOTSUP, "a member stands twice");
}

static int check_object(struct check *c, const json_t *value, const char *name)
{
	const char *shape = c->at;
	size_t n = 0;

	if (!json_is_object(value))
		return fault(c, -EINVAL, "%s must be an object", name);
	if (strncmp(c->at, "*:", 2) == 0) {
		c->at += 2;
		n = json_object_size(value);
		if (check_any_names(c, value))
			return c->err;
	} else if (*c->at != '}') {
		do {
			if (check_member(c, value, &n))
				return c->err;
		} while (take(c, ','));
	}
	if (!take(c, '}'))
		return fault(c, -ENOTSUP, "%s: an object is not closed", name);
	return n == json_object_size(value) ? 0 : unknown_member(c, value, shape);
}

static int check_type(struct check *c, const json_t *value, const char *name)
{
	int err;

	if (++c->depth > DEPTH_MAX)
		return fault(c, -ENOTSUP, "%s is too deep", name);
	if (take(c, '{'))
		err = check_object(c, value, name);
	else if (take(c, '['))
		err = check_array(c, value, name);
	else if (take(c, '@'))
		err = check_named(c, value, name);
	else
		err = check_simple(c, value, name);
	c->depth--;
	return err;
}

int rpc_shape_check(const char *shape, const json_t *value, rpc_shape_find_fn find, char *why,
		    size_t size)
{
	struct check c = {.at = shape, .find = find, .why = why, .size = size};

	if (check_type(&c, value, "the whole") == 0 && *c.at)
		fault(&c, -ENOTSUP, "more than one shape: %.20s", c.at);
	return c.err;
}
