/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines about the translation of addresses. Nothing is translated here; they are kept, and never
 * printed, for what they would do to the packets of a tunnel: another box that has them does it.
 */
#include "lib/config/config_line.h"
#include "lib/config/config_row.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NAT                                                                                       \
	"address translation is not this appliance's work, so an exemption from it is trivially " \
	"true here"

/* Lines that look alike: conversions take WORDs and numbers, in the order of the members. */
struct form {
	const char *scan;
	enum config_nat_kind kind;
	enum {
		LIST,
		NUMBER_LIST,
		NETWORK,
		NUMBER_NETWORK,
		OBJECTS,
		NUMBER
	} values;
};

static const struct form forms[] = {
	{"nat (%*[^)]) 0 access-list %63s", CONFIG_NAT_EXEMPT, LIST},
	{"nat (%*[^)]) %u access-list %63s", CONFIG_NAT_TRANSLATE, NUMBER_LIST},
	{"nat (%*[^)]) 0 %63s %63s", CONFIG_NAT_EXEMPT, NETWORK},
	{"nat (%*[^)]) %u %63s %63s", CONFIG_NAT_TRANSLATE, NUMBER_NETWORK},
	{"nat (%*[^)]) source static %63s %63s destination static %63s", CONFIG_NAT_EXEMPT,
	 OBJECTS},
	{"nat (%*[^)]) %*u source static %63s %63s destination static %63s", CONFIG_NAT_EXEMPT,
	 OBJECTS},
	{"nat (%*[^)]) source dynamic %63s", CONFIG_NAT_TRANSLATE, OBJECTS},
	{"nat (%*[^)]) after-auto source dynamic %63s", CONFIG_NAT_TRANSLATE, OBJECTS},
	{"global (%*[^)]) %u", CONFIG_NAT_GLOBAL, NUMBER},
	{"ip nat inside source list %63s", CONFIG_NAT_TRANSLATE, LIST},
};

/* "0" and "0 0" stand for everything. */
static bool read_network(const char *address, const char *mask, struct prefix *out)
{
	struct addr a = addr_v4(0), m = addr_v4(0);
	int len;

	if (strcmp(address, "0") != 0 && addr_parse(&a, address) < 0)
		return false;
	if (strcmp(mask, "0") != 0 && addr_parse(&m, mask) < 0)
		return false;
	len = prefix_len_of_mask(&m);
	*out = prefix_make(&a, (uint8_t)(len < 0 ? 0 : len));
	return len >= 0;
}

/* Static translation of an object into itself is none; of the destination it does not matter. */
static bool read_objects(const char *text, const struct form *form, struct config_nat *out)
{
	char itself[CONFIG_NAME] = "";
	int n;

	if (form->kind == CONFIG_NAT_TRANSLATE)
		return sscanf(text, form->scan, out->src) == 1;
	n = sscanf(text, form->scan, out->src, itself, out->dst);
	return n >= 2 && strcmp(out->src, itself) == 0;
}

static bool read_form(const char *text, const struct form *form, struct config_nat *out)
{
	char address[CONFIG_NAME], mask[CONFIG_NAME];

	out->kind = form->kind;
	switch (form->values) {
	case LIST: return sscanf(text, form->scan, out->acl) == 1;
	case NUMBER_LIST: return sscanf(text, form->scan, &out->id, out->acl) == 2;
	case NETWORK:
		return sscanf(text, form->scan, address, mask) == 2 &&
		       read_network(address, mask, &out->network);
	case NUMBER_NETWORK:
		return sscanf(text, form->scan, &out->id, address, mask) == 3 &&
		       read_network(address, mask, &out->network);
	case OBJECTS: return read_objects(text, form, out);
	case NUMBER: return sscanf(text, form->scan, &out->id) == 1;
	}
	return false;
}

static bool read_line(const char *text, struct config_nat *out)
{
	for (size_t i = 0; i < array_len(forms); i++) {
		*out = (struct config_nat){0};
		if (read_form(text, &forms[i], out))
			return true;
	}
	return false;
}

static int keep(struct config_line *line, const struct config_nat *nat)
{
	struct config *c = line->config;
	struct config_nat *row;
	size_t at = 0;

	while (at < c->n_nats && strcmp(c->nats[at].text, nat->text) != 0)
		at++;
	if (line->no && at < c->n_nats)
		config_line_remove(line, &c->nats, &c->n_nats, sizeof(*nat), at);
	if (line->no || at < c->n_nats)
		return 0;
	row = config_line_insert(line, &c->nats, &c->n_nats, sizeof(*nat), at);
	if (!row)
		return -ENOMEM;
	*row = *nat;
	return 0;
}

/* It stands there, and does nothing. */
static bool is_inactive(const char *text)
{
	const char *last = strrchr(text, ' ');

	return last && strcmp(last, " inactive") == 0;
}

/* What is longer, or unlike all forms, says nothing about tunnels. */
static int apply_nat(struct config_line *line, const char *verb)
{
	char text[sizeof(((struct config_nat *)0)->text)];
	struct config_nat nat;
	int n = snprintf(text, sizeof(text), "%s %s", verb, config_line_text(line, "text"));

	if (n >= (int)sizeof(text) || is_inactive(text) || !read_line(text, &nat))
		return 0;
	memcpy(nat.text, text, sizeof(nat.text));
	return keep(line, &nat);
}

static int apply_flat(struct config_line *line)
{
	return apply_nat(line, "nat");
}

static int apply_global(struct config_line *line)
{
	return apply_nat(line, "global");
}

static int apply_ip_nat(struct config_line *line)
{
	return apply_nat(line, "ip nat");
}

/* `nat (inside,outside) dynamic interface` of an object: what it names is translated. A line that
 * has its own source is of no object: an ASA prints it behind one. */
static int apply_object_nat(struct config_line *line)
{
	struct config_nat nat = {.kind = CONFIG_NAT_TRANSLATE};
	char kind[CONFIG_NAME];

	if (sscanf(config_line_text(line, "text"), "(%*[^)]) %63s", kind) != 1)
		return 0;
	if (strcmp(kind, "source") == 0 || strcmp(kind, "after-auto") == 0)
		return apply_flat(line);
	if (strcmp(kind, "dynamic") != 0)
		return 0;
	snprintf(nat.src, sizeof(nat.src), "%.*s", CONFIG_NAME - 1, line->cursor->object);
	snprintf(nat.text, sizeof(nat.text), "object %s", nat.src);
	return keep(line, &nat);
}

static const struct config_row rows[] = {
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL, "nat <text:rest>", apply_flat, .note = NAT},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL, "global <text:rest>", apply_global, .note = NAT},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL, "ip nat <text:rest>", apply_ip_nat, .note = NAT},
	{CONFIG_MODE_OBJECT, CONFIG_MODE_GLOBAL, "nat <text:rest>", apply_object_nat, .note = NAT},
};

const struct config_rows config_rows_nat = {rows, array_len(rows)};
