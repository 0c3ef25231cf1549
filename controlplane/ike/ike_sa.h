/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The IKE SA: what phase 1 made and what lives under it, and the tables of the engine that find
 * one by cookies or by peer.
 */
#pragma once

#include "controlplane/ike/ike.h"
#include "controlplane/ike/ike_engine.h"
#include "controlplane/ike/ike_keys.h"
#include "controlplane/ike/ike_msgids.h"
#include "controlplane/ike/ike_txn.h"
#include "controlplane/ike/ike_vendor.h"
#include "lib/base/compat.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

struct ike_handshake;
struct ike_quick;
struct ike_transaction;

enum {
	IKE_QUICKS_MAX = 8 /* quick modes at once under one IKE SA (H104) */
};

LIST_HEAD(ike_quick_list, ike_quick);
LIST_HEAD(ike_transaction_list, ike_transaction);

/* RFC 3706 per IKE SA. */
struct ike_dpd_state {
	bool peer_does;	     /* it sent the vendor ID */
	uint32_t interval_s; /* 0 = off */
	uint32_t retry_s;
	bool periodic;
	uint32_t sent;	   /* last sequence number sent */
	bool awaiting;	   /* its acknowledgement has not come */
	uint32_t sized;	   /* number of the last dpd_ask_sized() */
	bool sizing;	   /* its acknowledgement has not come */
	uint8_t tries;	   /* R-U-THEREs without acknowledgement */
	uint32_t received; /* highest sequence number of the peer */
	bool has_received;
	uint64_t checked_ms; /* life was looked for up to here */
	uint64_t window_ms;  /* start of the second in which answers are counted */
	uint8_t answers;
	struct ike_timer timer;
};

/* RFC 3947 per IKE SA. */
struct ike_natt_state {
	bool enabled;		 /* both ends speak one version */
	enum ike_vendor version; /* IKE_VENDOR_NATT_*; valid when enabled */
	bool local;		 /* we are behind a NAT */
	bool remote;		 /* the peer is, or says so */
	uint32_t keepalive_s;
	struct ike_timer timer;
};

/* Remote access per IKE SA: who logs in and what it was given. All zero for any other peer. */
struct ike_access {
	char group[IKE_GROUP_MAX];
	char user[IKE_USER_MAX]; /* printable; who is in, or wants in */
	bool login;		 /* a user must log in before anything else */
	bool nobody;		 /* of a group that does not exist: no password is right */
	uint64_t peer;		 /* path.peer once that is done; until then it has one of its own */
	bool asked;		 /* the last answer went to the environment */
	bool deciding;		 /* which has not said yet */
	bool in;		 /* logged in */
	bool told;		 /* and knows it */
	uint8_t tries;
	enum ike_reason refusal; /* the SA ends with it when the user was told */
	bool client;		 /* may ask for an address */
	bool push;		 /* gets it unasked */
	bool pushing;
	bool configured;	   /* has it */
	struct ike_timer timer;	   /* of the decision */
	struct ike_record *record; /* owned, NULL = none is kept */
};

/* A message that came while the proof in front of it was being checked. */
struct ike_early {
	struct ike_path path;
	size_t len;
	uint8_t data[];
};

struct ike_sa {
	TAILQ_ENTRY(ike_sa) link; /* engine->sas or engine->dead */
	LIST_ENTRY(ike_sa) cookie_link;
	LIST_ENTRY(ike_sa) peer_link;
	LIST_ENTRY(ike_sa) id_link;
	LIST_ENTRY(ike_sa) moved_link; /* when path.home is set */
	struct ike_engine *engine;
	uint64_t id;
	uint32_t conn_id;
	bool initiator; /* of phase 1 */
	uint8_t cookie_i[IKE_COOKIE_LEN];
	uint8_t cookie_r[IKE_COOKIE_LEN]; /* zero before message 2 */
	struct ike_path path;
	struct ike_txn main;	  /* the phase 1 exchange; its state is the state of the SA */
	struct ike_handshake *hs; /* phase 1 in progress, owned; NULL afterwards */
	struct ike_policy policy; /* agreed */
	struct ike_keys keys;
	struct ike_id remote_id; /* as the peer proved it */
	struct ike_natt_state natt;
	struct ike_dpd_state dpd;
	struct ike_msgids msgids;
	struct ike_quick_list quicks;
	struct ike_transaction_list transactions;
	struct ike_access access;
	uint8_t info_seen[IKE_TXN_DIGEST]; /* last R-U-THERE and our answer to it */
	struct ike_datagram *info_reply;
	uint8_t info_answers;
	uint64_t created_ms;
	uint64_t up_ms;
	uint64_t expires_ms;  /* 0 = never */
	uint32_t hasten;      /* laboratory: renewed so many times sooner; 0 = 1 */
	bool tell_lifetime;   /* responder: ours is shorter than what was offered */
	uint64_t heard_ms;    /* last authenticated message of the peer */
	uint64_t replaces;    /* id of the SA this one is to succeed, 0 = none */
	bool announced;	      /* debug has said that it is up */
	bool replaced;	      /* has a successor: no new quick modes */
	bool half_open;	      /* responder, not authenticated: ike_half_open.h */
	bool named;	      /* the configuration names the peer's address */
	bool initial_contact; /* INITIAL-CONTACT came in the message that authenticated */
	uint32_t children;
	bool fragmentation;		 /* both ends agreed on it: ike_fragment.h */
	uint16_t fragment_mtu;		 /* valid then */
	uint16_t fragment_id;		 /* last used */
	struct ike_fragments *fragments; /* message being put together, NULL = none; owned */
	struct ike_early *early;	 /* NULL = none; owned: ike_receive_early() */
	struct ike_timer life;
};

/* A new SA in state NEW with its own cookie drawn. NULL without memory or randomness. */
struct ike_sa *ike_sa_create(struct ike_engine *engine, const struct ike_path *path, bool initiator,
			     const uint8_t *cookie_i);
/*
 * One that another process had, in state NEW: the caller makes it what it was. NULL without memory
 * or randomness, or when it is there already.
 */
struct ike_sa *ike_sa_restore(struct ike_engine *engine, const struct ike_path *path,
			      bool initiator, const uint8_t *cookie_i, const uint8_t *cookie_r,
			      uint64_t id);
/*
 * Takes the SA out of the tables with everything under it, tells the environment, and leaves it
 * on the dead list: pointers stay valid until the call into the engine is over. A second call
 * does nothing.
 */
void ike_sa_end(struct ike_sa *sa, enum ike_reason reason);
/* The same with a DELETE sent first, when there are keys for it. */
void ike_sa_delete(struct ike_sa *sa, enum ike_reason reason);
/* Frees an SA of the dead list. */
void ike_sa_destroy(struct ike_sa *sa);

/* A new SA will be negotiated in aggressive mode, not main mode. */
void ike_sa_aggressive(struct ike_sa *sa);
/* As responder we have answered message 1, and nothing shows yet that it had a sender. */
bool ike_sa_unanswered(const struct ike_sa *sa);
bool ike_sa_up(const struct ike_sa *sa);
/* Up, and its user logged in if there has to be one: SA pairs may be negotiated. */
bool ike_sa_ready(const struct ike_sa *sa);
/* State in `show crypto isakmp sa`: "CONF_XAUTH". */
const char *ike_sa_show(const struct ike_sa *sa);
const char *ike_sa_show_asa(const struct ike_sa *sa);
bool ike_sa_dead(const struct ike_sa *sa);

struct ike_sa *ike_sa_find(struct ike_engine *engine, const uint8_t *cookie_i,
			   const uint8_t *cookie_r);
/* The SA we initiated with this cookie, whatever the responder's is. */
struct ike_sa *ike_sa_find_initiated(struct ike_engine *engine, const uint8_t *cookie_i);
struct ike_sa *ike_sa_find_id(struct ike_engine *engine, uint64_t id);
/* The half-open responder SA that answers message 1 with this initiator cookie and digest. */
struct ike_sa *ike_sa_find_first(struct ike_engine *engine, const struct addr *remote,
				 const uint8_t *cookie_i, const uint8_t digest[IKE_TXN_DIGEST]);
/* The SA to start a quick mode under: up, not replaced, the one that lives longest. */
struct ike_sa *ike_sa_best(struct ike_engine *engine, const struct ike_path *path);
/* The same for a peer whose NAT has taken it away from this address. */
struct ike_sa *ike_sa_moved(struct ike_engine *engine, const struct ike_path *path);
/* One we are negotiating as initiator. */
struct ike_sa *ike_sa_negotiating(struct ike_engine *engine, const struct ike_path *path);

/* The peer is reached another way now; who it is stays. */
void ike_sa_set_path(struct ike_sa *sa, const struct ike_path *path);
/* The responder's cookie has come. */
void ike_sa_set_cookie_r(struct ike_sa *sa, const uint8_t *cookie_r);

/*
 * Marks a message ID as used. -EEXIST; -ENOSPC when the SA has used too many and must be
 * replaced.
 */
int must_check ike_sa_use_msgid(struct ike_sa *sa, uint32_t msgid);
