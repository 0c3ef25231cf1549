/* SPDX-License-Identifier: BSD-3-Clause */
/* Who may be a peer: `crypto isakmp profile`, `crypto identity`, `crypto pki certificate map`. */
#include "lib/config/config_field.h"
#include "lib/config/config_line.h"
#include "lib/config/config_print.h"
#include "lib/crypto/pki_cert.h"
#include "lib/net/ip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct name field_names[] = {{CONFIG_CERT_SUBJECT, "subject-name"},
					  {CONFIG_CERT_ISSUER, "issuer-name"},
					  {CONFIG_CERT_ALT_SUBJECT, "alt-subject-name"}};

static const struct name op_names[] = {{CONFIG_CERT_EQ, "eq"},
				       {CONFIG_CERT_NE, "ne"},
				       {CONFIG_CERT_CO, "co"},
				       {CONFIG_CERT_NC, "nc"}};

static const struct name who_names[] = {
	{CONFIG_WHO_HOST, "host"},   {CONFIG_WHO_DOMAIN, "host domain"},
	{CONFIG_WHO_USER, "user"},   {CONFIG_WHO_USER_DOMAIN, "user domain"},
	{CONFIG_WHO_GROUP, "group"},
};

/* What all three have: an object by name that its line makes and `no` takes away. */
static int find_or_make(struct config_line *line, void *list, size_t *n, size_t row_bytes,
			const void *row, const char *what)
{
	const char *name = config_line_text(line, "name");
	char *rows, *made;

	memcpy(&rows, list, sizeof(rows));
	if (line->no && row)
		config_line_remove(line, list, n, row_bytes,
				   (size_t)((const char *)row - rows) / row_bytes);
	else if (line->no)
		config_line_note(line, "there is no %s %s", what, name);
	if (line->no)
		return 0;
	if (!row) {
		made = config_line_insert(line, list, n, row_bytes, *n);
		if (!made)
			return -ENOMEM;
		/* all of them begin with their name */
		config_line_copy(made, CONFIG_PROFILE_NAME, name);
	}
	config_line_enter(line, name, 0);
	return 0;
}

static int apply_profile(struct config_line *line)
{
	struct config *c = line->config;

	return find_or_make(line, &c->profiles, &c->n_profiles, sizeof(*c->profiles),
			    config_profile_find(c, config_line_text(line, "name")),
			    "isakmp profile");
}

static int apply_crypto_identity(struct config_line *line)
{
	struct config *c = line->config;

	return find_or_make(line, &c->identities, &c->n_identities, sizeof(*c->identities),
			    config_profile_identity(c, config_line_text(line, "name")),
			    "crypto identity");
}

static int apply_cert_map(struct config_line *line)
{
	struct config *c = line->config;
	const char *name = config_line_text(line, "name");
	uint16_t sequence = (uint16_t)config_line_number(line, "sequence", 0);
	struct config_cert_map *map = config_profile_cert_map(c, name, sequence);
	size_t at = 0;

	if (line->no && map)
		config_line_remove(line, &c->cert_maps, &c->n_cert_maps, sizeof(*map),
				   (size_t)(map - c->cert_maps));
	else if (line->no)
		config_line_note(line, "there is no certificate map %s %u", name, sequence);
	if (line->no)
		return 0;
	if (!map) {
		while (at < c->n_cert_maps && (strcmp(c->cert_maps[at].name, name) != 0 ||
					       c->cert_maps[at].sequence < sequence))
			at++;
		map = config_line_insert(line, &c->cert_maps, &c->n_cert_maps, sizeof(*map), at);
		if (!map)
			return -ENOMEM;
		config_line_copy(map->name, sizeof(map->name), name);
		map->sequence = sequence;
	}
	config_line_enter(line, name, sequence);
	return 0;
}

/* The object of the cursor; NULL after a fault. */
static void *object_at(struct config_line *line)
{
	void *object = config_line_object(line->config, line->cursor);

	if (!object)
		(void)config_line_refuse(line, NULL, "%s does not exist any more: type exit",
					 line->cursor->object);
	return object;
}

static bool who_eq(const struct config_who *a, const struct config_who *b)
{
	return a->kind == b->kind && prefix_eq(&a->net, &b->net) && !strcmp(a->text, b->text);
}

/* Adds one to the list of a profile or an identity, or takes it out. */
static int change_who(struct config_line *line, struct config_who *rows, size_t *n,
		      const struct config_who *who)
{
	size_t at = 0;

	while (at < *n && !who_eq(&rows[at], who))
		at++;
	if (line->no && at < *n) {
		memmove(&rows[at], &rows[at + 1], (*n - at - 1) * sizeof(*rows));
		memset(&rows[--*n], 0, sizeof(*rows));
		line->changed = true;
	}
	if (line->no || at < *n)
		return 0;
	if (*n == CONFIG_PROFILE_MATCHES)
		return config_line_refuse(line, NULL, "there may be %d such lines",
					  CONFIG_PROFILE_MATCHES);
	rows[(*n)++] = *who;
	line->changed = true;
	return 0;
}

static int match_text(struct config_line *line, uint8_t kind, const char *arg)
{
	struct config_profile *p = object_at(line);
	struct config_who who = {.kind = kind};
	const char *text = config_line_text(line, arg);

	if (!p)
		return -EINVAL;
	if (strlen(text) >= sizeof(who.text))
		return config_line_refuse(line, config_line_arg(line, arg),
					  "a name has %zu characters at most",
					  sizeof(who.text) - 1);
	config_line_copy(who.text, sizeof(who.text), text);
	return change_who(line, p->matches, &p->n_matches, &who);
}

static int apply_match_address(struct config_line *line)
{
	struct config_profile *p = object_at(line);
	const struct config_arg *address = config_line_arg(line, "peer");
	struct config_who who = {.kind = CONFIG_WHO_ADDRESS};

	if (!p)
		return -EINVAL;
	who.net = prefix_make(&address->value.addr, (uint8_t)config_line_number(line, "mask", 32));
	if (!line->no && who.net.len == 0)
		config_line_warn(line,
				 "whoever has a certificate of the CA may be the peer of an entry "
				 "with this profile: name an address, or match certificate");
	return change_who(line, p->matches, &p->n_matches, &who);
}

static int apply_match_host(struct config_line *line)
{
	return match_text(line, CONFIG_WHO_HOST, "hostname");
}

static int apply_match_domain(struct config_line *line)
{
	return match_text(line, CONFIG_WHO_DOMAIN, "suffix");
}

static int apply_match_user(struct config_line *line)
{
	return match_text(line, CONFIG_WHO_USER, "username");
}

static int apply_match_user_domain(struct config_line *line)
{
	return match_text(line, CONFIG_WHO_USER_DOMAIN, "suffix");
}

static int apply_match_group(struct config_line *line)
{
	return match_text(line, CONFIG_WHO_GROUP, "groupname");
}

static int apply_match_certificate(struct config_line *line)
{
	const char *name = config_line_text(line, "certmap");

	if (!line->no && config_line_typed(line) &&
	    !config_profile_has_cert_map(line->config, name))
		config_line_note(line, "certificate map %s does not exist yet", name);
	return match_text(line, CONFIG_WHO_CERTIFICATE, "certmap");
}

static int apply_self(struct config_line *line)
{
	struct config_profile *p = object_at(line);
	uint8_t self = CONFIG_SELF_DEFAULT;

	if (!p)
		return -EINVAL;
	if (!line->no)
		self = config_line_arg(line, "address")	    ? CONFIG_SELF_ADDRESS
		       : config_line_arg(line, "user-fqdn") ? CONFIG_SELF_USER_FQDN
							    : CONFIG_SELF_FQDN;
	if (strlen(config_line_text(line, "id")) >= sizeof(p->self_text))
		return config_line_refuse(line, config_line_arg(line, "id"),
					  "a name has %zu characters at most",
					  sizeof(p->self_text) - 1);
	line->changed |= p->self != self;
	p->self = self;
	config_line_set_text(line, p->self_text, sizeof(p->self_text),
			     line->no ? "" : config_line_text(line, "id"));
	return 0;
}

static int apply_trustpoint(struct config_line *line)
{
	struct config_profile *p = object_at(line);
	const char *name = config_line_text(line, "trustpoint");
	size_t at = 0;

	if (!p)
		return -EINVAL;
	while (at < p->n_trustpoints && strcmp(p->trustpoints[at], name) != 0)
		at++;
	if (line->no && at < p->n_trustpoints) {
		memmove(p->trustpoints[at], p->trustpoints[at + 1],
			(p->n_trustpoints - at - 1) * sizeof(p->trustpoints[0]));
		memset(p->trustpoints[--p->n_trustpoints], 0, sizeof(p->trustpoints[0]));
		line->changed = true;
	}
	if (line->no || at < p->n_trustpoints)
		return 0;
	if (at == CONFIG_PROFILE_TRUSTPOINTS)
		return config_line_refuse(line, NULL, "a profile has at most %d trustpoints",
					  CONFIG_PROFILE_TRUSTPOINTS);
	config_line_copy(p->trustpoints[p->n_trustpoints++], sizeof(p->trustpoints[0]), name);
	line->changed = true;
	return 0;
}

static int apply_keepalive(struct config_line *line)
{
	struct config_profile *p = object_at(line);
	uint32_t seconds = line->no ? 0 : config_line_number(line, "seconds", 0);
	uint32_t retry = line->no ? 0 : config_line_number(line, "pause", 0);
	bool off = !line->no && config_line_arg(line, "disable");

	if (!p)
		return -EINVAL;
	line->changed = p->keepalive_s != seconds || p->keepalive_retry_s != retry ||
			p->keepalive_off != off;
	p->keepalive_off = off;
	p->keepalive_s = seconds;
	p->keepalive_retry_s = retry;
	return 0;
}

static int apply_local(struct config_line *line)
{
	struct config_profile *p = object_at(line);
	struct addr local = {0};

	if (!p)
		return -EINVAL;
	if (!line->no)
		local = config_line_arg(line, "local")->value.addr;
	line->changed = !addr_eq(&local, &p->local);
	p->local = local;
	return 0;
}

static int apply_dn(struct config_line *line)
{
	struct config_crypto_identity *identity = object_at(line);
	struct config_who who = {.kind = CONFIG_WHO_DN};
	const struct config_arg *arg = config_line_arg(line, "dn-text");
	size_t len;
	uint8_t *der;

	if (!identity)
		return -EINVAL;
	der = pki_cert_name_of_text(arg->value.text, &len);
	if (!der || strlen(arg->value.text) >= sizeof(who.text)) {
		free(der);
		return config_line_refuse(line, arg,
					  "a whole name such as cn=gw.example.com, o=Example is "
					  "needed");
	}
	free(der);
	config_line_copy(who.text, sizeof(who.text), arg->value.text);
	return change_who(line, identity->matches, &identity->n_matches, &who);
}

static int apply_fqdn(struct config_line *line)
{
	struct config_crypto_identity *identity = object_at(line);
	struct config_who who = {.kind = CONFIG_WHO_HOST};

	if (!identity)
		return -EINVAL;
	config_line_copy(who.text, sizeof(who.text), config_line_text(line, "host"));
	return change_who(line, identity->matches, &identity->n_matches, &who);
}

static uint32_t word_of(const struct config_line *line, const struct name *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (config_line_arg(line, names[i].name))
			return names[i].value;
	return 0;
}

static int apply_rule(struct config_line *line)
{
	struct config_cert_map *map = object_at(line);
	const struct config_arg *arg = config_line_arg(line, "pattern");
	struct config_cert_rule rule = {
		.field = (uint8_t)word_of(line, field_names, array_len(field_names)),
		.op = (uint8_t)word_of(line, op_names, array_len(op_names)),
	};
	size_t at = 0;

	if (!map)
		return -EINVAL;
	if (strlen(arg->value.text) >= sizeof(rule.text))
		return config_line_refuse(line, arg, "a text has %zu characters at most",
					  sizeof(rule.text) - 1);
	config_line_copy(rule.text, sizeof(rule.text), arg->value.text);
	while (at < map->n_rules && memcmp(&map->rules[at], &rule, sizeof(rule)) != 0)
		at++;
	if (line->no && at < map->n_rules) {
		memmove(&map->rules[at], &map->rules[at + 1],
			(map->n_rules - at - 1) * sizeof(rule));
		memset(&map->rules[--map->n_rules], 0, sizeof(rule));
		line->changed = true;
	}
	if (line->no || at < map->n_rules)
		return 0;
	if (at == CONFIG_CERT_RULES)
		return config_line_refuse(line, NULL, "there may be %d such lines",
					  CONFIG_CERT_RULES);
	map->rules[map->n_rules++] = rule;
	line->changed = true;
	return 0;
}

static void print_self(struct config_print *p, enum config_mode mode,
		       const struct config_profile *profile)
{
	static const char *const words[] = {
		[CONFIG_SELF_ADDRESS] = "address",
		[CONFIG_SELF_FQDN] = "fqdn",
		[CONFIG_SELF_USER_FQDN] = "user-fqdn",
	};

	if (profile->self)
		config_print_line(p, mode, "self-identity %s%s%s", words[profile->self],
				  profile->self_text[0] ? " " : "", profile->self_text);
}

static void print_match(struct config_print *p, enum config_mode mode, const struct config_who *who)
{
	struct addr mask = prefix_mask(&who->net);
	char address[ADDR_TEXT], text[ADDR_TEXT];

	if (who->kind == CONFIG_WHO_CERTIFICATE)
		config_print_line(p, mode, "match certificate %s", who->text);
	else if (who->kind != CONFIG_WHO_ADDRESS)
		config_print_line(p, mode, "match identity %s %s",
				  names_find(who_names, array_len(who_names), who->kind),
				  who->text);
	else if (who->net.len == 32)
		config_print_line(p, mode, "match identity address %s",
				  addr_print(&who->net.addr, address, sizeof(address)));
	else
		config_print_line(p, mode, "match identity address %s %s",
				  addr_print(&who->net.addr, address, sizeof(address)),
				  addr_print(&mask, text, sizeof(text)));
}

static void print_profile(struct config_print *p, enum config_mode mode,
			  const struct config_profile *profile)
{
	char text[ADDR_TEXT];

	if (profile->description[0])
		config_print_line(p, mode, "description %s", profile->description);
	print_self(p, mode, profile);
	for (size_t i = 0; i < profile->n_trustpoints; i++)
		config_print_line(p, mode, "ca trust-point %s", profile->trustpoints[i]);
	for (size_t i = 0; i < profile->n_matches; i++)
		print_match(p, mode, &profile->matches[i]);
	if (profile->keepalive_off)
		config_print_line(p, mode, "keepalive disable");
	if (profile->keepalive_s)
		config_print_line(p, mode, "keepalive %u retry %u", profile->keepalive_s,
				  profile->keepalive_retry_s);
	if (!addr_is_none(&profile->local))
		config_print_line(p, mode, "local-address %s",
				  addr_print(&profile->local, text, sizeof(text)));
}

static void print_profiles(struct config_print *p, const struct config_row *row,
			   const struct config *c, const void *object)
{
	(void)object;
	for (size_t i = 0; i < c->n_profiles; i++) {
		config_print_line(p, row->mode, "crypto isakmp profile %s", c->profiles[i].name);
		print_profile(p, row->enters, &c->profiles[i]);
		config_print_separator(p);
	}
}

static void print_identities(struct config_print *p, const struct config_row *row,
			     const struct config *c, const void *object)
{
	(void)object;
	for (size_t i = 0; i < c->n_identities; i++) {
		const struct config_crypto_identity *identity = &c->identities[i];
		const struct config_who *who = identity->matches;

		config_print_line(p, row->mode, "crypto identity %s", identity->name);
		for (; who < identity->matches + identity->n_matches; who++)
			config_print_line(p, row->enters, "%s %s",
					  who->kind == CONFIG_WHO_DN ? "dn" : "fqdn", who->text);
		config_print_separator(p);
	}
}

static void print_cert_maps(struct config_print *p, const struct config_row *row,
			    const struct config *c, const void *object)
{
	(void)object;
	for (size_t i = 0; i < c->n_cert_maps; i++) {
		const struct config_cert_map *map = &c->cert_maps[i];

		config_print_line(p, row->mode, "crypto pki certificate map %s %u", map->name,
				  map->sequence);
		for (size_t k = 0; k < map->n_rules; k++)
			config_print_line(
				p, row->enters, "%s %s %s",
				names_find(field_names, array_len(field_names),
					   map->rules[k].field),
				names_find(op_names, array_len(op_names), map->rules[k].op),
				map->rules[k].text);
		config_print_separator(p);
	}
}

#define GLOBAL	 CONFIG_MODE_GLOBAL
#define PROFILE	 CONFIG_MODE_PROFILE, CONFIG_MODE_GLOBAL
#define IDENTITY CONFIG_MODE_IDENTITY, CONFIG_MODE_GLOBAL
#define CERT_MAP CONFIG_MODE_CERT_MAP, CONFIG_MODE_GLOBAL

static const struct config_row rows[] = {
	{GLOBAL, CONFIG_MODE_CERT_MAP, "crypto pki certificate map <name:word> <sequence:1-65535>",
	 apply_cert_map, print_cert_maps},
	{GLOBAL, CONFIG_MODE_CERT_MAP, "crypto ca certificate map <name:word> <sequence:1-65535>",
	 apply_profile, .dialects = CONFIG_IN_ASA},
	{CERT_MAP, "{subject-name|issuer-name|alt-subject-name} {eq|ne|co|nc} <pattern:line>",
	 apply_rule},
	{GLOBAL, CONFIG_MODE_PROFILE, "crypto isakmp profile <name:word>", apply_profile,
	 print_profiles},
	{PROFILE, "description / <text:line>",
	 .field = {CONFIG_FIELD_TEXT, CONFIG_FIELD_AT(config_profile, description)}},
	{PROFILE, "self-identity / {address|fqdn [<id:argument>]|user-fqdn <id:argument>}",
	 apply_self},
	{PROFILE, "ca trust-point <trustpoint:word>", apply_trustpoint},
	{PROFILE, "match identity address <peer:address> [<mask>]", apply_match_address},
	{PROFILE, "match identity host <hostname>", apply_match_host},
	{PROFILE, "match identity host domain <suffix:hostname>", apply_match_domain},
	{PROFILE, "match identity user <username:argument>", apply_match_user},
	{PROFILE, "match identity user domain <suffix:hostname>", apply_match_user_domain},
	{PROFILE, "match identity group <groupname:argument>", apply_match_group},
	{PROFILE, "match certificate <certmap:word>", apply_match_certificate},
	{PROFILE, "keepalive / {disable|<seconds:10-3600> retry <pause:2-60>}", apply_keepalive},
	{PROFILE, "local-address / <local:address>", apply_local},
	{GLOBAL, CONFIG_MODE_IDENTITY, "crypto identity <name:word>", apply_crypto_identity,
	 print_identities},
	{IDENTITY, "dn <dn-text:line>", apply_dn},
	{IDENTITY, "fqdn <host:hostname>", apply_fqdn},
};

const struct config_rows config_rows_profile = {rows, array_len(rows)};
