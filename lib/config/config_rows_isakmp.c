/* SPDX-License-Identifier: BSD-3-Clause */
/* `crypto isakmp ...`: phase 1. Defaults and ranges as IOS (cli-commands.md 2.1). */
#include "lib/config/config_rows_isakmp.h"

#include "lib/config/config_line.h"
#include "lib/config/config_print.h"
#include "lib/config/config_tunnel_group.h"
#include "lib/crypto/secret.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct name identity_names[] = {
	{CONFIG_IDENTITY_ADDRESS, "address"}, {CONFIG_IDENTITY_HOSTNAME, "hostname"},
	{CONFIG_IDENTITY_KEY_ID, "key-id"},   {CONFIG_IDENTITY_DN, "dn"},
	{CONFIG_IDENTITY_DN, "auto"}, /* with a certificate its name, else the address */
};

static int remove_policy(struct config_line *line, uint16_t priority)
{
	struct config *c = line->config;
	struct config_isakmp_policy *policy = config_model_policy(c, priority);

	if (policy)
		config_line_remove(line, &c->policies, &c->n_policies, sizeof(*policy),
				   (size_t)(policy - c->policies));
	else
		config_line_note(line, "there is no isakmp policy %u", priority);
	return 0;
}

static int apply_policy(struct config_line *line)
{
	struct config *c = line->config;
	uint16_t priority = (uint16_t)config_line_number(line, "priority", 0);
	struct config_isakmp_policy *policy;
	size_t at = 0;

	if (line->no)
		return remove_policy(line, priority);
	while (at < c->n_policies && c->policies[at].priority < priority)
		at++;
	if (at == c->n_policies || c->policies[at].priority != priority) {
		policy =
			config_line_insert(line, &c->policies, &c->n_policies, sizeof(*policy), at);
		if (!policy)
			return -ENOMEM;
		*policy = config_dialect_policy(line->cursor->dialect, priority);
	}
	config_line_enter(line, "", priority);
	return 0;
}

/* `isakmp policy 10 hash sha`: the policy, for the line behind it. */
static int apply_flat_policy(struct config_line *line)
{
	uint16_t priority = (uint16_t)config_line_number(line, "priority", 0);

	if (!line->no)
		return apply_policy(line);
	if (config_model_policy(line->config, priority))
		config_line_enter(line, "", priority);
	else
		config_line_note(line, "there is no isakmp policy %u", priority);
	return 0;
}

static void drop_policy(struct config_line *line)
{
	remove_policy(line, (uint16_t)line->cursor->number);
}

/* ASA and PIX say every item of a policy. */
static void print_flat_policy(struct config_print *p, const struct config *c,
			      const struct config_isakmp_policy *policy)
{
	char flat[64];

	snprintf(flat, sizeof(flat), "isakmp policy %u ", policy->priority);
	p->all = true;
	p->flat = p->dialect == DIALECT_PIX ? flat : NULL;
	if (!p->flat)
		config_print_line(p, CONFIG_MODE_GLOBAL, "crypto %s policy %u",
				  c->ikev1_words ? "ikev1" : "isakmp", policy->priority);
	config_print_rows(p, &config_rows_isakmp_policy, CONFIG_MODE_ISAKMP_POLICY, c, policy);
	p->flat = NULL;
	p->all = false;
}

static void print_policies(struct config_print *p, const struct config_row *row,
			   const struct config *c, const void *object)
{
	(void)object;
	for (size_t i = 0; i < c->n_policies; i++) {
		if (p->dialect != DIALECT_IOS) {
			print_flat_policy(p, c, &c->policies[i]);
			continue;
		}
		config_print_line(p, row->mode, "crypto isakmp policy %u", c->policies[i].priority);
		config_print_rows(p, &config_rows_isakmp_policy, row->enters, c, &c->policies[i]);
		config_print_separator(p);
	}
}

/* The first word of a line of IKE, which a PIX has not. */
static const char *crypto(const struct config_print *p)
{
	return p->dialect == DIALECT_PIX ? "" : "crypto ";
}

static uint64_t hash_key(const void *row)
{
	const struct config_isakmp_key *key = row;
	uint64_t h = config_index_hash(CONFIG_INDEX_SEED, &key->peer, sizeof(key->peer));

	return config_index_hash(h, key->hostname, strlen(key->hostname));
}

static bool same_peer(const void *a, const void *b)
{
	const struct config_isakmp_key *x = a, *y = b;

	return !strcmp(x->hostname, y->hostname) && prefix_eq(&x->peer, &y->peer);
}

static struct config_isakmp_key *find_key(struct config *c, const struct config_isakmp_key *like)
{
	const struct config_index_rows rows = {.rows = c->keys,
					       .n = c->n_keys,
					       .row_bytes = sizeof(*c->keys),
					       .hash = hash_key,
					       .eq = same_peer};
	size_t i = config_index_find(&c->keys_index, &rows, like);

	return i < c->n_keys ? &c->keys[i] : NULL;
}

/* Room for one key more; the outgrown list is wiped, which a realloc() would not do. */
static struct config_isakmp_key *append_key(struct config *c)
{
	size_t room = c->n_keys ? c->n_keys * 2 : 4;
	struct config_isakmp_key *keys;

	if (c->keys && c->n_keys < c->keys_room)
		return &c->keys[c->n_keys++];
	keys = calloc(room, sizeof(*keys));
	if (!keys)
		return NULL;
	if (c->n_keys) {
		memcpy(keys, c->keys, c->n_keys * sizeof(*keys));
		secret_wipe_bytes(c->keys, c->n_keys * sizeof(*keys));
	}
	free(c->keys);
	c->keys = keys;
	c->keys_room = room;
	return &keys[c->n_keys++];
}

static int check_key(struct config_line *line)
{
	const struct config_arg *secret = config_line_arg(line, "secret");

	if (config_line_arg(line, "6"))
		return config_line_refuse(line, secret,
					  "encrypted keys are not supported here: type the key in "
					  "clear, crypto isakmp key KEY address A");
	if (strspn(secret->value.text, "*") == strlen(secret->value.text))
		return config_line_refuse(line, secret,
					  "a masked key cannot be read back: type the key itself");
	return 0;
}

/* The key and its peer as the line says. */
static struct config_isakmp_key key_of(const struct config_line *line)
{
	const struct config_arg *address = config_line_arg(line, "peer");
	struct config_isakmp_key key = {0};

	memcpy(key.key, config_line_arg(line, "secret")->value.text, sizeof(key.key));
	config_line_copy(key.hostname, sizeof(key.hostname), config_line_text(line, "host"));
	if (address)
		key.peer = prefix_make(&address->value.addr,
				       (uint8_t)config_line_number(line, "mask", 32));
	key.no_xauth = config_line_arg(line, "no-xauth") != NULL;
	return key;
}

int config_rows_isakmp_set_key(struct config_line *line, const struct config_isakmp_key *key)
{
	struct config *c = line->config;
	struct config_isakmp_key *old = find_key(c, key);

	if (line->no && old) {
		config_index_reset(&c->keys_index);
		config_line_remove(line, &c->keys, &c->n_keys, sizeof(*old),
				   (size_t)(old - c->keys));
	} else if (!line->no && (!old || memcmp(old, key, sizeof(*key)) != 0)) {
		old = old ? old : append_key(c);
		if (!old)
			return -ENOMEM;
		*old = *key;
		line->changed = true;
	}
	return 0;
}

const struct config_isakmp_key *config_rows_isakmp_find_key(struct config *c,
							    const struct config_isakmp_key *like)
{
	return find_key(c, like);
}

static int apply_key(struct config_line *line)
{
	struct config_isakmp_key key = key_of(line);
	int ret = line->no ? 0 : check_key(line);

	if (line->no && !find_key(line->config, &key))
		config_line_note(line, "there is no key for this peer");
	if (!ret)
		ret = config_rows_isakmp_set_key(line, &key);
	secret_wipe_bytes(&key, sizeof(key));
	return ret;
}

static void print_keys(struct config_print *p, const struct config_row *row, const struct config *c,
		       const void *object)
{
	char address[ADDR_TEXT], mask[ADDR_TEXT];

	(void)object;
	for (size_t i = 0; i < c->n_keys; i++) {
		const struct config_isakmp_key *key = &c->keys[i];
		struct addr netmask = prefix_mask(&key->peer);

		const char *first = key->hostname[0] ? "crypto " : crypto(p);

		if (p->dialect == DIALECT_ASA && config_tunnel_group_has_key(c, key))
			continue;
		config_print_begin(p, row->mode);
		config_print_text(p, "%sisakmp key ", first);
		config_print_secret(p, key->key);
		if (key->hostname[0]) {
			config_print_text(p, " hostname %s", key->hostname);
		} else {
			config_print_text(p, " address %s",
					  addr_print(&key->peer.addr, address, sizeof(address)));
			if (key->peer.len != 32 || p->dialect == DIALECT_PIX)
				config_print_text(p, "%s %s",
						  p->dialect == DIALECT_PIX ? " netmask" : "",
						  addr_print(&netmask, mask, sizeof(mask)));
		}
		if (key->no_xauth)
			config_print_text(p, " no-xauth");
		config_print_end(p);
	}
}

static int apply_identity(struct config_line *line)
{
	struct config_isakmp *isakmp = &line->config->isakmp;
	enum config_identity identity = config_dialect_identity(line->cursor->dialect);
	const char *id = "";

	for (size_t i = 0; !line->no && i < array_len(identity_names); i++)
		if (config_line_arg(line, identity_names[i].name))
			identity = (enum config_identity)identity_names[i].value;
	if (identity == CONFIG_IDENTITY_KEY_ID)
		id = config_line_text(line, "id");
	if (strlen(id) >= sizeof(isakmp->key_id))
		return config_line_refuse(line, config_line_arg(line, "id"),
					  "a key-id has %zu characters at most",
					  sizeof(isakmp->key_id) - 1);
	line->changed |= isakmp->identity != identity;
	isakmp->identity = identity;
	config_line_set_text(line, isakmp->key_id, sizeof(isakmp->key_id), id);
	return 0;
}

static void print_identity(struct config_print *p, const struct config_row *row,
			   const struct config *c, const void *object)
{
	const struct config_isakmp *isakmp = &c->isakmp;

	(void)object;
	if (isakmp->identity == p->defaults->isakmp.identity)
		return;
	config_print_begin(p, row->mode);
	config_print_text(
		p, "%sisakmp identity %s", crypto(p),
		isakmp->identity == CONFIG_IDENTITY_DN && p->dialect != DIALECT_IOS
			? "auto"
			: names_find(identity_names, array_len(identity_names), isakmp->identity));
	if (isakmp->key_id[0])
		config_print_text(p, " %s", isakmp->key_id);
	config_print_end(p);
}

static int apply_keepalive(struct config_line *line)
{
	struct config_isakmp *isakmp = &line->config->isakmp;
	struct config_isakmp old = *isakmp;

	isakmp->keepalive_s = line->no ? 0 : config_line_number(line, "seconds", 0);
	isakmp->keepalive_retry_s = line->no ? 2 : config_line_number(line, "retry", 2);
	isakmp->keepalive_periodic = !line->no && config_line_arg(line, "periodic");
	line->changed = old.keepalive_s != isakmp->keepalive_s ||
			old.keepalive_retry_s != isakmp->keepalive_retry_s ||
			old.keepalive_periodic != isakmp->keepalive_periodic;
	return 0;
}

static void print_keepalive(struct config_print *p, const struct config_row *row,
			    const struct config *c, const void *object)
{
	const struct config_isakmp *isakmp = &c->isakmp;

	(void)object;
	if (isakmp->keepalive_s == p->defaults->isakmp.keepalive_s &&
	    isakmp->keepalive_retry_s == p->defaults->isakmp.keepalive_retry_s &&
	    isakmp->keepalive_periodic == p->defaults->isakmp.keepalive_periodic)
		return;
	config_print_begin(p, row->mode);
	if (isakmp->keepalive_s)
		config_print_text(p, "crypto isakmp keepalive %u", isakmp->keepalive_s);
	else
		config_print_text(p, "no crypto isakmp keepalive");
	if (isakmp->keepalive_retry_s != 2)
		config_print_text(p, " %u", isakmp->keepalive_retry_s);
	config_print_text(p, "%s", isakmp->keepalive_periodic ? " periodic" : "");
	config_print_end(p);
}

/* NAT traversal and the seconds of its keepalive in one line. */
static int apply_nat_traversal(struct config_line *line)
{
	struct config_isakmp *isakmp = &line->config->isakmp;
	uint32_t seconds = config_line_number(line, "seconds", isakmp->nat_keepalive_s);

	line->changed = isakmp->nat_traversal == line->no || isakmp->nat_keepalive_s != seconds;
	isakmp->nat_traversal = !line->no;
	isakmp->nat_keepalive_s = seconds;
	return 0;
}

static void print_nat_traversal(struct config_print *p, const struct config_row *row,
				const struct config *c, const void *object)
{
	(void)object;
	if (c->isakmp.nat_traversal != p->defaults->isakmp.nat_traversal)
		config_print_line(p, row->mode, "%s%sisakmp nat-traversal",
				  c->isakmp.nat_traversal ? "" : "no ", crypto(p));
}

static int apply_am_disable(struct config_line *line)
{
	struct config_isakmp *isakmp = &line->config->isakmp;

	line->changed = isakmp->aggressive_disabled == line->no;
	isakmp->aggressive_disabled = !line->no;
	return 0;
}

static void print_am_disable(struct config_print *p, const struct config_row *row,
			     const struct config *c, const void *object)
{
	(void)object;
	if (c->isakmp.aggressive_disabled)
		config_print_line(p, row->mode, "crypto %s am-disable",
				  c->ikev1_words ? "ikev1" : "isakmp");
}

/* `crypto isakmp enable` of IOS is about all interfaces, whatever was said of one. */
static int apply_enable(struct config_line *line)
{
	struct config *c = line->config;

	line->changed = c->isakmp.enabled == line->no;
	c->isakmp.enabled = !line->no;
	for (size_t i = 0; i < c->n_interfaces; i++)
		if (c->interfaces[i].isakmp != CONFIG_ISAKMP_DEFAULT) {
			c->interfaces[i].isakmp = CONFIG_ISAKMP_DEFAULT;
			line->changed = true;
		}
	return 0;
}

#define GLOBAL CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL
#define POLICY CONFIG_MODE_GLOBAL, CONFIG_MODE_ISAKMP_POLICY
#define ASA    .dialects = CONFIG_IN_ASA
#define PIX    .dialects = CONFIG_IN_PIX
#define FLAT   .dialects = CONFIG_IN_ASA | CONFIG_IN_PIX

static const struct config_row rows[] = {
	{GLOBAL, "crypto isakmp enable", apply_enable,
	 .field = {CONFIG_FIELD_FLAG, CONFIG_FIELD_AT(config, isakmp.enabled), .initial = 1}},
	{POLICY, "crypto isakmp policy <priority:1-10000>", apply_policy, print_policies},
	{POLICY, "crypto ikev1 policy <priority:1-10000>", apply_policy, ASA},
	{POLICY, "isakmp policy <priority:1-10000>", apply_policy, PIX},
	{POLICY, "crypto {isakmp|ikev1} policy <priority:1-10000> @", apply_flat_policy, FLAT,
	 .drop = drop_policy},
	{POLICY, "isakmp policy <priority:1-10000> @", apply_flat_policy, PIX, .drop = drop_policy},
	{GLOBAL,
	 "isakmp key [0|6] <secret:key> address <peer:address> [netmask <mask>] / [no-xauth] "
	 "[no-config-mode]",
	 apply_key, PIX},
	{GLOBAL, "isakmp identity / {address|hostname|auto|key-id <id:argument>}", apply_identity,
	 PIX},
	{GLOBAL, "isakmp keepalive / <seconds:10-3600> [<retry:2-60>]", apply_keepalive, PIX},
	{GLOBAL, "crypto isakmp nat-traversal / [<seconds:10-3600>]", apply_nat_traversal,
	 print_nat_traversal, FLAT},
	{GLOBAL, "isakmp nat-traversal / [<seconds:10-3600>]", apply_nat_traversal, PIX},
	{GLOBAL,
	 "crypto isakmp key [0|6] <secret:key> {address <peer:address> [<mask>] / [no-xauth]"
	 "|hostname <host:hostname> / [no-xauth]}",
	 apply_key, print_keys},
	{GLOBAL, "crypto isakmp identity / {address|hostname|dn|auto|key-id <id:argument>}",
	 apply_identity, print_identity},
	{GLOBAL, "crypto isakmp aggressive-mode disable",
	 .field = {CONFIG_FIELD_FLAG, CONFIG_FIELD_AT(config, isakmp.aggressive_disabled)},
	 .dialects = CONFIG_IN_IOS | CONFIG_IN_PIX},
	{GLOBAL, "crypto {isakmp|ikev1} am-disable", apply_am_disable, print_am_disable, ASA},
	{GLOBAL, "isakmp am-disable", apply_am_disable, PIX},
	{GLOBAL, "crypto isakmp keepalive / <seconds:10-3600> [<retry:2-60>] [periodic|on-demand]",
	 apply_keepalive, print_keepalive},
	{GLOBAL, "crypto isakmp nat keepalive / <seconds:5-3600>",
	 .field = {CONFIG_FIELD_NUMBER, CONFIG_FIELD_AT(config, isakmp.nat_keepalive_s)}},
	{GLOBAL, "crypto isakmp invalid-spi-recovery",
	 .field = {CONFIG_FIELD_FLAG, CONFIG_FIELD_AT(config, isakmp.invalid_spi_recovery)}},
	{GLOBAL, "crypto isakmp fragmentation",
	 .field = {CONFIG_FIELD_FLAG, CONFIG_FIELD_AT(config, isakmp.fragmentation), .initial = 1}},
};

const struct config_rows config_rows_isakmp = {rows, array_len(rows)};
