/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `object network`: a name for a network, which lines of access lists may have in its place. They
 * take the network as it is when they are typed.
 */
#include "lib/config/config_line.h"
#include "lib/config/config_print.h"

#include <errno.h>
#include <string.h>

static int remove_object(struct config_line *line, struct config_object *object, const char *name)
{
	struct config *c = line->config;

	if (object)
		config_line_remove(line, &c->objects, &c->n_objects, sizeof(*object),
				   (size_t)(object - c->objects));
	else
		config_line_note(line, "there is no object %s", name);
	return 0;
}

static int apply_object(struct config_line *line)
{
	struct config *c = line->config;
	const char *name = config_line_text(line, "name");
	struct config_object *object = config_model_object(c, name);

	if (line->no)
		return remove_object(line, object, name);
	if (!object) {
		object = config_line_insert(line, &c->objects, &c->n_objects, sizeof(*object),
					    c->n_objects);
		if (!object)
			return -ENOMEM;
		config_line_copy(object->name, sizeof(object->name), name);
	}
	config_line_enter(line, name, 0);
	return 0;
}

static int set_network(struct config_line *line, const struct prefix *network)
{
	struct config_object *object = config_line_object(line->config, line->cursor);

	if (!object)
		return config_line_refuse(line, NULL,
					  "object %s does not exist any more: type exit",
					  line->cursor->object);
	line->changed =
		object->set == line->no || (!line->no && !prefix_eq(&object->network, network));
	if (line->changed && object->set)
		config_line_note(line,
				 "lines of access lists keep the network that %s had when they "
				 "were typed: type them again",
				 object->name);
	object->set = !line->no;
	object->network = (struct prefix){0};
	if (!line->no)
		object->network = *network;
	return 0;
}

static int apply_host(struct config_line *line)
{
	struct prefix host = {0};

	if (!line->no)
		host = prefix_make(&config_line_arg(line, "address")->value.addr, 32);
	return set_network(line, &host);
}

static int apply_subnet(struct config_line *line)
{
	const struct config_arg *arg = config_line_arg(line, "address");
	struct prefix network = {0};

	if (!line->no)
		network = prefix_make(&arg->value.addr,
				      (uint8_t)config_line_number(line, "mask", 32));
	if (!line->no && !addr_eq(&network.addr, &arg->value.addr))
		return config_line_refuse(line, arg, "%s is not the address of a network",
					  arg->value.text);
	return set_network(line, &network);
}

static void print_objects(struct config_print *p, const struct config_row *row,
			  const struct config *c, const void *object)
{
	char text[ADDR_TEXT], mask_text[ADDR_TEXT];

	(void)object;
	for (size_t i = 0; i < c->n_objects; i++) {
		const struct config_object *o = &c->objects[i];
		struct addr mask = prefix_mask(&o->network);

		config_print_line(p, row->mode, "object network %s", o->name);
		addr_print(&o->network.addr, text, sizeof(text));
		if (o->set && o->network.len == 32)
			config_print_line(p, row->enters, "host %s", text);
		else if (o->set)
			config_print_line(p, row->enters, "subnet %s %s", text,
					  addr_print(&mask, mask_text, sizeof(mask_text)));
		if (p->dialect == DIALECT_IOS)
			config_print_separator(p);
	}
}

#define HERE CONFIG_MODE_OBJECT, CONFIG_MODE_GLOBAL

static const struct config_row rows[] = {
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_OBJECT, "object network <name:word>", apply_object,
	 print_objects},
	{HERE, "host / <address>", apply_host},
	{HERE, "subnet / <address> <mask>", apply_subnet},
};

const struct config_rows config_rows_object = {rows, array_len(rows)};
