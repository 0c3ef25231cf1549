/* SPDX-License-Identifier: BSD-3-Clause */
/* `class-map ...` and its sub-mode: which packets are of a class. */
#include "lib/config/config_acl.h"
#include "lib/config/config_line.h"
#include "lib/config/config_print.h"
#include "lib/config/config_qos.h"

#include <errno.h>
#include <string.h>

static int remove_class(struct config_line *line, const struct config_arg *arg)
{
	struct config *c = line->config;
	struct config_class *class = config_model_class(c, arg->value.text);
	char buf[CONFIG_QOS_TEXT];
	const char *user = config_qos_class_user(c, arg->value.text, buf);

	if (user)
		return config_line_refuse(line, arg,
					  "class-map %s is used by %s: type no class %s there "
					  "first",
					  arg->value.text, user, arg->value.text);
	if (class)
		config_line_remove(line, &c->classes, &c->n_classes, sizeof(*class),
				   (size_t)(class - c->classes));
	else
		config_line_note(line, "there is no class-map %s", arg->value.text);
	return 0;
}

static int apply_class_map(struct config_line *line)
{
	struct config *c = line->config;
	const struct config_arg *arg = config_line_arg(line, "name");
	struct config_class *class = config_model_class(c, arg->value.text);
	bool any = config_line_arg(line, "match-any") != NULL;

	if (line->no)
		return remove_class(line, arg);
	if (!strcmp(arg->value.text, CONFIG_CLASS_DEFAULT))
		return config_line_refuse(
			line, arg,
			"class-default is in every policy-map already and matches "
			"all: choose another name");
	if (!class) {
		class = config_line_insert(line, &c->classes, &c->n_classes, sizeof(*class),
					   c->n_classes);
		if (!class)
			return -ENOMEM;
		config_line_copy(class->name, sizeof(class->name), arg->value.text);
		class->any = any;
	}
	/* `class-map NAME` alone goes to the class as it is */
	if (any || config_line_arg(line, "match-all")) {
		line->changed |= class->any != any;
		class->any = any;
	}
	config_line_enter(line, arg->value.text, 0);
	return 0;
}

static void print_class_maps(struct config_print *p, const struct config_row *row,
			     const struct config *c, const void *object)
{
	(void)object;
	for (size_t i = 0; i < c->n_classes; i++) {
		config_print_line(p, row->mode, "class-map match-%s %s",
				  c->classes[i].any ? "any" : "all", c->classes[i].name);
		config_print_rows(p, &config_rows_class, row->enters, c, &c->classes[i]);
		config_print_separator(p);
	}
}

static bool same_match(const struct config_class_match *a, const struct config_class_match *b)
{
	return a->kind == b->kind && a->n_values == b->n_values &&
	       !memcmp(a->values, b->values, sizeof(a->values)) && !strcmp(a->acl, b->acl);
}

/* Adds the match line to the class of the cursor, or takes it out. */
static int put_match(struct config_line *line, const struct config_class_match *match)
{
	struct config_class *class = config_line_object(line->config, line->cursor);
	size_t at = 0;

	if (!class)
		return config_line_refuse(line, NULL,
					  "class-map %s does not exist any more: type exit",
					  line->cursor->object);
	while (at < class->n_matches && !same_match(&class->matches[at], match))
		at++;
	if (line->no && at == class->n_matches)
		config_line_note(line, "class-map %s has no such line", class->name);
	if (line->no ? at == class->n_matches : at < class->n_matches)
		return 0;
	if (at == CONFIG_MATCHES_MAX)
		return config_line_refuse(line, NULL, "a class-map has at most %d match lines",
					  CONFIG_MATCHES_MAX);
	line->changed = true;
	if (!line->no) {
		class->matches[class->n_matches++] = *match;
		return 0;
	}
	memmove(&class->matches[at], &class->matches[at + 1],
		(class->n_matches - at - 1) * sizeof(*match));
	memset(&class->matches[--class->n_matches], 0, sizeof(*match));
	return 0;
}

static int apply_any(struct config_line *line)
{
	const struct config_class_match match = {.kind = CONFIG_MATCH_ANY};

	return put_match(line, &match);
}

static int take_values(struct config_line *line, struct config_class_match *match, const char *name)
{
	match->ip = config_line_arg(line, "ip") != NULL;
	for (size_t i = 0; i < line->n_args; i++) {
		const struct config_arg *arg = &line->args[i];

		if (!config_pattern_named(arg->node, name))
			continue;
		if (match->n_values == CONFIG_MATCH_VALUES)
			return config_line_refuse(line, arg,
						  "a match line has at most %d values: in a "
						  "match-any class write another line",
						  CONFIG_MATCH_VALUES);
		match->values[match->n_values++] = (uint8_t)arg->value.number;
	}
	return 0;
}

static int apply_dscp(struct config_line *line)
{
	struct config_class_match match = {.kind = CONFIG_MATCH_DSCP};

	return take_values(line, &match, "value") ? -EINVAL : put_match(line, &match);
}

static int apply_precedence(struct config_line *line)
{
	struct config_class_match match = {.kind = CONFIG_MATCH_PRECEDENCE};

	return take_values(line, &match, "value") ? -EINVAL : put_match(line, &match);
}

static int apply_access(struct config_line *line)
{
	struct config_class_match match = {.kind = CONFIG_MATCH_ACCESS};
	const char *name = line->args[line->n_args - 1].value.text;

	config_line_copy(match.acl, sizeof(match.acl), name);
	if (!line->no && config_line_typed(line) && !config_model_acl(line->config, name))
		config_line_note(line,
				 "access list %s does not exist yet: until then the line "
				 "matches nothing",
				 name);
	return put_match(line, &match);
}

static void print_values(struct config_print *p, const struct config_class_match *match)
{
	char text[CONFIG_QOS_VALUE];

	config_print_text(p, "match %s%s", match->ip ? "ip " : "",
			  match->kind == CONFIG_MATCH_DSCP ? "dscp" : "precedence");
	for (size_t i = 0; i < match->n_values; i++)
		if (match->kind == CONFIG_MATCH_DSCP)
			config_print_text(p, " %s", config_qos_dscp(match->values[i], text));
		else
			config_print_text(p, " %u", match->values[i]);
}

/* All match lines, in the order they were typed. */
static void print_matches(struct config_print *p, const struct config_row *row,
			  const struct config *c, const void *object)
{
	const struct config_class *class = object;

	(void)c;
	for (size_t i = 0; i < class->n_matches; i++) {
		const struct config_class_match *match = &class->matches[i];

		config_print_begin(p, row->mode);
		if (match->kind == CONFIG_MATCH_ANY)
			config_print_text(p, "match any");
		else if (match->kind == CONFIG_MATCH_ACCESS)
			config_print_text(p, "match access-group %s%s",
					  config_acl_number(match->acl) ? "" : "name ", match->acl);
		else
			print_values(p, match);
		config_print_end(p);
	}
}

#define HERE CONFIG_MODE_CLASS_MAP, CONFIG_MODE_GLOBAL

static const struct config_row rows[] = {
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_CLASS_MAP,
	 "class-map [match-all|match-any] <name:class-map>", apply_class_map, print_class_maps},
	{HERE, "description / <text:line>",
	 .field = {CONFIG_FIELD_TEXT, CONFIG_FIELD_AT(config_class, description)}},
	{HERE, "match any", apply_any, print_matches},
	{HERE, "match [ip] dscp <value:dscp>+", apply_dscp},
	{HERE, "match [ip] precedence <value:precedence>+", apply_precedence},
	{HERE, "match access-group {<number:1-199>|<number:1300-2699>|name <acl>}", apply_access},
};

const struct config_rows config_rows_class = {rows, array_len(rows)};
