/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_id.h"
#include "controlplane/ike/ike_names.h"
#include "controlplane/ike/ike_work.h"

#include <stdio.h>

enum {
	TRANSFORM_TEXT = 64,
	CIPHER_BITS = 8,
	FLAGS_TUNNEL = 4,
};

const char *ike_debug_proxy(const struct prefix *p, uint8_t protocol, uint16_t port,
			    char buf[IKE_DEBUG_PROXY])
{
	struct addr mask = prefix_mask(p);
	char net[ADDR_TEXT];
	char text[ADDR_TEXT];

	snprintf(buf, IKE_DEBUG_PROXY, "%s/%s/%u/%u", addr_print(&p->addr, net, sizeof(net)),
		 addr_print(&mask, text, sizeof(text)), protocol, port);
	return buf;
}

static unsigned type_of(const struct prefix *p)
{
	return prefix_is_host(p, &p->addr) ? IKE_ID_IPV4 : IKE_ID_IPV4_SUBNET;
}

/* "PROXY Subnet data": the ASA says what it reads as it reads it. */
void ike_debug_proxy_seen(const struct ike_work *work, const struct ike_id *id, bool local)
{
	const struct ike_sa *sa = work->sa;
	char unknown[IKE_NAME_TEXT];
	const char *type = ike_names_id_type(id->type, unknown, sizeof(unknown));
	struct prefix p;
	struct addr mask;
	bool responder = work->step->message == IKE_MESSAGE_QM1;

	if (!ike_debug_on(sa->engine))
		return;
	ike_say(sa, IKE_SAY_QM_ID_SEEN);
	if (ike_id_prefix(id, &p) != IKE_PARSED)
		return;
	mask = prefix_mask(&p);
	if (type_of(&p) == IKE_ID_IPV4) {
		ike_say(sa, IKE_SAY_QM_ID_HOST, type, &p.addr);
		if (responder)
			ike_say(sa, IKE_SAY_QM_PROXY_HOST, local ? "local" : "remote", &p.addr, 0,
				id->protocol, id->port);
		return;
	}
	ike_say(sa, IKE_SAY_QM_ID_SUBNET, type, &p.addr, &mask);
	if (responder)
		ike_say(sa, IKE_SAY_QM_PROXY_SUBNET, local ? "local" : "remote", &p.addr, &mask,
			id->protocol, id->port);
}

/* "12.0.0.0/255.255.255.0", of a host without the mask. */
static const char *net_text(const struct prefix *p, char buf[2 * ADDR_TEXT])
{
	struct addr mask = prefix_mask(p);
	char net[ADDR_TEXT];
	char text[ADDR_TEXT];

	addr_print(&p->addr, net, sizeof(net));
	addr_print(&mask, text, sizeof(text));
	snprintf(buf, 2 * ADDR_TEXT, type_of(p) == IKE_ID_IPV4 ? "%s" : "%s/%s", net, text);
	return buf;
}

static void decoded(const struct ike_work *work, const struct ike_payload *p, const char *which)
{
	char type[IKE_NAME_TEXT];
	char text[2 * ADDR_TEXT];
	struct prefix prefix;
	struct ike_id id;

	if (ike_id_parse_proxy(p, &id) != IKE_PARSED || ike_id_prefix(&id, &prefix) != IKE_PARSED)
		return;
	ike_say(work->sa, IKE_SAY_QM_ID_DECODED, ike_names_id_type(id.type, type, sizeof(type)),
		which, net_text(&prefix, text), id.protocol, id.port);
}

void ike_debug_proxies(const struct ike_work *work)
{
	static const char *const which[] = {"src", "dst"};

	if (!ike_debug_on(work->engine))
		return;
	for (size_t i = 0; i < 2; i++) {
		const struct ike_payload *p = ike_msg_get(&work->msg, IKE_PAYLOAD_ID, i);

		if (!p)
			return;
		ike_say(work->sa, IKE_SAY_QM_ID, work->msg.header.msgid);
		if (work->step->message == IKE_MESSAGE_QM1)
			decoded(work, p, which[i]);
	}
}

static const char *tunnel_type(const struct ike_sa *sa)
{
	return sa->path.client ? "ra" : "l2l";
}

static void embryonic(const struct ike_sa *sa, const char *direction, uint32_t spi, uint32_t tunnel)
{
	ike_say(sa, IKE_SAY_EMBRYONIC, spi, direction, spi, sa->conn_id, tunnel, tunnel_type(sa));
}

void ike_debug_spi(const struct ike_sa *sa, const struct ike_child_config *config, uint32_t spi,
		   bool initiator)
{
	if (!ike_debug_on(sa->engine))
		return;
	if (!initiator)
		ike_say(sa, IKE_SAY_QM_SPI_WANTED);
	ike_say(sa, IKE_SAY_KEY_EVENT);
	ike_say(sa, IKE_SAY_SPI_RESPONSE, spi);
	embryonic(sa, "inbound", spi, config->tunnel);
	ike_say(sa, IKE_SAY_QM_SPI, initiator ? "Initiator" : "Responder");
	ike_say(sa, IKE_SAY_QM_SPI_GOT, spi);
	ike_say(sa, IKE_SAY_QM_BUILD);
}

void ike_debug_own_proxies(const struct ike_sa *sa, const struct selector *s, bool initiator)
{
	struct addr local = prefix_mask(&s->local);
	struct addr remote = prefix_mask(&s->remote);

	if (!ike_debug_on(sa->engine))
		return;
	ike_say(sa, initiator ? IKE_SAY_QM_BUILD_IDS : IKE_SAY_QM_BUILD_IDS_R, &s->local.addr,
		&local, &s->remote.addr, &remote, s->protocol, s->local_port, s->remote_port);
}

/* The two contexts of the ASA, of which the later knows the earlier. */
static void contexts(const struct ike_sa *sa, const struct ike_child *child, bool inbound)
{
	const struct selector *s = &child->selector;
	struct addr local = prefix_mask(&s->local);
	struct addr remote = prefix_mask(&s->remote);

	if (!inbound) {
		embryonic(sa, "outbound", child->spi_out, child->tunnel);
		ike_say(sa, IKE_SAY_OUTBOUND, child->spi_out, child->spi_out, &s->local.addr,
			&local, &s->remote.addr, &remote, s->protocol);
		return;
	}
	ike_say(sa, IKE_SAY_INBOUND, child->spi_in, child->spi_in, &s->local.addr, &local,
		&s->remote.addr, &remote, s->protocol, child->spi_out, child->spi_out);
}

static void negotiated(const struct ike_sa *sa, const struct ike_child *child)
{
	const char *role = child->initiator ? "Initiator" : "Responder";

	ike_say(sa, sa->access.user[0] ? IKE_SAY_QM_COMPLETE_USER : IKE_SAY_QM_COMPLETE,
		"LAN-to-LAN", role, child->spi_in, child->spi_out, sa->access.user);
}

void ike_debug_loading(const struct ike_sa *sa, const struct ike_child *child)
{
	if (!ike_debug_on(sa->engine))
		return;
	ike_say(sa, IKE_SAY_QM_LOADING);
	contexts(sa, child, false);
	negotiated(sa, child);
	if (child->initiator)
		contexts(sa, child, true);
}

struct side {
	const char *direction;
	const struct addr *from;
	const struct addr *to;
	const struct prefix *from_proxy;
	const struct prefix *to_proxy;
	uint32_t spi;
};

static void one_side(const struct ike_sa *sa, const struct ike_child *child, struct side s)
{
	ike_say(sa, IKE_SAY_QM_SIDE, s.direction, s.from, s.to, &s.from_proxy->addr,
		&s.to_proxy->addr, s.spi, sa->conn_id, child->transport ? 0 : FLAGS_TUNNEL);
	ike_say(sa, IKE_SAY_QM_SIDE_S, child->lifetime_s);
	if (child->lifetime_kb)
		ike_say(sa, IKE_SAY_QM_SIDE_KB, child->lifetime_kb);
}

static void initialize(const struct ike_sa *sa, const struct ike_child *child, bool inbound)
{
	const struct selector *s = &child->selector;
	char transform[TRANSFORM_TEXT];
	char remote[IKE_DEBUG_PROXY];
	char local[IKE_DEBUG_PROXY];

	ike_say(sa, inbound ? IKE_SAY_INITIALIZE_IN : IKE_SAY_INITIALIZE_OUT,
		ike_debug_proxy(&s->local, s->protocol, s->local_port, local),
		ike_debug_proxy(&s->remote, s->protocol, s->remote_port, remote),
		alg_suite_print(child->suite, transform, sizeof(transform)), child->lifetime_s,
		child->lifetime_kb, inbound ? child->spi_in : child->spi_out, sa->conn_id,
		alg_cipher_row(child->suite.cipher)->key_bytes * CIPHER_BITS, type_of(&s->local),
		type_of(&s->remote));
}

void ike_debug_child_up(const struct ike_txn *txn, const struct ike_child *child)
{
	const struct selector *s = &child->selector;
	const struct ike_path *path = &child->path;
	const struct ike_sa *sa = txn->sa;

	if (!ike_debug_on(sa->engine))
		return;
	if (!child->initiator)
		ike_debug_loading(sa, child);
	ike_say(sa, IKE_SAY_QM_MAP_ALLOC, 2 * sa->children - 1, 2 * sa->children);
	ike_say(sa, IKE_SAY_QM_CREATING);
	one_side(sa, child,
		 (struct side){"inbound", &path->remote, &path->local, &s->remote, &s->local,
			       child->spi_in});
	one_side(sa, child,
		 (struct side){"outbound", &path->local, &path->remote, &s->local, &s->remote,
			       child->spi_out});
	ike_say(sa, IKE_SAY_KEY_EVENT);
	initialize(sa, child, true);
	initialize(sa, child, false);
	ike_debug_peer_pair(sa);
	ike_say(sa, IKE_SAY_QM_KEY_ADD, child->spi_out);
	if (!child->initiator)
		contexts(sa, child, true);
	ike_say(sa, IKE_SAY_QM_KEY_UPDATE, child->spi_in);
}
