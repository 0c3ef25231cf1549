/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/dynamic_admit.h"

#include "controlplane/peer_admit.h"
#include "controlplane/provider.h"
#include "controlplane/tunnels_entry.h"

static bool prefixes_meet(const struct prefix *a, const struct prefix *b)
{
	return prefix_covers(a, b) || prefix_covers(b, a);
}

/* 0 = any */
static bool numbers_meet(uint32_t a, uint32_t b)
{
	return !a || !b || a == b;
}

bool dynamic_admit_meet(const struct selector *a, const struct selector *b)
{
	return prefixes_meet(&a->remote, &b->remote) && prefixes_meet(&a->local, &b->local) &&
	       numbers_meet(a->protocol, b->protocol) &&
	       numbers_meet(a->local_port, b->local_port) &&
	       numbers_meet(a->remote_port, b->remote_port);
}

static const char *check_client(const struct session *session, const struct selector *offered)
{
	if (!session || session->address.addr.family == ADDR_NONE)
		return "the client has no address yet";
	if (!prefix_eq(&session->address, &offered->remote))
		return "a client may have its own address alone";
	return NULL;
}

static bool any_or_covers(const struct prefix *line, const struct prefix *p)
{
	return line->addr.family == ADDR_NONE || line->len == 0 || prefix_covers(line, p);
}

static bool any_or_meets(const struct prefix *line, const struct prefix *p)
{
	return line->addr.family == ADDR_NONE || line->len == 0 || prefixes_meet(line, p);
}

static bool in_ports(const uint16_t range[2], uint16_t port, bool whole)
{
	bool any = range[0] == 0 && range[1] == UINT16_MAX;

	if (!port)
		return any || !whole;
	return port >= range[0] && port <= range[1];
}

/* The line selects all of it (whole), or some. */
static bool line_takes(const struct config_acl_line *line, const struct selector *s, bool whole)
{
	bool protocol = !line->protocol || line->protocol == s->protocol;

	if (!whole)
		return (protocol || !s->protocol) && any_or_meets(&line->src, &s->local) &&
		       any_or_meets(&line->dst, &s->remote) &&
		       in_ports(line->src_port, s->local_port, false) &&
		       in_ports(line->dst_port, s->remote_port, false);
	return protocol && any_or_covers(&line->src, &s->local) &&
	       any_or_covers(&line->dst, &s->remote) &&
	       in_ports(line->src_port, s->local_port, true) &&
	       in_ports(line->dst_port, s->remote_port, true);
}

static const char *check_list(const struct config_acl *acl, const struct selector *offered)
{
	for (size_t i = 0; acl && i < acl->n_lines; i++) {
		const struct config_acl_line *line = &acl->lines[i];

		if (config_acl_line_is_idle(line))
			continue;
		if (line->permit && line_takes(line, offered, true))
			return NULL;
		if (!line->permit && line_takes(line, offered, false))
			return "the access list denies some of it";
	}
	return "it is in no permit line of the access list";
}

/* A peer that is itself in a network of ours may be reached through its tunnel there. */
static const char *check_connected(const struct control *c, const struct ike_path *path,
				   const struct selector *offered)
{
	struct prefix host = prefix_make(&path->remote, UINT8_MAX);

	for (size_t i = 0; i < c->config.n_interfaces; i++) {
		const struct config_interface *interface = &c->config.interfaces[i];
		struct prefix net = prefix_make(&interface->address, interface->prefix_len);

		if (addr_is_none(&interface->address) || prefix_eq(&host, &offered->remote))
			continue;
		if (prefixes_meet(&net, &offered->remote))
			return "it is in a network that is connected here";
	}
	return NULL;
}

/* What clients are given is not for sites to take, before or beside them. */
static const char *check_pools(const struct control *c, const struct selector *offered)
{
	const struct config_remote *remote = &c->config.remote;
	const struct prefix *p = &offered->remote;
	uint32_t low, hosts;

	if (p->addr.family != ADDR_V4)
		return NULL;
	hosts = p->len < 32 ? UINT32_MAX >> p->len : 0;
	low = addr_to_v4(&p->addr) & ~hosts;
	for (size_t i = 0; i < remote->n_pools; i++)
		for (size_t k = 0; k < remote->pools[i].n_ranges; k++)
			if (remote->pools[i].ranges[k].low <= (low | hosts) &&
			    remote->pools[i].ranges[k].high >= low)
				return "some of it is in a pool of addresses for clients";
	return NULL;
}

/*
 * Static rules come before dynamic ones on their interface, unless the dynamic entry has too low a
 * number. Of a client's own address no more is to be feared; anybody else could speak for hosts of
 * the other tunnel.
 */
static const char *check_static(const struct control *c, const struct tunnel *template, bool client,
				const struct selector *offered)
{
	for (size_t i = 0; i < c->tunnels.n; i++) {
		const struct tunnel *t = &c->tunnels.rows[i];
		bool first =
			t->sequence < template->sequence && addr_eq(&t->local, &template->local);

		if (!(client && first) && dynamic_admit_meet(&t->selector, offered))
			return "it overlaps a line of a static entry";
	}
	return NULL;
}

const char *dynamic_admit_refusal(const struct control *c, const struct tunnel *template,
				  const struct ike_path *path, const struct selector *offered)
{
	const struct session *session = sessions_find(&c->sessions, path->peer);
	const struct config_acl *acl = config_model_acl(&c->config, template->acl);
	const char *why = NULL;
	enum ike_reason reason;

	if (!peer_admit_tunnel(c, path, template, &reason))
		return ike_reason_text(reason);
	if (session || path->client)
		why = check_client(session, offered);
	else if (offered->remote.len == 0)
		why = "it is any address at all";
	else if (!acl && offered->remote.len < DYNAMIC_ADMIT_PREFIX_MIN)
		why = "it is larger than a /8: add match address to the dynamic map if it is meant";
	else
		why = check_connected(c, path, offered);
	if (!why && !session)
		why = check_pools(c, offered);
	if (!why && template->acl[0])
		why = check_list(acl, offered);
	return why ? why : check_static(c, template, session != NULL, offered);
}

bool dynamic_admit_fits(const struct ike_fit *fit, const struct tunnel *t,
			const struct ike_path *path)
{
	struct ike_child_config config;

	provider_fill_child(t, 0, &config);
	config.transport = t->transport && tunnels_entry_between_ends(t, &path->remote);
	return !fit || fit->fits(fit, &config);
}

const struct tunnels_template *dynamic_admit_choose(const struct control *c,
						    const struct ike_path *path,
						    const struct selector *offered,
						    const struct ike_fit *fit,
						    const struct tunnel **asked, const char **why)
{
	const struct tunnels_template *first = NULL;

	for (size_t i = 0; i < c->tunnels.n_templates; i++) {
		const struct tunnels_template *row = &c->tunnels.templates[i];

		if (!addr_eq(&row->t.local, &path->local) ||
		    (row->t.n_peers && !tunnels_has_peer(&row->t, &path->remote)))
			continue;
		*asked = &row->t;
		*why = dynamic_admit_refusal(c, &row->t, path, offered);
		if (!*why && dynamic_admit_fits(fit, &row->t, path))
			return row;
		if (!*why && !first)
			first = row;
	}
	if (first)
		*asked = &first->t;
	return first;
}
