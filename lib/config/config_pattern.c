/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_pattern.h"

#include <string.h>

struct walk {
	struct config_node *nodes;
	size_t n;
	bool no;
};

static void add(struct walk *w, const char *text, size_t len)
{
	if (w->n < CONFIG_NODES_MAX)
		w->nodes[w->n++] = (struct config_node){.text = text, .len = len};
}

/* From inside a group to its closing bracket, or to the next '|' of the group when asked for. */
static const char *skip(const char *p, bool to_alternative)
{
	int depth = 0;

	for (;; p++) {
		if (*p == '[' || *p == '{')
			depth++;
		if (depth == 0 && (*p == ']' || *p == '}' || (to_alternative && *p == '|')))
			return p;
		if (*p == ']' || *p == '}')
			depth--;
	}
}

/* The start of the element that a '+' repeats. */
static const char *repeated(const char *plus)
{
	const char *p = plus - 1;
	int depth = 0;

	for (;; p--) {
		if (*p == ']' || *p == '}')
			depth++;
		if (*p == '[' || *p == '{')
			depth--;
		if (depth == 0 && (*p == '{' || *p == '<'))
			return p;
	}
}

static void walk(struct walk *w, const char *p);

static void walk_alternatives(struct walk *w, const char *p)
{
	for (;;) {
		walk(w, p);
		p = skip(p, true);
		if (*p != '|')
			return;
		p++;
	}
}

static void walk(struct walk *w, const char *p)
{
	for (;;) {
		switch (*p) {
		case '\0': add(w, p, 0); return;
		case '{': walk_alternatives(w, p + 1); return;
		case '[':
			walk_alternatives(w, p + 1);
			p = skip(p + 1, false) + 1;
			break;
		case '|': p = skip(p, false); break;
		case '/':
			if (w->no)
				add(w, p, 0);
			p++;
			break;
		case '+':
			walk(w, repeated(p));
			p++;
			break;
		case ' ':
		case ']':
		case '}': p++; break;
		default: add(w, p, config_pattern_node(p).len); return;
		}
	}
}

size_t config_pattern_next(const char *at, bool no, struct config_node *nodes)
{
	struct walk w = {.nodes = nodes, .no = no};

	walk(&w, at);
	return w.n;
}

struct config_node config_pattern_node(const char *text)
{
	size_t len = *text == '<' ? strcspn(text, ">") + 1 : strcspn(text, " |]}+/");

	return (struct config_node){.text = text, .len = len};
}

bool config_pattern_is_value(const struct config_node *node)
{
	return *node->text == '<';
}

bool config_pattern_is_flat(const struct config_node *node)
{
	return *node->text == '@' && node->len == 1;
}

bool config_pattern_named(const char *node_text, const char *name)
{
	struct config_node node = config_pattern_node(node_text);

	if (config_pattern_is_value(&node)) {
		node.text++;
		node.len = strcspn(node.text, ":>");
	}
	return strlen(name) == node.len && memcmp(node.text, name, node.len) == 0;
}
