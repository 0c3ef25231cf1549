/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an ASA and a PIX say about the box as a whole, and who may pass; where the data plane has no
 * such thing it is kept and printed, with a sentence about it.
 */
#include "lib/config/config_field.h"
#include "lib/config/config_line.h"
#include "lib/config/config_named.h"
#include "lib/config/config_print.h"
#include "lib/config/config_rows_named.h"

#include <errno.h>
#include <string.h>

#define STATELESS "the list is asked about each packet alone, without state: permit the replies too"

static int set_flag(struct config_line *line, bool *flag)
{
	line->changed = *flag == line->no;
	*flag = !line->no;
	return 0;
}

static int apply_permit_vpn(struct config_line *line)
{
	if (line->no)
		config_line_note(line, "what was decrypted is checked by the in list of the "
				       "interface it came in on; replies too: there is no state");
	return set_flag(line, &line->config->permit_vpn);
}

static int apply_same_security(struct config_line *line)
{
	struct config *c = line->config;

	bool inter = config_line_arg(line, "inter-interface") != NULL;

	if (line->no && inter)
		config_line_warn(line, "traffic goes from any interface to any other all the same");
	return set_flag(line, inter ? &c->same_inter : &c->same_intra);
}

static void print_same_security(struct config_print *p, const struct config_row *row,
				const struct config *c, const void *object)
{
	(void)object;
	if (c->same_inter != p->defaults->same_inter)
		config_print_line(p, row->mode, "%ssame-security-traffic permit inter-interface",
				  c->same_inter ? "" : "no ");
	if (c->same_intra != p->defaults->same_intra)
		config_print_line(p, row->mode, "%ssame-security-traffic permit intra-interface",
				  c->same_intra ? "" : "no ");
}

static int apply_management(struct config_line *line)
{
	struct config *c = line->config;

	config_line_set_text(line, c->management_access, sizeof(c->management_access),
			     line->no ? "" : config_line_text(line, "label"));
	if (!line->no)
		config_line_note(line, "the addresses of all interfaces answer through tunnels");
	return 0;
}

static void print_management(struct config_print *p, const struct config_row *row,
			     const struct config *c, const void *object)
{
	(void)object;
	if (c->management_access[0])
		config_print_line(p, row->mode, "management-access %s", c->management_access);
}

static int bind_list(struct config_line *line, struct config_interface *i)
{
	bool out = config_line_arg(line, "out") != NULL;
	char *list = out ? i->access_out : i->access_in;

	if (line->no && config_line_arg(line, "acl") &&
	    strcmp(list, config_line_text(line, "acl")) != 0) {
		config_line_note(line, "this access list is not on this interface");
		return 0;
	}
	config_line_set_text(line, list, sizeof(i->access_in),
			     line->no ? "" : config_line_text(line, "acl"));
	if (!line->no)
		config_line_note(line, STATELESS);
	return 0;
}

static int apply_access_group(struct config_line *line)
{
	const struct config_arg *label = config_line_arg(line, "label");
	struct config_interface *i = config_named_find(line->config, label->value.text);

	if (config_line_arg(line, "control-plane")) {
		config_line_note(line, "accepted without effect: control-plane: what is for this "
				       "box itself is not filtered in this dialect");
		return 0;
	}
	if (!i && line->no) {
		config_line_note(line, "there is no interface %s", label->value.text);
		return 0;
	}
	i = config_named_get(line, label);
	if (!i)
		return fault_count(line->faults, FAULT_ERROR) ? -EINVAL : -ENOMEM;
	return bind_list(line, i);
}

static int apply_ip_access_group(struct config_line *line)
{
	struct config_interface *i = config_line_object(line->config, line->cursor);

	if (!i)
		return config_line_refuse(line, NULL,
					  "interface %s does not exist any more: type exit",
					  line->cursor->object);
	return bind_list(line, i);
}

/* Where the block of an interface has no room for it, a line by its name. */
static void print_access_groups(struct config_print *p, const struct config_row *row,
				const struct config *c, const void *object)
{
	(void)object;
	for (size_t i = 0; i < c->n_interfaces; i++) {
		const struct config_interface *interface = &c->interfaces[i];

		if (!config_rows_named_is_flat(p, interface))
			continue;
		if (interface->access_in[0])
			config_print_line(p, row->mode, "access-group %s in interface %s",
					  interface->access_in, interface->nameif);
		if (interface->access_out[0])
			config_print_line(p, row->mode, "access-group %s out interface %s",
					  interface->access_out, interface->nameif);
	}
}

static void print_ip_access_group(struct config_print *p, const struct config_row *row,
				  const struct config *c, const void *object)
{
	const struct config_interface *interface = object;

	(void)c;
	if (config_rows_named_is_flat(p, interface))
		return;
	if (interface->access_in[0])
		config_print_line(p, row->mode, "ip access-group %s in", interface->access_in);
	if (interface->access_out[0])
		config_print_line(p, row->mode, "ip access-group %s out", interface->access_out);
}

static int apply_names(struct config_line *line)
{
	return set_flag(line, &line->config->names_on);
}

static int apply_name(struct config_line *line)
{
	struct config *c = line->config;
	const struct config_arg *arg = config_line_arg(line, "alias");
	const struct config_arg *address = config_line_arg(line, "host");
	struct config_alias *row = config_model_alias(c, arg->value.text);

	if (line->no) {
		if (row && addr_eq(&row->address, &address->value.addr))
			config_line_remove(line, &c->aliases, &c->n_aliases, sizeof(*row),
					   (size_t)(row - c->aliases));
		else
			config_line_note(line, "there is no such name");
		return 0;
	}
	if (!row) {
		row = config_line_insert(line, &c->aliases, &c->n_aliases, sizeof(*row),
					 c->n_aliases);
		if (!row)
			return -ENOMEM;
		config_line_copy(row->name, sizeof(row->name), arg->value.text);
	}
	line->changed |= !addr_eq(&row->address, &address->value.addr);
	row->address = address->value.addr;
	return 0;
}

static void print_names(struct config_print *p, const struct config_row *row,
			const struct config *c, const void *object)
{
	char text[ADDR_TEXT];

	(void)object;
	if (c->names_on != p->defaults->names_on)
		config_print_line(p, row->mode, "%snames", c->names_on ? "" : "no ");
	for (size_t i = 0; i < c->n_aliases; i++)
		config_print_line(p, row->mode, "name %s %s",
				  addr_print(&c->aliases[i].address, text, sizeof(text)),
				  c->aliases[i].name);
}

/* A session of a router is not offered the words of an ASA, and has to print them. */
static void print_all(struct config_print *p, const struct config_row *row, const struct config *c,
		      const void *object)
{
	print_names(p, row, c, object);
	print_same_security(p, row, c, object);
	print_access_groups(p, row, c, object);
	print_management(p, row, c, object);
	config_field_print(p, row, object);
}

#define FLAT   .dialects = CONFIG_IN_ASA | CONFIG_IN_PIX
#define GLOBAL CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL
#define HERE   CONFIG_MODE_INTERFACE, CONFIG_MODE_GLOBAL
#define PASSES CONFIG_FIELD_FLAG, CONFIG_FIELD_AT(config, permit_vpn)

static const struct config_row rows[] = {
	{GLOBAL, "names", apply_names, FLAT},
	{GLOBAL, "name <host:address> <alias:alias> [description <text:rest>]", apply_name, FLAT},
	{GLOBAL, "same-security-traffic permit {inter-interface|intra-interface}",
	 apply_same_security, FLAT},
	{GLOBAL, "access-group <acl> {in|out} interface <label> [per-user-override|control-plane]",
	 apply_access_group, FLAT},
	{GLOBAL, "management-access / <label>", apply_management, FLAT},
	{GLOBAL, "sysopt connection permit-vpn", apply_permit_vpn, print_all, .field = {PASSES},
	 .dialects = CONFIG_IN_IOS | CONFIG_IN_ASA},
	{GLOBAL, "sysopt connection permit-ipsec", apply_permit_vpn, print_all, .field = {PASSES},
	 .dialects = CONFIG_IN_PIX},
	{HERE, "ip access-group <acl> {in|out}", apply_ip_access_group, print_ip_access_group},
};

const struct config_rows config_rows_box = {rows, array_len(rows)};
