/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_rows_link.h"

#include "lib/config/config_line.h"
#include "lib/config/config_print.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct config_interface *interface_of(struct config_line *line)
{
	struct config_interface *interface = config_line_object(line->config, line->cursor);

	if (!interface)
		config_line_refuse(line, NULL, "interface %s does not exist any more: type exit",
				   line->cursor->object);
	return interface;
}

/* Another subinterface of the same main interface whose frames this one would take, or NULL. */
static const struct config_interface *
rival_of(const struct config *c, const struct config_interface *self, uint32_t vlan, bool native)
{
	size_t main = strcspn(self->name, ".");

	for (size_t i = 0; i < c->n_interfaces; i++) {
		const struct config_interface *other = &c->interfaces[i];

		if (other == self || !config_model_is_sub(other) || !other->vlan ||
		    strncmp(other->name, self->name, main + 1) != 0)
			continue;
		if (other->vlan == vlan || (native && other->native))
			return other;
	}
	return NULL;
}

static int check_vlan(struct config_line *line, const struct config_interface *interface,
		      uint32_t vlan, bool native)
{
	const struct config_interface *rival = rival_of(line->config, interface, vlan, native);

	if (!config_model_is_sub(interface))
		return config_line_refuse(line, config_line_arg(line, "vlan"),
					  "a VLAN is of a subinterface: interface %s.%u",
					  interface->name, vlan);
	if (rival)
		return config_line_refuse(line, config_line_arg(line, "vlan"),
					  "interface %s has VLAN %u%s already", rival->name,
					  rival->vlan, rival->native ? " (native)" : "");
	return 0;
}

int config_rows_link_vlan(struct config_line *line)
{
	struct config_interface *interface = interface_of(line);
	uint16_t vlan = line->no ? 0 : (uint16_t)config_line_number(line, "vlan", 0);
	bool native = !line->no && config_line_arg(line, "native");

	if (!interface || (!line->no && check_vlan(line, interface, vlan, native)))
		return -EINVAL;
	line->changed = interface->vlan != vlan || interface->native != native;
	interface->vlan = vlan;
	interface->native = native;
	return 0;
}

void config_rows_link_print_vlan(struct config_print *p, const struct config_row *row,
				 const struct config *c, const void *object)
{
	const struct config_interface *interface = object;

	(void)c;
	if (interface->vlan)
		config_print_line(p, row->mode, "encapsulation dot1Q %u%s", interface->vlan,
				  interface->native ? " native" : "");
}

int config_rows_link_reassembly(struct config_line *line)
{
	struct config_interface *interface = interface_of(line);
	struct config_interface before;

	if (!interface)
		return -EINVAL;
	before = *interface;
	interface->reassembly_parts = (uint8_t)config_line_number(line, "fragments", 0);
	interface->reassembly_pending = (uint16_t)config_line_number(line, "datagrams", 0);
	interface->reassembly_s = (uint8_t)config_line_number(line, "seconds", 0);
	line->changed = memcmp(&before, interface, sizeof(before)) != 0;
	return 0;
}

void config_rows_link_print_reassembly(struct config_print *p, const struct config_row *row,
				       const struct config *c, const void *object)
{
	const struct config_interface *interface = object;
	char parts[32] = "", pending[32] = "", seconds[32] = "";

	(void)c;
	if (interface->reassembly_parts)
		snprintf(parts, sizeof(parts), " max-fragments %u", interface->reassembly_parts);
	if (interface->reassembly_pending)
		snprintf(pending, sizeof(pending), " max-reassemblies %u",
			 interface->reassembly_pending);
	if (interface->reassembly_s)
		snprintf(seconds, sizeof(seconds), " timeout %u", interface->reassembly_s);
	if (*parts || *pending || *seconds)
		config_print_line(p, row->mode, "ip virtual-reassembly%s%s%s", parts, pending,
				  seconds);
}
