/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/swanctl_parse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct parse {
	const char *at;
	int line;
	struct swanctl_word path[SWANCTL_DEPTH];
	size_t depth;
};

static void skip_comment(struct parse *p)
{
	p->at += strcspn(p->at, "\n");
}

static void skip_blanks(struct parse *p)
{
	for (; *p->at; p->at++) {
		if (*p->at == '#') {
			skip_comment(p);
			if (!*p->at)
				return;
		}
		if (!strchr(" \t\r\n", *p->at))
			return;
		p->line += *p->at == '\n';
	}
}

static struct swanctl_word trim(const char *at, const char *end)
{
	while (end > at && strchr(" \t\r", end[-1]))
		end--;
	return (struct swanctl_word){at, (size_t)(end - at)};
}

/* Up to one of these characters, or the end of the line. */
static struct swanctl_word take_until(struct parse *p, const char *stops)
{
	const char *begin = p->at;

	while (*p->at && *p->at != '\n' && !strchr(stops, *p->at))
		p->at++;
	return trim(begin, p->at);
}

static int take_quoted(struct parse *p, struct swanctl_word *value)
{
	const char *begin = ++p->at;

	while (*p->at && *p->at != '"' && *p->at != '\n')
		p->at += *p->at == '\\' && p->at[1] && p->at[1] != '\n' ? 2 : 1;
	if (*p->at != '"')
		return -EINVAL;
	*value = (struct swanctl_word){begin, (size_t)(p->at++ - begin)};
	return 0;
}

static int take_value(struct parse *p, struct swanctl_settings *out,
		      const struct swanctl_word *name)
{
	struct swanctl_setting *s = &out->rows[out->n];

	if (out->n == SWANCTL_SETTINGS)
		return -EINVAL;
	*s = (struct swanctl_setting){.depth = p->depth, .name = *name};
	memcpy(s->path, p->path, sizeof(s->path));
	p->at++;
	p->at += strspn(p->at, " \t");
	if (*p->at == '"') {
		s->quoted = true;
		if (take_quoted(p, &s->value) < 0)
			return -EINVAL;
	} else {
		s->value = take_until(p, "#{}");
	}
	out->n++;
	return 0;
}

/* A section ends, or a name begins one, or a setting. */
static int take_one(struct parse *p, struct swanctl_settings *out)
{
	struct swanctl_word name;

	if (*p->at == '}') {
		p->at++;
		return p->depth-- ? 0 : -EINVAL;
	}
	name = take_until(p, "={}#:");
	if (name.len >= 7 && !memcmp(name.at, "include", 7)) {
		skip_comment(p);
		return 0;
	}
	if (*p->at == ':')
		take_until(p, "{#");
	skip_blanks(p);
	if (!name.len)
		return -EINVAL;
	if (*p->at == '=')
		return take_value(p, out, &name);
	if (*p->at != '{' || p->depth == SWANCTL_DEPTH)
		return -EINVAL;
	p->at++;
	p->path[p->depth++] = name;
	return 0;
}

int swanctl_parse(struct swanctl_settings *out, const char *text, int *line)
{
	struct parse p = {.at = text, .line = 1};
	int err = 0;

	*out = (struct swanctl_settings){.rows = calloc(SWANCTL_SETTINGS, sizeof(*out->rows))};
	if (!out->rows)
		return -ENOMEM;
	for (skip_blanks(&p); *p.at && err == 0; skip_blanks(&p))
		err = take_one(&p, out);
	*line = p.line;
	if (err == 0 && p.depth)
		err = -EINVAL;
	if (err < 0)
		swanctl_parse_fini(out);
	return err;
}

void swanctl_parse_fini(struct swanctl_settings *s)
{
	free(s->rows);
	*s = (struct swanctl_settings){0};
}

bool swanctl_parse_is(const struct swanctl_word *w, const char *text)
{
	return w->len == strlen(text) && !memcmp(w->at, text, w->len);
}

static bool same(const struct swanctl_word *a, const struct swanctl_word *b)
{
	return a->len == b->len && !memcmp(a->at, b->at, a->len);
}

const struct swanctl_word *swanctl_parse_find(const struct swanctl_settings *s,
					      const struct swanctl_word *path, size_t depth,
					      const char *name)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct swanctl_setting *row = &s->rows[i];
		size_t k = 0;

		if (row->depth != depth || !swanctl_parse_is(&row->name, name))
			continue;
		while (k < depth && same(&row->path[k], &path[k]))
			k++;
		if (k == depth)
			return &row->value;
	}
	return NULL;
}

bool swanctl_parse_item(struct swanctl_word *list, struct swanctl_word *item)
{
	const char *at = list->at, *end = list->at + list->len, *stop;

	while (at < end && strchr(" \t,", *at))
		at++;
	for (stop = at; stop < end && *stop != ','; stop++)
		;
	*item = trim(at, stop);
	*list = (struct swanctl_word){stop, (size_t)(end - stop)};
	return item->len > 0;
}
