/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who is logged in: one session a remote access client, found by the number of the peer
 * (ike_path.peer). Pure bookkeeping: limits on logins and times are judged here; passwords,
 * addresses, SAs and accounting are for remote_access.h to see to.
 */
#pragma once

#include "controlplane/ike/ike.h"
#include "lib/base/compat.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

enum {
	SESSIONS_BUCKETS = 4096,
	SESSION_IKE_SAS = 4,	 /* of one peer; more are not needed to know that it is there */
	SESSION_CLASS_MAX = 253, /* of a RADIUS Class attribute (RFC 2865 5.25) */
};

struct session {
	LIST_ENTRY(session) bucket_link;
	TAILQ_ENTRY(session) link;
	uint64_t peer;			   /* ike_path.peer, never 0 */
	uint64_t ike_sa;		   /* the newest of the peer */
	uint64_t ike_sas[SESSION_IKE_SAS]; /* all of them, 0 = free; without one it ends */
	struct ike_path path;
	char group[IKE_GROUP_MAX];
	char user[IKE_USER_MAX]; /* printable; "" without XAUTH */
	struct prefix address;	 /* assigned, a host; family ADDR_NONE before mode config */
	struct addr framed; /* the AAA server wants this address for it; NONE = any of a pool */
	uint64_t number;    /* counts sessions: Acct-Session-Id */
	uint64_t started_ms;
	uint64_t traffic_ms; /* last packet either way, started_ms before the first */
	uint32_t idle_s;     /* 0 = may be idle for ever */
	uint32_t limit_s;    /* 0 = may last for ever */
	uint32_t interim_s;  /* between accounting updates, 0 = none */
	uint64_t interim_ms; /* the next one */
	bool accounted;	     /* a start was sent: a stop is owed */
	uint8_t class_len;   /* of the AAA server's own mark, returned with accounting */
	uint8_t class_bytes[SESSION_CLASS_MAX];
	/* carried by SAs that are gone, and by those that stand as of the last round */
	uint64_t gone_in_bytes, gone_out_bytes, gone_in_packets, gone_out_packets;
	uint64_t in_bytes, out_bytes, in_packets, out_packets;
	enum ike_reason ending; /* not NONE: to be ended at the next round, for this reason */
};

TAILQ_HEAD(session_list, session);
LIST_HEAD(session_bucket, session);

struct sessions {
	struct session_list all; /* owned; oldest first */
	struct session_bucket buckets[SESSIONS_BUCKETS];
	size_t n;
	uint64_t last_number;
};

/* What a login may be refused for. */
struct session_limits {
	uint32_t logins;     /* of one user of a group at a time */
	uint32_t group;	     /* sessions of the group; 0 = no limit */
	uint32_t all;	     /* sessions at all; 0 = no limit */
	bool replace_oldest; /* one login too many ends the oldest of the same user */
};

void sessions_init(struct sessions *s);
void sessions_fini(struct sessions *s);

/* The session of a peer, NULL without one (also for peer 0). */
const struct session *sessions_find(const struct sessions *s, uint64_t peer);
struct session *sessions_get(struct sessions *s, uint64_t peer);

/*
 * Whether one more login of user in group may be: NONE or IKE_REASON_USER_LIMIT. The session of
 * the same peer does not count. With replace_oldest the one to go is marked as ending.
 */
enum ike_reason sessions_admit(struct sessions *s, const struct session_limits *limits,
			       uint64_t peer, const char *group, const char *user);
/* How many there are of a group, or of one user of it. user: NULL = whoever it is. */
uint32_t sessions_count(const struct sessions *s, const char *group, const char *user);
/* A session from now on. The peer has none yet. NULL without memory. */
struct session *sessions_add(struct sessions *s, const struct ike_path *path, uint64_t ike_sa,
			     uint64_t now_ms);
/* One more IKE SA of the peer; one less. Returns whether there is any left. */
void sessions_hold(struct session *session, uint64_t ike_sa);
bool sessions_let_go(struct session *session, uint64_t ike_sa);
/* Takes it out and frees it. */
void sessions_remove(struct sessions *s, struct session *session);
/* What is due by the clock: IKE_REASON_IDLE, _SESSION_TIMEOUT, its `ending`, or NONE. */
enum ike_reason sessions_due(const struct session *session, uint64_t now_ms);

/*
 * Traffic, once a round: begin, then add for every SA pair with what it has carried and when it
 * last did. gone: the pair is no more, and is not added again.
 */
struct session_traffic {
	uint64_t in_bytes, out_bytes, in_packets, out_packets;
	uint64_t last_ms; /* 0 = never */
};

void sessions_traffic_begin(struct sessions *s);
void sessions_traffic_add(struct sessions *s, uint64_t peer, const struct session_traffic *traffic,
			  bool gone);
