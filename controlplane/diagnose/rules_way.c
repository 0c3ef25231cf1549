/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/diagnose_words.h"
#include "controlplane/diagnose/evidence_records.h"
#include "controlplane/diagnose/rules.h"
#include "controlplane/diagnose/rules_fill.h"

#include <stdio.h>
#include <string.h>

enum {
	TEXT = RULES_FILL_TEXT,
	REVERSE_PACKETS = 10,
};

static bool map_is_on(const struct evidence *e, const char *interface)
{
	const struct config_interface *i = config_model_interface(e->config, interface);

	return i && !strcmp(i->crypto_map, e->map->name);
}

static bool map_is_anywhere(const struct evidence *e)
{
	for (size_t i = 0; i < e->config->n_interfaces; i++)
		if (!strcmp(e->config->interfaces[i].crypto_map, e->map->name))
			return true;
	return false;
}

/* Where nothing has ever been negotiated, though an interface without the map leads to the peer. */
static bool is_elsewhere(const struct evidence *e)
{
	return e->out_interface[0] && !map_is_on(e, e->out_interface) && !e->n_phase1 &&
	       !e->n_quick && !e->n_sas && !e->ike_up;
}

static bool map_not_applied(const struct evidence *e, struct diagnosis *d)
{
	char peer[ADDR_TEXT];
	bool nowhere;

	if (!e->config || !e->map)
		return false;
	nowhere = !map_is_anywhere(e);
	if (!nowhere && !is_elsewhere(e))
		return false;
	rules_fill_map(d, e->map->name);
	diagnose_set(d, "if", "%s", nowhere ? "the one it is on" : e->interface);
	rules_fill_command(d, "interface %s / crypto map %s",
			   e->out_interface[0] ? e->out_interface : "<interface>", e->map->name);
	d->sureness = nowhere ? DIAGNOSE_SURE : DIAGNOSE_LIKELY;
	addr_print(&e->peer, peer, sizeof(peer));
	if (nowhere)
		rules_fill_saw(d, "no interface has crypto map %s", e->map->name);
	else
		rules_fill_saw(
			d,
			"the route to %s leaves by %s, which has not crypto map %s; nothing was "
			"negotiated yet",
			peer, e->out_interface, e->map->name);
	return true;
}

/* Down by somebody's will, or without a link: no route leads out by it then. */
static bool interface_down(const struct evidence *e, struct diagnosis *d)
{
	const char *name = e->out_interface[0] ? e->out_interface : e->interface;
	const struct config_interface *i =
		e->config && name[0] ? config_model_interface(e->config, name) : NULL;

	if (!i || !e->map || (!i->shutdown && e->link_up))
		return false;
	rules_fill_peer(e, d);
	diagnose_set(d, "if", "%s", name);
	diagnose_set(d, "what", i->shutdown ? "is shut down" : "has no link");
	if (i->shutdown)
		rules_fill_command(d, "interface %s / no shutdown", name);
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d,
		       i->shutdown ? "`shutdown` stands in interface %s"
				   : "the device of %s has no carrier: cable, port, other end",
		       name);
	return true;
}

static bool has_set(const struct evidence *e)
{
	for (size_t i = 0; i < e->entry->n_sets; i++)
		if (config_model_transform_set(e->config, e->entry->sets[i]))
			return true;
	return false;
}

/* Certificates are seen as trustpoints: without one there is none. */
static bool has_method(const struct config *c)
{
	for (size_t i = 0; i < c->n_policies; i++)
		if (c->policies[i].auth == ALG_AUTH_PSK || c->pki.n_trustpoints)
			return true;
	return false;
}

static bool any_by_key(const struct config *c)
{
	for (size_t i = 0; i < c->n_policies; i++)
		if (c->policies[i].auth == ALG_AUTH_PSK)
			return true;
	return false;
}

static bool lacks_certificate(const struct evidence *, const struct ike_record *r)
{
	return r->reason == IKE_REASON_NO_CERT && !r->messages[0].times;
}

/* What an entry lacks for IKE to begin; NULL = nothing. */
static const char *missing_item(const struct evidence *e)
{
	if (!e->entry->n_peers)
		return "set peer";
	if (!has_set(e))
		return "set transform-set";
	if (!e->config->n_policies)
		return "crypto isakmp policy";
	if (!has_method(e->config))
		return "authentication pre-share in an isakmp policy";
	if (!any_by_key(e->config) && evidence_records_phase1(e, lacks_certificate))
		return "certificate of ours, which every isakmp policy wants";
	return NULL;
}

static void set_wanted(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_drop *drop = evidence_drop(e, DROP_NO_SA);
	const struct config_acl *acl = config_model_acl(e->config, e->entry->acl);
	char text[TEXT];

	if (drop && drop->flow.local.addr.family) {
		diagnose_set(d, "src", "%s", diagnose_words_end(&drop->flow, false, text, TEXT));
		diagnose_set(d, "dst", "%s", diagnose_words_end(&drop->flow, true, text, TEXT));
	} else if (acl && acl->n_lines) {
		diagnose_set(d, "src", "%s",
			     diagnose_words_network(&acl->lines[0].src, text, TEXT));
		diagnose_set(d, "dst", "%s",
			     diagnose_words_network(&acl->lines[0].dst, text, TEXT));
	} else {
		diagnose_set(d, "src", "any");
		diagnose_set(d, "dst", "any");
	}
}

static bool cannot_acquire(const struct evidence *e, struct diagnosis *d)
{
	const char *item;

	if (!e->config || !e->map || !e->entry || e->entry->dynamic[0] || !e->wanted)
		return false;
	item = missing_item(e);
	if (!item)
		return false;
	rules_fill_map(d, e->map->name);
	d->sequence = e->entry->sequence;
	set_wanted(e, d);
	diagnose_set(d, "item", "%s", item);
	d->sureness = DIAGNOSE_SURE;
	if (!strncmp(item, "authentication", 14))
		rules_fill_command(d, "crypto isakmp policy %u / authentication pre-share",
				   (unsigned)e->config->policies[0].priority);
	if (!strncmp(item, "certificate", 11))
		rules_fill_command(d, "crypto pki enroll %s",
				   e->config->pki.n_trustpoints ? e->config->pki.trustpoints[0].name
								: "<trustpoint>");
	rules_fill_saw(d, "traffic waits for crypto map %s %u", e->map->name,
		       (unsigned)e->entry->sequence);
	return true;
}

/* By the way to the peer, when there is one: the crypto map is on it. */
static void set_net(const struct evidence *e, struct diagnosis *d, const struct prefix *net)
{
	struct addr mask = prefix_mask(net);
	char text[TEXT], mask_text[ADDR_TEXT], hop[ADDR_TEXT] = "<next hop>";

	diagnose_set(d, "net", "%s", diagnose_words_network(net, text, TEXT));
	if (e->out_interface[0] && !addr_is_none(&e->next_hop))
		addr_print(&e->next_hop, hop, sizeof(hop));
	rules_fill_command(d, "ip route %s %s %s", addr_print(&net->addr, text, TEXT),
			   addr_print(&mask, mask_text, sizeof(mask_text)), hop);
}

/* The outer way: the peer cannot be reached at all. */
static bool no_route_to_peer(const struct evidence *e, struct diagnosis *d)
{
	const struct prefix host = prefix_make(&e->peer, UINT8_MAX);
	const struct evidence_note *note = evidence_note(e, EVIDENCE_NO_ROUTE);
	char text[TEXT];

	if (!e->map || !note || e->out_interface[0])
		return false;
	rules_fill_map(d, e->map->name);
	set_net(e, d, &host);
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "no route leads to %s%s", addr_print(&e->peer, text, TEXT),
		       e->wanted ? ", and packets wait for it" : "");
	return true;
}

/* The inner way: packets that would be protected have no route, so they meet no crypto map. */
static bool no_route_to_network(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_drop *drop = evidence_drop(e, DROP_NO_ROUTE);
	struct evidence_nearest nearest;
	char text[TEXT];

	if (!e->map || !drop || !drop->lately || !drop->flow.remote.addr.family)
		return false;
	nearest = evidence_nearest(e, &drop->flow);
	if (!nearest.covers || !nearest.of_peer)
		return false;
	/* its routes come and go with its SAs */
	if (nearest.entry->reverse_route && drop->lately < REVERSE_PACKETS)
		return false;
	rules_fill_map(d, e->map->name);
	set_net(e, d, &nearest.line->dst);
	d->sequence = nearest.entry->sequence;
	d->acl_sequence = nearest.line->sequence;
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(
		d,
		"%llu packets had no route, the last one to %s, which line %u of access list %s "
		"protects",
		(unsigned long long)drop->lately,
		diagnose_words_network(&drop->flow.remote, text, TEXT),
		(unsigned)nearest.line->sequence, nearest.acl->name);
	return true;
}

static bool no_route(const struct evidence *e, struct diagnosis *d)
{
	return no_route_to_peer(e, d) || no_route_to_network(e, d);
}

/* Traffic asks for a tunnel, and the interface of its map does not even begin. */
static bool cannot_begin(const struct evidence *e, struct diagnosis *d)
{
	if (!e->config || !e->map || !e->wanted || !e->interface[0] || e->ike_up ||
	    config_model_isakmp(e->config, e->interface))
		return false;
	rules_fill_peer(e, d);
	diagnose_set(d, "n", "All");
	diagnose_set(d, "if", "%s", e->interface);
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "traffic waits for it, and ISAKMP is off on %s, where crypto map %s is",
		       e->interface, e->map->name);
	return true;
}

static bool not_enabled(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_note *note = rules_fill_recent(e, EVIDENCE_IKE_OFF);
	char text[TEXT];

	if (!note || e->ike_up || evidence_records_up_ms(e) > note->at_ms)
		return cannot_begin(e, d);
	if (e->config && config_model_isakmp(e->config, note->interface))
		return cannot_begin(e, d);
	rules_fill_peer(e, d);
	diagnose_set(d, "n", "%llu", (unsigned long long)note->n);
	diagnose_set(d, "if", "%s", note->interface);
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "%llu IKE packets came in on %s, the last one %s ago",
		       (unsigned long long)note->n, note->interface,
		       diagnose_words_span(e->now_ms - note->at_ms, text, TEXT));
	return true;
}

static bool is_waiting(const struct evidence *e, const struct ike_record *r)
{
	unsigned number;

	return evidence_records_waits(e, r, &number);
}

static bool asymmetric_route(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r;
	char course[TEXT];

	if (!e->in_interface[0] || !e->out_interface[0] ||
	    !strcmp(e->in_interface, e->out_interface))
		return false;
	r = evidence_records_phase1(e, is_waiting);
	if (!r)
		return false;
	rules_fill_peer(e, d);
	diagnose_set(d, "in", "%s", e->in_interface);
	diagnose_set(d, "out", "%s", e->out_interface);
	d->sureness = DIAGNOSE_LIKELY;
	rules_fill_saw(d, "it came in on %s, answers leave by %s; %s", e->in_interface,
		       e->out_interface, diagnose_words_course(e, r, course, sizeof(course)));
	return true;
}

static bool is_unanswered(const struct evidence *e, const struct ike_record *r)
{
	return r->initiator && is_waiting(e, r) && evidence_records_silent(r);
}

/* That it once answered is no matter; that it speaks now is. */
/* What came was kept out by a list of our own interface. */
static void say_list(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_drop *drop = evidence_drop(e, DROP_ACL_IN);
	const struct config_interface *interface =
		drop && drop->lately && !drop->spi && e->config
			? config_model_interface(e->config, drop->interface)
			: NULL;

	if (!interface || !interface->access_in[0])
		return;
	rules_fill_saw(d, "; access list %s of %s denied %llu packets of it in the last minute",
		       interface->access_in, interface->name, (unsigned long long)drop->lately);
	rules_fill_command(d, "show access-list %s", interface->access_in);
}

static bool no_answer(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = evidence_records_phase1(e, is_unanswered);
	char course[TEXT], ago[TEXT] = "";
	uint64_t up = evidence_records_up_ms(e);

	if (!r || evidence_records_heard_since(e, r->started_ms))
		return false;
	rules_fill_peer(e, d);
	diagnose_set(d, "n", "%u", (unsigned)r->messages[0].times);
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "%s%s%s%s%s", diagnose_words_course(e, r, course, sizeof(course)),
		       e->out_interface[0] ? "; the route leaves by " : "", e->out_interface,
		       e->out_interface[0] && !e->link_up ? ", whose link is down" : "",
		       up		 ? "; it did answer"
		       : e->ike_received ? "; it was heard before"
					 : "");
	if (up)
		rules_fill_saw(d, " %s ago", diagnose_words_span(e->now_ms - up, ago, sizeof(ago)));
	say_list(e, d);
	return true;
}

static const struct rules_row rows[] = {
	{DIAGNOSE_CFG_MAP_NOT_APPLIED, RULES_WAY, .holds = map_not_applied},
	{DIAGNOSE_IF_DOWN, RULES_WAY, .holds = interface_down},
	{DIAGNOSE_CFG_ACQUIRE, RULES_WAY, .holds = cannot_acquire},
	{DIAGNOSE_RT_NO_ROUTE, RULES_WAY, .holds = no_route},
	{DIAGNOSE_P1_NOT_ENABLED, RULES_WAY, .holds = not_enabled},
	{DIAGNOSE_P1_ASYM_ROUTE, RULES_WAY, .holds = asymmetric_route},
	{DIAGNOSE_P1_NO_ANSWER, RULES_WAY, .holds = no_answer},
};

const struct rules_table rules_way = {rows, array_len(rows)};
