/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/diagnose_words.h"
#include "controlplane/diagnose/evidence_records.h"
#include "controlplane/diagnose/rules.h"
#include "controlplane/diagnose/rules_fill.h"
#include "controlplane/diagnose/rules_quick_remedy.h"
#include "controlplane/ike/ike_names.h"
#include "controlplane/ike/ike_payload.h"
#include "lib/config/config_acl.h"

#include <stdio.h>
#include <string.h>

enum {
	TEXT = RULES_FILL_TEXT,
};

/* What it was about, from our side. */
static const struct selector *proxies(const struct ike_record *r)
{
	return r->quick.has_offered ? &r->quick.offered : &r->quick.ours;
}

static void fill_entry(const struct evidence *e, const struct config_map_entry *entry,
		       struct diagnosis *d)
{
	if (e->map)
		rules_fill_map(d, e->map->name);
	else
		diagnose_set(d, "map", "<map>");
	if (entry) {
		d->sequence = entry->sequence;
		diagnose_set(d, "seq", "%u", (unsigned)entry->sequence);
	} else {
		diagnose_set(d, "seq", "<number>");
	}
}

/* The entry that was looked at: that of the tunnel, as the proxies say, else the peer's. */
static const struct config_map_entry *entry_of(const struct evidence *e, const struct ike_record *r)
{
	struct evidence_nearest nearest = evidence_nearest(e, proxies(r));

	if (nearest.of_peer || (!e->entry && nearest.entry))
		return nearest.entry;
	/* of nobody in particular: the dynamic one takes it */
	for (size_t i = 0; !e->entry && e->map && i < e->map->n_entries; i++)
		if (e->map->entries[i].dynamic[0])
			return &e->map->entries[i];
	return e->entry;
}

static bool has_no_map(const struct evidence *, const struct ike_record *r)
{
	return !r->initiator && r->reason == IKE_REASON_NO_MAP && r->quick.has_offered;
}

static const struct config_interface *interface_at(const struct config *c, const struct addr *a)
{
	for (size_t i = 0; i < c->n_interfaces; i++)
		if (addr_eq(&c->interfaces[i].address, a))
			return &c->interfaces[i];
	return NULL;
}

/* The address that a map stands for, NONE = it is on no interface. */
static struct addr address_of_map(const struct evidence *e)
{
	const struct config_interface *i = NULL;

	if (e->map->local_interface[0])
		i = config_model_interface(e->config, e->map->local_interface);
	for (size_t k = 0; k < e->config->n_interfaces && !i; k++)
		if (!strcmp(e->config->interfaces[k].crypto_map, e->map->name))
			i = &e->config->interfaces[k];
	return i ? i->address : (struct addr){0};
}

static bool stands_for(const struct evidence *e, const struct addr *local)
{
	const struct config_interface *at = interface_at(e->config, local);
	struct addr address = address_of_map(e);

	if (addr_eq(&address, local))
		return true;
	return !e->map->local_interface[0] && at && !strcmp(at->crypto_map, e->map->name);
}

static bool local_address(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = evidence_records_quick(e, has_no_map);
	const struct config_interface *at;
	struct addr address;
	char text[TEXT];

	if (!r || !e->config || !e->map || !r->path.local.family || stands_for(e, &r->path.local))
		return false;
	at = interface_at(e->config, &r->path.local);
	address = address_of_map(e);
	rules_fill_map(d, e->map->name);
	diagnose_set(d, "ip", "%s", addr_print(&r->path.local, text, TEXT));
	diagnose_set(d, "local", "%s",
		     address.family ? addr_print(&address, text, TEXT) : "of no interface");
	diagnose_set(d, "if", "%s", at ? at->name : "<interface>");
	if (!e->map->local_interface[0])
		rules_fill_command(d, "interface %s / crypto map %s", at ? at->name : "<interface>",
				   e->map->name);
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "quick mode of the peer came to %s",
		       addr_print(&r->path.local, text, TEXT));
	return true;
}

static bool names_peer(const struct evidence *e, const struct config_map_entry *entry)
{
	for (size_t i = 0; i < entry->n_peers; i++)
		if (addr_eq(&entry->peers[i], &e->peer))
			return true;
	return false;
}

static bool line_covers(const struct config_acl_line *line, const struct selector *s)
{
	return line->permit && !config_acl_line_is_idle(line) &&
	       prefix_covers(&line->src, &s->local) && prefix_covers(&line->dst, &s->remote) &&
	       (!line->protocol || line->protocol == s->protocol);
}

static const struct config_acl_line *covering(const struct evidence *e, const char *name,
					      const struct selector *s)
{
	const struct config_acl *acl = config_model_acl(e->config, name);

	for (size_t i = 0; acl && i < acl->n_lines; i++)
		if (line_covers(&acl->lines[i], s))
			return &acl->lines[i];
	return NULL;
}

/* The entry of others that takes these packets before that of the peer does; NULL = none. */
static const struct config_map_entry *taken_by(const struct evidence *e, const struct selector *s,
					       const struct config_map_entry **wanted)
{
	const struct config_map_entry *first = NULL;

	for (size_t i = 0; i < e->map->n_entries; i++) {
		const struct config_map_entry *entry = &e->map->entries[i];

		if (!covering(e, entry->acl, s))
			continue;
		if (names_peer(e, entry)) {
			*wanted = entry;
			return first;
		}
		if (!first)
			first = entry;
	}
	return NULL;
}

/* It has decrypted what came, and nothing has gone back on it. */
static bool is_one_way(const struct evidence_sa *sa)
{
	return sa->up && sa->newest && sa->now.in_packets && !sa->now.out_packets;
}

static bool map_order(const struct evidence *e, struct diagnosis *d)
{
	const struct config_map_entry *first = NULL, *wanted = NULL;
	char text[ADDR_TEXT];

	if (!e->config || !e->map)
		return false;
	for (size_t i = 0; i < e->n_sas && !first; i++)
		if (is_one_way(&e->sas[i]))
			first = taken_by(e, &e->sas[i].selector, &wanted);
	if (!first)
		return false;
	rules_fill_map(d, e->map->name);
	d->sequence = first->sequence;
	diagnose_set(d, "seq", "%u", (unsigned)first->sequence);
	diagnose_set(d, "seq2", "%u", (unsigned)wanted->sequence);
	diagnose_set(d, "free", "%u", (unsigned)wanted->sequence + 10);
	d->sureness = DIAGNOSE_LIKELY;
	rules_fill_saw(d,
		       "packets come in on the SA of entry %u (peer %s) and none go out on it: "
		       "entry %u takes them first, which has another peer",
		       (unsigned)wanted->sequence, addr_print(&e->peer, text, sizeof(text)),
		       (unsigned)first->sequence);
	return true;
}

/* There may be one of the right proxies, for whom the peer has not proved to be. */
static bool has_no_entry(const struct evidence *e, const struct ike_record *r)
{
	if (!has_no_map(e, r))
		return !r->initiator && r->reason == IKE_REASON_PROFILE && r->quick.has_offered;
	return !e->config || !e->map || stands_for(e, &r->path.local);
}

/* An entry of other peers may have them: then it is the address of the peer that is wrong. */
static void say_other_entry(const struct evidence *e, const struct selector *offered,
			    struct diagnosis *d)
{
	struct evidence_nearest nearest = evidence_nearest(e, offered);
	char text[ADDR_TEXT];

	rules_fill_saw(d, "no entry of a crypto map on an interface is for peer %s",
		       addr_print(&e->peer, text, sizeof(text)));
	if (nearest.covers && nearest.entry->n_peers)
		rules_fill_saw(d, "; entry %u has these networks, for peer %s",
			       (unsigned)nearest.entry->sequence,
			       addr_print(&nearest.entry->peers[0], text, sizeof(text)));
}

/* The entry has come since: the peer has but to try again. */
static bool has_entry_now(const struct evidence *e, const struct ike_record *r)
{
	struct evidence_nearest nearest;

	if (!e->config || !e->interface[0] || r->reason == IKE_REASON_PROFILE)
		return false;
	nearest = evidence_nearest(e, &r->quick.offered);
	return nearest.entry && nearest.of_peer && nearest.covers;
}

static bool no_policy(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = evidence_records_quick(e, has_no_entry);
	char text[TEXT];

	if (!r || has_entry_now(e, r))
		return false;
	diagnose_set(d, "src", "%s", diagnose_words_end(&r->quick.offered, false, text, TEXT));
	diagnose_set(d, "dst", "%s", diagnose_words_end(&r->quick.offered, true, text, TEXT));
	d->sureness = DIAGNOSE_SURE;
	if (r->reason == IKE_REASON_PROFILE)
		rules_fill_saw(d, "%s", ike_reason_text(r->reason));
	else
		say_other_entry(e, &r->quick.offered, d);
	return true;
}

static bool has_other_proxies(const struct evidence *, const struct ike_record *r)
{
	return r->reason == IKE_REASON_PROXY_MISMATCH || r->reason == IKE_REASON_PROXY_RANGE;
}

/* The line that somebody typed, when it names object-groups. */
static void say_written(const struct evidence *e, const struct evidence_nearest *nearest,
			struct diagnosis *d)
{
	const struct config_acl *acl = nearest->acl;
	char text[CONFIG_ACL_TEXT];

	for (size_t i = 0; i < acl->n_typed; i++)
		if (acl->typed[i].sequence == nearest->line->sequence &&
		    config_object_group_in_line(&acl->typed[i]))
			rules_fill_saw(d, " (of: %s)",
				       config_acl_print_typed(e->config, &acl->typed[i],
							      acl->standard, false, text,
							      sizeof(text)));
}

/* What the peer has to have: the same line with its ends exchanged. */
static void say_mirror(const struct evidence *e, const struct evidence_nearest *nearest,
		       struct diagnosis *d)
{
	struct config_acl_line mirror = *nearest->line;
	bool netmasks = e->config->dialect != DIALECT_IOS;
	char text[2 * TEXT];

	config_acl_print_line(nearest->line, nearest->acl->standard, netmasks, text, sizeof(text));
	rules_fill_saw(d, "; line %u of %s is: %s", (unsigned)nearest->line->sequence,
		       nearest->acl->name, text);
	say_written(e, nearest, d);
	mirror.src = nearest->line->dst;
	mirror.dst = nearest->line->src;
	memcpy(mirror.src_port, nearest->line->dst_port, sizeof(mirror.src_port));
	memcpy(mirror.dst_port, nearest->line->src_port, sizeof(mirror.dst_port));
	config_acl_print_line(&mirror, false, netmasks, text, sizeof(text));
	rules_fill_saw(d, "; the peer must have: %s", text);
	snprintf(d->there, sizeof(d->there), "%s", text);
}

static void fill_nearest(const struct evidence *e, const struct evidence_nearest *nearest,
			 struct diagnosis *d)
{
	fill_entry(e, nearest->entry, d);
	if (!nearest->line) {
		diagnose_set(d, "line", "none");
		diagnose_set(d, "acl", "%s",
			     e->entry && e->entry->acl[0] ? e->entry->acl : "<acl>");
		return;
	}
	d->acl_sequence = nearest->line->sequence;
	diagnose_set(d, "line", "%u", (unsigned)nearest->line->sequence);
	diagnose_set(d, "acl", "%s", nearest->acl->name);
	say_mirror(e, nearest, d);
}

static bool proxy(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = evidence_records_quick(e, has_other_proxies);
	struct evidence_nearest nearest;
	char local[TEXT], remote[TEXT];

	if (!r || !r->quick.has_offered)
		return false;
	nearest = evidence_nearest(e, r->initiator ? &r->quick.ours : &r->quick.offered);
	diagnose_words_end(&r->quick.offered, false, local, sizeof(local));
	diagnose_words_end(&r->quick.offered, true, remote, sizeof(remote));
	rules_fill_peer(e, d);
	diagnose_set(d, "remote", "%s", remote);
	diagnose_set(d, "local", "%s", local);
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "%s",
		       r->initiator ? "the peer answered with other identities"
		       : r->reason == IKE_REASON_PROXY_RANGE
			       ? "its identities name a range that is no network"
			       : "no line has these identities");
	fill_nearest(e, &nearest, d);
	return true;
}

static bool has_other_transform(const struct evidence *, const struct ike_record *r)
{
	return r->reason == IKE_REASON_NO_PROPOSAL_P2 || r->reason == IKE_REASON_AH_OFFERED ||
	       r->reason == IKE_REASON_IPCOMP_OFFERED;
}

static bool transform(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = evidence_records_quick(e, has_other_transform);
	const struct config_map_entry *entry;
	char text[2 * TEXT];

	if (!r)
		return false;
	entry = entry_of(e, r);
	rules_fill_peer(e, d);
	fill_entry(e, entry, d);
	if (!rules_quick_remedy_offers(r, text, TEXT)[0])
		diagnose_words_offers(r, text, TEXT);
	diagnose_set(d, "offered", "%s", text[0] ? text : "nothing of ours");
	rules_quick_remedy_sets(e, entry, text, sizeof(text));
	if (!text[0] && r->nearest.any)
		ike_record_terms_print(&r->nearest.wanted, IKE_PHASE_2, text, sizeof(text));
	diagnose_set(d, "allowed", "%s", text[0] ? text : "others");
	rules_quick_remedy_transform(e, entry, r, d);
	d->sureness = DIAGNOSE_SURE;
	if (r->reason == IKE_REASON_NO_PROPOSAL_P2 && r->nearest.any)
		rules_fill_saw(d, "what comes nearest differs in %s",
			       diagnose_words_differences(r, text, sizeof(text)));
	else
		rules_fill_saw(d, "%s", ike_reason_text(r->reason));
	return true;
}

static bool has_other_pfs(const struct evidence *, const struct ike_record *r)
{
	return r->reason == IKE_REASON_PFS_MISMATCH;
}

static void say_ke(const struct ike_record *r, struct diagnosis *d)
{
	if (r->initiator)
		diagnose_set(d, "did", "%s", r->quick.group_wanted ? "refused" : "asks for");
	else if (!r->quick.ke_received && !r->quick.group_offered)
		diagnose_set(d, "did", "did not send");
	else if (r->quick.group_offered)
		diagnose_set(d, "did", "sent group %u in", (unsigned)r->quick.group_offered);
	else
		diagnose_set(d, "did", "sent");
}

static bool pfs(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = evidence_records_quick(e, has_other_pfs);
	const struct config_map_entry *entry;
	char name[IKE_NAME_TEXT];
	uint16_t wanted;

	if (!r)
		return false;
	entry = entry_of(e, r);
	wanted = r->quick.group_wanted;
	rules_fill_peer(e, d);
	fill_entry(e, entry, d);
	say_ke(r, d);
	if (wanted)
		diagnose_set(d, "group", "group %u", (unsigned)wanted);
	else
		diagnose_set(d, "group", "none");
	if (alg_group_row(r->quick.group_offered))
		rules_fill_command(d, "crypto map {map} {seq} / set pfs group%u",
				   (unsigned)r->quick.group_offered);
	else
		rules_fill_command(d, "crypto map {map} {seq} / %s",
				   wanted ? "no set pfs" : "set pfs <group>");
	d->sureness = r->initiator ? DIAGNOSE_LIKELY : DIAGNOSE_SURE;
	if (r->notify)
		rules_fill_saw(d, "the peer answers %s",
			       ike_names_notify(r->notify, name, sizeof(name)));
	else
		rules_fill_saw(d, "proxies and transform agreed before");
	return true;
}

static bool is_refused(const struct evidence *, const struct ike_record *r)
{
	return r->initiator && r->notify && r->reason != IKE_REASON_PFS_MISMATCH &&
	       !has_other_proxies(NULL, r) && !has_other_transform(NULL, r);
}

static void say_refusal(const struct evidence *e, const struct ike_record *r,
			const struct evidence_nearest *nearest, struct diagnosis *d)
{
	char text[2 * TEXT], end[TEXT];

	rules_fill_saw(d, "we proposed %s to %s",
		       diagnose_words_end(&r->quick.ours, false, text, TEXT),
		       diagnose_words_end(&r->quick.ours, true, end, TEXT));
	if (r->notify == IKE_NOTIFY_NO_PROPOSAL_CHOSEN) {
		rules_fill_saw(d, " with %s", diagnose_words_offers(r, text, sizeof(text)));
		rules_fill_saw(d, r->quick.group_wanted ? " and PFS group %u" : " and no PFS",
			       (unsigned)r->quick.group_wanted);
	} else if (nearest->line) {
		say_mirror(e, nearest, d);
	}
}

static bool peer_refused(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = evidence_records_quick(e, is_refused);
	struct evidence_nearest nearest;
	char name[IKE_NAME_TEXT];

	if (!r)
		return false;
	nearest = evidence_nearest(e, &r->quick.ours);
	rules_fill_peer(e, d);
	if (nearest.entry && e->map) {
		snprintf(d->map, sizeof(d->map), "%s", e->map->name);
		d->sequence = nearest.entry->sequence;
	}
	diagnose_set(d, "notify", "%s", ike_names_notify(r->notify, name, sizeof(name)));
	diagnose_set(d, "acl", "%s", nearest.acl ? nearest.acl->name : "<acl>");
	if (r->notify == IKE_NOTIFY_NO_PROPOSAL_CHOSEN)
		rules_fill_command(d, "show crypto ipsec transform-set");
	d->sureness = r->notify_proven ? DIAGNOSE_SURE : DIAGNOSE_LIKELY;
	say_refusal(e, r, &nearest, d);
	return true;
}

static bool is_unanswered(const struct evidence *e, const struct ike_record *r)
{
	unsigned missing;

	return evidence_records_waits(e, r, &missing) && !r->notify;
}

/* Who is dead answers nothing: that is another diagnosis. */
static bool no_answer(const struct evidence *e, struct diagnosis *d)
{
	const struct ike_record *r = evidence_records_quick(e, is_unanswered);
	const struct evidence_note *dead = evidence_note(e, EVIDENCE_DPD_DEAD);
	char course[TEXT];

	if (!r || (dead && dead->at_ms >= r->started_ms))
		return false;
	rules_fill_peer(e, d);
	d->sureness = DIAGNOSE_LIKELY;
	rules_fill_saw(d, "%s", diagnose_words_course(e, r, course, sizeof(course)));
	rules_fill_saw(d, r->initiator ? "; it probably refuses transform or proxies without a word"
				       : "; it did not like our answer, or did not get it");
	return true;
}

static const struct rules_row rows[] = {
	{DIAGNOSE_CFG_LOCAL_ADDR, RULES_QUICK, .holds = local_address},
	{DIAGNOSE_CFG_MAP_ORDER, RULES_QUICK, .holds = map_order},
	{DIAGNOSE_P2_NO_POLICY, RULES_QUICK, .holds = no_policy},
	{DIAGNOSE_P2_PROXY, RULES_QUICK, .holds = proxy},
	{DIAGNOSE_P2_TRANSFORM, RULES_QUICK, .holds = transform},
	{DIAGNOSE_P2_PFS, RULES_QUICK, .holds = pfs},
	{DIAGNOSE_P2_PEER_REFUSED, RULES_QUICK, .holds = peer_refused},
	{DIAGNOSE_P2_NO_ANSWER, RULES_QUICK, .holds = no_answer},
};

const struct rules_table rules_quick = {rows, array_len(rows)};
