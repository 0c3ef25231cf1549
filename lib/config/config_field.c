/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_field.h"

#include "lib/config/config_line.h"
#include "lib/config/config_pattern.h"

#include <errno.h>
#include <string.h>

/*
 * Fields are unsigned integers of 1, 2 or 4 bytes; little-endian, as all hosts DPDK 22.11 runs
 * here.
 */
static uint32_t load(const void *object, const struct config_field *f)
{
	uint32_t value = 0;

	memcpy(&value, (const char *)object + f->offset, f->bytes);
	return value;
}

/* A weak choice is worth a word also when it is the default, a number when somebody types it. */
static bool warns(const struct config_line *line, uint32_t value)
{
	const struct config_field *f = &line->row->field;

	if (!f->warn || !f->warn(value))
		return false;
	return f->kind == CONFIG_FIELD_CHOICE ? !line->no
					      : line->changed && config_line_typed(line);
}

static void store(struct config_line *line, void *object, uint32_t value)
{
	const struct config_field *f = &line->row->field;

	line->changed = load(object, f) != value;
	memcpy((char *)object + f->offset, &value, f->bytes);
	if (warns(line, value))
		config_line_warn(line, "%s", f->warn(value));
}

/* The names row whose keyword is the last keyword of the line. */
static uint32_t chosen(const struct config_line *line)
{
	const struct config_field *f = &line->row->field;

	for (size_t a = line->n_args; a-- > 0;)
		for (size_t i = 0; i < f->n_names; i++)
			if (config_pattern_named(line->args[a].node, f->names[i].name))
				return f->names[i].value;
	return f->bare;
}

static uint32_t positive(const struct config_line *line)
{
	switch (line->row->field.kind) {
	case CONFIG_FIELD_NUMBER: return line->args[line->n_args - 1].value.number;
	case CONFIG_FIELD_CHOICE: return chosen(line);
	default: return 1;
	}
}

/* The value that is not printed: of a line of the whole box, what the dialect means by silence. */
static uint32_t initial_of(const struct config_row *row, const struct config *defaults)
{
	return row->mode == CONFIG_MODE_GLOBAL ? load(defaults, &row->field) : row->field.initial;
}

static uint32_t initial_in(const struct config_line *line)
{
	const enum dialect dialect = line->cursor->dialect;
	struct config_isakmp_policy policy;
	struct config defaults;
	uint32_t initial;

	if (line->row->field.kind == CONFIG_FIELD_FLAG)
		return 0;
	if (line->row->mode == CONFIG_MODE_ISAKMP_POLICY) {
		policy = config_dialect_policy(dialect, 0);
		return load(&policy, &line->row->field);
	}
	config_dialect_defaults(&defaults, dialect);
	initial = initial_of(line->row, &defaults);
	config_model_fini(&defaults);
	return initial;
}

int config_field_apply(struct config_line *line)
{
	const struct config_field *f = &line->row->field;
	void *object = config_line_object(line->config, line->cursor);
	const char *initial = f->initial_text ? f->initial_text : "";

	if (!object)
		return config_line_refuse(line, NULL, "%s does not exist any more: type exit",
					  line->cursor->object);
	if (f->kind == CONFIG_FIELD_TEXT)
		config_line_set_text(line, (char *)object + f->offset, f->bytes,
				     line->no ? initial : line->args[line->n_args - 1].value.text);
	else if (f->kind == CONFIG_FIELD_FLAG)
		store(line, object, !line->no);
	else
		store(line, object, line->no ? initial_in(line) : positive(line));
	return 0;
}

/* The keywords of a pattern up to its value or choice. */
static void print_keywords(struct config_print *p, const struct config_row *row)
{
	const char *text = row->pattern;

	while (*text && !strchr("<{[", *text)) {
		struct config_node node = config_pattern_node(text);

		if (node.len)
			config_print_word(p, node.text, node.len);
		text += node.len ? node.len : 1;
	}
}

void config_field_print(struct config_print *p, const struct config_row *row, const void *object)
{
	const struct config_field *f = &row->field;
	const char *initial = f->initial_text ? f->initial_text : "";
	const char *text = (const char *)object + f->offset;
	uint32_t value = f->kind == CONFIG_FIELD_TEXT ? 0 : load(object, f);

	if (f->kind == CONFIG_FIELD_TEXT ? !strcmp(text, initial)
					 : !p->all && value == initial_of(row, p->defaults))
		return;
	/* a value that another row of the same field prints */
	if (f->kind == CONFIG_FIELD_CHOICE && !names_find(f->names, f->n_names, value))
		return;
	if (f->kind == CONFIG_FIELD_NUMBER && names_find(f->names, f->n_names, value))
		return;
	config_print_begin(p, row->mode);
	if (f->kind == CONFIG_FIELD_FLAG && !value)
		config_print_word(p, "no", 2);
	print_keywords(p, row);
	if (f->kind == CONFIG_FIELD_TEXT)
		config_print_word(p, text, strlen(text));
	else if (f->kind == CONFIG_FIELD_CHOICE)
		config_print_text(p, " %s", names_find(f->names, f->n_names, value));
	else if (f->kind == CONFIG_FIELD_NUMBER)
		config_print_text(p, " %u", value);
	config_print_end(p);
}
