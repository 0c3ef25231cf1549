/* SPDX-License-Identifier: BSD-3-Clause */
/* `crypto isakmp ...`: phase 1. Defaults and ranges as IOS (cli-commands.md 2.1). */
#include "lib/config/config_line.h"
#include "lib/config/config_print.h"
#include "lib/crypto/secret.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* RFC 2409 appendix A; the other two need certificates, which do not exist here. */
enum {
	AUTH_RSA_ENCR = 4
};

static const struct name identity_names[] = {
	{CONFIG_IDENTITY_ADDRESS, "address"},
	{CONFIG_IDENTITY_HOSTNAME, "hostname"},
};

static const struct name hash_names[] = {
	{ALG_HASH_MD5, "md5"},	     {ALG_HASH_SHA1, "sha"},	  {ALG_HASH_SHA256, "sha256"},
	{ALG_HASH_SHA384, "sha384"}, {ALG_HASH_SHA512, "sha512"},
};

static const struct name auth_names[] = {
	{ALG_AUTH_PSK, "pre-share"},
	{ALG_AUTH_RSA_SIG, "rsa-sig"},
	{AUTH_RSA_ENCR, "rsa-encr"},
};

static const struct name group_names[] = {
	{1, "1"},   {2, "2"},	{5, "5"},   {14, "14"}, {15, "15"},
	{16, "16"}, {19, "19"}, {20, "20"}, {21, "21"},
};

static const char *warn_hash(uint32_t hash)
{
	return hash == ALG_HASH_MD5 ? "weak: md5 is broken; use sha256 where the peer can" : NULL;
}

static const char *warn_auth(uint32_t auth)
{
	return auth == ALG_AUTH_PSK
		       ? NULL
		       : "not supported: this policy is never used; type authentication pre-share";
}

static const char *warn_group(uint32_t group)
{
	return group == 1   ? "weak: group 1 (768 bits) can be broken; use group 14 or 19"
	       : group == 2 ? "weak: group 2 (1024 bits) can be broken; use group 14 or 19"
			    : NULL;
}

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
		*policy = (struct config_isakmp_policy){
			priority, ALG_CIPHER_DES, ALG_HASH_SHA1, ALG_AUTH_RSA_SIG, 1, 86400};
	}
	config_line_enter(line, "", priority);
	return 0;
}

static void print_policies(struct config_print *p, const struct config_row *row,
			   const struct config *c, const void *object)
{
	(void)object;
	for (size_t i = 0; i < c->n_policies; i++) {
		config_print_line(p, row->mode, "crypto isakmp policy %u", c->policies[i].priority);
		config_print_rows(p, &config_rows_isakmp, row->enters, c, &c->policies[i]);
		config_print_separator(p);
	}
}

static int apply_encryption(struct config_line *line)
{
	struct config_isakmp_policy *policy = config_line_object(line->config, line->cursor);
	enum alg_cipher cipher = ALG_CIPHER_DES;

	if (!policy)
		return config_line_refuse(line, NULL,
					  "isakmp policy %u does not exist any more: type exit",
					  line->cursor->number);
	if (!line->no && config_line_arg(line, "3des"))
		cipher = ALG_CIPHER_3DES;
	else if (!line->no && config_line_arg(line, "aes"))
		cipher = config_line_arg(line, "256")	? ALG_CIPHER_AES_256
			 : config_line_arg(line, "192") ? ALG_CIPHER_AES_192
							: ALG_CIPHER_AES_128;
	line->changed = policy->cipher != cipher;
	policy->cipher = cipher;
	if (!line->no && cipher == ALG_CIPHER_DES)
		config_line_warn(line, "weak: des (56 bits) can be broken; use aes");
	return 0;
}

static void print_encryption(struct config_print *p, const struct config_row *row,
			     const struct config *c, const void *object)
{
	const struct config_isakmp_policy *policy = object;
	const struct alg_cipher_row *cipher = alg_cipher_row(policy->cipher);

	(void)c;
	if (policy->cipher == ALG_CIPHER_DES)
		return;
	if (cipher->cli_bits)
		config_print_line(p, row->mode, "encryption %s %u", cipher->ike_keyword,
				  cipher->cli_bits);
	else
		config_print_line(p, row->mode, "encryption %s", cipher->ike_keyword);
}

static struct config_isakmp_key *find_key(const struct config *c,
					  const struct config_isakmp_key *like)
{
	for (size_t i = 0; i < c->n_keys; i++) {
		struct config_isakmp_key *key = &c->keys[i];

		if (!strcmp(key->hostname, like->hostname) && prefix_eq(&key->peer, &like->peer))
			return key;
	}
	return NULL;
}

/* Room for one key more; the outgrown list is wiped, which a realloc() would not do. */
static struct config_isakmp_key *append_key(struct config *c)
{
	struct config_isakmp_key *keys = calloc(c->n_keys + 1, sizeof(*keys));

	if (!keys)
		return NULL;
	if (c->n_keys) {
		memcpy(keys, c->keys, c->n_keys * sizeof(*keys));
		secret_wipe_bytes(c->keys, c->n_keys * sizeof(*keys));
	}
	free(c->keys);
	c->keys = keys;
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

static int apply_key(struct config_line *line)
{
	struct config *c = line->config;
	struct config_isakmp_key key = key_of(line);
	struct config_isakmp_key *old = find_key(c, &key);
	int ret = line->no ? 0 : check_key(line);

	if (ret)
		goto out;
	if (line->no && old) {
		config_line_remove(line, &c->keys, &c->n_keys, sizeof(*old),
				   (size_t)(old - c->keys));
	} else if (line->no) {
		config_line_note(line, "there is no key for this peer");
	} else if (!old || memcmp(old, &key, sizeof(key)) != 0) {
		old = old ? old : append_key(c);
		if (!old) {
			ret = -ENOMEM;
			goto out;
		}
		*old = key;
		line->changed = true;
	}
out:
	secret_wipe_bytes(&key, sizeof(key));
	return ret;
}

/* The key in clear, or its mask. A key that reads like the encryption type is preceded by one. */
static void print_secret(struct config_print *p, const char *key)
{
	bool clear = p->flags & CONFIG_PRINT_SECRETS;

	if (clear && (!strcmp(key, "0") || !strcmp(key, "6")))
		config_print_text(p, "0 ");
	config_print_text(p, "%s", clear ? key : "********");
}

static void print_keys(struct config_print *p, const struct config_row *row, const struct config *c,
		       const void *object)
{
	char address[ADDR_TEXT], mask[ADDR_TEXT];

	(void)object;
	for (size_t i = 0; i < c->n_keys; i++) {
		const struct config_isakmp_key *key = &c->keys[i];
		struct addr netmask = prefix_mask(&key->peer);

		config_print_begin(p, row->mode);
		config_print_text(p, "crypto isakmp key ");
		print_secret(p, key->key);
		if (key->hostname[0]) {
			config_print_text(p, " hostname %s", key->hostname);
		} else {
			config_print_text(p, " address %s",
					  addr_print(&key->peer.addr, address, sizeof(address)));
			if (key->peer.len != 32)
				config_print_text(p, " %s",
						  addr_print(&netmask, mask, sizeof(mask)));
		}
		if (key->no_xauth)
			config_print_text(p, " no-xauth");
		config_print_end(p);
	}
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
	if (!isakmp->keepalive_s)
		return;
	config_print_begin(p, row->mode);
	config_print_text(p, "crypto isakmp keepalive %u", isakmp->keepalive_s);
	if (isakmp->keepalive_retry_s != 2)
		config_print_text(p, " %u", isakmp->keepalive_retry_s);
	config_print_text(p, "%s", isakmp->keepalive_periodic ? " periodic" : "");
	config_print_end(p);
}

#define GLOBAL CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL
#define POLICY CONFIG_MODE_ISAKMP_POLICY, CONFIG_MODE_GLOBAL
#define CHOICE(type, member, table)                                         \
	CONFIG_FIELD_CHOICE, CONFIG_FIELD_AT(type, member), .names = table, \
							    .n_names = array_len(table)

static const struct config_row rows[] = {
	{GLOBAL, "crypto isakmp enable",
	 .field = {CONFIG_FIELD_FLAG, CONFIG_FIELD_AT(config, isakmp.enabled), .initial = 1}},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_ISAKMP_POLICY, "crypto isakmp policy <priority:1-10000>",
	 apply_policy, print_policies},
	{GLOBAL,
	 "crypto isakmp key [0|6] <secret:key> {address <peer:address> [<mask>] / [no-xauth]"
	 "|hostname <host:hostname> / [no-xauth]}",
	 apply_key, print_keys},
	{GLOBAL, "crypto isakmp identity / {address|hostname}",
	 .field = {CHOICE(config, isakmp.identity, identity_names),
		   .initial = CONFIG_IDENTITY_ADDRESS}},
	{GLOBAL, "crypto isakmp keepalive / <seconds:10-3600> [<retry:2-60>] [periodic|on-demand]",
	 apply_keepalive, print_keepalive},
	{GLOBAL, "crypto isakmp nat keepalive / <seconds:5-3600>",
	 .field = {CONFIG_FIELD_NUMBER, CONFIG_FIELD_AT(config, isakmp.nat_keepalive_s)}},

	{POLICY, "encryption / {des|3des|aes [128|192|256]}", apply_encryption, print_encryption},
	{POLICY, "hash / {md5|sha|sha256|sha384|sha512}",
	 .field = {CHOICE(config_isakmp_policy, hash, hash_names), .initial = ALG_HASH_SHA1,
		   .warn = warn_hash}},
	{POLICY, "authentication / {pre-share|rsa-sig|rsa-encr}",
	 .field = {CHOICE(config_isakmp_policy, auth, auth_names), .initial = ALG_AUTH_RSA_SIG,
		   .warn = warn_auth}},
	{POLICY, "group / {1|2|5|14|15|16|19|20|21}",
	 .field = {CHOICE(config_isakmp_policy, group, group_names), .initial = 1,
		   .warn = warn_group}},
	{POLICY, "lifetime / <seconds:60-86400>",
	 .field = {CONFIG_FIELD_NUMBER, CONFIG_FIELD_AT(config_isakmp_policy, lifetime_s),
		   .initial = 86400}},
};

const struct config_rows config_rows_isakmp = {rows, array_len(rows)};
