/* SPDX-License-Identifier: BSD-3-Clause */
/* The lines of an isakmp policy. Defaults and ranges as IOS (cli-commands.md 2.1). */
#include "lib/config/config_line.h"
#include "lib/config/config_print.h"

/* RFC 2409 appendix A: has oracles (Felsch et al. 2018), and nobody uses it. */
enum {
	AUTH_RSA_ENCR = 4
};

enum {
	LIFETIME_MAX = 86400
};

/* Words of `encryption`; of those of a line the last of these says it. */
static const struct name ciphers[] = {
	{ALG_CIPHER_DES, "des"},	 {ALG_CIPHER_3DES, "3des"},
	{ALG_CIPHER_AES_128, "aes"},	 {ALG_CIPHER_AES_192, "192"},
	{ALG_CIPHER_AES_256, "256"},	 {ALG_CIPHER_AES_192, "aes-192"},
	{ALG_CIPHER_AES_256, "aes-256"},
};

static const struct name hash_names[] = {
	{ALG_HASH_MD5, "md5"},	     {ALG_HASH_SHA1, "sha"},	  {ALG_HASH_SHA256, "sha256"},
	{ALG_HASH_SHA384, "sha384"}, {ALG_HASH_SHA512, "sha512"},
};

static const struct name auth_names[] = {
	{ALG_AUTH_PSK, "pre-share"},
	{ALG_AUTH_RSA_SIG, "rsa-sig"},
	{ALG_AUTH_ECDSA_256, "ecdsa-sig"}, /* and its curve that of our key */
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
	return auth != AUTH_RSA_ENCR
		       ? NULL
		       : "not supported: this policy is never used; type authentication pre-share "
			 "or rsa-sig";
}

static const char *warn_group(uint32_t group)
{
	return group == 1   ? "weak: group 1 (768 bits) can be broken; use group 14 or 19"
	       : group == 2 ? "weak: group 2 (1024 bits) can be broken; use group 14 or 19"
			    : NULL;
}

static int apply_encryption(struct config_line *line)
{
	struct config_isakmp_policy *policy = config_line_object(line->config, line->cursor);
	enum alg_cipher cipher = config_dialect_policy(line->cursor->dialect, 0).cipher;

	if (!policy)
		return config_line_refuse(line, NULL,
					  "isakmp policy %u does not exist any more: type exit",
					  line->cursor->number);
	for (size_t i = 0; !line->no && i < array_len(ciphers); i++)
		if (config_line_arg(line, ciphers[i].name))
			cipher = (enum alg_cipher)ciphers[i].value;
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
	if (policy->cipher == ALG_CIPHER_DES && !p->all)
		return;
	if (cipher->cli_bits)
		config_print_line(p, row->mode, "encryption %s%s%u", cipher->ike_keyword,
				  p->dialect == DIALECT_IOS ? " " : "-", cipher->cli_bits);
	else
		config_print_line(p, row->mode, "encryption %s", cipher->ike_keyword);
}

/* Without end, as an ASA may have it: there is none here that is longer than a day. */
static int apply_endless(struct config_line *line)
{
	struct config_isakmp_policy *policy = config_line_object(line->config, line->cursor);

	if (!policy)
		return config_line_refuse(line, NULL,
					  "isakmp policy %u does not exist any more: type exit",
					  line->cursor->number);
	line->changed = policy->lifetime_s != LIFETIME_MAX;
	policy->lifetime_s = LIFETIME_MAX;
	if (!line->no)
		config_line_warn(line,
				 "a lifetime without end is not offered: %d seconds, the "
				 "longest, is used",
				 LIFETIME_MAX);
	return 0;
}

#define POLICY CONFIG_MODE_ISAKMP_POLICY, CONFIG_MODE_GLOBAL

static const struct config_row rows[] = {
	{POLICY, "encryption / {des|3des|aes [128|192|256]}", apply_encryption, print_encryption},
	{POLICY, "encryption {aes-192|aes-256}", apply_encryption,
	 .dialects = CONFIG_IN_ASA | CONFIG_IN_PIX},
	{POLICY, "hash / {md5|sha|sha256|sha384|sha512}",
	 .field = {CONFIG_FIELD_CHOICE_AT(config_isakmp_policy, hash, hash_names),
		   .initial = ALG_HASH_SHA1, .warn = warn_hash}},
	{POLICY, "authentication / {pre-share|rsa-sig|ecdsa-sig|rsa-encr}",
	 .field = {CONFIG_FIELD_CHOICE_AT(config_isakmp_policy, auth, auth_names),
		   .initial = ALG_AUTH_RSA_SIG, .warn = warn_auth}},
	{POLICY, "group / {1|2|5|14|15|16|19|20|21}",
	 .field = {CONFIG_FIELD_CHOICE_AT(config_isakmp_policy, group, group_names), .initial = 1,
		   .warn = warn_group}},
	{POLICY, "lifetime / <seconds:60-86400>",
	 .field = {CONFIG_FIELD_NUMBER, CONFIG_FIELD_AT(config_isakmp_policy, lifetime_s),
		   .initial = LIFETIME_MAX}},
	{POLICY, "lifetime {0|none}", apply_endless, .dialects = CONFIG_IN_ASA},
};

const struct config_rows config_rows_isakmp_policy = {rows, array_len(rows)};
