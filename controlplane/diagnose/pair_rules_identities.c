/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who each end says it is, and whether the other takes that. With a key for its address anybody may
 * call himself what he likes; an isakmp profile is particular.
 */
#include "controlplane/diagnose/pair_rules.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* What an end sends. */
struct identity {
	enum config_self kind; /* DEFAULT: of another kind, which is not looked at */
	const char *text;
	struct addr address;
};

static struct identity identity_of(const struct pair_end *end)
{
	const struct config *c = end->config;
	const struct config_profile *profile = config_profile_find(c, end->entry->profile);
	struct identity id = {.kind = CONFIG_SELF_DEFAULT, .address = end->address};

	if (profile && profile->self != CONFIG_SELF_DEFAULT) {
		id.kind = profile->self;
		id.text = profile->self_text[0] ? profile->self_text : c->hostname;
	} else if (c->isakmp.identity == CONFIG_IDENTITY_ADDRESS) {
		id.kind = CONFIG_SELF_ADDRESS;
	} else if (c->isakmp.identity == CONFIG_IDENTITY_HOSTNAME) {
		id.kind = CONFIG_SELF_FQDN;
		id.text = c->hostname;
	}
	return id;
}

static bool in_domain(const char *host, const char *domain)
{
	size_t x = strlen(host), y = strlen(domain);

	return x > y && host[x - y - 1] == '.' && !strcasecmp(host + x - y, domain);
}

static bool takes(const struct config_who *who, const struct identity *id)
{
	switch (who->kind) {
	case CONFIG_WHO_ADDRESS:
		return id->kind == CONFIG_SELF_ADDRESS &&
		       (addr_is_none(&id->address) || prefix_contains(&who->net, &id->address));
	case CONFIG_WHO_HOST:
		return id->kind == CONFIG_SELF_FQDN && !strcasecmp(who->text, id->text);
	case CONFIG_WHO_DOMAIN:
		return id->kind == CONFIG_SELF_FQDN && in_domain(id->text, who->text);
	case CONFIG_WHO_USER:
		return id->kind == CONFIG_SELF_USER_FQDN && !strcasecmp(who->text, id->text);
	default: return true; /* certificates and groups: not known from here */
	}
}

static bool lets_in(const struct config_profile *profile, const struct identity *id)
{
	for (size_t i = 0; i < profile->n_matches; i++)
		if (takes(&profile->matches[i], id))
			return true;
	return false;
}

static const char *kind_name(enum config_self kind)
{
	static const char *const names[] = {
		[CONFIG_SELF_DEFAULT] = "",
		[CONFIG_SELF_ADDRESS] = "address",
		[CONFIG_SELF_FQDN] = "hostname",
		[CONFIG_SELF_USER_FQDN] = "user-fqdn",
	};

	return names[kind];
}

static void print_who(const struct config_who *who, char *buf, size_t size)
{
	static const char *const kinds[] = {
		[CONFIG_WHO_ADDRESS] = "address",
		[CONFIG_WHO_HOST] = "host",
		[CONFIG_WHO_DOMAIN] = "host domain",
		[CONFIG_WHO_USER] = "user",
		[CONFIG_WHO_USER_DOMAIN] = "user domain",
		[CONFIG_WHO_GROUP] = "group",
		[CONFIG_WHO_DN] = "dn",
		[CONFIG_WHO_CERTIFICATE] = "certificate",
	};
	char net[PREFIX_TEXT];

	snprintf(buf, size, "%s %s", kinds[who->kind],
		 who->kind == CONFIG_WHO_ADDRESS ? prefix_print(&who->net, net, sizeof(net))
						 : who->text);
}

/* The end `from` is not who `to` wants; of_theirs: it is the other end that is refused. */
static void check(const struct pair_rules *p, const struct pair_end *from,
		  const struct pair_end *to, bool of_theirs)
{
	const struct config_profile *profile = config_profile_find(to->config, to->entry->profile);
	struct identity id = identity_of(from);
	char text[ADDR_TEXT], expected[DIAGNOSE_FIELD];
	struct diagnosis *d;

	if (!profile || !profile->n_matches || id.kind == CONFIG_SELF_DEFAULT ||
	    lets_in(profile, &id))
		return;
	print_who(&profile->matches[0], expected, sizeof(expected));
	d = pair_rules_add(p, DIAGNOSE_P1_ID);
	if (!of_theirs)
		diagnose_set(d, "peer", "This end");
	diagnose_set(d, "type", "%s", kind_name(id.kind));
	diagnose_set(d, "value", "%s",
		     id.kind == CONFIG_SELF_ADDRESS ? addr_print(&id.address, text, sizeof(text))
						    : id.text);
	diagnose_set(d, "expected", "%s", expected);
	diagnose_set(d, "kind", "%s",
		     profile->matches[0].kind == CONFIG_WHO_ADDRESS ? "address" : "hostname");
	config_rules_saw(d, "isakmp profile %s %s.", profile->name, of_theirs ? "here" : "there");
}

void pair_rules_identities(const struct pair_rules *p)
{
	check(p, &p->theirs, &p->ours, true);
	check(p, &p->ours, &p->theirs, false);
}
