/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/discards.h"

#include "controlplane/filters.h"
#include "lib/net/ip.h"

#include <stdio.h>
#include <string.h>

enum {
	EVENT_TEXT = 480,
	PACKET_TEXT = 320,
	PROXY_TEXT = 128,
	PROTOCOL_TEXT = 8,
	ASA_TEXT = 1200,
};

/* The pair a notice is about, by its slot at the worker. */
static const struct sa_pair *pair_of(const struct control *c, int from, uint32_t slot)
{
	const struct plane_params *params = &c->plane->header->params;

	if (from < 0 || slot >= params->n_slots)
		return NULL;
	return c->store.by_slot[(size_t)from * params->n_slots + slot];
}

struct notice_text {
	const struct plane_notice *n;
	const struct sa_pair *pair; /* may be NULL */
	char src[ADDR_TEXT];
	char dst[ADDR_TEXT];
};

static uint32_t conn_of(const struct notice_text *t)
{
	return t->pair ? t->pair->conn_in : 0;
}

/* The user, or the peer itself. */
static const char *user_of(const struct control *c, const struct notice_text *t)
{
	const struct session *s = t->pair ? sessions_find(&c->sessions, t->pair->path.peer) : NULL;

	return s && s->user[0] ? s->user : t->src;
}

/* "ESP packet (SPI= 0x..., sequence number= 0x...) from A (user= U) to B" */
static const char *packet_text(const struct control *c, const struct notice_text *t,
			       char buf[PACKET_TEXT])
{
	snprintf(buf, PACKET_TEXT,
		 "an ESP packet (SPI= 0x%08X, sequence number= 0x%llX) from %s (user= %s) to %s",
		 t->n->spi, (unsigned long long)t->n->seq, t->src, user_of(c, t), t->dst);
	return buf;
}

/* In the words of IOS and of an ASA, about the SPI of the packet. */
static void put(struct control *c, const struct notice_text *t, enum debug_log_class class,
		const char *ios, const char *asa)
{
	debug_log_event_of(c->log, class, t->n->spi, ios, asa);
}

static void invalid_spi(struct control *c, const struct notice_text *t)
{
	char ios[EVENT_TEXT], asa[EVENT_TEXT];

	snprintf(ios, sizeof(ios),
		 "decaps: rec'd IPSEC packet has invalid spi for destaddr=%s, prot=50, "
		 "spi=0x%X(%u), srcaddr=%s",
		 t->dst, t->n->spi, t->n->spi, t->src);
	snprintf(asa, sizeof(asa),
		 "IPSEC: Received an ESP packet (SPI= 0x%08X, sequence number= 0x%llX) from %s to "
		 "%s with an invalid SPI.",
		 t->n->spi, (unsigned long long)t->n->seq, t->src, t->dst);
	put(c, t, DEBUG_LOG_INVALID_SPI, ios, asa);
}

static void replay(struct control *c, const struct notice_text *t)
{
	char ios[EVENT_TEXT], asa[EVENT_TEXT], packet[PACKET_TEXT];

	snprintf(ios, sizeof(ios),
		 "decrypt: replay check failed connection id=%u, sequence number=%llu", conn_of(t),
		 (unsigned long long)t->n->seq);
	snprintf(asa, sizeof(asa), "IPSEC: Received %s that failed anti-replay checking.",
		 packet_text(c, t, packet));
	put(c, t, DEBUG_LOG_REPLAY, ios, asa);
}

static void mac(struct control *c, const struct notice_text *t)
{
	char ios[EVENT_TEXT], asa[EVENT_TEXT], packet[PACKET_TEXT];

	snprintf(ios, sizeof(ios), "decrypt: mac verify failed for connection id=%u", conn_of(t));
	snprintf(asa, sizeof(asa), "IPSEC: Received %s that failed authentication.",
		 packet_text(c, t, packet));
	put(c, t, DEBUG_LOG_MAC, ios, asa);
}

static void not_ipsec(struct control *c, const struct notice_text *t)
{
	char ios[EVENT_TEXT], asa[EVENT_TEXT];

	snprintf(
		ios, sizeof(ios),
		"Rec'd packet not an IPSEC packet. (ip) vrf/dest_addr= /%s, src_addr= %s, prot= %u",
		t->dst, t->src, t->n->flow.protocol);
	snprintf(asa, sizeof(asa),
		 "IPSEC: Received a non-IPsec packet (protocol= %u) from %s to %s.",
		 t->n->flow.protocol, t->src, t->dst);
	put(c, t, DEBUG_LOG_NOT_IPSEC, ios, asa);
}

static const char *proxy_text(const struct prefix *p, const struct selector *s, uint16_t port,
			      char buf[PROXY_TEXT])
{
	struct addr m = prefix_mask(p);
	char net[ADDR_TEXT], mask[ADDR_TEXT];

	snprintf(buf, PROXY_TEXT, "%s/%s/%u/%u", addr_print(&p->addr, net, sizeof(net)),
		 addr_print(&m, mask, sizeof(mask)), s->protocol, port);
	return buf;
}

/* The packet is not what its SA is for; the addresses are those inside. */
static void selector(struct control *c, const struct notice_text *t)
{
	const struct selector *s = t->pair ? &t->pair->selector : NULL;
	char ios[EVENT_TEXT], asa[ASA_TEXT] = "", local[PROXY_TEXT], remote[PROXY_TEXT];
	char from[ADDR_TEXT], to[ADDR_TEXT];

	snprintf(ios, sizeof(ios),
		 "identity doesn't match negotiated identity (ip) dest_addr= %s, src_addr= %s, "
		 "prot= %u, spi=0x%X, connection id=%u",
		 t->dst, t->src, t->n->flow.protocol, t->n->spi, conn_of(t));
	if (s)
		snprintf(
			asa, sizeof(asa),
			"IPSEC: Received an ESP packet (SPI= 0x%08X, sequence number= 0x%llX) from "
			"%s (user= %s) to %s.  The decapsulated inner packet doesn't match the "
			"negotiated policy in the SA.  The packet specifies its destination as %s, "
			"its source as %s, and its protocol as %u.  The SA specifies its local "
			"proxy as %s and its remote_proxy as %s.",
			t->n->spi, (unsigned long long)t->n->seq,
			addr_print(&t->pair->path.remote, from, sizeof(from)), user_of(c, t),
			addr_print(&t->pair->path.local, to, sizeof(to)), t->dst, t->src,
			t->n->flow.protocol, proxy_text(&s->local, s, s->local_port, local),
			proxy_text(&s->remote, s, s->remote_port, remote));
	put(c, t, DEBUG_LOG_SELECTOR, ios, asa[0] ? asa : NULL);
}

static void other(struct control *c, const struct notice_text *t)
{
	char ios[EVENT_TEXT], spi[32] = "";

	if (t->n->spi)
		snprintf(spi, sizeof(spi), ", spi=0x%X", t->n->spi);
	snprintf(ios, sizeof(ios), "%s: dest_addr= %s, src_addr= %s%s", drop_text(t->n->reason),
		 t->dst, t->src, spi);
	put(c, t, DEBUG_LOG_DISCARD, ios, NULL);
}

static void padding(struct control *c, const struct notice_text *t)
{
	char ios[EVENT_TEXT], asa[EVENT_TEXT];

	snprintf(ios, sizeof(ios), "%s: dest_addr= %s, src_addr= %s, spi=0x%X",
		 drop_text(t->n->reason), t->dst, t->src, t->n->spi);
	snprintf(asa, sizeof(asa),
		 "CRYPTO: Received an ESP packet (SPI = 0x%08X, sequence number= 0x%llX) from %s "
		 "(user= %s) to %s with incorrect IPsec padding",
		 t->n->spi, (unsigned long long)t->n->seq, t->src, user_of(c, t), t->dst);
	put(c, t, DEBUG_LOG_PADDING, ios, asa);
}

static const char *protocol_text(uint8_t protocol, char buf[PROTOCOL_TEXT])
{
	snprintf(buf, PROTOCOL_TEXT, "%u", protocol);
	return protocol == IP_PROTO_TCP	   ? "tcp"
	       : protocol == IP_PROTO_UDP  ? "udp"
	       : protocol == IP_PROTO_ICMP ? "icmp"
					   : buf;
}

/* An ASA tells of each packet, a router of those that a line with `log` denies. */
static void denied(struct control *c, const struct notice_text *t)
{
	bool out = t->n->reason == DROP_ACL_OUT;
	uint64_t port = t->n->seq >> 32;
	const struct config_interface *i =
		port < PLANE_PORTS_MAX
			? config_model_interface(&c->config,
						 c->plane->stats_main->devices[port].interface)
			: NULL;
	const char *name = i ? (out ? i->access_out : i->access_in) : "";
	const struct config_acl_line *line =
		filters_line(&c->config, &c->ids, name, (uint32_t)t->n->seq);
	char ios[EVENT_TEXT], asa[ASA_TEXT], text[PROTOCOL_TEXT], where[CONFIG_NAME + 2];
	const char *protocol = protocol_text(t->n->flow.protocol, text);

	if (!i || (c->config.dialect == DIALECT_IOS && !(line && line->log)))
		return;
	snprintf(ios, sizeof(ios), "list %s denied %s %s(%u) -> %s(%u), 1 packet", name, protocol,
		 t->src, t->n->flow.remote_port, t->dst, t->n->flow.local_port);
	snprintf(where, sizeof(where), "%s:", i->nameif[0] ? i->nameif : i->name);
	snprintf(asa, sizeof(asa), "Deny %s src %s%s/%u dst %s%s/%u by access-group \"%s\"",
		 protocol, out ? "" : where, t->src, t->n->flow.remote_port, out ? where : "",
		 t->dst, t->n->flow.local_port, name);
	put(c, t, DEBUG_LOG_ACL_DENIED, ios, asa);
}

struct notice_row {
	enum debug_log_class class;
	void (*write)(struct control *c, const struct notice_text *t);
};

void discards_log(struct control *c, int from, const struct plane_notice *notice)
{
	static const struct notice_row rows[DROP_COUNT] = {
		[DROP_ESP_NO_SA] = {DEBUG_LOG_INVALID_SPI, invalid_spi},
		[DROP_ESP_REPLAY_LATE] = {DEBUG_LOG_REPLAY, replay},
		[DROP_ESP_REPLAY_SEEN] = {DEBUG_LOG_REPLAY, replay},
		[DROP_ESP_AUTH] = {DEBUG_LOG_MAC, mac},
		[DROP_ESP_PAD] = {DEBUG_LOG_PADDING, padding},
		[DROP_POLICY_CLEAR] = {DEBUG_LOG_NOT_IPSEC, not_ipsec},
		[DROP_ESP_POLICY] = {DEBUG_LOG_SELECTOR, selector},
		[DROP_ACL_IN] = {DEBUG_LOG_ACL_DENIED, denied},
		[DROP_ACL_OUT] = {DEBUG_LOG_ACL_DENIED, denied},
	};
	static const struct notice_row rest = {DEBUG_LOG_DISCARD, other};
	struct notice_text t = {.n = notice, .pair = pair_of(c, from, notice->pair)};
	const struct notice_row *row;

	/* its sender hears of it by ICMP; a LAN says much to itself */
	if (notice->reason >= DROP_COUNT || notice->reason == DROP_NO_ROUTE ||
	    notice->reason == DROP_IP_MULTICAST)
		return;
	row = rows[notice->reason].write ? &rows[notice->reason] : &rest;
	/* flows are seen from our side: local is where the packet was going */
	addr_print(&notice->flow.remote.addr, t.src, sizeof(t.src));
	addr_print(&notice->flow.local.addr, t.dst, sizeof(t.dst));
	debug_log_more(c->log, row->class, notice->spi, notice->suppressed);
	row->write(c, &t);
}
