/* SPDX-License-Identifier: BSD-3-Clause */
/* `crypto ipsec ...`: phase 2 and the global ESP settings. Ranges as IOS (cli-commands.md 2.2). */
#include "lib/config/config_line.h"
#include "lib/config/config_names.h"
#include "lib/config/config_print.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An ASA and a PIX write the bits of this one behind a hyphen. */
#define ASA_AES "esp-aes-"

/* The word behind `crypto ipsec [ikev1] transform-set NAME`. */
static size_t first_transform(const struct config_line *line)
{
	return (size_t)(config_line_arg(line, "name") - line->args) + 1;
}

static const struct name df_names[] = {
	{CONFIG_DF_COPY, "copy"},
	{CONFIG_DF_SET, "set"},
	{CONFIG_DF_CLEAR, "clear"},
};

static const struct name fragmentation_names[] = {
	{CONFIG_FRAGMENTATION_BEFORE, "before-encryption"},
	{CONFIG_FRAGMENTATION_AFTER, "after-encryption"},
};

static const struct name replay_names[] = {{0, "disable"}};
static const struct name none_names[] = {{CONFIG_LIFETIME_NONE, "disable"}};
static const struct name mode_names[] = {{0, "tunnel"}, {1, "transport"}};

/* The keyword of an argument as text. */
static void keyword_of(const struct config_arg *arg, char *buf, size_t size)
{
	struct config_node node = config_pattern_node(arg->node);

	snprintf(buf, size, "%.*s", (int)node.len, node.text);
}

/* Key bits behind the transform at args[i], 0 when there are none. */
static uint16_t bits_behind(const struct config_line *line, size_t i)
{
	char word[CONFIG_NAME];

	if (i + 1 >= line->n_args)
		return 0;
	keyword_of(&line->args[i + 1], word, sizeof(word));
	return (uint16_t)strtoul(word, NULL, 10);
}

/* Adds one transform to the suite. -EINVAL with a fault when it does not belong there. */
static int add_transform(struct config_line *line, size_t i, struct alg_suite *suite)
{
	const struct config_arg *arg = &line->args[i];
	enum alg_cipher cipher;
	enum alg_hash hash;
	uint16_t bits = bits_behind(line, i);
	char word[CONFIG_NAME];

	keyword_of(arg, word, sizeof(word));
	if (!strncmp(word, ASA_AES, strlen(ASA_AES))) {
		bits = (uint16_t)strtoul(word + strlen(ASA_AES), NULL, 10);
		word[strlen(ASA_AES) - 1] = '\0';
	}
	if (!strncmp(word, "ah-", 3) || !strncmp(word, "comp-", 5))
		return config_line_refuse(line, arg,
					  "not supported: %s; this box speaks ESP without AH and "
					  "without compression: leave it out on both ends",
					  word);
	cipher = alg_cipher_of_keyword(word, bits, true);
	hash = alg_hash_of_keyword(word, true);
	if (cipher != ALG_CIPHER_COUNT && suite->cipher != ALG_CIPHER_NONE)
		return config_line_refuse(line, arg, "%s: a second cipher; a transform set has one",
					  word);
	if (hash != ALG_HASH_COUNT && suite->hash != ALG_HASH_NONE)
		return config_line_refuse(
			line, arg, "%s: a second authentication; a transform set has one", word);
	if (cipher != ALG_CIPHER_COUNT)
		suite->cipher = (uint8_t)cipher;
	if (hash != ALG_HASH_COUNT)
		suite->hash = (uint8_t)hash;
	return 0;
}

static const char *suite_fault(struct alg_suite s)
{
	if (s.cipher == ALG_CIPHER_NONE)
		return "authentication without a cipher: add esp-aes 256, or esp-null for none";
	if (alg_cipher_row((enum alg_cipher)s.cipher)->icv_bytes)
		return "esp-gcm authenticates by itself: leave the hmac out";
	return "esp-null alone protects nothing: add an hmac such as esp-sha256-hmac";
}

static int parse_suite(struct config_line *line, struct alg_suite *suite, bool *esn)
{
	int ret;

	*suite = (struct alg_suite){ALG_CIPHER_NONE, ALG_HASH_NONE};
	*esn = false;
	for (size_t i = first_transform(line); i < line->n_args; i++) {
		char word[CONFIG_NAME];

		if (strspn(line->args[i].node, "0123456789"))
			continue;
		keyword_of(&line->args[i], word, sizeof(word));
		*esn |= strcmp(word, "esn") == 0;
		ret = add_transform(line, i, suite);
		if (ret)
			return ret;
	}
	if (!alg_suite_valid(*suite) && !alg_suite_bare(*suite))
		return config_line_refuse(line, &line->args[first_transform(line)], "%s",
					  suite_fault(*suite));
	if (*esn && alg_suite_bare(*suite))
		return config_line_refuse(line, &line->args[first_transform(line)],
					  "esn needs a replay window and so an hmac: add one such "
					  "as esp-sha256-hmac");
	return 0;
}

static void warn_weak(struct config_line *line, struct alg_suite s)
{
	if (s.cipher == ALG_CIPHER_DES)
		config_line_warn(line,
				 "weak: esp-des (56 bits) can be broken; use esp-aes or esp-gcm");
	if (s.hash == ALG_HASH_MD5)
		config_line_warn(line, "weak: esp-md5-hmac is obsolete; use esp-sha256-hmac");
	if (alg_suite_bare(s))
		config_line_warn(line,
				 "encryption without authentication: whoever is on the way can "
				 "change packets and replay them, unnoticed; add an hmac such "
				 "as esp-sha256-hmac");
	if (s.cipher == ALG_CIPHER_NULL)
		config_line_warn(line, "esp-null does not encrypt: everybody on the way can read");
}

static int remove_set(struct config_line *line, const char *name)
{
	struct config *c = line->config;
	struct config_transform_set *set = config_model_transform_set(c, name);

	if (set)
		config_line_remove(line, &c->transform_sets, &c->n_transform_sets, sizeof(*set),
				   (size_t)(set - c->transform_sets));
	else
		config_line_note(line, "there is no transform set %s", name);
	return 0;
}

static int apply_transform_set(struct config_line *line)
{
	struct config *c = line->config;
	const char *name = config_line_text(line, "name");
	struct config_transform_set *set = config_model_transform_set(c, name);
	struct alg_suite suite;
	bool esn;
	int ret;

	if (line->no)
		return remove_set(line, name);
	ret = parse_suite(line, &suite, &esn);
	if (ret)
		return ret;
	if (!set) {
		set = config_line_insert(line, &c->transform_sets, &c->n_transform_sets,
					 sizeof(*set), c->n_transform_sets);
		if (!set)
			return -ENOMEM;
		config_line_copy(set->name, sizeof(set->name), name);
	}
	line->changed |= set->suite.cipher != suite.cipher || set->suite.hash != suite.hash ||
			 set->esn != esn;
	set->suite = suite;
	set->esn = esn;
	warn_weak(line, suite);
	config_line_enter(line, name, 0);
	return 0;
}

static const char *bits_mark(const struct config_print *p, const struct alg_cipher_row *cipher)
{
	return p->dialect != DIALECT_IOS && !strcmp(cipher->esp_keyword, "esp-aes") ? "-" : " ";
}

static void print_transform_sets(struct config_print *p, const struct config_row *row,
				 const struct config *c, const void *object)
{
	(void)object;
	for (size_t i = 0; i < c->n_transform_sets; i++) {
		const struct config_transform_set *set = &c->transform_sets[i];
		const struct alg_cipher_row *cipher =
			alg_cipher_row((enum alg_cipher)set->suite.cipher);
		const char *hash = alg_hash_row((enum alg_hash)set->suite.hash)->esp_keyword;

		config_print_begin(p, row->mode);
		config_print_text(p, "crypto ipsec %stransform-set %s %s", config_print_ikev1(p, c),
				  set->name, cipher->esp_keyword);
		if (cipher->cli_bits)
			config_print_text(p, "%s%u", bits_mark(p, cipher), cipher->cli_bits);
		if (hash)
			config_print_text(p, " %s", hash);
		if (set->esn)
			config_print_text(p, " esn");
		config_print_end(p);
		if (p->dialect == DIALECT_IOS) {
			config_print_rows(p, &config_rows_ipsec, row->enters, c, set);
			config_print_separator(p);
		} else if (set->transport) {
			config_print_line(p, row->mode,
					  "crypto ipsec %stransform-set %s mode transport",
					  config_print_ikev1(p, c), set->name);
		}
	}
}

static int apply_mode(struct config_line *line)
{
	const struct config_arg *name = config_line_arg(line, "name");
	struct config_transform_set *set =
		config_model_transform_set(line->config, name->value.text);
	bool transport = !line->no && config_line_arg(line, "transport");

	if (!set)
		return config_line_refuse(line, name, "there is no transform set %s",
					  name->value.text);
	line->changed = set->transport != transport;
	set->transport = transport;
	return 0;
}

/* Both of them, or with `no` what the dialect means by saying nothing. */
static int apply_lifetimes(struct config_line *line)
{
	struct config_lifetime *lifetime = &line->config->ipsec.lifetime;
	struct config_lifetime next;
	struct config defaults;

	config_dialect_defaults(&defaults, line->cursor->dialect);
	next.seconds = config_line_number(line, "time", defaults.ipsec.lifetime.seconds);
	next.kilobytes = config_line_number(line, "volume", defaults.ipsec.lifetime.kilobytes);
	config_model_fini(&defaults);
	line->changed = memcmp(&next, lifetime, sizeof(next)) != 0;
	*lifetime = next;
	return 0;
}

#define GLOBAL		     CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL
#define NUMBER(type, member) CONFIG_FIELD_NUMBER, CONFIG_FIELD_AT(type, member)

static const struct config_row rows[] = {
	{GLOBAL, "crypto ipsec nat-transparency udp-encapsulation", .dialects = CONFIG_IN_IOS,
	 .field = {CONFIG_FIELD_FLAG, CONFIG_FIELD_AT(config, isakmp.nat_traversal), .initial = 1}},
	{GLOBAL, "crypto ipsec security-association lifetime seconds / <seconds:120-86400>",
	 .field = {NUMBER(config, ipsec.lifetime.seconds), .initial = 3600}},
	{GLOBAL,
	 "crypto ipsec security-association lifetime kilobytes / <kilobytes:2560-536870912>",
	 .field = {NUMBER(config, ipsec.lifetime.kilobytes), .initial = 4608000,
		   .names = none_names, .n_names = array_len(none_names)}},
	{GLOBAL, "crypto ipsec security-association lifetime kilobytes {disable}",
	 .field = {CONFIG_FIELD_CHOICE_AT(config, ipsec.lifetime.kilobytes, none_names),
		   .initial = 4608000}},
	{GLOBAL,
	 "crypto ipsec security-association lifetime seconds <time:120-86400> kilobytes "
	 "<volume:2560-536870912>",
	 apply_lifetimes, .plain = true, .dialects = CONFIG_IN_ASA | CONFIG_IN_PIX},
	{GLOBAL, "crypto ipsec security-association lifetime", apply_lifetimes, .only_no = true},
	{GLOBAL, "crypto ipsec security-association idle-time / <seconds:60-86400>",
	 .field = {NUMBER(config, ipsec.idle_s)}},
	{GLOBAL,
	 "crypto ipsec security-association replay window-size / "
	 "{64|128|256|512|1024|2048|4096|8192|16384|32768|65536}",
	 .field = {CONFIG_FIELD_CHOICE_AT(config, ipsec.replay_window, config_names_windows),
		   .initial = 64}},
	{GLOBAL, "crypto ipsec security-association replay {disable}",
	 .field = {CONFIG_FIELD_CHOICE_AT(config, ipsec.replay_window, replay_names),
		   .initial = 64}},
	{GLOBAL, "crypto ipsec df-bit / {copy|set|clear}",
	 .field = {CONFIG_FIELD_CHOICE_AT(config, ipsec.df_bit, df_names),
		   .initial = CONFIG_DF_COPY}},
	{GLOBAL, "crypto ipsec fragmentation / {before-encryption|after-encryption}",
	 .field = {CONFIG_FIELD_CHOICE_AT(config, ipsec.fragmentation, fragmentation_names),
		   .initial = CONFIG_FRAGMENTATION_BEFORE}},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_TRANSFORM_SET,
	 "crypto ipsec [ikev1] transform-set <name:transform-set> / "
	 "{esp-des|esp-3des|esp-aes [128|192|256]|esp-aes-192|esp-aes-256|esp-gcm "
	 "[128|192|256]|esp-null|esp-md5-hmac"
	 "|esp-sha-hmac|esp-sha256-hmac|esp-sha384-hmac|esp-sha512-hmac|ah-md5-hmac|ah-sha-hmac"
	 "|ah-sha256-hmac|comp-lzs|esn}+",
	 apply_transform_set, print_transform_sets},
	{GLOBAL,
	 "crypto ipsec [ikev1] transform-set <name:transform-set> mode / {tunnel|transport}",
	 apply_mode, .dialects = CONFIG_IN_ASA | CONFIG_IN_PIX},
	{CONFIG_MODE_TRANSFORM_SET, CONFIG_MODE_GLOBAL, "mode / {tunnel|transport}",
	 .field = {CONFIG_FIELD_CHOICE_AT(config_transform_set, transport, mode_names)}},
};

const struct config_rows config_rows_ipsec = {rows, array_len(rows)};
