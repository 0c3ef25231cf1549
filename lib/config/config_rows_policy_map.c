/* SPDX-License-Identifier: BSD-3-Clause */
/* `policy-map ...` and `class ...` in it; what is done with a class: config_rows_policy_class.c. */
#include "lib/config/config_line.h"
#include "lib/config/config_print.h"
#include "lib/config/config_qos.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int remove_policy(struct config_line *line, const struct config_arg *arg)
{
	struct config *c = line->config;
	struct config_policy_map *policy = config_model_policy_map(c, arg->value.text);
	char buf[CONFIG_QOS_TEXT];
	const char *user = config_qos_policy_user(c, arg->value.text, buf);

	if (user)
		return config_line_refuse(
			line, arg,
			"policy-map %s is used by %s: type no service-policy there "
			"first",
			arg->value.text, user);
	if (!policy) {
		config_line_note(line, "there is no policy-map %s", arg->value.text);
		return 0;
	}
	free(policy->classes);
	config_line_remove(line, &c->policy_maps, &c->n_policy_maps, sizeof(*policy),
			   (size_t)(policy - c->policy_maps));
	return 0;
}

static int apply_policy_map(struct config_line *line)
{
	struct config *c = line->config;
	const struct config_arg *arg = config_line_arg(line, "name");
	struct config_policy_map *policy = config_model_policy_map(c, arg->value.text);

	if (line->no)
		return remove_policy(line, arg);
	if (!policy) {
		policy = config_line_insert(line, &c->policy_maps, &c->n_policy_maps,
					    sizeof(*policy), c->n_policy_maps);
		if (!policy)
			return -ENOMEM;
		config_line_copy(policy->name, sizeof(policy->name), arg->value.text);
	}
	config_line_enter(line, arg->value.text, 0);
	return 0;
}

static void print_policy(struct config_print *p, const struct config_row *row,
			 const struct config *c, const struct config_policy_map *policy)
{
	config_print_line(p, row->mode, "policy-map %s", policy->name);
	config_print_rows(p, &config_rows_policy_map, row->enters, c, policy);
	for (size_t i = 0; i < policy->n_classes; i++) {
		config_print_line(p, row->enters, "class %s", policy->classes[i].name);
		config_print_rows(p, &config_rows_policy_class, CONFIG_MODE_POLICY_CLASS, c,
				  &policy->classes[i]);
	}
	config_print_separator(p);
}

/* Those that are inside another come before it: a policy-map must exist to be used. */
static void print_policies(struct config_print *p, const struct config_row *row,
			   const struct config *c, const void *object)
{
	(void)object;
	for (size_t i = 0; i < c->n_policy_maps; i++)
		if (!config_qos_child(c, &c->policy_maps[i]))
			print_policy(p, row, c, &c->policy_maps[i]);
	for (size_t i = 0; i < c->n_policy_maps; i++)
		if (config_qos_child(c, &c->policy_maps[i]))
			print_policy(p, row, c, &c->policy_maps[i]);
}

static int remove_class(struct config_line *line, struct config_policy_map *policy,
			const char *name)
{
	struct config_policy_class *class = config_model_policy_class(policy, name);

	if (class)
		config_line_remove(line, &policy->classes, &policy->n_classes, sizeof(*class),
				   (size_t)(class - policy->classes));
	else
		config_line_note(line, "policy-map %s has no class %s", policy->name, name);
	return 0;
}

static int check_new_class(struct config_line *line, const struct config_policy_map *policy,
			   const struct config_arg *arg)
{
	bool is_default = !strcmp(arg->value.text, CONFIG_CLASS_DEFAULT);

	if (!is_default && !config_model_class(line->config, arg->value.text))
		return config_line_refuse(line, arg,
					  "there is no class-map %.63s (names are case-sensitive): "
					  "make it first with class-map %.63s",
					  arg->value.text, arg->value.text);
	if (config_qos_child(line->config, policy))
		return config_line_refuse(line, arg,
					  "policy-map %s shapes all its traffic around policy-map "
					  "%s: put class %s into that one",
					  policy->name, policy->classes[0].child, arg->value.text);
	/* class-default, typed or not, is one of them */
	if (policy->n_classes + !is_default +
		    !config_model_policy_class(policy, CONFIG_CLASS_DEFAULT) >
	    CONFIG_CLASSES_MAX)
		return config_line_refuse(line, arg, "a policy-map has at most %d classes",
					  CONFIG_CLASSES_MAX);
	return 0;
}

static int add_class(struct config_line *line, struct config_policy_map *policy,
		     const struct config_arg *arg)
{
	bool is_default = !strcmp(arg->value.text, CONFIG_CLASS_DEFAULT);
	bool has_default = config_model_policy_class(policy, CONFIG_CLASS_DEFAULT) != NULL;
	struct config_policy_class *class;
	int ret = check_new_class(line, policy, arg);

	if (ret)
		return ret;
	class = config_line_insert(line, &policy->classes, &policy->n_classes, sizeof(*class),
				   policy->n_classes - (has_default && !is_default));
	if (!class)
		return -ENOMEM;
	config_line_copy(class->name, sizeof(class->name), arg->value.text);
	class->set_dscp = CONFIG_DSCP_NONE;
	return 0;
}

static int apply_class(struct config_line *line)
{
	struct config_policy_map *policy = config_line_object(line->config, line->cursor);
	const struct config_arg *arg = config_line_arg(line, "name");
	int ret;

	if (!policy)
		return config_line_refuse(line, NULL,
					  "policy-map %s does not exist any more: type exit",
					  line->cursor->object);
	if (line->no)
		return remove_class(line, policy, arg->value.text);
	if (!config_model_policy_class(policy, arg->value.text)) {
		ret = add_class(line, policy, arg);
		if (ret)
			return ret;
	}
	line->cursor->mode = CONFIG_MODE_POLICY_CLASS;
	config_line_copy(line->cursor->part, sizeof(line->cursor->part), arg->value.text);
	return 0;
}

static const struct config_row rows[] = {
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_POLICY_MAP, "policy-map <name:policy-map>",
	 apply_policy_map, print_policies},
	{CONFIG_MODE_POLICY_MAP, CONFIG_MODE_GLOBAL, "description / <text:line>",
	 .field = {CONFIG_FIELD_TEXT, CONFIG_FIELD_AT(config_policy_map, description)}},
	{CONFIG_MODE_POLICY_MAP, CONFIG_MODE_POLICY_CLASS, "class <name:policy-class>",
	 apply_class},
};

const struct config_rows config_rows_policy_map = {rows, array_len(rows)};
