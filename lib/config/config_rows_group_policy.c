/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `group-policy`, and `username U attributes`, which says some of the same of one user. What `no`
 * takes away is inherited again; `none` and `disable` are said, and are not inherited.
 */
#include "lib/config/config_remote_words.h"
#include "lib/config/config_tunnel_group.h"

#include <errno.h>
#include <string.h>

enum {
	S_PER_MINUTE = 60
};

/* By bit of enum config_protocols. */
static const char *const protocol_words[] = {"ipsec", "l2tp-ipsec", "webvpn", "svc", "ikev2"};
/* The same since 8.4. */
static const char *const later[] = {"ikev1", "l2tp-ipsec", "ssl-clientless", "ssl-client", "ikev2"};

static const struct name split_names[] = {{CONFIG_SPLIT_ALL, "tunnelall"},
					  {CONFIG_SPLIT_LIST, "tunnelspecified"},
					  {CONFIG_SPLIT_EXCLUDE, "excludespecified"}};

static int settle(struct config_line *line)
{
	return line->changed ? config_tunnel_group_resolve(&line->config->remote) : 0;
}

/* A policy of either list; NULL without memory. */
static struct config_group_policy *make_policy(struct config_line *line, bool of_user,
					       const char *name)
{
	struct config_remote *r = &line->config->remote;
	struct config_group_policy *policy =
		of_user ? config_line_insert(line, &r->user_policies, &r->n_user_policies,
					     sizeof(*policy), r->n_user_policies)
			: config_line_insert(line, &r->group_policies, &r->n_group_policies,
					     sizeof(*policy), r->n_group_policies);

	if (policy)
		config_line_copy(policy->name, sizeof(policy->name), name);
	return policy;
}

static int apply_internal(struct config_line *line)
{
	struct config_remote *r = &line->config->remote;
	const char *name = config_line_text(line, "name");
	struct config_group_policy *policy = config_tunnel_group_policy(r, name);

	if (line->no && policy)
		config_line_remove(line, &r->group_policies, &r->n_group_policies, sizeof(*policy),
				   (size_t)(policy - r->group_policies));
	else if (line->no)
		config_line_note(line, "there is no group-policy %s", name);
	else if (!policy && !make_policy(line, false, name))
		return -ENOMEM;
	return settle(line);
}

static int apply_attributes(struct config_line *line)
{
	const char *name = config_line_text(line, "name");

	if (!config_tunnel_group_policy(&line->config->remote, name)) {
		if (strcmp(name, CONFIG_GROUP_POLICY_ALL) != 0)
			return config_line_refuse(line, config_line_arg(line, "name"),
						  "there is no group-policy %s: type group-policy "
						  "%s internal first",
						  name, name);
		if (!make_policy(line, false, name))
			return -ENOMEM;
	}
	config_line_enter(line, name, 0);
	return settle(line);
}

static int apply_user(struct config_line *line)
{
	struct config_remote *r = &line->config->remote;
	const char *name = config_line_text(line, "user");
	struct config_group_policy *policy = config_tunnel_group_user_policy(r, name);

	if (line->no && policy)
		config_line_remove(line, &r->user_policies, &r->n_user_policies, sizeof(*policy),
				   (size_t)(policy - r->user_policies));
	else if (line->no)
		config_line_note(line, "user %s has no attributes", name);
	if (line->no)
		return 0;
	if (!policy && !make_policy(line, true, name))
		return -ENOMEM;
	config_line_enter(line, name, 0);
	return 0;
}

/* The policy of the cursor; NULL after a fault. */
static struct config_group_policy *policy_at(struct config_line *line)
{
	struct config_group_policy *policy = config_line_object(line->config, line->cursor);

	if (!policy)
		config_line_refuse(line, NULL, "%s does not exist any more: type exit",
				   line->cursor->object);
	return policy;
}

/* A value of the line, or with `no` that nothing is said of it. */
static int say(struct config_line *line, struct config_group_policy *policy, uint32_t bit,
	       void *field, const void *value, size_t bytes)
{
	uint32_t said = line->no ? policy->said & ~bit : policy->said | bit;

	line->changed |= said != policy->said || memcmp(field, value, bytes) != 0;
	policy->said = said;
	memcpy(field, value, bytes);
	return settle(line);
}

static int apply_minutes(struct config_line *line)
{
	struct config_group_policy *policy = policy_at(line);
	uint32_t seconds = line->no ? 0 : config_line_number(line, "minutes", 0) * S_PER_MINUTE;

	if (!policy)
		return -EINVAL;
	if (config_line_arg(line, "vpn-idle-timeout"))
		return say(line, policy, CONFIG_SAID_IDLE, &policy->idle_s, &seconds,
			   sizeof(seconds));
	return say(line, policy, CONFIG_SAID_MAX, &policy->max_s, &seconds, sizeof(seconds));
}

static void print_minutes(struct config_print *p, enum config_mode mode, const char *word,
			  uint32_t seconds)
{
	if (seconds)
		config_print_line(p, mode, "%s %u", word, seconds / S_PER_MINUTE);
	else
		config_print_line(p, mode, "%s none", word);
}

static void print_idle(struct config_print *p, const struct config_row *row, const struct config *c,
		       const void *object)
{
	const struct config_group_policy *policy = object;

	(void)c;
	if (policy->said & CONFIG_SAID_IDLE)
		print_minutes(p, row->mode, "vpn-idle-timeout", policy->idle_s);
}

static void print_max(struct config_print *p, const struct config_row *row, const struct config *c,
		      const void *object)
{
	const struct config_group_policy *policy = object;

	(void)c;
	if (policy->said & CONFIG_SAID_MAX)
		print_minutes(p, row->mode, "vpn-session-timeout", policy->max_s);
}

static int apply_logins(struct config_line *line)
{
	struct config_group_policy *policy = policy_at(line);
	uint32_t logins = line->no ? 0 : config_line_number(line, "logins", 0);

	return policy ? say(line, policy, CONFIG_SAID_LOGINS, &policy->logins, &logins,
			    sizeof(logins))
		      : -EINVAL;
}

static void print_logins(struct config_print *p, const struct config_row *row,
			 const struct config *c, const void *object)
{
	const struct config_group_policy *policy = object;

	(void)c;
	if (policy->said & CONFIG_SAID_LOGINS)
		config_print_line(p, row->mode, "vpn-simultaneous-logins %u", policy->logins);
}

static int apply_protocols(struct config_line *line)
{
	struct config_group_policy *policy = policy_at(line);
	uint8_t bits = 0;

	if (!policy)
		return -EINVAL;
	for (size_t i = 0; !line->no && i < array_len(protocol_words); i++)
		if (config_line_arg(line, protocol_words[i]) || config_line_arg(line, later[i]))
			bits |= (uint8_t)(1 << i);
	if (!line->no && !(bits & CONFIG_PROTOCOL_IPSEC))
		config_line_warn(line, "without ipsec clients of this policy are refused: there is "
				       "no other protocol here");
	return say(line, policy, CONFIG_SAID_PROTOCOLS, &policy->protocols, &bits, sizeof(bits));
}

static void print_protocols(struct config_print *p, const struct config_row *row,
			    const struct config *c, const void *object)
{
	const struct config_group_policy *policy = object;
	const char *const *words = config_print_ikev1(p, c)[0] ? later : protocol_words;

	if (!(policy->said & CONFIG_SAID_PROTOCOLS))
		return;
	config_print_begin(p, row->mode);
	config_print_text(p, "vpn-tunnel-protocol");
	for (size_t i = 0; i < array_len(protocol_words); i++)
		if (policy->protocols & 1 << i)
			config_print_text(p, " %s", words[i]);
	config_print_end(p);
}

static int apply_pfs(struct config_line *line)
{
	struct config_group_policy *policy = policy_at(line);
	uint8_t pfs = !line->no && config_line_arg(line, "enable");

	return policy ? say(line, policy, CONFIG_SAID_PFS, &policy->pfs, &pfs, sizeof(pfs))
		      : -EINVAL;
}

static void print_pfs(struct config_print *p, const struct config_row *row, const struct config *c,
		      const void *object)
{
	const struct config_group_policy *policy = object;

	(void)c;
	if (policy->said & CONFIG_SAID_PFS)
		config_print_line(p, row->mode, "pfs %s", policy->pfs ? "enable" : "disable");
}

static int apply_split(struct config_line *line)
{
	struct config_group_policy *policy = policy_at(line);
	uint8_t split = 0;

	for (size_t i = 0; !line->no && i < array_len(split_names); i++)
		if (config_line_arg(line, split_names[i].name))
			split = (uint8_t)split_names[i].value;
	return policy ? say(line, policy, CONFIG_SAID_SPLIT, &policy->split, &split, sizeof(split))
		      : -EINVAL;
}

static void print_split(struct config_print *p, const struct config_row *row,
			const struct config *c, const void *object)
{
	const struct config_group_policy *policy = object;

	(void)c;
	if (policy->said & CONFIG_SAID_SPLIT)
		config_print_line(p, row->mode, "split-tunnel-policy %s",
				  names_find(split_names, array_len(split_names), policy->split));
}

/* A text that `none` makes empty. */
static int say_text(struct config_line *line, struct config_group_policy *policy, uint32_t bit,
		    char *field, size_t size)
{
	char text[CONFIG_REMOTE_LIST] = "";

	config_line_copy(text, size, line->no ? "" : config_line_text(line, "text"));
	return say(line, policy, bit, field, text, size);
}

static int apply_acl(struct config_line *line)
{
	struct config_group_policy *policy = policy_at(line);

	return policy ? say_text(line, policy, CONFIG_SAID_ACL, policy->acl, sizeof(policy->acl))
		      : -EINVAL;
}

static int apply_domain(struct config_line *line)
{
	struct config_group_policy *policy = policy_at(line);

	return policy ? say_text(line, policy, CONFIG_SAID_DOMAIN, policy->domain,
				 sizeof(policy->domain))
		      : -EINVAL;
}

static int apply_banner(struct config_line *line)
{
	struct config_group_policy *policy = policy_at(line);

	return policy ? say_text(line, policy, CONFIG_SAID_BANNER, policy->banner,
				 sizeof(policy->banner))
		      : -EINVAL;
}

static void print_text_of(struct config_print *p, const struct config_row *row,
			  const struct config_group_policy *policy, uint32_t bit, const char *word,
			  const char *text)
{
	if (policy->said & bit)
		config_print_line(p, row->mode, "%s%s%s", word, *text ? " value " : " none", text);
}

static void print_acl(struct config_print *p, const struct config_row *row, const struct config *c,
		      const void *object)
{
	const struct config_group_policy *policy = object;

	(void)c;
	print_text_of(p, row, policy, CONFIG_SAID_ACL, "split-tunnel-network-list", policy->acl);
}

static void print_domain(struct config_print *p, const struct config_row *row,
			 const struct config *c, const void *object)
{
	const struct config_group_policy *policy = object;

	(void)c;
	print_text_of(p, row, policy, CONFIG_SAID_DOMAIN, "default-domain", policy->domain);
}

static void print_banner(struct config_print *p, const struct config_row *row,
			 const struct config *c, const void *object)
{
	const struct config_group_policy *policy = object;

	(void)c;
	print_text_of(p, row, policy, CONFIG_SAID_BANNER, "banner", policy->banner);
}

static int apply_split_dns(struct config_line *line)
{
	struct config_group_policy *policy = policy_at(line);
	char list[CONFIG_REMOTE_LIST] = {0};

	if (!policy || config_remote_words_domains(line, list))
		return -EINVAL;
	return say(line, policy, CONFIG_SAID_SPLIT_DNS, policy->split_dns, list, sizeof(list));
}

static void print_split_dns(struct config_print *p, const struct config_row *row,
			    const struct config *c, const void *object)
{
	const struct config_group_policy *policy = object;
	char words[CONFIG_REMOTE_LIST];

	(void)c;
	memcpy(words, policy->split_dns, sizeof(words));
	for (char *comma = words; (comma = strchr(comma, ','));)
		*comma = ' ';
	print_text_of(p, row, policy, CONFIG_SAID_SPLIT_DNS, "split-dns", words);
}

static int apply_servers(struct config_line *line)
{
	struct config_group_policy *policy = policy_at(line);
	bool dns = config_line_arg(line, "dns-server");
	struct addr rows[CONFIG_GROUP_SERVERS] = {0};

	if (!policy)
		return -EINVAL;
	config_remote_words_servers(line, rows);
	return say(line, policy, dns ? CONFIG_SAID_DNS : CONFIG_SAID_WINS,
		   dns ? policy->dns : policy->wins, rows, sizeof(rows));
}

static void print_servers(struct config_print *p, enum config_mode mode, const char *word,
			  const struct addr *rows)
{
	config_print_begin(p, mode);
	config_print_text(p, "%s %s", word, addr_is_none(&rows[0]) ? "none" : "value");
	config_remote_words_print_servers(p, rows);
	config_print_end(p);
}

static void print_dns(struct config_print *p, const struct config_row *row, const struct config *c,
		      const void *object)
{
	const struct config_group_policy *policy = object;

	(void)c;
	if (policy->said & CONFIG_SAID_DNS)
		print_servers(p, row->mode, "dns-server", policy->dns);
}

static void print_wins(struct config_print *p, const struct config_row *row, const struct config *c,
		       const void *object)
{
	const struct config_group_policy *policy = object;

	(void)c;
	if (policy->said & CONFIG_SAID_WINS)
		print_servers(p, row->mode, "wins-server", policy->wins);
}

static int apply_pools(struct config_line *line)
{
	struct config_group_policy *policy = policy_at(line);
	char pools[CONFIG_GROUP_POOLS][CONFIG_REMOTE_NAME] = {0};
	size_t n;

	if (!policy || config_remote_words_pools(line, "policy", pools, &n))
		return -EINVAL;
	policy->n_pools = n;
	return say(line, policy, CONFIG_SAID_POOLS, policy->pools, pools, sizeof(pools));
}

static void print_pools(struct config_print *p, const struct config_row *row,
			const struct config *c, const void *object)
{
	const struct config_group_policy *policy = object;

	(void)c;
	if (!(policy->said & CONFIG_SAID_POOLS))
		return;
	config_print_begin(p, row->mode);
	config_print_text(p, "address-pools %s", policy->n_pools ? "value" : "none");
	for (size_t i = 0; i < policy->n_pools; i++)
		config_print_text(p, " %s", policy->pools[i]);
	config_print_end(p);
}

static int apply_group_policy(struct config_line *line)
{
	struct config_group_policy *policy = policy_at(line);

	if (!policy)
		return -EINVAL;
	config_line_set_text(line, policy->group_policy, sizeof(policy->group_policy),
			     line->no ? "" : config_line_text(line, "policy"));
	return 0;
}

static void print_policies(struct config_print *p, const struct config_row *row,
			   const struct config *c, const void *object)
{
	(void)object;
	for (size_t i = 0; i < c->remote.n_group_policies; i++) {
		const struct config_group_policy *policy = &c->remote.group_policies[i];

		if (strcmp(policy->name, CONFIG_GROUP_POLICY_ALL) != 0)
			config_print_line(p, row->mode, "group-policy %s internal", policy->name);
		if (!policy->said)
			continue;
		config_print_line(p, row->mode, "group-policy %s attributes", policy->name);
		config_print_rows(p, &config_rows_group_policy, CONFIG_MODE_GROUP_POLICY, c,
				  policy);
	}
}

static void print_users(struct config_print *p, const struct config_row *row,
			const struct config *c, const void *object)
{
	(void)object;
	for (size_t i = 0; i < c->remote.n_user_policies; i++) {
		config_print_line(p, row->mode, "username %s attributes",
				  c->remote.user_policies[i].name);
		config_print_rows(p, &config_rows_group_policy, CONFIG_MODE_USERNAME, c,
				  &c->remote.user_policies[i]);
	}
}

#define GLOBAL CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL
#define POLICY CONFIG_MODE_GROUP_POLICY, CONFIG_MODE_GLOBAL
#define USER   CONFIG_MODE_USERNAME, CONFIG_MODE_GLOBAL
#define BOTH(pattern, apply, print)         \
	{POLICY, pattern, apply, print},    \
	{                                   \
		USER, pattern, apply, print \
	}

static const struct config_row rows[] = {
	{GLOBAL, "vpn-sessiondb max-session-limit / <sessions:1-100000>",
	 .field = {CONFIG_FIELD_NUMBER, CONFIG_FIELD_AT(config, remote.max_sessions)}},
	{GLOBAL, "group-policy <name:word> / internal", apply_internal, print_policies},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GROUP_POLICY, "group-policy <name:word> attributes",
	 apply_attributes, .plain = true},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_USERNAME, "username <user:word> attributes", apply_user,
	 print_users},
	BOTH("vpn-idle-timeout / {none|<minutes:1-35791394>}", apply_minutes, print_idle),
	BOTH("vpn-session-timeout / {none|<minutes:1-35791394>}", apply_minutes, print_max),
	BOTH("vpn-simultaneous-logins / <logins:0-2147483647>", apply_logins, print_logins),
	BOTH("vpn-tunnel-protocol / "
	     "{ipsec|ikev1|l2tp-ipsec|webvpn|svc|ssl-client|ssl-clientless|ikev2}+",
	     apply_protocols, print_protocols),
	{USER, "vpn-group-policy / <policy:word>", apply_group_policy,
	 .field = {CONFIG_FIELD_TEXT, CONFIG_FIELD_AT(config_group_policy, group_policy)}},
	{POLICY, "pfs / {enable|disable}", apply_pfs, print_pfs},
	{POLICY, "split-tunnel-policy / {tunnelall|tunnelspecified|excludespecified}", apply_split,
	 print_split},
	{POLICY, "split-tunnel-network-list / {none|value <text:acl>}", apply_acl, print_acl},
	{POLICY, "split-dns / {none|value <domain:argument>+}", apply_split_dns, print_split_dns},
	{POLICY, "dns-server / {none|value <first:address> [<second:address>]}", apply_servers,
	 print_dns},
	{POLICY, "wins-server / {none|value <first:address> [<second:address>]}", apply_servers,
	 print_wins},
	{POLICY, "default-domain / {none|value <text:argument>}", apply_domain, print_domain},
	{POLICY, "address-pools / {none|value <name:pool>+}", apply_pools, print_pools},
	{POLICY, "banner / {none|value <text:line>}", apply_banner, print_banner},
};

const struct config_rows config_rows_group_policy = {rows, array_len(rows)};
