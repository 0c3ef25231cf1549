/* SPDX-License-Identifier: BSD-3-Clause */
/* The lines of a crypto map entry: what is protected, with whom and how. */
#include "lib/config/config_acl.h"
#include "lib/config/config_field.h"
#include "lib/config/config_line.h"
#include "lib/config/config_names.h"
#include "lib/config/config_print.h"
#include "lib/net/ip.h"

#include <errno.h>
#include <string.h>

static const struct name none_names[] = {{CONFIG_LIFETIME_NONE, "disable"}};
static const struct name pfs_names[] = {
	{1, "group1"},	 {2, "group2"},	  {5, "group5"},   {14, "group14"}, {15, "group15"},
	{16, "group16"}, {19, "group19"}, {20, "group20"}, {21, "group21"},
};

static const struct name replay_names[] = {{0, "disable"}};

static const char *warn_pfs(uint32_t group)
{
	return group == 1   ? "weak: group1 (768 bits) can be broken; use group14 or group19"
	       : group == 2 ? "weak: group2 (1024 bits) can be broken; use group14 or group19"
			    : NULL;
}

/* The cursor is in an entry of a dynamic map. */
static bool is_template(const struct config_line *line)
{
	return line->cursor->part[0] != '\0';
}

/* The entry that the cursor is in; NULL with a fault when it was removed meanwhile. */
static struct config_map_entry *entry_of(struct config_line *line)
{
	struct config_map_entry *entry = config_line_object(line->config, line->cursor);

	if (!entry)
		config_line_refuse(line, NULL, "crypto %s %s %u does not exist any more: type exit",
				   is_template(line) ? "dynamic-map" : "map", line->cursor->object,
				   line->cursor->number);
	return entry;
}

static int apply_match(struct config_line *line)
{
	struct config_map_entry *entry = entry_of(line);
	const char *name = line->no ? "" : config_line_text(line, "acl");
	const struct config_acl *acl = config_model_acl(line->config, name);
	const struct config_acl_line *faulty;

	if (!entry)
		return -EINVAL;
	if (acl && config_acl_find_crypto_fault(acl, &faulty))
		return config_line_refuse(line, config_line_arg(line, "acl"),
					  "access list %s, line %u: %s", name, faulty->sequence,
					  config_acl_crypto_fault(faulty));
	config_line_set_text(line, entry->acl, sizeof(entry->acl), name);
	if (!line->no && !acl && config_line_typed(line))
		config_line_note(line, "access list %s does not exist yet", name);
	return 0;
}

static void print_match(struct config_print *p, const struct config_row *row,
			const struct config *c, const void *object)
{
	const struct config_map_entry *entry = object;

	(void)c;
	if (entry->acl[0])
		config_print_line(p, row->mode, "match address %s", entry->acl);
}

static size_t find_peer(const struct config_map_entry *entry, const struct addr *peer)
{
	size_t i = 0;

	while (i < entry->n_peers && !addr_eq(&entry->peers[i], peer))
		i++;
	return i;
}

/* Adds a peer to, or takes it out of, a copy of the entry. */
static int change_peer(struct config_line *line, const struct config_arg *arg,
		       struct config_map_entry *entry)
{
	const struct addr *peer = &arg->value.addr;
	size_t at = find_peer(entry, peer);

	if (line->no) {
		if (addr_eq(peer, &entry->default_peer))
			entry->default_peer = (struct addr){0};
		if (at < entry->n_peers && !config_line_arg(line, "default")) {
			memmove(&entry->peers[at], &entry->peers[at + 1],
				(entry->n_peers - at - 1) * sizeof(*peer));
			memset(&entry->peers[--entry->n_peers], 0, sizeof(*peer));
		}
		return 0;
	}
	if (!ip_source_valid(peer))
		return config_line_refuse(line, arg, "%s is not the address of a host",
					  arg->value.text);
	if (at < entry->n_peers)
		return 0;
	if (at == CONFIG_PEERS_MAX)
		return config_line_refuse(line, arg, "an entry has at most %d peers",
					  CONFIG_PEERS_MAX);
	entry->peers[entry->n_peers++] = *peer;
	return 0;
}

/* `set peer A default`: one peer of the entry at most, and only one in such a line. */
static int set_default_peer(struct config_line *line, struct config_map_entry *entry)
{
	const struct config_arg *only = config_line_arg(line, "address");
	const struct config_arg *word = config_line_arg(line, "default");

	if (word != only + 1)
		return config_line_refuse(line, word, "one peer alone can be the default one");
	if (!line->no)
		entry->default_peer = only->value.addr;
	return 0;
}

static int apply_peer(struct config_line *line)
{
	struct config_map_entry *entry = entry_of(line);
	struct config_map_entry copy;
	bool all = true;
	int ret = 0;

	if (!entry)
		return -EINVAL;
	copy = *entry;
	for (size_t i = 0; i < line->n_args && ret == 0; i++)
		if (config_pattern_named(line->args[i].node, "address")) {
			all = false;
			ret = change_peer(line, &line->args[i], &copy);
		}
	if (ret)
		return ret;
	if (config_line_arg(line, "default")) {
		ret = set_default_peer(line, &copy);
		if (ret)
			return ret;
	}
	if (line->no && all) {
		memset(copy.peers, 0, sizeof(copy.peers));
		copy.n_peers = 0;
		copy.default_peer = (struct addr){0};
	}
	line->changed = memcmp(&copy, entry, sizeof(copy)) != 0;
	*entry = copy;
	return 0;
}

static void print_peers(struct config_print *p, const struct config_row *row,
			const struct config *c, const void *object)
{
	const struct config_map_entry *entry = object;
	char text[ADDR_TEXT];

	(void)c;
	for (size_t i = 0; i < entry->n_peers; i++)
		config_print_line(p, row->mode, "set peer %s%s",
				  addr_print(&entry->peers[i], text, sizeof(text)),
				  addr_eq(&entry->peers[i], &entry->default_peer) ? " default"
										  : "");
}

/* Takes the named sets out of a copy of the entry. */
static void drop_set(struct config_map_entry *entry, const char *name)
{
	for (size_t i = 0; i < entry->n_sets; i++)
		if (!strcmp(entry->sets[i], name)) {
			memmove(entry->sets[i], entry->sets[i + 1],
				(entry->n_sets - i - 1) * sizeof(entry->sets[0]));
			memset(entry->sets[--entry->n_sets], 0, sizeof(entry->sets[0]));
			return;
		}
}

/* A new list replaces the old one; `no` with names takes these out, without names all. */
static int change_sets(struct config_line *line, struct config_map_entry *entry)
{
	const bool named = config_line_arg(line, "transform") != NULL;

	if (!line->no || !named) {
		memset(entry->sets, 0, sizeof(entry->sets));
		entry->n_sets = 0;
	}
	for (size_t i = 0; i < line->n_args; i++) {
		const char *name = line->args[i].value.text;

		if (!config_pattern_named(line->args[i].node, "transform"))
			continue;
		drop_set(entry, name);
		if (line->no)
			continue;
		if (entry->n_sets == CONFIG_SETS_MAX)
			return config_line_refuse(line, &line->args[i],
						  "an entry has at most %d transform sets",
						  CONFIG_SETS_MAX);
		config_line_copy(entry->sets[entry->n_sets++], CONFIG_NAME, name);
		if (config_line_typed(line) && !config_model_transform_set(line->config, name))
			config_line_note(line, "transform set %s does not exist yet", name);
	}
	return 0;
}

static int apply_sets(struct config_line *line)
{
	struct config_map_entry *entry = entry_of(line);
	struct config_map_entry copy;
	int ret;

	if (!entry)
		return -EINVAL;
	copy = *entry;
	ret = change_sets(line, &copy);
	if (ret)
		return ret;
	line->changed = memcmp(&copy, entry, sizeof(copy)) != 0;
	*entry = copy;
	return 0;
}

static void print_sets(struct config_print *p, const struct config_row *row, const struct config *c,
		       const void *object)
{
	const struct config_map_entry *entry = object;

	if (!entry->n_sets)
		return;
	config_print_begin(p, row->mode);
	config_print_text(p, "set %stransform-set", config_print_ikev1(p, c));
	for (size_t i = 0; i < entry->n_sets; i++)
		config_print_text(p, " %s", entry->sets[i]);
	config_print_end(p);
}

/* Queues and parallel SAs belong to tunnels that are known before their peer comes. */
static int refuse_in_template(struct config_line *line)
{
	return config_line_refuse(line, NULL,
				  "not in a dynamic map: put the service-policy on the interface, "
				  "or make a crypto map entry for this peer");
}

/* The queues of a tunnel are at its owner; what other workers encrypt would pass them by. */
#define QUEUES_OF_ONE                                                                \
	"the queues of a tunnel are those of one worker; put the service-policy on " \
	"the interface, or type "

static int apply_service_policy(struct config_line *line)
{
	struct config_map_entry *entry = entry_of(line);
	const struct config_arg *arg = config_line_arg(line, "policy");

	if (!entry)
		return -EINVAL;
	if (is_template(line) && !line->no)
		return refuse_in_template(line);
	if (!line->no && !config_line_policy_map(line, arg))
		return -EINVAL;
	if (!line->no && entry->per_worker)
		return config_line_refuse(
			line, arg,
			"the entry has `set security-association per-worker %u`: " QUEUES_OF_ONE
			"no set security-association per-worker first",
			entry->per_worker);
	config_line_set_text(line, entry->service_policy, sizeof(entry->service_policy),
			     line->no ? "" : arg->value.text);
	return 0;
}

static void print_service_policy(struct config_print *p, const struct config_row *row,
				 const struct config *c, const void *object)
{
	const struct config_map_entry *entry = object;

	(void)c;
	if (entry->service_policy[0])
		config_print_line(p, row->mode, "service-policy output %s", entry->service_policy);
}

static int apply_pre_classify(struct config_line *line)
{
	if (!line->no)
		return 0;
	return config_line_refuse(
		line, NULL,
		"not supported: packets are classified before they are encrypted, "
		"always: afterwards their order is fixed by sequence numbers, and "
		"a queue that changed it would make the peer drop them as "
		"replays; to ignore what is inside, take back the service-policy");
}

static int apply_idle(struct config_line *line)
{
	struct config_map_entry *entry = entry_of(line);
	uint32_t seconds = line->no ? 0 : config_line_number(line, "seconds", 0);
	bool back = !line->no && config_line_arg(line, "default");

	if (!entry)
		return -EINVAL;
	line->changed = entry->idle_s != seconds || entry->idle_default != back;
	entry->idle_s = seconds;
	entry->idle_default = back;
	return 0;
}

static void print_idle(struct config_print *p, const struct config_row *row, const struct config *c,
		       const void *object)
{
	const struct config_map_entry *entry = object;

	(void)c;
	if (entry->idle_s)
		config_print_line(p, row->mode, "set security-association idle-time %u%s",
				  entry->idle_s, entry->idle_default ? " default" : "");
}

static int apply_per_class(struct config_line *line)
{
	const struct config_map_entry *entry = entry_of(line);

	if (entry && is_template(line) && !line->no)
		return refuse_in_template(line);
	if (entry && entry->per_worker && !line->no)
		return config_line_refuse(line, config_line_arg(line, "per-class"),
					  "the entry has SAs per-worker: type no set "
					  "security-association per-worker first");
	return entry ? config_field_apply(line) : -EINVAL;
}

static int apply_per_worker(struct config_line *line)
{
	const struct config_map_entry *entry = entry_of(line);

	if (entry && is_template(line) && !line->no)
		return refuse_in_template(line);
	if (entry && entry->per_class && !line->no)
		return config_line_refuse(line, config_line_arg(line, "per-worker"),
					  "the entry has SAs per-class: type no set "
					  "security-association per-class first");
	if (entry && entry->service_policy[0] && !line->no)
		return config_line_refuse(line, config_line_arg(line, "per-worker"),
					  "the entry has `service-policy output %s`: " QUEUES_OF_ONE
					  "no service-policy output first",
					  entry->service_policy);
	return entry ? config_field_apply(line) : -EINVAL;
}

/* `reverse-route tag N`, as dynamic maps have it, says two things: it prints as two lines. */
static int apply_reverse_route(struct config_line *line)
{
	struct config_map_entry *entry = entry_of(line);
	const struct config_arg *peer = config_line_arg(line, "address");
	struct config_map_entry copy;

	if (!entry)
		return -EINVAL;
	if (peer && !line->no && !ip_source_valid(&peer->value.addr))
		return config_line_refuse(line, peer, "%s is not the address of a host",
					  peer->value.text);
	copy = *entry;
	copy.reverse_route = !line->no;
	if (line->no)
		copy.reverse_peer = (struct addr){0};
	else if (peer)
		copy.reverse_peer = peer->value.addr;
	if (config_line_arg(line, "tag"))
		copy.reverse_tag = line->no ? 0 : config_line_number(line, "number", 0);
	line->changed = memcmp(&copy, entry, sizeof(copy)) != 0;
	*entry = copy;
	return 0;
}

static void print_reverse_route(struct config_print *p, const struct config_row *row,
				const struct config *c, const void *object)
{
	const struct config_map_entry *entry = object;
	char text[ADDR_TEXT];

	(void)c;
	if (entry->reverse_route && !addr_is_none(&entry->reverse_peer))
		config_print_line(p, row->mode, "reverse-route remote-peer %s",
				  addr_print(&entry->reverse_peer, text, sizeof(text)));
	else if (entry->reverse_route)
		config_print_line(p, row->mode, "%sreverse-route", p->flat ? "set " : "");
}

static int apply_profile(struct config_line *line)
{
	const char *name = config_line_text(line, "profile");

	if (!entry_of(line))
		return -EINVAL;
	if (!line->no && config_line_typed(line) && !config_profile_find(line->config, name))
		config_line_note(line, "isakmp profile %s does not exist yet", name);
	return config_field_apply(line);
}

static int apply_identity(struct config_line *line)
{
	const char *name = config_line_text(line, "identity");

	if (!entry_of(line))
		return -EINVAL;
	if (!line->no && config_line_typed(line) && !config_profile_identity(line->config, name))
		config_line_note(line, "crypto identity %s does not exist yet", name);
	return config_field_apply(line);
}

/* A group that is not said: 1 of a router and a PIX, 2 of an ASA. */
static int apply_pfs(struct config_line *line)
{
	struct config_map_entry *entry = entry_of(line);

	if (!entry)
		return -EINVAL;
	if (line->no || line->n_args > 2 || line->cursor->dialect != DIALECT_ASA)
		return config_field_apply(line);
	line->changed = entry->pfs_group != 2;
	entry->pfs_group = 2;
	config_line_warn(line, "%s", warn_pfs(2));
	return 0;
}

static int apply_lifetimes(struct config_line *line)
{
	struct config_map_entry *entry = entry_of(line);
	const struct config_lifetime next = {config_line_number(line, "time", 0),
					     config_line_number(line, "volume", 0)};

	if (!entry)
		return -EINVAL;
	line->changed = memcmp(&next, &entry->lifetime, sizeof(next)) != 0;
	entry->lifetime = next;
	return 0;
}

#define ENTRY	   CONFIG_MODE_CRYPTO_MAP, CONFIG_MODE_GLOBAL
#define AT(member) CONFIG_FIELD_AT(config_map_entry, member)

static const struct config_row rows[] = {
	{ENTRY, "description / <text:line>", .field = {CONFIG_FIELD_TEXT, AT(description)}},
	{ENTRY, "match address / <acl>", apply_match, print_match},
	{ENTRY, "set peer / <address>+ [default]", apply_peer, print_peers},
	{ENTRY, "set [ikev1] transform-set / <transform:transform-set>+", apply_sets, print_sets},
	{ENTRY, "set isakmp-profile / <profile:word>", apply_profile,
	 .field = {CONFIG_FIELD_TEXT, AT(profile)}},
	{ENTRY, "identity / <identity:word>", apply_identity,
	 .field = {CONFIG_FIELD_TEXT, AT(identity)}},
	{ENTRY, "set pfs / [group1|group2|group5|group14|group15|group16|group19|group20|group21]",
	 apply_pfs,
	 .field = {CONFIG_FIELD_CHOICE_AT(config_map_entry, pfs_group, pfs_names), .warn = warn_pfs,
		   .bare = 1}},
	{ENTRY, "set security-association lifetime seconds / <seconds:120-86400>",
	 .field = {CONFIG_FIELD_NUMBER, AT(lifetime.seconds)}},
	{ENTRY, "set security-association lifetime kilobytes / <kilobytes:2560-536870912>",
	 .field = {CONFIG_FIELD_NUMBER, AT(lifetime.kilobytes), .names = none_names,
		   .n_names = array_len(none_names)}},
	{ENTRY, "set security-association lifetime kilobytes {disable}",
	 .field = {CONFIG_FIELD_CHOICE_AT(config_map_entry, lifetime.kilobytes, none_names)}},
	{ENTRY,
	 "set security-association lifetime seconds <time:120-86400> kilobytes "
	 "<volume:2560-536870912>",
	 apply_lifetimes, .plain = true, .dialects = CONFIG_IN_ASA | CONFIG_IN_PIX},
	{ENTRY, "set security-association idle-time / <seconds:60-86400> [default]", apply_idle,
	 print_idle},
	{ENTRY,
	 "set security-association replay window-size / "
	 "{64|128|256|512|1024|2048|4096|8192|16384|32768|65536}",
	 .field = {CONFIG_FIELD_CHOICE_AT(config_map_entry, replay_window, config_names_windows),
		   .initial = CONFIG_REPLAY_INHERIT}},
	{ENTRY, "set security-association replay {disable}",
	 .field = {CONFIG_FIELD_CHOICE_AT(config_map_entry, replay_window, replay_names),
		   .initial = CONFIG_REPLAY_INHERIT}},
	{ENTRY, "service-policy output / <policy:policy-map>", apply_service_policy,
	 print_service_policy},
	{ENTRY, "qos pre-classify", apply_pre_classify},
	{ENTRY, "set security-association per-class", apply_per_class,
	 .field = {CONFIG_FIELD_FLAG, AT(per_class)}},
	{ENTRY, "set security-association per-worker / <workers:1-64>", apply_per_worker,
	 .field = {CONFIG_FIELD_NUMBER, AT(per_worker)}},
	{ENTRY, "reverse-route / [remote-peer <address>|tag <number:1-4294967295>]",
	 apply_reverse_route, print_reverse_route},
	{ENTRY, "set reverse-route", apply_reverse_route,
	 .dialects = CONFIG_IN_ASA | CONFIG_IN_PIX},
	{ENTRY, "set reverse-route distance / <distance:1-255>",
	 .field = {CONFIG_FIELD_NUMBER, AT(reverse_distance)}},
	{ENTRY, "set reverse-route tag / <tag:1-4294967295>",
	 .field = {CONFIG_FIELD_NUMBER, AT(reverse_tag)}},
};

const struct config_rows config_rows_map_entry = {rows, array_len(rows)};
