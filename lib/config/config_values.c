/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_values.h"

#include "lib/config/config_names.h"
#include "lib/config/config_qos.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BPS_MIN 8000ull
#define BPS_MAX 100000000000ull

typedef int (*parse_fn)(const char *word, struct config_value *v, const char **why);
typedef const char *(*existing_fn)(const struct config *c, size_t i);

struct type {
	const char *name;
	const char *show;
	const char *help;
	parse_fn parse;
	existing_fn existing;
};

/* Decimal digits only, below 2^32. */
static int parse_number(const char *word, uint32_t *number)
{
	unsigned long n;

	if (!*word || strspn(word, "0123456789") != strlen(word) || strlen(word) > 10)
		return -EINVAL;
	n = strtoul(word, NULL, 10);
	if (n > UINT32_MAX)
		return -EINVAL;
	*number = (uint32_t)n;
	return 0;
}

static int parse_address(const char *word, struct config_value *v, const char **why)
{
	if (addr_parse(&v->addr, word))
		return -EINVAL;
	if (v->addr.family != ADDR_V4) {
		*why = "an IPv4 address is needed here";
		return -EINVAL;
	}
	return 0;
}

/* "A-B": the first in addr, the last in number. */
static int parse_address_range(const char *word, struct config_value *v, const char **why)
{
	const char *dash = strchr(word, '-');
	char low[ADDR_TEXT];
	struct addr high;

	if (!dash || (size_t)(dash - word) >= sizeof(low))
		return -EINVAL;
	snprintf(low, sizeof(low), "%.*s", (int)(dash - word), word);
	if (parse_address(low, v, why) || addr_parse(&high, dash + 1) || high.family != ADDR_V4)
		return -EINVAL;
	v->number = addr_to_v4(&high);
	return 0;
}

static int parse_mask(const char *word, struct config_value *v, const char **why)
{
	int len;

	if (parse_address(word, v, why))
		return -EINVAL;
	len = prefix_len_of_mask(&v->addr);
	if (len < 0) {
		*why = prefix_len_of_wildcard(&v->addr) >= 0
			       ? "that is a wildcard; this line takes a netmask such as "
				 "255.255.255.0"
			       : "a netmask is ones followed by zeros, such as 255.255.255.0";
		return -EINVAL;
	}
	v->number = (uint32_t)len;
	return 0;
}

static int parse_wildcard(const char *word, struct config_value *v, const char **why)
{
	int len;

	if (parse_address(word, v, why))
		return -EINVAL;
	len = prefix_len_of_wildcard(&v->addr);
	if (len < 0)
		len = prefix_len_of_mask(&v->addr);
	if (len < 0) {
		*why = "a wildcard with holes selects no single network: write one line for each "
		       "network";
		return -EINVAL;
	}
	v->number = (uint32_t)len;
	return 0;
}

static int parse_word(const char *word, struct config_value *v, const char **why)
{
	(void)v;
	if (strlen(word) >= CONFIG_NAME) {
		*why = "names have at most 63 characters";
		return -EINVAL;
	}
	return 0;
}

static int parse_long(const char *word, struct config_value *v, const char **why)
{
	(void)v;
	if (strlen(word) >= CONFIG_KEY_MAX) {
		*why = "at most 127 characters fit";
		return -EINVAL;
	}
	return 0;
}

static int parse_rest(const char *word, struct config_value *v, const char **why)
{
	(void)word;
	(void)v;
	(void)why;
	return 0;
}

static int parse_port(const char *word, struct config_value *v, const char **why)
{
	(void)why;
	if (!parse_number(word, &v->number))
		return v->number <= 65535 ? 0 : -EINVAL;
	return config_names_port_of(word, &v->number);
}

static int parse_cores(const char *word, struct config_value *v, const char **why)
{
	uint16_t cores[CONFIG_CORES_MAX];
	int n = config_names_cores(word, cores);

	(void)v;
	if (n < 0)
		*why = "cores are numbers 0-1023, ascending, such as 1-3,5 and at most 64 of them";
	return n < 0 ? n : 0;
}

static int parse_hostname(const char *word, struct config_value *v, const char **why)
{
	bool good = isalnum((unsigned char)word[0]) && strlen(word) < CONFIG_NAME;

	(void)v;
	for (const char *p = word; *p; p++)
		good &= isalnum((unsigned char)*p) || *p == '-' || *p == '.';
	if (!good)
		*why = "a host name is at most 63 letters, digits, dots and hyphens";
	return good ? 0 : -EINVAL;
}

static int parse_interface(const char *word, struct config_value *v, const char **why)
{
	if (!config_names_interface(word, v->text, sizeof(v->text)))
		return 0;
	*why = "an interface is a type and a number, such as GigabitEthernet0/1";
	return -EINVAL;
}

/* The name of an interface: not the beginning of an address. */
static int parse_label(const char *word, struct config_value *v, const char **why)
{
	return isdigit((unsigned char)word[0]) ? -EINVAL : parse_word(word, v, why);
}

/* "(inside)": where a line of an ASA is about one interface. */
static int parse_side(const char *word, struct config_value *v, const char **why)
{
	size_t len = strlen(word);

	if (len > 2 && word[0] == '(' && word[len - 1] == ')')
		return parse_word(word, v, why);
	*why = "an interface stands in parentheses here: (inside)";
	return -EINVAL;
}

/* A word for an address: nothing that could be one, or part of a line. */
static int parse_alias(const char *word, struct config_value *v, const char **why)
{
	if (isalpha((unsigned char)word[0]))
		return parse_word(word, v, why);
	*why = "a name for an address begins with a letter";
	return -EINVAL;
}

/* An interface of a kind that this box has not. */
static int parse_foreign(const char *word, struct config_value *v, const char **why)
{
	static const char *const kinds[] = {"Serial", "Hssi", "Vlan", "Management",
					    "Tunnel", "ATM",  "Null"};

	(void)v;
	(void)why;
	for (size_t i = 0; i < array_len(kinds); i++)
		if (!strncasecmp(word, kinds[i], strlen(kinds[i])) &&
		    isdigit((unsigned char)word[strlen(kinds[i])]))
			return 0;
	return -EINVAL;
}

static int parse_dscp(const char *word, struct config_value *v, const char **why)
{
	(void)why;
	return config_qos_dscp_of(word, &v->number);
}

/* The name or the number of a message, as it is printed. */
static int parse_icmp_message(const char *word, struct config_value *v, const char **why)
{
	const char *name = config_names_icmp(word);

	(void)why;
	if (!name && (parse_number(word, &v->number) || v->number > UINT8_MAX))
		return -EINVAL;
	if (name)
		snprintf(v->text, sizeof(v->text), "%s", name);
	else
		snprintf(v->text, sizeof(v->text), "%u", v->number);
	return 0;
}

static int parse_precedence(const char *word, struct config_value *v, const char **why)
{
	(void)why;
	return config_qos_precedence_of(word, &v->number);
}

/* Above 32 bits: the value is the text. */
static int parse_bps(const char *word, struct config_value *v, const char **why)
{
	unsigned long long bps;

	(void)v;
	if (!*word || strspn(word, "0123456789") != strlen(word))
		return -EINVAL;
	bps = strtoull(word, NULL, 10);
	if (strlen(word) < 13 && bps >= BPS_MIN && bps <= BPS_MAX)
		return 0;
	*why = "the number is out of range (bits a second)";
	return -EINVAL;
}

#define EXISTING(function, list)                                      \
	static const char *function(const struct config *c, size_t i) \
	{                                                             \
		return i < c->n_##list ? c->list[i].name : NULL;      \
	}
EXISTING(existing_acl, acls)
EXISTING(existing_set, transform_sets)
EXISTING(existing_map, maps)
EXISTING(existing_dynamic_map, dynamic_maps)
EXISTING(existing_interface, interfaces)
EXISTING(existing_class, classes)
EXISTING(existing_object_group, object_groups)
EXISTING(existing_policy_map, policy_maps)
#undef EXISTING

static const char *existing_label(const struct config *c, size_t i)
{
	for (size_t k = 0; k < c->n_interfaces; k++)
		if (c->interfaces[k].nameif[0] && i-- == 0)
			return c->interfaces[k].nameif;
	return NULL;
}

static const char *existing_policy_class(const struct config *c, size_t i)
{
	return i ? existing_class(c, i - 1) : CONFIG_CLASS_DEFAULT;
}

static const char *existing_pool(const struct config *c, size_t i)
{
	return i < c->remote.n_pools ? c->remote.pools[i].name : NULL;
}

static const char *existing_list(const struct config *c, size_t i)
{
	return i < c->remote.n_lists ? c->remote.lists[i].name : NULL;
}

static const char *existing_group(const struct config *c, size_t i)
{
	return i < c->remote.n_groups ? c->remote.groups[i].name : NULL;
}

static const char *existing_server(const struct config *c, size_t i)
{
	return i < c->remote.n_servers ? c->remote.servers[i].name : NULL;
}

static const char *existing_dscp(const struct config *, size_t i)
{
	return config_qos_dscp_name(i);
}

static const char *existing_icmp(const struct config *, size_t i)
{
	return config_names_icmp_message(i);
}

static const char *existing_precedence(const struct config *, size_t i)
{
	return config_qos_precedence_name(i);
}

/* clang-format off */
static const struct type types[] = {
	{"address", "A.B.C.D", "IP address", parse_address, NULL},
	{"mask", "A.B.C.D", "Netmask", parse_mask, NULL},
	{"wildcard", "A.B.C.D", "Wildcard bits (inverted mask)", parse_wildcard, NULL},
	{"word", "WORD", "Name", parse_word, NULL},
	{"key", "WORD", "Pre-shared key", parse_long, NULL},
	{"argument", "WORD", "Name of the device", parse_long, NULL},
	{"line", "LINE", "Text up to the end of the line", parse_long, NULL},
	{"rest", "LINE", "Text up to the end of the line", parse_rest, NULL},
	{"acl", "WORD", "Access list name or number", parse_word, existing_acl},
	{"transform-set", "WORD", "Transform set name", parse_word, existing_set},
	{"map", "WORD", "Crypto map name", parse_word, existing_map},
	{"dynamic-map", "WORD", "Dynamic crypto map name", parse_word, existing_dynamic_map},
	{"interface", "INTERFACE", "Interface such as GigabitEthernet0/1", parse_interface,
		existing_interface},
	{"label", "WORD", "Name of the interface", parse_label, existing_label},
	{"side", "(WORD)", "Name of the interface, in parentheses", parse_side, NULL},
	{"alias", "WORD", "Name for the address", parse_alias, NULL},
	{"foreign", "INTERFACE", "Interface of another box", parse_foreign, NULL},
	{"port", "<0-65535>", "Port number or name", parse_port, NULL},
	{"cores", "LIST", "Cores such as 1-3,5", parse_cores, NULL},
	{"hostname", "WORD", "Host name", parse_hostname, NULL},
	{"class-map", "WORD", "Class-map name", parse_word, existing_class},
	{"object-group", "WORD", "Name of the object-group", parse_word, existing_object_group},
	{"policy-map", "WORD", "Policy-map name", parse_word, existing_policy_map},
	{"policy-class", "WORD", "Class-map name", parse_word, existing_policy_class},
	{"dscp", "<0-63>", "Differentiated services code point", parse_dscp, existing_dscp},
	{"icmp-message", "WORD", "Message of ICMP, by name or number", parse_icmp_message,
		existing_icmp},
	{"precedence", "<0-7>", "IP precedence", parse_precedence, existing_precedence},
	{"address-range", "A.B.C.D-A.B.C.D", "First and last address", parse_address_range, NULL},
	{"pool", "WORD", "Pool name", parse_word, existing_pool},
	{"aaa-list", "WORD", "Name of a list of methods", parse_word, existing_list},
	{"client-group", "WORD", "Name of the client group", parse_word, existing_group},
	{"radius-server", "WORD", "Name of the RADIUS server", parse_word, existing_server},
	{"bps", "<8000-100000000000>", "Bits per second", parse_bps, NULL},
};
/* clang-format on */

/* The text after the ':' of a value node, or after '<' when name and type are one. */
static const char *type_text(const struct config_node *node)
{
	const char *colon = memchr(node->text, ':', node->len);

	return colon ? colon + 1 : node->text + 1;
}

static const struct type *type_of(const struct config_node *node)
{
	const char *text = type_text(node);
	size_t len = strcspn(text, ">");

	for (size_t i = 0; i < array_len(types); i++)
		if (strlen(types[i].name) == len && !memcmp(types[i].name, text, len))
			return &types[i];
	return NULL;
}

/* Any other type is the range of a number. */
static int parse_range(const struct config_node *node, const char *word, struct config_value *v,
		       const char **why)
{
	uint32_t low = 0, high = 0;

	sscanf(type_text(node), "%" SCNu32 "-%" SCNu32, &low, &high);
	if (parse_number(word, &v->number)) {
		if (*word && strspn(word, "0123456789") == strlen(word))
			*why = "the number is out of range";
		return -EINVAL;
	}
	if (v->number >= low && v->number <= high) {
		/* "042" and "42" name the same access list */
		snprintf(v->text, sizeof(v->text), "%u", v->number);
		return 0;
	}
	*why = "the number is out of range";
	return -EINVAL;
}

int config_values_parse(const struct config_node *node, const char *word,
			struct config_value *value, const char **why)
{
	const struct type *type = type_of(node);

	*why = NULL;
	*value = (struct config_value){0};
	return type ? type->parse(word, value, why) : parse_range(node, word, value, why);
}

bool config_values_may_begin(const struct config_node *node, const char *partial)
{
	const struct type *type = type_of(node);
	bool dotted = type && !strcmp(type->show, "A.B.C.D");

	if (type && !dotted)
		return true;
	return strspn(partial, dotted ? "0123456789." : "0123456789") == strlen(partial);
}

bool config_values_is_line(const struct config_node *node)
{
	const struct type *type = type_of(node);

	return type && (!strcmp(type->name, "line") || !strcmp(type->name, "rest"));
}

bool config_values_is_secret(const struct config_node *node)
{
	const struct type *type = type_of(node);

	return type && !strcmp(type->name, "key");
}

bool config_values_wants_number(const struct config_node *node, const char *word)
{
	const struct type *type = type_of(node);

	return type && type->parse == parse_interface && config_names_is_interface_type(word);
}

void config_values_show(const struct config_node *node, char *buf, size_t size)
{
	const struct type *type = type_of(node);
	const char *text = type_text(node);

	if (type)
		snprintf(buf, size, "%s", type->show);
	else
		snprintf(buf, size, "<%.*s>", (int)strcspn(text, ">"), text);
}

void config_values_show_node(const struct config_node *node, char *buf, size_t size)
{
	if (config_pattern_is_value(node))
		config_values_show(node, buf, size);
	else
		snprintf(buf, size, "%.*s", (int)node->len, node->text);
}

const char *config_values_help(const struct config_node *node)
{
	const struct type *type = type_of(node);

	return type ? type->help : "Number";
}

const char *config_values_existing(const struct config_node *node, const struct config *c, size_t i)
{
	const struct type *type = type_of(node);

	return type && type->existing && c ? type->existing(c, i) : NULL;
}
