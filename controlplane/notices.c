/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/notices.h"

#include <stdio.h>
#include <string.h>

enum {
	EVENT_TEXT = 480,
};

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
