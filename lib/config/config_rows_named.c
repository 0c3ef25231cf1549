/* SPDX-License-Identifier: BSD-3-Clause */
/* `nameif` and the lines that speak of interfaces by name: ASA and PIX. */
#include "lib/config/config_rows_named.h"

#include "lib/config/config_line.h"
#include "lib/config/config_named.h"
#include "lib/net/ip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	LEVEL_INSIDE = 100
};

bool config_rows_named_is_flat(const struct config_print *p, const struct config_interface *i)
{
	return i->nameif[0] && (p->dialect != DIALECT_IOS || config_named_is_stand_in(i));
}

void config_rows_named_print_before(struct config_print *p, const struct config_interface *i)
{
	if (p->dialect != DIALECT_PIX || !i->nameif[0] || config_named_is_stand_in(i))
		return;
	config_print_line(p, CONFIG_MODE_GLOBAL, "nameif %s %s security%u", i->name, i->nameif,
			  i->security);
	config_print_line(p, CONFIG_MODE_GLOBAL, "interface %s auto%s", i->name,
			  i->shutdown ? " shutdown" : "");
}

void config_rows_named_print_after(struct config_print *p, const struct config_interface *i)
{
	struct prefix prefix = prefix_make(&i->address, i->prefix_len);
	struct addr mask = prefix_mask(&prefix);
	char text[ADDR_TEXT], mask_text[ADDR_TEXT];

	if (!config_rows_named_is_flat(p, i))
		return;
	if (!addr_is_none(&i->address) &&
	    (p->dialect == DIALECT_PIX || config_named_is_stand_in(i)))
		config_print_line(p, CONFIG_MODE_GLOBAL, "ip address %s %s %s", i->nameif,
				  addr_print(&i->address, text, sizeof(text)),
				  addr_print(&mask, mask_text, sizeof(mask_text)));
	if (i->mtu)
		config_print_line(p, CONFIG_MODE_GLOBAL, "mtu %s %u", i->nameif, i->mtu);
	if (i->crypto_map[0])
		config_print_line(p, CONFIG_MODE_GLOBAL, "crypto map %s interface %s",
				  i->crypto_map, i->nameif);
}

static struct config_interface *here(struct config_line *line)
{
	struct config_interface *interface = config_line_object(line->config, line->cursor);

	if (!interface)
		config_line_refuse(line, NULL, "interface %s does not exist any more: type exit",
				   line->cursor->object);
	return interface;
}

static int apply_nameif(struct config_line *line)
{
	struct config_interface *interface = here(line);
	char name[CONFIG_IF_NAME];
	bool is_new;
	int ret;

	if (!interface)
		return -EINVAL;
	if (line->no) {
		config_line_set_text(line, interface->nameif, sizeof(interface->nameif), "");
		line->changed |= interface->security != 0;
		interface->security = 0;
		return 0;
	}
	is_new = !interface->nameif[0];
	memcpy(name, interface->name, sizeof(name));
	ret = config_named_give(line, name, config_line_arg(line, "label"));
	interface = config_model_interface(line->config, name);
	if (!ret && is_new && !strcmp(interface->nameif, "inside"))
		interface->security = LEVEL_INSIDE;
	return ret;
}

static void print_nameif(struct config_print *p, const struct config_row *row,
			 const struct config *c, const void *object)
{
	const struct config_interface *i = object;

	(void)c;
	if (!i->nameif[0] || p->dialect == DIALECT_PIX)
		return;
	config_print_line(p, row->mode, "nameif %s", i->nameif);
	config_print_line(p, row->mode, "security-level %u", i->security);
}

static int apply_level(struct config_line *line)
{
	struct config_interface *interface = here(line);
	uint8_t level = line->no ? 0 : (uint8_t)config_line_number(line, "level", 0);

	if (!interface)
		return -EINVAL;
	if (!interface->nameif[0] && !line->no)
		return config_line_refuse(line, NULL, "type nameif NAME first");
	line->changed = interface->security != level;
	interface->security = level;
	return 0;
}

/* `nameif ethernet0 outside security0`: the interface is there from then on. */
static int apply_pix_nameif(struct config_line *line)
{
	struct config *c = line->config;
	const struct config_arg *arg = config_line_arg(line, "hardware");
	const struct config_arg *name = config_line_arg(line, "label");
	const struct config_arg *level = config_line_arg(line, "level");
	struct config_interface *i = config_model_interface(c, arg->value.text);
	const char *number = level->value.text + strlen("security");
	bool made = !i;
	int ret;

	if (strncmp(level->value.text, "security", strlen("security")) != 0 || !*number ||
	    strlen(number) > 3 || strspn(number, "0123456789") != strlen(number) ||
	    atoi(number) > LEVEL_INSIDE)
		return config_line_refuse(line, level,
					  "invalid input \"%.64s\": expected "
					  "security0 to security100",
					  level->value.text);
	if (!i) {
		i = config_line_insert(line, &c->interfaces, &c->n_interfaces, sizeof(*i),
				       config_named_end(c));
		if (!i)
			return -ENOMEM;
		config_line_copy(i->name, sizeof(i->name), arg->value.text);
	}
	ret = config_named_give(line, arg->value.text, name);
	if (ret && made) {
		config_line_remove(line, &c->interfaces, &c->n_interfaces, sizeof(*i),
				   (size_t)(i - c->interfaces));
		line->changed = false;
	}
	if (ret)
		return ret;
	i = config_model_interface(c, arg->value.text);
	line->changed |= i->security != atoi(number);
	i->security = (uint8_t)atoi(number);
	return 0;
}

/* `interface ethernet0 auto [shutdown]`; the speed is what the link has. */
static int apply_pix_interface(struct config_line *line)
{
	struct config *c = line->config;
	const char *name = line->args[1].value.text;
	struct config_interface *i = config_model_interface(c, name);
	bool shutdown = config_line_arg(line, "shutdown") != NULL;

	if (!i) {
		i = config_line_insert(line, &c->interfaces, &c->n_interfaces, sizeof(*i),
				       config_named_end(c));
		if (!i)
			return -ENOMEM;
		config_line_copy(i->name, sizeof(i->name), name);
	}
	line->changed |= i->shutdown != shutdown;
	i->shutdown = shutdown;
	return 0;
}

/* A PIX has 127.0.0.1 where it has no address. */
static bool is_unset(const struct addr *a)
{
	return addr_to_v4(a) >> 24 == 127;
}

static int check_address(struct config_line *line, const struct config_arg *arg, uint32_t len,
			 const struct config_interface *self)
{
	const struct config *c = line->config;
	uint32_t hosts = len < 31 ? UINT32_MAX >> len : 0;
	uint32_t host = addr_to_v4(&arg->value.addr) & hosts;

	if (!len || !ip_source_valid(&arg->value.addr) || (hosts && (!host || host == hosts)))
		return config_line_refuse(line, arg,
					  "bad address %s with mask %s: not the address of a host",
					  arg->value.text, config_line_text(line, "mask"));
	for (size_t i = 0; i < c->n_interfaces; i++)
		if (&c->interfaces[i] != self &&
		    addr_eq(&c->interfaces[i].address, &arg->value.addr))
			return config_line_refuse(line, arg, "%s is the address of interface %s",
						  arg->value.text, c->interfaces[i].name);
	return 0;
}

static int apply_address(struct config_line *line)
{
	const struct config_arg *label = config_line_arg(line, "label");
	const struct config_arg *arg = config_line_arg(line, "host");
	struct config_interface *i = config_named_find(line->config, label->value.text);
	uint8_t len = (uint8_t)config_line_number(line, "mask", 0);
	bool unset = line->no || is_unset(&arg->value.addr);
	struct addr address = {0};

	if (!unset)
		address = arg->value.addr;
	if (!unset && check_address(line, arg, len, i))
		return -EINVAL;
	if (!i && unset)
		return 0;
	i = config_named_get(line, label);
	if (!i)
		return fault_count(line->faults, FAULT_ERROR) ? -EINVAL : -ENOMEM;
	line->changed |= !addr_eq(&i->address, &address);
	line->changed |= i->prefix_len != (unset ? 0 : len);
	i->address = address;
	i->prefix_len = unset ? 0 : len;
	return 0;
}

/* A byte of the interface that the line names. */
static int set_byte(struct config_line *line, size_t offset, uint8_t value)
{
	const struct config_arg *label = config_line_arg(line, "label");
	struct config_interface *i = config_named_find(line->config, label->value.text);
	uint8_t *field;

	if (!i && line->no)
		return 0;
	i = config_named_get(line, label);
	if (!i)
		return fault_count(line->faults, FAULT_ERROR) ? -EINVAL : -ENOMEM;
	field = (uint8_t *)i + offset;
	line->changed |= *field != value;
	*field = value;
	return 0;
}

static int apply_df(struct config_line *line)
{
	return set_byte(line, offsetof(struct config_interface, df_bit),
			line->no			   ? CONFIG_DF_DEFAULT
			: config_line_arg(line, "copy-df") ? CONFIG_DF_COPY
			: config_line_arg(line, "set-df")  ? CONFIG_DF_SET
							   : CONFIG_DF_CLEAR);
}

static int apply_fragmentation(struct config_line *line)
{
	return set_byte(line, offsetof(struct config_interface, fragmentation),
			line->no				    ? CONFIG_FRAGMENTATION_DEFAULT
			: config_line_arg(line, "after-encryption") ? CONFIG_FRAGMENTATION_AFTER
								    : CONFIG_FRAGMENTATION_BEFORE);
}

static int apply_mtu(struct config_line *line)
{
	const struct config_arg *label = config_line_arg(line, "label");
	struct config_interface *i = config_named_find(line->config, label->value.text);
	uint16_t mtu = line->no ? 0 : (uint16_t)config_line_number(line, "bytes", 0);

	if (!i && line->no)
		return 0;
	i = config_named_get(line, label);
	if (!i)
		return fault_count(line->faults, FAULT_ERROR) ? -EINVAL : -ENOMEM;
	line->changed |= i->mtu != mtu;
	i->mtu = mtu;
	return 0;
}

static int apply_map(struct config_line *line)
{
	const struct config_arg *label = config_line_arg(line, "label");
	const char *name = config_line_text(line, "name");
	struct config_interface *i =
		label ? config_named_find(line->config, label->value.text) : NULL;

	if (line->no) {
		if (i && !strcmp(i->crypto_map, name))
			config_line_set_text(line, i->crypto_map, sizeof(i->crypto_map), "");
		else
			config_line_note(line, "crypto map %s is not on this interface", name);
		return 0;
	}
	i = config_named_get(line, label);
	if (!i)
		return fault_count(line->faults, FAULT_ERROR) ? -EINVAL : -ENOMEM;
	config_named_warn_map(line, i, name);
	config_line_set_text(line, i->crypto_map, sizeof(i->crypto_map), name);
	if (config_line_typed(line) && !config_model_map(line->config, name))
		config_line_note(line, "crypto map %s has no entries yet", name);
	return 0;
}

static int apply_enable(struct config_line *line)
{
	struct config_interface *i = config_named_get(line, config_line_arg(line, "label"));
	uint8_t isakmp = line->no ? CONFIG_ISAKMP_OFF : CONFIG_ISAKMP_ON;

	if (!i)
		return fault_count(line->faults, FAULT_ERROR) ? -EINVAL : -ENOMEM;
	/* what all interfaces have need not be said of one */
	if ((isakmp == CONFIG_ISAKMP_ON) == line->config->isakmp.enabled)
		isakmp = CONFIG_ISAKMP_DEFAULT;
	line->changed |= i->isakmp != isakmp;
	i->isakmp = isakmp;
	return 0;
}

static void print_enable(struct config_print *p, const struct config_row *row,
			 const struct config *c, const void *object)
{
	(void)object;
	for (size_t i = 0; i < c->n_interfaces; i++) {
		const struct config_interface *interface = &c->interfaces[i];

		if (interface->isakmp != CONFIG_ISAKMP_DEFAULT)
			config_print_line(p, row->mode, "%s%s%s enable %s",
					  interface->isakmp == CONFIG_ISAKMP_OFF ? "no " : "",
					  p->dialect == DIALECT_PIX ? "" : "crypto ",
					  config_print_ikev1(p, c)[0] ? "ikev1" : "isakmp",
					  interface->nameif[0] ? interface->nameif
							       : interface->name);
	}
}

#define GLOBAL CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL
#define HERE   CONFIG_MODE_INTERFACE, CONFIG_MODE_GLOBAL
#define FLAT   .dialects = CONFIG_IN_ASA | CONFIG_IN_PIX
#define SPEEDS                                                                               \
	"{auto|10baset|10full|100basetx|100full|1000auto|1000full|1000basesx|1000sxfull|aui" \
	"|bnc}"

static const struct config_row rows[] = {
	{HERE, "nameif / <label>", apply_nameif, print_nameif},
	{HERE, "security-level / <level:0-100>", apply_level},
	{GLOBAL, "nameif <hardware:interface> <label> <level:word>", apply_pix_nameif,
	 .plain = true, .dialects = CONFIG_IN_PIX},
	{GLOBAL, "interface <interface> " SPEEDS " [shutdown]", apply_pix_interface, .plain = true,
	 .dialects = CONFIG_IN_PIX},
	{GLOBAL, "ip address <label> / <host:address> <mask>", apply_address,
	 .dialects = CONFIG_IN_PIX},
	{GLOBAL, "mtu <label> / <bytes:68-9216>", apply_mtu, FLAT},
	{GLOBAL, "crypto map <name:map> interface <label>", apply_map, FLAT},
	{GLOBAL, "crypto ipsec df-bit {copy-df|set-df|clear-df} <label>", apply_df, FLAT},
	{GLOBAL, "crypto ipsec fragmentation {before-encryption|after-encryption} <label>",
	 apply_fragmentation, FLAT},
	{GLOBAL, "crypto isakmp enable <label>", apply_enable, print_enable},
	{GLOBAL, "crypto ikev1 enable <label>", apply_enable, .dialects = CONFIG_IN_ASA},
	{GLOBAL, "sysopt connection tcpmss / <bytes:0-65535>",
	 .field = {CONFIG_FIELD_NUMBER, CONFIG_FIELD_AT(config, tcpmss)}},
	{GLOBAL, "isakmp enable <label>", apply_enable, .dialects = CONFIG_IN_PIX},
};

const struct config_rows config_rows_named = {rows, array_len(rows)};
