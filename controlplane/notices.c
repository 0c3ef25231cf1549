/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/notices.h"

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
	char ios[EVENT_TEXT], asa[ASA_TEXT], text[PROTOCOL_TEXT];
	const char *protocol = protocol_text(t->n->flow.protocol, text);

	if (!i || (c->config.dialect == DIALECT_IOS && !(line && line->log)))
		return;
	snprintf(ios, sizeof(ios), "list %s denied %s %s(%u) -> %s(%u), 1 packet", name, protocol,
		 t->src, t->n->flow.remote_port, t->dst, t->n->flow.local_port);
	snprintf(asa, sizeof(asa), "Deny %s src %s%s%s/%u dst %s%s%s/%u by access-group \"%s\"",
		 protocol,
		 out		? ""
		 : i->nameif[0] ? i->nameif
				: i->name,
		 out ? "" : ":", t->src, t->n->flow.remote_port,
		 out ? (i->nameif[0] ? i->nameif : i->name) : "", out ? ":" : "", t->dst,
		 t->n->flow.local_port, name);
	put(c, t, DEBUG_LOG_ACL_DENIED, ios, asa);
}

struct notice_row {
	enum debug_log_class class;
	void (*write)(struct control *c, const struct notice_text *t);
};

void notices_log(struct control *c, int from, const struct plane_notice *notice)
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

// clang-format off
/* What to do about a certificate that does not hold. */
static const struct {
	enum ike_reason reason;
	const char *remedy;
} remedies[] = {
#define REMEDY(reason, text) {IKE_REASON_##reason, text},
#include "controlplane/cert_remedies.def"
#undef REMEDY
};
// clang-format on

/* ": what to do", or nothing. */
static const char *remedy_of(enum ike_reason reason)
{
	for (size_t i = 0; i < array_len(remedies); i++)
		if (remedies[i].reason == reason)
			return remedies[i].remedy;
	return NULL;
}

/* What an ASA has a number and words of its own for; {g} is the group, {p} the peer. */
static const struct {
	enum ike_reason reason;
	enum debug_log_class class;
	const char *asa;
} own_words[] = {
	{IKE_REASON_NO_PROPOSAL_P1, DEBUG_LOG_PAYLOAD,
	 "IP = {p}, Error processing payload: Payload ID: 1"},
	{IKE_REASON_NO_PROPOSAL_P1_PEER, DEBUG_LOG_CLEAR_NOTIFY,
	 "IP = {p}, Received an un-encrypted NO_PROPOSAL_CHOSEN notify message, drop"},
	{IKE_REASON_NO_PROPOSAL_P2_PEER, DEBUG_LOG_NOTIFY,
	 "Group = {g}, IP = {p}, Received non-routine Notify message: No proposal chosen (14)"},
	{IKE_REASON_PROXY_MISMATCH_PEER, DEBUG_LOG_NOTIFY,
	 "Group = {g}, IP = {p}, Received non-routine Notify message: Invalid ID info (18)"},
};

static const char *group_of(const struct control *c, const struct ike_event *e, const char *peer)
{
	const struct session *s = sessions_find(&c->sessions, e->path.peer);

	return s && s->group[0] ? s->group : peer;
}

static void fill_asa(const char *text, const char *group, const char *peer, char *out, size_t size)
{
	size_t n = 0;

	for (; *text && n + 1 < size; text++) {
		const char *word = text[0] == '{' ? (text[1] == 'g' ? group : peer) : NULL;

		if (!word) {
			out[n++] = *text;
			continue;
		}
		n += (size_t)snprintf(out + n, size - n, "%s", word);
		n = n < size ? n : size - 1;
		text += 2;
	}
	out[n] = '\0';
}

/* In the words of IOS, and where it has such in those of an ASA. */
static void put_reason(struct control *c, const char *peer, const struct ike_event *e,
		       enum debug_log_class class, const char *ios)
{
	char asa[EVENT_TEXT];

	for (size_t i = 0; i < array_len(own_words); i++) {
		if (own_words[i].reason != e->reason)
			continue;
		fill_asa(own_words[i].asa, group_of(c, e, peer), peer, asa, sizeof(asa));
		debug_log_event_of(c->log, own_words[i].class, 0, ios, asa);
		return;
	}
	debug_log_event_of(c->log, class, 0, ios, NULL);
}

/* The engine's detail says the reason too, and the state it was in. */
static void mode_failure(struct control *c, const char *mode, const char *peer,
			 const struct ike_event *e)
{
	char ios[EVENT_TEXT];

	snprintf(ios, sizeof(ios), "Processing of %s mode failed with peer at %s: %s", mode, peer,
		 e->detail[0] ? e->detail : ike_reason_text(e->reason));
	put_reason(c, peer, e, DEBUG_LOG_MODE_FAILURE, ios);
}

/* Phase 1 was not even begun: there is no key. */
static void acquire_failed(struct control *c, const char *peer, const struct ike_event *e)
{
	const struct tunnel *t = tunnels_find(&c->tunnels, tunnels_child_handle(e->tunnel));
	char ios[EVENT_TEXT], asa[EVENT_TEXT], local[ADDR_TEXT], remote[ADDR_TEXT];

	if (!t) {
		mode_failure(c, "Quick", peer, e);
		return;
	}
	snprintf(ios, sizeof(ios), "Processing of Quick mode failed with peer at %s: %s", peer,
		 e->detail[0] ? e->detail : ike_reason_text(e->reason));
	snprintf(asa, sizeof(asa),
		 "Tunnel Manager failed to dispatch a KEY_ACQUIRE message. Probable "
		 "mis-configuration of the crypto map or tunnel-group.  Map Tag = %s.  Map "
		 "Sequence Number = %u, SRC Addr: %s port: %u Dst Addr: %s port: %u.",
		 t->map, (unsigned)t->sequence,
		 addr_print(&t->selector.local.addr, local, sizeof(local)),
		 (unsigned)t->selector.local_port,
		 addr_print(&t->selector.remote.addr, remote, sizeof(remote)),
		 (unsigned)t->selector.remote_port);
	debug_log_event_of(c->log, DEBUG_LOG_ACQUIRE, 0, ios, asa);
}

static void child_failed(struct control *c, const char *peer, const struct ike_event *e)
{
	if (!e->ike_sa && (e->reason == IKE_REASON_NO_KEY || e->reason == IKE_REASON_NO_PEER))
		acquire_failed(c, peer, e);
	else
		mode_failure(c, "Quick", peer, e);
}

static void phase1_failed(struct control *c, const char *peer, const struct ike_event *e)
{
	if (e->reason == IKE_REASON_NO_KEY)
		debug_log_event(c->log, DEBUG_LOG_NO_KEY,
				"Pre-shared key for remote peer at %s is missing", peer);
	mode_failure(c, e->aggressive ? "Aggressive" : "Main", peer, e);
}

static void bad_message(struct control *c, const char *peer, const struct ike_event *e)
{
	char ios[EVENT_TEXT], asa[EVENT_TEXT];

	snprintf(ios, sizeof(ios),
		 "IKE message from %s failed its sanity check or is malformed: it seems that %s",
		 peer, ike_reason_text(e->reason));
	snprintf(asa, sizeof(asa),
		 "Group = %s, IP = %s, ERROR, had problems decrypting packet, probably due to "
		 "mismatched pre-shared key.  Aborting",
		 group_of(c, e, peer), peer);
	debug_log_event_of(c->log, DEBUG_LOG_BAD_MESSAGE, 0, ios, asa);
}

/* While the negotiation still tries: whoever looks now should not wait for its end. */
static void phase1_hint(struct control *c, const char *peer, const struct ike_event *e)
{
	char ios[EVENT_TEXT];

	if (e->reason == IKE_REASON_NATT_NEEDED) {
		debug_log_event(c->log, DEBUG_LOG_NAT, "Peer %s:%u: %s", peer, e->path.remote_port,
				ike_reason_text(e->reason));
	} else if (e->reason == IKE_REASON_PSK_MISMATCH) {
		bad_message(c, peer, e);
	} else if (remedy_of(e->reason)) {
		debug_log_event(c->log, DEBUG_LOG_PKI_PEER, "%s: %s",
				e->detail[0] ? e->detail : ike_reason_text(e->reason),
				remedy_of(e->reason));
	} else {
		snprintf(ios, sizeof(ios), "%s mode with peer at %s is about to fail: %s",
			 e->aggressive ? "Aggressive" : "Main", peer, ike_reason_text(e->reason));
		put_reason(c, peer, e, DEBUG_LOG_MODE_FAILURE, ios);
	}
}

static void phase1_up(struct control *c, const char *peer, const struct ike_event *e)
{
	char ios[EVENT_TEXT], asa[EVENT_TEXT];

	snprintf(ios, sizeof(ios), "ISAKMP SA with peer %s:%u is up", peer, e->path.remote_port);
	snprintf(asa, sizeof(asa), "Group = %s, IP = %s, PHASE 1 COMPLETED", group_of(c, e, peer),
		 peer);
	debug_log_event_of(c->log, DEBUG_LOG_IKE_UP, 0, ios, asa);
}

/* Both ends renew phase 1 at once: one of the two goes on. */
static void phase1_collision(struct control *c, const char *peer, const struct ike_event *e)
{
	char ios[EVENT_TEXT], asa[EVENT_TEXT];

	if (e->tunnel)
		return;
	snprintf(ios, sizeof(ios),
		 "both ends renew the ISAKMP SA with peer %s at once: one of the two stays", peer);
	snprintf(asa, sizeof(asa),
		 "Group = %s, IP = %s, Failure during phase 1 rekey attempt due to collision",
		 group_of(c, e, peer), peer);
	debug_log_event_of(c->log, DEBUG_LOG_IKE_COLLISION, 0, ios, asa);
}

void notices_initiated(struct control *c, const struct tunnel *t, const struct addr *to, bool first)
{
	const struct config_interface *interface = config_model_interface(&c->config, t->interface);
	char peer[ADDR_TEXT], local[ADDR_TEXT], remote[ADDR_TEXT];
	char ios[EVENT_TEXT], asa[EVENT_TEXT];

	addr_print(to, peer, sizeof(peer));
	addr_print(&t->selector.local.addr, local, sizeof(local));
	addr_print(&t->selector.remote.addr, remote, sizeof(remote));
	snprintf(ios, sizeof(ios), "%s with peer %s is begun, for %s to %s, crypto map %s %u",
		 first ? "Phase 1" : "Quick mode", peer, local, remote, t->map,
		 (unsigned)t->sequence);
	snprintf(asa, sizeof(asa),
		 "IP = %s, IKE Initiator: New Phase %d, Intf %s, IKE Peer %s  local Proxy Address "
		 "%s, remote Proxy Address %s,  Crypto map (%s)",
		 peer, first ? 1 : 2,
		 interface && interface->nameif[0] ? interface->nameif : t->interface, peer, local,
		 remote, t->map);
	debug_log_event_of(c->log, DEBUG_LOG_NEGOTIATE, 0, ios, asa);
}

void notices_no_policy(struct control *c, const struct tunnel *t)
{
	char ios[EVENT_TEXT], asa[EVENT_TEXT], local[ADDR_TEXT], remote[ADDR_TEXT];

	addr_print(&t->selector.local.addr, local, sizeof(local));
	addr_print(&t->selector.remote.addr, remote, sizeof(remote));
	snprintf(ios, sizeof(ios),
		 "Quick mode from %s to %s cannot be begun here: the peer of a dynamic map has to",
		 local, remote);
	snprintf(asa, sizeof(asa), "IKE Initiator unable to find policy: Intf %s, Src: %s, Dst: %s",
		 t->interface, local, remote);
	debug_log_event_of(c->log, DEBUG_LOG_NO_POLICY, t->handle, ios, asa);
}

void notices_ike(struct control *c, const struct ike_event *e)
{
	char peer[ADDR_TEXT];

	addr_print(&e->path.remote, peer, sizeof(peer));
	switch (e->type) {
	case IKE_EVENT_UP: phase1_up(c, peer, e); break;
	case IKE_EVENT_HINT: phase1_hint(c, peer, e); break;
	case IKE_EVENT_COLLISION: phase1_collision(c, peer, e); break;
	case IKE_EVENT_FAILED: phase1_failed(c, peer, e); break;
	case IKE_EVENT_CHILD_FAILED: child_failed(c, peer, e); break;
	case IKE_EVENT_DOWN:
		debug_log_event(c->log, DEBUG_LOG_IKE_DOWN, "ISAKMP SA with peer %s:%u is gone: %s",
				peer, e->path.remote_port, ike_reason_text(e->reason));
		break;
	case IKE_EVENT_AGGRESSIVE:
		debug_log_event(c->log, DEBUG_LOG_AG_MODE_DISABLED,
				"Unable to initiate or respond to Aggressive Mode while disabled: "
				"peer %s",
				peer);
		break;
	default: break;
	}
}

void notices_moved(struct control *c, const struct ike_path *path)
{
	char peer[ADDR_TEXT];

	addr_print(&path->remote, peer, sizeof(peer));
	debug_log_event(c->log, DEBUG_LOG_NAT, "NAT mapping has changed: the peer is at %s:%u now",
			peer, path->remote_port);
}

const struct plane_stats_device *notices_device(const struct control *c, const char *interface)
{
	const struct plane_stats_device *devices = c->plane->stats_main->devices;

	for (size_t i = 0; i < PLANE_PORTS_MAX && devices[i].interface[0]; i++) {
		if (strncmp(devices[i].interface, interface, PLANE_NAME) == 0)
			return &devices[i];
	}
	return NULL;
}

void notices_link(struct control *c, const char *interface)
{
	const struct plane_stats_device *device = notices_device(c, interface);

	if (device)
		debug_log_event(c->log, DEBUG_LOG_LINK, "Interface %.*s, changed state to %s",
				PLANE_NAME, interface, device->link_up ? "up" : "down");
}
