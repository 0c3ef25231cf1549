/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/notices.h"

#include <stdio.h>
#include <string.h>

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

static void invalid_spi(struct control *c, const struct notice_text *t)
{
	debug_log_event(c->log, DEBUG_LOG_INVALID_SPI,
			"decaps: rec'd IPSEC packet has invalid spi for destaddr=%s, prot=50, "
			"spi=0x%X(%u), srcaddr=%s",
			t->dst, t->n->spi, t->n->spi, t->src);
}

static void replay(struct control *c, const struct notice_text *t)
{
	debug_log_event(c->log, DEBUG_LOG_REPLAY,
			"decrypt: replay check failed connection id=%u, sequence number=%llu",
			conn_of(t), (unsigned long long)t->n->seq);
}

static void mac(struct control *c, const struct notice_text *t)
{
	debug_log_event(c->log, DEBUG_LOG_MAC, "decrypt: mac verify failed for connection id=%u",
			conn_of(t));
}

static void not_ipsec(struct control *c, const struct notice_text *t)
{
	debug_log_event(c->log, DEBUG_LOG_NOT_IPSEC,
			"Rec'd packet not an IPSEC packet. (ip) vrf/dest_addr= /%s, src_addr= %s, "
			"prot= %u",
			t->dst, t->src, t->n->flow.protocol);
}

static void selector(struct control *c, const struct notice_text *t)
{
	debug_log_event(c->log, DEBUG_LOG_SELECTOR,
			"identity doesn't match negotiated identity (ip) dest_addr= %s, "
			"src_addr= %s, prot= %u, spi=0x%X, connection id=%u",
			t->dst, t->src, t->n->flow.protocol, t->n->spi, conn_of(t));
}

static void other(struct control *c, const struct notice_text *t)
{
	debug_log_event(c->log, DEBUG_LOG_DISCARD, "%s: dest_addr= %s, src_addr= %s, spi=0x%X",
			drop_text(t->n->reason), t->dst, t->src, t->n->spi);
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
		[DROP_POLICY_CLEAR] = {DEBUG_LOG_NOT_IPSEC, not_ipsec},
		[DROP_ESP_POLICY] = {DEBUG_LOG_SELECTOR, selector},
	};
	static const struct notice_row rest = {DEBUG_LOG_DISCARD, other};
	struct notice_text t = {.n = notice, .pair = pair_of(c, from, notice->pair)};
	const struct notice_row *row;

	if (notice->reason >= DROP_COUNT)
		return;
	row = rows[notice->reason].write ? &rows[notice->reason] : &rest;
	/* flows are seen from our side: local is where the packet was going */
	addr_print(&notice->flow.remote.addr, t.src, sizeof(t.src));
	addr_print(&notice->flow.local.addr, t.dst, sizeof(t.dst));
	debug_log_more(c->log, row->class, notice->suppressed);
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

/* The engine's detail says the reason too, and the state it was in. */
static void mode_failure(struct control *c, const char *mode, const char *peer,
			 const struct ike_event *e)
{
	debug_log_event(c->log, DEBUG_LOG_MODE_FAILURE,
			"Processing of %s mode failed with peer at %s: %s", mode, peer,
			e->detail[0] ? e->detail : ike_reason_text(e->reason));
}

static void phase1_failed(struct control *c, const char *peer, const struct ike_event *e)
{
	if (e->reason == IKE_REASON_NO_KEY)
		debug_log_event(c->log, DEBUG_LOG_NO_KEY,
				"Pre-shared key for remote peer at %s is missing", peer);
	mode_failure(c, e->aggressive ? "Aggressive" : "Main", peer, e);
}

/* While the negotiation still tries: whoever looks now should not wait for its end. */
static void phase1_hint(struct control *c, const char *peer, const struct ike_event *e)
{
	if (e->reason == IKE_REASON_NATT_NEEDED)
		debug_log_event(c->log, DEBUG_LOG_NAT, "Peer %s:%u: %s", peer, e->path.remote_port,
				ike_reason_text(e->reason));
	else if (e->reason == IKE_REASON_PSK_MISMATCH)
		debug_log_event(c->log, DEBUG_LOG_BAD_MESSAGE,
				"IKE message from %s failed its sanity check or is malformed: "
				"it seems that %s",
				peer, ike_reason_text(e->reason));
	else if (remedy_of(e->reason))
		debug_log_event(c->log, DEBUG_LOG_PKI_PEER, "%s: %s",
				e->detail[0] ? e->detail : ike_reason_text(e->reason),
				remedy_of(e->reason));
	else
		debug_log_event(c->log, DEBUG_LOG_MODE_FAILURE,
				"%s mode with peer at %s is about to fail: %s",
				e->aggressive ? "Aggressive" : "Main", peer,
				ike_reason_text(e->reason));
}

void notices_ike(struct control *c, const struct ike_event *e)
{
	char peer[ADDR_TEXT];

	addr_print(&e->path.remote, peer, sizeof(peer));
	switch (e->type) {
	case IKE_EVENT_HINT: phase1_hint(c, peer, e); break;
	case IKE_EVENT_FAILED: phase1_failed(c, peer, e); break;
	case IKE_EVENT_CHILD_FAILED: mode_failure(c, "Quick", peer, e); break;
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
