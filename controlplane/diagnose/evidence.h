/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is known of one peer when a diagnosis is wanted: the negotiations with it (newest first),
 * its SAs with their counters now and some time ago, packets that were discarded and might be its
 * own, the way to it, and the configuration in force. Put together by the control plane
 * (controlplane/evidence_gather.h), by the reader of a capture, or by a test; all is borrowed.
 */
#pragma once

#include "controlplane/diagnose/diagnose.h"
#include "controlplane/ike/ike_record.h"
#include "lib/base/drop.h"
#include "lib/config/config_model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	EVIDENCE_RECORDS = 8, /* kept of a peer, each kind */
	EVIDENCE_SAS = 16,
	EVIDENCE_WINDOW_S = 60,	 /* what "before" and "lately" mean */
	EVIDENCE_FLOOD_MIN = 10, /* so many negotiations put out to make room are a flood */
};

/* What one SA pair has counted. */
struct evidence_counters {
	uint64_t in_packets;
	uint64_t in_bytes;
	uint64_t out_packets;
	uint64_t out_bytes;
	uint64_t replay_late;
	uint64_t replay_seen;
	uint64_t auth_failed;
	uint64_t pad_failed;
	uint64_t policy_failed;
	uint64_t other_failed; /* lengths, next headers, endpoints, an SA that has ended */
	uint64_t send_errors;
	uint64_t too_big_sent; /* ICMP 3/4 to inner hosts */
};

/* One SA pair. Counters are those of the SA; before: EVIDENCE_WINDOW_S ago, or when it was new. */
struct evidence_sa {
	uint32_t spi_in;
	uint32_t spi_out;
	uint32_t tunnel;
	uint32_t conn_in;
	struct selector selector;
	struct alg_suite suite;
	bool current; /* the tunnel's traffic goes out on it */
	bool newest;  /* of its tunnel and lane */
	bool up;
	bool esn;
	bool udp;
	uint32_t age_s;
	uint32_t lifetime_s;
	uint32_t mtu; /* path MTU of the outbound half */
	uint32_t window;
	struct evidence_counters now;
	struct evidence_counters before;
	uint64_t in_last_ms; /* 0 = never */
	uint64_t out_last_ms;
	uint64_t top; /* highest sequence number authenticated */
	uint32_t late_verified;
	uint32_t late_forged;
	uint32_t late_most;
	uint32_t reorder_most;
	uint32_t wanted_window;	 /* the reorder meter recommends it; 0 = the one in use will do */
	uint32_t in_reassembled; /* of the late ones: came in fragments */
};

/* Discarded packets of one reason that are (or claim to be) this peer's. */
struct evidence_drop {
	enum drop_reason reason;
	uint64_t lately; /* in the last EVIDENCE_WINDOW_S */
	uint64_t total;
	uint64_t last_ms;
	uint32_t spi;	      /* of the last one, 0 = none */
	struct selector flow; /* of the last one: outer addresses; ESP_POLICY: the inner packet */
	char interface[CONFIG_IF_NAME]; /* received on, "" = not known */
	uint64_t spi_ended_ms;		/* when an SA of that SPI was ours; 0 = never */
	enum ike_reason spi_reason;	/* and how it ended */
};

/* Notes of things that happened once: DPD, failover, collisions, logins. */
enum evidence_note_kind {
	EVIDENCE_DPD_DEAD,	 /* n: tries */
	EVIDENCE_DPD_LOST,	 /* unanswered now, while ESP comes in */
	EVIDENCE_FAILOVER,	 /* other: the next peer; n: its place of count */
	EVIDENCE_COLLISION,	 /* both ends renewed at once */
	EVIDENCE_STALE_PEER,	 /* messages of an IKE SA we do not have; n: how many */
	EVIDENCE_IKE_OFF,	 /* IKE packets on an interface where IKE is off; n */
	EVIDENCE_MALFORMED,	 /* n */
	EVIDENCE_HALF_OPEN,	 /* n negotiations that nobody answers for; other: NONE = many's */
	EVIDENCE_AGGRESSIVE,	 /* refused message 1 of aggressive mode */
	EVIDENCE_POOL_EMPTY,	 /* text: pool; n: addresses in use */
	EVIDENCE_USER_REFUSED,	 /* text: user */
	EVIDENCE_USER_LIMIT,	 /* text: user; n: limit */
	EVIDENCE_SESSION_LIMIT,	 /* n: limit */
	EVIDENCE_GROUP_LIMIT,	 /* text: group; n: sessions it may have */
	EVIDENCE_PROTOCOL,	 /* its policy does not allow IPsec; text: policy */
	EVIDENCE_LOGIN_REPLACED, /* text: user; other: the new place */
	EVIDENCE_AAA_TIMEOUT,	 /* text: user; other: server; n: seconds */
	EVIDENCE_IDLE,		 /* text: user or ""; n: seconds */
	EVIDENCE_SESSION_END,	 /* text: user; n: seconds */
	EVIDENCE_PATH_MTU,	 /* n: bytes, learned or probed */
	/* n: the smallest inner packet that did not cross though smaller ones did; count: the
	 * largest that did, 0 = not known; text: what was tried, in the plural */
	EVIDENCE_SIZE_LOST,
	EVIDENCE_NO_ROUTE, /* no route to the peer */
	EVIDENCE_IKEV2,	   /* n messages of another version of IKE */
	EVIDENCE_HIDDEN,   /* it came up from port n, and nobody looked for a NAT */
	EVIDENCE_KIND_COUNT,
};

struct evidence_note {
	uint8_t kind;	/* enum evidence_note_kind */
	uint64_t at_ms; /* the last time */
	uint64_t n;
	uint64_t count; /* of count, or how often it happened lately */
	struct addr other;
	char text[IKE_USER_MAX];
	char interface[CONFIG_IF_NAME];
};

struct evidence {
	uint64_t now_ms;
	const struct config *config;	      /* NULL: not known (a capture) */
	struct addr local;		      /* our end, NONE = not known */
	struct addr peer;		      /* by which the configuration knows it */
	struct addr seen;		      /* where its packets come from */
	const struct config_map *map;	      /* of a configured peer, NULL = not configured */
	const struct config_map_entry *entry; /* the one that was looked at first */
	char interface[CONFIG_IF_NAME];	      /* the map is on; "" = on none */
	char in_interface[CONFIG_IF_NAME];    /* its packets came in on */
	char out_interface[CONFIG_IF_NAME];   /* the route to it leaves by, "" = none */
	struct addr next_hop;
	bool link_up;	     /* of out_interface, or without a route of interface */
	bool client;	     /* of a client group */
	bool wanted;	     /* traffic waits for it: packets without an SA lately */
	uint64_t waiting;    /* packets dropped for want of an SA, lately */
	struct addr instead; /* its entry is up with this other peer; NONE = some tunnel is not */
	uint8_t instead_at;  /* its place in the list, from 1 */
	uint8_t instead_of;  /* so many are in the list */
	/* newest first */
	const struct ike_record *phase1;
	size_t n_phase1;
	const struct ike_record *quick;
	size_t n_quick;
	const struct ike_record *login;
	size_t n_login;
	bool ike_up; /* an IKE SA stands */
	uint32_t ike_age_s;
	uint32_t phase1_lately; /* phase 1s that came up within phase1_span_s */
	uint32_t phase1_span_s;
	uint64_t ike_received; /* datagrams from it, ever */
	const struct evidence_sa *sas;
	size_t n_sas;
	const struct evidence_drop *drops;
	size_t n_drops;
	const struct evidence_note *notes;
	size_t n_notes;
};

/* Helpers for rules. The newest record of a kind, NULL = none. */
const struct evidence_note *evidence_note(const struct evidence *e, enum evidence_note_kind kind);
const struct evidence_drop *evidence_drop(const struct evidence *e, enum drop_reason reason);
/* The line of an ACL in force nearest to a selector, over all entries of the map (and of dynamic
 * maps it refers to): what a P2-PROXY names. */
struct evidence_nearest {
	const struct config_map_entry *entry;
	const struct config_acl *acl;
	const struct config_acl_line *line; /* NULL = no line at all */
	bool of_peer;			    /* the entry names this peer */
	bool covers; /* the line covers the selector: something else is wrong with the entry */
};
struct evidence_nearest evidence_nearest(const struct evidence *e, const struct selector *s);
